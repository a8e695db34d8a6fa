"""What routes ask for by name: a transaction, a clock, who is asking, and what else is open."""

from __future__ import annotations

import asyncio
import hmac
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request
from obstore.store import ObjectStore
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from library.access.sealing import Sealing
from library.audit.readings import Readings
from library.core.clock import Clock
from library.core.database import Database
from library.core.errors import Forbidden, SignInNeeded
from library.core.integrity import Integrity
from library.core.permits import Role
from library.core.rights import Act, somewhere
from library.dictionary.in_use import DictionaryInUse
from library.finding.hits import Finder
from library.finding.indexer import Indexer
from library.intake.files.downloads import Downloads
from library.intake.transcripts.reading.reader import TranscriptReader
from library.records.picturing.drawer import PhotoDrawer
from library.records.writing.writer import RecordWriter
from library.searches.asked_queries import AskedQueries
from library.searches.frequent_queries import FrequentQueries
from library.studio.covering.painter import CoverPainter
from library.works.reading.reader import FileReader
from server.identity.opening import Providers
from server.in_force import SettingsInForce
from server.keeping.shelf_looks import ShelfLooks
from server.push_service import PushService
from server.settings import Settings
from server.web.doors.hashing import Hashing
from server.web.doors.token_scope import needed
from server.web.doors.visitors import Visitors
from server.web.files.assets import Assets
from server.web.forms.csrf import PROBE_PATH, unmasked
from server.web.limits.sizes import FORM_LIMITS
from server.web.pages import Pages, counting_rule
from server.web.parts import CountingRule
from server.web.paths import for_programs
from server.web.shown.lesson_cards import LessonCards
from server.web.shown.media_urls import MediaUrls
from server.web.state import AppState, state_of
from server.web.turns import Turns
from server.web.who import Who, identify

Made = TypeVar("Made")

UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})

_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def _held(pick: Callable[[AppState], object]) -> Any:
    """Return a dependency on something that the application holds."""

    async def give(request: Request) -> object:
        # A coroutine, because a plain function would be run in a thread of its own.
        return pick(state_of(request.app))

    return Depends(give)


SettingsDep = Annotated[Settings, _held(lambda state: state.ports.in_force.now.settings)]
InForceDep = Annotated[SettingsInForce, _held(lambda state: state.ports.in_force)]
ClockDep = Annotated[Clock, _held(lambda state: state.ports.clock)]
VisitorsDep = Annotated[Visitors, _held(lambda state: state.visitors)]
SecretsDep = Annotated[tuple[str, ...], _held(lambda state: state.ports.site_keys.in_use)]
SecretDep = Annotated[str, _held(lambda state: state.ports.secret)]
SealingDep = Annotated[Sealing, _held(lambda state: state.ports.sealing)]
UnderwayDep = Annotated[Sealing, _held(lambda state: state.ports.underway)]
ProvidersDep = Annotated[Providers, _held(lambda state: state.ports.providers)]
DatabaseDep = Annotated[Database, _held(lambda state: state.ports.db)]
PushDep = Annotated[PushService | None, _held(lambda state: state.ports.push_service)]
StoreDep = Annotated[ObjectStore, _held(lambda state: state.ports.store)]
IntegrityDep = Annotated[Integrity, _held(lambda state: state.ports.integrity)]
IndexerDep = Annotated[Indexer, _held(lambda state: state.ports.indexer)]
FinderDep = Annotated[Finder, _held(lambda state: state.ports.finder)]
DictionaryDep = Annotated[DictionaryInUse, _held(lambda state: state.ports.dictionary)]
AskedDep = Annotated[AskedQueries, _held(lambda state: state.ports.asked)]
FrequentDep = Annotated[FrequentQueries, _held(lambda state: state.ports.frequent)]
ReadingsDep = Annotated[Readings, _held(lambda state: state.ports.readings)]
ReaderDep = Annotated[TranscriptReader, _held(lambda state: state.reader)]
RecordsDep = Annotated[RecordWriter, _held(lambda state: state.records)]
PainterDep = Annotated[CoverPainter, _held(lambda state: state.covers)]
DrawerDep = Annotated[PhotoDrawer, _held(lambda state: state.photos)]
ShelfLooksDep = Annotated[ShelfLooks, _held(lambda state: state.shelf_looks)]
FilesDep = Annotated[FileReader, _held(lambda state: state.files)]
DownloadsDep = Annotated[Downloads, _held(lambda state: state.ports.downloads)]
PagesDep = Annotated[Pages, _held(lambda state: state.pages)]
CardsDep = Annotated[LessonCards, _held(lambda state: state.cards)]
MediaDep = Annotated[MediaUrls, _held(lambda state: state.media)]


def made_at_once(make: Callable[..., Made]) -> Callable[..., Awaitable[Made]]:
    """Return a class or function as a dependency that is called where the request is, and in no thread of its
    own: for what only puts values together."""

    async def give(**values: Any) -> Made:
        return make(**values)

    give.__signature__ = inspect.signature(make, eval_str=True)  # type: ignore[attr-defined]
    return give


async def site_address(request: Request) -> str:
    """Return the address that opens this site, without a slash at the end: the public one of the settings,
    else that under which whoever asks has come."""
    settings = state_of(request.app).ports.settings
    return settings.base_url if settings.public_url else str(request.base_url).rstrip("/")


AddressDep = Annotated[str, Depends(site_address)]
RuleDep = Annotated[CountingRule, _held(lambda state: counting_rule(state.ports.settings))]
AssetsDep = Annotated[Assets, _held(lambda state: state.assets)]
TurnsDep = Annotated[Turns, _held(lambda state: state.turns)]
HashingDep = Annotated[Hashing, _held(lambda state: state.hashing)]
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
        return await run_in_threadpool(
            identify, request, ports.db, ports.clock, state.visitors, ports.settings.second_factor
        )


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
    """Refuse what changes something without the page's CSRF token; to a program what its token is not for.

    Runs before every route of the application, so that no route can forget it. What a request brings has been
    measured by then (server.web.middleware.bodies).
    """
    if who.scope is not None:
        scope = needed(request.method, request.url.path)
        if scope is None or not who.scope.covers(scope):
            raise Forbidden("token_scope" if scope is not None else "token_never")
    if request.method not in UNSAFE:
        return
    if who.by_token or request.url.path == PROBE_PATH:
        return
    given = request.headers.get("x-csrf-token") or await _token_in_form(request)
    # Without an account the token belongs to the visitor's cookie, which this browser does not have yet.
    if not given and for_programs(request.url.path):
        # A page of ours never forgets it: something on the way took the header away, or the cookie is forged.
        raise Forbidden("csrf_absent")
    said = unmasked(given).encode()
    if who.is_unknown or not any(hmac.compare_digest(said, one.encode()) for one in who.csrf):
        raise Forbidden("csrf")


async def _token_in_form(request: Request) -> str:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _FORMS:
        return ""
    value = (await request.form(**FORM_LIMITS)).get("csrf")
    return value if isinstance(value, str) else ""


def need(what: Act | Role) -> object:
    """Return a dependency that lets in who may do an act somewhere in the tree (library.core.rights), or who
    holds a role anywhere."""

    async def check(who: WhoDep) -> Who:
        if not who.viewer.signed_in:
            raise SignInNeeded
        if not (somewhere(who.viewer, what) if isinstance(what, Act) else who.viewer.has(what)):
            raise Forbidden
        return who

    return Depends(check)


async def signed_in(who: WhoDep) -> Who:
    """Let in whoever has an account."""
    if not who.viewer.signed_in:
        raise SignInNeeded
    return who


SignedIn = Annotated[Who, Depends(signed_in)]
Lecturer = Annotated[Who, need(Act.LESSON_MAKE)]
Measurer = Annotated[Who, need(Act.STATS_OVERVIEW)]
Reviewer = Annotated[Who, need(Act.LESSON_PUBLISH)]
Staff = Annotated[Who, need(Act.NODE_LOOK)]
Secretary = Annotated[Who, need(Act.PEOPLE_KEEP)]
Eraser = Annotated[Who, need(Act.PEOPLE_ERASE)]
ReflectionReader = Annotated[Who, need(Act.REFLECTION_DECIDE)]
Describer = Annotated[Who, need(Act.ABOUT_DESCRIBE)]
Planner = Annotated[Who, need(Act.WEEK_PLAN)]
Convener = Annotated[Who, need(Act.GATHERING_PLAN)]
Decider = Annotated[Who, need(Act.DECLARATION_DECIDE)]
LevelArranger = Annotated[Who, need(Act.DECLARATION_ARRANGE)]
Caller = Annotated[Who, need(Act.CALL_KEEP)]
Grader = Annotated[Who, need(Act.GRADES_KEEP)]
RuleMaker = Annotated[Who, need(Act.GRADES_RULES)]
Waiver = Annotated[Who, need(Act.GRADES_WAIVE)]
Answerer = Annotated[Who, need(Act.SUGGESTIONS_ANSWER)]
QuestionAnswerer = Annotated[Who, need(Act.QUESTION_ANSWER)]
Auditor = Annotated[Who, need(Act.LEDGER_READ)]
Admin = Annotated[Who, need(Act.SYSTEM_LOOK)]
SystemChanger = Annotated[Who, need(Act.SYSTEM_CHANGE)]
