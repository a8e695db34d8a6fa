"""Links between people here and their accounts at identity providers, who vouch for them."""

from __future__ import annotations
