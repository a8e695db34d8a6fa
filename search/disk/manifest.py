"""What a finished commit leaves beside the index: how far it came, and how long each of its files is.

The engines write their files in their own ways; whether these are still whole, and up to which revision they
hold everything, is told the same way for all of them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from search.disk.files import write_whole
from search.errors import IndexDamaged, SchemaChanged

_ABOUT = "about.json"
_MANIFEST = "mark.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """Written after each commit: the mark it reached, and the size of every file that belongs to it."""

    mark: int
    sizes_bytes: Mapping[str, int]


def write_about(folder: Path, schema: str) -> None:
    """Say what a new generation is written with."""
    write_whole(folder / _ABOUT, json.dumps({"schema": schema}) + "\n")


def check_about(folder: Path, schema: str) -> None:
    """Raises SchemaChanged when it was written with something else, IndexDamaged when it does not say."""
    try:
        about = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))
        written_with = about["schema"]
    except (OSError, ValueError, KeyError, TypeError) as e:
        raise IndexDamaged(f"{folder / _ABOUT} is missing or broken") from e
    if written_with != schema:
        raise SchemaChanged(f"the index was written as {written_with}, this is {schema}")


def read_manifest(folder: Path) -> Manifest:
    """Raises IndexDamaged."""
    try:
        content = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        return Manifest(int(content["mark"]), {str(k): int(v) for k, v in content["sizes_bytes"].items()})
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as e:
        raise IndexDamaged(f"{folder / _MANIFEST} is missing or broken") from e


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Replace the manifest by one rename."""
    content = json.dumps({"mark": manifest.mark, "sizes_bytes": dict(manifest.sizes_bytes)})
    write_whole(folder / _MANIFEST, content + "\n")


def check_sizes(folder: Path, manifest: Manifest) -> None:
    """Raises IndexDamaged when a file lost or gained bytes since the commit (a full or failing disk).

    A file that is gone is no proof: a commit between reading the manifest and looking may have merged it
    away.
    """
    for name, size_bytes in manifest.sizes_bytes.items():
        try:
            found = (folder / name).stat().st_size
        except FileNotFoundError:
            continue
        if found != size_bytes:
            raise IndexDamaged(f"{folder / name} has {found} bytes instead of {size_bytes}")
