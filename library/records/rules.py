"""What a record may say, who has to sign it, and when it is closed. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from library.core.errors import Conflict, Invalid
from library.core.text import clean_block, short_line

SPEAKER_MAX = 40
LINE_MAX = 2_000
MOST_LINES = 400
ADDITION_MAX = 2_000
MOST_ADDITIONS = 100
LINE_ID_MAX = 36
TEMPLATE_MAX_BYTES = 512 * 1024
STEP = 1024
"""Between the places of two lines that follow each other: room for ten to be put between them."""


class RecordState(StrEnum):
    """How far a record is."""

    OPEN = "open"
    LOCKED = "locked"
    """Signed by both; nothing of it changes any more, things are added."""


class LinePart(StrEnum):
    """Which part of a record a line belongs to."""

    DISCUSSION = "discussion"
    RESOLUTION = "resolution"


class SignerRole(StrEnum):
    """As what somebody signs; one person who was both signs twice."""

    CHAIR = "chair"
    RECORDER = "recorder"


@dataclass(frozen=True)
class LineDraft:
    """A line as somebody writes it; `after` is the line before it, None for the first of its part."""

    part: LinePart
    speaker: str
    text: str
    after: str | None = None


@dataclass(frozen=True)
class Signature:
    """That somebody signed what has `digest`; `for_other`: in place of whom the gathering names, or of
    nobody named."""

    id: str
    role: SignerRole
    person_id: str | None
    name: str
    at: datetime
    digest: str
    for_other: bool = False


def cleaned(draft: LineDraft) -> LineDraft:
    """Return a line as it is kept; raises Invalid where it is too long."""
    speaker = short_line(draft.speaker, "speaker", SPEAKER_MAX)
    return LineDraft(draft.part, speaker, clean_block(draft.text, "text", LINE_MAX), draft.after)


def cleaned_addition(text: str) -> str:
    """Return an addition as it is kept; raises Invalid("addition_empty"), and where it is too long."""
    kept = clean_block(text, "text", ADDITION_MAX)
    if not kept:
        raise Invalid("addition_empty", field="text")
    return kept


def place_between(before: int | None, after: int | None) -> int | None:
    """Return a place between two lines, None where there is none left and all have to be placed anew."""
    if after is None:
        return (before or 0) + STEP
    low = before if before is not None else 0
    middle = (low + after) // 2
    return middle if low < middle < after else None


def beside_id(line_id: str, person_id: str, version: int, text: str) -> str:
    """Return the id of the line that keeps what somebody wrote into a line that another had changed: the same
    for the same, so that what is sent again is known again."""
    said = f"{line_id}\0{person_id}\0{version}\0{text}"
    return hashlib.sha256(said.encode()).hexdigest()[:LINE_ID_MAX]


def valid(signatures: Iterable[Signature], digest: str) -> dict[SignerRole, Signature]:
    """Return the signatures that hold: those of what the record says now, the last of each role."""
    return {one.role: one for one in sorted(signatures, key=lambda one: one.at) if one.digest == digest}


def complete(signatures: Iterable[Signature], digest: str) -> bool:
    """Tell whether both have signed what the record says now."""
    return set(valid(signatures, digest)) == set(SignerRole)


def check_signing(
    *, ended: bool, state: RecordState, signed: str, digest: str, unresolved: int, blank: bool
) -> None:
    """Raise Conflict for what cannot be signed: record_locked, record_not_ended, record_changed (`signed` is
    not what it says now), record_unresolved (two wrote one line), record_blank (nobody wrote anything)."""
    if state is RecordState.LOCKED:
        raise Conflict("record_locked")
    if not ended:
        raise Conflict("record_not_ended")
    if signed != digest:
        raise Conflict("record_changed")
    if unresolved:
        raise Conflict("record_unresolved", count=unresolved)
    if blank:
        raise Conflict("record_blank")
