"""What routes ask for: the ports, a transaction, and who is asking."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from library.access import actions as access
from library.access import queries as access_queries
from library.core.errors import Forbidden, SignInNeeded, TooLarge
from library.core.ids import new_secret
from library.core.permits import NOBODY, Role, Viewer
from server.web.csrf import csrf_token
from server.web.i18n import negotiate
from server.web.parts import Language
from server.wiring import Ports

SESSION_COOKIE = "weike_session"
VISITOR_COOKIE = "weike_visitor"
LANGUAGE_COOKIE = "weike_language"
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})

# One tus chunk is at most 8 MiB (what proxies on the way let through); a little more for its envelope.
CHUNK_MAX_BYTES = 8 * 1024 * 1024 + 64 * 1024
# A form or a JSON body carries at most a transcript.
BODY_MAX_BYTES = 9 * 1024 * 1024
# `weike doctor` sends as much as a chunk here; it changes nothing, so nobody gains by forging it.
PROBE_PATH = "/healthz/upload-probe"
_SEEN_EVERY = timedelta(hours=1)


def get_ports(request: Request) -> Ports:
    """Return the open ports."""
    ports: Ports = request.app.state.ports
    return ports


PortsDep = Annotated[Ports, Depends(get_ports)]


def read_session(ports: PortsDep) -> Iterator[Session]:
    """Give the request one state of the data to read."""
    with ports.db.read() as session:
        yield session


def write_session(ports: PortsDep) -> Iterator[Session]:
    """Give the request one transaction; it is committed before the answer is sent."""
    with ports.db.write() as session:
        yield session


Reading = Annotated[Session, Depends(read_session, scope="function")]
Writing = Annotated[Session, Depends(write_session, scope="function")]


@dataclass(frozen=True)
class Who:
    """Who asks: the viewer, their language, and what the browser holds.

    `visitor` is the random cookie of a browser ("" for programs), `fresh_visitor` whether it must be set.
    `by_token` marks a program with an API token: it carries no cookie, so nobody can forge its requests.
    `renew` is the session's cookie when its month has just begun anew and the browser must learn of it.
    """

    viewer: Viewer
    language: Language
    csrf: str
    visitor: str
    fresh_visitor: bool
    sign_in_id: str | None
    by_token: bool
    renew: str = ""

    @property
    def play_key(self) -> str:
        """By whom plays are counted: the person, else the browser's random cookie."""
        return f"p:{self.viewer.person_id}" if self.viewer.person_id else f"v:{self.visitor[:32]}"


async def who_asks(request: Request, ports: PortsDep) -> Who:
    """Return who asks; it takes a turn of its own, which is over before the request's body is read."""
    async with request.app.state.turns:
        return await run_in_threadpool(identify, request, ports)


def identify(request: Request, ports: Ports) -> Who:
    """Find out who asks, once per request."""
    known: Who | None = getattr(request.state, "who", None)
    if known is None:
        known = _identify(request, ports)
        request.state.who = known
    return known


WhoDep = Annotated[Who, Depends(who_asks)]


def _identify(request: Request, ports: Ports) -> Who:
    cookies, headers = request.cookies, request.headers
    accept = headers.get("accept-language")
    now = ports.clock()
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        with ports.db.read() as session:
            viewer = access_queries.viewer_by_token(session, token.strip())
            used_at = access_queries.token_used_at(session, token.strip())
        if viewer is None:
            raise SignInNeeded("token_unknown")
        if used_at is None or now - used_at > _SEEN_EVERY:
            with ports.db.write() as session:
                access.touch_token(session, token.strip(), now)
        return Who(viewer, negotiate(None, accept), "", "", False, None, True)
    cookie = cookies.get(SESSION_COOKIE, "")
    signed, renew = None, ""
    if cookie:
        with ports.db.read() as session:
            signed = access_queries.signed_in(session, cookie, now)
        if signed is not None and now - signed.seen_at > _SEEN_EVERY:
            with ports.db.write() as session:
                access.touch_sign_in(session, signed.sign_in_id, now)
            renew = cookie
    visitor = cookies.get(VISITOR_COOKIE, "")
    fresh = len(visitor) < 32
    visitor = new_secret() if fresh else visitor
    language = negotiate((signed.language if signed else None) or cookies.get(LANGUAGE_COOKIE), accept)
    return Who(
        viewer=signed.viewer if signed else NOBODY,
        language=language,
        csrf=csrf_token(ports.secret, cookie if signed else visitor),
        visitor=visitor,
        fresh_visitor=fresh,
        sign_in_id=signed.sign_in_id if signed else None,
        by_token=False,
        renew=renew,
    )


async def guard(request: Request, who: WhoDep) -> None:
    """Refuse what changes something without the page's CSRF token, and bodies larger than anything needs.

    Runs before every route of the application, so that no route can forget it.
    """
    if request.method not in UNSAFE:
        return
    limit = CHUNK_MAX_BYTES if request.url.path.startswith("/tus") else BODY_MAX_BYTES
    length = request.headers.get("content-length")
    if length is None and request.headers.get("transfer-encoding"):
        raise TooLarge("length_needed")
    if length is not None and (not length.isdecimal() or int(length) > limit):
        raise TooLarge("body_size", most_bytes=limit)
    if who.by_token or request.url.path == PROBE_PATH:
        return
    given = request.headers.get("x-csrf-token") or await _token_in_body(request)
    # Without an account the token belongs to the visitor's cookie, which this browser does not have yet.
    unknown = who.fresh_visitor and who.sign_in_id is None
    if unknown or not hmac.compare_digest(given.encode(), who.csrf.encode()):
        raise Forbidden("csrf")


async def _token_in_body(request: Request) -> str:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
        value = (await request.form()).get("csrf")
        return value if isinstance(value, str) else ""
    if kind in ("text/plain", "application/json"):
        # navigator.sendBeacon can set no header, so its token travels in the JSON itself.
        try:
            body = json.loads(await request.body())
        except (ValueError, RecursionError):
            return ""
        value = body.get("csrf") if isinstance(body, dict) else None
        return value if isinstance(value, str) else ""
    return ""


def need(role: Role) -> object:
    """Return a dependency that lets in who holds `role` (or a higher one) anywhere."""

    def check(who: WhoDep) -> Who:
        if not who.viewer.signed_in:
            raise SignInNeeded
        if not who.viewer.has(role):
            raise Forbidden
        return who

    return Depends(check)


def signed_in(who: WhoDep) -> Who:
    """Let in whoever has an account."""
    if not who.viewer.signed_in:
        raise SignInNeeded
    return who


SignedIn = Annotated[Who, Depends(signed_in)]
Lecturer = Annotated[Who, need(Role.LECTURER)]
Staff = Annotated[Who, need(Role.STAFF)]
