"""Where a request comes from, as attempts to sign in are counted."""

from __future__ import annotations

from datetime import datetime

from fastapi import Request

from library.access.attempts import Origin
from library.access.known_browsers import KEPT_DAYS, KnownBrowser
from server.web.doors.networks import origin_of as network_of

KNOWN_COOKIE = "weike_known"
KNOWN_LIFE_S = KEPT_DAYS * 24 * 3600


def origin_of(request: Request, secret: str) -> Origin:
    """Return where a request comes from.

    Behind a proxy of `WEIKE_TRUSTED_PROXIES` it is the visitor's address: uvicorn has put it there.
    """
    return Origin(network_of(request.scope), KnownBrowser.read(secret, request.cookies.get(KNOWN_COOKIE, "")))


def known_cookie(request: Request, secret: str, person_id: str, now: datetime) -> str:
    """Return the cookie of a browser in which a person has just signed in."""
    browser = KnownBrowser.read(secret, request.cookies.get(KNOWN_COOKIE, ""))
    return browser.after_sign_in(person_id, now)
