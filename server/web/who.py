"""Who is asking: found out once a request, by the token or the cookies that came with it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from fastapi import Request
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from library.access import actions as access
from library.access import queries as access_queries
from library.core.clock import Clock
from library.core.database import Database, is_busy, waiting_at_most
from library.core.errors import SignInNeeded
from library.core.ids import new_secret
from library.core.permits import NOBODY, Viewer
from server.web.csrf import csrf_token
from server.web.language.i18n import negotiate
from server.web.parts import Language

SESSION_COOKIE = "weike_session"
VISITOR_COOKIE = "weike_visitor"
LANGUAGE_COOKIE = "weike_language"
_SEEN_EVERY = timedelta(hours=1)
_NOTE_WAIT_S = 0.5


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


def nobody(request: Request) -> Who:
    """Return somebody without name or cookie, for answers to those who could not be identified."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    return Who(NOBODY, negotiate(chosen, request.headers.get("accept-language")), "", "", False, None, True)


def identify(request: Request, db: Database, clock: Clock, secret: str) -> Who:
    """Find out who asks, once per request; raises SignInNeeded for a token that nobody has.

    Its transactions are over when it returns: the request's own comes afterwards.
    """
    known: Who | None = getattr(request.state, "who", None)
    if known is None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and token:
            known = _program(request, db, clock, token.strip())
        else:
            known = _browser(request, db, clock, secret)
        request.state.who = known
    return known


def _program(request: Request, db: Database, clock: Clock, token: str) -> Who:
    now = clock()
    with db.read() as session:
        viewer = access_queries.viewer_by_token(session, token)
        used_at = access_queries.token_used_at(session, token)
    if viewer is None:
        raise SignInNeeded("token_unknown")
    if used_at is None or now - used_at > _SEEN_EVERY:
        _note(db, lambda session: access.touch_token(session, token, now))
    return Who(viewer, negotiate(None, request.headers.get("accept-language")), "", "", False, None, True)


def _note(db: Database, write: Callable[[Session], object]) -> bool:
    """Write when somebody was last here; what cannot be written now is for the next request to write."""
    try:
        with waiting_at_most(_NOTE_WAIT_S), db.write() as session:
            write(session)
    except (DBAPIError, sqlite3.OperationalError) as error:
        if not is_busy(error):
            raise
        return False
    return True


def _browser(request: Request, db: Database, clock: Clock, secret: str) -> Who:
    cookies, now = request.cookies, clock()
    cookie = cookies.get(SESSION_COOKIE, "")
    signed, renew = None, ""
    if cookie:
        with db.read() as session:
            signed = access_queries.signed_in(session, cookie, now)
        if signed is not None and now - signed.seen_at > _SEEN_EVERY:
            sign_in_id = signed.sign_in_id
            if _note(db, lambda session: access.touch_sign_in(session, sign_in_id, now)):
                renew = cookie
    visitor = cookies.get(VISITOR_COOKIE, "")
    fresh = len(visitor) < 32
    visitor = new_secret() if fresh else visitor
    chosen = (signed.language if signed else None) or cookies.get(LANGUAGE_COOKIE)
    return Who(
        viewer=signed.viewer if signed else NOBODY,
        language=negotiate(chosen, request.headers.get("accept-language")),
        csrf=csrf_token(secret, cookie if signed else visitor),
        visitor=visitor,
        fresh_visitor=fresh,
        sign_in_id=signed.sign_in_id if signed else None,
        by_token=False,
        renew=renew,
    )
