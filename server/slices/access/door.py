"""One request that brings a password: counted, hashed in its turn, and never both at once.

The database is asked in moments of a turn's length each, before and after the hash. While it waits for the
hash such a request holds neither a thread nor a connection, so any number of them leave the pages theirs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Annotated, TypeVar
from urllib.parse import urlencode

from fastapi import Depends, Request
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from library.access import actions as access
from library.access import attempts, entering, second_factor
from library.access.actions import FreshSignIn
from library.access.attempts import Attempt
from library.access.entering import Entered
from library.access.queries import hash_token
from library.access.rules import SIGN_IN_DAYS, Counted
from library.access.sealing import Sealing
from library.access.second_factor_queries import Half, half_sign_in
from library.access.second_factor_rules import HALF_MIN
from library.audit.readings import Readings
from library.audit.rules import Deed
from library.core.clock import Clock, local_day
from library.core.database import Database
from library.core.errors import Throttled
from library.people import passwords
from library.people import queries as people
from library.people.name_rules import sign_in_keys
from library.people.passwords import HashedPassword
from server.settings import Settings
from server.web.deps import (
    ClockDep,
    DatabaseDep,
    HashingDep,
    PagesDep,
    ReadingsDep,
    SecretDep,
    SettingsDep,
    TurnsDep,
    VisitorsDep,
)
from server.web.doors.hashing import Hashing
from server.web.doors.origin import KNOWN_COOKIE, KNOWN_LIFE_S, known_cookie, origin_of
from server.web.doors.visitors import Visitors
from server.web.forms.csrf import csrf_tokens
from server.web.pages import Pages, safe_next
from server.web.turns import Turns
from server.web.who import HALF_COOKIE, SESSION_COOKIE, Who

T = TypeVar("T")

_PATIENT_PAUSE_S, _PATIENT_TIMES = 0.5, 40
"""So long a new password waits for a place in line: twenty seconds."""


class Door:
    """Lets people in by their passwords, and takes new ones."""

    def __init__(
        self,
        request: Request,
        pages: Pages,
        clock: Clock,
        db: Database,
        secret: str,
        hashing: Hashing,
        turns: Turns,
        readings: Readings,
        settings: Settings,
        visitors: Visitors,
    ) -> None:
        self.request, self.pages, self.clock = request, pages, clock
        self.policy, self._visitors = settings.second_factor, visitors
        self._db, self._secret, self._hashing, self._turns = db, secret, hashing, turns
        self._readings = readings

    @property
    def device(self) -> str:
        """What the browser says it is."""
        return self.request.headers.get("user-agent", "")

    async def read(self, look: Callable[[Session], T]) -> T:
        """Return what `look` finds in one state of the data."""

        def work() -> T:
            with self._db.read() as session:
                return look(session)

        return await self._moment(work)

    async def write(self, act: Callable[[Session], T]) -> T:
        """Return what `act` did in one transaction."""

        def work() -> T:
            with self._db.write() as session:
                return act(session)

        return await self._moment(work)

    async def _moment(self, work: Callable[[], T]) -> T:
        async with self._turns:
            return await run_in_threadpool(work)

    async def sign_in(self, username: str, password: str) -> tuple[str, Entered] | None:
        """Return whose name and password these are, signed in or half; None when they do not fit.

        Raises Throttled(wait_s=...). A name nobody has, and a closed account, cost the same time as a wrong
        password, so that names cannot be fished for.
        """
        keys = sign_in_keys(username)
        if not keys:
            return None
        folded = keys[-1]
        origin = origin_of(self.request, self._secret)
        try:
            attempt = await self.read(lambda session: attempts.begin(session, folded, origin, self.clock()))
            fits = await self._fits(attempt, password)
        except Throttled:
            # Gathered: an attack sends these without end, and must not make anybody write.
            person = await self.read(lambda session: people.person_by_username(session, folded))
            self._readings.note(None, "", of=person.id if person else None, deed=Deed.SIGN_IN_THROTTLED)
            raise
        fresh: Entered | None = None
        if fits:
            fresh = await self.write(
                lambda session: entering.after_password(
                    session, attempt, self.device, self.clock(), self.policy
                )
            )
        if fresh is None or attempt.person_id is None:
            await self.write(lambda session: access.note_failed(session, attempt.person_id))
            return None
        return attempt.person_id, fresh

    async def _fits(self, attempt: Attempt, password: str) -> bool:
        async with self._hashing.place(first=attempt.known) as place:
            await self.write(lambda session: attempts.count(session, attempt.marks, self.clock()))
            return await place.run(lambda: passwords.fits(password, attempt.password_hash))

    async def fits_own(self, person_id: str, password: str) -> str | None:
        """Return the hash that somebody's own old password fits, None when it is wrong; raises Throttled.

        Who sits at a browser that its owner has left open must not guess the password there.
        """
        marks = attempts.owner(self._secret, person_id)
        async with self._hashing.place(first=True) as place:
            await self.write(lambda session: attempts.count(session, marks, self.clock()))
            kept = await self.read(lambda session: people.person(session, person_id).password_hash)
            if not await place.run(lambda: passwords.fits(password, kept)):
                await self.write(lambda session: access.note_failed(session, person_id))
                return None
        await self.write(lambda session: attempts.take_back(session, marks))
        return kept

    async def hashed(self, password: str) -> HashedPassword:
        """Return the hash of a new password, which was found good; raises Throttled.

        Whoever brings one has shown a link, a code or a password, so they wait in line for a while instead of
        being sent away: forty people in one room choose theirs in the same minute.
        """
        for _again in range(_PATIENT_TIMES):
            with suppress(Throttled):
                return await self._hashed_now(password)
            await asyncio.sleep(_PATIENT_PAUSE_S)
        return await self._hashed_now(password)

    async def _hashed_now(self, password: str) -> HashedPassword:
        async with self._hashing.place(first=True) as place:
            return await place.run(lambda: passwords.hashed(password))

    async def half(self) -> Half | None:
        """Return the sign-in of this browser that is half done."""
        cookie = self.request.cookies.get(HALF_COOKIE, "")
        return await self.read(lambda session: half_sign_in(session, cookie, self.clock()))

    async def finish(self, half: Half, sealing: Sealing, typed: str) -> FreshSignIn | None:
        """Return the whole sign-in that a code makes of a half one, None for a wrong code.

        Raises Throttled: codes are counted with the passwords of the same name, place and browser, so that
        guessing them holds up no browser in which the person has signed in before.
        """
        origin = origin_of(self.request, self._secret)
        attempt = await self.read(
            lambda session: attempts.begin(session, half.username, origin, self.clock())
        )
        await self.write(lambda session: attempts.count(session, attempt.marks, self.clock()))
        return await self.write(
            lambda session: entering.enter_with_code(
                session, sealing, half, attempt, typed, self.device, self.clock()
            )
        )

    async def shows_second(self, person_id: str, sealing: Sealing, typed: str) -> bool:
        """Tell whether somebody signed in shows a right code; raises Throttled, like wrong old passwords."""
        marks = attempts.owner(self._secret, person_id)
        await self.write(lambda session: attempts.count(session, marks, self.clock()))

        def use(session: Session) -> bool:
            people.locked(session, person_id)
            if second_factor.use(session, sealing, person_id, typed, self.clock()) is None:
                second_factor.note_failed(session, person_id)
                return False
            attempts.take_back(session, marks)
            return True

        return await self.write(use)

    def entered(self, person_id: str, entered: Entered, next: str, done: str) -> Response:
        """Send a browser on to where it wanted to go, or to the second step first."""
        if isinstance(entered, FreshSignIn):
            answer = self.pages.redirect(safe_next(next), done)
            self.let_in(answer, person_id, entered)
            return answer
        answer = self.pages.redirect(f"/sign-in/second?{urlencode({'next': safe_next(next)})}")
        # What the browser was signed in with before ends here for it: it opens nothing beside the half.
        self.pages.forget_cookie(answer, SESSION_COOKIE)
        self.pages.set_cookie(answer, HALF_COOKIE, entered.cookie, HALF_MIN * 60)
        return answer

    def as_signed_in(self, session: Session, who: Who, person_id: str, fresh: FreshSignIn) -> Who:
        """Return who asks once the answer has come with its cookie: the page's forms belong to that one."""
        return replace(
            who,
            viewer=people.viewer_of(session, people.person(session, person_id), local_day(self.clock())),
            csrf=csrf_tokens(self._visitors.secrets(), fresh.cookie),
            sign_in_id=hash_token(fresh.cookie),
        )

    async def counted(self, kind: Counted) -> Mapping[Counted, str]:
        """Count that a code is typed, or that somebody asks, in this network; returns what can be taken back.

        Raises Throttled(wait_s=...).
        """
        network = origin_of(self.request, self._secret).network
        marks = attempts.of_network(self._secret, kind, network)
        await self.write(lambda session: attempts.count(session, marks, self.clock()))
        return marks

    def let_in(self, answer: Response, person_id: str, fresh: FreshSignIn) -> None:
        """Give the browser the cookie of its session, and that by which it is known from now on."""
        self.pages.set_session(answer, fresh.cookie, SIGN_IN_DAYS * 24 * 3600)
        if HALF_COOKIE in self.request.cookies:
            self.pages.forget_cookie(answer, HALF_COOKIE)
        self.remember(answer, person_id)

    def remember(self, answer: Response, person_id: str) -> None:
        """Give the browser the cookie by which it is known as one of this person's."""
        cookie = known_cookie(self.request, self._secret, person_id, self.clock())
        self.pages.set_cookie(answer, KNOWN_COOKIE, cookie, KNOWN_LIFE_S)


async def _door(
    request: Request,
    pages: PagesDep,
    clock: ClockDep,
    db: DatabaseDep,
    secret: SecretDep,
    hashing: HashingDep,
    turns: TurnsDep,
    readings: ReadingsDep,
    settings: SettingsDep,
    visitors: VisitorsDep,
) -> Door:
    # A coroutine, because a plain function would be run in a thread of its own.
    return Door(request, pages, clock, db, secret, hashing, turns, readings, settings, visitors)


DoorDep = Annotated[Door, Depends(_door)]
