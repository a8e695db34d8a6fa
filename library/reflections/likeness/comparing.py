"""What of a text is like others, for its writer's eyes: reads only, and nothing of it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from library.core.permits import Viewer
from library.people.tables import Person
from library.reflections import queries, rules
from library.reflections.likeness.prints import sharing
from library.reflections.likeness.rules import MOST_PASSAGES, Passage, passages, prepare, prints
from library.reflections.tables import Reflection

MOST_TEXTS = 12
"""Texts that are looked at closely, those that share most."""
MOST_SHOWN = 5


class Whence(StrEnum):
    """Where the other text is from."""

    OWN = "own"
    ANOTHER = "another"
    """Somebody's, which the writer may not read: nothing is told of it."""
    PUBLISHED = "published"
    TRANSCRIPT = "transcript"


@dataclass(frozen=True)
class Likeness:
    """Passages that a text has in common with another one. `id`, `title`, `writer` are told of what the
    writer may read anyway."""

    whence: Whence
    passages: Sequence[Passage]
    id: str = ""
    title: str = ""
    writer: str = ""

    @property
    def letters(self) -> int:
        """How much is in common."""
        return sum(one.letters for one in self.passages)

    @property
    def shown(self) -> Sequence[Passage]:
        """The first MOST_PASSAGES."""
        return self.passages[:MOST_PASSAGES]

    @property
    def more(self) -> int:
        """How many passages are not among those that are shown."""
        return len(self.passages) - len(self.shown)


@dataclass(frozen=True)
class Compared:
    """What a text is like: the texts with which it has most in common, and of how many others nothing is
    shown.

    `at_least`: there may be more than `more`, since no more than MOST_TEXTS are looked at closely.
    """

    likenesses: Sequence[Likeness]
    more: int = 0
    at_least: bool = False


def compare(session: Session, viewer: Viewer, row: Reflection) -> Compared:
    """Return what a reflection has in common with others' and the writer's own, and with its lesson.

    What it quotes, by a mark or in quotation marks, does not count, nor do set phrases. Of a text that the
    writer may not read only their own words are shown: the other has the same.
    """
    quotes = [one.text for one in queries.quotes_of(session, [row.id])[row.id]]
    mine = prepare(rules.without_marks(row.text), quotes)
    its = prints(mine)
    shared = sharing(session, its, MOST_TEXTS + 1)
    found: list[Likeness] = []
    seen = _readable(session, viewer, shared.numbers)
    for other, writer in _texts(session, shared.numbers):
        if other.id == row.id:
            continue
        theirs = prepare(rules.without_marks(other.text))
        common = passages(mine, theirs, shared.common, its)
        if not common:
            continue
        if other.person_id == row.person_id:
            found.append(Likeness(Whence.OWN, common, other.id, other.title))
        elif other.id in seen:
            found.append(Likeness(Whence.PUBLISHED, common, other.id, other.title, writer))
        else:
            found.append(Likeness(Whence.ANOTHER, [_hidden(one) for one in common]))
    found.sort(key=lambda one: -one.letters)
    more = len(found) - MOST_SHOWN
    del found[MOST_SHOWN:]
    if row.lesson_id is not None and queries.lessons_seen(session, viewer, [row.lesson_id]):
        said = passages(mine, prepare(queries.transcript_of(session, row.lesson_id)))
        found += [Likeness(Whence.TRANSCRIPT, said)] if said else []
    return Compared(found, max(0, more), at_least=more > 0 and len(shared.numbers) > MOST_TEXTS)


def _hidden(passage: Passage) -> Passage:
    return Passage(passage.at, passage.mine, "", passage.letters)


def _texts(session: Session, numbers: Sequence[int]) -> list[tuple[Reflection, str]]:
    if not numbers:
        return []
    rows = session.execute(
        select(Reflection, Person.name)
        .join(Person, Person.id == Reflection.person_id)
        .where(Reflection.number.in_(numbers), Reflection.state.not_in(rules.EDITABLE))
    )
    return sorted(((row, name) for row, name in rows), key=lambda one: numbers.index(one[0].number))


def _readable(session: Session, viewer: Viewer, numbers: Sequence[int]) -> frozenset[str]:
    if not numbers:
        return frozenset()
    wanted = select(Reflection.id).where(Reflection.number.in_(numbers), queries.visible(viewer))
    return frozenset(session.scalars(wanted))
