"""The hour in which everybody comes at once: who asks for what, what that costs, how it reads."""

from __future__ import annotations
