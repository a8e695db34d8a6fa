"""Whom the names of a list mean, and what is told of those that mean nobody or several."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy.orm import Session

from library.core.clock import local_day
from library.gatherings import queries, roll, rules
from library.gatherings.importing.lists import Named, Row, read_names, says_everybody
from library.gatherings.importing.record import Record
from library.gatherings.kinds import Asks
from library.gatherings.roll import Candidate
from library.gatherings.rules import Due, Mark
from library.gatherings.tables import Gathering
from library.people import queries as people
from transcode.remarks import Remark


def read_people(session: Session, row: Row, record: Record) -> None:
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

    def __init__(self, session: Session, record: Record, wanted: Iterable[str]) -> None:
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


def _complete(session: Session, row: Row, record: Record, homes: Mapping[str, str]) -> None:
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
