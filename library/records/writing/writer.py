"""Asks children to fill templates: few at a time, and within bounds."""

from __future__ import annotations

import json
from collections.abc import Sequence

from library.core.errors import Invalid, Throttled
from library.records.writing import child
from library.records.writing.values import EXAMPLE, Paper, book_of, values_of
from transcode.errors import Failed
from transcode.kept_children import KeptChildren
from transcode.run import Limits

MOST_AT_ONCE = 2
MOST_WAITING = 6
WRITING_S = 40.0
PROCESSOR_S = 15
MEMORY_BYTES = 768 * 2**20
ANSWER_BYTES = 24 * 2**20
_AGAIN_S = 10


class Busy(Throttled):
    """Others' records are being written; come again."""

    code = "record_busy"


class RecordWriter:
    """Fills templates for many threads at once. Its children are started when they are first needed."""

    def __init__(self, *, writing_s: float = WRITING_S, processor_s: int = PROCESSOR_S) -> None:
        """`writing_s`, `processor_s`: so long may one take, on the clock and of a processor."""
        self._writing_s = writing_s
        self._children = KeptChildren(
            child.__name__,
            str(processor_s),
            Limits(address_space_bytes=MEMORY_BYTES, file_size_bytes=0, open_files=64, nice=0),
            name="records",
            at_once=MOST_AT_ONCE,
            waiting=MOST_WAITING,
            refusal=lambda: Busy(wait_s=_AGAIN_S),
        )

    def one(self, paper: Paper, template: bytes = b"", *, person_id: str | None) -> bytes:
        """Return a record as .docx; without `template` the shipped one. Raises Invalid("template_...", for
        macros and the like "material_...") and Throttled("record_busy")."""
        return self._asked(child.packed({"values": values_of(paper), "book": False}, template), person_id)

    def book(self, title: str, papers: Sequence[Paper], *, person_id: str | None) -> bytes:
        """Return records as one .docx with a list; raises Throttled("record_busy")."""
        return self._asked(child.packed({"values": book_of(title, papers), "book": True}, b""), person_id)

    def check(self, template: bytes, *, person_id: str | None) -> None:
        """Fill a template with an example; raises as `one`."""
        if not template:
            raise Invalid("template_no_docx", field="file")
        self.one(EXAMPLE, template, person_id=person_id)

    def _asked(self, question: bytes, person_id: str | None) -> bytes:
        def ask() -> bytes:
            return self._children.ask(question, timeout_s=self._writing_s, most_bytes=ANSWER_BYTES)

        try:
            answer = self._children.run(person_id, ask)
        except Failed as failed:
            if failed.code == "tool_missing":
                raise
            raise Invalid("template_costly", field="file") from failed
        if answer.startswith(b"{"):
            told = json.loads(answer)
            raise Invalid(told["invalid"], **told["values"])
        return answer

    def close(self) -> None:
        """End the children; nothing is written any more."""
        self._children.close()
