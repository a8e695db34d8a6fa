"""What can go wrong where players report: closed days, broken rows, full disks, queues, endings."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import event, select, text

from library.catalog.permits import LessonState
from library.core.clock import local_day, midnight
from library.plays import closing
from library.plays.counting import Counted, Counting, CountingUnavailable
from library.plays.crediting import Beat
from library.plays.rules import ViewRule
from library.plays.tables import Play
from library.plays.view_counts import ViewCounts
from tests.server.conftest import Shelf
from tests.server.slices.watching.beats.players import StandingClock, send, views
from tests.support import factories as make
from tests.support.outside.postgres import PostgresServer
from tests.support.server import Served, in_thread, new_data

pytestmark = [pytest.mark.slow, pytest.mark.dear(17)]

RULE = ViewRule()


def test_a_beat_that_comes_when_its_day_is_closed_is_sent_again_and_lost_no_second(
    served: Served, clip: str, clock: StandingClock
) -> None:
    tomorrow = local_day(clock.now) + timedelta(days=1)
    clock.forward((midnight(tomorrow) + timedelta(hours=8) - clock.now).total_seconds())
    play = served.person("member").play(clip)
    clock.forward(20)
    with served.ports.db.write() as session:
        assert closing.close(session, tomorrow, clock.now)[-1] == tomorrow
    beat = {"key": play["key"], "ranges": [[0, 15]]}
    refused = send(served, play["play"], **beat)
    assert (refused.status_code, "Retry-After" in refused.headers) == (503, True)
    assert views(served, clip) == 0
    clock.forward(16 * 3600)
    assert send(served, play["play"], **beat).json()["credited_s"] == 15
    assert views(served, clip) == 1


def test_a_play_whose_row_is_broken_fails_no_other(
    served: Served, shelf: Shelf, clock: StandingClock
) -> None:
    clips = [shelf.lesson(LessonState.PUBLISHED).clip for _ in range(6)]
    people = [served.nobody() for _ in clips]
    plays = [person.play(clip) for person, clip in zip(people, clips, strict=True)]
    with served.ports.db.write() as session:
        session.execute(
            text("UPDATE plays_play SET ranges = '\"x\"' WHERE id = :id"), {"id": plays[3]["play"]}
        )
    clock.forward(20)
    with ThreadPoolExecutor(6) as pool:
        asked = [pool.submit(send, served, p["play"], key=p["key"], ranges=[[0, 20]]) for p in plays]
    assert [one.result().status_code for one in asked] == [200, 200, 200, 500, 200, 200]
    with served.ports.db.write() as session:
        session.execute(text("UPDATE plays_play SET ranges = '[]' WHERE id = :id"), {"id": plays[3]["play"]})
    assert send(served, plays[3]["play"], key=plays[3]["key"], ranges=[[0, 20]]).status_code == 200
    assert [views(served, clip) for clip in clips] == [1] * 6


def is_told_to_come_again(answer: httpx.Response) -> bool:
    """Whether a beat was refused for now."""
    if answer.status_code == 200:
        return False
    assert (answer.status_code, answer.json()["error"]) == (503, "beat_later"), answer.text
    assert int(answer.headers["retry-after"]) >= 1
    return True


def test_a_full_disk_is_told_and_afterwards_nothing_is_missing(tmp_path: Path) -> None:
    clock = StandingClock()
    with in_thread(new_data(tmp_path / "data"), clock) as served:
        shelf = Shelf(served)
        visitor = served.nobody()
        plays = [visitor.play(shelf.lesson(LessonState.PUBLISHED).clip) for _ in range(40)]
        clock.forward(3600)
        long = [(n * 0.29, n * 0.29 + 0.1) for n in range(200)]
        full = [True]

        @event.listens_for(served.ports.db.engine, "checkout")
        def _limit(connection: Any, *_: Any) -> None:
            # SQLite holds the limit at what the file already has.
            connection.execute(f"PRAGMA max_page_count={1 if full else 2**30}")

        answers = [send(served, p["play"], key=p["key"], ranges=long) for p in plays]
        refused = [is_told_to_come_again(answer) for answer in answers]
        assert any(refused)
        full.clear()
        again = [send(served, p["play"], key=p["key"], ranges=long) for p in plays]
        assert [answer.status_code for answer in again] == [200] * 40
        with served.ports.db.read() as session:
            kept = session.scalars(select(Play.credited_s)).all()
        assert [round(seconds, 2) for seconds in kept] == [20] * 40


@pytest.mark.postgres
def test_a_database_that_is_away_is_told(postgres_server: PostgresServer, tmp_path: Path) -> None:
    name, clock = postgres_server.create(), StandingClock()
    with in_thread(tmp_path / "data", clock, database_url=postgres_server.url(name)) as served:
        with served.ports.db.write() as session:
            clip = make.lesson(session, clips=1).clips[0].id
        play = served.nobody().play(clip)
        clock.forward(20)
        assert send(served, play["play"], key=play["key"], ranges=[[0, 9]]).status_code == 200
        postgres_server.drop(name)
        assert is_told_to_come_again(send(served, play["play"], key=play["key"], ranges=[[0, 20]]))


def test_more_than_can_wait_are_told_to_come_again(tmp_path: Path) -> None:
    clock = StandingClock()
    with in_thread(new_data(tmp_path / "data"), clock, beat_queue=5) as served:
        play = served.nobody().play(Shelf(served).lesson(LessonState.PUBLISHED).clip)
        clock.forward(60)
        with ThreadPoolExecutor(30) as pool:
            with served.ports.db.write() as session:
                session.connection()  # nothing can be written: five at most are held, and five wait
                asked = [
                    pool.submit(send, served, play["play"], key=play["key"], ranges=[[n, n + 1]])
                    for n in range(30)
                ]
                for done in islice(as_completed(asked, 60), 20):
                    assert is_told_to_come_again(done.result())
            taken = [one for one in asked if not is_told_to_come_again(one.result(60))]
        assert 1 <= len(taken) <= 10
        told = send(served, play["play"], key=play["key"], ranges=[]).json()
        assert told["credited_s"] == len(taken), "each that was taken has earned its second"


def test_a_server_that_ends_writes_what_waits_and_takes_no_more(
    served: Served, clip: str, clock: StandingClock
) -> None:
    play = served.nobody().play(clip)
    clock.forward(60)
    counting = Counting(served.ports.db, RULE, ViewCounts(), gather_s=600, most_waiting=100)

    def credit(n: int) -> Coroutine[Any, Any, Counted | None]:
        return counting.credit(Beat(play["play"], [[n, n + 1]], 1.0, clock()))

    async def end_while_beats_wait() -> list[Counted | None]:
        await credit(0)  # the first waits for nobody
        waiting = [asyncio.create_task(credit(n)) for n in range(1, 12)]
        await asyncio.sleep(0)
        await asyncio.to_thread(counting.stop)
        with pytest.raises(CountingUnavailable):
            await credit(50)
        return await asyncio.gather(*waiting)

    answers = asyncio.run(end_while_beats_wait())
    assert all(answers)
    with served.ports.db.read() as session:
        assert session.get_one(Play, play["play"]).credited_s == 12
    assert views(served, clip) == 1
