"""All pages as each kind of person meets them over HTTP: what they load, what they link, how they fail."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx
import pytest

from library.catalog.audience import chosen
from library.catalog.permits import Audience, LessonState
from library.core.permits import MemberState
from server.web.templating import CONTENT_SECURITY_POLICY
from tests.server.conftest import Shelf
from tests.server.routes import OF_A_KIND, kind_of
from tests.support.client import PLAIN, Person
from tests.support.server import Served, new_data, password, process

pytestmark = [pytest.mark.slow, pytest.mark.dear(45)]

VIEWERS = ("nobody", "member", "lecturer", "staff", "admin")
LOADS = {"src", "poster", "data", "srcset", "action", "formaction", "background", "cite", "manifest"}
CSS_LOADS = re.compile(r"url\(\s*['\"]?([^'\")]+)|@import\s+['\"]([^'\"]+)")


class Page(HTMLParser):
    """What a page loads and links, and what a policy without inline code would break."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loads: set[str] = set()
        self.links: set[str] = set()
        self.inline: list[str] = []
        self._script = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect addresses."""
        found = {name: value or "" for name, value in attrs}
        for name, value in found.items():
            loaded = tag == "link" and name == "href" and found.get("rel") != "alternate"
            if name in LOADS or loaded:
                self.loads.add(value)
            if name.startswith("on") or name == "style":
                self.inline.append(f"<{tag} {name}={value}>")
        if tag == "a" and found.get("href", "#") != "#":
            self.links.add(found["href"])
        if tag == "style" or (tag == "script" and "src" not in found and "json" not in found.get("type", "")):
            self.inline.append(f"<{tag}>")


@pytest.fixture(scope="module", autouse=True)
def filled(shelf: Shelf) -> None:
    """Lessons in every state, so that every kind of page and button is there."""
    for state in LessonState:
        for audience in Audience:
            to_members = chosen(kinds=[MemberState.FULL]) if audience is Audience.CHOSEN else audience
            shelf.lesson(state, to_members, words="绿水青山就是金山银山", recording="ready")
    shelf.lesson(recording="failed")
    shelf.upload("lecturer")
    shelf.token("lecturer")
    shelf.invitation()
    shelf.index()


STARTS = (
    "/",
    "/search?q=绿水青山",
    "/lessons?year=2026&page=2",
    "/upload",
    "/mine",
    "/review",
    "/people",
    "/account",
)


def visit_all(served: Served, name: str) -> Iterator[tuple[str, httpx.Response]]:
    """The pages that somebody reaches by links from where people begin, OF_A_KIND of each kind."""
    http = served.person(name).http
    waiting, seen = [*STARTS, "/sign-in", "/api/docs", "/no-such-page", "/counting"], set[str]()
    kinds = Counter[str]()
    while waiting:
        path = waiting.pop()
        if path in seen or kinds[kind_of(path)] == OF_A_KIND:
            continue
        seen.add(path)
        kinds[kind_of(path)] += 1
        answer = http.get(path)
        yield path, answer
        if "html" in answer.headers.get("content-type", ""):
            for link in Page(answer.text).links:
                url = urljoin(f"{served.base_url}{path}", link)
                assert urlsplit(url).scheme in ("http", "https", "mailto"), (path, link)
                if url.startswith(served.base_url):
                    waiting.append(url.removeprefix(served.base_url).partition("#")[0])
        assert len(seen) < 400, f"a page links to itself without end: {sorted(seen)}"


@pytest.mark.spread("name")
@pytest.mark.parametrize("name", VIEWERS)
def test_pages_work_and_load_nothing_from_another_host(served: Served, name: str) -> None:
    pages, loaded = 0, dict[str, httpx.Response]()
    http = served.person(name).http
    for path, answer in visit_all(served, name):
        wanted = (404,) if path == "/no-such-page" else (200, 303, 308, 403)
        assert answer.status_code in wanted, (path, answer.status_code)
        if answer.status_code == 403:
            assert path in STARTS, f"a link on a page leads to what {name} may not see: {path}"
        if "html" not in answer.headers.get("content-type", ""):
            continue
        pages += 1
        page = Page(answer.text)
        assert page.inline == [], path
        assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY, path
        assert answer.headers["cache-control"] == "private, no-cache", path
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        for address in page.loads | {m for found in CSS_LOADS.findall(answer.text) for m in found if m}:
            assert address.startswith(("/", "data:")), (path, address)
            assert not address.startswith("//"), (path, address)
            if address not in loaded and not address.startswith("data:") and "/media/" not in address:
                loaded[address] = http.get(address)
    assert pages > 8
    for address, answer in loaded.items():
        # What a form is sent to answers other methods; what is loaded is there.
        assert answer.status_code in (200, 303, 401, 403, 404, 405), address
        if address.startswith("/static/"):
            assert answer.status_code == 200, address
            assert "immutable" in answer.headers["cache-control"]
            assert answer.headers["x-content-type-options"] == "nosniff"


def test_what_is_static_loads_nothing_from_another_host() -> None:
    folder = Path(__file__).parents[2] / "server" / "static"
    sheets, scripts = list(folder.rglob("*.css")), list(folder.rglob("*.js"))
    assert sheets
    assert scripts
    for file in sheets:
        for found in CSS_LOADS.findall(file.read_text("utf-8")):
            address = "".join(found)
            assert address.startswith(("data:", "./", "/static/", "#")) or "://" not in address, (
                file,
                address,
            )
            assert not address.startswith("//"), (file, address)
    loading = re.compile(r"""(?:import|fetch|importScripts|new Worker|sendBeacon)\(\s*['"`](?:https?:)?//""")
    for file in scripts:
        assert not loading.search(file.read_text("utf-8")), file


# ---------------------------------------------------------------------- what goes wrong


def test_errors_are_pages_for_people_and_json_for_programs(served: Served) -> None:
    http = served.person("nobody").http
    for path, status in (("/lessons/none", 404), ("/nothing", 404), ("/clips/none", 404), ("/sign-out", 405)):
        answer = http.get(path)
        assert answer.status_code == status
        assert answer.headers["content-type"].startswith("text/html")
        assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
        assert answer.headers["cache-control"] == "private, no-cache", "the page holds a token"
        assert "这里没有您要找的内容" in answer.text
        assert answer.headers["x-request-id"] in answer.text, "the number to tell the administrator"
    for path in ("/api/v1/lessons/none", "/api/v1/nothing", "/lessons/none/events"):
        answer = http.get(path)
        assert answer.status_code == 404
        body = answer.json()
        assert body["error"] == "not_found"
        assert body["message"]
        assert body["todo"]


def test_errors_are_in_the_language_of_the_reader(served: Served) -> None:
    with Person(served.base_url, "en-US,en;q=0.9") as browser:
        page, body = browser.http.get("/nothing").text, browser.http.get("/api/v1/lessons/none").json()
    assert '<html lang="en"' in page
    assert body["message"].isascii()


@pytest.mark.parametrize(
    "path",
    [
        *("/lessons?page=0", "/lessons?page=-1", "/lessons?page=999999999999999999999", "/lessons?page=x"),
        *(
            "/lessons?year=abcd",
            "/lessons?year=0000",
            "/lessons?year=２０２６",
            "/lessons?topic=%00",
            "/lessons?topic=%ff",
        ),
        *(
            "/search?q=" + "党" * 3000,
            "/search?q=%00",
            "/search?q=%ff%fe",
            '/search?q="',
            "/search?q=-",
            "/search?q=*",
        ),
        *("/search?q=title:(", "/search?q=党&page=10000", "/search?q=year:x", "/search?q=%F0%9F%8E%93"),
        *("/lessons/%00", "/lessons/..%2f..", "/clips/%ff", "/welcome/" + "x" * 5000, "/welcome/%00"),
        *(
            "/api/v1/search?limit=0",
            "/api/v1/search?limit=101",
            "/api/v1/search?offset=-1",
            "/api/v1/lessons?page=0",
        ),
        *("/api/v1/search?q=党&offset=10000", "/api/v1/lessons?page=99999999999", "/people?q=%25&page=7"),
    ],
)
def test_odd_addresses_are_never_an_error_of_ours(served: Served, path: str) -> None:
    for name in ("nobody", "staff"):
        answer = served.person(name).http.get(path)
        assert answer.status_code in (200, 303, 403, 404, 422), path


def test_odd_starting_seconds_begin_at_the_beginning(served: Served, shelf: Shelf) -> None:
    clip = shelf.lesson(LessonState.PUBLISHED).clip
    http = served.person("nobody").http
    plain = http.get(f"/clips/{clip}").text
    for odd in ("nan", "inf", "-5", "1e9", "x", ""):
        assert http.get(f"/clips/{clip}?t={odd}").text.count("\n") == plain.count("\n")


def test_every_answer_has_its_own_number(served: Served) -> None:
    http = served.person("nobody").http
    paths = ("/", "/nothing", "/api/v1/lessons", "/sign-in", "/api/openapi.json") * 3
    numbers = [http.get(path).headers["x-request-id"] for path in paths]
    assert len(set(numbers)) == len(numbers)


def test_an_unforeseen_error_says_its_number_and_nothing_of_the_inside(tmp_path: Path) -> None:
    data = new_data(tmp_path / "data")
    with process(data, WEIKE_WORKER="false") as running, Person(running.base_url) as staff:
        staff.sign_in("staff", password("staff"))
        staff.csrf()
        with closing(sqlite3.connect(data / "weike.sqlite")) as connection:
            connection.execute("ALTER TABLE people_invitation RENAME TO gone")
            connection.commit()
        page = staff.http.get("/people")
        link = httpx.get(
            f"{running.base_url}/welcome/secret-of-a-link", verify=PLAIN
        )  # an error ends the connection
        log = running.log.read_text("utf-8")
    assert page.status_code == link.status_code == 500
    assert page.headers["x-request-id"] in page.text
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    for text in (page.text, link.text):
        assert "Traceback" not in text
        assert "sqlite" not in text.lower()
    assert page.headers["x-request-id"] in log
    assert "no such table" in log, "the log says what happened"
    assert "secret-of-a-link" not in log, "who reads the log could use the link first"
    assert staff.csrf() not in log, "local variables were logged, tokens with them"
    assert max(len(line) for line in log.splitlines()) < 100_000, "half a megabyte for each error"


def test_the_log_does_not_say_who_was_erased(tmp_path: Path) -> None:
    """With the id anybody computes the token that stands in the ledger for what the erased have watched."""
    data = new_data(tmp_path / "data")
    with closing(sqlite3.connect(data / "weike.sqlite")) as connection:
        [(who,)] = connection.execute("SELECT id FROM people_person WHERE username = 'member'").fetchall()
    with process(data, WEIKE_WORKER="false") as running, Person(running.base_url) as admin:
        admin.sign_in("admin", password("admin"))
        assert admin.post(f"/people/{who}/erase", confirm="nobody").status_code == 422
        assert admin.post(f"/people/{who}/erase", confirm="member").status_code == 303
        log = running.log.read_text("utf-8")
    assert "a member was erased" in log, "that it was done stays"
    assert "/people/…/erase" in log
    assert who not in log


# ---------------------------------------------------------------------- language and the way back


def test_the_language_is_the_browsers_then_the_chosen_then_the_accounts(served: Served) -> None:
    def language(browser: Person) -> str:
        match = re.search(r'<html lang="([^"]+)"', browser.http.get("/").text)
        assert match is not None
        return match[1]

    for header, wanted in (("en-GB", "en"), ("zh-TW", "zh-CN"), ("fr", "zh-CN"), ("fr, en;q=0.1", "en")):
        with Person(served.base_url, header) as browser:
            assert language(browser) == wanted
    with Person(served.base_url, "zh-CN") as browser:
        answer = browser.post("/language", language="en", next="/lessons?page=2")
        assert answer.headers["location"] == "/lessons?page=2"
        assert language(browser) == "en"
        assert browser.post("/language", language="tlh").status_code == 422
    with served.signed_in("other") as browser:
        browser.post("/language", language="en")
    with served.signed_in("other") as elsewhere:
        assert language(elsewhere) == "en", "it is the person's, not the browser's"
        elsewhere.post("/language", language="zh-CN")


@pytest.mark.parametrize(
    ("given", "goes_to"),
    [
        ("/mine?page=2", "/mine?page=2"),
        ("/search?q=党课", "/search?q=%E5%85%9A%E8%AF%BE"),
        ("", "/"),
        ("//evil.example", "/"),
        ("///evil.example", "/"),
        ("/\\evil.example", "/"),
        ("\\\\evil.example", "/"),
        ("https://evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("/\t/evil.example", "/"),
        ("/\n/evil.example", "/"),
        ("mine", "/"),
        (" /mine", "/"),
    ],
)
def test_nobody_is_sent_elsewhere_after_signing_in(served: Served, given: str, goes_to: str) -> None:
    with served.nobody() as browser:
        answer = browser.post("/sign-in", username="member", password=password("member"), next=given)
        assert answer.status_code == 303
        assert answer.headers["location"] == goes_to
        # Whoever is signed in already is sent on at once, by the same rule.
        again = browser.http.get("/sign-in", params={"next": given})
        assert again.headers["location"] == goes_to


def test_what_people_write_is_shown_as_text(served: Served, shelf: Shelf) -> None:
    evil = "<img src=x onerror=alert(1)>\"'&{{7*7}}"
    put = shelf.lesson(LessonState.PUBLISHED, words=evil)
    changed = {"title": evil, "lecturer": evil, "topics": [evil.replace(";", "")], "summary": evil}
    staff = served.person("staff")
    assert staff.api("PATCH", f"/lessons/{put.lesson}", json=changed).status_code == 200
    assert staff.api("POST", f"/lessons/{put.lesson}/draft/publish", json={}).status_code == 200
    shelf.index()
    for path in ("/", "/lessons", f"/lessons/{put.lesson}", f"/clips/{put.clip}", "/search?q=onerror"):
        text = served.person("staff").http.get(path).text
        assert "<img src=x" not in text, path
        assert "49" not in re.findall(r"&amp;(\d+)", text), path
        assert "&lt;img src=x onerror=" in text, path
