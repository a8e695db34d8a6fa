"""weike ingest, import, transcript and speech: how lessons come in, and what is said in them."""

from __future__ import annotations
