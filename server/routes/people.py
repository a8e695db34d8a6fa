"""Signing in and out, one's own account, and the people of a branch."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Form, Request
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from library.core.errors import Invalid, NotFound, WeikeError
from library.core.paging import Page, clean_number
from library.core.permits import Role, roles_below
from library.people import actions, queries, rules
from library.people.tables import Branch
from server.contexts import (
    AccountPage,
    BranchRow,
    DeviceRow,
    HeldRole,
    InviteRow,
    PeoplePage,
    PersonRow,
    Reason,
    SignInPage,
    TokenRow,
    WelcomePage,
)
from server.deps import (
    LANGUAGE_COOKIE,
    SESSION_COOKIE,
    PortsDep,
    Reading,
    SignedIn,
    Staff,
    Who,
    WhoDep,
    Writing,
)
from server.i18n import LANGUAGES
from server.pages import Pages, pager, reason, safe_next
from server.wiring import Ports

router = APIRouter(include_in_schema=False)

_PER_PAGE = 50
_SIGN_IN_S = rules.SIGN_IN_DAYS * 24 * 3600
_YEAR_S = 365 * 24 * 3600


@router.get("/sign-in")
def sign_in_page(request: Request, who: WhoDep, next: str = "/") -> Response:
    """The sign-in form."""
    pages: Pages = request.app.state.pages
    if who.viewer.signed_in:
        return pages.redirect(safe_next(next))
    return pages.respond(request, who, SignInPage(frame=pages.frame(request, who), next=safe_next(next)))


@router.post("/sign-in")
def sign_in(
    request: Request,
    ports: PortsDep,
    who: WhoDep,
    username: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",
) -> Response:
    """Sign a browser in; a wrong password costs the guesser time, and the page keeps what was typed."""
    pages: Pages = request.app.state.pages
    problem: Reason | None = None
    fresh = None
    try:
        person_id = actions.sign_in(ports.db, username, password, ports.clock())
        if person_id is None:
            problem = Reason(code="sign_in_failed")
        else:
            with ports.db.write() as session:
                person = queries.person(session, person_id)
                device = request.headers.get("user-agent", "")
                fresh = actions.open_sign_in(session, person, device, ports.clock())
    except WeikeError as error:
        problem = reason(error)
    if fresh is None:
        context = SignInPage(
            frame=pages.frame(request, who), next=safe_next(next), username=username, problem=problem
        )
        return pages.respond(
            request, who, context, 429 if problem and problem.code == "sign_in_wait" else 401
        )
    answer = pages.redirect(safe_next(next), "signed_in")
    pages.set_session(answer, fresh.cookie, _SIGN_IN_S)
    return answer


@router.post("/sign-out")
def sign_out(request: Request, session: Writing, who: WhoDep) -> Response:
    """Sign this browser out."""
    pages: Pages = request.app.state.pages
    if who.sign_in_id is not None:
        actions.close_sign_in(session, who.sign_in_id)
    answer = pages.redirect("/", "signed_out")
    answer.delete_cookie(SESSION_COOKIE)
    return answer


@router.post("/language")
def language(
    request: Request,
    session: Writing,
    who: WhoDep,
    language: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",
) -> Response:
    """Read on in another language."""
    pages: Pages = request.app.state.pages
    if language not in LANGUAGES:
        raise Invalid("unknown_choice", field="language")
    if who.viewer.person_id is not None:
        actions.set_language(session, who.viewer.person_id, language)
    answer = RedirectResponse(safe_next(next), 303)
    pages.set_cookie(answer, LANGUAGE_COOKIE, language, _YEAR_S)
    return answer


# ---------------------------------------------------------------------- one-time links


def _welcome(request: Request, session: Session, who: Who, ports: Ports, token: str) -> WelcomePage:
    pages: Pages = request.app.state.pages
    invitation = queries.invitation(session, token, ports.clock())
    first = invitation.role == Role.ADMIN and invitation.made_by is None
    return WelcomePage(
        frame=pages.frame(request, who),
        token=token,
        purpose="reset" if invitation.person_id else "first_admin" if first else "invite",
        role=Role(invitation.role),
        branch=queries.branch(session, invitation.branch_id).name,
        username=queries.person(session, invitation.person_id).username if invitation.person_id else "",
        name=invitation.name,
    )


@router.get("/welcome/{token}")
def welcome_page(request: Request, session: Reading, ports: PortsDep, who: WhoDep, token: str) -> Response:
    """A one-time link: choose a name and a password."""
    pages: Pages = request.app.state.pages
    return pages.respond(request, who, _welcome(request, session, who, ports, token))


@router.post("/welcome/{token}")
def welcome(
    request: Request,
    ports: PortsDep,
    who: WhoDep,
    token: str,
    username: Annotated[str, Form()] = "",
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
) -> Response:
    """Use a one-time link; the browser is signed in at once."""
    pages: Pages = request.app.state.pages
    try:
        with ports.db.write() as session:
            queries.invitation(session, token, ports.clock())
            if password != again:
                raise Invalid("passwords_differ", field="again")
            person = actions.accept_invitation(session, token, username, name, password, ports.clock())
            fresh = actions.open_sign_in(
                session, person, request.headers.get("user-agent", ""), ports.clock()
            )
    except NotFound:
        raise
    except WeikeError as error:
        with ports.db.read() as session:
            context = _welcome(request, session, who, ports, token)
        shown = replace(
            context, username=context.username or username, name=name or context.name, problem=reason(error)
        )
        return pages.respond(request, who, shown, 422)
    answer = pages.redirect("/", "welcome")
    pages.set_session(answer, fresh.cookie, _SIGN_IN_S)
    return answer


# ---------------------------------------------------------------------- one's own account


def _account(
    request: Request,
    session: Session,
    who: Who,
    ports: Ports,
    *,
    new_token: str | None = None,
    problem: Reason | None = None,
    status: int = 200,
) -> Response:
    pages: Pages = request.app.state.pages
    person_id = str(who.viewer.person_id)
    row = queries.person_row(session, person_id)
    tokens = queries.tokens_of(session, person_id)
    devices = queries.sign_ins_of(session, person_id, ports.clock())
    context = AccountPage(
        frame=pages.frame(request, who),
        roles=tuple(HeldRole(role=r, branch_id=b, branch=n) for r, b, n in row.roles),
        tokens=tuple(
            TokenRow(id=t.id, label=t.name, created_at=t.created_at, last_used_at=t.used_at) for t in tokens
        ),
        devices=tuple(
            DeviceRow(id=d.id, agent=d.device, last_seen_at=d.seen_at, this_one=d.id == who.sign_in_id)
            for d in devices
        ),
        new_token=new_token,
        problem=problem,
    )
    return pages.respond(request, who, context, status)


@router.get("/account")
def account(request: Request, session: Reading, ports: PortsDep, who: SignedIn) -> Response:
    """One's own account."""
    return _account(request, session, who, ports)


@router.post("/account/password")
def password(
    request: Request,
    ports: PortsDep,
    who: SignedIn,
    old: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
) -> Response:
    """Change one's password; other browsers are signed out."""
    pages: Pages = request.app.state.pages
    try:
        with ports.db.write() as session:
            if password != again:
                raise Invalid("passwords_differ", field="again")
            actions.change_password(session, str(who.viewer.person_id), old, password, who.sign_in_id or "")
    except WeikeError as error:
        with ports.db.read() as session:
            return _account(request, session, who, ports, problem=reason(error), status=422)
    return pages.redirect("/account", "password_changed")


@router.post("/account/tokens")
def make_token(
    request: Request, session: Writing, ports: PortsDep, who: SignedIn, label: Annotated[str, Form()] = ""
) -> Response:
    """Make an API token, shown this once."""
    _token, secret = actions.make_token(session, str(who.viewer.person_id), label, ports.clock())
    session.flush()
    return _account(request, session, who, ports, new_token=secret)


@router.post("/account/tokens/{token_id}/revoke")
def revoke_token(request: Request, session: Writing, who: SignedIn, token_id: str) -> Response:
    """Make one of one's own tokens worthless."""
    pages: Pages = request.app.state.pages
    actions.drop_token(session, str(who.viewer.person_id), token_id)
    return pages.redirect("/account", "token_revoked")


@router.post("/account/sign-out-others")
def sign_out_others(request: Request, session: Writing, who: SignedIn) -> Response:
    """Sign all other browsers out."""
    pages: Pages = request.app.state.pages
    actions.close_other_sign_ins(session, str(who.viewer.person_id), who.sign_in_id or "")
    return pages.redirect("/account", "others_signed_out")


# ---------------------------------------------------------------------- the people of a branch


def _people(
    request: Request,
    session: Session,
    who: Who,
    ports: Ports,
    *,
    q: str = "",
    page: int = 1,
    new_link: str | None = None,
    problem: Reason | None = None,
    status: int = 200,
) -> Response:
    pages: Pages = request.app.state.pages
    viewer = who.viewer
    rows = queries.people_under(session, viewer, q)
    number = clean_number(page)
    shown = Page(rows[(number - 1) * _PER_PAGE : number * _PER_PAGE], number, _PER_PAGE, len(rows))
    branches = queries.branches_under(session, viewer, Role.STAFF)
    paths = {b.id: b.path for b in branches}
    roles = {role for b in branches for role in roles_below(viewer, b.path)}
    context = PeoplePage(
        frame=pages.frame(request, who),
        people=tuple(_person(row, who, paths) for row in shown.items),
        pager=pager(shown, "/people", q=q),
        branches=tuple(BranchRow(id=b.id, name=b.name, depth=_depth(b)) for b in branches),
        roles=tuple(role for role in Role if role in roles),
        invites=tuple(
            InviteRow(id=i.id, name=i.name, role=Role(i.role), branch=b.name, expires_at=i.expires_at)
            for i, b in queries.open_invitations(session, viewer, ports.clock())
        ),
        q=q,
        new_link=new_link,
        problem=problem,
    )
    return pages.respond(request, who, context, status)


def _depth(branch: Branch) -> int:
    return branch.path.count("/") - 2


def _person(row: queries.PersonRow, who: Who, paths: dict[str, str]) -> PersonRow:
    may_change = row.id != who.viewer.person_id and all(
        branch in paths and role in roles_below(who.viewer, paths[branch])
        for role, branch, _name in row.roles
    )
    return PersonRow(
        id=row.id,
        username=row.username,
        name=row.name,
        roles=tuple(HeldRole(role=r, branch_id=b, branch=n) for r, b, n in row.roles),
        last_seen_at=row.seen_at,
        active=row.active,
        may_change=may_change,
    )


def _role(text: str) -> Role:
    if text not in tuple(Role):
        raise Invalid("unknown_choice", field="role")
    return Role(text)


@router.get("/people")
def people(
    request: Request, session: Reading, ports: PortsDep, who: Staff, q: str = "", page: int = 1
) -> Response:
    """The people of the branches one staffs."""
    return _people(request, session, who, ports, q=q, page=page)


@router.post("/people/invites")
def invite(
    request: Request,
    session: Writing,
    ports: PortsDep,
    who: Staff,
    name: Annotated[str, Form()] = "",
    role: Annotated[str, Form()] = "",
    branch: Annotated[str, Form()] = "",
) -> Response:
    """Make a one-time link for somebody new, shown this once."""
    where = queries.branch(session, branch)
    _invitation, secret = actions.invite(session, name, _role(role), where, who.viewer, ports.clock())
    return _people(request, session, who, ports, new_link=f"{ports.settings.base_url}/welcome/{secret}")


@router.post("/people/invites/{invitation_id}/revoke")
def revoke_invite(request: Request, session: Writing, who: Staff, invitation_id: str) -> Response:
    """Make an unused link worthless."""
    pages: Pages = request.app.state.pages
    actions.revoke_invitation(session, who.viewer, invitation_id)
    return pages.redirect("/people", "invite_revoked")


@router.post("/people/{person_id}/grant")
def grant(
    request: Request,
    session: Writing,
    ports: PortsDep,
    who: Staff,
    person_id: str,
    role: Annotated[str, Form()] = "",
    branch: Annotated[str, Form()] = "",
) -> Response:
    """Give somebody a role at a branch."""
    pages: Pages = request.app.state.pages
    actions.changeable(session, who.viewer, person_id)
    actions.give_role(
        session, who.viewer, person_id, _role(role), queries.branch(session, branch), ports.clock()
    )
    return pages.redirect("/people", "role_given")


@router.post("/people/{person_id}/revoke")
def revoke(
    request: Request,
    session: Writing,
    who: Staff,
    person_id: str,
    role: Annotated[str, Form()] = "",
    branch: Annotated[str, Form()] = "",
) -> Response:
    """Take somebody's role at a branch away."""
    pages: Pages = request.app.state.pages
    actions.take_role(session, who.viewer, person_id, _role(role), queries.branch(session, branch))
    return pages.redirect("/people", "role_taken")


@router.post("/people/{person_id}/reset")
def reset(request: Request, session: Writing, ports: PortsDep, who: Staff, person_id: str) -> Response:
    """Make a one-time link with which somebody chooses a new password, shown this once."""
    secret = actions.invite_reset(session, who.viewer, person_id, ports.clock())
    return _people(request, session, who, ports, new_link=f"{ports.settings.base_url}/welcome/{secret}")


@router.post("/people/{person_id}/active")
def active(
    request: Request, session: Writing, who: Staff, person_id: str, active: Annotated[str, Form()] = "0"
) -> Response:
    """Close or open somebody's account."""
    pages: Pages = request.app.state.pages
    actions.set_active(session, who.viewer, person_id, active == "1")
    return pages.redirect("/people", "person_on" if active == "1" else "person_off")
