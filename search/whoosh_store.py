"""One generation of a Whoosh index on disk: made, checked, written to. Whoosh's ways to fail end here."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import sleep
from typing import Any, TypeVar

from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, FileIndex, LockError
from whoosh.reading import SegmentReader

from search.engine import IndexBusy, IndexDamaged, SchemaChanged, SearchError
from search.files import sync_file, sync_folder, write_whole
from search.keys import key
from search.whoosh_schema import Entry, check_whoosh, fingerprint, schema
from search.whoosh_writer import GroupingWriter, merge_small

_NAME = "weike"
_ABOUT = "about.json"
_SEAL = "mark.json"

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


@dataclass(frozen=True, slots=True)
class Seal:
    """Written after each commit: the mark it reached, and the size of every file that belongs to it."""

    mark: int
    sizes_bytes: dict[str, int]


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
        write_whole(folder / _ABOUT, json.dumps({"schema": fingerprint()}) + "\n")
        store._write_seal(Seal(mark, {}))
        return store

    @classmethod
    def open(cls, folder: Path, wait_s: float = WAIT_FOR_WRITER_S) -> WhooshStore:
        """``wait_s``: how long ``write`` waits for another writer.

        Raises SchemaChanged, or IndexDamaged when something is missing, cut short or unreadable."""
        try:
            about = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))
            written_with = about["schema"]
        except (OSError, ValueError, KeyError, TypeError) as e:
            raise IndexDamaged(f"{folder / _ABOUT} is missing or broken") from e
        if written_with != fingerprint():
            raise SchemaChanged(f"the index was written as {written_with}, this is {fingerprint()}")
        store = cls(folder, wait_s)
        store.check_sizes(store.seal())
        store.table_of_contents()
        return store

    def seal(self) -> Seal:
        """Raises IndexDamaged."""
        try:
            content = json.loads((self.folder / _SEAL).read_text(encoding="utf-8"))
            return Seal(int(content["mark"]), {str(k): int(v) for k, v in content["sizes_bytes"].items()})
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as e:
            raise IndexDamaged(f"{self.folder / _SEAL} is missing or broken") from e

    def _write_seal(self, seal: Seal) -> None:
        content = json.dumps({"mark": seal.mark, "sizes_bytes": seal.sizes_bytes})
        write_whole(self.folder / _SEAL, content + "\n")

    def check_sizes(self, seal: Seal) -> None:
        """Raises IndexDamaged when a file lost or gained bytes since it was sealed (a full or failing disk).

        A file that is gone is no proof: a commit between reading the seal and looking may have merged it
        away.
        """
        for name, size_bytes in seal.sizes_bytes.items():
            try:
                found = (self.folder / name).stat().st_size
            except FileNotFoundError:
                continue
            if found != size_bytes:
                raise IndexDamaged(f"{self.folder / name} has {found} bytes instead of {size_bytes}")

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
            for document in documents:
                writer.add_entry(document)
                count += 1
        except BaseException:
            writer.cancel()
            raise
        with damage(f"a segment in {self.folder}"):
            writer.commit(mergetype=merge_small)
        self._sync_and_seal(mark)
        return count

    def _writer(self) -> GroupingWriter:
        with damage(f"the index in {self.folder}"):
            try:
                return GroupingWriter(FileIndex(self.storage, self.schema, _NAME), self._wait_s)
            except LockError as e:
                raise IndexBusy(f"another process is writing to {self.folder}") from e

    def _sync_and_seal(self, mark: int) -> None:
        """The content must be on the disk before the mark says so; Whoosh itself never syncs."""
        sizes_bytes: dict[str, int] = {}
        known = self.seal().sizes_bytes
        for segment in self.table_of_contents().segments:
            for name in segment.list_files(self.storage):
                sizes_bytes[name] = (self.folder / name).stat().st_size
        for name in sizes_bytes.keys() - known.keys():
            sync_file(self.folder / name)
        sync_file(self.folder / TOC._filename(_NAME, self.version()))
        sync_folder(self.folder)
        self._write_seal(Seal(max(mark, self.seal().mark), sizes_bytes))


def _remove(writer: GroupingWriter, lessons: Iterable[str]) -> None:
    terms = [key("lesson", lesson).encode() for lesson in lessons]
    if not terms:
        return
    for segment in writer.segments:
        reader = SegmentReader(writer.storage, writer.schema, segment)
        for term in terms:
            if ("keys", term) in reader:
                for document in list(reader.postings("keys", term).all_ids()):
                    segment.delete_document(document)
        reader.close()
