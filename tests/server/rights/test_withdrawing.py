"""Addresses that were given out stop playing when a lesson is taken from those who have them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from library.catalog.narrowed import NarrowedClips
from library.catalog.permits import Audience, LessonState
from library.review import actions as review
from tests.server.conftest import Put, Shelf
from tests.support.server import MovableClock, Served, add_people, in_thread, new_data

pytestmark = [pytest.mark.slow, pytest.mark.every]

OTHERS_LEARN_S = 2.0


@pytest.fixture
def put(shelf: Shelf) -> Put:
    """A published lesson for everyone."""
    return shelf.lesson(LessonState.PUBLISHED)


def address(served: Served, put: Put, username: str) -> str:
    """The master playlist's address, as somebody gets it now."""
    begun = served.person(username).api("POST", f"/clips/{put.clip}/plays")
    assert begun.status_code in (200, 201), begun.text
    url: str = begun.json()["master"]
    return url


def status(served: Served, url: str) -> int:
    return served.person("nobody").http.get(url).status_code


def ask(served: Served, what: str, put: Put) -> None:
    answer = served.person("staff").api("POST", f"/lessons/{put.lesson}/{what}")
    assert answer.status_code == 200, answer.text


def test_a_withdrawn_lesson_stops_at_once(served: Served, put: Put) -> None:
    url = address(served, put, "nobody")
    segment = url.replace("master.m3u8", "720p/00001.m4s")
    assert (status(served, url), status(served, segment)) == (200, 200)
    ask(served, "withdraw", put)
    for file in ("master.m3u8", "720p/index.m3u8", "720p/00001.m4s", "poster.jpg"):
        assert status(served, url.replace("master.m3u8", file)) == 403, file


def test_those_who_work_on_it_go_on_watching(served: Served, put: Put) -> None:
    viewers = address(served, put, "staff")
    ask(served, "withdraw", put)
    for username in ("staff", "lecturer"):
        theirs = address(served, put, username)
        assert status(served, theirs) == 200
        assert "/staff/" in theirs
    assert status(served, viewers) == 403, "one that viewers have too"
    assert served.person("member").api("POST", f"/clips/{put.clip}/plays").status_code in (403, 404)


def test_an_address_for_staff_is_none_for_viewers(served: Served, put: Put) -> None:
    ask(served, "withdraw", put)
    theirs = address(served, put, "staff")
    assert status(served, theirs.replace("/staff/", "/everyone/")) == 403


def test_published_again_it_plays_again(served: Served, put: Put) -> None:
    before = address(served, put, "nobody")
    ask(served, "withdraw", put)
    preview = address(served, put, "staff")
    ask(served, "publish", put)
    assert (status(served, before), status(served, preview)) == (200, 200)
    ask(served, "withdraw", put)
    assert (status(served, before), status(served, preview)) == (403, 200)


def test_kept_for_signed_in_people_it_stops_for_everyone_else(served: Served, put: Put, shelf: Shelf) -> None:
    before = address(served, put, "nobody")

    def narrow(audience: Audience) -> None:
        with served.ports.db.write() as session:
            review.set_audience(session, shelf.viewer("staff"), put.lesson, audience, served.ports.clock())

    narrow(Audience.SIGNED_IN)
    members = address(served, put, "member")
    assert (status(served, before), status(served, members)) == (403, 200)
    narrow(Audience.EVERYONE)
    assert (status(served, before), status(served, members)) == (200, 200)
    narrow(Audience.SIGNED_IN)
    ask(served, "withdraw", put)
    assert (status(served, before), status(served, members)) == (403, 403)


def test_a_deleted_lesson_stops_for_everybody(served: Served, put: Put) -> None:
    before = address(served, put, "nobody")
    ask(served, "withdraw", put)
    preview = address(served, put, "staff")
    assert served.person("staff").api("DELETE", f"/lessons/{put.lesson}").status_code in (200, 204)
    assert (status(served, before), status(served, preview)) == (403, 403)


def test_a_lesson_beside_it_plays_on(served: Served, put: Put, shelf: Shelf) -> None:
    other = shelf.lesson(LessonState.PUBLISHED)
    url = address(served, other, "nobody")
    ask(served, "withdraw", put)
    assert status(served, url) == 200


def test_what_does_not_come_about_closes_nothing(served: Served, put: Put, shelf: Shelf) -> None:
    url = address(served, put, "nobody")
    viewer = shelf.viewer("staff")
    with served.ports.db.write() as session:
        review.withdraw(session, viewer, put.lesson, "", served.ports.clock())
        session.rollback()
    assert status(served, url) == 200


@pytest.fixture(params=["SQLite", pytest.param("PostgreSQL", marks=[pytest.mark.postgres, pytest.mark.slow])])
def database(request: pytest.FixtureRequest) -> dict[str, str]:
    """Settings of a library's database."""
    if request.param == "SQLite":
        return {}
    return {"database_url": request.getfixturevalue("library_url")}


@pytest.fixture
def two(tmp_path: Path, database: dict[str, str]) -> Iterator[tuple[Served, Served]]:
    """Two web processes of one library, as far as they share nothing but data and database."""
    data = new_data(tmp_path / "data")
    with in_thread(data, **database) as first, in_thread(data, **database) as second:
        if database:
            add_people(first.ports)
        yield first, second


def test_another_process_learns_of_it_within_seconds(two: tuple[Served, Served]) -> None:
    first, second = two
    put = Shelf(first).lesson(LessonState.PUBLISHED)
    url = address(first, put, "nobody")
    assert status(second, url) == 200
    ask(first, "withdraw", put)
    end = time.monotonic() + OTHERS_LEARN_S
    while status(second, url) != 403:
        assert time.monotonic() < end
    ask(first, "publish", put)
    end = time.monotonic() + OTHERS_LEARN_S
    while status(second, url) != 200:
        assert time.monotonic() < end


def test_a_fresh_start_knows_what_was_withdrawn(tmp_path: Path) -> None:
    data = new_data(tmp_path / "data")
    with in_thread(data) as first:
        shelf = Shelf(first)
        withdrawn, deleted = shelf.lesson(LessonState.PUBLISHED), shelf.lesson(LessonState.PUBLISHED)
        urls = [address(first, put, "nobody") for put in (withdrawn, deleted)]
        ask(first, "withdraw", withdrawn)
        assert first.person("staff").api("DELETE", f"/lessons/{deleted.lesson}").status_code in (200, 204)
    with in_thread(data) as second:
        assert [status(second, url) for url in urls] == [403, 403]


def test_what_no_address_lives_to_see_is_forgotten(served: Served, put: Put, clock: MovableClock) -> None:
    """Or memory would grow with every lesson that was ever withdrawn."""
    ask(served, "withdraw", put)
    now = clock()
    life_s = served.ports.settings.media_life_s

    def knows(later: timedelta) -> bool:
        narrowed = NarrowedClips(served.ports.db, lambda: now + later, life_s)
        narrowed.look()
        return not narrowed.plays(put.clip, "everyone")

    assert knows(timedelta(0))
    assert knows(timedelta(seconds=life_s + 3600 - 60))
    assert not knows(timedelta(days=2))


def test_a_draft_was_nobodys_to_lose(served: Served, shelf: Shelf) -> None:
    draft = shelf.lesson(LessonState.DRAFT)
    narrowed = NarrowedClips(served.ports.db, served.ports.clock, 60)
    narrowed.look()
    assert narrowed.plays(draft.clip, "everyone")
    assert "/staff/" in address(served, draft, "lecturer")
