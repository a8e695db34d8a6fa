"""The settings by what they are about; `server/settings.py` puts them together."""

from __future__ import annotations
