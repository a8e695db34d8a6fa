"""The people of the branches one staffs: links for new ones, roles, closed accounts."""

from __future__ import annotations

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.access import actions as access
from library.access import links
from library.core.errors import Invalid, NotFound
from library.core.permits import Role, Viewer
from library.core.text import name_key
from library.erasing import erase
from library.organisation import queries as organisation
from library.organisation.tables import Node
from library.people import actions
from server.slices.people.desk import DeskDep
from server.web.deps import AddressDep, Reading
from server.web.limits.fields import LineForm, LineQuery, WordForm, WordQuery
from server.web.routing.reading import reads

router = APIRouter(include_in_schema=False)


def _role(text: str) -> Role:
    if text not in tuple(Role):
        raise Invalid("unknown_choice", field="role")
    return Role(text)


def _branch(session: Session, viewer: Viewer, chosen: str) -> Node:
    """Return the node that was chosen from a list, or typed as a code, a name or a path of names.

    Raises Invalid: node_unknown, node_ambiguous.
    """
    try:
        return organisation.node(session, chosen)
    except NotFound:
        within = organisation.outermost(viewer, Role.STAFF)
    return organisation.meant(session, within, chosen, "branch")


@router.get("/people", dependencies=[reads("people_list")])
def people(
    desk: DeskDep, session: Reading, q: WordQuery = "", node: LineQuery = "", page: int = 1
) -> Response:
    """The people of the branches one keeps."""
    return desk.page(session, q=q, node=node, page=page)


@router.post("/people")
def invite(
    desk: DeskDep,
    address: AddressDep,
    name: LineForm = "",
    role: WordForm = "",
    branch: LineForm = "",
) -> Response:
    """Make a one-time link for somebody new, shown this once."""

    def act(session: Session) -> str:
        where = _branch(session, desk.viewer, branch)
        _invitation, secret = links.invite(session, name, _role(role), where, desk.viewer, desk.clock())
        return f"{address}/welcome/{secret}"

    return desk.make_link("invites", act, name=name, role=role, branch=branch)


@router.post("/people/invites/{invitation_id}/revoke")
def revoke_invite(desk: DeskDep, invitation_id: str) -> Response:
    """Make an unused link worthless."""

    def act(session: Session) -> None:
        links.revoke_invitation(session, desk.viewer, invitation_id)

    return desk.change("", act, "invite_revoked")


@router.post("/people/{person_id}/grant")
def grant(
    desk: DeskDep,
    person_id: str,
    role: WordForm = "",
    branch: LineForm = "",
) -> Response:
    """Give somebody a role at a branch."""

    def act(session: Session) -> None:
        actions.changeable(session, desk.viewer, person_id)
        where = _branch(session, desk.viewer, branch)
        actions.give_role(session, desk.viewer, person_id, _role(role), where, desk.clock())

    return desk.change(f"{person_id}/grant", act, "role_given", role=role, branch=branch)


@router.post("/people/{person_id}/revoke")
def revoke(
    desk: DeskDep,
    person_id: str,
    role: WordForm = "",
    branch: LineForm = "",
) -> Response:
    """Take somebody's role at a branch away."""

    def act(session: Session) -> None:
        where = _branch(session, desk.viewer, branch)
        access.take_role(session, desk.viewer, person_id, _role(role), where, desk.clock())

    return desk.change("", act, "role_taken")


@router.post("/people/{person_id}/reset")
def reset(desk: DeskDep, address: AddressDep, person_id: str) -> Response:
    """Make a one-time link with which somebody chooses a new password, shown this once."""

    def act(session: Session) -> str:
        secret = links.invite_reset(session, desk.viewer, person_id, desk.clock())
        return f"{address}/welcome/{secret}"

    return desk.make_link("", act)


@router.post("/people/{person_id}/active")
def active(desk: DeskDep, person_id: str, active: WordForm = "0") -> Response:
    """Close or open somebody's account."""

    def act(session: Session) -> None:
        access.set_active(session, desk.viewer, person_id, active == "1")

    return desk.change("", act, "person_on" if active == "1" else "person_off")


@router.post("/people/{person_id}/sign-out")
def sign_out(desk: DeskDep, person_id: str) -> Response:
    """End everything with which somebody is signed in."""

    def act(session: Session) -> None:
        access.sign_out_everywhere(session, desk.viewer, person_id)

    return desk.change("", act, "person_signed_out")


@router.post("/people/{person_id}/erase")
def erase_person(desk: DeskDep, person_id: str, confirm: LineForm = "") -> Response:
    """Erase somebody, once their user name was typed."""

    def act(session: Session) -> None:
        row = actions.erasable(session, desk.viewer, person_id)
        if name_key(confirm) != row.username:
            raise Invalid("confirm_username", field="confirm")
        erase(session, person_id, desk.viewer.person_id)

    return desk.change(f"{person_id}/erase", act, "person_erased", confirm=confirm)
