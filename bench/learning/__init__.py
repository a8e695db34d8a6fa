"""What learning costs: books, and the nights in which they are written."""

from __future__ import annotations
