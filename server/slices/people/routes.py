"""The people of the branches one staffs: links for new ones, roles, closed accounts."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.access import actions as access
from library.access import queries as access_queries
from library.core.clock import Clock
from library.core.errors import Invalid
from library.core.paging import Page, clean_number
from library.core.permits import Role
from library.core.text import name_key
from library.erasing import erase
from library.organisation import queries as organisation
from library.organisation.tables import Branch
from library.people import actions, queries
from library.people.permits import roles_below
from server.slices.people.contexts import BranchRow, InviteRow, PeoplePage, PersonRow
from server.web.deps import AddressDep, ClockDep, PagesDep, Reading, Staff, Writing
from server.web.pages import Pages, pager
from server.web.parts import HeldRole, Reason
from server.web.who import Who

router = APIRouter(include_in_schema=False)

_PER_PAGE = 50


def _people(
    request: Request,
    session: Session,
    who: Who,
    pages: Pages,
    clock: Clock,
    *,
    q: str = "",
    page: int = 1,
    new_link: str | None = None,
    problem: Reason | None = None,
    status: int = 200,
) -> Response:
    viewer = who.viewer
    rows = queries.people_under(session, viewer, q)
    number = clean_number(page)
    shown = Page(rows[(number - 1) * _PER_PAGE : number * _PER_PAGE], number, _PER_PAGE, len(rows))
    seen = access_queries.last_seen(session, [row.id for row in shown.items])
    branches = organisation.branches_under(session, viewer, Role.STAFF)
    paths = {b.id: b.path for b in branches}
    roles = {role for b in branches for role in roles_below(viewer, b.path)}
    context = PeoplePage(
        frame=pages.frame(request, session, who),
        people=tuple(_person(row, who, paths, seen.get(row.id)) for row in shown.items),
        pager=pager(shown, "/people", q=q),
        branches=tuple(BranchRow(id=b.id, name=b.name, depth=_depth(b)) for b in branches),
        roles=tuple(role for role in Role if role in roles),
        invites=tuple(
            InviteRow(id=i.id, name=i.name, role=i.role, branch=b.name, expires_at=i.expires_at)
            for i, b in access_queries.open_invitations(session, viewer, clock())
        ),
        q=q,
        new_link=new_link,
        problem=problem,
    )
    return pages.respond(request, who, context, status)


def _depth(branch: Branch) -> int:
    return branch.path.count("/") - 2


def _person(row: queries.PersonRow, who: Who, paths: dict[str, str], seen_at: datetime | None) -> PersonRow:
    viewer = who.viewer
    may_change = row.id != viewer.person_id and all(
        branch in paths and role in roles_below(viewer, paths[branch]) for role, branch, _name in row.roles
    )
    return PersonRow(
        id=row.id,
        username=row.username,
        name=row.name,
        roles=tuple(HeldRole(role=r, branch_id=b, branch=n) for r, b, n in row.roles),
        last_seen_at=seen_at,
        active=row.active,
        may_change=may_change,
        may_erase=may_change and all(Role.ADMIN in roles_below(viewer, paths[b]) for _r, b, _n in row.roles),
    )


def _role(text: str) -> Role:
    if text not in tuple(Role):
        raise Invalid("unknown_choice", field="role")
    return Role(text)


@router.get("/people")
def people(
    request: Request,
    session: Reading,
    who: Staff,
    pages: PagesDep,
    clock: ClockDep,
    q: str = "",
    page: int = 1,
) -> Response:
    """The people of the branches one staffs."""
    return _people(request, session, who, pages, clock, q=q, page=page)


@router.post("/people/invites")
def invite(
    request: Request,
    session: Writing,
    who: Staff,
    pages: PagesDep,
    address: AddressDep,
    clock: ClockDep,
    name: Annotated[str, Form()] = "",
    role: Annotated[str, Form()] = "",
    branch: Annotated[str, Form()] = "",
) -> Response:
    """Make a one-time link for somebody new, shown this once."""
    where = organisation.branch(session, branch)
    _invitation, secret = access.invite(session, name, _role(role), where, who.viewer, clock())
    return _people(request, session, who, pages, clock, new_link=f"{address}/welcome/{secret}")


@router.post("/people/invites/{invitation_id}/revoke")
def revoke_invite(session: Writing, who: Staff, pages: PagesDep, invitation_id: str) -> Response:
    """Make an unused link worthless."""
    access.revoke_invitation(session, who.viewer, invitation_id)
    return pages.redirect("/people", "invite_revoked")


@router.post("/people/{person_id}/grant")
def grant(
    session: Writing,
    who: Staff,
    pages: PagesDep,
    clock: ClockDep,
    person_id: str,
    role: Annotated[str, Form()] = "",
    branch: Annotated[str, Form()] = "",
) -> Response:
    """Give somebody a role at a branch."""
    actions.changeable(session, who.viewer, person_id)
    actions.give_role(
        session,
        who.viewer,
        person_id,
        _role(role),
        organisation.branch(session, branch),
        clock(),
    )
    return pages.redirect("/people", "role_given")


@router.post("/people/{person_id}/revoke")
def revoke(
    session: Writing,
    who: Staff,
    pages: PagesDep,
    person_id: str,
    role: Annotated[str, Form()] = "",
    branch: Annotated[str, Form()] = "",
) -> Response:
    """Take somebody's role at a branch away."""
    actions.take_role(session, who.viewer, person_id, _role(role), organisation.branch(session, branch))
    return pages.redirect("/people", "role_taken")


@router.post("/people/{person_id}/reset")
def reset(
    request: Request,
    session: Writing,
    who: Staff,
    pages: PagesDep,
    address: AddressDep,
    clock: ClockDep,
    person_id: str,
) -> Response:
    """Make a one-time link with which somebody chooses a new password, shown this once."""
    secret = access.invite_reset(session, who.viewer, person_id, clock())
    return _people(request, session, who, pages, clock, new_link=f"{address}/welcome/{secret}")


@router.post("/people/{person_id}/active")
def active(
    session: Writing, who: Staff, pages: PagesDep, person_id: str, active: Annotated[str, Form()] = "0"
) -> Response:
    """Close or open somebody's account."""
    access.set_active(session, who.viewer, person_id, active == "1")
    return pages.redirect("/people", "person_on" if active == "1" else "person_off")


@router.post("/people/{person_id}/erase")
def erase_person(
    session: Writing, who: Staff, pages: PagesDep, person_id: str, confirm: Annotated[str, Form()] = ""
) -> Response:
    """Erase somebody, once their user name was typed."""
    row = actions.erasable(session, who.viewer, person_id)
    if name_key(confirm) != row.username:
        raise Invalid("confirm_username", field="confirm")
    erase(session, person_id, who.viewer.person_id)
    return pages.redirect("/people", "person_erased")
