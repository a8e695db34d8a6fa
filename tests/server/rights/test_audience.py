"""Whoever may not see a lesson meets it nowhere: not on pages, in search, in counts or in media addresses."""

from __future__ import annotations

import html
import re

import pytest

from library.catalog.permits import Audience, LessonState
from tests.server.conftest import Put, Shelf
from tests.support.server import Served, password

pytestmark = pytest.mark.slow

VIEWERS = ("nobody", "member", "other", "lecturer", "staff", "admin")
DRAFT, PUBLISHED, WITHDRAWN = LessonState.DRAFT, LessonState.PUBLISHED, LessonState.WITHDRAWN
SEEN_BY = {
    (PUBLISHED, Audience.EVERYONE): set(VIEWERS),
    (PUBLISHED, Audience.SIGNED_IN): set(VIEWERS) - {"nobody"},
    (DRAFT, Audience.EVERYONE): {"lecturer", "staff", "admin"},
    (DRAFT, Audience.SIGNED_IN): {"lecturer", "staff", "admin"},
    (WITHDRAWN, Audience.EVERYONE): {"lecturer", "staff", "admin"},
    (WITHDRAWN, Audience.SIGNED_IN): {"lecturer", "staff", "admin"},
}


def hidden(page: str, name: str) -> str:
    """The value of a form's hidden field in the main part of a page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page[page.index("<main") :])
    assert found is not None
    return html.unescape(found[1])


@pytest.fixture(scope="module")
def puts(shelf: Shelf) -> dict[tuple[LessonState, Audience], Put]:
    """A lesson of each state and audience; each says a word that no other says."""
    made = {
        key: shelf.lesson(*key, words=f"暗号{n}号：{'甲乙丙丁戊己'[n]}组的独有词语")
        for n, key in enumerate(SEEN_BY)
    }
    shelf.index()
    return made


@pytest.mark.parametrize("key", SEEN_BY, ids=lambda key: f"{key[0]}-{key[1]}")
@pytest.mark.parametrize("name", VIEWERS)
def test_a_lesson_is_everywhere_or_nowhere(
    served: Served,
    puts: dict[tuple[LessonState, Audience], Put],
    key: tuple[LessonState, Audience],
    name: str,
) -> None:
    put, http = puts[key], served.person(name).http
    sees = name in SEEN_BY[key]
    # Of what is published for all who sign in, a visitor is told as much; of the rest, nothing.
    told = not sees and key == (PUBLISHED, Audience.SIGNED_IN)
    for path in (
        f"/lessons/{put.lesson}",
        f"/clips/{put.clip}",
        f"/clips/{put.clip}/captions.vtt",
    ):
        assert http.get(path).status_code == (200 if sees else 303 if told else 404), path
    wanted = 200 if sees else 401 if told else 404
    assert http.get(f"/api/v1/lessons/{put.lesson}").status_code == wanted
    play = served.person(name).api("POST", f"/clips/{put.clip}/plays")
    assert play.status_code == wanted
    word = "甲乙丙丁戊己"[list(SEEN_BY).index(key)] + "组的独有词语"
    found = http.get("/api/v1/search", params={"q": f'"{word}"'}).json()
    assert (found["total"], [hit["lesson"] for hit in found["hits"]]) == (
        (1, [put.lesson]) if sees else (0, [])
    )
    assert (f"/clips/{put.clip}" in http.get("/search", params={"q": f'"{word}"'}).text) == sees
    listed = [lesson["id"] for lesson in http.get("/api/v1/lessons").json()["lessons"]]
    assert (put.lesson in listed) == sees
    # The home page and the library show what is published.
    shown = sees and key[0] is PUBLISHED
    for path in ("/", "/lessons"):
        assert (put.title in http.get(path).text) == shown, path
    if sees:
        for file in ("master.m3u8", "poster.jpg"):
            address = play.json()["master"].replace("master.m3u8", file)
            assert http.get(address).status_code == 200


def test_a_visitor_who_came_by_the_code_on_a_door_read_404_instead_of_sign_in(
    served: Served, puts: dict[tuple[LessonState, Audience], Put]
) -> None:
    put = puts[PUBLISHED, Audience.SIGNED_IN]
    for path in (f"/lessons/{put.lesson}?from=qr", f"/clips/{put.clip}?t=3.0&from=qr"):
        with served.nobody() as visitor:
            asked = visitor.http.get(path)
            assert asked.status_code == 303
            door = visitor.http.get(asked.headers["location"])
            assert "这节课要登录以后才能看。" in door.text
            assert put.title not in door.text
            signed_in = visitor.post(
                "/sign-in", username="member", password=password("member"), next=hidden(door.text, "next")
            )
            assert (signed_in.status_code, signed_in.headers["location"]) == (303, path)
            assert put.title in visitor.http.get(path).text


def test_a_hidden_lesson_and_one_that_never_was_look_the_same_to_a_visitor(
    served: Served, puts: dict[tuple[LessonState, Audience], Put]
) -> None:
    hidden_ones = [put for key, put in puts.items() if key[0] is not PUBLISHED]
    never = "a" * len(hidden_ones[0].lesson)
    with served.nobody() as visitor:

        def seen(path: str) -> tuple[int, str]:
            answer = visitor.http.get(path)
            other = r'<code>.*?</code>|/(lessons|clips)/\w+|%2F\w+|(?<=name="csrf" )(content|value)="\w+"'
            text = re.sub(other, "", answer.text)  # a page's token is masked anew each time
            return answer.status_code, text

        for put in hidden_ones:
            assert seen(f"/lessons/{put.lesson}") == seen(f"/lessons/{never}")
            assert seen(f"/clips/{put.clip}") == seen(f"/clips/{never}")


def test_totals_count_only_what_is_seen(
    served: Served, puts: dict[tuple[LessonState, Audience], Put]
) -> None:
    for name in VIEWERS:
        http = served.person(name).http
        mine = sum(name in seen for seen in SEEN_BY.values())
        assert http.get("/api/v1/lessons").json()["total"] == mine
        assert http.get("/api/v1/search", params={"q": "独有词语"}).json()["total"] == mine


def test_names_of_hidden_lessons_are_not_suggested(served: Served, shelf: Shelf) -> None:
    put = shelf.lesson(DRAFT)
    lecturer = served.person("lecturer")
    lecturer.api("PATCH", f"/lessons/{put.lesson}", json={"lecturer": "保密讲师", "topics": ["保密主题"]})
    shelf.index()
    for name, sees in (("nobody", False), ("member", False), ("other", False), ("staff", True)):
        http = served.person(name).http
        pages = [http.get(path).text for path in ("/lessons", "/search?q=甲", "/")]
        if name in ("other", "staff"):
            pages.append(http.get("/upload").text)
        text = "".join(pages)
        if not sees:
            assert "保密讲师" not in text
            assert "保密主题" not in text
    assert "保密讲师" in served.person("staff").http.get("/upload").text


def test_a_changed_audience_holds_at_once(served: Served, shelf: Shelf) -> None:
    put = shelf.lesson(PUBLISHED, words="随时可以改变观看范围")
    shelf.index()
    nobody, staff = served.person("nobody"), served.person("staff")
    search = {"q": '"随时可以改变观看范围"'}
    assert nobody.http.get("/api/v1/search", params=search).json()["total"] == 1
    assert staff.post(f"/lessons/{put.lesson}/audience", audience="signed_in").status_code == 303
    # The index has not been told yet: what it says is checked against the database.
    hits = nobody.http.get("/api/v1/search", params=search).json()["hits"]
    assert hits == []
    assert nobody.http.get(f"/lessons/{put.lesson}").status_code == 303
    shelf.index()
    assert nobody.http.get("/api/v1/search", params=search).json()["total"] == 0
    assert served.person("member").http.get("/api/v1/search", params=search).json()["total"] == 1


def test_a_deleted_lesson_is_gone_from_search(served: Served, shelf: Shelf) -> None:
    put = shelf.lesson(PUBLISHED, words="这节课马上就要删除")
    shelf.index()
    search = {"q": '"这节课马上就要删除"'}
    staff = served.person("staff")
    assert staff.http.get("/api/v1/search", params=search).json()["total"] == 1
    assert staff.api("DELETE", f"/lessons/{put.lesson}").status_code == 204
    assert staff.http.get("/api/v1/search", params=search).json()["hits"] == []
    shelf.index()
    assert staff.http.get("/api/v1/search", params=search).json()["total"] == 0
