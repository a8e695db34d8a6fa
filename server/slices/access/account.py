"""One's own account: password, API tokens, browsers that are signed in."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.access import actions as access
from library.access import queries as access_queries
from library.core.clock import Clock
from library.core.errors import Invalid, WeikeError
from library.people import queries
from server.slices.access.contexts import AccountPage, DeviceRow, TokenRow
from server.web.deps import ClockDep, DatabaseDep, PagesDep, Reading, SignedIn, Writing
from server.web.errors import status_of
from server.web.pages import Pages, reason
from server.web.parts import HeldRole, RefusedForm
from server.web.who import Who

router = APIRouter(include_in_schema=False)


def _account(
    request: Request,
    session: Session,
    who: Who,
    pages: Pages,
    clock: Clock,
    *,
    new_token: str | None = None,
    refused: RefusedForm | None = None,
    status: int = 200,
) -> Response:
    person_id = str(who.viewer.person_id)
    row = queries.person_row(session, person_id)
    tokens = access_queries.tokens_of(session, person_id)
    devices = access_queries.sign_ins_of(session, person_id, clock())
    context = AccountPage(
        frame=pages.frame(request, session, who),
        roles=tuple(HeldRole(role=r, branch_id=b, branch=n) for r, b, n in row.roles),
        tokens=tuple(
            TokenRow(id=t.id, label=t.name, created_at=t.created_at, last_used_at=t.used_at) for t in tokens
        ),
        devices=tuple(
            DeviceRow(id=d.id, agent=d.device, last_seen_at=d.seen_at, this_one=d.id == who.sign_in_id)
            for d in devices
        ),
        new_token=new_token,
        refused=refused,
    )
    return pages.respond(request, who, context, status)


@router.get("/account")
def account(request: Request, session: Reading, who: SignedIn, pages: PagesDep, clock: ClockDep) -> Response:
    """One's own account."""
    return _account(request, session, who, pages, clock)


@router.post("/account/password")
def password(
    request: Request,
    who: SignedIn,
    pages: PagesDep,
    clock: ClockDep,
    db: DatabaseDep,
    old: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
) -> Response:
    """Change one's password; other browsers are signed out."""
    try:
        with db.write() as session:
            if password != again:
                raise Invalid("passwords_differ", field="again")
            access.change_password(session, str(who.viewer.person_id), old, password, who.sign_in_id or "")
    except WeikeError as error:
        # Passwords are never sent back.
        refused = RefusedForm(form="password", typed={}, reason=reason(error))
        with db.read() as session:
            return _account(request, session, who, pages, clock, refused=refused, status=status_of(error))
    return pages.redirect("/account", "password_changed")


@router.post("/account/tokens")
def make_token(
    request: Request,
    who: SignedIn,
    pages: PagesDep,
    clock: ClockDep,
    db: DatabaseDep,
    label: Annotated[str, Form()] = "",
) -> Response:
    """Make an API token, shown this once."""
    refused, secret = None, None
    try:
        with db.write() as session:
            _token, secret = access.make_token(session, str(who.viewer.person_id), label, clock())
    except Invalid as error:
        refused = RefusedForm(form="tokens", typed={"label": label}, reason=reason(error))
    with db.read() as session:
        status = 422 if refused else 200
        return _account(request, session, who, pages, clock, new_token=secret, refused=refused, status=status)


@router.post("/account/tokens/{token_id}/revoke")
def revoke_token(session: Writing, who: SignedIn, pages: PagesDep, token_id: str) -> Response:
    """Make one of one's own tokens worthless."""
    access.drop_token(session, str(who.viewer.person_id), token_id)
    return pages.redirect("/account", "token_revoked")


@router.post("/account/sign-out-others")
def sign_out_others(session: Writing, who: SignedIn, pages: PagesDep) -> Response:
    """Sign all other browsers out."""
    access.close_other_sign_ins(session, str(who.viewer.person_id), who.sign_in_id or "")
    return pages.redirect("/account", "others_signed_out")
