"""A transcript file becomes words, and words are laid over what was heard of a recording. Pure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cached_property

from library.catalog.new_version import NewVersion
from library.catalog.rules import CueLine
from library.core.errors import Invalid
from library.intake.rules import TRANSCRIPT_MAX_BYTES, quality_of
from library.intake.transcripts.rules import MOST_SHIFT_S, Heard, Shown, lines_of, shown
from transcode.errors import Refused
from transcode.remarks import Remark
from transcode.transcripts.fitting import StreamClock, stream_clock
from transcode.transcripts.parsing import parse_transcript


@dataclass(frozen=True)
class Words:
    """A transcript file as read. `timed` when the lines have times; `clock` as its header names it."""

    timed: bool
    lines: tuple[CueLine, ...]
    file_name: str = ""
    remarks: tuple[Remark, ...] = ()
    clock: StreamClock | None = None

    @cached_property
    def version(self) -> NewVersion:
        """The version that a lesson keeps of it."""
        return NewVersion(
            quality_of(timed=self.timed),
            self.lines,
            self.file_name,
            self.remarks,
            None if self.clock is None else asdict(self.clock),
        )


@dataclass(frozen=True)
class Laid:
    """How words lie over what was `heard` of a recording, found before the transaction that takes them."""

    heard: Heard | None
    chosen_s: float | None
    became: Shown


def read(data: bytes, file_name: str) -> Words:
    """Read a transcript file; raises Invalid with the reason when it cannot be read."""
    check_size(data)
    try:
        transcript = parse_transcript(data, file_name)
    except Refused as refused:
        raise Invalid(refused.code, field="transcript", **dict(refused.details)) from refused
    timed = transcript.kind == "timed"
    clock = stream_clock(data) if timed else None
    words = Words(timed, lines_of(transcript.cues), file_name, transcript.warnings, clock)
    _ = words.version.digest, words.version.words  # now, and not in somebody's transaction
    return words


def check_size(data: bytes) -> None:
    """Raise Invalid for a transcript file that is too large to be read."""
    if len(data) > TRANSCRIPT_MAX_BYTES:
        raise Invalid("transcript_too_large", field="transcript", most_bytes=TRANSCRIPT_MAX_BYTES)


def lay(words: Words, heard: Heard | None, shift_s: float | None = None) -> Laid:
    """Return how words lie over what was heard, for `take`; of long ones it takes seconds. Raises Invalid."""
    chosen_s, version = checked_shift(shift_s), words.version
    clock = None if version.clock is None else StreamClock(**version.clock)
    return Laid(heard, chosen_s, shown(version.quality, words.lines, heard, clock=clock, chosen_s=chosen_s))


def checked_shift(shift_s: float | None) -> float | None:
    """Return a shift in whole milliseconds; raises Invalid for one that no clock is off."""
    if shift_s is not None and not abs(shift_s) <= MOST_SHIFT_S:  # nan is refused too
        raise Invalid("shift_too_far", field="shift_s", most_s=MOST_SHIFT_S)
    return None if shift_s is None else round(shift_s, 3)
