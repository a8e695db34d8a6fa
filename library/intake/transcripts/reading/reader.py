"""Reads the files of transcripts beside pages: in child processes that stay, few at a time and within bounds.

What a document of some kilobytes holds can take seconds to read. In the process that makes pages it would
hold the interpreter's lock for all of them; here the kernel bounds its time and memory, and pages go first.
"""

from __future__ import annotations

from library.core.bounded.children import BoundedChildren, Bounds
from library.core.errors import Invalid, Throttled
from library.intake.transcripts.reading import child, message
from library.intake.transcripts.reading.words import Laid, Words, check_size, checked_shift
from library.intake.transcripts.rules import Heard

READING_S = 60.0
"""From the moment its turn has come, on a busy machine."""
PROCESSOR_S = 25
"""The largest document that is read, 32 MB of XML, takes 5 to 11 s; twelve hours of subtitles 3 s."""
MEMORY_BYTES = 768 * 2**20
"""Of addresses, the interpreter's own 60 MB among them; the largest document takes 160 MB of memory."""
ANSWER_BYTES = 64 * 2**20


class Busy(Throttled):
    """Others' files are being read; come again."""

    code = "reading_busy"


class TranscriptReader:
    """Reads files for many threads at once. Its children are started when they are first needed."""

    def __init__(self, *, reading_s: float = READING_S, processor_s: int = PROCESSOR_S) -> None:
        """`reading_s`, `processor_s`: so long may one file take, on the clock and of a processor."""
        self._children = BoundedChildren(
            "documents",
            child.__name__,
            Bounds(reading_s, processor_s, MEMORY_BYTES, ANSWER_BYTES),
            busy=Busy,
            costly=lambda: Invalid("transcript_too_costly", field="transcript", limit_s=round(reading_s)),
        )

    def read(
        self,
        data: bytes,
        file_name: str,
        heard: Heard | None,
        shift_s: float | None = None,
        *,
        person_id: str | None,
    ) -> tuple[Words, Laid]:
        """Return a file's words, and how they lie over what was heard.

        Raises Invalid: what `words.read` and `words.lay` raise, transcript_too_costly (limit_s); Throttled:
        reading_busy (wait_s) for too many at once and for a second file of one person.
        """
        check_size(data)
        chosen_s = checked_shift(shift_s)
        asked = message.question(data, file_name, heard, chosen_s)
        answer = self._children.answer(person_id, asked)
        return message.understood(answer, file_name, heard, chosen_s)

    def close(self) -> None:
        """End the children; nothing is read any more."""
        self._children.close()
