"""What a piece of evidence says, and what has to be written when it is said anew. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from library.core.text import required_line

RULE_VERSION = 1
"""Of the rules by which pieces are made; kept with each, so that a later rule does not speak for an older."""


CORRECTION_MAX = 200
"""Characters of the reason for which a piece is taken back by hand."""


class EvidenceKind(StrEnum):
    """What somebody did (学习情况)."""

    WATCHED = "watched"
    """Saw lessons by themselves; seconds of clips, each second once."""
    ATTENDED = "attended"
    """Was there when people learned together; seconds."""
    STUDIED = "studied"
    """Studied by themselves (自学), a text or a lesson; seconds, as they declare them."""
    LECTURED = "lectured"
    """Gave a lecture; seconds."""
    WROTE = "wrote"
    """Wrote a reflection that the branch published; times."""
    PASSED = "passed"
    """Passed a quiz; times."""
    DID = "did"
    """Practised (实践); times."""


IN_SECONDS = frozenset(
    {EvidenceKind.WATCHED, EvidenceKind.ATTENDED, EvidenceKind.STUDIED, EvidenceKind.LECTURED}
)
"""Kinds whose amount is in seconds; that of the others is times."""


class StudyForm(StrEnum):
    """The four kinds of study of a town's school (四种学习形式), and watching on line."""

    GATHERED = "gathered"
    """集中学习."""
    EVENING = "evening"
    """夜校."""
    SELF = "self"
    """自学."""
    PRACTICE = "practice"
    """实践."""
    ONLINE = "online"
    """网络学习."""


class Source(StrEnum):
    """From what a piece comes; with the id of that thing it is unique to a person and a kind."""

    GATHERING = "gathering"
    SHOWING = "showing"
    """A screening of a lesson within a gathering."""
    WATCHING = "watching"
    """A day of somebody's watching of a lesson: the id is "lesson:day"."""
    LECTURE = "lecture"
    REFLECTION = "reflection"
    SELF_STUDY = "self_study"
    PRACTICE = "practice"
    IMPORT = "import"


_TOKEN = "~"  # noqa: S105 - no password
_TOKEN_LENGTH = 16


def token(person_id: str) -> str:
    """Return what stands for a person in seals, and in the ledger once they are erased.

    The same person always has the same token, and nobody gets from it back to an id that is nowhere else.
    """
    if is_token(person_id):
        return person_id
    digest = hashlib.sha256(f"evidence|{person_id}".encode()).hexdigest()
    return _TOKEN + digest[: _TOKEN_LENGTH - len(_TOKEN)]


def is_token(person_id: str) -> bool:
    """Tell whether somebody of the ledger has been erased."""
    return person_id.startswith(_TOKEN)


@dataclass(frozen=True)
class Piece:
    """What is known of one person from one source.

    `node_id` is their home on that day, None where they had none; `amount` seconds or times (IN_SECONDS);
    `made_up` is 补学: done later, and marked so for ever. `lesson_id` is what it was about, if a lesson.
    """

    person_id: str
    node_id: str | None
    kind: EvidenceKind
    form: StudyForm
    amount: int
    day: date
    source: Source
    source_id: str
    lesson_id: str | None = None
    made_up: bool = False

    @property
    def key(self) -> tuple[str, EvidenceKind, Source, str]:
        """By what a piece is known again: one stands for each."""
        return (self.person_id, self.kind, self.source, self.source_id)


@dataclass(frozen=True)
class Standing:
    """A piece that is in the ledger and was not reversed, with the id of its row."""

    id: str
    piece: Piece


@dataclass(frozen=True)
class Difference:
    """What has to be written so that a source says what it says now: rows to reverse, pieces to add."""

    reversed: tuple[Standing, ...]
    added: tuple[Piece, ...]

    @property
    def nothing(self) -> bool:
        """Whether the ledger says it already."""
        return not self.reversed and not self.added


def difference(
    standing: Iterable[Standing], pieces: Iterable[Piece], withdrawn: Collection[Piece] = ()
) -> Difference:
    """Return what turns what stands of a source into what it says now; saying the same twice writes nothing.

    Of pieces with one key the last holds. A piece of amount 0 is none. Of who was erased everything stays as
    it stands: nobody can say anything of them any more. What somebody took back by hand (`withdrawn`) is not
    added again while the source says nothing else of it.
    """
    now = {piece.key: piece for piece in pieces if piece.amount > 0}
    gone: list[Standing] = []
    same = set()
    for one in standing:
        if is_token(one.piece.person_id):
            continue
        if now.get(one.piece.key) == one.piece and one.piece.key not in same:
            same.add(one.piece.key)
        else:
            gone.append(one)
    added = (piece for key, piece in now.items() if key not in same and piece not in withdrawn)
    return Difference(tuple(gone), tuple(added))


def check_correction(reason: str) -> str:
    """Return the reason for which a piece is taken back; raises Invalid: empty, too_long."""
    return required_line(reason, "reason", CORRECTION_MAX)
