"""The whole site under a path, whether a proxy hands the path on or takes it off."""

from __future__ import annotations

import base64
import re
from collections import Counter
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.catalog.permits import LessonState
from server.app import create_app
from server.web.middleware.prefix import Locations, PrefixTaken, inside, outside
from tests.server.conftest import Shelf
from tests.server.pages.test_prefix import paths_in
from tests.server.routes import OF_A_KIND, kind_of
from tests.support.server import Served, in_thread, new_data, password

pytestmark = pytest.mark.dear(26)

PREFIX = "/weike"
SITE = f"http://weike.example{PREFIX}"


@pytest.fixture(scope="module")
def under(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    """A library at SITE."""
    data: Path = new_data(tmp_path_factory.mktemp("under") / "data")
    with in_thread(data, public_url=SITE) as served:
        yield Shelf(served)


class ThroughAProxy(httpx.BaseTransport):
    """The way of a browser through a proxy that hands the path on, or takes it off."""

    def __init__(self, served: Served, *, takes_off: bool) -> None:
        self._there = urlsplit(served.base_url)
        self._takes_off = takes_off
        self._inner = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request on."""
        path = request.url.raw_path.decode()
        assert path.startswith(PREFIX), f"{path} would never come to this site"
        if self._takes_off:
            path = path.removeprefix(PREFIX) or "/"
        url = f"http://{self._there.netloc}{path}"
        passed_on = httpx.Request(request.method, url, headers=request.headers, stream=request.stream)
        return self._inner.handle_request(passed_on)


def token(browser: httpx.Client) -> str:
    """The token of a page."""
    page = browser.get(f"{PREFIX}/counting").text
    found = re.search(r'name="csrf" content="([^"]+)"', page)
    assert found is not None
    return found[1]


@pytest.fixture(params=["handed on", "taken off"])
def browser(request: pytest.FixtureRequest, under: Shelf) -> Iterator[httpx.Client]:
    way = ThroughAProxy(under.served, takes_off=request.param == "taken off")
    with httpx.Client(base_url="http://weike.example", timeout=60, transport=way) as opened:
        yield opened


@pytest.mark.slow
def test_signing_in_and_every_page_that_pages_lead_to(under: Shelf, browser: httpx.Client) -> None:
    under.lesson(LessonState.PUBLISHED)
    under.lesson(recording="failed")
    under.cut()
    under.index()
    form = {
        "csrf": token(browser),
        "username": "staff",
        "password": password("staff"),
        "next": "/review?page=1",
    }
    answer = browser.post(f"{PREFIX}/sign-in", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PREFIX}/review?page=1")
    cookies = answer.headers.get_list("set-cookie")
    assert cookies
    assert all("Path=/weike;" in f"{cookie};" for cookie in cookies)
    kinds = Counter[str]()
    seen, waiting = set(), [f"{PREFIX}/", f"{PREFIX}", f"{PREFIX}/search?q=为人民服务", f"{PREFIX}/nowhere"]
    while waiting:
        address = waiting.pop()
        path = urlsplit(address).path
        if (
            kinds[kind_of(path)] == OF_A_KIND
            or path in seen
            or path.endswith("/events")
            or path == f"{PREFIX}/sign-out"
        ):
            continue
        seen.add(path)
        kinds[kind_of(path)] += 1
        page = browser.get(address)
        # The shelf has no picture for every address; a path that is not ours would be 403 there.
        missing = path.endswith("/nowhere") or "/media/" in path
        expected = (200, 404) if missing else (200, 303, 308, 405, 409)
        assert page.status_code in expected, (address, page.status_code)
        if "location" in page.headers:
            assert page.headers["location"].startswith(f"{PREFIX}/")
            waiting.append(page.headers["location"])
        if page.headers.get("content-type", "").startswith("text/html"):
            for where, value in paths_in(page.text):
                assert value == PREFIX or value.startswith(f"{PREFIX}/"), (address, where, value)
                waiting.append(urljoin("http://weike.example", unescape(value)))
    assert len(seen) > 30
    answer = browser.post(f"{PREFIX}/sign-out", data={"csrf": token(browser)})
    assert answer.headers["location"] == f"{PREFIX}/"
    assert browser.get(f"{PREFIX}/review").headers["location"] == f"{PREFIX}/sign-in?next=/review"


@pytest.mark.slow
def test_media_uploads_and_the_api_lie_under_it(under: Shelf, browser: httpx.Client) -> None:
    put = under.lesson(LessonState.PUBLISHED)
    browser.post(
        f"{PREFIX}/sign-in",
        data={"csrf": token(browser), "username": "lecturer", "password": password("lecturer")},
    )
    lesson = browser.get(f"{PREFIX}/api/v1/lessons/{put.lesson}").json()
    master = lesson["clips"][0]["master"]
    assert master.startswith(f"{PREFIX}/media/")
    assert browser.get(master).text.startswith("#EXTM3U")
    assert browser.get(master.replace("master.m3u8", "nothing.m3u8")).status_code == 404
    assert browser.get(f"{PREFIX}/api/openapi.json").json()["servers"] == [{"url": PREFIX}]
    headers = {"X-CSRF-Token": token(browser)}
    draft = browser.post(f"{PREFIX}/api/v1/lessons", json={"title": "x"}, headers=headers).json()["id"]
    tus = {**headers, "Tus-Resumable": "1.0.0"}
    words = f"filename eC5tcDQ=,filetype dmlkZW8vbXA0,lesson {_b64(draft)}"
    begun = browser.post(f"{PREFIX}/tus/", headers={**tus, "Upload-Length": "3", "Upload-Metadata": words})
    assert begun.status_code == 201, begun.text
    location = begun.headers["location"]
    assert re.fullmatch(rf"{PREFIX}/tus/[0-9a-f]+", location)
    chunk = {**tus, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    assert browser.patch(location, headers=chunk, content=b"1").status_code == 204
    carried = {**chunk, "Upload-Offset": "1", "X-HTTP-Method-Override": "PATCH"}
    assert browser.post(location, headers=carried, content=b"2").status_code == 204
    assert browser.head(location, headers=tus).headers["upload-offset"] == "2"
    page = browser.get(f"{PREFIX}/lessons/{put.lesson}").text
    assert f'value="{SITE}/lessons/{put.lesson}"' in page
    assert f'property="og:image" content="{SITE}/clips/{put.clip}/picture.jpg"' in page


def _b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.slow
def test_behind_tls_that_nobody_told_us_of_an_upload_was_led_to_http(served: Served, shelf: Shelf) -> None:
    person = served.person("lecturer")
    begun = person.begin_upload(person.new_lesson("x"), "x.mp4", 10)
    assert begun.headers["location"].startswith("/tus/")
    # What frameworks redirect by themselves too.
    slash = served.person("nobody").http.get("/lessons/")
    assert (slash.status_code, slash.headers["location"]) == (307, "/lessons")


@pytest.mark.slow
def test_a_path_that_is_one_of_the_sites_own_is_refused(under: Shelf) -> None:
    ports = under.served.ports
    for taken in ("/lessons", "/api", "/media", "/static", "/tus"):
        settings = ports.settings.model_copy(update={"public_url": f"https://x{taken}"})
        with pytest.raises(PrefixTaken):
            create_app(settings, ports)


@given(st.text(alphabet="/weikab.?", max_size=12))
def test_taking_off_and_putting_before_undo_each_other(path: str) -> None:
    path = f"/{path}"
    whole = outside(path, PREFIX)
    scope = inside({"path": whole, "raw_path": whole.encode()}, PREFIX)
    assert scope["path"] in (path, inside({"path": path, "raw_path": path.encode()}, PREFIX)["path"])
    assert inside({"path": path, "raw_path": path.encode()}, "")["path"] == path


@pytest.mark.slow
@pytest.mark.parametrize(
    ("said", "seen"),
    [
        ("http://evil/lessons", "/weike/lessons"),
        ("//evil.example/x", "/weike/x"),
        ("/weike/lessons?q=1#a", "/weike/lessons?q=1#a"),
        ("https://h//evil", "/weike/evil"),
        ("http://[", "/weike/"),
        ("/weikes", "/weike/weikes"),
    ],
)
def test_no_location_leads_to_another_host(said: str, seen: str) -> None:
    async def nobody(*_: object) -> None:
        """Stands where an application is."""

    assert Locations(nobody, PREFIX)._location(said.encode(), b"") == seen.encode()
