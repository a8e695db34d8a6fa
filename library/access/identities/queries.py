"""The only reader of links between people here and accounts at identity providers."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from library.access.identities.tables import IdentityLink


def links_of(session: Session, person_id: str) -> Sequence[IdentityLink]:
    """Return the links of a person that hold, oldest first."""
    return session.scalars(
        select(IdentityLink)
        .where(IdentityLink.person_id == person_id, IdentityLink.until.is_(None))
        .order_by(IdentityLink.since)
    ).all()
