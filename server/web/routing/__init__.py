"""The routes of all slices put together: behind the guard, with the act each is, and what was read by it."""

from __future__ import annotations
