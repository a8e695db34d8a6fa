"""Who is in a learning group on a day, and which group is meant. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from library.core.errors import Invalid
from library.core.paging import Page, clean_number
from library.core.text import NAME_MAX, name_key
from library.people.tables import GroupMember, LearningGroup, Person

LEARNERS_A_PAGE = 50


@dataclass(frozen=True)
class Learner:
    """Somebody who is in a group, since when, and through the day before `until` (None: until it ends)."""

    person_id: str
    username: str
    name: str
    since: date
    until: date | None


def learners_on(session: Session, group_id: str, day: date, page: int = 1) -> Page[Learner]:
    """Return a page of who is in a group on a day, by name."""
    number = clean_number(page)
    there = (
        GroupMember.group_id == group_id,
        GroupMember.since <= day,
        or_(GroupMember.until.is_(None), GroupMember.until > day),
    )
    total = session.scalar(select(func.count()).select_from(GroupMember).where(*there)) or 0
    wanted = (
        select(Person.id, Person.username, Person.name, GroupMember.since, GroupMember.until)
        .join(GroupMember, GroupMember.person_id == Person.id)
        .where(*there)
        .order_by(Person.name, Person.id)
    )
    rows = session.execute(wanted.limit(LEARNERS_A_PAGE).offset((number - 1) * LEARNERS_A_PAGE)).all()
    return Page(
        [Learner(person, username, name, since, until) for person, username, name, since, until in rows],
        number,
        LEARNERS_A_PAGE,
        total,
    )


def group_meant(session: Session, text: str) -> LearningGroup:
    """Return the group that is meant: by its id, also a closed one, or an open one that alone is called so.

    Raises Invalid: group_not_known, group_ambiguous.
    """
    typed = text.strip()
    by_id = session.get(LearningGroup, typed)
    if by_id is not None:
        return by_id
    open_ones = session.scalars(select(LearningGroup).where(LearningGroup.closed_at.is_(None)))
    called = [one for one in open_ones if name_key(one.name) == name_key(typed)]
    if len(called) > 1:
        ids = "、".join(sorted(one.id for one in called))
        raise Invalid("group_ambiguous", field="group", text=typed[:NAME_MAX], ids=ids)
    if not called:
        raise Invalid("group_not_known", field="group", text=typed[:NAME_MAX])
    return called[0]
