"""The only reader of batches and of kept views."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from library.core.errors import NotFound
from library.core.permits import Role, Viewer, node_chain
from library.handling.rules import VIEWS_SHOWN
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


def views_for(session: Session, viewer: Viewer, most: int = VIEWS_SHOWN + 1) -> list[KeptView]:
    """Return the viewer's own views, then those of the nodes at which they handle lessons and of the ones
    above, by name: VIEWS_SHOWN, and one more where there are more."""
    own = View.person_id == viewer.person_id
    nodes = {node for grant in viewer.grants if grant.gives(Role.REVIEWER) for node in node_chain(grant.path)}
    rows = session.execute(
        select(View, Node.name)
        .outerjoin(Node, Node.id == View.node_id)
        .where(or_(own, View.node_id.in_(nodes)))
        .order_by(own.desc(), View.name, View.id)
        .limit(most)
    )
    return [
        KeptView(view.id, view.name, dict(view.filters), name or "", view.person_id == viewer.person_id)
        for view, name in rows
    ]
