"""Thirty phones behind one address, and what a script makes of it, against a server over real HTTP."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from library.catalog.permits import LessonState
from library.plays.tables import View
from tests.server.conftest import Shelf
from tests.support.server import MovableClock, Served, in_thread, new_data

pytestmark = [pytest.mark.slow, pytest.mark.dear(9)]

PHONES = 30


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def site(tmp_path: Path, clock: MovableClock) -> Iterator[Served]:
    with in_thread(new_data(tmp_path / "data"), clock) as running:
        yield running


def views(site: Served, clip: str) -> int:
    with site.ports.db.read() as session:
        return session.scalar(select(func.count()).select_from(View).where(View.clip_id == clip)) or 0


def until(site: Served, clip: str, wanted: int) -> None:
    """Wait until so many views are counted; nobody's player is there any more."""
    end = time.monotonic() + 60
    while (found := views(site, clip)) != wanted:
        assert found < wanted, "more than an address may"
        assert time.monotonic() < end, f"only {found} of {wanted} had their turn"
        time.sleep(0.1)


def test_thirty_phones_behind_one_address_all_have_their_turn_when_they_have_left(
    site: Served, clock: MovableClock
) -> None:
    put = Shelf(site).lesson(LessonState.PUBLISHED)
    phones = [site.nobody() for _ in range(PHONES)]
    plays = [phone.play(put.clip) for phone in phones]
    clock.forward(seconds=12)
    told = [phone.beat(play, (0, 12)) for phone, play in zip(phones, plays, strict=True)]
    assert sum(one["counted"] for one in told) == 10
    assert sum(one.get("waits", False) for one in told) == 20
    staff = site.person("staff")
    assert staff.http.get(f"/api/v1/lessons/{put.lesson}/stats").json()["held_back"] == 20
    assert "没有计入的：20 次" in staff.http.get(f"/lessons/{put.lesson}/stats").text
    for wanted in (20, 30):
        clock.forward(seconds=61)
        until(site, put.clip, wanted)
    said = staff.http.get(f"/api/v1/lessons/{put.lesson}/stats").json()
    assert (said["held_back"], said["views"], said["visitors"]) == (0, PHONES, PHONES)
    for phone in phones:
        phone.http.close()


def test_members_behind_the_same_address_wait_for_nothing(site: Served, clock: MovableClock) -> None:
    put = Shelf(site).lesson(LessonState.PUBLISHED)
    phones = [site.nobody() for _ in range(12)]
    plays = [phone.play(put.clip) for phone in phones]
    member = site.person("member")
    own = member.play(put.clip)
    clock.forward(seconds=12)
    for phone, play in zip(phones, plays, strict=True):
        phone.beat(play, (0, 12))
        phone.http.close()
    assert views(site, put.clip) == 10
    assert member.beat(own, (0, 12))["views"] == 11
