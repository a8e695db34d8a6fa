"""Other people's accounts under /api/v1, for whoever may change them: found, reset, closed, erased."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel
from sqlalchemy.orm import Session

from library.access import actions as access
from library.access import links
from library.access import queries as access_queries
from library.core.errors import Invalid
from library.core.permits import Role, Viewer
from library.core.text import name_key
from library.erasing import erase
from library.people import actions, directory, queries
from library.people.permits import may_change, may_erase
from server.web.deps import AddressDep, ClockDep, Eraser, Reading, Secretary, Writing
from server.web.limits.fields import LineQuery
from server.web.routing.reading import reads

router = APIRouter(prefix="/api/v1/people", tags=["people"])


class HeldOut(BaseModel):
    """A role at a node, which programs know as `branch`."""

    role: Role
    branch_id: str
    branch: str


class PersonOut(BaseModel):
    """Somebody with an account; `active` is false for a closed one. Who has no roles is there as well."""

    id: str
    username: str
    name: str
    active: bool
    roles: list[HeldOut]
    last_seen_at: datetime | None
    may_change: bool
    may_erase: bool


class PeopleOut(BaseModel):
    """One page of people, by user name."""

    total: int
    page: int
    people: list[PersonOut]


class Active(BaseModel):
    """Whether an account is open."""

    active: bool


class LinkOut(BaseModel):
    """A one-time link, told this once."""

    url: str


def _people(session: Session, viewer: Viewer, rows: Sequence[queries.PersonRow]) -> list[PersonOut]:
    seen = access_queries.last_seen(session, [row.id for row in rows])
    return [
        PersonOut(
            id=row.id,
            username=row.username,
            name=row.name,
            active=row.active,
            roles=[HeldOut(role=role, branch_id=b, branch=name) for role, b, name in row.roles],
            last_seen_at=seen.get(row.id),
            may_change=may_change(viewer, row.id, row.held),
            may_erase=may_erase(viewer, row.id, row.held),
        )
        for row in rows
    ]


@router.get("", dependencies=[reads("people_list")])
def list_people(
    session: Reading, who: Secretary, q: LineQuery = "", page: Annotated[int, Query(ge=1, le=100_000)] = 1
) -> PeopleOut:
    """The people of the branches you keep whose name or account holds `q`; those without a role for
    administrators of the whole tree. Beyond 10,000 `total` says 10,001: there are more."""
    shown = directory.people_page(session, who.viewer, q, page=page)
    return PeopleOut(total=shown.total, page=page, people=_people(session, who.viewer, shown.items))


@router.post("/{person_id}/reset")
def reset_person(
    session: Writing, who: Secretary, clock: ClockDep, address: AddressDep, person_id: str
) -> LinkOut:
    """Make a one-time link with which somebody chooses a new password; they are signed out everywhere."""
    secret = links.invite_reset(session, who.viewer, person_id, clock())
    return LinkOut(url=f"{address}/welcome/{secret}")


@router.post("/{person_id}/active")
def close_or_open(session: Writing, who: Secretary, person_id: str, body: Active) -> PersonOut:
    """Close or open an account; all with which a closed one was signed in ends."""
    access.set_active(session, who.viewer, person_id, body.active)
    session.flush()
    return _people(session, who.viewer, [queries.person_row(session, person_id)])[0]


@router.post("/{person_id}/sign-out", status_code=204)
def sign_out_person(session: Writing, who: Secretary, person_id: str) -> None:
    """End everything with which somebody is signed in: browsers, tokens, open links."""
    access.sign_out_everywhere(session, who.viewer, person_id)


@router.delete("/{person_id}", status_code=204)
def erase_person(session: Writing, who: Eraser, person_id: str, confirm: LineQuery = "") -> None:
    """Erase somebody for good; `confirm` is their user name."""
    row = actions.erasable(session, who.viewer, person_id)
    if name_key(confirm) != row.username:
        raise Invalid("confirm_username", field="confirm")
    erase(session, person_id, who.viewer.person_id)
