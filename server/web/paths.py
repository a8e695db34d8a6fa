"""Which paths are for people, and which for scripts and programs."""

from __future__ import annotations


def for_programs(path: str) -> bool:
    """Tell whether JSON is expected: the API, uploads, and whatever scripts fetch."""
    return path.startswith(("/api/v1", "/tus", "/healthz", "/readyz")) or path.endswith("/events")
