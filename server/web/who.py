"""Who is asking: found out once a request, by the token or the cookies that came with it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from fastapi import Request
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from library.access import actions as access
from library.access import queries as access_queries
from library.access import tokens
from library.access.rules import TokenScope
from library.access.second_factor_rules import SecondFactorPolicy
from library.core.clock import Clock
from library.core.database import Database, is_busy
from library.core.errors import SignInNeeded
from library.core.patience import waiting_at_most
from library.core.permits import NOBODY, Viewer
from server.web.doors.networks import seen_from
from server.web.doors.visitors import Visitor, Visitors, new_visitor
from server.web.forms.csrf import csrf_tokens
from server.web.language.i18n import negotiate
from server.web.parts import Language

SESSION_COOKIE = "weike_session"
HALF_COOKIE = "weike_half"
"""Of a sign-in that is half done: it opens the second step and nothing else."""
VISITOR_COOKIE = "weike_visitor"
LANGUAGE_COOKIE = "weike_language"
_SEEN_EVERY = timedelta(hours=1)
_NOTE_WAIT_S = 0.5


@dataclass(frozen=True)
class Who:
    """Who asks: the viewer, their language, and what the browser holds.

    `csrf` are the tokens that its forms may carry, the present one first. `visitor` is who a browser is
    without an account (None for programs), `visitor_cookie` whether its cookie must be set: "first" for one
    that has none of ours, "anew" for one that was signed with the secret before.
    `by_token` marks a program with an API token: it carries no cookie, so nobody can forge its requests.
    `scope` is what that token is for.
    `renew` is the session's cookie when its month has just begun anew and the browser must learn of it.
    """

    viewer: Viewer
    language: Language
    csrf: tuple[str, ...]
    visitor: Visitor | None
    visitor_cookie: Literal["", "first", "anew"]
    sign_in_id: str | None
    by_token: bool
    renew: str = ""
    scope: TokenScope | None = None

    @property
    def play_key(self) -> str:
        """By whom plays are counted: the person, else the browser."""
        if self.viewer.person_id:
            return f"p:{self.viewer.person_id}"
        return f"v:{self.visitor.counted_as if self.visitor else ''}"

    @property
    def is_unknown(self) -> bool:
        """Whether it is a browser without an account that has no cookie of ours yet."""
        return self.visitor_cookie == "first" and self.sign_in_id is None


def nobody(request: Request) -> Who:
    """Return somebody without name or cookie, for answers to those who could not be identified."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    return _without_cookies(NOBODY, negotiate(chosen, request.headers.get("accept-language")))


def _without_cookies(viewer: Viewer, language: Language) -> Who:
    return Who(viewer, language, ("",), None, "", None, True)


def identify(
    request: Request, db: Database, clock: Clock, visitors: Visitors, policy: SecondFactorPolicy
) -> Who:
    """Find out who asks, once per request; raises SignInNeeded for a token that nobody has.

    A session of a password alone is none where `policy` asks more of the person's roles.
    Its transactions are over when it returns: the request's own comes afterwards.
    """
    known: Who | None = getattr(request.state, "who", None)
    if known is None:
        known = identify_anew(request, db, clock, visitors, policy)
        request.state.who = known
    return known


def identify_anew(
    request: Request, db: Database, clock: Clock, visitors: Visitors, policy: SecondFactorPolicy
) -> Who:
    """Find out who asks, as they are now: for answers that go on while somebody may be signed out."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        return _program(request, db, clock, token.strip())
    return _browser(request, db, clock, visitors, policy)


def _program(request: Request, db: Database, clock: Clock, token: str) -> Who:
    now = clock()
    with db.read() as session:
        program = access_queries.program(session, token, now)
    if program is None:
        raise SignInNeeded("token_unknown")
    if program.used_at is None or now - program.used_at > _SEEN_EVERY:
        _note(db, lambda session: tokens.touch_token(session, token, now))
    language = negotiate(None, request.headers.get("accept-language"))
    return replace(_without_cookies(program.viewer, language), scope=program.scope)


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


def _browser(
    request: Request, db: Database, clock: Clock, visitors: Visitors, policy: SecondFactorPolicy
) -> Who:
    cookies, now = request.cookies, clock()
    cookie = cookies.get(SESSION_COOKIE, "")
    signed, renew = None, ""
    if cookie:
        with db.read() as session:
            signed = access_queries.signed_in(session, cookie, now, policy)
        # The first page after signing in writes where it was seen; later ones once an hour.
        if signed is not None and (now - signed.seen_at > _SEEN_EVERY or not signed.network):
            sign_in_id, network = signed.sign_in_id, seen_from(request.scope)
            if _note(db, lambda session: access.touch_sign_in(session, sign_in_id, now, network)):
                renew = cookie
    visitor_cookie = cookies.get(VISITOR_COOKIE, "")
    known = visitors.read(visitor_cookie)
    visitor = known or new_visitor()
    must_set: Literal["", "first", "anew"] = "first"
    if known is not None:
        must_set = "" if visitors.is_of_now(visitor_cookie, known) else "anew"
    chosen = (signed.language if signed else None) or cookies.get(LANGUAGE_COOKIE)
    return Who(
        viewer=signed.viewer if signed else NOBODY,
        language=negotiate(chosen, request.headers.get("accept-language")),
        csrf=csrf_tokens(visitors.secrets(), cookie if signed else visitor.id),
        visitor=visitor,
        visitor_cookie=must_set,
        sign_in_id=signed.sign_in_id if signed else None,
        by_token=False,
        renew=renew,
    )
