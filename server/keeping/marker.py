"""The file that says that a library is half brought back."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

MARKER = "restoring.json"


def restoring(data: Path) -> str | None:
    """Return the name of the backup that is half brought back into a data folder, None for none."""
    with suppress(FileNotFoundError):
        try:
            return str(json.loads((data / MARKER).read_text("utf-8"))["backup"])
        except (ValueError, KeyError):
            return "?"
    return None
