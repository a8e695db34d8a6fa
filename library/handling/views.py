"""Views that are kept: the only writer of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from library.core.errors import Conflict, Forbidden, NotFound
from library.core.ids import new_id
from library.core.permits import Role, Viewer
from library.core.text import required_line
from library.handling.rules import VIEWS_MOST, clean_filters
from library.handling.tables import View
from library.organisation.tables import Node

NAME_MAX = 40


def keep(
    session: Session,
    viewer: Viewer,
    name: str,
    filters: Mapping[str, str],
    now: datetime,
    *,
    node_id: str | None = None,
) -> str:
    """Keep a view, with `node_id` for all who handle lessons there; raises Invalid naming the field,
    Conflict("views_many"), Forbidden, NotFound."""
    many = select(func.count()).select_from(View).where(View.person_id == viewer.person_id)
    if (session.scalar(many) or 0) >= VIEWS_MOST:
        raise Conflict("views_many", field="name", most=VIEWS_MOST)
    if node_id is not None:
        node = session.get(Node, node_id)
        if node is None:
            raise NotFound
        if not viewer.holds_at(Role.REVIEWER, node.path):
            raise Forbidden
    row = View(
        id=new_id(),
        person_id=str(viewer.person_id),
        node_id=node_id,
        name=required_line(name, "name", NAME_MAX),
        filters=clean_filters(filters),
        made_at=now,
    )
    session.add(row)
    session.flush()
    return row.id


def forget(session: Session, viewer: Viewer, view_id: str) -> None:
    """Forget a view of the viewer's own, or of a node that they staff; raises NotFound."""
    row = session.get(View, view_id)
    node = session.get(Node, row.node_id) if row is not None and row.node_id is not None else None
    staffs = node is not None and viewer.holds_at(Role.STAFF, node.path)
    if row is None or not (row.person_id == viewer.person_id or staffs):
        raise NotFound
    session.delete(row)
    session.flush()
