"""The only writer of the organisation tree."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from library.core.errors import NotFound
from library.core.ids import new_id
from library.core.text import NAME_MAX, required_line
from library.organisation import queries
from library.organisation.tables import Branch


def ensure_root(session: Session, name: str, now: datetime) -> Branch:
    """Return the root branch, made now if the library is new."""
    try:
        return queries.root_branch(session)
    except NotFound:
        root_id = new_id()
        root = Branch(id=root_id, parent_id=None, name=name, path=f"/{root_id}/", created_at=now)
        session.add(root)
        session.flush()
        return root


def add_branch(session: Session, parent: Branch, name: str, now: datetime) -> Branch:
    """Add a branch below `parent`; raises Invalid for an empty or long name."""
    branch_id = new_id()
    branch = Branch(
        id=branch_id,
        parent_id=parent.id,
        name=required_line(name, "name", NAME_MAX),
        path=f"{parent.path}{branch_id}/",
        created_at=now,
    )
    session.add(branch)
    session.flush()
    return branch
