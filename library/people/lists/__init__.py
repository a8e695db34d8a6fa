"""Lists of people: read from files, planned row by row, brought in, and written out again."""

from __future__ import annotations
