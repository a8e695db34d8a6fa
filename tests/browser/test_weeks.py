"""A secretary plans a week with the keyboard, and members find it on their home page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from library.catalog.permits import LessonState
from library.core.clock import utc_now
from server.web.shown.weeks import present
from tests.browser.conftest import Visit
from tests.server.conftest import Put, Shelf
from tests.support.server import Served, in_thread, new_data

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.dear(7)]
WORDS = "竹海深处"


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A library in this process, where nothing is planned."""
    with in_thread(new_data(tmp_path_factory.mktemp("weeks") / "data")) as running:
        yield running


@pytest.fixture
def lessons(server: Served) -> tuple[Put, Put]:
    """Two lessons that the search finds."""
    shelf = Shelf(server)
    made = tuple(shelf.lesson(LessonState.PUBLISHED, words=WORDS) for _ in range(2))
    shelf.index()
    return made  # type: ignore[return-value]


def test_a_week_is_planned_by_keyboard_and_stands_on_home(visit: Visit, lessons: tuple[Put, Put]) -> None:
    page, this = visit.page, present(utc_now())
    visit.sign_in("staff")
    visit.open("/programme")
    expect(page.locator("tr[aria-current=date]")).to_contain_text(f"{this.year} 年第 {this.n} 周")
    page.locator("tr.now .plan-it").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{this}")
    page.fill("input[name=theme]", "绿水青山就是金山银山")
    page.fill("textarea[name=reading]", "党章 第一章\n条例 https://www.12371.cn/x")
    page.fill("input[name=release]", f"{this.monday - timedelta(days=1)}T08:00")
    page.press("input[name=theme]", "Enter")
    expect(page.locator(".flash", has_text="已保存")).to_be_visible()
    for n in range(2):
        if n == 0:
            page.fill("#lessons input[name=q]", WORDS)
            page.press("#lessons input[name=q]", "Enter")
        add = page.locator("#lessons form[action$='/add'] button").first
        add.focus()
        page.keyboard.press("Enter")
        expect(page.locator("#lessons .ordered > li")).to_have_count(n + 1)
    rows = page.locator("#lessons .ordered > li")
    last = rows.nth(1).locator("a").inner_text()
    rows.nth(1).locator("button[value=up]").focus()
    page.keyboard.press("Enter")
    expect(rows.first).to_contain_text(last)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    page.fill("input[name=every]", "2")
    page.fill("input[name=until]", str(this.after(4).sunday))
    page.press("input[name=every]", "Enter")
    expect(page.locator(".flash", has_text="已复制")).to_be_visible()

    visit.context.clear_cookies()
    visit.sign_in("member")
    page.reload()  # it comes out within a second or two
    week = page.locator(".week-now")
    expect(week).to_contain_text("绿水青山就是金山银山")
    expect(week).to_contain_text("原定")
    expect(week.locator(".card h3").first).to_have_text(last)
    expect(week.locator(".reading a")).to_have_attribute("href", "https://www.12371.cn/x")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    week.locator(".card a").first.click()
    page.wait_for_url("**/lessons/*")
    visit.open("/weeks")
    expect(page.locator(".week-coming")).to_have_count(2)
    expect(page.locator(".week-coming").first).to_contain_text(str(lessons[0].title))
    expect(page.locator(".week-coming a[href*='/lessons/']")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
