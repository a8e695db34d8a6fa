"""For whom lessons are: set, read from what was typed, passed on where a node was merged away, and told."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from library.catalog.actions import PERMITS, touch
from library.catalog.audience import Named, OpenTo, chosen, read_back
from library.catalog.permits import Audience, covers
from library.catalog.queries import facts
from library.catalog.tables import AudienceToken, Lesson
from library.core.database import announce
from library.core.errors import Invalid
from library.core.permits import MemberState, Role, Viewer, node_chain, node_token
from library.core.text import NAME_MAX, name_key
from library.organisation import actions as organisation_actions
from library.organisation import queries as organisation
from library.organisation.tables import Node
from library.people.belonging import reorganising
from library.people.tables import LearningGroup

_MOST_MERGES = 50


def open_to(lesson: Lesson) -> OpenTo:
    """Return for whom a lesson is."""
    return read_back(lesson.audience, lesson.chosen)


def set_audience(session: Session, lesson: Lesson, wanted: OpenTo | Audience, now: datetime) -> None:
    """Say for whom a lesson is; raises Invalid: node_unknown, group_unknown, audience_empty.

    A node that was merged away stands for the one that took over. Addresses of media that were given to
    somebody who may not watch any more end at once (library.catalog.narrowed).
    """
    wanted = OpenTo(wanted) if isinstance(wanted, Audience) else wanted
    if wanted.audience is Audience.CHOSEN:
        organisation_actions.hold(session)  # a merge comes before this or after it, never between
        wanted = _standing(session, wanted)
    touch(session, lesson)
    _put(session, lesson, wanted, now)
    announce(session, PERMITS)


def _put(session: Session, lesson: Lesson, wanted: OpenTo, now: datetime) -> None:
    before = facts(lesson)
    after = replace(before, audience=wanted.audience, chosen=frozenset(wanted.tokens))
    if not covers(after, before):
        lesson.narrowed_at = now
    lesson.audience, lesson.chosen = wanted.audience, list(wanted.tokens)
    session.execute(delete(AudienceToken).where(AudienceToken.lesson_id == lesson.id))
    session.add_all(AudienceToken(lesson_id=lesson.id, token=token) for token in wanted.tokens)
    session.flush()


def _standing(session: Session, wanted: OpenTo) -> OpenTo:
    """Return a choice with nodes that stand, in the place of those that were merged away."""
    for node_id in wanted.nodes:
        node = session.get(Node, node_id)
        for _merge in range(_MOST_MERGES):
            if node is None or node.merged_into_id is None:
                break
            node = session.get(Node, node.merged_into_id)
        if node is None:
            raise Invalid("node_unknown", field="audience", text=node_id[:NAME_MAX])
        wanted = wanted.with_node(node_id, node.id)
    for group_id in wanted.groups:
        if session.get(LearningGroup, group_id) is None:
            raise Invalid("group_unknown", field="audience", text=group_id[:NAME_MAX])
    return chosen(wanted.nodes, wanted.groups, wanted.kinds)


def pass_on(session: Session, node_id: str, into_id: str, now: datetime) -> int:
    """Let the node that took over stand in every audience for the one that was merged into it.

    Returns how many lessons were for it: those alone are touched, whatever lies below the node.
    """
    tokens = [node_token(node_id, state) for state in (None, *MemberState)]
    holders = select(AudienceToken.lesson_id).where(AudienceToken.token.in_(tokens))
    lessons = session.scalars(select(Lesson).where(Lesson.id.in_(holders)).order_by(Lesson.id)).all()
    for lesson in lessons:
        touch(session, lesson)
        _put(session, lesson, open_to(lesson).with_node(node_id, into_id), now)
    if lessons:
        announce(session, PERMITS)
    return len(lessons)


def merge(session: Session, node: Node, into: Node, now: datetime, by: str | None) -> None:
    """Let one node take over another with its people (reorganising.merge, which says what it raises),
    also in the audiences of lessons."""
    reorganising.merge(session, node, into, now, by)
    pass_on(session, node.id, into.id, now)


def meant(session: Session, named: Named, viewer: Viewer) -> OpenTo:
    """Return the audience that somebody means: nodes they work at, or to which they belong, by code or name.

    Raises Invalid: node_unknown, node_ambiguous, group_unknown, audience_empty, audience_many.
    """
    if named.audience is not Audience.CHOSEN:
        return OpenTo(named.audience)
    nodes = [_node(session, text, viewer) for text in named.nodes]
    groups = [_group(session, text, viewer) for text in named.groups]
    return chosen(nodes, groups, named.kinds)


def _node(session: Session, text: str, viewer: Viewer) -> str:
    typed = name_key(text)
    for node in _known_above(session, viewer):
        if typed in {name_key(node.name), name_key(node.short_name), name_key(node.code or "")} - {""}:
            return node.id
    within = organisation.outermost(viewer, Role.LECTURER)
    if not organisation.called(session, within, text, 1)[1]:
        merged = session.scalars(select(Node).where(Node.code == typed.upper())).first()
        if merged is not None and merged.merged_into_id and viewer.holds_at(Role.LECTURER, merged.path):
            return merged.id  # stands for the one that took over
    return organisation.meant(session, within, text, "audience").id


def _known_above(session: Session, viewer: Viewer) -> Sequence[Node]:
    """Return the open nodes above and at those where somebody works or belongs, the lowest first."""
    paths = [grant.path for grant in viewer.grants if grant.gives(Role.LECTURER)]
    paths += [one.path for one in viewer.belongs]
    ids = {node_id for path in paths for node_id in node_chain(path)}
    if not ids:
        return []
    wanted = select(Node).where(Node.id.in_(ids), Node.closed_at.is_(None))
    return sorted(session.scalars(wanted), key=lambda node: -len(node.path))


def groups_for(session: Session, viewer: Viewer, most: int = 100) -> Sequence[LearningGroup]:
    """Return the open learning groups that somebody may choose: of nodes where they work, and their own."""
    inside = organisation.inside_of(organisation.outermost(viewer, Role.LECTURER))
    theirs = LearningGroup.node_id.in_(inside) | LearningGroup.id.in_(viewer.groups)
    wanted = select(LearningGroup).where(theirs, LearningGroup.closed_at.is_(None))
    return session.scalars(wanted.order_by(LearningGroup.name, LearningGroup.id).limit(most)).all()


def _group(session: Session, text: str, viewer: Viewer) -> str:
    named = [one.id for one in groups_for(session, viewer, 1000) if text in (one.id, one.name)]
    if len(named) != 1:
        raise Invalid("group_unknown", field="audience", text=text[:NAME_MAX])
    return named[0]


@dataclass(frozen=True)
class Told:
    """For whom a lesson is, by names: (id, name) of nodes and groups. What is gone keeps its id."""

    audience: Audience
    nodes: tuple[tuple[str, str], ...] = ()
    groups: tuple[tuple[str, str], ...] = ()
    kinds: tuple[MemberState, ...] = ()


def told(session: Session, wanted: OpenTo) -> Told:
    """Return an audience by names; two statements at most, none unless it is chosen."""
    nodes = organisation.node_names(session, wanted.nodes) if wanted.nodes else {}
    groups = _group_names(session, wanted.groups) if wanted.groups else {}
    return Told(
        wanted.audience,
        _named(wanted.nodes, nodes),
        _named(wanted.groups, groups),
        wanted.kinds,
    )


def _named(ids: Iterable[str], names: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((one, names.get(one, one)) for one in ids)


def _group_names(session: Session, ids: Collection[str]) -> dict[str, str]:
    rows = session.execute(select(LearningGroup.id, LearningGroup.name).where(LearningGroup.id.in_(ids)))
    return dict(rows.all())
