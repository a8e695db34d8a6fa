"""Asks children to draw photos anew: few at a time, and within bounds."""

from __future__ import annotations

import json
from pathlib import Path

from library.core.bounded.answers import parts_of, unrefused
from library.core.bounded.children import BoundedChildren, Bounds
from library.core.errors import Invalid, Throttled
from library.records.picturing import child
from library.records.picturing.drawing import Picture

DRAWING_S = 40.0
"""From the moment its turn has come, on a busy machine."""
PROCESSOR_S = 15
MEMORY_BYTES = 768 * 2**20
"""Of addresses: a progressive JPEG of 60 million pixels takes 355 MB beside the interpreter's own."""
ANSWER_BYTES = 8 * 2**20


class Busy(Throttled):
    """Others' photos are being drawn; come again."""

    code = "photo_busy"


class PhotoDrawer:
    """Draws photos for many threads at once. Its children are started when they are first needed."""

    def __init__(self, *, drawing_s: float = DRAWING_S, memory_bytes: int = MEMORY_BYTES) -> None:
        """`drawing_s`, `memory_bytes`: so long, and so much of addresses, may one photo take."""
        self._children = BoundedChildren(
            "photos",
            child.__name__,
            Bounds(drawing_s, PROCESSOR_S, memory_bytes, ANSWER_BYTES),
            busy=Busy,
            costly=lambda: Invalid("photo_costly", field="file"),
        )

    def drawn(self, file: Path, *, person_id: str | None) -> Picture:
        """Return what is kept of a photo; raises Invalid("photo_...") and Throttled("photo_busy")."""
        answer = self._children.answer(person_id, str(file.resolve()).encode())
        data, size = parts_of(unrefused(answer))
        width, height = json.loads(size)
        return Picture(data, width, height)

    def close(self) -> None:
        """End the children; no photo is drawn any more."""
        self._children.close()
