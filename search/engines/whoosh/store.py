"""One generation of a Whoosh index on disk: made, checked, written to. Whoosh's ways to fail end here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep
from typing import Any, TypeVar

from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, FileIndex, LockError
from whoosh.reading import SegmentReader

from search.disk.files import sync_file, sync_folder
from search.disk.manifest import (
    Manifest,
    check_about,
    check_sizes,
    read_manifest,
    write_about,
    write_manifest,
)
from search.engines.gc_pause import gc_paused
from search.engines.whoosh.files import MappedStorage
from search.engines.whoosh.schema import Entry, check_whoosh, fingerprint, schema
from search.engines.whoosh.terms import TermLookup
from search.engines.whoosh.writer import GroupingWriter, merge_small
from search.errors import IndexBusy, IndexDamaged, SearchError
from search.ranking.keys import key

_NAME = "weike"

# How long a second writer (a worker just being replaced) waits for the first to finish its commit.
WAIT_FOR_WRITER_S = 10.0


# While a worker imports, commits follow each other within a second or so.
_ATTEMPTS = 10
_PAUSE_S = 0.05

T = TypeVar("T")


@contextmanager
def damage(what: str) -> Iterator[None]:
    """Turn whatever Whoosh raises over broken files (there is no list of it) into IndexDamaged.

    What the operating system says stays as it is: a full disk or too many open files are no damage.
    """
    try:
        yield
    except (SearchError, OSError, MemoryError):
        raise
    except Exception as e:
        raise IndexDamaged(f"{what} cannot be read: {e!r}"[:300]) from e


def retried(read: Callable[[], T], folder: Path) -> T:
    """``read()``, again when a file is gone: a commit in another process replaced it just then.

    Raises IndexDamaged when it stays away.
    """
    for _ in range(_ATTEMPTS - 1):
        try:
            return read()
        except FileNotFoundError:
            sleep(_PAUSE_S)
    try:
        return read()
    except FileNotFoundError as e:
        raise IndexDamaged(f"{folder} lacks {e.filename}") from e


class WhooshStore:
    """The files of one generation."""

    def __init__(self, folder: Path, wait_s: float = WAIT_FOR_WRITER_S) -> None:
        check_whoosh()
        self._wait_s = wait_s
        self.folder = folder
        self.schema = schema()
        self.storage = FileStorage(str(folder))

    @classmethod
    def create(cls, folder: Path, mark: int = 0) -> WhooshStore:
        """Lay an empty index into an empty folder."""
        store = cls(folder)
        TOC.create(store.storage, store.schema, _NAME)
        write_about(folder, fingerprint())
        write_manifest(folder, Manifest(mark, {}))
        return store

    @classmethod
    def open(cls, folder: Path, wait_s: float = WAIT_FOR_WRITER_S) -> WhooshStore:
        """``wait_s``: how long ``write`` waits for another writer.

        Raises SchemaChanged, or IndexDamaged when something is missing, cut short or unreadable."""
        check_about(folder, fingerprint())
        store = cls(folder, wait_s)
        check_sizes(folder, store.manifest())
        store.table_of_contents()
        return store

    def manifest(self) -> Manifest:
        """How far the last commit came. Raises IndexDamaged."""
        return read_manifest(self.folder)

    def version(self) -> int:
        """The number of the last commit; cheap (one listing of a small folder)."""
        number: int = TOC._latest_generation(self.storage, _NAME)
        return number

    def table_of_contents(self) -> Any:
        """The segments of the last commit. Raises IndexDamaged."""

        def read() -> Any:
            with damage(f"the table of contents in {self.folder}"):
                return TOC.read(self.storage, _NAME, schema=self.schema)

        return retried(read, self.folder)

    def write(self, documents: Iterable[Entry], lessons: Iterable[str], mark: int) -> int:
        """Replace the lessons by the documents in one commit, then advance the mark. Returns documents
        written.

        Raises IndexBusy, IndexDamaged. Killed at any moment it leaves the old content or the new, and a mark
        that is not ahead of it.
        """
        writer = self._writer()
        try:
            with damage(f"a segment in {self.folder}"):
                _remove(writer, lessons)
            count = 0
            with gc_paused():
                for document in documents:
                    writer.add_entry(document)
                    count += 1
        except BaseException:
            writer.cancel()
            raise
        with damage(f"a segment in {self.folder}"), gc_paused():
            writer.commit(mergetype=merge_small)
        self._sync_and_sign_off(mark)
        return count

    def _writer(self) -> GroupingWriter:
        with damage(f"the index in {self.folder}"):
            try:
                return GroupingWriter(FileIndex(self.storage, self.schema, _NAME), self._wait_s)
            except LockError as e:
                raise IndexBusy(f"another process is writing to {self.folder}") from e

    def _sync_and_sign_off(self, mark: int) -> None:
        """The content must be on the disk before the mark says so; Whoosh itself never syncs."""
        sizes_bytes: dict[str, int] = {}
        known = self.manifest().sizes_bytes
        for segment in self.table_of_contents().segments:
            for name in segment.list_files(self.storage):
                sizes_bytes[name] = (self.folder / name).stat().st_size
        for name in sizes_bytes.keys() - known.keys():
            sync_file(self.folder / name)
        sync_file(self.folder / TOC._filename(_NAME, self.version()))
        sync_folder(self.folder)
        write_manifest(self.folder, Manifest(max(mark, self.manifest().mark), sizes_bytes))


def _remove(writer: GroupingWriter, lessons: Iterable[str]) -> None:
    terms = [key("lesson", lesson) for lesson in lessons]
    if not terms:
        return
    storage = MappedStorage(writer.storage.folder)
    for segment in writer.segments:
        reader = SegmentReader(storage, writer.schema, segment)
        try:
            lookup = TermLookup(reader._terms)
            for term in terms:
                found = lookup.find("keys", term)
                for document in found.ids.tolist() if found else ():
                    segment.delete_document(document)
        finally:
            reader.close()
