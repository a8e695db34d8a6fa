"""Every kind of page that a role is led to is there; at twice the size none has errors, or is too wide."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit

import pytest
from playwright.sync_api import Browser, Page

from library.catalog.permits import LessonState
from library.core.clock import utc_now
from library.declaring import actions as declaring
from library.declaring.actions import Given
from tests.browser.elsewhere.conftest import Course
from tests.server.conftest import Shelf
from tests.support.client import Person
from tests.support.server import PEOPLE, Served
from tests.support.spreading import chosen

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.dear(56)]

NOBODY = "nobody"
ROLES = (NOBODY, *(name for name in PEOPLE if name != "other"))
ONE_OF_MANY = (
    (re.compile(r"/[0-9a-z]{16}(?=/|$)"), "/{id}"),
    (re.compile(r"/\d{4}-W\d\d(?=/|$)"), "/{week}"),
    (re.compile(r"/\d[\d.-]*(?=/|$)"), "/{number}"),
)
TWICE = {"width": 720, "height": 450}
"""1440 x 900 at 200 %."""


def kind_of(address: str) -> str:
    """What an address has in common with those of other things of its kind."""
    parts = urlsplit(address)
    path = parts.path
    for some, any_of_them in ONE_OF_MANY:
        path = some.sub(any_of_them, path)
    names = sorted({name for name, _ in parse_qsl(parts.query)} - {"next", "q"})
    return f"{path}?{'&'.join(names)}" if names else path


class _Addresses(HTMLParser):
    """The links of a page, and the names that links to places in it can mean."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.names: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.names.add(given.get("id") or "")
        if tag == "a" and given.get("href"):
            self.links.append(given["href"] or "")


def walk(person: Person, base_url: str) -> tuple[dict[str, str], list[str]]:
    """From the home page to one page of each kind: an address of each, and the links that lead nowhere."""
    found, broken, waiting = {"/": "/"}, [], ["/"]
    while waiting:
        page = waiting.pop(0)
        with person.http.stream("GET", page, follow_redirects=True) as answer:
            if answer.status_code >= 400:
                broken.append(f"{answer.status_code} {page}")
                continue
            if not answer.headers.get("content-type", "").startswith("text/html"):
                del found[kind_of(page)]
                continue
            read = _Addresses()
            read.feed(answer.read().decode())
        for link in read.links:
            address, place = urldefrag(urljoin(f"{base_url}{page}", link))
            if place and link.startswith("#") and place not in read.names:
                broken.append(f"#{place} is not on {page}")
            local = address.removeprefix(base_url)
            if local != address and local and (kind := kind_of(local)) not in found:
                found[kind] = local
                waiting.append(local)
    return found, broken


@pytest.fixture(scope="module")
def library(served: Served, course: Course) -> Served:
    """A library with something of what it can have."""
    shelf = Shelf(served)
    shelf.lesson(recording="ready")
    shelf.lesson(recording="failed")
    shelf.cut()
    declared = shelf.lesson(LessonState.DRAFT)
    with served.ports.db.write() as session:
        lecturer = shelf.viewer("lecturer")
        declaring.declare(session, lecturer, declared.lesson, utc_now(), Given(checked=None))
    shelf.saved("member")
    shelf.taught("枫桥经验", "枫桥")
    shelf.node()
    return served


@pytest.fixture
def tab(chromium: Browser) -> Iterator[Page]:
    """A window at twice the size."""
    context = chromium.new_context(viewport=TWICE, device_scale_factor=2, locale="zh-CN")
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("role", ROLES)
def test_no_link_leads_nowhere_and_no_page_has_errors(
    role: str, library: Served, tab: Page, pytestconfig: pytest.Config
) -> None:
    person = library.nobody() if role == NOBODY else library.person(role)
    found, wrong = walk(person, library.base_url)
    tab.context.add_cookies(
        [{"name": n, "value": str(v), "url": library.base_url} for n, v in person.http.cookies.items()]
    )
    at = ""
    tab.on("pageerror", lambda error: wrong.append(f"{at}: {error}"))
    tab.on("console", lambda line: wrong.append(f"{at}: {line.text}") if line.type == "error" else None)
    for kind in sorted(chosen(sorted(found), pytestconfig)):
        at = found[kind]
        tab.goto(library.base_url + at)
        if tab.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong.append(f"{at}: wider than the window")
    assert len(found) > (10 if role == NOBODY else 20), found
    assert not wrong, "\n".join(wrong)
