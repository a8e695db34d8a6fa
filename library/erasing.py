"""A member is erased: the name goes from everywhere, and every figure stays as it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy.orm import InstrumentedAttribute, Session

from library.access import actions as access
from library.access.coming_in import joining
from library.access.coming_in.tables import JoinRequest
from library.access.tables import Invitation
from library.audit import actions as audit
from library.audit.rules import ERASED, Deed
from library.audit.tables import AuditEntry
from library.core.clock import utc_now
from library.evidence import actions as evidence
from library.evidence.tables import Evidence
from library.grades import actions as grades
from library.organisation import actions as organisation
from library.organisation.tables import NodeChange
from library.people import actions as people
from library.people import queries as people_queries
from library.people.name_tables import NamePart
from library.people.tables import Person, RoleGrant
from library.plays import actions as plays
from library.plays.tables import Play, View, Watcher
from library.questions import actions as questions
from library.reflections import actions as reflections
from library.suggestions import actions as suggestions

log = structlog.get_logger()


@dataclass(frozen=True)
class Eraser:
    """How a slice forgets a person, and the columns in which it does so.

    Columns that the database itself empties (ON DELETE CASCADE, SET NULL) need none. A test asks of every
    other column that could hold a person to be named here.
    """

    forget: Callable[[Session, Person], None]
    columns: tuple[InstrumentedAttribute[Any], ...]


def _erase_evidence(session: Session, person: Person) -> None:
    evidence.erase(session, person.id)


def _erase_deeds(session: Session, person: Person) -> None:
    audit.erase(session, person.id)


def _erase_reflections(session: Session, person: Person) -> None:
    reflections.erase(session, person, utc_now())


# In this order: the account goes last, because the others ask whose it was.
ERASERS = (
    Eraser(access.erase, (Invitation.made_by, Invitation.name)),
    Eraser(joining.erase, (JoinRequest.name, JoinRequest.username)),
    Eraser(plays.erase, (Play.viewer, View.viewer, Watcher.viewer)),
    Eraser(lambda session, person: organisation.forget_person(session, person.id), (NodeChange.changed_by,)),
    Eraser(suggestions.erase, ()),
    # Where they stopped, favourites and notes go with the account: the database sees to that.
    Eraser(questions.erase, ()),
    Eraser(_erase_evidence, (Evidence.person_id, Evidence.recorded_by)),
    Eraser(_erase_reflections, ()),
    Eraser(grades.erase, ()),
    Eraser(_erase_deeds, (AuditEntry.by_person, AuditEntry.of_person)),
    # The parts of a name change with it: the database sees to that.
    Eraser(
        people.erase, (RoleGrant.granted_by, RoleGrant.ended_by, Person.username, Person.name, NamePart.name)
    ),
)


def erase(session: Session, person_id: str, by: str | None) -> None:
    """Erase a member in this transaction; `by` is who does it, None for the machine itself.

    Gone: account, name, roles, browsers, tokens, saved searches, what was seen of each clip, the name on the
    link that made the account, the words of suggestions that they put their name to, all reflections, where
    they stopped, favourites, notes, questions that were not published. Left without a name: plays, views,
    decisions, grades, uploads, lessons, answers, what was taught the search.
    Raises NotFound, Conflict("last_admin").
    """
    person = people_queries.person(session, person_id)
    for eraser in ERASERS:
        eraser.forget(session, person)
    audit.note(session, Deed.ACCOUNT_ERASED, None if by == person_id else by, of=ERASED)
    # The one line that stays: who asked for it must be able to be told that, and when, it was done. Never who
    # it was: with the id anybody finds the token in the ledger again.
    log.warning("a member was erased", by="themselves" if by == person_id else by or "-")
