"""Who may read the library's files: their owner, and in some folders one group besides."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

OWNER_ONLY = 0o077
"""The umask of every process of ours: files are 600 and folders 700."""


def open_to_its_group(folder: Path) -> bool:
    """Tell whether a folder's group may list it: what is put there is for that group too."""
    try:
        return bool(folder.stat().st_mode & stat.S_IRGRP)
    except OSError:
        return False


def open_like(folder: Path, *paths: Path) -> None:
    """Let the group that may list `folder` read what lies at `paths`, trees as a whole; raises OSError.

    Where no group may, nothing is changed.
    """
    if not open_to_its_group(folder):
        return
    group = folder.stat().st_gid
    for path in paths:
        for one in (path, *(path.rglob("*") if path.is_dir() else ())):
            give_to_group(one, group)


def give_to_group(path: Path, group: int) -> None:
    """Let a group read a file, or list a folder; raises OSError."""
    wanted = 0o750 if path.is_dir() else 0o640
    now = path.stat()
    if now.st_gid != group:
        os.chown(path, -1, group)
    if stat.S_IMODE(now.st_mode) != wanted:
        path.chmod(wanted)


def set_mode(path: Path, mode: int, group: int | None = None) -> None:
    """Give a file or a folder a mode and a group unless it has them; raises OSError."""
    now = path.lstat()
    if stat.S_ISLNK(now.st_mode):
        return
    if group is not None and now.st_gid != group:
        os.chown(path, -1, group)
    if stat.S_IMODE(now.st_mode) != mode:
        path.chmod(mode)


def close_tree(folder: Path, but: frozenset[Path] = frozenset()) -> None:
    """Take what lies in a folder, at any depth, from everybody but its owner; `but` stay as they are."""
    for path in _below(folder, but):
        with suppress(OSError):  # gone in this moment, or another's
            mode = path.lstat().st_mode
            if not stat.S_ISLNK(mode) and mode & OWNER_ONLY:
                path.chmod(stat.S_IMODE(mode) & ~OWNER_ONLY)


def _below(folder: Path, but: frozenset[Path]) -> Iterator[Path]:
    with suppress(OSError):
        for path in folder.iterdir():
            if path not in but:
                yield path
                if path.is_dir() and not path.is_symlink():
                    yield from _below(path, but)
