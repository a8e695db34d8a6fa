"""weike demo: accounts made on this machine, lessons made once."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from library.access import actions as access
from library.catalog.tables import Lesson
from library.core.clock import local_day
from library.plays.tables import Play, View
from server.commands.console import Console
from server.commands.failures import Failure
from server.commands.waiting import own_worker
from server.demo.accounts import ACCOUNTS, accounts
from server.demo.content import DemoLesson, lessons
from server.demo.lesson_maker import LessonMaker
from server.wiring import Ports
from tests.server.commands.conftest import Weike
from tests.support import factories
from tests.support.registry import read_catalogues


@pytest.mark.slow
def test_accounts_are_made_once_and_kept_private(ports: Ports, data: Path) -> None:
    first, second = (accounts(ports.db, ports.clock, data) for _ in range(2))
    assert first == second
    assert set(first) == set(ACCOUNTS)
    assert len(set(first.values())) == len(first)
    assert (data / "demo-accounts.json").stat().st_mode & 0o777 == 0o600
    for name, password in first.items():
        assert access.sign_in(ports.db, name, password, ports.clock()) is not None


def test_a_real_library_is_left_alone(weike: Weike, ports: Ports, data: Path) -> None:
    with ports.db.write() as session:
        factories.lesson(session, "真实的课")
    with pytest.raises(Failure):
        accounts(ports.db, ports.clock, data)
    ran = weike("demo", "--port", "0")
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert not (data / "demo-accounts.json").exists()


@pytest.mark.slow
def test_a_lesson_is_made_taken_in_and_published_once(ports: Ports) -> None:
    known = accounts(ports.db, ports.clock, ports.settings.data)
    cover = lessons()[0].sections[0]
    tiny = replace(lessons()[0], sections=(replace(cover, paragraphs=cover.paragraphs[:1]),))
    console = Console(ports.settings, read_catalogues().of("zh-CN"))
    with own_worker(ports):
        _make(console, ports, [tiny], lambda: _states(ports) == ["published"])
        made, watched = _states(ports), _views(ports)
        _make(console, ports, [tiny], lambda: True)
    assert _states(ports) == made
    assert _views(ports) == watched, "watched once"
    assert {kind for kind, _day in watched} == {"member", "visitor", "group"}
    today = local_day(ports.clock())
    begun = _begun(ports)
    assert len(set(begun)) == len(begun), "nobody begins the same twice"
    assert all(today - timedelta(days=28) <= day < today for _kind, day in watched)
    assert known
    with ports.db.read() as session:
        lesson = session.scalars(select(Lesson)).one()
        assert lesson.owner_id is not None
        assert lesson.transcript == "exact"
    assert not (ports.settings.data / "demo-media").exists()


def _make(console: Console, ports: Ports, some: list[DemoLesson], until: Callable[[], bool]) -> None:
    maker = LessonMaker(console, ports.db, ports.clock, lambda: ports.tools, some)
    maker.start()
    end = time.monotonic() + 120
    while not until():
        assert time.monotonic() < end, "the lesson never came"
        time.sleep(0.2)
    maker.join()


def _views(ports: Ports) -> list[tuple[str, date]]:
    with ports.db.read() as session:
        return sorted((view.kind, view.day) for view in session.scalars(select(View)))


def _begun(ports: Ports) -> list[tuple[str, datetime]]:
    with ports.db.read() as session:
        return [(play.viewer, play.started_at) for play in session.scalars(select(Play))]


def _states(ports: Ports) -> list[str]:
    with ports.db.read() as session:
        return list(session.scalars(select(Lesson.state)))
