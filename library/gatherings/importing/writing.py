"""A record of a list, new or changed, with its roll; the same record again changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from library.core.errors import Conflict
from library.core.lists.outcomes import Outcome
from library.gatherings import queries, rules
from library.gatherings.actions import Desk
from library.gatherings.importing.record import Record, made_id
from library.gatherings.opening import say_evidence
from library.gatherings.roll import Candidate
from library.gatherings.rules import Due, GatheringState, How, Mark
from library.gatherings.tables import Gathering, RollChange, RollEntry, Room
from library.programme.weeks import week_of
from transcode.remarks import Remark


def put(session: Session, desk: Desk, record: Record) -> Outcome:
    known = session.get(Gathering, record.id)
    if known is None:
        _refuse_twin(session, record)
        return _new(session, desk, record)
    lock = select(Gathering).where(Gathering.id == record.id).with_for_update()
    session.scalars(lock.execution_options(populate_existing=True)).one()
    return _changed(session, desk, record, known)


def _refuse_twin(session: Session, record: Record) -> None:
    """Raise Conflict("listed_there") for one that was kept here and not imported: of that kind, at that
    hour."""
    twin = session.scalars(
        select(Gathering).where(
            Gathering.node_id == record.node.id,
            Gathering.kind == record.kind.code,
            Gathering.starts_at == record.when.starts_at,
            Gathering.state != GatheringState.CANCELLED,
            Gathering.group_id.is_(None)
            if record.group_id is None
            else Gathering.group_id == record.group_id,
        )
    ).first()
    if twin is not None:
        raise Conflict("listed_there", field="when", title=twin.title)


def _new(session: Session, desk: Desk, record: Record) -> Outcome:
    one = Gathering(
        id=record.id,
        node_id=record.node.id,
        group_id=record.group_id,
        state=GatheringState.ENDED,
        opened_at=record.when.starts_at,
        late_from=record.when.starts_at,
        ended_at=record.when.ends_at,
        secret=None,
        series=None,
        below=False,
        version=1,
        made_by=None,
        changed_at=desk.now,
        **_plan(record, desk),
    )
    session.add(one)
    session.flush()
    room_id = made_id(record.id, "room")
    session.add(Room(id=room_id, gathering_id=record.id, n=1, place=record.place, host_id=None))
    session.flush()
    rows = [
        _entry(record, room_id, who, *record.marks.get(who.person_id, (Mark.UNMARKED, "")))
        for who in record.candidates.values()
    ]
    rows += [_guest(record, room_id, name) for name in record.guests]
    if rows:
        session.execute(insert(RollEntry), rows)
    said = [_change(record.id, row, desk.now) for row in rows if row["mark"] is not Mark.UNMARKED]
    if said:
        session.execute(insert(RollChange), said)
    say_evidence(session, one, desk.now, None)
    return Outcome.NEW


def _plan(record: Record, desk: Desk) -> dict[str, object]:
    return {
        "kind": record.kind.code,
        "form": record.kind.form,
        "title": record.title,
        "week": str(week_of(record.when.starts_at.astimezone(desk.zone).date())),
        "starts_at": record.when.starts_at,
        "ends_at": record.when.ends_at,
        "place": record.place,
        "chair_id": record.chair_id,
        "recorder_id": record.recorder_id,
        "agenda": record.agenda,
    }


def _entry(record: Record, room_id: str, who: Candidate, mark: Mark, reason: str) -> dict[str, object]:
    return {
        "id": made_id(record.id, who.person_id),
        "gathering_id": record.id,
        "person_id": who.person_id,
        "node_id": who.node_id,
        "name": "",
        "due": who.due,
        "mark": mark,
        "how": How.IMPORT if mark is not Mark.UNMARKED else None,
        "room_id": room_id if mark in rules.THERE else None,
        "arrived_at": None,
        "left_at": None,
        "reason": reason,
        "version": 1,
    }


def _guest(record: Record, room_id: str, name: str) -> dict[str, object]:
    nobody = Candidate("", None, Due.GUEST)
    row = _entry(record, room_id, nobody, Mark.PRESENT, "")
    return {**row, "id": made_id(record.id, "guest", name), "person_id": None, "name": name}


def _change(gathering_id: str, row: Mapping[str, object], now: datetime) -> dict[str, object]:
    return {
        "id": made_id(str(row["id"]), str(row["mark"]), str(row["reason"]), now.isoformat()) + "-import",
        "gathering_id": gathering_id,
        "entry_id": row["id"],
        "mark": row["mark"],
        "how": How.IMPORT,
        "reason": row["reason"],
        "said_at": None,
        "at": now,
        "by_person": None,
    }


def _changed(session: Session, desk: Desk, record: Record, one: Gathering) -> Outcome:
    """Bring what is there to what the list says; who was marked by hand since stays as they are."""
    changed = False
    for name, value in _plan(record, desk).items():
        if getattr(one, name) != value:
            setattr(one, name, value)
            changed = True
    if one.ended_at != record.when.ends_at:
        one.ended_at, changed = record.when.ends_at, True
    entries = session.scalars(select(RollEntry).where(RollEntry.gathering_id == one.id)).all()
    there = {its.person_id: its for its in entries if its.person_id is not None}
    rooms = queries.rooms_of(session, one.id)
    room_id = rooms[0].id if rooms else None
    by_hand, said = 0, []
    for person_id, (mark, reason) in record.marks.items():
        entry = there.get(person_id)
        if entry is None:
            # The denominators of a roll stay: whoever a later list names comes as a guest.
            who = Candidate(person_id, record.candidates[person_id].node_id, Due.GUEST)
            row = _entry(record, room_id or "", who, mark, reason)
            session.execute(insert(RollEntry), [row])
            said.append(_change(one.id, row, desk.now))
        elif (entry.mark, entry.reason) != (mark, reason):
            if entry.how not in (How.IMPORT, None):
                by_hand += 1
                continue
            entry.mark, entry.reason, entry.how = mark, reason, How.IMPORT
            entry.version += 1
            said.append(_change(one.id, {"id": entry.id, "mark": mark, "reason": reason}, desk.now))
    names = {its.name for its in entries if its.person_id is None}
    for name in record.guests:
        if name not in names:
            row = _guest(record, room_id or "", name)
            session.execute(insert(RollEntry), [row])
            said.append(_change(one.id, row, desk.now))
    session.flush()
    if said:
        session.execute(insert(RollChange), said)
    if by_hand:
        record.told.append(Remark("listed_by_hand", by_hand))
    if changed or said:
        one.changed_at = desk.now
        one.version += 1
        session.flush()
        say_evidence(session, one, desk.now, None)
        return Outcome.CHANGED
    return Outcome.UNCHANGED
