"""Signing in through an identity provider: there, back, and out again.

What belongs to one sign-in (state, nonce, PKCE verifier, the way back) is in a cookie of this browser, sealed
and good for minutes. So a code that somebody else got opens nothing here, and nothing is kept for whoever
only knocks. Each provider has an address of its own to come back to: an answer of one is never taken for that
of another.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Any

import structlog
from fastapi import APIRouter, Request
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from library.access import actions as access
from library.access import entering, links
from library.access import queries as access_queries
from library.access.entering import Entered
from library.access.identities import linking
from library.access.identities.linking import Trust
from library.access.identities.rules import Claimed
from library.access.sealing import Sealing, Unsealable
from library.core.clock import Clock
from library.core.errors import Forbidden, NotFound, WeikeError
from library.core.ids import new_secret
from server.identity.opening import Providers
from server.identity.port import IdentityProvider
from server.slices.access.contexts import SignInPage
from server.slices.access.door import Door, DoorDep
from server.slices.access.ways import choices_of
from server.web.deps import AddressDep, ProvidersDep, UnderwayDep, WhoDep
from server.web.errors import headers_of, status_of
from server.web.limits.fields import LineQuery
from server.web.middleware.prefix import ELSEWHERE
from server.web.pages import reason, safe_next
from server.web.who import Who

router = APIRouter(include_in_schema=False)

UNDERWAY_COOKIE = "weike_underway"
UNDERWAY_S = 600
"""So long somebody may take to sign in at a provider."""
_WECOM_AGENT = "wxwork"
"""What the browser within 企业微信 says of itself; that of WeChat alone says MicroMessenger."""

log = structlog.get_logger()


@dataclass(frozen=True)
class Underway:
    """What was kept of a sign-in that is under way at a provider."""

    provider: str
    state: str
    kept: dict[str, str]
    next: str
    invitation: str


@router.get("/sign-in/with/{provider}")
async def begin(
    request: Request,
    who: WhoDep,
    door: DoorDep,
    providers: ProvidersDep,
    sealing: UnderwayDep,
    site: AddressDep,
    provider: str,
    next: LineQuery = "/",
) -> Response:
    """Lead a browser to a provider's sign-in page."""
    chosen = _named(providers, provider)
    return await _lead(request, who, door, providers, chosen, sealing, site, safe_next(next), "")


@router.get("/welcome/{token}/with/{provider}")
async def begin_with_link(
    request: Request,
    who: WhoDep,
    door: DoorDep,
    providers: ProvidersDep,
    sealing: UnderwayDep,
    site: AddressDep,
    token: str,
    provider: str,
) -> Response:
    """The same with a one-time link, which links the account there with the one here."""
    chosen = _named(providers, provider)

    def check(session: Session) -> None:
        now = door.clock()
        links.check_still_fits(session, access_queries.invitation(session, token, now), now)

    await door.read(check)
    return await _lead(request, who, door, providers, chosen, sealing, site, "/", token)


async def _lead(
    request: Request,
    who: Who,
    door: Door,
    providers: Providers,
    chosen: IdentityProvider,
    sealing: Sealing,
    site: str,
    next: str,
    invitation: str,
) -> Response:
    state, back = new_secret(), _back(site, chosen)
    inside = _WECOM_AGENT in door.device.lower()
    try:
        begun = await chosen.begin(back, state, inside=inside)
    except WeikeError as error:
        return await _refused(request, who, door, providers, error, next)
    values = {
        "provider": chosen.settings.key,
        "state": state,
        "kept": dict(begun.kept),
        "next": next,
        "invitation": invitation,
    }
    answer = _elsewhere(request, begun.url)
    door.pages.set_cookie(answer, UNDERWAY_COOKIE, sealing.seal_values(values, door.clock()), UNDERWAY_S)
    return answer


@router.get("/sign-in/with/{provider}/back")
async def back(
    request: Request,
    who: WhoDep,
    door: DoorDep,
    providers: ProvidersDep,
    sealing: UnderwayDep,
    site: AddressDep,
    provider: str,
) -> Response:
    """Take what a browser brings back from a provider, and sign its person in."""
    chosen, next = _named(providers, provider), "/"
    try:
        underway = _underway(request, sealing, door.clock, provider)
        next = underway.next
        query = {name: value for name, value in request.query_params.items() if len(value) <= 4096}
        claimed = await chosen.finish(_back(site, chosen), underway.state, underway.kept, query)
        person_id, entered = await door.write(
            lambda session: _enter(session, chosen, claimed, underway, door, who.sign_in_id)
        )
    except WeikeError as error:
        answer = await _refused(request, who, door, providers, error, next)
    else:
        answer = door.entered(person_id, entered, next, "signed_in")
    door.pages.forget_cookie(answer, UNDERWAY_COOKIE)
    return answer


def _enter(
    session: Session,
    chosen: IdentityProvider,
    claimed: Claimed,
    underway: Underway,
    door: Door,
    present: str | None,
) -> tuple[str, Entered]:
    about, now = chosen.settings, door.clock()
    trust = Trust(about.match_by, about.create)
    person = linking.recognise(session, about.key, claimed, trust, underway.invitation, now)
    if present is not None:
        access.close_sign_in(session, present)
    entered = entering.after_first(
        session,
        person,
        door.device,
        now,
        door.policy,
        provider=about.key,
        proved_elsewhere=about.second_factor,
    )
    return person.id, entered


@router.get("/sign-in/with/{provider}/leave")
async def leave(
    request: Request, door: DoorDep, providers: ProvidersDep, site: AddressDep, provider: str
) -> Response:
    """Lead a browser that was signed out here to where it signs out at the provider too."""
    chosen = _named(providers, provider)
    try:
        url = await chosen.leaving(f"{site}/sign-in")
    except WeikeError as error:
        return door.pages.redirect("/sign-in", error.code, kind="problem")
    return door.pages.redirect("/sign-in") if url is None else _elsewhere(request, url)


def _underway(request: Request, sealing: Sealing, clock: Clock, provider: str) -> Underway:
    """Return what this browser kept; raises Forbidden("provider_flow_over") when an answer is not to it."""
    try:
        values: dict[str, Any] = sealing.open_values(
            request.cookies.get(UNDERWAY_COOKIE, ""), clock(), UNDERWAY_S
        )
        underway = Underway(**values)
    except (Unsealable, TypeError, ValueError) as error:
        raise Forbidden("provider_flow_over") from error
    given = request.query_params.get("state", "")
    same = hmac.compare_digest(given.encode(), underway.state.encode())
    if underway.provider != provider or not same:
        log.warning("an answer of an identity provider that nobody here asked for", provider=provider)
        raise Forbidden("provider_flow_over")
    return underway


async def _refused(
    request: Request, who: Who, door: Door, providers: Providers, error: WeikeError, next: str
) -> Response:
    """Return the sign-in page with why it did not work, and what to do."""

    def show(session: Session) -> Response:
        context = SignInPage(
            frame=door.pages.frame(request, session, who),
            next=next,
            problem=reason(error),
            providers=choices_of(providers, who.language),
        )
        return door.pages.respond(request, who, context, status_of(error))

    answer = await door.read(show)
    answer.headers.update(headers_of(error))
    return answer


def _elsewhere(request: Request, url: str) -> Response:
    """Send a browser to another site: the one address that the middleware then lets through."""
    answer = RedirectResponse(url, 303)
    setattr(request.state, ELSEWHERE, answer.headers["location"])
    answer.headers["cache-control"] = "no-store"
    return answer


def _named(providers: Providers, key: str) -> IdentityProvider:
    chosen = providers.get(key)
    if chosen is None:
        raise NotFound
    return chosen


def _back(site: str, chosen: IdentityProvider) -> str:
    return f"{site}/sign-in/with/{chosen.settings.key}/back"
