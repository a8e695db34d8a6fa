"""Names of files that are taken along."""

from __future__ import annotations

import re

_NAME_MAX_BYTES = 180
"""File systems take names of 255 bytes; a part number, the quality and the ending need room too."""

_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f\\/:*?"<>|]+')
"""What Windows takes in no name; its users carry most of the memory sticks."""


def file_name(title: str) -> str:
    """Return a title as a file name without its ending: what no system takes in a name is left out."""
    words = _FORBIDDEN.sub(" ", title).split()
    cut = " ".join(words).encode()[:_NAME_MAX_BYTES].decode(errors="ignore")
    return cut.strip(" .") or "weike"
