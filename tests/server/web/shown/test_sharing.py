"""Handing on: the public address, and a code that reads as it says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from library.catalog.permits import Audience, LessonState
from server.web.shown.sharing import qr_path, share
from tests.server.conftest import Shelf
from tests.support.client import PLAIN
from tests.support.server import Served, in_thread, new_data

PUBLIC = "https://weike.example.cn"
_STROKE = re.compile(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z")


def _modules(path: str, size: int) -> list[list[bool]]:
    """The square that a path darkens, without the quiet zone."""
    square = [[False] * size for _ in range(size)]
    for x, y, width, back in _STROKE.findall(path):
        assert width == back
        for at in range(int(x), int(x) + int(width)):
            square[int(y)][at] = True
    assert _STROKE.sub("", path) == "", "nothing else is drawn"
    assert not any(any(row) for row in (*square[:4], *square[-4:])), "the quiet zone is empty"
    return [row[4:-4] for row in square[4:-4]]


@given(st.text(min_size=1, max_size=120))
@pytest.mark.slow
def test_the_path_darkens_the_modules_of_the_code(text: str) -> None:
    path, size = qr_path(text)
    expected = segno.make(text, error="m", micro=False).matrix
    assert _modules(path, size) == [[bool(module) for module in row] for row in expected]


def test_the_code_says_that_it_was_scanned_and_the_address_does_not() -> None:
    its = share(PUBLIC, "/lessons/x")
    assert its.url == f"{PUBLIC}/lessons/x"
    assert its.code == qr_path(f"{PUBLIC}/lessons/x?via=qr")[0]
    assert not its.local
    assert share("http://127.0.0.1:8000", "/lessons/x").local


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    """A library that stands behind a proxy."""
    data: Path = new_data(tmp_path_factory.mktemp("public") / "data")
    with in_thread(data, public_url=f"{PUBLIC}/") as served:
        yield Shelf(served)


@pytest.mark.slow
def test_pages_hand_on_the_public_address(public: Shelf) -> None:
    put = public.lesson(LessonState.PUBLISHED)
    http = public.served.person("nobody").http
    for path in (f"/lessons/{put.lesson}", f"/clips/{put.clip}"):
        page = http.get(path, headers={"Host": "evil.example"}).text
        assert f'value="{PUBLIC}{path}"' in page
        assert qr_path(f"{PUBLIC}{path}?via=qr")[0] in page
        assert "evil.example" not in page
        assert "WEIKE_PUBLIC_URL" not in page
    sheet = http.get(f"/lessons/{put.lesson}/sheet").text
    assert qr_path(f"{PUBLIC}/lessons/{put.lesson}?via=qr")[0] in sheet
    assert http.get(f"/lessons/{put.lesson}?via=qr").status_code == 200


def card_of(page: str) -> dict[str, str]:
    """What a crawler reads: names and properties with their contents."""
    found = {}
    for tag in re.findall(r"<meta [^>]+>", page):
        content = re.search(r'content="([^"]*)"', tag)
        for name in re.findall(r'(?:itemprop|property|name)="([^"]*)"', tag):
            assert content is not None
            found[name] = content[1]
    return found


@pytest.mark.slow
def test_a_page_that_is_handed_on_shows_a_card(public: Shelf) -> None:
    put = public.lesson(LessonState.PUBLISHED)
    with httpx.Client(base_url=public.served.base_url, verify=PLAIN) as stranger:
        for path in (f"/lessons/{put.lesson}", f"/clips/{put.clip}"):
            card = card_of(stranger.get(path).text)
            assert put.title in card["og:title"] == card["name"]
            assert card["og:type"] == "video.other"
            assert card["og:url"] == f"{PUBLIC}{path}"
            assert card["og:site_name"] == "微课"
            assert card["twitter:card"] == "summary_large_image"
            assert "为人民服务" in card["og:description"] == card["description"]
            assert card["image"] == card["og:image"] == f"{PUBLIC}/clips/{put.clip}/picture.jpg"
            picture = stranger.get(card["og:image"].removeprefix(PUBLIC))
            assert (picture.status_code, picture.headers["content-type"]) == (200, "image/jpeg")
            assert picture.headers["cache-control"].startswith("public")


@pytest.mark.slow
def test_a_card_tells_strangers_nothing_of_what_they_may_not_see(served: Served, shelf: Shelf) -> None:
    of_members = shelf.lesson(LessonState.PUBLISHED, Audience.SIGNED_IN)
    for put, answer in ((shelf.lesson(), 404), (of_members, 303)):  # to sign in
        for name in ("nobody", "staff"):
            http = served.person(name).http
            for path in (f"/lessons/{put.lesson}", f"/clips/{put.clip}"):
                assert not [key for key in card_of(http.get(path).text) if key.startswith("og:")]
        stranger = served.person("nobody").http
        assert stranger.get(f"/clips/{put.clip}/picture.jpg").status_code == answer
        picture = served.person("staff").http.get(f"/clips/{put.clip}/picture.jpg")
        assert picture.headers["cache-control"].startswith("private")


@pytest.mark.slow
def test_without_a_public_address_the_one_that_was_asked_for_is_handed_on(
    served: Served, shelf: Shelf
) -> None:
    """Who opened 192.168.1.5 on their phone was given an address of 127.0.0.1."""
    put = shelf.lesson(LessonState.PUBLISHED)
    headers = {"Host": "192.168.1.5:8000"}
    page = served.person("nobody").http.get(f"/lessons/{put.lesson}", headers=headers).text
    assert f'value="http://192.168.1.5:8000/lessons/{put.lesson}"' in page
    assert card_of(page)["og:image"] == f"http://192.168.1.5:8000/clips/{put.clip}/picture.jpg"


@pytest.mark.slow
def test_what_is_not_published_is_not_handed_on(served: Served, shelf: Shelf) -> None:
    put = shelf.lesson()
    http = served.person("lecturer").http
    for path in (f"/lessons/{put.lesson}", f"/clips/{put.clip}"):
        assert 'class="qr"' not in http.get(path).text
    assert http.get(f"/lessons/{put.lesson}/sheet").status_code == 409
    published = shelf.lesson(LessonState.PUBLISHED)
    assert "WEIKE_PUBLIC_URL" in http.get(f"/lessons/{published.lesson}").text, "this machine's own address"
