"""The data folder is its owner's: what is made is closed to others, older libraries are closed too.

An nginx under an account of its own reads clips, scripts and the secret of media addresses by a group, and
nothing else (WEIKE_MEDIA_GROUP).
"""

from __future__ import annotations

import grp
import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import structlog

from library.core.modes import OWNER_ONLY, close_tree, open_like, set_mode
from server.settings import Settings

log = structlog.get_logger()

_CLOSED, _PASSED_THROUGH, _LISTED = 0o700, 0o710, 0o750
_FOLDERS = ("uploads", "work", "objects/originals", "objects/storyboards")


def group_of(settings: Settings) -> int | None:
    """Return the number of the group that may read media, None for none; raises KeyError."""
    name = settings.media_group
    if not name:
        return None
    return int(name) if name.isdecimal() else grp.getgrnam(name).gr_gid


def close(settings: Settings) -> None:
    """Close what stands at the top of a data folder, and open to the group of the settings what it may read.

    What cannot be changed, because it belongs to somebody else, is left; `weike doctor` says so.
    """
    data, group = settings.data, group_of(settings)
    way = _CLOSED if group is None else _PASSED_THROUGH
    shared = _CLOSED if group is None else _LISTED
    folders = {data: way, data / "objects": way, settings.index_folder: _CLOSED}
    folders |= {data / name: _CLOSED for name in _FOLDERS}
    for folder in shared_folders(settings):
        if group is not None and folder.is_dir() and not _is_open_to(folder, group):
            _open_tree(folder, group)
        folders[folder] = shared
    for folder, mode in folders.items():
        with suppress(OSError):
            if folder.is_dir():
                set_mode(folder, mode, None if mode == _CLOSED else group)
    for file in _files(data):
        with suppress(OSError):
            if file != settings.media_keys_file:
                set_mode(file, stat.S_IMODE(file.stat().st_mode) & ~OWNER_ONLY)
    if group is not None:
        with suppress(OSError):
            set_mode(settings.media_keys_file, 0o640, group)


def close_all(settings: Settings) -> None:
    """Close what older versions left open at any depth; of many files it takes a while."""
    close_tree(settings.data, frozenset((*shared_folders(settings), settings.media_keys_file)))


def shared_folders(settings: Settings) -> tuple[Path, ...]:
    """Return the folders that nginx may serve files from."""
    return settings.data / "objects" / "clips", settings.assets_folder


def too_open(settings: Settings) -> list[Path]:
    """Return what others than the owner may read though they should not, at the top of a data folder."""
    group = group_of(settings)
    found = []
    looked_at = (settings.data, settings.index_folder, *_files(settings.data), *_subfolders(settings.data))
    for path in dict.fromkeys(looked_at):
        with suppress(OSError):
            mode = path.stat().st_mode
            by_group = group is not None and path.stat().st_gid == group
            secret = path == settings.media_keys_file
            if mode & (stat.S_IRWXO if by_group or secret else OWNER_ONLY):
                found.append(path)
    return found


def _is_open_to(folder: Path, group: int) -> bool:
    now = folder.stat()
    return now.st_gid == group and bool(now.st_mode & stat.S_IRGRP)


def _open_tree(folder: Path, group: int) -> None:
    """Let a group read a folder that it could not, with everything in it; the folder itself comes last."""
    try:
        os.chown(folder, -1, group)
        folder.chmod(_LISTED)
        open_like(folder, *folder.iterdir())
    except OSError as error:
        log.error("nginx's group cannot be given to a folder", folder=str(folder), why=str(error))


def _files(data: Path) -> Iterator[Path]:
    with suppress(OSError):
        yield from (path for path in data.iterdir() if path.is_file() and not path.is_symlink())


def _subfolders(data: Path) -> Iterator[Path]:
    with suppress(OSError):
        yield from (path for path in data.iterdir() if path.is_dir() and not path.is_symlink())
