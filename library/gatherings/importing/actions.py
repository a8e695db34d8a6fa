"""A year of records from a list: gatherings that are over, with their rolls. The same list again changes
nothing.

Names are never guessed: who is not known, or is one of several, is left out and told. What somebody corrected
by hand stays, and is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from library.audit import actions as audit
from library.audit.rules import Deed
from library.core.errors import Conflict, Invalid, WeikeError
from library.core.lists.outcomes import Outcome
from library.core.text import clean_block, short_line
from library.gatherings import rules
from library.gatherings.actions import Desk
from library.gatherings.importing.lists import Row, read_when
from library.gatherings.importing.names import read_people
from library.gatherings.importing.record import Record
from library.gatherings.importing.writing import put
from library.organisation import queries as organisation
from library.organisation.tables import Node
from library.people.belonging.group_queries import group_meant
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
        outcome = put(session, desk, record)
    except WeikeError as error:
        return Done(row, Outcome.WRONG, reason=error)
    return Done(row, outcome, record.id, tuple(record.told))


def _read(session: Session, desk: Desk, row: Row, nodes: dict[str, Node | WeikeError]) -> Record:
    kind = desk.kinds.called(row.kind)
    if kind is None:
        raise Invalid("gathering_kind", field="kind", text=row.kind[: rules.KIND_MAX])
    group = group_meant(session, row.group) if row.group.strip() else None
    node = organisation.node(session, group.node_id) if group else _node(session, row.branch, nodes)
    when = read_when(row, desk.zone)
    rules.check_times(when.starts_at, when.ends_at, max(desk.now, when.starts_at))
    if when.ends_at > desk.now:
        raise Invalid("listed_to_come", field="when")
    record = Record(
        node=node,
        group_id=group.id if group else None,
        kind=kind,
        when=when,
        title=short_line(row.title, "title", rules.TITLE_MAX) or kind.name,
        place=short_line(row.place, "place", rules.PLACE_MAX),
        agenda=clean_block(row.agenda, "agenda", rules.AGENDA_MAX),
    )
    record.told += [Remark(f"listed_{its}_guessed", 1) for its in when.guessed]
    read_people(session, row, record)
    return record


def _node(session: Session, text: str, nodes: dict[str, Node | WeikeError]) -> Node:
    typed = text.strip()
    if typed not in nodes:
        if not typed:
            nodes[typed] = Invalid("listed_branch", field="branch")
        else:
            try:
                root = organisation.root_node(session)
                nodes[typed] = organisation.meant(session, [root.id], typed, "branch")
            except WeikeError as error:
                nodes[typed] = error
    found = nodes[typed]
    if isinstance(found, WeikeError):
        raise found
    return found


def counted(done: Iterable[Done]) -> dict[Outcome, int]:
    """Return how many rows became what."""
    counts = dict.fromkeys(Outcome, 0)
    for one in done:
        counts[one.outcome] += 1
    return counts
