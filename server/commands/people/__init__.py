"""weike user, people, organisation, directory and may: who there is, where they belong, what they may."""

from __future__ import annotations
