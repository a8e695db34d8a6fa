"""The only reader of records: what one says now, who signed it, and a year of a node's."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from library.catalog import queries as catalog
from library.core.clock import CHINA
from library.core.permits import Viewer
from library.gatherings.rules import Due, GatheringState, Mark
from library.gatherings.showings import queries as showings
from library.gatherings.tables import Gathering, RollEntry
from library.organisation import queries as organisation
from library.organisation.tables import Node
from library.people import queries as people
from library.people.tables import LearningGroup
from library.records import rules
from library.records.content import Named, RecordContent, Shown, Spoken, digest_of, from_json
from library.records.permits import RecordFacts
from library.records.rules import LinePart, RecordState, Signature, SignerRole
from library.records.tables import (
    BookTemplate,
    Record,
    RecordAddition,
    RecordLine,
    RecordSignature,
    RecordTemplate,
)

ERASED = "（已注销的党员）"
"""Stands for who was erased: they were there and are counted, and nobody says who it was."""
_THERE = frozenset({Mark.PRESENT, Mark.LATE, Mark.LEFT_EARLY})


@dataclass(frozen=True)
class Reading:
    """A record as it stands: what it says, its digest, and who signed that; `lost` are signatures of what it
    said before something changed. `now` is what it would say today, of a signed one."""

    gathering: Gathering
    record: Record | None
    state: RecordState
    version: int
    content: RecordContent
    digest: str
    signatures: dict[SignerRole, Signature]
    lost: tuple[Signature, ...]
    unresolved: int
    additions: Sequence[RecordAddition] = ()
    now: RecordContent | None = None


def gathering(session: Session, gathering_id: str) -> Gathering:
    """Return a gathering; raises NotFound."""
    return showings.gathering(session, gathering_id)


def facts_of(session: Session, of: Gathering, viewer: Viewer) -> RecordFacts:
    """Return what decides what a viewer may do with a gathering's screen and record. Whether they were on the
    roll is asked once the record is signed: before, it decides nothing."""
    record = session.get(Record, of.id)
    state = record.state if record else RecordState.OPEN
    hosts = (one.host_id for one in showings.rooms(session, of.id))
    return RecordFacts(
        path=organisation.node(session, of.node_id).path,
        chair_id=of.chair_id,
        recorder_id=of.recorder_id,
        hosts=frozenset(one for one in hosts if one),
        was_on_roll=state is RecordState.LOCKED and _is_on_roll(session, of.id, viewer.person_id),
        state=state,
    )


def _is_on_roll(session: Session, gathering_id: str, person_id: str | None) -> bool:
    mine = (RollEntry.gathering_id == gathering_id, RollEntry.person_id == person_id)
    return person_id is not None and session.scalar(select(RollEntry.id).where(*mine)) is not None


@dataclass(frozen=True)
class Standing:
    """How far a record is, without what stands in it."""

    version: int
    state: RecordState
    signed: int


def standing(session: Session, of: Gathering, kind: str) -> Standing:
    """Return how far a record is; it is put together only where signatures have to be compared with it."""
    record = session.get(Record, of.id)
    if record is None:
        return Standing(0, RecordState.OPEN, 0)
    signed = len(reading(session, of, kind).signatures) if signatures(session, of.id) else 0
    return Standing(record.version, record.state, signed)


def is_signed(session: Session, gathering_id: str) -> bool:
    """Tell whether the record of a gathering has both signatures."""
    wanted = select(Record.locked_at).where(Record.gathering_id == gathering_id)
    return session.scalar(wanted) is not None


def lines(session: Session, gathering_id: str) -> Sequence[RecordLine]:
    """Return the lines of a record in their order, part by part; those taken out are left out."""
    return session.scalars(
        select(RecordLine)
        .where(RecordLine.gathering_id == gathering_id, RecordLine.gone.is_(False))
        .order_by(RecordLine.part, RecordLine.place, RecordLine.id)
    ).all()


def signatures(session: Session, gathering_id: str) -> list[Signature]:
    """Return the signatures of a record that were not taken back, oldest first."""
    rows = session.scalars(
        select(RecordSignature)
        .where(RecordSignature.gathering_id == gathering_id, RecordSignature.taken_back_at.is_(None))
        .order_by(RecordSignature.at, RecordSignature.id)
    )
    return [
        Signature(row.id, row.role, row.person_id, row.name, row.at, row.digest, row.for_other)
        for row in rows
    ]


def reading(session: Session, of: Gathering, kind: str) -> Reading:
    """Return a record as it stands; `kind` is what the gathering's kind is called."""
    record = session.get(Record, of.id)
    written = lines(session, of.id)
    now = assembled(session, of, kind, written)
    locked = record is not None and record.state is RecordState.LOCKED and record.content is not None
    content = from_json(record.content) if locked and record and record.content else now
    digest = (record.digest if locked and record else None) or digest_of(content)
    signed = signatures(session, of.id)
    valid = rules.valid(signed, digest)
    additions = session.scalars(
        select(RecordAddition)
        .where(RecordAddition.gathering_id == of.id)
        .order_by(RecordAddition.at, RecordAddition.id)
    ).all()
    return Reading(
        gathering=of,
        record=record,
        state=record.state if record else RecordState.OPEN,
        version=record.version if record else 0,
        content=content,
        digest=digest,
        signatures=valid,
        lost=tuple(one for one in signed if one.id not in {two.id for two in valid.values()}),
        unresolved=sum(line.beside is not None for line in written),
        additions=additions,
        now=now if locked else None,
    )


def assembled(
    session: Session, of: Gathering, kind: str, written: Sequence[RecordLine] | None = None
) -> RecordContent:
    """Return what a record says by what is proven now, and by what was written."""
    written = lines(session, of.id) if written is None else written
    roll = session.scalars(select(RollEntry).where(RollEntry.gathering_id == of.id)).all()
    rooms = showings.rooms(session, of.id)
    called = people.names(
        session,
        {one for one in (of.chair_id, of.recorder_id, *(entry.person_id for entry in roll)) if one},
    )
    named = sorted(
        ((entry.name or called.get(entry.person_id or "", ""), entry) for entry in roll),
        key=lambda one: (not one[0], one[0], one[1].id),
    )

    def some(marks: Collection[Mark], *dues: Due) -> tuple[Named, ...]:
        return tuple(
            Named(name or ERASED, entry.reason if name else "")
            for name, entry in named
            if entry.mark in marks and entry.due in (dues or (Due.DUE,))
        )

    return RecordContent(
        title=of.title,
        kind=kind,
        node=organisation.node(session, of.node_id).name,
        group=_group(session, of),
        place=of.place,
        rooms=tuple(one.place for one in rooms) if len(rooms) > 1 else (),
        began=moment(of.opened_at),
        ended=moment(of.ended_at),
        planned=moment(of.starts_at),
        chair=called.get(of.chair_id or "", ""),
        recorder=called.get(of.recorder_id or "", ""),
        due=sum(entry.due is Due.DUE for entry in roll),
        present=some(_THERE),
        late=some({Mark.LATE}),
        left_early=some({Mark.LEFT_EARLY}),
        absent=some({Mark.ABSENT}),
        made_up=some({Mark.MADE_UP}),
        unmarked=some({Mark.UNMARKED}),
        exempt=some(frozenset(Mark), Due.EXEMPT),
        guests=some(_THERE, Due.GUEST),
        shown=_shown(session, of, {one.id: one.place for one in rooms} if len(rooms) > 1 else {}),
        agenda=tuple(line for line in of.agenda.splitlines() if line.strip()),
        discussion=_spoken(written, LinePart.DISCUSSION),
        resolution=_spoken(written, LinePart.RESOLUTION),
    )


def moment(at: datetime | None) -> str:
    """Return a moment as a record keeps it: to the minute, on China's clocks."""
    return at.astimezone(CHINA).isoformat(timespec="minutes") if at else ""


def _group(session: Session, of: Gathering) -> str:
    group = session.get(LearningGroup, of.group_id) if of.group_id else None
    return group.name if group else ""


def _spoken(written: Sequence[RecordLine], part: LinePart) -> tuple[Spoken, ...]:
    return tuple(Spoken(line.speaker, line.text) for line in written if line.part is part and line.text)


def _shown(session: Session, of: Gathering, rooms: dict[str, str]) -> tuple[Shown, ...]:
    rows = [one for one in showings.showings(session, of.id) if one.played_s > 0]
    titles = dict(catalog.titles_of(session, [one.lesson_id for one in rows if one.lesson_id]))
    return tuple(
        Shown(titles.get(one.lesson_id or "", ""), one.played_s, rooms.get(one.room_id or "", ""))
        for one in rows
    )


@dataclass(frozen=True)
class BookLine:
    """A gathering in a year's list, with how far its record is and who signed it."""

    gathering: Gathering
    state: RecordState
    written: bool
    signed: frozenset[SignerRole]
    additions: int


def year(session: Session, node_id: str, of_year: int) -> list[BookLine]:
    """Return the gatherings of a node in a year that took place, in their order."""
    first, end = (datetime(one, 1, 1, tzinfo=CHINA).astimezone(UTC) for one in (of_year, of_year + 1))
    held = session.scalars(
        select(Gathering)
        .where(
            Gathering.node_id == node_id,
            Gathering.starts_at >= first,
            Gathering.starts_at < end,
            Gathering.state.in_((GatheringState.OPEN, GatheringState.ENDED)),
        )
        .order_by(Gathering.starts_at, Gathering.id)
    ).all()
    ids = [one.id for one in held]
    records = {
        one.gathering_id: one for one in session.scalars(select(Record).where(Record.gathering_id.in_(ids)))
    }
    written = set(session.scalars(select(RecordLine.gathering_id).where(RecordLine.gathering_id.in_(ids))))
    added = dict(
        session.execute(
            select(RecordAddition.gathering_id, func.count())
            .where(RecordAddition.gathering_id.in_(ids))
            .group_by(RecordAddition.gathering_id)
        ).all()
    )
    signed: dict[str, set[SignerRole]] = {}
    for row in session.scalars(select(RecordSignature).where(RecordSignature.gathering_id.in_(ids))):
        if row.taken_back_at is None:
            signed.setdefault(row.gathering_id, set()).add(row.role)
    return [
        BookLine(
            one,
            records[one.id].state if one.id in records else RecordState.OPEN,
            one.id in written,
            frozenset(signed.get(one.id, ())),
            added.get(one.id, 0),
        )
        for one in held
    ]


def years(session: Session, node_id: str) -> list[int]:
    """Return the years in which a node had gatherings, newest first."""
    first, last = session.execute(
        select(func.min(Gathering.starts_at), func.max(Gathering.starts_at)).where(
            Gathering.node_id == node_id
        )
    ).one()
    if first is None or last is None:
        return []
    return list(range(last.astimezone(CHINA).year, first.astimezone(CHINA).year - 1, -1))


def template_of(
    session: Session, node: Node, *, book: bool = False
) -> tuple[RecordTemplate | BookTemplate, Node] | None:
    """Return the template with which a node writes its records, or the book of a year, and whose it is: its
    own, else the nearest above; None: the one that is shipped."""
    chain = (*organisation.chains(session, [node])[node.id], node)
    ids = [one.id for one in chain]
    found: dict[str, RecordTemplate | BookTemplate] = {}
    if book:
        bound = session.scalars(select(BookTemplate).where(BookTemplate.node_id.in_(ids)))
        found = {one.node_id: one for one in bound}
    else:
        single = session.scalars(select(RecordTemplate).where(RecordTemplate.node_id.in_(ids)))
        found = {one.node_id: one for one in single}
    return next(((found[one.id], one) for one in reversed(chain) if one.id in found), None)
