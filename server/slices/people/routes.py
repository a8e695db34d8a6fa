"""The people of the branches one staffs: links for new ones, roles, closed accounts."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.access import actions as access
from library.core.errors import Invalid, NotFound
from library.core.permits import Role
from library.core.text import name_key
from library.erasing import erase
from library.organisation import queries as organisation
from library.organisation.tables import Branch
from library.people import actions
from server.slices.people.desk import DeskDep
from server.web.deps import AddressDep, Reading

router = APIRouter(include_in_schema=False)


def _role(text: str) -> Role:
    if text not in tuple(Role):
        raise Invalid("unknown_choice", field="role")
    return Role(text)


def _branch(session: Session, branch_id: str) -> Branch:
    try:
        return organisation.branch(session, branch_id)
    except NotFound as error:  # taken out of the tree while the page was open
        raise Invalid("unknown_choice", field="branch") from error


@router.get("/people")
def people(desk: DeskDep, session: Reading, q: str = "", page: int = 1) -> Response:
    """The people of the branches one staffs."""
    return desk.page(session, q=q, page=page)


@router.post("/people/invites")
def invite(
    desk: DeskDep,
    address: AddressDep,
    name: Annotated[str, Form()] = "",
    role: Annotated[str, Form()] = "",
    branch: Annotated[str, Form()] = "",
) -> Response:
    """Make a one-time link for somebody new, shown this once."""

    def act(session: Session) -> str:
        where = _branch(session, branch)
        _invitation, secret = access.invite(session, name, _role(role), where, desk.viewer, desk.clock())
        return f"{address}/welcome/{secret}"

    return desk.make_link("invites", act, name=name, role=role, branch=branch)


@router.post("/people/invites/{invitation_id}/revoke")
def revoke_invite(desk: DeskDep, invitation_id: str) -> Response:
    """Make an unused link worthless."""

    def act(session: Session) -> None:
        access.revoke_invitation(session, desk.viewer, invitation_id)

    return desk.change("", act, "invite_revoked")


@router.post("/people/{person_id}/grant")
def grant(
    desk: DeskDep,
    person_id: str,
    role: Annotated[str, Form()] = "",
    branch: Annotated[str, Form()] = "",
) -> Response:
    """Give somebody a role at a branch."""

    def act(session: Session) -> None:
        actions.changeable(session, desk.viewer, person_id)
        where = _branch(session, branch)
        actions.give_role(session, desk.viewer, person_id, _role(role), where, desk.clock())

    return desk.change(f"{person_id}/grant", act, "role_given", role=role, branch=branch)


@router.post("/people/{person_id}/revoke")
def revoke(
    desk: DeskDep,
    person_id: str,
    role: Annotated[str, Form()] = "",
    branch: Annotated[str, Form()] = "",
) -> Response:
    """Take somebody's role at a branch away."""

    def act(session: Session) -> None:
        actions.take_role(session, desk.viewer, person_id, _role(role), _branch(session, branch))

    return desk.change("", act, "role_taken")


@router.post("/people/{person_id}/reset")
def reset(desk: DeskDep, address: AddressDep, person_id: str) -> Response:
    """Make a one-time link with which somebody chooses a new password, shown this once."""

    def act(session: Session) -> str:
        secret = access.invite_reset(session, desk.viewer, person_id, desk.clock())
        return f"{address}/welcome/{secret}"

    return desk.make_link("", act)


@router.post("/people/{person_id}/active")
def active(desk: DeskDep, person_id: str, active: Annotated[str, Form()] = "0") -> Response:
    """Close or open somebody's account."""

    def act(session: Session) -> None:
        access.set_active(session, desk.viewer, person_id, active == "1")

    return desk.change("", act, "person_on" if active == "1" else "person_off")


@router.post("/people/{person_id}/erase")
def erase_person(desk: DeskDep, person_id: str, confirm: Annotated[str, Form()] = "") -> Response:
    """Erase somebody, once their user name was typed."""

    def act(session: Session) -> None:
        row = actions.erasable(session, desk.viewer, person_id)
        if name_key(confirm) != row.username:
            raise Invalid("confirm_username", field="confirm")
        erase(session, person_id, desk.viewer.person_id)

    return desk.change(f"{person_id}/erase", act, "person_erased", confirm=confirm)
