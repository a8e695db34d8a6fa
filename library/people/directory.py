"""The people whom somebody keeps, a page at a time. Reads only.

A million accounts are not counted for a page: beyond COUNTED_MOST it says "more".
"""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_lowercase, ascii_uppercase

from sqlalchemy import ColumnElement, Select, exists, func, literal, or_, select, union
from sqlalchemy.orm import Session

from library.core.paging import Page, clean_number
from library.core.permits import Role, Viewer, node_chain
from library.organisation import queries as organisation
from library.people.name_tables import NamePart
from library.people.permits import administers_all
from library.people.queries import PersonRow, rows_of
from library.people.tables import Membership, Person, RoleGrant

PEOPLE_A_PAGE = 50
_SMALL = str.maketrans(ascii_uppercase, ascii_lowercase)
"""What the parts of names are folded by (migration 0042): the databases agree on these letters alone."""

COUNTED_MOST = 10_000
"""Of more people than these a page says only that there are more: two hundred pages are turned by nobody."""


def people_page(
    session: Session, viewer: Viewer, text: str = "", node_id: str = "", page: int = 1
) -> Page[PersonRow]:
    """Return a page of the people whose node the viewer keeps, by the names of their accounts.

    They belong to a node that the viewer keeps, or hold a role there. Whoever is nowhere is shown to those
    who administer the whole tree: nobody else would find them again. `text` keeps those in whose name it
    stands, or whose account begins with it, `node_id` those of a node and of all below it. `total` is
    COUNTED_MOST + 1 for more than so many.
    """
    number = clean_number(page)
    wanted = _wanted(viewer, text, node_id)
    if wanted is None:
        return Page([], number, PEOPLE_A_PAGE, 0)
    some = wanted.with_only_columns(Person.id).order_by(None).limit(COUNTED_MOST + 1).subquery()
    total = session.scalar(select(func.count()).select_from(some)) or 0
    shown = wanted.limit(PEOPLE_A_PAGE).offset((number - 1) * PEOPLE_A_PAGE)
    return Page(rows_of(session, session.scalars(shown).all()), number, PEOPLE_A_PAGE, total)


def everybody(session: Session, viewer: Viewer, text: str = "") -> Sequence[PersonRow]:
    """Return all of them at once, for the command line."""
    wanted = _wanted(viewer, text, "")
    return rows_of(session, session.scalars(wanted).all()) if wanted is not None else []


def position_of(session: Session, viewer: Viewer, person_id: str) -> int | None:
    """Return on which page of the whole list a person stands, None where they do not."""
    wanted = _wanted(viewer, "", "")
    person = session.get(Person, person_id)
    if wanted is None or person is None:
        return None
    if session.scalar(wanted.with_only_columns(Person.id).where(Person.id == person_id)) is None:
        return None
    before = wanted.with_only_columns(Person.id).where(Person.username < person.username).order_by(None)
    count = session.scalar(select(func.count()).select_from(before.subquery())) or 0
    return 1 + count // PEOPLE_A_PAGE


def _wanted(viewer: Viewer, text: str, node_id: str) -> Select[Person] | None:
    kept = organisation.outermost(viewer, Role.SECRETARY)
    if not kept:
        return None
    if node_id or not _keeps_all(viewer):
        there = union(*_there([node_id] if node_id else kept)).subquery()
        # The few of a subtree are found first and put in order then; the accounts are not walked.
        persons = (
            select(Person)
            .join(there, there.c.person_id == Person.id)
            .order_by(Person.username.concat(literal("")))
        )
    else:
        persons = select(Person).order_by(Person.username)
        if not administers_all(viewer):
            persons = persons.where(or_(*_somewhere()))
    return persons.where(_called(text)) if text.strip() else persons


def _keeps_all(viewer: Viewer) -> bool:
    return any(g.gives(Role.SECRETARY) and len(node_chain(g.path)) == 1 for g in viewer.grants)


def _there(node_ids: Sequence[str]) -> tuple[Select[str], Select[str]]:
    inside = organisation.inside_of(node_ids)
    return (
        select(Membership.person_id.label("person_id")).where(
            Membership.node_id.in_(inside), Membership.until.is_(None)
        ),
        select(RoleGrant.person_id.label("person_id")).where(
            RoleGrant.node_id.in_(inside), RoleGrant.ended_at.is_(None)
        ),
    )


def _somewhere() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return (
        exists().where(Membership.person_id == Person.id, Membership.until.is_(None)),
        exists().where(RoleGrant.person_id == Person.id, RoleGrant.ended_at.is_(None)),
    )


def _called(text: str) -> ColumnElement[bool]:
    """Return the condition that a text stands in somebody's name, or that their account begins with it."""
    begin = text.strip().translate(_SMALL)
    parts = select(NamePart.person_id).where(NamePart.name >= begin, NamePart.name < f"{begin}\U0010ffff")
    return Person.id.in_(parts)
