"""The week of branches and of one member, put together from the slices below. Reads only.

However many branches are asked for at once, the number of statements is the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import CompoundSelect, Row, ScalarSelect, Select, and_, case, func, or_, select, union
from sqlalchemy.orm import Session, aliased

from library.core.errors import NotFound
from library.core.paging import Page, clean_number
from library.core.permits import Role, Viewer, node_chain
from library.evidence.rules import EvidenceKind
from library.evidence.tables import Evidence
from library.gatherings.rules import Due, GatheringState, Mark
from library.gatherings.tables import Asked, Gathering, RollEntry
from library.mondays.permits import may_view
from library.mondays.rules import THERE, BranchWeek, Held, OwnGathering
from library.organisation import queries as organisation
from library.organisation.rules import NodeKind
from library.organisation.tables import Node
from library.people.tables import LearningGroup, Person
from library.programme import queries as programme
from library.programme import rules as programme_rules
from library.programme.weeks import Week
from library.records.tables import Record
from library.reflections.rules import ReflectionState
from library.reflections.tables import Reflection

BRANCHES_A_PAGE = 50
MOST_MISSING = 300
"""People of one week who are told by name at most; the page says when there are more."""


def node_to_view(session: Session, viewer: Viewer, node_id: str) -> Node:
    """Return a node whose weeks the viewer may see; raises NotFound for any other."""
    found = session.get(Node, node_id)
    if found is None or not may_view(viewer, found):
        raise NotFound
    return found


def branch_weeks(session: Session, nodes: Sequence[Node], week: Week) -> dict[str, BranchWeek]:
    """Return what is known of a week of some nodes, by their ids."""
    if not nodes:
        return {}
    ids = [node.id for node in nodes]
    found = _plans(session, nodes, week)
    gatherings, written = _gatherings(session, ids, week), _reflections(session, ids, week)
    return {
        node_id: replace(
            known, gatherings=tuple(gatherings.get(node_id, ())), reflections=written.get(node_id, 0)
        )
        for node_id, known in found.items()
    }


def _reflections(session: Session, node_ids: Sequence[str], week: Week) -> dict[str, int]:
    """Count what was published about a week, by the branch whose members wrote it."""
    rows = session.execute(
        select(Reflection.node_id, func.count())
        .where(Reflection.week == str(week), Reflection.state == ReflectionState.PUBLISHED)
        .where(Reflection.node_id.in_(node_ids))
        .group_by(Reflection.node_id)
    )
    return {node_id: count for node_id, count in rows if node_id is not None}


def _plans(session: Session, nodes: Sequence[Node], week: Week) -> dict[str, BranchWeek]:
    chains = {node.id: tuple(reversed(node_chain(node.path))) for node in nodes}
    every = list(dict.fromkeys(one for chain in chains.values() for one in chain))
    by_node = {plan.node_id: plan for plan in programme.plans(session, every, week, week)}
    found = {}
    for node_id, chain in chains.items():
        reached = programme_rules.seen([by_node[one] for one in chain if one in by_node])
        out = sum(part.released_at is not None for part in reached)
        found[node_id] = BranchWeek(plans=len(reached), out=out)
    return found


def _gatherings(session: Session, node_ids: Sequence[str], week: Week) -> dict[str, list[Held]]:
    rolls = _rolls(session, node_ids, week)
    there = {gathering_id for _, gathering_id in rolls}
    theirs = or_(and_(Gathering.node_id.in_(node_ids), Gathering.group_id.is_(None)), Gathering.id.in_(there))
    wanted = (
        select(Gathering, LearningGroup.name, Record.locked_at)
        .outerjoin(LearningGroup, LearningGroup.id == Gathering.group_id)
        .outerjoin(Record, Record.gathering_id == Gathering.id)
        .where(Gathering.week == str(week), Gathering.state != GatheringState.CANCELLED, theirs)
        .order_by(Gathering.starts_at, Gathering.id)
    )
    asked, found = set(node_ids), defaultdict(list)
    for gathering, group, locked_at in session.execute(wanted).all():
        concerned = {node_id for node_id, gathering_id in rolls if gathering_id == gathering.id}
        if gathering.group_id is None and gathering.node_id in asked:
            concerned.add(gathering.node_id)
        for node_id in concerned:
            found[node_id].append(
                _held(gathering, group, rolls.get((node_id, gathering.id)), signed=locked_at is not None)
            )
    return found


def _held(
    gathering: Gathering, group: str | None, counts: Row[str, str, int, int, int] | None, *, signed: bool
) -> Held:
    due, there, made_up = (counts[2], counts[3], counts[4]) if counts else (0, 0, 0)
    return Held(
        id=gathering.id,
        node_id=gathering.node_id,
        title=gathering.title,
        kind=gathering.kind,
        state=gathering.state,
        starts_at=gathering.starts_at,
        place=gathering.place,
        group=group or "",
        due=due,
        there=there,
        made_up=made_up,
        absent=due - there - made_up,
        signed=signed,
    )


def _rolls(
    session: Session, node_ids: Sequence[str], week: Week
) -> Mapping[tuple[str, str], Row[str, str, int, int, int]]:
    """Count who of some nodes was due, there and made up, by node and gathering."""
    rows = session.execute(
        select(
            RollEntry.node_id,
            RollEntry.gathering_id,
            func.count(),
            func.sum(case((RollEntry.mark.in_(THERE), 1), else_=0)),
            func.sum(case((RollEntry.mark == Mark.MADE_UP, 1), else_=0)),
        )
        .join(Gathering, Gathering.id == RollEntry.gathering_id)
        .where(Gathering.week == str(week), Gathering.state != GatheringState.CANCELLED)
        .where(RollEntry.node_id.in_(node_ids), RollEntry.due == Due.DUE)
        .group_by(RollEntry.node_id, RollEntry.gathering_id)
    ).all()
    return {(row[0], row[1]): row for row in rows}


@dataclass(frozen=True)
class Missing:
    """Somebody who was due in a gathering of a week, and neither came nor has made up for it; `reason` is
    what was told of it."""

    person_id: str
    name: str
    gathering_id: str
    title: str
    reason: str


def missing(session: Session, node_id: str, week: Week) -> list[Missing]:
    """Return who of a node still may catch up on a week, by name; at most MOST_MISSING and one more."""
    rows = session.execute(
        select(Person.id, Person.name, Gathering.id, Gathering.title, RollEntry.reason)
        .join(RollEntry, RollEntry.person_id == Person.id)
        .join(Gathering, Gathering.id == RollEntry.gathering_id)
        .where(Gathering.week == str(week), Gathering.state == GatheringState.ENDED)
        .where(RollEntry.node_id == node_id, RollEntry.due == Due.DUE)
        .where(RollEntry.mark.in_((Mark.ABSENT, Mark.UNMARKED)))
        .order_by(Person.name, Person.id, Gathering.starts_at)
        .limit(MOST_MISSING + 1)
    )
    return [Missing(*row) for row in rows]


def own_gatherings(session: Session, viewer: Viewer, week: Week) -> list[OwnGathering]:
    """Return the gatherings of a week for which somebody is on the roll, or will be, in their order."""
    if viewer.person_id is None:
        return []
    mine = aliased(RollEntry)
    own = and_(mine.gathering_id == Gathering.id, mine.person_id == viewer.person_id)
    rows = session.execute(
        select(Gathering, mine.mark, mine.due)
        .outerjoin(mine, own)
        .where(Gathering.week == str(week), Gathering.state != GatheringState.CANCELLED)
        .where(or_(mine.id.is_not(None), Gathering.state == GatheringState.PLANNED))
        .where(Gathering.id.in_(_of_somebody(viewer, week)))
        .order_by(Gathering.starts_at, Gathering.id)
    )
    return [
        OwnGathering(
            id=one.id,
            title=one.title,
            kind=one.kind,
            state=one.state,
            starts_at=one.starts_at,
            place=one.place,
            mark=mark,
            exempt=due is not None and due is not Due.DUE,
        )
        for one, mark, due in rows
    ]


def _of_somebody(viewer: Viewer, week: Week) -> CompoundSelect[str]:
    """Return the question for the ids of gatherings to which somebody is asked, or on whose roll they are:
    each way along an index of its own, since home asks this of everybody."""
    homes = [one.node_id for one in viewer.belongs]
    chain = [node_id for one in viewer.belongs if one.is_home for node_id in node_chain(one.path)]
    planned = (Gathering.week == str(week), Gathering.group_id.is_(None))
    return union(
        select(Gathering.id).where(Gathering.node_id.in_(homes), *planned),
        select(Gathering.id).where(Gathering.node_id.in_(chain), Gathering.below, *planned),
        select(Gathering.id).where(Gathering.group_id.in_(viewer.groups), Gathering.week == str(week)),
        select(Asked.gathering_id).where(Asked.person_id == viewer.person_id),
        select(RollEntry.gathering_id).where(RollEntry.person_id == viewer.person_id),
    )


def shown_to(session: Session, person_id: str, lesson_ids: Iterable[str], week: Week) -> set[str]:
    """Return those of some lessons that somebody saw in a week with others, by the ledger of evidence."""
    wanted = list(lesson_ids)
    if not wanted:
        return set()
    rows = session.execute(
        select(Evidence.lesson_id, func.sum(Evidence.amount))
        .where(Evidence.person_id == person_id, Evidence.day.between(week.monday, week.sunday))
        .where(Evidence.kind == EvidenceKind.WATCHED, Evidence.lesson_id.in_(wanted))
        .group_by(Evidence.lesson_id)
    )
    return {lesson_id for lesson_id, amount in rows if lesson_id is not None and amount > 0}


@dataclass(frozen=True)
class Overview:
    """How many branches there are, and how many of those have come together in a week."""

    branches: int
    held: int


def overview(session: Session, viewer: Viewer, within: Node | None, week: Week) -> Overview:
    """Return how far a week is in the branches that a viewer looks after, below `within` or below all their
    nodes."""
    branches = _branches(viewer, within)
    counts = select(_count(branches), _count(branches.where(Node.id.in_(_came(week)))))
    return Overview(*session.execute(counts).one())


def branches_page(
    session: Session,
    viewer: Viewer,
    within: Node | None,
    week: Week,
    number: int = 1,
    *,
    waiting: bool = False,
) -> Page[Node]:
    """Return a page of those branches by name; with `waiting` only those that have not come together."""
    shown = _branches(viewer, within)
    if waiting:
        shown = shown.where(Node.id.not_in(_came(week)))
    number = clean_number(number)
    total = session.scalar(select(func.count()).select_from(shown.subquery())) or 0
    rows = select(Node).where(Node.id.in_(shown)).order_by(Node.name, Node.id)
    rows = rows.limit(BRANCHES_A_PAGE).offset((number - 1) * BRANCHES_A_PAGE)
    return Page(list(session.scalars(rows)) if total else [], number, BRANCHES_A_PAGE, total)


def _branches(viewer: Viewer, within: Node | None) -> Select[str]:
    roots = [within.id] if within else organisation.outermost(viewer, Role.SECRETARY)
    return select(Node.id).where(
        Node.id.in_(organisation.inside_of(roots)), Node.kind == NodeKind.BRANCH, Node.closed_at.is_(None)
    )


def _came(week: Week) -> CompoundSelect[str]:
    """Return the question for the nodes that have come together in a week: as their ring says it, in a
    gathering of their own or in one for which their members were due."""
    held = (Gathering.week == str(week), Gathering.state == GatheringState.ENDED)
    return union(
        select(Gathering.node_id).where(*held, Gathering.group_id.is_(None)),
        select(RollEntry.node_id)
        .join(Gathering, Gathering.id == RollEntry.gathering_id)
        .where(*held, RollEntry.due == Due.DUE, RollEntry.node_id.is_not(None)),
    )


def _count(ids: Select[str]) -> ScalarSelect[int]:
    return select(func.count()).select_from(ids.subquery()).scalar_subquery()
