"""Nothing that somebody without an account writes, in whatever place, is read by anybody else."""

from __future__ import annotations

import base64
import json
from html import unescape

import pytest

from library.catalog.permits import LessonState
from tests.server.conftest import Shelf
from tests.server.routes import all_routes
from tests.support import factories as make
from tests.support.client import Person
from tests.support.server import Served

pytestmark = [pytest.mark.slow, pytest.mark.dear(35)]

CANARY = "张三丰是大骗子"
READERS = ("nobody", "member", "lecturer", "staff", "admin")


@pytest.fixture
def scribbled(served: Served, shelf: Shelf) -> tuple[str, str]:
    """A lesson and its clip, after three visitors wrote a text wherever they can."""
    put = shelf.lesson(LessonState.PUBLISHED, words=f"{CANARY}，这句话是课里讲的一个故事")
    with served.ports.db.write() as session:
        hidden = session.get_one(make.Lesson, put.lesson)
        make.audiences.set_audience(session, hidden, make.Audience.EVERYONE, served.ports.clock())
    shelf.index()
    for n in range(3):
        with served.nobody() as browser:
            if n == 0:
                browser.http.headers["Cookie"] = f"weike_visitor={'0' * 40}; weike_language={'x' * 9}"
            _scribble(browser, put.lesson, put.clip)
    served.ports.asked.write()
    return put.lesson, put.clip


def _scribble(browser: Person, lesson: str, clip: str) -> None:
    said = base64.urlsafe_b64encode(json.dumps(["done", CANARY]).encode()).decode()
    for path in (
        "/search",
        "/api/v1/search",
        "/api/v1/suggest",
        "/lessons",
        f"/clips/{clip}",
        "/sign-in",
        "/",
    ):
        for field in ("q", "topic", "lecturer", "year", "branch", "kind", "next", "t", "source"):
            browser.http.get(path, params={"q": CANARY, field: CANARY})
    browser.http.get(f"/search?q={CANARY} 年份:{CANARY}")
    headers = {"User-Agent": "x", "Referer": "https://example.org/x", "Cookie": f"weike_flash={said}"}
    browser.http.get("/", headers=headers)
    browser.http.get(f"/{CANARY}")
    browser.http.get(f"/welcome/{CANARY}")
    browser.post("/sign-in", username=CANARY, password=CANARY, next=f"/{CANARY}")
    browser.post(f"/welcome/{CANARY}", username=CANARY, name=CANARY, password=CANARY * 3)
    for source in (CANARY, "search"):
        begun = browser.api("POST", f"/clips/{clip}/plays", json={"source": source, "people": None})
    play = begun.json()
    beat = {"key": play.get("key"), "ranges": [[0, 2]], "seq": CANARY, "at_s": CANARY, "note": CANARY}
    browser.http.post(f"/api/v1/plays/{play.get('play')}/beats", json=beat)
    browser.api("POST", "/lessons", json={"title": CANARY})


def test_what_visitors_write_stands_on_no_page_of_anybody_else(
    served: Served, shelf: Shelf, scribbled: tuple[str, str]
) -> None:
    lesson, clip = scribbled
    paths = [route.split(" ")[1] for route in all_routes(served) if route.startswith("GET ")]
    filled = [path.replace("{lesson_id}", lesson).replace("{clip_id}", clip) for path in paths]
    # What the lesson itself says stands where lessons are read, and there alone.
    own = (f"/lessons/{lesson}", f"/clips/{clip}", f"/api/v1/lessons/{lesson}", f"/api/v1/clips/{clip}")
    asked = [path for path in filled if "{" not in path and not path.startswith(own)]
    asked += [
        "/api/v1/suggest?q=张三",
        "/api/v1/suggest?q=大骗",
        "/search?q=",
        "/stats?range=all",
        "/no-such-page",
    ]
    assert len(asked) > 30
    for name in READERS:
        reader = served.person(name)
        for path in asked:
            if path.split("/")[-1] in ("events",):
                continue
            answer = reader.http.get(path)
            if path == "/" or path.startswith("/lessons"):
                continue  # the first words of the lesson
            assert CANARY not in unescape(answer.text), (name, path)
            assert "张三丰" not in unescape(answer.text), (name, path)
