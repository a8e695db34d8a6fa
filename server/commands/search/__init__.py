"""weike search, reindex, searches and vocabulary: what is found, and what the search was taught."""

from __future__ import annotations
