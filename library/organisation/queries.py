"""The only reader of the organisation tree."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from library.core.errors import NotFound
from library.core.permits import Role, Viewer
from library.organisation.tables import Branch


def root_branch(session: Session) -> Branch:
    """Return the root of the organisation tree; it is made at the first start."""
    root = session.scalars(select(Branch).where(Branch.parent_id.is_(None)).order_by(Branch.id)).first()
    if root is None:
        raise NotFound("no_root")
    return root


def branch(session: Session, branch_id: str) -> Branch:
    """Return a branch; raises NotFound."""
    found = session.get(Branch, branch_id)
    if found is None:
        raise NotFound
    return found


def branches_named(session: Session, text: str, most: int = 200) -> list[str]:
    """Return the ids of the branches whose name holds `text`, and of all below them."""
    named, below = aliased(Branch), aliased(Branch)
    wanted = (
        select(below.id)
        .join(named, below.path.startswith(named.path))
        .where(named.name.contains(text, autoescape=True))
        .group_by(below.id, below.path)
        .order_by(below.path)
        .limit(most)
    )
    return list(session.scalars(wanted)) if text else []


def branch_names(session: Session, ids: Collection[str]) -> dict[str, str]:
    """Return what branches are called, by their ids; those that are gone are left out."""
    rows = session.execute(select(Branch.id, Branch.name).where(Branch.id.in_(ids)))
    return dict(rows.all())


def branches_under(session: Session, viewer: Viewer, role: Role) -> Sequence[Branch]:
    """Return the branches at which the viewer holds `role`, in the order of the tree."""
    every = session.scalars(select(Branch).order_by(Branch.path)).all()
    return [b for b in every if viewer.holds_at(role, b.path)]
