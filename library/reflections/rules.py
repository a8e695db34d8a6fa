"""What a reflection may be, what becomes of it (state x step x part -> state), and its quotes. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from library.core.errors import Conflict, Invalid
from library.reflections.folding import folded

TITLE_MAX = 80
TEXT_MAX = 10_000
REMARK_MAX = 500
QUESTION_MAX = 200
MOST_QUOTES = 20
QUOTE_MAX = 300
"""Characters of a quote: a line of a transcript is shorter."""
MOST_OWN = 1_000
"""Reflections of one person, drafts among them."""
SOUND_MAX_BYTES = 40 * 2**20
"""Of a sound as it comes. Ten minutes of what phones record are 5 to 20 MB."""

_SAME_MOMENT_S = 1.0
MARK = "〔引{n}〕"
"""What stands in a text for a quote."""
_MARK = re.compile(MARK.replace("{n}", r"(\d{1,2})"))


class ReflectionState(StrEnum):
    """How far a reflection is."""

    DRAFT = "draft"
    """The writer's alone."""
    SENT = "sent"
    """The secretary of the writer's home reads it."""
    RETURNED = "returned"
    """Back with the writer, with a remark."""
    PUBLISHED = "published"


class Step(StrEnum):
    """What is done with a reflection."""

    SEND = "send"
    WITHDRAW = "withdraw"
    PUBLISH = "publish"
    RETURN = "return"
    TAKE_BACK = "take_back"
    """Withdrawn by the branch or by who is above it."""


class Part(StrEnum):
    """As what somebody does it."""

    WRITER = "writer"
    READER = "reader"


class Reach(StrEnum):
    """Who reads what was published."""

    BRANCH = "branch"
    BELOW = "below"
    """Everyone of a node and below it."""
    PUBLIC = "public"


class SoundState(StrEnum):
    """How far a sound is."""

    WAITING = "waiting"
    READY = "ready"
    REFUSED = "refused"


EDITABLE = frozenset({ReflectionState.DRAFT, ReflectionState.RETURNED})
"""In these its writer changes it; what others read does not change under their eyes."""

STEPS: Mapping[tuple[ReflectionState, Step, Part], ReflectionState] = {
    (ReflectionState.DRAFT, Step.SEND, Part.WRITER): ReflectionState.SENT,
    (ReflectionState.RETURNED, Step.SEND, Part.WRITER): ReflectionState.SENT,
    (ReflectionState.SENT, Step.WITHDRAW, Part.WRITER): ReflectionState.DRAFT,
    (ReflectionState.PUBLISHED, Step.WITHDRAW, Part.WRITER): ReflectionState.DRAFT,
    (ReflectionState.SENT, Step.PUBLISH, Part.READER): ReflectionState.PUBLISHED,
    # For others than before.
    (ReflectionState.PUBLISHED, Step.PUBLISH, Part.READER): ReflectionState.PUBLISHED,
    (ReflectionState.SENT, Step.RETURN, Part.READER): ReflectionState.RETURNED,
    (ReflectionState.PUBLISHED, Step.TAKE_BACK, Part.READER): ReflectionState.RETURNED,
}


def following(state: ReflectionState, step: Step, part: Part) -> ReflectionState:
    """Return the state after a step; raises Conflict("reflection_state") where it does not fit."""
    if (state, step, part) not in STEPS:
        raise Conflict("reflection_state", state=state.value)
    return STEPS[state, step, part]


def steps_in(state: ReflectionState, part: Part) -> frozenset[Step]:
    """Return what somebody of a part can do in a state."""
    return frozenset(step for known, step, who in STEPS if known is state and who is part)


def check_editable(state: ReflectionState) -> None:
    """Raise Conflict("reflection_sent") where the writer has to withdraw it first."""
    if state not in EDITABLE:
        raise Conflict("reflection_sent")


def check_sendable(text: str, sound: SoundState | None) -> None:
    """Raise Invalid where there is nothing to read or hear: reflection_empty, reflection_sound_waiting (a
    sound alone, of which nobody knows yet whether it is one), reflection_sound_refused."""
    if sound is SoundState.REFUSED:
        raise Invalid("reflection_sound_refused", field="sound")
    if is_empty(text):
        if sound is None:
            raise Invalid("reflection_empty", field="text")
        if sound is SoundState.WAITING:
            raise Invalid("reflection_sound_waiting", field="sound")


def check_publishable(text: str, sound: SoundState | None) -> None:
    """Raise Invalid where nobody could have read and heard all of it: reflection_nothing (it would be
    evidence of nothing), reflection_sound_waiting (nobody has heard it yet)."""
    if sound is SoundState.WAITING:
        raise Invalid("reflection_sound_waiting", field="sound")
    if is_empty(text) and sound is not SoundState.READY:
        raise Invalid("reflection_nothing", field="text")


def is_empty(text: str) -> bool:
    """Tell whether a text has no words of its writer's own."""
    return not _MARK.sub("", text).strip()


@dataclass(frozen=True)
class Line:
    """A line that is said in a clip, on the clip's own clock."""

    clip_id: str
    start_s: float
    end_s: float
    text: str


@dataclass(frozen=True)
class Quote:
    """What was quoted: words of a clip at a second. `n` is what the text calls it by, from 1."""

    n: int
    clip_id: str | None
    start_s: float
    text: str


@dataclass(frozen=True)
class Place:
    """Where a quote stands now; `same`: its words are still said there, or at another second."""

    clip_id: str | None
    start_s: float
    same: bool


def line_at(lines: Sequence[Line], clip_id: str, at_s: float) -> Line | None:
    """Return the line that is said in a clip at a second, else the last one before, else the first."""
    its = [line for line in lines if line.clip_id == clip_id]
    before = [line for line in its if line.start_s <= at_s + 0.05]
    return before[-1] if before else (its[0] if its else None)


def place_of(quote: Quote, lines: Iterable[Line]) -> Place:
    """Return where a quote's words are said, whatever has become of the transcript and of the clips.

    Where several lines say the same the one nearest to where it was; where none does it stays at its second.
    """
    words = folded(quote.text)
    same = [line for line in lines if words and _says(folded(line.text), words)]
    if not same:
        return Place(quote.clip_id, quote.start_s, same=False)
    best = min(
        same,
        key=lambda line: (line.clip_id != quote.clip_id, abs(line.start_s - quote.start_s), line.start_s),
    )
    if best.clip_id == quote.clip_id and abs(best.start_s - quote.start_s) < _SAME_MOMENT_S:
        return Place(quote.clip_id, quote.start_s, same=True)
    return Place(best.clip_id, best.start_s, same=True)


def _says(line: str, words: str) -> bool:
    return words in line or (len(line) >= 6 and line in words)


def with_marks(text: str, quotes: Sequence[Quote]) -> list[str | Quote]:
    """Return a text as its parts: words, and the quotes where their marks 〔引1〕 stand.

    A quote whose mark is not in the text comes at its end, so that none is lost; one that is marked twice
    stands at the first. Marks of no quote are words like others.
    """
    by_n = {quote.n: quote for quote in quotes}
    parts: list[str | Quote] = []
    shown: set[int] = set()
    at = 0
    for mark in _MARK.finditer(text):
        n = int(mark[1])
        if n not in by_n:
            continue
        parts.append(text[at : mark.start()])
        at = mark.end()
        if n not in shown:
            shown.add(n)
            parts.append(by_n[n])
    parts.append(text[at:])
    parts += [quote for quote in quotes if quote.n not in shown]
    return [part for part in parts if not isinstance(part, str) or part.strip()]


def mark_of(n: int) -> str:
    """Return what stands in a text for its n-th quote."""
    return MARK.replace("{n}", str(n))


def without_marks(text: str) -> str:
    """Return a text without the marks of its quotes."""
    return _MARK.sub("", text)


def free_number(quotes: Iterable[Quote]) -> int:
    """Return the number of the next quote; raises Invalid("reflection_quotes")."""
    taken = {quote.n for quote in quotes}
    if len(taken) >= MOST_QUOTES:
        raise Invalid("reflection_quotes", field="text", most=MOST_QUOTES)
    return next(n for n in range(1, 100) if n not in taken)
