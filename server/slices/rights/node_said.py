"""What somebody may do at a node, and why: in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from library.catalog import node_why
from library.catalog.node_why import ACTS, NodeAnswer
from library.core.rights import Act
from library.organisation.tables import Node
from library.people import queries as people
from library.people.tables import Person
from server.slices.rights.contexts import ActAnswer
from server.slices.rights.said import said
from server.web.language.i18n import Catalogue
from server.web.language.words import word


def asked_at(
    session: Session, person: Person, node: Node, today: date, acts: Sequence[Act] = ACTS
) -> tuple[NodeAnswer, ...]:
    """Return what a person may do at a node on a day, and why."""
    viewer = people.viewer_of(session, person, today)
    return node_why.answers(session, viewer, node, acts, active=person.active)


def answers_at(
    session: Session, person: Person, node: Node, today: date, catalogue: Catalogue
) -> tuple[ActAnswer, ...]:
    """Return the same as a page shows it."""
    return tuple(
        ActAnswer(
            act=word("act", one.act, catalogue),
            may=one.may,
            reasons=tuple(
                (told.message, told.todo)
                for reason in (*one.because, *one.missing)
                for told in [said(reason, catalogue)]
            ),
        )
        for one in asked_at(session, person, node, today)
    )
