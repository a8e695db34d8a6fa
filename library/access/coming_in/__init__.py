"""A whole branch comes in by paper: first links, codes that are typed, and who asks to be taken in."""

from __future__ import annotations
