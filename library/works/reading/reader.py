"""Asks children what a file is and how its pages look: few at a time, and within bounds."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from library.core.bounded.answers import facts, parts_of
from library.core.bounded.children import BoundedChildren, Bounds
from library.core.errors import Invalid, Throttled
from library.works.formats import WORDED, FileFormat, WordsRead
from library.works.reading import child
from transcode.errors import Failed

READING_S = 60.0
"""From the moment its turn has come, on a busy machine."""
PROCESSOR_S = 25
MEMORY_BYTES = 1024 * 2**20
"""Of addresses: the interpreter and PDFium take 300 MB, the file itself up to 40 MB."""
ANSWER_BYTES = 48 * 2**20


class Busy(Throttled):
    """Others' files are being looked at; come again."""

    code = "material_busy"


@dataclass(frozen=True)
class Looked:
    """What a file is; `pages` of a PDF, `drawn` the first of them as PNG. `undrawn`: they could not be drawn
    within the bounds. `words` is what is written in it, `read` how much of that."""

    format: FileFormat
    pages: int = 0
    drawn: tuple[bytes, ...] = ()
    undrawn: bool = False
    words: str = ""
    read: WordsRead = WordsRead.WHOLE


class FileReader:
    """Looks into files for many threads at once. Its children are started when they are first needed."""

    def __init__(self, *, reading_s: float = READING_S, processor_s: int = PROCESSOR_S) -> None:
        """`reading_s`, `processor_s`: so long may one file take, on the clock and of a processor."""
        self._children = BoundedChildren(
            "materials",
            child.__name__,
            Bounds(reading_s, processor_s, MEMORY_BYTES, ANSWER_BYTES),
            busy=Busy,
            costly=lambda: Invalid("material_too_costly", field="file"),
            environment={"OPENBLAS_NUM_THREADS": "1"},
        )

    def look(self, file: Path, *, person_id: str | None) -> Looked:
        """Return what a file is, with pictures of its first pages; raises Invalid("material_...") and
        Throttled("material_busy")."""
        return self._children.run(person_id, lambda: self._look(file))

    def _look(self, file: Path) -> Looked:
        told = facts(self._answer(file, "facts"))
        found, pages = FileFormat(told["format"]), int(told["pages"])
        words, read = self._words(file, found)
        if found is not FileFormat.PDF:
            return Looked(found, pages, words=words, read=read)
        try:
            drawn = tuple(parts_of(self._answer(file, "pages")))
        except (Invalid, Failed):
            drawn = ()  # what cannot be drawn in time is a file all the same
        return Looked(found, pages, drawn, undrawn=not drawn, words=words, read=read)

    def _words(self, file: Path, found: FileFormat) -> tuple[str, WordsRead]:
        if found not in WORDED:
            return "", WordsRead.WHOLE
        try:
            told = facts(self._answer(file, "words", found))
        except (Invalid, Failed):
            return "", WordsRead.NOTHING  # nor does what cannot be read keep a file out
        return str(told["text"]), WordsRead.WHOLE if told["whole"] else WordsRead.BEGINNING

    def words(self, file: Path, found: FileFormat) -> tuple[str, WordsRead]:
        """Return what is written in a file that was looked into before, and how much of it was read; raises
        Throttled."""
        return self._children.run(None, lambda: self._words(file, found))

    def _answer(self, file: Path, want: str, found: FileFormat | None = None) -> bytes:
        question = {"file": str(file.resolve()), "want": want, "format": found and found.value}
        return self._children.answer_now(json.dumps(question).encode())

    def close(self) -> None:
        """End the children; nothing is looked at any more."""
        self._children.close()
