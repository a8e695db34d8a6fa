"""Generations of an index: ``folder/g000001/…``, and ``folder/current`` that names the one in use.

A new generation is built beside the one in use; replacing ``current`` is one rename, so a reader sees
either the old or the new. The one before stays for going back by hand. Nothing here knows what is in a
generation.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from search.disk.files import write_whole
from search.disk.locks import waiting_for
from search.errors import IndexDamaged

_NAME = re.compile(r"g(\d{6,})")
_POINTER = "current"


def names(folder: Path) -> list[str]:
    """The generations on disk, oldest first; finished or not."""
    if not folder.is_dir():
        return []
    found = [p.name for p in folder.iterdir() if p.is_dir() and _NAME.fullmatch(p.name)]
    return sorted(found, key=_number)


def _number(name: str) -> int:
    return int(name[1:])


def current(folder: Path) -> str | None:
    """The generation in use; None when there has never been one. Raises IndexDamaged for a broken pointer."""
    try:
        name = (folder / _POINTER).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as e:
        raise IndexDamaged(f"{folder / _POINTER} cannot be read") from e
    if not _NAME.fullmatch(name) or not (folder / name).is_dir():
        raise IndexDamaged(f"{folder / _POINTER} names {name[:20]!r}, which is not there")
    return name


def pointer(folder: Path) -> Path:
    """The file that names the generation in use."""
    return folder / _POINTER


def stamp(pointer: Path) -> tuple[int, int] | None:
    """Changes whenever another generation is put in use, and is cheaper to ask for than its name."""
    try:
        status = pointer.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ino


def start(folder: Path) -> Path:
    """An empty folder for a new generation, numbered after all others so that no number means two things."""
    existing = names(folder)
    number = _number(existing[-1]) + 1 if existing else 1
    fresh = folder / f"g{number:06d}"
    fresh.mkdir(parents=True)
    return fresh


def switch_to(folder: Path, name: str) -> None:
    """Make a finished generation the one in use."""
    write_whole(folder / _POINTER, name + "\n")


def remove_old(folder: Path, in_use: str, previous: str | None) -> None:
    """Remove all generations but the one in use and the one before it."""
    for name in names(folder):
        if name not in (in_use, previous):
            shutil.rmtree(folder / name, ignore_errors=True)


@contextmanager
def creation_lock(folder: Path) -> Iterator[None]:
    """Held while a generation is made current: web and worker may both start on an empty folder."""
    with waiting_for(folder / "lock"):
        yield


def ensure(folder: Path, lay_empty: Callable[[Path], object]) -> None:
    """Lay an empty index into a new folder; leave every other folder as it is.

    Raises IndexDamaged when generations are there but none is named as the one in use.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with creation_lock(folder):
        if current(folder) is not None:
            return
        if names(folder):
            raise IndexDamaged(f"{folder} has generations, but none is named as the one in use")
        fresh = start(folder)
        lay_empty(fresh)
        switch_to(folder, fresh.name)
