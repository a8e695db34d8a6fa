"""The files of a library beside its rows: listed, read, written, under the names of `stored_names`."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import obstore
from obstore.store import ObjectStore

from library.intake.files.objects import CHUNK_BYTES, local_root
from library.intake.files.stored_names import OBJECTS, UPLOADS, WaitingUpload
from server.keeping.manifest import Listed
from server.keeping.shelf import blocks_of

# What is being written, is about to go, or only tries whether the store can be written to.
_PASSING = re.compile(r"(?:^doctor/|\.partial(?:/|$)|\.old/)")


def list_objects(store: ObjectStore) -> Iterator[Listed]:
    """Yield every object of a store that is whole."""
    for batch in obstore.list(store, chunk_size=1000):
        for meta in batch:
            if not _PASSING.search(meta["path"]):
                version = meta["e_tag"] or meta["last_modified"].isoformat()
                yield Listed(f"{OBJECTS}{meta['path']}", meta["size"], version)


def list_objects_of(store: ObjectStore, prefix: str) -> Iterator[str]:
    """Yield the keys of the objects below a prefix."""
    for batch in obstore.list(store, prefix=prefix):
        for meta in batch:
            yield meta["path"]


def list_uploads(folder: Path, waiting: Iterable[WaitingUpload]) -> Iterator[Listed]:
    """Yield the uploads that are here whole and that nobody has taken in yet, with their side files.

    One that still arrives is left: the browser has it, and sends it again.
    """
    for upload in waiting:
        file = folder / upload.upload_id
        for path in (file, file.with_name(f"{file.name}.info")):
            with suppress(FileNotFoundError):
                seen = path.stat()
                if path == file and upload.arriving and not 0 < upload.whole_at_bytes <= seen.st_size:
                    break
                yield Listed(f"{UPLOADS}{path.name}", seen.st_size, f"{seen.st_ino}-{seen.st_mtime_ns}")


def read_file(store: ObjectStore, uploads: Path, name: str) -> Iterator[bytes]:
    """Yield the bytes of a file; raises FileNotFoundError when it is gone."""
    if name.startswith(UPLOADS):
        yield from blocks_of(uploads / name.removeprefix(UPLOADS))
        return
    yield from read_object(store, name.removeprefix(OBJECTS))


def read_object(store: ObjectStore, key: str) -> Iterator[bytes]:
    """Yield the bytes of an object; raises FileNotFoundError when it is gone."""
    root = local_root(store)
    if root is not None:
        yield from blocks_of(root / key)
        return
    for chunk in obstore.get(store, key).stream(min_chunk_size=CHUNK_BYTES):
        yield bytes(chunk)


def write_object(store: ObjectStore, key: str, blocks: Iterable[bytes]) -> None:
    """Write an object, whole or not at all: when `blocks` raises, nothing is there."""
    root = local_root(store)
    if root is not None:
        write_file(root / key, blocks)
        return
    # Parts are sent as they come; without its end a multipart upload is no object.
    obstore.put(store, key, iter(blocks), chunk_size=CHUNK_BYTES)


def write_file(file: Path, blocks: Iterable[bytes]) -> None:
    """Write a file beside its place and rename it; when `blocks` raises, nothing is there."""
    file.parent.mkdir(parents=True, exist_ok=True)
    # One name, not a name of its own: who goes on after a kill overwrites what that left.
    beside = file.with_name(f"{file.name}.partial")
    try:
        with beside.open("wb") as out:
            for block in blocks:
                out.write(block)
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)


def hash_of_object(store: ObjectStore, key: str, done: Callable[[int], None] = lambda _bytes: None) -> str:
    """Return the SHA-256 of an object; raises FileNotFoundError."""
    digest = hashlib.sha256()
    for block in read_object(store, key):
        digest.update(block)
        done(len(block))
    return digest.hexdigest()


def size_of_object(store: ObjectStore, key: str) -> int | None:
    """Return how long an object is; None when it is not there."""
    try:
        return int(obstore.head(store, key)["size"])
    except FileNotFoundError:
        return None
