"""The only writer of tokens for programs."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from library.access import queries, rules
from library.access.actions import check_signed_in
from library.access.rules import TokenScope
from library.access.tables import ApiToken
from library.audit import actions as audit
from library.audit.rules import Deed
from library.core.errors import Invalid, NotFound
from library.core.ids import new_id, new_secret
from library.core.text import NAME_MAX, required_line
from library.people import queries as people_queries

log = structlog.get_logger()


def make_token(
    session: Session,
    person_id: str,
    sign_in_id: str,
    name: str,
    scope: TokenScope,
    days: int,
    now: datetime,
) -> tuple[ApiToken, str]:
    """Make an API token in the browser `sign_in_id`; returns it and its secret, shown once.

    Raises Invalid, SignInNeeded when that browser was signed out meanwhile: a token must not be what stays.
    """
    if days not in rules.TOKEN_DAYS:
        raise Invalid("unknown_choice", field="days")
    label = required_line(name, "name", NAME_MAX)
    check_signed_in(session, people_queries.locked(session, person_id), sign_in_id)
    secret = "wk_" + new_secret()
    token = ApiToken(
        id=new_id(),
        person_id=person_id,
        name=label,
        token_hash=queries.hash_token(secret),
        scope=scope,
        created_at=now,
        expires_at=now + timedelta(days=days),
        used_at=None,
    )
    session.add(token)
    session.flush()
    session.execute(
        delete(ApiToken).where(ApiToken.expires_at <= now - timedelta(days=rules.TOKEN_KEPT_DAYS))
    )
    log.warning("a token was made", token=token.id, scope=scope.value, days=days)
    audit.note(
        session, Deed.TOKEN_MADE, person_id, of=person_id, thing=token.id, scope=scope.value, days=days
    )
    return token, secret


def touch_token(session: Session, token: str, now: datetime) -> None:
    """Remember that a program uses its token."""
    session.execute(
        update(ApiToken).where(ApiToken.token_hash == queries.hash_token(token)).values(used_at=now)
    )


def drop_token(session: Session, person_id: str, token_id: str, by: str | None) -> None:
    """Delete one of a person's tokens; raises NotFound."""
    theirs = delete(ApiToken).where(ApiToken.id == token_id, ApiToken.person_id == person_id)
    if session.scalar(theirs.returning(ApiToken.id)) is None:
        raise NotFound
    log.warning("a token was revoked", token=token_id, by=by or "-")
    audit.note(session, Deed.TOKEN_ENDED, by, of=person_id, thing=token_id)
