"""What transcripts are called; apart from reading them, which takes time to load."""

from __future__ import annotations

SUFFIXES = (
    *(".srt", ".vtt", ".txt", ".docx"),
    *(".lrc", ".sbv", ".ass", ".ssa", ".ttml", ".dfxp", ".xml", ".json"),
)
"""Endings of transcripts' names."""
