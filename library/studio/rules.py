"""From a file to a published lesson: which steps there are, where each is, what comes next. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from library.catalog.permits import LessonState
from library.declaring.states import OPEN, State
from library.intake.rules import BUSY, RecordingState

WORDS_MAX = 40
"""Characters that are written on a cover: two lines of a poster."""
COVER_MAX_BYTES = 16 * 1024 * 1024
"""A photograph of a good telephone in full."""


class StepName(StrEnum):
    """The steps, in their order."""

    FILE = "file"
    WORK = "work"
    CUTS = "cuts"
    WORDS = "words"
    COVER = "cover"
    SEND = "send"
    REMARKS = "remarks"
    PUBLISHED = "published"


LOOKED_AT = (StepName.CUTS, StepName.WORDS, StepName.COVER)
"""Steps that somebody may call done without having changed anything: all was well as it was."""


class At(StrEnum):
    """Where a step is: done, to be done by its lecturer now, done by others now, went wrong, to come."""

    DONE = "done"
    NOW = "now"
    RUNS = "runs"
    WRONG = "wrong"
    LATER = "later"


class Do(StrEnum):
    """What is to be done next; each has a name and an address of the pages."""

    UPLOAD = "upload"
    UPLOAD_ON = "upload_on"
    LOOK_ON = "look_on"
    RETRY = "retry"
    ANOTHER_FILE = "another_file"
    CUTS = "cuts"
    TEXT = "text"
    WORDS = "words"
    COVER = "cover"
    DECLARE = "declare"
    PUBLISH = "publish"
    WAIT = "wait"
    WAIT_STAFF = "wait_staff"
    ANSWER = "answer"
    SEND_AGAIN = "send_again"
    DRAFT = "draft"
    FIGURES = "figures"


@dataclass(frozen=True)
class Facts:
    """What is known of a lesson. `recording` is None where its video is still to come; `hears`: a machine
    writes down what is said; `seen` are the steps that somebody called done, `cut`, `corrected` and `covered`
    those of which a change is known. `declaration` is the state of the latest one, None for none; `remarks`
    are those without an answer."""

    recording: RecordingState | None
    clips: int = 0
    state: LessonState = LessonState.DRAFT
    has_text: bool = False
    hears: bool = False
    seen: frozenset[str] = frozenset()
    cut: bool = False
    corrected: bool = False
    covered: bool = False
    declaration: State | None = None
    remarks: int = 0
    waits: bool = False
    may_declare: bool = False
    may_publish: bool = False
    retry_helps: bool = True


@dataclass(frozen=True)
class Step:
    """A step and where it is."""

    name: StepName
    at: At


@dataclass(frozen=True)
class Way:
    """All steps of a lesson, in order, and what is to be done next; `at` is the step that it belongs to."""

    steps: tuple[Step, ...]
    do: Do
    at: StepName


def way(facts: Facts) -> Way:
    """Return where a lesson is between its file and its readers, and the one thing to do next."""
    made, do = _made(facts)
    if do is not None:
        names = [StepName.FILE, StepName.WORK]
        return Way(_line(facts, made), do, names[1] if made[0] is At.DONE else names[0])
    looks = _looks(facts)
    sent, do = _sent(facts)
    published = facts.state is LessonState.PUBLISHED
    if published:
        looks = (At.DONE, At.DONE, At.DONE)
    ats = (*made, *looks, *sent)
    line = _line(facts, ats)
    if not published and facts.declaration not in (*OPEN, State.SELECTED):
        for step in line:
            if step.name in LOOKED_AT and step.at is At.NOW:
                # One thing at a time: what comes behind it is still to come.
                return Way(_line(facts, (*made, *looks)), _look(facts, step.name), step.name)
    at = next(
        (step.name for step in line if step.at in (At.NOW, At.RUNS) and step.name not in LOOKED_AT), None
    )
    return Way(line, do, at or StepName.PUBLISHED)


def _line(facts: Facts, ats: Sequence[At]) -> tuple[Step, ...]:
    """Return the steps; there are no remarks where nobody made any, and what is not reached is to come."""
    filled = (*ats, *(At.LATER for _ in range(len(StepName) - len(ats))))
    with_remarks = facts.declaration is State.RETURNED or facts.remarks > 0
    return tuple(
        Step(name, at)
        for name, at in zip(StepName, filled, strict=True)
        if name is not StepName.REMARKS or with_remarks
    )


def _made(facts: Facts) -> tuple[tuple[At, At], Do | None]:
    """Return the steps of the file, and what is to be done about them; None once there are clips."""
    recording = facts.recording
    if recording is None:
        return (At.NOW, At.LATER), Do.UPLOAD
    if recording is RecordingState.RECEIVING:
        return (At.RUNS, At.LATER), Do.UPLOAD_ON
    if recording in BUSY:
        # Being made again of other cuts or tracks: what is published plays on.
        return (At.DONE, At.RUNS), None if facts.state is LessonState.PUBLISHED else Do.LOOK_ON
    if recording is RecordingState.REFUSED and not facts.retry_helps:
        return (At.WRONG, At.LATER), Do.ANOTHER_FILE
    if recording is not RecordingState.READY:
        return (At.DONE, At.WRONG), Do.RETRY
    return (At.DONE, At.DONE), None


def _looks(facts: Facts) -> tuple[At, At, At]:
    cuts = At.DONE if StepName.CUTS in facts.seen or facts.cut else At.NOW
    waits = At.RUNS if facts.hears else At.NOW
    words = At.DONE if StepName.WORDS in facts.seen or facts.corrected else waits
    cover = At.DONE if StepName.COVER in facts.seen or facts.covered else At.NOW
    return cuts, words, cover


def _look(facts: Facts, step: StepName) -> Do:
    if step is StepName.WORDS:
        return Do.WORDS if facts.has_text else Do.TEXT
    return Do.CUTS if step is StepName.CUTS else Do.COVER


def _sent(facts: Facts) -> tuple[tuple[At, At, At], Do]:
    """Return the steps of sending, answering and publishing, and what is to be done about them."""
    if facts.state is LessonState.PUBLISHED:
        return (At.DONE, At.DONE, At.DONE), Do.DRAFT if facts.waits else Do.FIGURES
    if facts.declaration is State.RETURNED:
        return (At.DONE, At.NOW, At.LATER), Do.ANSWER if facts.remarks else Do.SEND_AGAIN
    if facts.declaration in (State.DECLARED, State.SELECTED):
        return (At.DONE, At.LATER, At.RUNS), Do.WAIT
    if facts.may_publish:
        return (At.NOW, At.LATER, At.LATER), Do.PUBLISH
    if facts.may_declare:
        return (At.NOW, At.LATER, At.LATER), Do.DECLARE
    return (At.RUNS, At.LATER, At.LATER), Do.WAIT_STAFF


# ---------------------------------------------------------------- what a curve says

LEAST_PLAYS = 10
"""Of fewer counted plays no sentence is made: it would be about persons, not about a lesson."""
TURN_NEAR_S = 6.0
"""A picture that turned at most so long before people left is named beside it."""
_AFTER = 0.08
"""Who leaves within so much of a clip has not begun it: no sentence says so of what was taught."""


@dataclass(frozen=True)
class HalfLeft:
    """When only half of those who began a clip were still there: `at_s` in it, `turn_s` when its picture had
    turned just before (None: it had not); `began` plays, of which `left` were over by then."""

    at_s: float
    began: int
    left: int
    turn_s: float | None = None


def half_left(
    plays: Sequence[int], step_s: float, length_s: float, turns_s: Sequence[float] = ()
) -> HalfLeft | None:
    """Return when half of those who began a clip had left it; None when that never was, or too few watched.

    `plays[i]` is how many played the seconds from i * step_s on, `turns_s` are when the clip's picture
    changes. The last step is the end, at which everybody leaves.
    """
    if step_s <= 0 or length_s <= 0 or not plays:
        return None
    began = max(plays[: max(1, int(_AFTER * len(plays)))])
    if began < LEAST_PLAYS:
        return None
    for n, there in enumerate(plays):
        at_s = n * step_s
        if at_s < _AFTER * length_s or 2 * there > began:
            continue
        if at_s >= length_s - step_s or max(plays[n:]) * 2 > began:
            continue  # they skipped this and came back
        near = [turn for turn in turns_s if at_s - TURN_NEAR_S <= turn <= at_s + step_s]
        return HalfLeft(at_s, began, began - there, max(near, default=None))
    return None
