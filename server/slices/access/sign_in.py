"""Signing in and out, one-time links, and the language of the pages."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter, Request
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from library.access import actions as access
from library.access import entering, links
from library.access import queries as access_queries
from library.access.coming_in import starting
from library.access.entering import Entered
from library.access.rules import LinkPurpose
from library.core.clock import Clock
from library.core.errors import Conflict, Forbidden, Invalid, NotFound, SignInNeeded, WeikeError
from library.organisation import queries as organisation
from library.people import actions, queries
from library.people import rules as people_rules
from server.identity.opening import Providers
from server.slices.access.contexts import SignInPage, WelcomePage
from server.slices.access.door import DoorDep
from server.slices.access.ways import choice_named, choices_of
from server.web.deps import ClockDep, PagesDep, ProvidersDep, Reading, SettingsDep, WhoDep, Writing
from server.web.errors import headers_of, status_of
from server.web.language.i18n import LANGUAGES
from server.web.limits.fields import LineForm, LineQuery, WordForm
from server.web.pages import Pages, reason, safe_next
from server.web.who import LANGUAGE_COOKIE, SESSION_COOKIE, Who

router = APIRouter(include_in_schema=False)

_YEAR_S = 365 * 24 * 3600


@router.get("/sign-in")
def sign_in_page(
    request: Request,
    session: Reading,
    who: WhoDep,
    pages: PagesDep,
    providers: ProvidersDep,
    settings: SettingsDep,
    next: LineQuery = "/",
    left: LineQuery = "",
) -> Response:
    """The sign-in form; `left` is the provider by whom one was signed in that has just been left."""
    if who.viewer.signed_in:
        return pages.redirect(safe_next(next))
    choices = choices_of(providers, who.language)
    context = SignInPage(
        frame=pages.frame(request, session, who),
        next=safe_next(next),
        providers=choices,
        left=choice_named(choices, left),
        by_mail=bool(settings.mail_server),
    )
    return pages.respond(request, who, context)


@router.post("/sign-in")
async def sign_in(
    request: Request,
    who: WhoDep,
    door: DoorDep,
    providers: ProvidersDep,
    settings: SettingsDep,
    username: LineForm = "",
    password: LineForm = "",
    next: LineForm = "/",
) -> Response:
    """Sign a browser in; a wrong password costs the guesser time, and the page keeps what was typed."""
    failed: WeikeError = SignInNeeded("sign_in_failed")
    try:
        found = await door.sign_in(username, password)
    except WeikeError as error:
        failed, found = error, None
    if found is None:

        def again(session: Session) -> Response:
            context = SignInPage(
                frame=door.pages.frame(request, session, who),
                next=safe_next(next),
                username=username,
                problem=reason(failed),
                providers=choices_of(providers, who.language),
                by_mail=bool(settings.mail_server),
            )
            return door.pages.respond(request, who, context, status_of(failed))

        refused = await door.read(again)
        refused.headers.update(headers_of(failed))
        return refused
    was_reset = await door.read(lambda session: starting.has_open_reset(session, found[0]))
    return door.entered(*found, next, "signed_in_reset" if was_reset else "signed_in")


@router.post("/sign-out")
async def sign_out(who: WhoDep, door: DoorDep, providers: ProvidersDep) -> Response:
    """Sign this browser out; it stays known as one in which this person has been signed in.

    Whom a provider has signed in is still so there: the page that comes says so, and how to leave there too.
    """
    sign_in_id, person_id = who.sign_in_id, who.viewer.person_id
    provider = ""
    if sign_in_id is not None:
        provider = await door.write(lambda session: access.close_sign_in(session, sign_in_id))
    stays = provider in providers and providers[provider].ends_sessions
    answer = door.pages.redirect(f"/sign-in?left={provider}" if stays else "/", "signed_out")
    if person_id is not None:
        door.remember(answer, person_id)
    door.pages.forget_cookie(answer, SESSION_COOKIE)
    return answer


@router.post("/language")
def language(
    session: Writing,
    who: WhoDep,
    pages: PagesDep,
    language: WordForm = "",
    next: LineForm = "/",
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
    request: Request,
    session: Session,
    who: Who,
    pages: Pages,
    clock: Clock,
    token: str,
    providers: Providers,
) -> WelcomePage:
    invitation = access_queries.invitation(session, token, clock())
    links.check_still_fits(session, invitation, clock())
    return WelcomePage(
        frame=pages.frame(request, session, who),
        token=token,
        purpose=invitation.purpose,
        role=invitation.role,
        branch=organisation.node(session, invitation.node_id).name,
        username=queries.person(session, invitation.person_id).username if invitation.person_id else "",
        name=invitation.name,
        providers=(
            () if invitation.purpose is LinkPurpose.FIRST_ADMIN else choices_of(providers, who.language)
        ),
        made_by=queries.names(session, {invitation.made_by}).get(invitation.made_by, "")
        if invitation.made_by
        else "",
        made_at=invitation.created_at,
    )


@router.get("/welcome/{token}")
def welcome_page(
    request: Request,
    session: Reading,
    who: WhoDep,
    pages: PagesDep,
    clock: ClockDep,
    providers: ProvidersDep,
    token: str,
) -> Response:
    """A one-time link: choose a name and a password, or an account elsewhere."""
    return pages.respond(request, who, _welcome(request, session, who, pages, clock, token, providers))


@router.post("/welcome/{token}")
async def welcome(
    request: Request,
    who: WhoDep,
    door: DoorDep,
    providers: ProvidersDep,
    token: str,
    username: LineForm = "",
    name: LineForm = "",
    password: LineForm = "",
    again: LineForm = "",
) -> Response:
    """Use a one-time link; the browser is signed in at once."""
    try:
        # Everything that a link or a name can be refused for comes before the hash, which is slow on purpose.
        await door.read(lambda session: _check(session, token, username, password, again, door.clock))
        hashed = await door.hashed(password)

        def accept(session: Session) -> tuple[str, Entered]:
            person = links.accept_invitation(session, token, username, name, hashed, door.clock())
            # A new password is a first proof like the old one: it does not stand for a lost phone.
            return person.id, entering.after_first(session, person, door.device, door.clock(), door.policy)

        let_in = await door.write(accept)
    except (NotFound, Forbidden):
        raise
    except WeikeError as error:
        refused = error

        def back(session: Session) -> Response:
            context = _welcome(request, session, who, door.pages, door.clock, token, providers)
            shown = replace(
                context,
                username=context.username or username,
                name=name or context.name,
                problem=reason(refused),
            )
            return door.pages.respond(request, who, shown, status_of(refused))

        page = await door.read(back)
        page.headers.update(headers_of(refused))
        return page
    return door.entered(*let_in, "/", "welcome")


def _check(session: Session, token: str, username: str, password: str, again: str, clock: Clock) -> None:
    """Raise what a link, a name or a password is refused for: NotFound, Forbidden, Invalid, Conflict."""
    invitation = access_queries.invitation(session, token, clock())
    links.check_still_fits(session, invitation, clock())
    known = queries.person(session, invitation.person_id) if invitation.person_id is not None else None
    folded = known.username if known is not None else people_rules.clean_username(username)
    if password != again:
        raise Invalid("passwords_differ", field="again")
    people_rules.check_password(password, folded)
    if known is None and queries.person_by_username(session, folded) is not None:
        raise Conflict("username_taken", field="username")
