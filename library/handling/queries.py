"""The only reader of batches and of kept views."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from library.core.errors import NotFound
from library.core.permits import Role, Viewer
from library.handling.tables import Batch, BatchItem, View
from library.organisation.tables import Node


def batch_for(session: Session, viewer: Viewer, batch_id: str, *, held: bool = False) -> Batch:
    """Return a batch of the viewer's own, `held` until the transaction ends; raises NotFound."""
    found = session.get(Batch, batch_id, with_for_update=held or None, populate_existing=held)
    if found is None or found.person_id != viewer.person_id:
        raise NotFound
    return found


def items(session: Session, batch_id: str) -> Sequence[BatchItem]:
    """Return what became of each lesson."""
    return session.scalars(
        select(BatchItem).where(BatchItem.batch_id == batch_id).order_by(BatchItem.lesson_id)
    ).all()


@dataclass(frozen=True)
class KeptView:
    """A view: its name, what it narrows, the node for which it is ("": for its maker alone), whose it is."""

    id: str
    name: str
    filters: dict[str, str]
    node: str
    own: bool


def views_for(session: Session, viewer: Viewer) -> list[KeptView]:
    """Return the viewer's own views, and those of nodes at which, or above which, they hold a role over
    lessons; by name."""
    rows = session.execute(
        select(View, Node.name, Node.path)
        .outerjoin(Node, Node.id == View.node_id)
        .where(or_(View.person_id == viewer.person_id, View.node_id.is_not(None)))
        .order_by(View.name, View.id)
    )
    return [
        KeptView(view.id, view.name, dict(view.filters), name or "", view.person_id == viewer.person_id)
        for view, name, path in rows
        if view.person_id == viewer.person_id or may_share(viewer, path)
    ]


def may_share(viewer: Viewer, path: str) -> bool:
    """Tell whether a viewer handles lessons at a node, or below it: what is kept for it is for them."""
    return any(
        grant.gives(Role.REVIEWER) and (path.startswith(grant.path) or grant.path.startswith(path))
        for grant in viewer.grants
    )
