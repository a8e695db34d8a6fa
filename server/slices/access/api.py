"""One's own tokens and browsers under /api/v1."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel

from library.access import actions as access
from library.access import queries
from library.access import tokens as access_tokens
from library.access.rules import TokenScope
from server.web.deps import ClockDep, Reading, SignedIn, Writing

router = APIRouter(prefix="/api/v1/account", tags=["account"])


class TokenOut(BaseModel):
    """A token's label, what it is for, and when it ends; the token itself is told only when it is made."""

    id: str
    name: str
    scope: TokenScope
    made_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    over: bool


class TokensOut(BaseModel):
    """Tokens, newest first."""

    tokens: list[TokenOut]


class BrowserOut(BaseModel):
    """A browser that is signed in: what it calls itself, since when, when last seen, and whether it asks."""

    id: str
    agent: str
    since: datetime
    last_seen_at: datetime
    this_one: bool


class BrowsersOut(BaseModel):
    """Browsers, last seen first."""

    browsers: list[BrowserOut]


@router.get("/tokens")
def list_tokens(session: Reading, who: SignedIn, clock: ClockDep) -> TokensOut:
    """Your tokens. New ones are made on the page of your account, never by a program."""
    now = clock()
    return TokensOut(
        tokens=[
            TokenOut(
                id=token.id,
                name=token.name,
                scope=token.scope,
                made_at=token.created_at,
                expires_at=token.expires_at,
                last_used_at=token.used_at,
                over=token.expires_at <= now,
            )
            for token in queries.tokens_of(session, str(who.viewer.person_id))
        ]
    )


@router.delete("/tokens/{token_id}", status_code=204)
def revoke_token(session: Writing, who: SignedIn, token_id: str) -> None:
    """Make one of your tokens worthless."""
    access_tokens.drop_token(session, str(who.viewer.person_id), token_id, who.viewer.person_id)


@router.get("/browsers")
def list_browsers(session: Reading, who: SignedIn, clock: ClockDep) -> BrowsersOut:
    """Where you are signed in (for the pages' own scripts; not with a token)."""
    return BrowsersOut(
        browsers=[
            BrowserOut(
                id=row.id,
                agent=row.device,
                since=row.created_at,
                last_seen_at=row.seen_at,
                this_one=row.id == who.sign_in_id,
            )
            for row in queries.sign_ins_of(session, str(who.viewer.person_id), clock())
        ]
    )


@router.delete("/browsers/{browser_id}", status_code=204)
def sign_out_browser(session: Writing, who: SignedIn, browser_id: str) -> None:
    """Sign one of your browsers out (not with a token)."""
    access.close_sign_in_of(session, str(who.viewer.person_id), browser_id)


@router.post("/sign-out-everywhere", status_code=204)
def sign_out_everywhere(session: Writing, who: SignedIn) -> None:
    """End all your browsers, tokens and open links (not with a token)."""
    access.sign_out_everywhere(session, who.viewer, str(who.viewer.person_id))
