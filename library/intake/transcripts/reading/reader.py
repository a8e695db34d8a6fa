"""Reads the files of transcripts beside pages: in child processes that stay, few at a time and within bounds.

What a document of some kilobytes holds can take seconds to read. In the process that makes pages it would
hold the interpreter's lock for all of them; here the kernel bounds its time and memory, and pages go first.
"""

from __future__ import annotations

from library.core.errors import Invalid, Throttled
from library.intake.transcripts.reading import child, message
from library.intake.transcripts.reading.words import Laid, Words, check_size, checked_shift
from library.intake.transcripts.rules import Heard
from transcode.errors import Failed
from transcode.kept_children import KeptChildren
from transcode.run import Limits

MOST_AT_ONCE = 2
MOST_WAITING = 6
"""More than these are told to come again; of one person one file at a time is read."""
READING_S = 60.0
"""From the moment its turn has come, on a busy machine."""
PROCESSOR_S = 25
"""The largest document that is read, 32 MB of XML, takes 5 to 11 s; twelve hours of subtitles 3 s."""
MEMORY_BYTES = 768 * 2**20
"""Of addresses, the interpreter's own 60 MB among them; the largest document takes 160 MB of memory."""
ANSWER_BYTES = 64 * 2**20
_AGAIN_S = 10


class Busy(Throttled):
    """Others' files are being read; come again."""

    code = "reading_busy"


class TranscriptReader:
    """Reads files for many threads at once. Its children are started when they are first needed."""

    def __init__(self, *, reading_s: float = READING_S, processor_s: int = PROCESSOR_S) -> None:
        """`reading_s`, `processor_s`: so long may one file take, on the clock and of a processor."""
        self._reading_s = reading_s
        self._children = KeptChildren(
            child.__name__,
            str(processor_s),
            Limits(address_space_bytes=MEMORY_BYTES, file_size_bytes=0, open_files=64, nice=0),
            name="documents",
            at_once=MOST_AT_ONCE,
            waiting=MOST_WAITING,
            refusal=lambda: Busy(wait_s=_AGAIN_S),
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
        answer = self._children.run(person_id, lambda: self._ask(asked))
        return message.understood(answer, file_name, heard, chosen_s)

    def _ask(self, asked: bytes) -> bytes:
        try:
            return self._children.ask(asked, timeout_s=self._reading_s, most_bytes=ANSWER_BYTES)
        except Failed as failed:
            if failed.code == "tool_missing":
                raise
            raise Invalid(
                "transcript_too_costly", field="transcript", limit_s=round(self._reading_s)
            ) from failed

    def close(self) -> None:
        """End the children; nothing is read any more."""
        self._children.close()
