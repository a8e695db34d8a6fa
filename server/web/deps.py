"""What routes ask for by name: a transaction, a clock, who is asking, and what else is open."""

from __future__ import annotations

import asyncio
import hmac
import inspect
import json
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Annotated, Any

from fastapi import Depends, Request
from obstore.store import ObjectStore
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from library.core.clock import Clock
from library.core.database import Database
from library.core.errors import Forbidden, SignInNeeded, TooLarge
from library.core.permits import Role
from library.dictionary.in_use import DictionaryInUse
from library.finding.hits import Finder
from library.finding.indexer import Indexer
from library.intake.downloads import Downloads
from library.searches.asked_queries import AskedQueries
from library.searches.frequent_queries import FrequentQueries
from server.settings import Settings
from server.web.assets import Assets
from server.web.csrf import PROBE_PATH, unmasked
from server.web.lesson_cards import LessonCards
from server.web.media_urls import MediaUrls
from server.web.pages import Pages, counting_rule
from server.web.parts import CountingRule
from server.web.paths import for_programs
from server.web.state import AppState, state_of
from server.web.who import Who, identify

UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})

# One tus chunk is at most 8 MiB (what proxies on the way let through); a little more for its envelope.
CHUNK_MAX_BYTES = 8 * 1024 * 1024 + 64 * 1024
# A form or a JSON body carries at most a transcript.
BODY_MAX_BYTES = 9 * 1024 * 1024


def _held(pick: Callable[[AppState], object]) -> Any:
    """Return a dependency on something that the application holds."""

    async def give(request: Request) -> object:
        # A coroutine, because a plain function would be run in a thread of its own.
        return pick(state_of(request.app))

    return Depends(give)


SettingsDep = Annotated[Settings, _held(lambda state: state.ports.settings)]
ClockDep = Annotated[Clock, _held(lambda state: state.ports.clock)]
SecretDep = Annotated[str, _held(lambda state: state.ports.secret)]
DatabaseDep = Annotated[Database, _held(lambda state: state.ports.db)]
StoreDep = Annotated[ObjectStore, _held(lambda state: state.ports.store)]
IndexerDep = Annotated[Indexer, _held(lambda state: state.ports.indexer)]
FinderDep = Annotated[Finder, _held(lambda state: state.ports.finder)]
DictionaryDep = Annotated[DictionaryInUse, _held(lambda state: state.ports.dictionary)]
AskedDep = Annotated[AskedQueries, _held(lambda state: state.ports.asked)]
FrequentDep = Annotated[FrequentQueries, _held(lambda state: state.ports.frequent)]
DownloadsDep = Annotated[Downloads, _held(lambda state: state.ports.downloads)]
PagesDep = Annotated[Pages, _held(lambda state: state.pages)]
CardsDep = Annotated[LessonCards, _held(lambda state: state.cards)]
MediaDep = Annotated[MediaUrls, _held(lambda state: state.media)]


def site_address(request: Request) -> str:
    """Return the address that opens this site, without a slash at the end: the public one of the settings,
    else that under which whoever asks has come."""
    settings = state_of(request.app).ports.settings
    return settings.base_url if settings.public_url else str(request.base_url).rstrip("/")


AddressDep = Annotated[str, Depends(site_address)]
RuleDep = Annotated[CountingRule, _held(lambda state: counting_rule(state.ports.settings))]
AssetsDep = Annotated[Assets, _held(lambda state: state.assets)]
StoppingDep = Annotated[asyncio.Event, _held(lambda state: state.stopping)]


def read_session(db: DatabaseDep) -> Iterator[Session]:
    """Give the request one state of the data to read."""
    with db.read() as session:
        yield session


def write_session(db: DatabaseDep) -> Iterator[Session]:
    """Give the request one transaction; it is committed before the answer is sent."""
    with db.write() as session:
        yield session


# One of the two a request, and no transaction of its own beside it: the pool has no connection to spare.
Reading = Annotated[Session, Depends(read_session, scope="function")]
Writing = Annotated[Session, Depends(write_session, scope="function")]


async def who_asks(request: Request) -> Who:
    """Return who asks; raises SignInNeeded.

    It takes a turn of its own, which is over before the request's body is read.
    """
    known: Who | None = getattr(request.state, "who", None)
    if known is not None:
        return known
    state = state_of(request.app)
    ports = state.ports
    async with state.turns:
        return await run_in_threadpool(identify, request, ports.db, ports.clock, ports.secret)


WhoDep = Annotated[Who, Depends(who_asks)]


async def turn(request: Request) -> AsyncIterator[None]:
    """Wait for a turn before anything is opened for a route, and give it back before the answer is sent.

    A route that is a coroutine takes none. It waits itself, for an upload, for a file that is made or for
    something to tell, and uses threads and the database for moments only.
    """
    route = request.scope["endpoint"]
    if inspect.iscoroutinefunction(route) or inspect.isasyncgenfunction(route):
        yield
        return
    async with state_of(request.app).turns:
        yield


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
    if not given and for_programs(request.url.path):
        # A page of ours never forgets it: something on the way took the header away, or the cookie is forged.
        raise Forbidden("csrf_absent")
    if unknown or not hmac.compare_digest(unmasked(given).encode(), who.csrf.encode()):
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
