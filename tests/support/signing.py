"""Signing in without HTTP: counted, compared and opened, in the order in which a request does it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from library.access import actions as access
from library.access import attempts, entering, queries, tokens
from library.access.attempts import Origin
from library.access.known_browsers import KnownBrowser
from library.access.rules import TokenScope
from library.access.tables import ApiToken
from library.core.database import Database
from library.people import passwords
from library.people import queries as people
from library.people.name_rules import sign_in_keys
from server.addresses import network_of

SECRET = "0123456789abcdef0123456789abcdef"


def origin(address: str = "192.0.2.1", cookie: str = "") -> Origin:
    """Where somebody comes from."""
    return Origin(network_of(address), KnownBrowser.read(SECRET, cookie))


def sign_in(
    db: Database, username: str, password: str, now: datetime, where: Origin | None = None
) -> str | None:
    """The id of the person whose name and password fit; raises Throttled."""
    keys = sign_in_keys(username)
    if not keys:
        return None
    folded = keys[-1]
    with db.read() as session:
        attempt = attempts.begin(session, folded, where or origin(), now)
    with db.write() as session:
        attempts.count(session, attempt.marks, now)
    if not passwords.fits(password, attempt.password_hash):
        return None
    with db.write() as session:
        return attempt.person_id if entering.after_password(session, attempt, "", now) else None


def token(
    session: Session, person_id: str, name: str, now: datetime, scope: TokenScope = TokenScope.PEOPLE
) -> tuple[ApiToken, str]:
    """A token of somebody, made in a browser that was signed in for it."""
    person = people.person(session, person_id)
    access.open_sign_in(session, person, "", now)
    session.flush()
    [browser, *_] = queries.sign_ins_of(session, person_id, now)
    return tokens.make_token(session, person_id, browser.id, name, scope, 365, now)
