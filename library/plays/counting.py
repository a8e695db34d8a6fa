"""Beats wait for each other: one thread writes all that have gathered in one transaction, and answers them.

A beat is answered when its transaction is on the disk, so what was answered with 2xx is never lost; and a
thousand beats cost one wait for the disk and not a thousand.

A play whose address has had its share waits for its turn: the same thread asks for it again now and then, as
if its player had sent an empty beat, whether the player is still there or not. Who waits is known to this
process alone and written nowhere; when it is killed, players that go on are counted by their own next beats.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError

from library.core.clock import Clock, utc_now
from library.core.database import Database, Trouble, trouble_of
from library.core.patience import PATIENCE_S, waiting_at_most
from library.plays import actions
from library.plays.closing import DayClosed
from library.plays.crediting import Beat, Credited
from library.plays.rules import ViewRule
from library.plays.view_counts import ViewCounts

log = structlog.get_logger()

# https://www.postgresql.org/docs/current/errcodes-appendix.html: another transaction was in the way
_IN_THE_WAY = "40"
_STOP_S = 30.0
# A batch holds a lock for each person in it, and PostgreSQL has room for 6,400 at once by default.
_MOST_TOGETHER = 500
_TURNS_EVERY_S = 1.0
# Of one address no more can count in an hour; and more addresses than this are no longer people.
_MOST_ORIGINS = 1_000
_MOST_TURNS = 200


class CountingUnavailable(Exception):
    """Beats cannot be written now: too many wait, the disk is full, or the database is away."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What came of a beat; `views` is how many views its clip has now, when this beat made it one more."""

    credited: Credited
    views: int | None = None


@dataclass(eq=False, slots=True)
class _Waiting:
    beat: Beat
    answer: asyncio.Future[Counted | None] | None


@dataclass(eq=False, slots=True)
class _Done:
    """What the writer found for a beat."""

    waiting: _Waiting
    counted: Counted | None = None
    error: Exception | None = None


class Counting:
    """Takes beats from the event loop and hands them to the one thread that writes them."""

    def __init__(
        self,
        db: Database,
        rule: ViewRule,
        counts: ViewCounts,
        *,
        gather_s: float,
        most_waiting: int,
        clock: Clock = utc_now,
    ) -> None:
        """Beats wait at most `gather_s` for others; more than `most_waiting` are refused."""
        self._db, self._rule, self._counts, self._clock = db, rule, counts, clock
        self._turns = Turns(rule)
        self._gather_s, self._most_waiting = gather_s, most_waiting
        self._waiting: list[_Waiting] = []
        self._wake = threading.Condition()
        self._thread: threading.Thread | None = None
        self._stopping = False

    async def credit(self, beat: Beat) -> Counted | None:
        """Return what the beat earned once that is on the disk, None when there is no such play.

        Raises CountingUnavailable.
        """
        answer: asyncio.Future[Counted | None] = asyncio.get_running_loop().create_future()
        waiting = _Waiting(beat, answer)
        with self._wake:
            if self._stopping or len(self._waiting) >= self._most_waiting:
                raise CountingUnavailable
            self._waiting.append(waiting)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="counting", daemon=True)
                self._thread.start()
            if len(self._waiting) in (1, _MOST_TOGETHER):
                self._wake.notify()
        return await answer

    def stop(self) -> None:
        """Write what waits and take no more."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
            thread = self._thread
        if thread is not None:
            thread.join(_STOP_S)

    def _run(self) -> None:
        with waiting_at_most(PATIENCE_S):  # each beat's player waits for its answer
            self._write_batches()

    def _write_batches(self) -> None:
        last = -self._gather_s
        while True:
            with self._wake:
                rest = _TURNS_EVERY_S if self._turns else None
                self._wake.wait_for(lambda: self._waiting or self._stopping, rest)
                # Who comes after a quiet spell is written at once; under load beats gather.
                rest_s = last + self._gather_s - time.monotonic()
                if rest_s > 0:
                    self._wake.wait_for(self._enough, rest_s)
                batch, self._waiting = self._waiting[:_MOST_TOGETHER], self._waiting[_MOST_TOGETHER:]
                if not batch and self._stopping:
                    return
            last = time.monotonic()
            batch += [_Waiting(beat, None) for beat in self._turns.due(last, self._clock)]
            if batch:
                done = self._write(batch)
                self._turns.note(done)
                _answer(done)

    def _enough(self) -> bool:
        return self._stopping or len(self._waiting) >= _MOST_TOGETHER

    def _write(self, batch: Sequence[_Waiting]) -> list[_Done]:
        try:
            return self._write_together(batch)
        except Exception as error:
            if _unavailable(error):
                log.error("beats cannot be written", beats=len(batch), why=str(error))
                return [_Done(waiting, error=CountingUnavailable()) for waiting in batch]
            log.warning("beats are written one by one", beats=len(batch), exc_info=error)
            return [self._write_alone(waiting) for waiting in batch]

    def _write_alone(self, waiting: _Waiting) -> _Done:
        """Write one beat by itself, so that one that cannot be written fails no other."""
        try:
            return self._write_together([waiting])[0]
        except Exception as error:
            if isinstance(error, DayClosed):  # it waited past midnight: its player sends it again
                log.warning("a beat came after its day was closed", play=waiting.beat.play_id, day=str(error))
                return _Done(waiting, error=CountingUnavailable())
            log.error("a beat cannot be written", play=waiting.beat.play_id, exc_info=error)
            return _Done(waiting, error=CountingUnavailable() if _unavailable(error) else error)

    def _write_together(self, batch: Sequence[_Waiting]) -> list[_Done]:
        with self._db.write() as session:
            credited = actions.credit_beats(session, [waiting.beat for waiting in batch], self._rule)
        views = self._views({one.clip_id for one in credited if one is not None and one.view})
        return [
            _Done(waiting, Counted(one, views.get(one.clip_id) if one.view else None) if one else None)
            for waiting, one in zip(batch, credited, strict=True)
        ]

    def _views(self, clip_ids: set[str]) -> dict[str, int]:
        """Sum views when what was counted is written: the sums' rows are what other processes wait for."""
        if not clip_ids:
            return {}
        with self._db.read() as session:
            return self._counts.of_clips(session, clip_ids)


class Turns:
    """The plays that wait for their turn, first come first served, by where they come from."""

    def __init__(self, rule: ViewRule) -> None:
        self._a_turn = rule.address_minute or rule.address_clip_hour
        self._most = max(rule.address_clip_hour, rule.address_minute)
        self._waiting: OrderedDict[str, OrderedDict[str, Beat]] = OrderedDict()
        self._asked_at = 0.0

    def __bool__(self) -> bool:
        """Whether any play waits."""
        return bool(self._waiting)

    def due(self, now_s: float, clock: Clock) -> Iterator[Beat]:
        """Yield empty beats of the plays whose turn may have come."""
        if now_s - self._asked_at < _TURNS_EVERY_S:
            return
        self._asked_at = now_s
        at = clock()
        left = _MOST_TURNS
        for origin in list(self._waiting):
            beats = list(islice(self._waiting[origin].values(), min(left, self._a_turn)))
            self._waiting.move_to_end(origin)
            left -= len(beats)
            yield from (replace(beat, at=at) for beat in beats)
            if not left:
                return

    def note(self, batch: Sequence[_Done]) -> None:
        """Learn what came of beats: who waits, and who no longer does."""
        for done in batch:
            beat, counted = done.waiting.beat, done.counted
            if isinstance(done.error, CountingUnavailable):
                continue  # whoever waits is asked for again
            if done.error is None and counted is not None and counted.credited.waits:
                self._wait(beat)
            else:
                self._leave(beat)

    def _wait(self, beat: Beat) -> None:
        plays = self._waiting.setdefault(beat.origin, OrderedDict())
        if beat.play_id in plays:
            plays.move_to_end(beat.play_id)  # its clip may have to wait longer than those behind it
        elif len(plays) < self._most:
            plays[beat.play_id] = replace(beat, ranges=())
        while len(self._waiting) > _MOST_ORIGINS:
            self._waiting.popitem(last=False)

    def _leave(self, beat: Beat) -> None:
        plays = self._waiting.get(beat.origin)
        if plays is not None and plays.pop(beat.play_id, None) is not None and not plays:
            del self._waiting[beat.origin]


def _unavailable(error: Exception) -> bool:
    """Tell whether trying again at once, with another beat, would fail as well."""
    state = getattr(getattr(error, "orig", None), "sqlstate", None) or ""
    if isinstance(error, OperationalError | InterfaceError):
        return not state.startswith(_IN_THE_WAY)
    return trouble_of(error) is Trouble.DAMAGED


def _answer(batch: Sequence[_Done]) -> None:
    """Hand the answers to the event loops that wait for them."""
    loops: dict[asyncio.AbstractEventLoop, list[_Done]] = {}
    for done in batch:
        if done.waiting.answer is not None:
            loops.setdefault(done.waiting.answer.get_loop(), []).append(done)
    for loop, of_loop in loops.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_resolve, of_loop)


def _resolve(batch: Sequence[_Done]) -> None:
    for done in batch:
        answer = done.waiting.answer
        if answer is None or answer.done():  # who asked has gone away
            continue
        if done.error is not None:
            answer.set_exception(done.error)
        else:
            answer.set_result(done.counted)
