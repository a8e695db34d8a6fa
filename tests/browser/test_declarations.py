"""A reviewer works through the queue by keyboard alone: plays, remarks at a second, sends back, approves."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from library.core.clock import utc_now
from library.declaring import actions
from library.declaring.actions import Given
from tests.browser.conftest import Visit, put_film
from tests.server.conftest import Shelf
from tests.support.server import Served, in_thread, new_data

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.dear(7)]


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A library in this process."""
    with in_thread(new_data(tmp_path_factory.mktemp("declarations") / "data")) as running:
        yield running


@pytest.fixture
def titles(server: Served, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """Two lessons that were declared, of which the second plays."""
    shelf = Shelf(server)
    first, second = shelf.lesson(), put_film(server, tmp_path_factory.mktemp("film"), 20)
    lecturer = shelf.viewer("lecturer")
    for put in (first, second):
        with server.ports.db.write() as session:
            actions.declare(session, lecturer, put.lesson, utc_now(), Given(checked=None))
    return first.title, second.title


def test_the_queue_is_worked_through_by_keyboard(visit: Visit, titles: tuple[str, str]) -> None:
    page = visit.page
    visit.sign_in("staff")
    visit.open("/declarations")
    expect(page.locator("#queue > li")).to_have_count(2)
    page.keyboard.press("?")
    expect(page.locator("#keys ul").first).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("#queue a:focus")).to_have_text(titles[1])
    page.keyboard.press("k")
    expect(page.locator("#queue a:focus")).to_have_text(titles[0])
    page.keyboard.press("x")
    expect(page.locator("#queue input:checked")).to_have_count(1)
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("p")
    expect(page.locator("h1")).to_have_text(titles[1])
    page.wait_for_function("() => document.querySelector('#screen-video').currentTime > 1.5")

    page.keyboard.press("r")
    expect(page.locator("#remark-text")).to_be_focused()
    assert page.locator("#screen-video").evaluate("video => video.paused")
    assert page.input_value("#remark-at").startswith("0:0")
    page.keyboard.type("j k a b 这里听不清")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    remark = page.locator("#remarks .remarks li")
    expect(remark).to_contain_text("j k a b 这里听不清")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    page.keyboard.press("b")
    page.keyboard.type("请补录这一句")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(titles[0])  # the next one comes by itself

    page.keyboard.press("a")
    for _ in range(5):
        page.keyboard.press("Space")
        page.keyboard.press("a")
    expect(page.locator("#approve-form button[value=approve]")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/declarations")
    expect(page.locator(".flash", has_text="已通过")).to_be_visible()
    expect(page.locator("#queue")).to_have_count(0)
