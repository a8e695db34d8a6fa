"""A year of records from a list: gatherings that are over, with their rolls. The same list again changes
nothing.

Names are never guessed: who is not known, or is one of several, is left out and told. What somebody corrected
by hand stays, and is told.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from library.audit import actions as audit
from library.audit.rules import Deed
from library.core.clock import local_day
from library.core.errors import Conflict, Invalid, WeikeError
from library.core.text import clean_block, short_line
from library.gatherings import queries, roll, rules
from library.gatherings.actions import Desk
from library.gatherings.kinds import Asks, Kind
from library.gatherings.lists import Named, Row, When, read_names, read_when, says_everybody
from library.gatherings.opening import say_evidence
from library.gatherings.roll import Candidate
from library.gatherings.rules import Due, GatheringState, How, Mark
from library.gatherings.tables import Gathering, RollChange, RollEntry, Room
from library.organisation import queries as organisation
from library.organisation.importing import Outcome
from library.organisation.tables import Node
from library.people import queries as people
from library.people.belonging.group_queries import group_meant
from library.programme.weeks import week_of
from transcode.remarks import Remark

MOST_ROWS = 2_000


@dataclass(frozen=True)
class Done:
    """What became of a row, or would; `told` is what was left out or guessed in it."""

    row: Row
    outcome: Outcome
    gathering_id: str = ""
    told: tuple[Remark, ...] = ()
    reason: WeikeError | None = None


@dataclass
class _Record:
    """A row that was understood. `marks` are by person, `guests` the names of those without an account."""

    node: Node
    group_id: str | None
    kind: Kind
    when: When
    title: str
    place: str
    agenda: str
    chair_id: str | None = None
    recorder_id: str | None = None
    marks: dict[str, tuple[Mark, str]] = field(default_factory=dict)
    guests: list[str] = field(default_factory=list)
    told: list[Remark] = field(default_factory=list)
    candidates: dict[str, Candidate] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """By what it is known again: whose, of what kind, when it began."""
        parts = (self.node.id, self.group_id or "", self.kind.code, self.when.starts_at.isoformat())
        return hashlib.sha256(":".join(parts).encode()).hexdigest()[:16]


def bring(session: Session, desk: Desk, rows: Sequence[Row]) -> list[Done]:
    """Bring records in; rows that are wrong change nothing, and stop no other.

    Whoever only wants to know what would become of it gives the session up. Raises Invalid("list_long").
    """
    if len(rows) > MOST_ROWS:
        raise Invalid("list_long", field="manifest", most=MOST_ROWS, count=len(rows))
    nodes: dict[str, Node | WeikeError] = {}
    seen: dict[str, int] = {}
    done = [_row(session, desk, row, nodes, seen) for row in rows]
    count = sum(one.outcome in (Outcome.NEW, Outcome.CHANGED) for one in done)
    if count:
        audit.note(session, Deed.GATHERING, desk.by, what="import", count=count)
    return done


def _row(
    session: Session, desk: Desk, row: Row, nodes: dict[str, Node | WeikeError], seen: dict[str, int]
) -> Done:
    try:
        record = _read(session, desk, row, nodes)
        if record.id in seen:
            raise Conflict("listed_twice", field="when", line=seen[record.id])
        seen[record.id] = row.line
        outcome = _put(session, desk, record)
    except WeikeError as error:
        return Done(row, Outcome.WRONG, reason=error)
    return Done(row, outcome, record.id, tuple(record.told))


def _read(session: Session, desk: Desk, row: Row, nodes: dict[str, Node | WeikeError]) -> _Record:
    kind = desk.kinds.called(row.kind)
    if kind is None:
        raise Invalid("gathering_kind", field="kind", text=row.kind[: rules.KIND_MAX])
    group = group_meant(session, row.group) if row.group.strip() else None
    node = organisation.branch(session, group.node_id) if group else _node(session, row.branch, nodes)
    when = read_when(row, desk.zone)
    rules.check_times(when.starts_at, when.ends_at, max(desk.now, when.starts_at))
    if when.ends_at > desk.now:
        raise Invalid("listed_to_come", field="when")
    record = _Record(
        node=node,
        group_id=group.id if group else None,
        kind=kind,
        when=when,
        title=short_line(row.title, "title", rules.TITLE_MAX) or kind.name,
        place=short_line(row.place, "place", rules.PLACE_MAX),
        agenda=clean_block(row.agenda, "agenda", rules.AGENDA_MAX),
    )
    record.told += [Remark(f"listed_{its}_guessed", 1) for its in when.guessed]
    _read_people(session, row, record)
    return record


def _node(session: Session, text: str, nodes: dict[str, Node | WeikeError]) -> Node:
    typed = text.strip()
    if typed not in nodes:
        if not typed:
            nodes[typed] = Invalid("listed_branch", field="branch")
        else:
            try:
                root = organisation.root_branch(session)
                nodes[typed] = organisation.meant(session, [root.id], typed, "branch")
            except WeikeError as error:
                nodes[typed] = error
    found = nodes[typed]
    if isinstance(found, WeikeError):
        raise found
    return found


# ------------------------------------------------------------------ who was there


def _read_people(session: Session, row: Row, record: _Record) -> None:
    """Find whom a row names: those who were due on that day first, then the people of the node, then all."""
    day = local_day(record.when.starts_at)
    asks = Asks.EVERYBODY if record.kind.asks is Asks.NAMED else record.kind.asks
    probe = Gathering(id=record.id, node_id=record.node.id, group_id=record.group_id, below=False)
    found = roll.candidates(session, probe, asks, day, long_ago=True)
    record.candidates = {one.person_id: one for one in found}
    cells = {
        Mark.PRESENT: read_names(row.present),
        Mark.LATE: read_names(row.late),
        Mark.ABSENT: read_names(row.absent),
        Mark.MADE_UP: read_names(row.made_up),
    }
    guests = read_names(row.guests)
    said = [one for its in cells.values() for one in its]
    wanted = {one.name for one in [*said, *guests, *read_names(row.chair), *read_names(row.recorder)]}
    names = _Names(session, record, wanted)
    record.chair_id, record.recorder_id = (names.one(cell) for cell in (row.chair, row.recorder))
    cut = 0
    for mark, its in cells.items():
        for one in its:
            person_id = names.find(one)
            if person_id is not None:
                names.compare(one.name, record.marks.get(person_id), mark)
                cut += len(one.reason) > rules.REASON_MAX
                record.marks[person_id] = (mark, one.reason[: rules.REASON_MAX])
    for one in guests:
        called = names.known.get(one.name, [])
        if len(called) == 1:
            record.marks.setdefault(called[0], (Mark.PRESENT, ""))
            if called[0] not in record.candidates:
                home = roll.homes_on(session, called, day).get(called[0])
                record.candidates[called[0]] = Candidate(called[0], home, Due.GUEST)
        else:
            cut += len(one.name) > rules.GUEST_MAX
            record.guests.append(one.name[: rules.GUEST_MAX])
    # A guest who is named twice is one.
    record.guests[:] = dict.fromkeys(record.guests)
    if cut:
        record.told.append(Remark("listed_cut", cut))
    _complete(session, row, record, roll.homes_on(session, list(record.marks), day))
    names.tell()


class _Names:
    """Whom names mean in one row; those that mean nobody, or several, are gathered to be told."""

    def __init__(self, session: Session, record: _Record, wanted: Iterable[str]) -> None:
        self._record = record
        self._unknown: list[str] = []
        self._alike: list[str] = []
        self._contradicted: list[str] = []
        wanted = set(wanted)
        due = people.names(session, list(record.candidates))
        self.known: dict[str, list[str]] = {}
        for person_id, name in due.items():
            if name in wanted:
                self.known.setdefault(name, []).append(person_id)
        others = queries.people_called(session, record.node.id, wanted - self.known.keys())
        self.known |= {name: [one.id for one in its] for name, its in others.items()}

    def find(self, one: Named) -> str | None:
        """Return whom a name means, None for nobody or several."""
        called = self.known.get(one.name, [])
        if len(called) == 1:
            return called[0]
        (self._alike if called else self._unknown).append(one.name)
        return None

    def one(self, cell: str) -> str | None:
        """Return the first whom a cell names."""
        named = read_names(cell)
        return self.find(named[0]) if named else None

    def compare(self, name: str, before: tuple[Mark, str] | None, now: Mark) -> None:
        """Note that a list says of somebody that they were there, and that they were not."""
        if before is not None and (before[0] in rules.THERE) != (now in rules.THERE):
            self._contradicted.append(name)

    def tell(self) -> None:
        """Tell of the names that were left out, and of those of whom two things were said."""
        for code, names in (
            ("listed_unknown", self._unknown),
            ("listed_alike", self._alike),
            ("listed_contradicted", self._contradicted),
        ):
            if names:
                shown = "、".join(dict.fromkeys(names))[:120]
                self._record.told.append(Remark(code, len(names), {"names": shown}))


def _complete(session: Session, row: Row, record: _Record, homes: Mapping[str, str]) -> None:
    """Put everybody on the roll: those named who are on no roll of that day, and those due who are not
    named."""
    now_here = _at_home_now(session, record.node.id, [one for one in record.marks if one not in homes])
    for person_id in record.marks:
        if person_id in record.candidates:
            continue
        # Their memberships begin after that day, as of a branch that came in later: the list says so.
        due = Due.DUE if person_id in now_here or record.kind.asks is Asks.NAMED else Due.GUEST
        home = homes.get(person_id) or (record.node.id if person_id in now_here else None)
        record.candidates[person_id] = Candidate(person_id, home, due)
    if record.kind.asks is Asks.NAMED:
        record.candidates = {one: its for one, its in record.candidates.items() if one in record.marks}
    silent = [one for one, its in record.candidates.items() if its.due is Due.DUE and one not in record.marks]
    if says_everybody(row.present):
        record.marks |= dict.fromkeys(silent, (Mark.PRESENT, ""))
    elif silent:
        record.told.append(Remark("listed_silent", len(silent)))


def _at_home_now(session: Session, node_id: str, ids: Sequence[str]) -> set[str]:
    names = people.names(session, ids)
    if not names:
        return set()
    called = queries.people_called(session, node_id, set(names.values()))
    near = {one.id for its in called.values() for one in its}
    homes = queries.homes_now(session, [one for one in ids if one in near])
    return {one for one, home in homes.items() if home == node_id}


# ------------------------------------------------------------------ writing


def _put(session: Session, desk: Desk, record: _Record) -> Outcome:
    known = session.get(Gathering, record.id)
    if known is None:
        _refuse_twin(session, record)
        return _new(session, desk, record)
    lock = select(Gathering).where(Gathering.id == record.id).with_for_update()
    session.scalars(lock.execution_options(populate_existing=True)).one()
    return _changed(session, desk, record, known)


def _refuse_twin(session: Session, record: _Record) -> None:
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


def _new(session: Session, desk: Desk, record: _Record) -> Outcome:
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
    room_id = _made_id(record.id, "room")
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


def _plan(record: _Record, desk: Desk) -> dict[str, object]:
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


def _made_id(*parts: str) -> str:
    return hashlib.sha256(":".join(parts).encode()).hexdigest()[:16]


def _entry(record: _Record, room_id: str, who: Candidate, mark: Mark, reason: str) -> dict[str, object]:
    return {
        "id": _made_id(record.id, who.person_id),
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


def _guest(record: _Record, room_id: str, name: str) -> dict[str, object]:
    nobody = Candidate("", None, Due.GUEST)
    row = _entry(record, room_id, nobody, Mark.PRESENT, "")
    return {**row, "id": _made_id(record.id, "guest", name), "person_id": None, "name": name}


def _change(gathering_id: str, row: Mapping[str, object], now: datetime) -> dict[str, object]:
    return {
        "id": _made_id(str(row["id"]), str(row["mark"]), str(row["reason"]), now.isoformat()) + "-import",
        "gathering_id": gathering_id,
        "entry_id": row["id"],
        "mark": row["mark"],
        "how": How.IMPORT,
        "reason": row["reason"],
        "said_at": None,
        "at": now,
        "by_person": None,
    }


def _changed(session: Session, desk: Desk, record: _Record, one: Gathering) -> Outcome:
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


def counted(done: Iterable[Done]) -> dict[Outcome, int]:
    """Return how many rows became what."""
    counts = dict.fromkeys(Outcome, 0)
    for one in done:
        counts[one.outcome] += 1
    return counts
