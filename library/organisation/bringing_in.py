"""A list of organisations meets the tree below a node: planned, and brought in in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from library.core.errors import Conflict, Forbidden
from library.core.ids import new_id
from library.core.lists.outcomes import Outcome
from library.core.permits import Viewer
from library.organisation import actions, importing, queries
from library.organisation.importing import Decision, Known, Planned, Row
from library.organisation.permits import may_arrange
from library.organisation.tables import Node

Progress = Callable[[str, int, int], None]
"""Told what is done (plan, write), how many rows of it, and of how many."""


@dataclass(frozen=True)
class Change:
    """What becomes of a value of a node; a parent is the path of names to it."""

    what: str
    before: str
    after: str


def node_to_fill(session: Session, viewer: Viewer, node_id: str) -> Node:
    """Return a node below which the viewer may bring a list: they rename it, and arrange all below.

    Raises NotFound, also where they may not look; Forbidden; Conflict("node_closed").
    """
    node = queries.node_for(session, viewer, node_id)
    if not may_arrange(viewer, node.path):
        raise Forbidden
    if node.closed_at is not None:
        raise Conflict("node_closed", name=node.name)
    return node


class Tree:
    """A list's plan, and the tree before and after it, to tell of every row what becomes of it."""

    def __init__(self, known: Sequence[Known], planned: Sequence[Planned]) -> None:
        self.planned = planned
        self._known = {one.id: one for one in known}
        self._after = {one.id: (one.name, one.parent_id) for one in known}
        self._after |= {
            one.node_id: (one.values["name"], one.parent_id) for one in planned if one.node_id and one.values
        }

    def path_of(self, node_id: str | None) -> str:
        """Return the names from the root to a node, as they will be."""
        names: list[str] = []
        while node_id is not None:
            name, node_id = self._after[node_id]
            names.append(name)
        return " / ".join(reversed(names))

    def known(self, node_id: str) -> Known:
        """Return a node as it was before."""
        return self._known[node_id]

    def changes(self, one: Planned) -> list[Change]:
        """Return what changes of a node that is there."""
        before = self._known.get(one.node_id)
        if before is None or one.outcome is not Outcome.CHANGED:
            return []
        values: tuple[tuple[str, object], ...] = (
            ("name", before.name),
            ("kind", before.kind),
            ("code", before.code),
            ("short_name", before.short_name),
            ("since", before.since),
        )
        found = [
            Change(what, _text(value), _text(one.values[what]))
            for what, value in values
            if _text(value) != _text(one.values[what])
        ]
        if one.parent_id != before.parent_id:
            found.append(Change("parent", self.path_of(before.parent_id), self.path_of(one.parent_id)))
        return found


def _text(value: object) -> str:
    return "" if value is None else str(value)


def plan_for(
    session: Session,
    viewer: Viewer,
    node_id: str,
    rows: Sequence[Row],
    decisions: Mapping[int, Decision],
    progress: Progress,
) -> Tree:
    """Return what would become of a list that the viewer brings below a node; raises as `node_to_fill`."""
    top = node_to_fill(session, viewer, node_id)
    progress("plan", 0, len(rows))
    known = list(queries.known_nodes(session))
    return Tree(known, importing.plan_asking(known, rows, new_id, top.id, decisions))


def bring(
    session: Session,
    viewer: Viewer,
    node_id: str,
    rows: Sequence[Row],
    decisions: Mapping[int, Decision],
    progress: Progress,
    now: datetime,
    by: str | None,
) -> Tree:
    """Plan a list and do what the plan says, all of it in this transaction.

    Who brings lists and who changes the tree come one after the other.
    """
    actions.hold(session)
    tree = plan_for(session, viewer, node_id, rows, decisions, progress)
    total = len(tree.planned)
    actions.apply(session, tree.planned, now, by, lambda done: progress("write", done, total))
    return tree
