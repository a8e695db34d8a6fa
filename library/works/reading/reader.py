"""Asks children what a file is and how its pages look: few at a time, and within bounds."""

from __future__ import annotations

import json
import struct
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from library.core.errors import Invalid, Throttled
from library.works.formats import FileFormat
from library.works.reading import child
from transcode.errors import Failed
from transcode.kept_child import KeptChild
from transcode.run import Limits

MOST_AT_ONCE = 2
MOST_WAITING = 6
"""More than these are told to come again; of one person one file at a time is looked at."""
READING_S = 60.0
"""From the moment its turn has come, on a busy machine."""
PROCESSOR_S = 25
MEMORY_BYTES = 1024 * 2**20
"""Of addresses: the interpreter and PDFium take 300 MB, the file itself up to 40 MB."""
ANSWER_BYTES = 48 * 2**20
_AGAIN_S = 10


class Busy(Throttled):
    """Others' files are being looked at; come again."""

    code = "material_busy"


@dataclass(frozen=True)
class Looked:
    """What a file is; `pages` of a PDF, `drawn` the first of them as PNG. `undrawn`: they could not be drawn
    within the bounds."""

    format: FileFormat
    pages: int = 0
    drawn: tuple[bytes, ...] = ()
    undrawn: bool = False


class FileReader:
    """Looks into files for many threads at once. Its children are started when they are first needed."""

    def __init__(self, *, reading_s: float = READING_S, processor_s: int = PROCESSOR_S) -> None:
        """`reading_s`, `processor_s`: so long may one file take, on the clock and of a processor."""
        self._reading_s, self._processor_s = reading_s, processor_s
        self._threads = ThreadPoolExecutor(MOST_AT_ONCE, "materials")
        self._mine = threading.local()
        self._children: list[KeptChild] = []
        self._guard = threading.Lock()
        self._people: set[str | None] = set()

    def look(self, file: Path, *, person_id: str | None) -> Looked:
        """Return what a file is, with pictures of its first pages; raises Invalid("material_...") and
        Throttled("material_busy")."""
        with self._place(person_id):
            return self._threads.submit(self._look, file).result()

    @contextmanager
    def _place(self, person_id: str | None) -> Iterator[None]:
        with self._guard:
            if person_id in self._people or len(self._people) >= MOST_AT_ONCE + MOST_WAITING:
                raise Busy(wait_s=_AGAIN_S)
            self._people.add(person_id)
        try:
            yield
        finally:
            with self._guard:
                self._people.discard(person_id)

    def _look(self, file: Path) -> Looked:
        try:
            told = json.loads(self._ask(file, draw=False))
        except Failed as failed:
            if failed.code == "tool_missing":
                raise
            raise Invalid("material_too_costly", field="file") from failed
        if "invalid" in told:
            raise Invalid(told["invalid"], **told["values"])
        found, pages = FileFormat(told["format"]), int(told["pages"])
        if found is not FileFormat.PDF:
            return Looked(found, pages)
        try:
            drawn = tuple(_parts(self._ask(file, draw=True)))
        except Failed:
            drawn = ()  # what cannot be drawn in time is a file all the same
        return Looked(found, pages, drawn, undrawn=not drawn)

    def _ask(self, file: Path, *, draw: bool) -> bytes:
        kept: KeptChild | None = getattr(self._mine, "child", None)
        if kept is None:
            kept = self._mine.child = KeptChild(
                [sys.executable, "-P", "-m", child.__name__, str(self._processor_s)],
                Limits(address_space_bytes=MEMORY_BYTES, file_size_bytes=0, open_files=64, nice=0),
                {
                    "PYTHONPATH": str(Path(__file__).resolve().parents[3]),
                    "PYTHONDONTWRITEBYTECODE": "1",
                    "OPENBLAS_NUM_THREADS": "1",
                },
            )
            with self._guard:
                self._children.append(kept)
        question = json.dumps({"file": str(file.resolve()), "draw": draw}).encode()
        return kept.ask(question, timeout_s=self._reading_s, most_bytes=ANSWER_BYTES)

    def close(self) -> None:
        """End the children; nothing is looked at any more."""
        self._threads.shutdown(wait=True, cancel_futures=True)
        for kept in self._children:
            kept.end()


def _parts(answer: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(answer):
        (length,) = struct.unpack_from(">I", answer, at)
        yield answer[at + 4 : at + 4 + length]
        at += 4 + length
