"""A role handed over as it was typed: what the page's form and the API do alike."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from library.access import actions as access
from library.core.clock import local_day
from library.core.errors import Invalid
from library.core.permits import Role, Viewer
from library.organisation.tables import Node
from library.people import roles


def handed_over(
    session: Session,
    viewer: Viewer,
    node: Node,
    role: str,
    holder: str,
    to: str,
    day: date | None,
    now: datetime,
) -> None:
    """Hand a role at a node over; without a day, today. Who gives it up today is signed out everywhere.

    Raises Forbidden, Invalid, Conflict as library.people.roles.hand_over and person_meant do.
    """
    if role not in tuple(Role):
        raise Invalid("unknown_choice", field="role")
    today = local_day(now)
    one = roles.person_meant(session, viewer, holder, today, "holder")
    other = roles.person_meant(session, viewer, to, today, "to")
    change = roles.HandOver(Role(role), node, one.id, other.id, day or today)
    roles.hand_over(session, viewer, change, now, viewer.person_id)
    if change.day == today:
        access.end_for_role(session, one.id, viewer.person_id)
