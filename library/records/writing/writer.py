"""Asks children to fill templates: few at a time, and within bounds."""

from __future__ import annotations

from library.core.bounded.answers import unrefused
from library.core.bounded.children import BoundedChildren, Bounds
from library.core.errors import Invalid, Throttled
from library.records.writing import child
from library.records.writing.values import BOOK_EXAMPLE, EXAMPLE, Book, Paper, book_of, values_of

WRITING_S = 40.0
PROCESSOR_S = 15
MEMORY_BYTES = 768 * 2**20
ANSWER_BYTES = 24 * 2**20


class Busy(Throttled):
    """Others' records are being written; come again."""

    code = "record_busy"


class RecordWriter:
    """Fills templates for many threads at once. Its children are started when they are first needed."""

    def __init__(self, *, writing_s: float = WRITING_S, processor_s: int = PROCESSOR_S) -> None:
        """`writing_s`, `processor_s`: so long may one take, on the clock and of a processor."""
        self._children = BoundedChildren(
            "records",
            child.__name__,
            Bounds(writing_s, processor_s, MEMORY_BYTES, ANSWER_BYTES),
            busy=Busy,
            costly=lambda: Invalid("template_costly", field="file"),
        )

    def one(self, paper: Paper, template: bytes = b"", *, person_id: str | None) -> bytes:
        """Return a record as .docx; without `template` the shipped one. Raises Invalid("template_...", for
        macros and the like "material_...") and Throttled("record_busy")."""
        return self._asked(child.packed(values_of(paper), template, book=False), person_id)

    def book(self, book: Book, template: bytes = b"", *, person_id: str | None) -> bytes:
        """Return records as one .docx with a list; without `template` the shipped one. Raises as `one`."""
        values = book_of(book.title, book.papers, node=book.node, year=book.year, emblem=book.emblem)
        return self._asked(child.packed(values, template, book=True), person_id)

    def check(self, template: bytes, *, book: bool = False, person_id: str | None) -> None:
        """Fill a template with an example; raises as `one`."""
        if not template:
            raise Invalid("template_no_docx", field="file")
        if book:
            self.book(BOOK_EXAMPLE, template, person_id=person_id)
        else:
            self.one(EXAMPLE, template, person_id=person_id)

    def _asked(self, question: bytes, person_id: str | None) -> bytes:
        return unrefused(self._children.answer(person_id, question))

    def close(self) -> None:
        """End the children; nothing is written any more."""
        self._children.close()
