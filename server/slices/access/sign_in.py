"""Signing in and out, one-time links, and the language of the pages."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Form, Request
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from library.access import actions as access
from library.access import queries as access_queries
from library.access import rules as access_rules
from library.core.clock import Clock
from library.core.errors import Invalid, NotFound, WeikeError
from library.core.permits import Role
from library.organisation import queries as organisation
from library.people import actions, queries
from server.slices.access.contexts import SignInPage, WelcomePage
from server.web.deps import ClockDep, DatabaseDep, PagesDep, Reading, WhoDep, Writing
from server.web.errors import status_of
from server.web.language.i18n import LANGUAGES
from server.web.pages import Pages, reason, safe_next
from server.web.parts import Reason
from server.web.who import LANGUAGE_COOKIE, SESSION_COOKIE, Who

router = APIRouter(include_in_schema=False)

_SIGN_IN_S = access_rules.SIGN_IN_DAYS * 24 * 3600
_YEAR_S = 365 * 24 * 3600


@router.get("/sign-in")
def sign_in_page(
    request: Request, session: Reading, who: WhoDep, pages: PagesDep, next: str = "/"
) -> Response:
    """The sign-in form."""
    if who.viewer.signed_in:
        return pages.redirect(safe_next(next))
    context = SignInPage(frame=pages.frame(request, session, who), next=safe_next(next))
    return pages.respond(request, who, context)


@router.post("/sign-in")
def sign_in(
    request: Request,
    who: WhoDep,
    pages: PagesDep,
    clock: ClockDep,
    db: DatabaseDep,
    username: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",
) -> Response:
    """Sign a browser in; a wrong password costs the guesser time, and the page keeps what was typed."""
    problem: Reason | None = None
    fresh = None
    try:
        person_id = access.sign_in(db, username, password, clock())
        if person_id is None:
            problem = Reason(code="sign_in_failed")
        else:
            with db.write() as session:
                person = queries.person(session, person_id)
                device = request.headers.get("user-agent", "")
                fresh = access.open_sign_in(session, person, device, clock())
    except WeikeError as error:
        problem = reason(error)
    if fresh is None:
        with db.read() as session:
            frame = pages.frame(request, session, who)
        context = SignInPage(frame=frame, next=safe_next(next), username=username, problem=problem)
        return pages.respond(
            request, who, context, 429 if problem and problem.code == "sign_in_wait" else 401
        )
    answer = pages.redirect(safe_next(next), "signed_in")
    pages.set_session(answer, fresh.cookie, _SIGN_IN_S)
    return answer


@router.post("/sign-out")
def sign_out(session: Writing, who: WhoDep, pages: PagesDep) -> Response:
    """Sign this browser out."""
    if who.sign_in_id is not None:
        access.close_sign_in(session, who.sign_in_id)
    answer = pages.redirect("/", "signed_out")
    pages.forget_cookie(answer, SESSION_COOKIE)
    return answer


@router.post("/language")
def language(
    session: Writing,
    who: WhoDep,
    pages: PagesDep,
    language: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",
) -> Response:
    """Read on in another language."""
    if language not in LANGUAGES:
        raise Invalid("unknown_choice", field="language")
    if who.viewer.person_id is not None:
        actions.set_language(session, who.viewer.person_id, language)
    answer = RedirectResponse(safe_next(next), 303)
    pages.set_cookie(answer, LANGUAGE_COOKIE, language, _YEAR_S)
    return answer


def _welcome(
    request: Request, session: Session, who: Who, pages: Pages, clock: Clock, token: str
) -> WelcomePage:
    invitation = access_queries.invitation(session, token, clock())
    first = invitation.role is Role.ADMIN and invitation.made_by is None
    return WelcomePage(
        frame=pages.frame(request, session, who),
        token=token,
        purpose="reset" if invitation.person_id else "first_admin" if first else "invite",
        role=invitation.role,
        branch=organisation.branch(session, invitation.branch_id).name,
        username=queries.person(session, invitation.person_id).username if invitation.person_id else "",
        name=invitation.name,
    )


@router.get("/welcome/{token}")
def welcome_page(
    request: Request, session: Reading, who: WhoDep, pages: PagesDep, clock: ClockDep, token: str
) -> Response:
    """A one-time link: choose a name and a password."""
    return pages.respond(request, who, _welcome(request, session, who, pages, clock, token))


@router.post("/welcome/{token}")
def welcome(
    request: Request,
    who: WhoDep,
    pages: PagesDep,
    clock: ClockDep,
    db: DatabaseDep,
    token: str,
    username: Annotated[str, Form()] = "",
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
) -> Response:
    """Use a one-time link; the browser is signed in at once."""
    try:
        with db.write() as session:
            access_queries.invitation(session, token, clock())
            if password != again:
                raise Invalid("passwords_differ", field="again")
            person = access.accept_invitation(session, token, username, name, password, clock())
            fresh = access.open_sign_in(session, person, request.headers.get("user-agent", ""), clock())
    except NotFound:
        raise
    except WeikeError as error:
        with db.read() as session:
            context = _welcome(request, session, who, pages, clock, token)
        shown = replace(
            context, username=context.username or username, name=name or context.name, problem=reason(error)
        )
        return pages.respond(request, who, shown, status_of(error))
    answer = pages.redirect("/", "welcome")
    pages.set_session(answer, fresh.cookie, _SIGN_IN_S)
    return answer
