"""The only reader of declarations and of the settings of their levels."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import add

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import Session

from library.catalog.tables import Lesson
from library.core.errors import Invalid, NotFound
from library.core.permits import Role, Viewer, node_chain
from library.core.rights import Act, Thing, allowed
from library.declaring import permits
from library.declaring.permits import Standing
from library.declaring.rules import Level, Period, Setting, level_rules, levels_of, period_start
from library.declaring.states import OPEN, State, Step
from library.declaring.tables import Declaration, DeclarationStep, LevelSetting, Remark
from library.organisation import queries as organisation
from library.organisation.tables import Below, Node

COUNTED_MOST = 100
"""What waits is counted up to here: a number that nobody reads to its end costs nobody anything."""
MOST_DESKS = 50
"""Nodes at which one person reviews whose declarations are put together on one page."""


def said_by(session: Session, node_ids: Collection[str]) -> dict[str, Setting]:
    """Return what nodes say themselves of levels, by their ids."""
    rows = session.scalars(select(LevelSetting).where(LevelSetting.node_id.in_(node_ids)))
    return {row.node_id: Setting(level_rules(row.levels), row.quota, row.period) for row in rows}


def setting_in_force(session: Session, node: Node) -> tuple[Node | None, Setting | None]:
    """Return which node's setting holds at a node, and that setting; None where nobody has said anything."""
    chain = node_chain(node.path)
    said = said_by(session, chain)
    nearest = next((one for one in reversed(chain) if one in said), None)
    return (None, None) if nearest is None else (session.get_one(Node, nearest), said[nearest])


def node_to_arrange(session: Session, viewer: Viewer, node_id: str) -> Node:
    """Return a node whose levels the viewer arranges; raises NotFound."""
    node = session.get(Node, node_id)
    if node is None or not allowed(viewer, Act.DECLARATION_ARRANGE, Thing(node.path)):
        raise NotFound
    return node


def names_below(session: Session, node_id: str, down: int, most: int) -> list[str]:
    """Return what the first open nodes so many steps below a node are called, by name."""
    wanted = (
        select(Node.name)
        .join(Below, Below.node_id == Node.id)
        .where(Below.ancestor_id == node_id, Below.depth == down, Node.closed_at.is_(None))
    )
    return list(session.scalars(wanted.order_by(Node.name).limit(most)))


def closed_among(session: Session, node_ids: Collection[str]) -> set[str]:
    """Return which of some nodes are closed."""
    return set(session.scalars(select(Node.id).where(Node.id.in_(node_ids), Node.closed_at.is_not(None))))


def declared_in_period(session: Session, node_id: str, period: Period, now: datetime) -> int:
    """Return how many lessons a node has declared in the present period, without those taken back."""
    wanted = select(func.count()).where(
        Declaration.node_id == node_id,
        Declaration.declared_at >= period_start(period, now),
        Declaration.state != State.WITHDRAWN,
    )
    return session.scalar(wanted) or 0


# ------------------------------------------------------------------ one declaration


def declaration(session: Session, declaration_id: str, *, lock: bool = False) -> Declaration:
    """Return a declaration whoever asks; with `lock` nobody else changes it until the transaction ends.

    Raises NotFound.
    """
    found = session.get(Declaration, declaration_id, with_for_update=lock or None, populate_existing=lock)
    if found is None:
        raise NotFound
    return found


def standing(session: Session, row: Declaration) -> Standing:
    """Return where a declaration stands."""
    paths = dict(
        session.execute(select(Node.id, Node.path).where(Node.id.in_((row.node_id, row.level_node_id)))).all()
    )
    return Standing(paths[row.node_id], paths[row.level_node_id], row.owner_id, row.declared_by)


def sees(session: Session, viewer: Viewer, row: Declaration) -> bool:
    """Tell whether somebody may look at a declaration."""
    return permits.may_see(viewer, standing(session, row))


def returned_to(session: Session, person_id: str, most: int) -> list[Declaration]:
    """Return the declarations of somebody's lessons that were sent back, the newest first."""
    wanted = select(Declaration).where(Declaration.owner_id == person_id, Declaration.state == State.RETURNED)
    return list(session.scalars(wanted.order_by(Declaration.declared_at.desc()).limit(most)))


def declaration_for(session: Session, viewer: Viewer, declaration_id: str) -> Declaration:
    """Return a declaration that the viewer may look at; raises NotFound."""
    row = declaration(session, declaration_id)
    if not sees(session, viewer, row):
        raise NotFound
    return row


def of_lesson(session: Session, lesson_id: str, most: int | None = None) -> list[Declaration]:
    """Return the declarations of a lesson, the newest first, at most `most`."""
    wanted = select(Declaration).where(Declaration.lesson_id == lesson_id).limit(most)
    return list(session.scalars(wanted.order_by(Declaration.declared_at.desc(), Declaration.id.desc())))


def open_of(session: Session, lesson_id: str, *, lock: bool = False) -> Declaration | None:
    """Return the declaration of a lesson that is on its way or only chosen, None without one."""
    wanted = select(Declaration).where(
        Declaration.lesson_id == lesson_id, Declaration.state.in_((*OPEN, State.SELECTED))
    )
    if lock:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    return session.scalars(wanted).first()


def steps_of(session: Session, declaration_id: str) -> list[DeclarationStep]:
    """Return the history of a declaration, the oldest first."""
    wanted = select(DeclarationStep).where(DeclarationStep.declaration_id == declaration_id)
    return list(session.scalars(wanted.order_by(DeclarationStep.n)))


def remarks_of(session: Session, declaration_id: str) -> list[Remark]:
    """Return the remarks of a declaration, in the order in which they were made."""
    wanted = select(Remark).where(Remark.declaration_id == declaration_id)
    return list(session.scalars(wanted.order_by(Remark.n)))


@dataclass(frozen=True)
class Votes:
    """Who has read a declaration at its present level in its present round, who approved it, and whose
    approval chose it."""

    read: tuple[str | None, ...]
    approved: tuple[str | None, ...]
    chose: int


def votes_of(row: Declaration, steps: Iterable[DeclarationStep]) -> Votes:
    """Return the votes at the present level and round."""
    now = [one for one in steps if (one.round, one.level) == (row.round, row.level)]
    return Votes(
        tuple(one.person_id for one in now if one.step is Step.READ),
        tuple(one.person_id for one in now if one.step in (Step.APPROVE, Step.SELECT)),
        sum(one.step is Step.SELECT for one in now),
    )


def level_of(row: Declaration) -> Level:
    """Return the present level of a declaration."""
    return levels_of(row.route)[row.level]


def node_name(session: Session, node_id: str) -> str:
    """Return what a node is called, "" for one that is not there."""
    return session.scalar(select(Node.name).where(Node.id == node_id)) or ""


# ------------------------------------------------------------------ the queue


@dataclass(frozen=True)
class Wanted:
    """Which declarations: at which level's nodes, in which state, with `late_at` those due before it."""

    node_ids: tuple[str, ...]
    state: State = State.DECLARED
    late_at: datetime | None = None


@dataclass(frozen=True)
class Place:
    """A place in the queue: by when it is due, and its id."""

    due_at: datetime
    id: str


def desks_of(session: Session, viewer: Viewer) -> list[Node]:
    """Return the nodes at which somebody holds the reviewer's role itself, in the order of the tree, at most
    MOST_DESKS: what is below them is the business of those below, and asked for by naming a node."""
    found = select(Node).where(Node.id.in_(desk_ids(viewer))).order_by(Node.path)
    return list(session.scalars(found))


def number_waiting(viewer: Viewer) -> Select[int] | None:
    """Return a SELECT of how many declarations wait at the desks of somebody, each counted up to
    COUNTED_MOST; None where they have none."""
    parts = []
    for one in desk_ids(viewer):
        found = _at(one, Wanted((one,))).with_only_columns(Declaration.id).limit(COUNTED_MOST)
        parts.append(select(func.count()).select_from(found.subquery()).scalar_subquery())
    return select(reduce(add, parts)) if parts else None


def desk_ids(viewer: Viewer) -> tuple[str, ...]:
    """Return the ids of the nodes that `desks_of` returns, without asking for them."""
    held = {(grant.path, grant.node_id) for grant in viewer.grants if grant.gives(Role.REVIEWER)}
    return tuple(node_id for _path, node_id in sorted(held)[:MOST_DESKS])


def desks_held(viewer: Viewer) -> int:
    """Return at how many nodes somebody holds the role of a reviewer; `desks_of` returns MOST_DESKS."""
    return len({grant.node_id for grant in viewer.grants if grant.gives(Role.REVIEWER)})


def _at(node_id: str, wanted: Wanted) -> Select[Declaration]:
    found = select(Declaration).where(Declaration.level_node_id == node_id, Declaration.state == wanted.state)
    return found.where(Declaration.due_at < wanted.late_at) if wanted.late_at else found


def queue(
    session: Session, wanted: Wanted, size: int, after: Place | None = None
) -> tuple[list[Declaration], Place | None]:
    """Return declarations by when they are due, and the place after which others follow (None: no more).

    Each node's part is read along its index from `after` on, `size` and one of them: what is not shown costs
    nothing. It is for whoever may look at all of them: nobody is asked here.
    """
    parts = []
    for node_id in wanted.node_ids:
        found = _at(node_id, wanted)
        if after is not None:
            found = found.where(tuple_(Declaration.due_at, Declaration.id) > (after.due_at, after.id))
        found = found.order_by(Declaration.due_at, Declaration.id).limit(size + 1)
        parts.append(session.scalars(found).all())
    merged = list(heapq.merge(*parts, key=lambda row: (row.due_at, row.id)))
    rows = merged[:size]
    return rows, Place(rows[-1].due_at, rows[-1].id) if len(merged) > size else None


def beside(session: Session, row: Declaration) -> tuple[str, str]:
    """Return the ids of a declaration's neighbours in the queue of its level, "" for none."""
    same = _at(row.level_node_id, Wanted((), row.state)).with_only_columns(Declaration.id).limit(1)
    key, here = tuple_(Declaration.due_at, Declaration.id), (row.due_at, row.id)
    before = session.scalar(same.where(key < here).order_by(Declaration.due_at.desc(), Declaration.id.desc()))
    after = session.scalar(same.where(key > here).order_by(Declaration.due_at, Declaration.id))
    return before or "", after or ""


def count_waiting(session: Session, wanted: Wanted) -> int:
    """Return how many there are, but no more than COUNTED_MOST."""
    total = 0
    for node_id in wanted.node_ids:
        inner = _at(node_id, wanted).with_only_columns(Declaration.id).limit(COUNTED_MOST - total).subquery()
        total += session.scalar(select(func.count()).select_from(inner)) or 0
        if total >= COUNTED_MOST:
            break
    return total


def lessons_of(session: Session, rows: Sequence[Declaration]) -> dict[str, Lesson]:
    """Return the lessons of some declarations by their ids."""
    ids = {row.lesson_id for row in rows}
    return {one.id: one for one in session.scalars(select(Lesson).where(Lesson.id.in_(ids)))}


def nodes_of(session: Session, rows: Iterable[Declaration]) -> dict[str, Node]:
    """Return the nodes of some declarations and of all their levels by their ids."""
    ids: set[str] = set()
    for row in rows:
        ids |= {row.node_id, row.level_node_id, *(one.node_id for one in levels_of(row.route))}
        if row.chosen_at_node:
            ids.add(row.chosen_at_node)
    return {one.id: one for one in session.scalars(select(Node).where(Node.id.in_(ids)))}


def desk_named(session: Session, viewer: Viewer, text: str) -> Node:
    """Return the node at or below one where somebody reviews that is meant by an id, a code or a name; also
    one that was closed, by its very name: what waited there waits still.

    Raises Invalid: node_unknown, node_ambiguous.
    """
    typed = text.strip()
    node = session.get(Node, typed)
    if node is not None and viewer.holds_at(Role.REVIEWER, node.path):
        return node
    try:
        return organisation.meant(session, organisation.outermost(viewer, Role.REVIEWER), text, "node")
    except Invalid as error:
        if error.code != "node_unknown":
            raise
        named = select(Node).where(Node.name == typed, Node.closed_at.is_not(None)).limit(MOST_DESKS)
        mine = [one for one in session.scalars(named) if viewer.holds_at(Role.REVIEWER, one.path)]
        if not mine:
            raise
        return mine[0]
