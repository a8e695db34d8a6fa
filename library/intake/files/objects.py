"""Where files lie in the object store, and the few moves that must be whole or not at all."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import obstore
from obstore.store import LocalStore, ObjectStore

from library.core.modes import open_like

CHUNK_BYTES = 8 * 1024 * 1024
_NO_LINK = {errno.EXDEV, errno.EPERM, errno.EOPNOTSUPP, errno.EMLINK}
"""Another file system, or one without links."""


def original_key(sha256: str) -> str:
    """Return the key of an original: named by its content, so that a twin is linked and not copied."""
    return f"originals/{sha256[:2]}/{sha256}"


def clip_prefix(clip_id: str, plan: str) -> str:
    """Return the folder of what one plan made of a clip; a new plan never writes into an old one's folder."""
    return f"clips/{clip_id}/{plan}"


def storyboard_prefix(recording_id: str) -> str:
    """Return the folder of the small pictures of a whole recording."""
    return f"storyboards/{recording_id}"


def local_root(store: ObjectStore) -> Path | None:
    """Return the folder behind a store on this machine, None for S3."""
    return Path(str(store.prefix)) if isinstance(store, LocalStore) and store.prefix else None


def exists(store: ObjectStore, key: str) -> bool:
    """Tell whether an object is there."""
    try:
        obstore.head(store, key)
    except FileNotFoundError:
        return False
    return True


def keep_file(store: ObjectStore, file: Path, key: str) -> None:
    """Move a finished file into the store; afterwards `file` is gone and the object is whole.

    On this machine it is a rename, which costs nothing however large the file is.
    """
    root = local_root(store)
    if root is not None:
        target = _place(root, key)
        open_like(target.parent, file)
        _sync_file(file)
        try:
            file.replace(target)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            _copy_whole(file, target)
            file.unlink()
        _sync_folder(target.parent)
        return
    obstore.put(store, key, file, chunk_size=CHUNK_BYTES)
    file.unlink()


def share_file(store: ObjectStore, file: Path, key: str) -> None:
    """Bring a finished file into the store and keep it here too; on this machine the two are one file."""
    root = local_root(store)
    if root is None:
        obstore.put(store, key, file)
        return
    target = _place(root, key)
    open_like(target.parent, file)
    target.unlink(missing_ok=True)
    try:
        os.link(file, target)
    except OSError as error:
        if error.errno not in _NO_LINK:
            raise
        _copy_whole(file, target)


def file_for(store: ObjectStore, key: str, work: Path) -> Path:
    """Return a local file with an object's bytes: the object itself on this machine, else a copy in `work`.

    The copy is kept for the next clip of the same recording; `work` is swept when the recording is done.
    """
    root = local_root(store)
    if root is not None:
        return root / key
    target = work / key.rsplit("/", 1)[-1]
    if not target.exists():
        work.mkdir(parents=True, exist_ok=True)
        # A name of its own: two clips of one recording may fetch it at the same time.
        beside = target.with_name(f"{target.name}.{os.getpid()}.{os.urandom(4).hex()}")
        with beside.open("wb") as out:
            for chunk in obstore.get(store, key).stream(min_chunk_size=CHUNK_BYTES):
                out.write(chunk)
        beside.replace(target)
    return target


def publish_folder(store: ObjectStore, folder: Path, prefix: str, files: Sequence[str]) -> None:
    """Bring `files` of `folder` under `prefix`, in the given order: the master playlist stands last in it.

    On this machine the folder appears by one rename; a folder left there by an attempt that was killed
    before its row was written is replaced.
    """
    root = local_root(store)
    if root is None:
        for name in files:
            obstore.put(store, f"{prefix}/{name}", folder / name)
        shutil.rmtree(folder)
        return
    target = _place(root, prefix)
    folder = _on_same_file_system(folder, target)
    open_like(target.parent, folder)
    for name in files:
        _sync_file(folder / name)
    if target.exists():
        # A name of its own: a run that is over may be publishing the same thing in this moment.
        old = target.with_name(f"{target.name}.{os.urandom(4).hex()}.old")
        target.replace(old)
        folder.replace(target)
        shutil.rmtree(old, ignore_errors=True)
    else:
        folder.replace(target)
    _sync_folder(target.parent)


def _place(root: Path, key: str) -> Path:
    """Return where a key lies, in a folder that is there and open to whom the folder above it is."""
    target = root / key
    missing = [one for one in target.parents if one != root and root in one.parents and not one.exists()]
    target.parent.mkdir(parents=True, exist_ok=True)
    for folder in reversed(missing):
        open_like(folder.parent, folder)
    return target


def _on_same_file_system(folder: Path, target: Path) -> Path:
    """Return `folder`, moved beside `target` when no rename can reach from the one to the other."""
    if folder.stat().st_dev == target.parent.stat().st_dev:
        return folder
    beside = target.with_name(f"{target.name}.partial")
    shutil.rmtree(beside, ignore_errors=True)
    shutil.copytree(folder, beside)
    shutil.rmtree(folder)
    return beside


def names_under(store: ObjectStore, prefix: str) -> list[str]:
    """Return the names of the folders right under a prefix."""
    listed = obstore.list_with_delimiter(store, prefix=prefix)
    return [path.rstrip("/").rpartition("/")[2] for path in listed["common_prefixes"]]


def delete_prefix(store: ObjectStore, prefix: str) -> None:
    """Take away every object under `prefix`; none there is fine."""
    root = local_root(store)
    if root is not None:
        shutil.rmtree(root / prefix, ignore_errors=True)
        with suppress(OSError):  # others lie beside it
            (root / prefix).parent.rmdir()
        return
    for batch in obstore.list(store, prefix=prefix + "/"):
        obstore.delete(store, [meta["path"] for meta in batch])


def delete_object(store: ObjectStore, key: str) -> None:
    """Take away one object; its not being there is fine."""
    with suppress(FileNotFoundError):
        obstore.delete(store, key)


def delete_path(path: Path) -> None:
    """Take away a file or a folder of this machine; its not being there is fine."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _copy_whole(file: Path, target: Path) -> None:
    """Copy to another file system: beside the target under a name of its own, then one rename."""
    beside = target.with_name(f"{target.name}.{os.urandom(8).hex()}.partial")
    try:
        shutil.copyfile(file, beside)
        open_like(target.parent, beside)
        _sync_file(beside)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


def _sync_file(file: Path) -> None:
    with file.open("rb") as opened:
        os.fsync(opened.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
