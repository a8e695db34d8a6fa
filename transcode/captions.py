"""Transcripts: reading what people have, timing it, cutting it per clip, writing WebVTT."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from transcode.split import Pause


@dataclass(frozen=True)
class Cue:
    """One line of a transcript; times are None in a plain one."""

    start_s: float | None
    end_s: float | None
    text: str


@dataclass(frozen=True)
class Transcript:
    """A transcript as read. `warnings` are codes (WARNINGS), each once."""

    kind: Literal["timed", "plain"]
    cues: tuple[Cue, ...]
    encoding: str
    warnings: tuple[str, ...]


def parse_transcript(data: bytes, file_name: str) -> Transcript:
    """Read .srt .vtt .txt .docx. Raises Refused (codes `transcript_...`)."""
    raise NotImplementedError


def fit_cues(cues: Sequence[Cue], duration_s: float) -> tuple[tuple[Cue, ...], tuple[str, ...]]:
    """Return the timed cues that lie within the lecture, and warning codes (`past_the_end`)."""
    raise NotImplementedError


def estimate_times(cues: Sequence[Cue], duration_s: float, pauses: Sequence[Pause]) -> tuple[Cue, ...]:
    """Return plain cues with times guessed from their length and where there is speech."""
    raise NotImplementedError


def cut_cues(cues: Sequence[Cue], start_s: float, end_s: float) -> tuple[Cue, ...]:
    """Return the cues of one clip, on the clip's clock."""
    raise NotImplementedError


def to_vtt(cues: Sequence[Cue]) -> str:
    """Return WebVTT text."""
    raise NotImplementedError


def sentence_ends(cues: Sequence[Cue]) -> list[float]:
    """Return the times at which a sentence ends."""
    raise NotImplementedError
