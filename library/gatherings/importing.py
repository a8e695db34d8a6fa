"""A year of records from a list."""

from __future__ import annotations
