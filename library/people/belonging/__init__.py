"""Where people belong, from one day to another: homes, guests, groups, transfers, and who is not due."""

from __future__ import annotations
