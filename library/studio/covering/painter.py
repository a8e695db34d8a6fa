"""Asks children to make covers of pictures: few at a time, and within bounds."""

from __future__ import annotations

import json
from pathlib import Path

from library.core.bounded.answers import parts_of, unrefused
from library.core.bounded.children import BoundedChildren, Bounds
from library.core.errors import Invalid, Throttled
from library.studio.covering import child
from library.studio.covering.drawing import Drawn

DRAWING_S = 40.0
"""From the moment its turn has come, on a busy machine."""
PROCESSOR_S = 15
MEMORY_BYTES = 768 * 2**20
"""Of addresses: 50 million pixels of four bytes are 200 MB, and there is one copy of them on the way."""
ANSWER_BYTES = 8 * 2**20


class Busy(Throttled):
    """Others' pictures are being looked at; come again."""

    code = "cover_busy"


class CoverPainter:
    """Makes covers for many threads at once. Its children are started when they are first needed."""

    def __init__(self, *, drawing_s: float = DRAWING_S, processor_s: int = PROCESSOR_S) -> None:
        """`drawing_s`, `processor_s`: so long may one picture take, on the clock and of a processor."""
        self._children = BoundedChildren(
            "covers",
            child.__name__,
            Bounds(drawing_s, processor_s, MEMORY_BYTES, ANSWER_BYTES),
            busy=Busy,
            costly=lambda: Invalid("cover_costly", field="file"),
        )

    def paint(self, file: Path, words: str, font: tuple[Path, int], *, person_id: str | None) -> Drawn:
        """Return the cover of a picture; raises Invalid("cover_...") and Throttled("cover_busy")."""
        asked = {"file": str(file.resolve()), "words": words, "font": str(font[0]), "index": font[1]}
        answer = self._children.answer(person_id, json.dumps(asked).encode())
        return Drawn(*parts_of(unrefused(answer)))

    def fitted(self, file: Path, size: tuple[int, int], *, person_id: str | None) -> bytes:
        """Return a picture as a JPEG of a size; raises as `paint`."""
        asked = {"file": str(file.resolve()), "size": list(size)}
        return parts_of(unrefused(self._children.answer(person_id, json.dumps(asked).encode())))[0]

    def close(self) -> None:
        """End the children; no cover is made any more."""
        self._children.close()
