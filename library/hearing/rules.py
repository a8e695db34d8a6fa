"""Pure rules of hearing: when a recording is heard, how far that is, how much of it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from library.intake.estimate import rounded_s
from speech.words import Word
from transcode.remarks import Remark

LEAST_SEEN_S = 60.0
"""So much sound must have been heard in a run before it is said how much longer it takes."""


class RecognitionState(StrEnum):
    """Where a recognition is: it waits for its turn, it is at work, or it has ended.

    `failed` is one that may be tried again; `cancelled` was stopped by a person.
    """

    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


OPEN = (RecognitionState.WAITING, RecognitionState.WORKING)
"""It is going on, or about to."""


class SpeechMode(StrEnum):
    """Which recordings are heard: all without words, those for which somebody asks, none."""

    ALWAYS = "always"
    ON_REQUEST = "on-request"
    NEVER = "never"


class AskedAs(StrEnum):
    """Why a recognition was asked for: somebody wanted it; somebody gave a text without times; its lecturer,
    or the server, has all recordings without words heard."""

    WANTED = "wanted"
    TEXT = "text"
    LECTURER = "lecturer"
    SERVER = "server"


@dataclass(frozen=True)
class Chosen:
    """What holds for a lesson: `mode`, which its lecturer chose (`by_lecturer`), or the server's settings."""

    mode: SpeechMode
    by_lecturer: bool = False


def what_holds(server: SpeechMode, lecturer: SpeechMode | None) -> Chosen:
    """Return what holds where a lecturer chose something (None: nothing); what the server never does it does
    for nobody."""
    if lecturer is None or server is SpeechMode.NEVER:
        return Chosen(server)
    return Chosen(lecturer, by_lecturer=True)


@dataclass(frozen=True)
class Heard:
    """What was heard: words in order, pauses (start, end) in seconds, and what the recogniser had to say."""

    words: tuple[Word, ...]
    pauses: tuple[tuple[float, float], ...] = ()
    remarks: tuple[Remark, ...] = ()


def text_remark(state: RecognitionState, lines: int) -> Remark | None:
    """Return what is to be said of a text without times that lies nowhere yet, by how far hearing it is.

    None while it is about to be laid.
    """
    if state in OPEN:
        return Remark("script_to_be_aligned", lines)
    if state in (RecognitionState.FAILED, RecognitionState.CANCELLED):
        return Remark("script_not_heard", lines)
    return None


def percent(heard_s: float, duration_s: float | None) -> float:
    """Return how far a recognition is, 0 to 100; 0 while nobody knows how long the recording is."""
    return round(min(100.0, 100.0 * heard_s / duration_s), 1) if duration_s else 0.0


def left_s(heard_s: float, from_s: float, worked_s: float, duration_s: float | None) -> float | None:
    """Return how much longer it takes, as people say it; None before a minute was heard in this run.

    `from_s`: where the run went on; `worked_s`: how long it has been at work.
    """
    heard_now_s = heard_s - from_s
    if duration_s is None or heard_now_s < LEAST_SEEN_S or worked_s <= 0:
        return None
    return float(rounded_s(max(0.0, duration_s - heard_s) * worked_s / heard_now_s))


def shown_until_s(ends_s: Sequence[float], heard_s: float) -> float:
    """Return how much of a recording is shown when `heard_s` of it was heard: whole clips, by their ends."""
    return max((end_s for end_s in ends_s if end_s <= heard_s), default=0.0)
