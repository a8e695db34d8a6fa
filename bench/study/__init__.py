"""Benches of the study loop."""

from __future__ import annotations
