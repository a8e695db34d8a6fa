"""Statistics and sharing as they are looked at: on a phone 360 dots wide, with a real Chromium."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from library.core.clock import CHINA
from library.organisation import actions as organisation
from library.plays.tables import Play
from server.web.shown.sharing import share
from tests.browser.conftest import DEVICES, press_play
from tests.server.conftest import Put, Shelf
from tests.support import factories as make
from tests.support.audience import attend
from tests.support.server import Served, password

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.dear(9)]

PHONE = {**DEVICES["phone"], "viewport": {"width": 360, "height": 780}}
TITLE = "《中国共产党纪律处分条例》要点：写给村党支部书记的二十条提醒与三个真实案例"


@dataclass(frozen=True)
class Measured:
    """A lesson watched on the fifty-nine days before today, most viewers leaving the first clip at 20 s."""

    lesson: str
    clips: tuple[str, ...]


@pytest.fixture(scope="module")
def measured(served: Served) -> Measured:
    """Put it into the library, and a member of the staff above it."""
    now = served.ports.clock() - timedelta(minutes=1)
    # Not up to now: shortly after midnight the first evening would reach back over two days.
    evening = now.astimezone(CHINA).replace(hour=20, minute=0) - timedelta(days=1)
    with served.ports.db.write() as session:
        root = make.root(session)
        villages = [organisation.add_named(session, root, name, now) for name in ("余村党支部", "天荒坪镇")]
        owner = Shelf(served).viewer("lecturer")
        lesson = make.lesson(session, TITLE, owner=owner, branch=villages[0], lecturer="王芳", clips=2)
        for clip in lesson.clips:
            clip.poster = ""  # there are no files
        attend(session, lesson.clips, villages, evening.astimezone(UTC), days=59, most_a_day=6, leave_s=20.0)
        return Measured(lesson.id, tuple(clip.id for clip in lesson.clips))


@dataclass
class Reader:
    """Somebody at a phone; `troubles` is what the browser complained of."""

    page: Page
    base_url: str
    troubles: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        """Open a page, which must fit."""
        self.page.goto(self.base_url + path)
        self.fits()

    def fits(self) -> None:
        """Nothing is wider than the screen."""
        over = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert over <= 0, f"{self.page.url} is {over} dots too wide"


@pytest.fixture(params=["zh-CN", "en"])
def reader(request: pytest.FixtureRequest, chromium: Browser, served: Served) -> Iterator[Reader]:
    """A member of the staff, signed in, with a phone in one language."""
    context = chromium.new_context(**PHONE, locale=request.param)
    page = context.new_page()
    made = Reader(page, served.base_url)
    page.on("pageerror", lambda error: made.troubles.append(str(error)))
    page.on("console", lambda line: made.troubles.append(line.text) if line.type == "error" else None)
    page.goto(f"{served.base_url}/sign-in")
    page.fill("main input[name=username]", "staff")
    page.fill("main input[name=password]", password("staff"))
    page.click("main form button.primary")
    page.wait_for_url(f"{served.base_url}/")
    yield made
    context.close()
    assert made.troubles == []


def test_pages_of_statistics_fit_a_phone_and_say_what_they_draw(reader: Reader, measured: Measured) -> None:
    page = reader.page
    reader.open("/")
    page.click("nav.sections a[href='/stats']")
    page.wait_for_url("**/stats")
    reader.fits()
    assert page.locator(".chart-bars g").count() == 30
    page.click("nav.orders a[href*='range=all']")
    page.wait_for_url("**range=all**")
    bars = page.locator(".chart-bars g").count()
    assert 55 <= bars <= 60
    heights = page.locator(".chart-members").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().height)"
    )
    assert max(heights) > 40, "bars are seen"
    page.click("summary:has-text('看数字'), summary:has-text('The numbers')")
    assert page.locator(".panel details[open] tbody tr").count() == bars, "the same as a table"
    reader.fits()
    page.click(f"table a[href*='{measured.lesson}']")
    page.wait_for_url(f"**/lessons/{measured.lesson}/stats?range=all")
    reader.fits()
    expect(page.locator("h1")).to_have_count(1)
    leave = page.locator(".clip-stats li").first.locator(".chart-words a")
    assert leave.get_attribute("href") == f"/clips/{measured.clips[0]}?t=20.0"
    assert leave.inner_text() == "0:20"
    for summary in page.locator("main details > summary").all():
        summary.click()
    reader.fits()


def test_the_curve_opens_the_clip_where_it_is_pointed_at(reader: Reader, measured: Measured) -> None:
    page = reader.page
    reader.open(f"/lessons/{measured.lesson}/stats")
    page.locator(".chart-stay").first.scroll_into_view_if_needed()
    box = page.locator(".chart-stay").first.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * 0.76, box["y"] + box["height"] / 2)
    page.wait_for_url(f"**/clips/{measured.clips[0]}?t=45.0")
    page.goto("about:blank")  # nothing more is asked for: the lesson was made without files
    reader.troubles.clear()


def test_days_are_chosen_without_a_script(chromium: Browser, served: Served, measured: Measured) -> None:
    cookies = served.person("staff").http.cookies
    context = chromium.new_context(**PHONE, locale="zh-CN", java_script_enabled=False)
    context.add_cookies(
        [{"name": c.name, "value": str(c.value), "url": served.base_url} for c in cookies.jar]
    )
    page = context.new_page()
    page.goto(f"{served.base_url}/lessons/{measured.lesson}/stats?range=7")
    page.click(".span-days summary")
    page.fill("input[name=from]", "2020-01-01")
    page.fill("input[name=to]", "2020-02-01")
    page.click(".span-days button")
    expect(page.locator(".panel.empty h2")).to_have_text("这段时间没有人观看")
    expect(page.locator(".span-now")).to_have_text("2020年1月1日至 2020年2月1日")
    page.goto(f"{served.base_url}/lessons/{measured.lesson}")
    page.click(".share summary")
    expect(page.locator(".share .qr")).to_be_visible()
    expect(page.locator(".share input")).to_have_value(f"{served.base_url}/lessons/{measured.lesson}")
    expect(page.locator(".share [data-copy]")).to_be_hidden()
    context.close()


@pytest.mark.parametrize("scanned", ["lesson", "clip"])
def test_a_play_that_a_code_led_to_says_so(chromium: Browser, served: Served, put: Put, scanned: str) -> None:
    path = {"lesson": f"/lessons/{put.lesson}", "clip": f"/clips/{put.clip}"}[scanned]
    context = chromium.new_context(**PHONE, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{served.base_url}{path}")
    drawn: Any = page.locator(".share .qr path").get_attribute("d")
    assert drawn == share(served.base_url, path).code
    # What the code reads, see tests/server/web/shown/test_sharing.py.
    page.goto(f"{served.base_url}{path}?via=qr")
    if scanned == "lesson":
        page.click(f"a[href='/clips/{put.clip}'] >> nth=0")
    page.wait_for_selector("video")
    press_play(page)
    end = time.monotonic() + 60
    sources: list[str] = []
    while not sources and time.monotonic() < end:
        page.wait_for_timeout(100)
        with served.ports.db.read() as session:
            sources = list(session.scalars(select(Play.source).where(Play.clip_id == put.clip)))
    assert sources == ["qr"]
    context.close()
    with served.ports.db.write() as session:
        for play in session.scalars(select(Play).where(Play.clip_id == put.clip)):
            session.delete(play)
