"""Gatherings as what a reflection is about: whether one is the writer's, and what it is called."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from library.core.errors import NotFound
from library.core.permits import Viewer
from library.gatherings import queries
from library.gatherings.tables import Gathering, RollEntry
from library.reflections.permits import chain_of


def gathering_for(session: Session, viewer: Viewer, gathering_id: str) -> Gathering:
    """Return a gathering of the viewer's nodes or groups, or on whose roll they stand; raises NotFound."""
    on_roll = select(RollEntry.gathering_id).where(RollEntry.person_id == (viewer.person_id or "-"))
    theirs = or_(
        Gathering.node_id.in_(chain_of(viewer)),
        Gathering.group_id.in_(viewer.groups),
        Gathering.id.in_(on_roll),
    )
    row = session.scalars(select(Gathering).where(Gathering.id == gathering_id, theirs)).first()
    if row is None:
        raise NotFound
    return row


def gathering_titles(session: Session, viewer: Viewer, ids: Collection[str | None]) -> dict[str, str]:
    """Return what those gatherings are called of which the viewer may know: a reflection is read by many, and
    a title (whom a meeting is about, say) is for those whom the gathering concerns."""
    known = queries.to_know(session, viewer, {one for one in ids if one})
    return {one.id: one.title for one in known.values()}
