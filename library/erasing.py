"""A member is erased: the name goes from everywhere, and every figure stays as it was."""

from __future__ import annotations

import structlog
from sqlalchemy.orm import Session

from library.access import actions as access
from library.people import actions as people
from library.people import queries as people_queries
from library.plays import actions as plays

log = structlog.get_logger()


def erase(session: Session, person_id: str, by: str | None) -> None:
    """Erase a member in this transaction; `by` is who does it, None for the machine itself.

    Gone: account, name, roles, browsers, tokens, saved searches, what was seen of each clip. Left without a
    name: plays, views, decisions, uploads, lessons. Raises NotFound, Conflict("last_admin").
    """
    access.erase(session, people_queries.person(session, person_id))
    people.erase(session, person_id)
    plays.erase(session, person_id)
    # The one line that stays: who asked for it must be able to be told that, and when, it was done. Never who
    # it was: with the id anybody finds the token in the ledger again.
    log.warning("a member was erased", by="themselves" if by == person_id else by or "-")
