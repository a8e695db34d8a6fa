"""Without a network on a phone: pages that were seen, clips that were kept, and nothing left after signing
out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from library.catalog.tables import Clip
from library.core.clock import utc_now
from tests.browser.conftest import DEVICES, put_film
from tests.server.conftest import Put
from tests.support.server import Served, password

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.dear(14)]
CACHES = "async () => (await caches.keys()).filter((name) => /weike-(pages|clips)/.test(name))"


@pytest.fixture(scope="module")
def put(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Put:
    """A published lesson with a clip that may be kept."""
    made = put_film(served, tmp_path_factory.mktemp("film"), 10)
    with served.ports.db.write() as session:
        session.get_one(Clip, made.clip).sizes = {"180p": 100_000}
    return made


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A phone."""
    context = chromium.new_context(**DEVICES["phone"], locale="zh-CN")
    yield context.new_page()
    context.close()


def sign_in(page: Page, served: Served, username: str) -> None:
    """Sign in through the form."""
    page.goto(f"{served.base_url}/sign-in")
    page.fill("main input[name=username]", username)
    page.fill("main input[name=password]", password(username))
    page.click("main form button.primary")
    page.wait_for_url(f"{served.base_url}/")


def keep_pages(page: Page, served: Served) -> None:
    """Switch on that pages are kept, and wait until the worker answers."""
    page.goto(f"{served.base_url}/offline")
    page.click("#pages-switch")
    expect(page.locator("#pages-switch")).to_have_attribute("aria-pressed", "true")
    page.wait_for_function("() => navigator.serviceWorker.controller", timeout=15_000)


def test_a_page_that_was_seen_opens_without_a_network_and_says_from_when_it_is(
    page: Page, served: Served, put: Put
) -> None:
    sign_in(page, served, "member")
    lesson = f"{served.base_url}/lessons/{put.lesson}"
    page.goto(lesson)
    assert page.evaluate(CACHES) == [], "nobody has asked for it"
    keep_pages(page, served)
    page.goto(lesson)
    page.goto(f"{served.base_url}/account")
    page.context.set_offline(True)
    page.goto(lesson)
    expect(page.locator("h1")).to_contain_text(put.title)
    expect(page.locator("#offline-copy")).to_contain_text(f"没有网络。这是 {utc_now().year}年")
    page.goto(f"{served.base_url}/account")
    expect(page.locator("h1")).to_have_text("现在没有网络")  # what is about a person is not kept
    page.context.set_offline(False)
    page.goto(lesson)
    expect(page.locator("#offline-copy")).to_have_count(0)

    page.goto(f"{served.base_url}/account")
    page.click("details.menu summary >> nth=-1")
    page.click("form[action$='/sign-out'] button")
    page.wait_for_load_state()
    page.wait_for_function(f"async () => (await ({CACHES})()).every((name) => name.endsWith('-guest'))")
    page.context.set_offline(True)
    page.goto(lesson)
    expect(page.locator("h1")).to_have_text("现在没有网络")


def test_a_clip_is_kept_played_without_a_network_and_not_shown_to_the_next_one(
    page: Page, served: Served, put: Put
) -> None:
    sign_in(page, served, "member")
    keep_pages(page, served)
    page.goto(f"{served.base_url}/clips/{put.clip}")
    link = page.locator("a[href*='/offline?clip=']")
    assert link.count() == 1
    page.goto(f"{served.base_url}/offline?clip={put.clip}")
    page.click("#keep-form button")
    expect(page.locator("#list li")).to_have_count(1, timeout=20_000)
    expect(page.locator("#list li")).to_contain_text("留到")
    page.context.set_offline(True)
    page.goto(f"{served.base_url}/offline")
    expect(page.locator("h1")).to_have_text("现在没有网络")
    page.click("#list li button.plain")
    page.wait_for_function("() => document.getElementById('video').currentTime > 0.2", timeout=15_000)

    page.context.set_offline(False)
    page.context.clear_cookies()
    sign_in(page, served, "lecturer")
    page.goto(f"{served.base_url}/offline")
    expect(page.locator("#none")).to_be_visible()
    expect(page.locator("#list li")).to_have_count(0)
    names = page.evaluate(CACHES)
    assert len({name.rsplit("-", 1)[1] for name in names}) == 1, "of one account, whoever was here last"


def test_pages_are_kept_only_while_they_are_wanted(page: Page, served: Served, put: Put) -> None:
    lesson = f"{served.base_url}/lessons/{put.lesson}"
    sign_in(page, served, "member")
    # As push begins the worker, of somebody who has never asked for pages.
    page.evaluate("() => navigator.serviceWorker.register('/push-worker.js', { scope: '/' })")
    page.wait_for_function("() => navigator.serviceWorker.controller", timeout=15_000)
    page.goto(lesson)
    page.wait_for_timeout(500)
    assert page.evaluate(CACHES) == [], "push alone keeps nothing"

    keep_pages(page, served)
    page.goto(lesson)
    page.wait_for_function(f"async () => (await ({CACHES})()).length")
    page.goto(f"{served.base_url}/offline")
    page.click("#pages-switch")
    expect(page.locator("#pages-switch")).to_have_attribute("aria-pressed", "false")
    page.goto(lesson)
    page.wait_for_timeout(500)
    assert [name for name in page.evaluate(CACHES) if "pages" in name] == [], "switched off"


def test_what_was_kept_goes_when_the_library_takes_it_back(page: Page, served: Served, put: Put) -> None:
    sign_in(page, served, "member")
    keep_pages(page, served)
    lesson = f"{served.base_url}/lessons/{put.lesson}"
    page.goto(lesson)
    page.goto(f"{served.base_url}/offline?clip={put.clip}")
    page.click("#keep-form button")
    expect(page.locator("#list li")).to_have_count(1, timeout=20_000)
    kept = """async (url) => (await caches.match(url)) !== undefined"""
    page.wait_for_function(kept, arg=lesson)
    staff = served.person("staff")
    assert staff.post(f"/lessons/{put.lesson}/withdraw", note="改").status_code < 400
    page.goto(f"{served.base_url}/offline")
    expect(page.locator("#none")).to_be_visible()
    expect(page.locator("#list li")).to_have_count(0)
    page.goto(lesson)
    expect(page.locator("h1")).not_to_contain_text(put.title)
    page.wait_for_function(f"async (url) => !(await ({kept})(url))", arg=lesson)
    told = staff.http.get(f"/lessons/{put.lesson}")
    assert (told.status_code, told.headers.get("x-weike-stay")) == (200, "no"), "who still sees it keeps none"
