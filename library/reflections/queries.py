"""The only reader of reflections."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, union
from sqlalchemy.orm import Session, aliased

from library.catalog import cue_queries
from library.catalog import queries as catalog
from library.catalog.tables import Clip, Lesson
from library.core.errors import NotFound
from library.core.paging import Page, clean_number
from library.core.permits import Role, Viewer, node_chain
from library.core.rights import Act, role_at_node
from library.organisation import queries as organisation
from library.organisation.tables import Node
from library.people.tables import Person
from library.reflections.permits import Facts, may_decide, may_view
from library.reflections.rules import Line, Quote, Reach, ReflectionState
from library.reflections.tables import Prompt, Reflection, ReflectionQuote, ReflectionSound

PAGE_SIZE = 20
MOST_LISTED = 1_000
"""Published ones in a list, however it is narrowed: the newest."""
LOOKED_AT = 1_000
"""On a lesson's page, of the newest about it, for those that somebody reads because they keep their
writers."""
MOST_WAITING = 100
"""Those that wait are counted up to here in a menu."""


@dataclass(frozen=True)
class Filters:
    """Which of the published ones: about a lesson, a week, a gathering; of a node's people and all below."""

    lesson_id: str | None = None
    week: str | None = None
    node_id: str | None = None
    gathering_id: str | None = None


@dataclass(frozen=True)
class Told:
    """A reflection with the names that stand beside it: its writer, their branch."""

    row: Reflection
    writer: str
    node: str


def reflection(session: Session, reflection_id: str) -> Reflection:
    """Return a reflection; raises NotFound."""
    row = session.get(Reflection, reflection_id)
    if row is None:
        raise NotFound
    return row


def facts(session: Session, row: Reflection) -> Facts:
    """Return what permits need to know of a reflection."""
    node = session.get(Node, row.node_id) if row.node_id else None
    path = node.path if node is not None else ""
    return Facts(row.person_id, row.state, path, row.reach, row.reach_node_id)


def reflection_for(session: Session, viewer: Viewer, reflection_id: str) -> Reflection:
    """Return a reflection that the viewer may read; raises NotFound, also where they may not."""
    row = reflection(session, reflection_id)
    if not may_view(viewer, facts(session, row)):
        raise NotFound
    return row


def own(session: Session, viewer: Viewer, reflection_id: str, *, held: bool = False) -> Reflection:
    """Return a reflection of the viewer's own; raises NotFound. `held`: until the transaction ends."""
    row = session.get(Reflection, reflection_id, with_for_update=held)
    if row is None or viewer.person_id is None or row.person_id != viewer.person_id:
        raise NotFound
    return row


def to_decide(session: Session, viewer: Viewer, reflection_id: str, *, held: bool = False) -> Reflection:
    """Return a reflection about which the viewer decides; raises NotFound, also for what they may not see."""
    row = session.get(Reflection, reflection_id, with_for_update=held)
    if row is None:
        raise NotFound
    its = facts(session, row)
    if not may_decide(viewer, its) or not may_view(viewer, its):
        raise NotFound
    return row


def told(session: Session, row: Reflection) -> Told:
    """Return a reflection with the names that stand beside it."""
    return next(iter(_told(session, select(Reflection).where(Reflection.id == row.id))))


def _told(session: Session, wanted: Select[Reflection]) -> list[Told]:
    chosen = wanted.subquery()
    its = aliased(Reflection, chosen)
    rows = session.execute(
        select(its, Person.name, Node.name)
        .join(Person, Person.id == its.person_id)
        .outerjoin(Node, Node.id == its.node_id)
        .order_by(chosen.c.published_at.desc(), chosen.c.sent_at.desc(), chosen.c.id.desc())
    )
    return [Told(row, writer, node or "") for row, writer, node in rows]


def visible(viewer: Viewer) -> ColumnElement[bool]:
    """Return `permits.may_view` of what is published as a condition."""
    published = Reflection.state == ReflectionState.PUBLISHED
    ways: list[ColumnElement[bool]] = [Reflection.reach == Reach.PUBLIC]
    nodes = sorted({node for one in viewer.belongs for node in node_chain(one.path)})
    if nodes:
        ways.append(and_(Reflection.reach != Reach.PUBLIC, Reflection.reach_node_id.in_(nodes)))
    if viewer.person_id is not None:
        ways += [Reflection.person_id == viewer.person_id, _kept_by(viewer)]
    return and_(published, or_(*ways))


def _kept_by(viewer: Viewer) -> ColumnElement[bool]:
    role = role_at_node(Act.REFLECTION_DECIDE)
    if viewer.holds_at_root(role):
        return Reflection.node_id.is_not(None)
    held = organisation.outermost(viewer, role)
    return Reflection.node_id.in_(organisation.inside_of(held)) if held else false()


@dataclass(frozen=True)
class Listed(Page[Told]):
    """A page of what is published: of the newest MOST_LISTED, `more` where there are others."""

    more: bool = False


def published(
    session: Session, viewer: Viewer, filters: Filters, number: int = 1, size: int = PAGE_SIZE
) -> Listed:
    """Return a page of what is published and the viewer may read, the newest first, MOST_LISTED in all."""
    number = clean_number(number)
    where = []
    if filters.lesson_id is not None:
        where.append(Reflection.lesson_id == filters.lesson_id)
    if filters.week is not None:
        where.append(Reflection.week == filters.week)
    if filters.gathering_id is not None:
        where.append(Reflection.gathering_id == filters.gathering_id)
    if filters.node_id is not None:
        where.append(Reflection.node_id.in_(organisation.inside_of([filters.node_id])))
    newest = _newest(viewer, where, MOST_LISTED + 1).subquery()
    total = session.scalar(select(func.count()).select_from(newest)) or 0
    first, listed = (number - 1) * size, min(total, MOST_LISTED)
    rows = []
    if first < listed:
        upto = min(first + size, listed)
        rows = _told(session, _rows(_newest(viewer, where, upto).offset(first).limit(upto - first)))
    return Listed(rows, number, size, listed, more=total > MOST_LISTED)


def newest_of_lesson(session: Session, viewer: Viewer, lesson_id: str, most: int) -> list[Told]:
    """Return the newest published ones about a lesson; one statement, which reads a few of each way in which
    the viewer may read one. What they may read by their office alone is looked for among the newest
    LOOKED_AT."""
    where = [Reflection.lesson_id == lesson_id]
    return _told(session, _rows(_newest(viewer, where, most, LOOKED_AT)))


def _rows(newest: Select[str, datetime | None]) -> Select[Reflection]:
    chosen = newest.subquery()
    return select(Reflection).where(Reflection.id.in_(select(chosen.c.id)))


def _newest(
    viewer: Viewer, where: Sequence[ColumnElement[bool]], most: int, kept_among: int | None = None
) -> Select[str, datetime | None]:
    """Return the ids of the newest `most` published ones that the viewer may read, as `visible` says, with
    their moments.

    Each way to read one is asked for by itself, and no further than `most`: together they would be looked for
    among all that others have written. `kept_among`: how many of the newest are looked at for those that a
    viewer reads because they keep their writers.
    """
    ways = [_first(where, [Reflection.reach == Reach.PUBLIC, Reflection.reach_node_id.is_(None)], most)]
    nodes = {node for one in viewer.belongs for node in node_chain(one.path)}
    kept = frozenset(organisation.outermost(viewer, role_at_node(Act.REFLECTION_DECIDE)))
    for node in sorted(nodes | kept):
        theirs = [Reflection.reach_node_id == node, Reflection.reach != Reach.PUBLIC]
        # Of a branch that has moved away since, nothing is kept any more.
        ways.append(_first(where, theirs if node in nodes else [*theirs, _kept_by(viewer)], most))
    if viewer.person_id is not None:
        ways.append(_first(where, [Reflection.person_id == viewer.person_id], None))
    if kept and kept_among is None:
        ways.append(_first(where, [_kept_by(viewer)], most))
    elif kept:
        its = _first(where, [], kept_among).subquery()
        some = (Reflection.id.in_(select(its.c.id)), _kept_by(viewer))
        of_them = select(Reflection.id, Reflection.published_at).where(*some)
        ways.append(of_them.order_by(Reflection.published_at.desc(), Reflection.id.desc()).limit(most))
    # Wrapped: SQLite takes no order and no limit inside of a union.
    parts = [one.subquery() for one in ways]
    together = union(*(select(one.c.id, one.c.published_at) for one in parts)).subquery()
    found = select(together.c.id, together.c.published_at)
    return found.order_by(together.c.published_at.desc(), together.c.id.desc()).limit(most)


def _first(
    where: Sequence[ColumnElement[bool]], way: Sequence[ColumnElement[bool]], most: int | None
) -> Select[str, datetime | None]:
    published = Reflection.state == ReflectionState.PUBLISHED
    found = select(Reflection.id, Reflection.published_at).where(published, *where, *way)
    if most is None:  # a few, by an index that knows no order
        return found
    return found.order_by(Reflection.published_at.desc(), Reflection.id.desc()).limit(most)


def mine(session: Session, viewer: Viewer, number: int = 1) -> Page[Reflection]:
    """Return a page of the viewer's own, those changed last first."""
    number = clean_number(number)
    theirs = Reflection.person_id == viewer.person_id
    total = session.scalar(select(func.count()).select_from(Reflection).where(theirs)) or 0
    rows = select(Reflection).where(theirs).order_by(Reflection.changed_at.desc(), Reflection.id.desc())
    shown = session.scalars(rows.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)).all()
    return Page(shown, number, PAGE_SIZE, total)


def all_of(session: Session, person_id: str) -> Sequence[Reflection]:
    """Return all that somebody wrote, the oldest first."""
    theirs = select(Reflection).where(Reflection.person_id == person_id)
    return session.scalars(theirs.order_by(Reflection.made_at, Reflection.id)).all()


def count_of(session: Session, person_id: str) -> int:
    """Return how many somebody has, drafts among them."""
    theirs = select(func.count()).select_from(Reflection).where(Reflection.person_id == person_id)
    return session.scalar(theirs) or 0


def draft_about(
    session: Session, viewer: Viewer, lesson_id: str | None, week: str | None, gathering_id: str | None
) -> Reflection | None:
    """Return what the viewer is writing about exactly this, None for nothing."""
    wanted = select(Reflection).where(
        Reflection.person_id == viewer.person_id,
        Reflection.state.in_((ReflectionState.DRAFT, ReflectionState.RETURNED)),
        Reflection.lesson_id == lesson_id if lesson_id else Reflection.lesson_id.is_(None),
        Reflection.week == week if week else Reflection.week.is_(None),
        Reflection.gathering_id == gathering_id if gathering_id else Reflection.gathering_id.is_(None),
    )
    return session.scalars(wanted.order_by(Reflection.changed_at.desc()).limit(1)).first()


def to_read(session: Session, viewer: Viewer, state: ReflectionState, number: int = 1) -> Page[Told]:
    """Return what was sent to the nodes whose people the viewer keeps, or is published there: not their own.

    What waits comes the oldest first.
    """
    number = clean_number(number)
    where = (
        _kept_by(viewer),
        Reflection.state == state,
        Reflection.person_id != viewer.person_id,
    )
    total = session.scalar(select(func.count()).select_from(Reflection).where(*where)) or 0
    moment = Reflection.sent_at if state is ReflectionState.SENT else Reflection.published_at.desc()
    wanted = select(Reflection).where(*where).order_by(moment, Reflection.id)
    rows = _told(session, wanted.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)) if total else []
    if state is ReflectionState.SENT:
        rows.reverse()
    return Page(rows, number, PAGE_SIZE, total)


def number_to_read(viewer: Viewer) -> Select[int] | None:
    """Return a SELECT of how many wait for the viewer, up to MOST_WAITING, which stands in their menu; None
    for nobody."""
    if not organisation.outermost(viewer, role_at_node(Act.REFLECTION_DECIDE)):
        return None
    waiting = (_kept_by(viewer), Reflection.state == ReflectionState.SENT)
    others = Reflection.person_id != viewer.person_id
    some = select(Reflection.id).where(*waiting, others).limit(MOST_WAITING).subquery()
    return select(func.count()).select_from(some)


def titles(session: Session, viewer: Viewer, ids: Collection[str]) -> dict[str, str]:
    """Return the titles of some reflections as far as the viewer may read them; "" for one without."""
    if not ids:
        return {}
    readable = or_(visible(viewer), Reflection.person_id == viewer.person_id)
    rows = session.execute(select(Reflection.id, Reflection.title).where(Reflection.id.in_(ids), readable))
    return {one.id: one.title for one in rows}


# ---------------------------------------------------------------------- quotes and sounds


def quotes_of(session: Session, ids: Collection[str]) -> dict[str, list[Quote]]:
    """Return the quotes of some reflections, in their order."""
    found: dict[str, list[Quote]] = defaultdict(list)
    if not ids:
        return found
    rows = select(ReflectionQuote).where(ReflectionQuote.reflection_id.in_(ids))
    for row in session.scalars(rows.order_by(ReflectionQuote.reflection_id, ReflectionQuote.n)):
        found[row.reflection_id].append(Quote(row.n, row.clip_id, row.start_s, row.text))
    return found


def lines_of(session: Session, lesson_ids: Collection[str]) -> dict[str, list[Line]]:
    """Return the timed lines of the clips of some lessons, each on its clip's own clock: two statements,
    however many they are."""
    found: dict[str, list[Line]] = defaultdict(list)
    if not lesson_ids:
        return found
    clips = session.execute(
        select(Clip.id, Clip.lesson_id, Clip.start_s)
        .where(Clip.lesson_id.in_(lesson_ids), Clip.n.is_not(None))
        .order_by(Clip.lesson_id, Clip.n)
    ).all()
    its = cue_queries.cues_of_clips(session, [one.id for one in clips]) if clips else {}
    for clip_id, lesson_id, start_s in clips:
        found[lesson_id] += [
            Line(clip_id, max(0.0, cue.start_s - start_s), (cue.end_s or cue.start_s) - start_s, cue.text)
            for cue in its.get(clip_id, ())
            if cue.start_s is not None
        ]
    return found


def transcript_of(session: Session, lesson_id: str) -> str:
    """Return all that is said in a lesson."""
    return "\n".join(cue.text for cue in cue_queries.cues(session, lesson_id))


def sound_of(session: Session, reflection_id: str) -> ReflectionSound | None:
    """Return the sound of a reflection, None for none."""
    wanted = select(ReflectionSound).where(ReflectionSound.reflection_id == reflection_id)
    return session.scalars(wanted).first()


def with_sound(session: Session, ids: Collection[str]) -> dict[str, ReflectionSound]:
    """Return the sounds of some reflections."""
    if not ids:
        return {}
    rows = session.scalars(select(ReflectionSound).where(ReflectionSound.reflection_id.in_(ids)))
    return {row.reflection_id: row for row in rows}


def lessons_seen(session: Session, viewer: Viewer, ids: Collection[str | None]) -> dict[str, Lesson]:
    """Return those of some lessons that the viewer may see."""
    wanted = sorted({one for one in ids if one})
    return {one.id: one for one in catalog.lessons_by_ids(session, viewer, wanted)} if wanted else {}


# ---------------------------------------------------------------------- what is asked for


def prompts(session: Session, node_ids: Sequence[str], week: str) -> list[tuple[str, str]]:
    """Return (node's name, question) of what some nodes ask about for a week, in the order of the nodes."""
    rows = session.execute(
        select(Prompt.node_id, Node.name, Prompt.question)
        .join(Node, Node.id == Prompt.node_id)
        .where(Prompt.node_id.in_(node_ids), Prompt.week == week)
    ).all()
    places = {node_id: n for n, node_id in enumerate(node_ids)}
    return [(name, question) for _node, name, question in sorted(rows, key=lambda row: places[row[0]])]


def paths(session: Session, node_ids: Collection[str]) -> dict[str, str]:
    """Return the paths of some nodes, by their ids."""
    return dict(session.execute(select(Node.id, Node.path).where(Node.id.in_(node_ids))).all())


def nodes_kept(session: Session, viewer: Viewer) -> list[Node]:
    """Return the topmost nodes whose people the viewer keeps."""
    held = organisation.outermost(viewer, Role.SECRETARY)
    return sorted(session.scalars(select(Node).where(Node.id.in_(held))), key=lambda one: held.index(one.id))
