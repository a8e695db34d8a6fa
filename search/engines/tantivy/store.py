"""One generation of a tantivy index on disk: made, checked, written to. tantivy's ways to fail end here."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import tantivy

from search.disk.manifest import (
    Manifest,
    check_about,
    check_sizes,
    read_manifest,
    write_about,
    write_manifest,
)
from search.engines.tantivy.schema import Entry, document_of, fingerprint, schema
from search.errors import IndexBusy, IndexDamaged, SearchError
from search.ranking.keys import key

# Postings are kept in memory up to here, then written as one segment.
_HEAP_BYTES = 64_000_000
_META = "meta.json"

# How long a second writer (a worker just being replaced) waits for the first to finish its commit.
WAIT_FOR_WRITER_S = 10.0
_PAUSE_S = 0.1


@contextmanager
def damage(what: str) -> Iterator[None]:
    """Turn what tantivy raises over broken files into IndexDamaged; a panic in Rust is one of its ways.

    What the operating system says stays an error of its own kind: a full disk is no damage.
    """
    try:
        yield
    except (SearchError, OSError, MemoryError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as e:
        if not isinstance(e, Exception) and type(e).__name__ != "PanicException":
            raise
        if "No space left" in str(e) or "Too many open files" in str(e):
            raise SearchError(f"{what}: {e}"[:300]) from e
        raise IndexDamaged(f"{what} cannot be read: {e!r}"[:300]) from e


class TantivyStore:
    """The files of one generation."""

    def __init__(self, folder: Path, index: tantivy.Index, wait_s: float) -> None:
        self.folder = folder
        self._meta = folder / _META
        self.index = index
        self._wait_s = wait_s

    @classmethod
    def create(cls, folder: Path, mark: int = 0) -> TantivyStore:
        """Lay an empty index into an empty folder."""
        index = tantivy.Index(schema(), path=str(folder))
        write_about(folder, fingerprint())
        write_manifest(folder, Manifest(mark, {}))
        return cls(folder, index, WAIT_FOR_WRITER_S)

    @classmethod
    def open(cls, folder: Path, wait_s: float = WAIT_FOR_WRITER_S) -> TantivyStore:
        """``wait_s``: how long ``write`` waits for another writer.

        Raises SchemaChanged, or IndexDamaged when something is missing, cut short or unreadable.
        """
        check_about(folder, fingerprint())
        check_sizes(folder, read_manifest(folder))
        if not (folder / _META).is_file():
            raise IndexDamaged(f"{folder / _META} is missing")
        with damage(f"the index in {folder}"):
            index = tantivy.Index.open(str(folder))
            # Whoever reads asks for what is new; no thread watches the folder.
            index.config_reader("manual")
            index.reload()
            return cls(folder, index, wait_s)

    def manifest(self) -> Manifest:
        """How far the last commit came. Raises IndexDamaged."""
        return read_manifest(self.folder)

    def version(self) -> tuple[int, int]:
        """Changes with every commit, and is cheap to ask for."""
        try:
            about = self._meta.stat()
        except FileNotFoundError as e:
            raise IndexDamaged(f"{self._meta} is missing") from e
        return about.st_mtime_ns, about.st_ino

    def searcher(self) -> tantivy.Searcher:
        """The last commit. Raises IndexDamaged."""
        with damage(f"the index in {self.folder}"):
            self.index.reload()
            return self.index.searcher()

    def write(self, documents: Iterable[Entry], lessons: Iterable[str], mark: int) -> int:
        """Replace the lessons by the documents in one commit, then advance the mark. Returns documents
        written.

        Raises IndexBusy, IndexDamaged. Killed at any moment it leaves the old content or the new, and a mark
        that is not ahead of it.
        """
        writer = self._writer()
        try:
            with damage(f"the index in {self.folder}"):
                for lesson in lessons:
                    writer.delete_documents_by_term("keys", key("lesson", lesson))
            count = 0
            for document in documents:
                with damage(f"the index in {self.folder}"):
                    writer.add_document(document_of(document))
                count += 1
            with damage(f"the index in {self.folder}"):
                # tantivy syncs its files before it names them.
                writer.commit()
            self._sign_off(mark)
        except BaseException:
            writer.rollback()
            raise
        finally:
            # Only this gives the writer's lock back at once.
            with damage(f"the index in {self.folder}"):
                writer.wait_merging_threads()
        self._sign_off(mark)
        return count

    def _writer(self) -> tantivy.IndexWriter:
        end = time.monotonic() + self._wait_s
        while True:
            try:
                with damage(f"the index in {self.folder}"):
                    return self.index.writer(_HEAP_BYTES, 1)
            except IndexDamaged as e:
                if "LockBusy" not in str(e):
                    raise
                if time.monotonic() >= end:
                    raise IndexBusy(f"another process is writing to {self.folder}") from e
            time.sleep(_PAUSE_S)

    def _sign_off(self, mark: int) -> None:
        contents = json.loads((self.folder / _META).read_text(encoding="utf-8"))
        names = {segment["segment_id"].replace("-", "") for segment in contents["segments"]}
        sizes_bytes = {
            path.name: path.stat().st_size
            for path in self.folder.iterdir()
            if path.name.split(".")[0] in names
        }
        write_manifest(self.folder, Manifest(max(mark, self.manifest().mark), sizes_bytes))
