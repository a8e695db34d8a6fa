"""Honours are given to the works of a call in one step, each with a certificate that can be checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import Session

from library.audit import actions as audit
from library.audit.rules import Deed
from library.calls import awarding, queries, rules
from library.calls.actions import keeping
from library.calls.awarding import Given, Prize
from library.calls.tables import Call, Certificate, Entry
from library.catalog.rules import words_of_genre
from library.catalog.tables import Lesson
from library.core.clock import local_day
from library.core.errors import Conflict, NotFound
from library.core.ids import new_id
from library.core.permits import Viewer
from library.organisation import queries as organisation
from library.versions import actions as versions
from library.versions import belongings
from library.versions.rules import Origin
from library.works import honours
from library.works.honours import Awarded
from library.works.rules import AWARD_MAX, HonourLevel
from library.works.tables import Honour


@dataclass(frozen=True)
class Granted:
    """What came of giving honours: certificates by entry, those that were new, and the numbers of works whose
    lesson is gone and that got none."""

    certificates: dict[str, Certificate]
    new: int
    left_out: tuple[int, ...]


def award_name(call: Call, prize: str, category: str = "") -> str:
    """Return what an honour is called: the call's title in quotes, the category (its usual name, "" for all
    works) and the prize, the title cut so that honours hold it.

    Quotes within the title become those that Chinese has within quotes.
    """
    named = (*words_of_genre(category), category)[0]
    prize = f"{named}类{prize}" if named and not named.endswith(("类", "组")) else f"{named}{prize}"
    room = AWARD_MAX - len(prize) - 2
    title = call.title.replace("“", "‘").replace("”", "’")
    title = title if len(title) <= room else f"{title[: room - 1]}…"
    return f"“{title}”{prize}"


def proposed(session: Session, call: Call, prizes: Sequence[Prize]) -> tuple[Given, ...]:
    """Return which works would get which prize."""
    return awarding.assigned(queries.result(session, call).order, prizes, queries.categories(session, call))


def grant(
    session: Session,
    viewer: Viewer,
    call_id: str,
    prizes: Sequence[Prize],
    level: HonourLevel,
    now: datetime,
) -> Granted:
    """Give the honours of a call whose result is out, all of them or none; the same again gives nothing new.

    Raises NotFound, Forbidden, Conflict: call_not_told, honours_differ (another prize was given to a work
    already); and what `works.honours.grant` raises.
    """
    call = keeping(session, viewer, call_id)
    if call.stage not in rules.TOLD_STAGES:
        raise Conflict("call_not_told")
    given = {one.entry_id: one for one in proposed(session, call, prizes)}
    there = queries.certificates(session, call)
    its = {work.entry.id: work.entry for work in queries.works(session, call, named=False)}
    for entry_id, known in there.items():
        its_prize = given.get(entry_id)
        if its_prize is None or award_name(call, its_prize.prize, its_prize.category) != known.award:
            raise Conflict("honours_differ", field="prizes", number=its[entry_id].n, award=known.award)
    left_out: list[int] = []
    new = 0
    for entry_id, one in given.items():
        if entry_id in there:
            continue
        made = _grant_one(session, viewer, call, its[entry_id], one, level, now)
        if made is None:
            left_out.append(its[entry_id].n)
            continue
        there[entry_id], new = made, new + 1
    session.flush()
    if new:
        audit.note(session, Deed.CALL, viewer.person_id, thing=call.id, what="honours", count=new)
    return Granted(there, new, tuple(left_out))


def _grant_one(
    session: Session,
    viewer: Viewer,
    call: Call,
    entry: Entry,
    given: Given,
    level: HonourLevel,
    now: datetime,
) -> Certificate | None:
    lesson = session.get(Lesson, entry.lesson_id) if entry.lesson_id else None
    if lesson is None:
        return None
    day = local_day(now)
    what = Awarded(
        award_name(call, given.prize, given.category), level, day.year, call.body or call.node.name
    )
    versions.keep_present(session, lesson)
    honour = honours.grant(session, viewer, lesson.id, what, now)
    versions.record_straight(session, lesson, now, viewer.person_id, Origin.HONOURED)
    # One that was taken from the work elsewhere and is given anew has another code.
    _end(session, Certificate.honour_id == honour.id, now)
    entry.prize = given.prize
    row = Certificate(
        id=new_id(),
        code=awarding.new_code(),
        call_id=call.id,
        entry_id=entry.id,
        honour_id=honour.id,
        title=lesson.title,
        lecturer_id=lesson.lecturer_id,
        unit=organisation.node(session, lesson.node_id).name,
        award=honour.award,
        year=honour.year,
        body=honour.body,
        issued_on=day,
        withdrawn_at=None,
    )
    session.add(row)
    return row


def _end(session: Session, which: ColumnElement[bool], now: datetime) -> None:
    session.execute(
        update(Certificate)
        .where(which, Certificate.withdrawn_at.is_(None))
        .values(withdrawn_at=now)
        .execution_options(synchronize_session=False)
    )


def withdraw(session: Session, viewer: Viewer, call_id: str, n: int, now: datetime) -> None:
    """Take back the honour of a call's n-th work: its certificate says so from then on to whoever checks it.

    Raises NotFound, Forbidden.
    """
    call = keeping(session, viewer, call_id)
    entry = queries.entry_of(session, call, n)
    row = queries.certificates(session, call).get(entry.id)
    if row is None:
        raise NotFound
    honour = session.get(Honour, row.honour_id) if row.honour_id else None
    _end(session, Certificate.id == row.id, now)
    entry.prize = ""
    session.flush()
    if honour is not None:
        lesson = session.get_one(Lesson, honour.lesson_id)
        versions.keep_present(session, lesson)
        keep = belongings.was_seen(session, lesson.id, honour.id)
        honours.take_back(session, viewer, lesson.id, honour.id, now, keep=keep)
        versions.record_straight(session, lesson, now, viewer.person_id, Origin.HONOURED)
    audit.note(session, Deed.CALL, viewer.person_id, thing=call.id, what="honour_back", number=n)
