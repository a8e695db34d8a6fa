"""Asks children what a file is and how its pages look: few at a time, and within bounds."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from library.core.errors import Invalid, Throttled
from library.works.formats import FileFormat
from library.works.reading import child
from transcode.errors import Failed
from transcode.kept_children import KeptChildren
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
        self._reading_s = reading_s
        self._children = KeptChildren(
            child.__name__,
            str(processor_s),
            Limits(address_space_bytes=MEMORY_BYTES, file_size_bytes=0, open_files=64, nice=0),
            name="materials",
            at_once=MOST_AT_ONCE,
            waiting=MOST_WAITING,
            refusal=lambda: Busy(wait_s=_AGAIN_S),
            environment={"OPENBLAS_NUM_THREADS": "1"},
        )

    def look(self, file: Path, *, person_id: str | None) -> Looked:
        """Return what a file is, with pictures of its first pages; raises Invalid("material_...") and
        Throttled("material_busy")."""
        return self._children.run(person_id, lambda: self._look(file))

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
        question = json.dumps({"file": str(file.resolve()), "draw": draw}).encode()
        return self._children.ask(question, timeout_s=self._reading_s, most_bytes=ANSWER_BYTES)

    def close(self) -> None:
        """End the children; nothing is looked at any more."""
        self._children.close()


def _parts(answer: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(answer):
        (length,) = struct.unpack_from(">I", answer, at)
        yield answer[at + 4 : at + 4 + length]
        at += 4 + length
