"""Asks children to make covers of pictures: few at a time, and within bounds."""

from __future__ import annotations

import json
import struct
from pathlib import Path

from library.core.errors import Invalid, Throttled
from library.studio.covering import child
from library.studio.covering.drawing import Drawn
from transcode.errors import Failed
from transcode.kept_children import KeptChildren
from transcode.run import Limits

MOST_AT_ONCE = 2
MOST_WAITING = 6
DRAWING_S = 40.0
"""From the moment its turn has come, on a busy machine."""
PROCESSOR_S = 15
MEMORY_BYTES = 768 * 2**20
"""Of addresses: 50 million pixels of four bytes are 200 MB, and there is one copy of them on the way."""
ANSWER_BYTES = 8 * 2**20
_AGAIN_S = 10


class Busy(Throttled):
    """Others' pictures are being looked at; come again."""

    code = "cover_busy"


class CoverPainter:
    """Makes covers for many threads at once. Its children are started when they are first needed."""

    def __init__(self, *, drawing_s: float = DRAWING_S, processor_s: int = PROCESSOR_S) -> None:
        """`drawing_s`, `processor_s`: so long may one picture take, on the clock and of a processor."""
        self._drawing_s = drawing_s
        self._children = KeptChildren(
            child.__name__,
            str(processor_s),
            Limits(address_space_bytes=MEMORY_BYTES, file_size_bytes=0, open_files=64, nice=0),
            name="covers",
            at_once=MOST_AT_ONCE,
            waiting=MOST_WAITING,
            refusal=lambda: Busy(wait_s=_AGAIN_S),
        )

    def paint(self, file: Path, words: str, font: tuple[Path, int], *, person_id: str | None) -> Drawn:
        """Return the cover of a picture; raises Invalid("cover_...") and Throttled("cover_busy")."""
        asked = {"file": str(file.resolve()), "words": words, "font": str(font[0]), "index": font[1]}
        question = json.dumps(asked).encode()

        def ask() -> bytes:
            return self._children.ask(question, timeout_s=self._drawing_s, most_bytes=ANSWER_BYTES)

        try:
            answer = self._children.run(person_id, ask)
        except Failed as failed:
            if failed.code == "tool_missing":
                raise
            raise Invalid("cover_costly", field="file") from failed
        if answer.startswith(b"{"):
            told = json.loads(answer)
            raise Invalid(told["invalid"], **told["values"])
        return Drawn(*_parts(answer))

    def close(self) -> None:
        """End the children; no cover is made any more."""
        self._children.close()


def _parts(answer: bytes) -> list[bytes]:
    found, at = [], 0
    while at < len(answer):
        (length,) = struct.unpack_from(">I", answer, at)
        found.append(answer[at + 4 : at + 4 + length])
        at += 4 + length
    return found
