"""Staff change several lessons by keys alone, are told of each, and take it back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from library.catalog.permits import LessonState
from server.settings import Settings
from server.wiring import open_ports
from tests.browser.conftest import Visit
from tests.support import factories as make
from tests.support.server import Process, new_data, process

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.dear(9)]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """A library with five lessons of which one is a draft."""
    data = new_data(tmp_path_factory.mktemp("desk") / "data")
    ports = open_ports(Settings(data=data, worker=False, _env_file=None))  # type: ignore[call-arg]
    with ports.db.write() as session:
        for n in range(5):
            state = LessonState.DRAFT if n == 1 else LessonState.PUBLISHED
            make.lesson(session, f"第{n}课", state=state, spoken=["为人民服务。"])
    ports.close()
    with process(data, WEIKE_WORKER="false") as running:
        yield running


def test_several_lessons_are_withdrawn_by_keys_and_come_back(visit: Visit) -> None:
    page = visit.page
    visit.sign_in("staff")
    visit.open("/desk")
    boxes = page.locator(".desk-list input[type=checkbox]")
    expect(boxes).to_have_count(5)
    boxes.first.check()  # by the mouse: its row does not scroll away while the button is down
    expect(page.locator(".bulk")).to_be_in_viewport()
    boxes.first.uncheck()
    expect(page.locator("[name=audience]")).to_be_hidden()  # adding a topic asks for no audience
    visit.open("/desk")
    page.keyboard.press("?")
    expect(page.locator("#desk-keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#desk-keys")).to_be_hidden()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("x")
    for _ in range(4):
        page.keyboard.press("j")
    page.keyboard.press("j")  # nothing below the last
    page.keyboard.press("Shift+X")
    expect(page.locator(".desk-list input:checked")).to_have_count(5)
    expect(page.locator("#desk-count")).to_have_text("已选 5 节")
    page.fill("input[name=value]", "jxk?")  # whoever types is not taken for somebody who walks
    expect(page.locator("input[name=value]")).to_have_value("jxk?")
    expect(page.locator(".desk-list input:checked")).to_have_count(5)
    page.select_option("select[name=what]", "withdraw")
    page.locator("#desk button", has_text="执行").click()
    page.wait_for_url("**/desk/batches/*")
    expect(page.locator(".tag", has_text="做了 4")).to_be_visible()
    expect(page.locator("li", has_text="第1课").locator(".wrong")).to_be_visible()
    page.locator("button", has_text="撤销").click()
    expect(page.locator(".tag", has_text="已撤销 4")).to_be_visible()
    expect(page.locator("button", has_text="撤销")).to_have_count(0)
    visit.open("/desk?state=published")
    expect(page.locator(".desk-list li")).to_have_count(4)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/lessons/*")


def test_a_list_is_kept_under_a_name(visit: Visit) -> None:
    page = visit.page
    visit.sign_in("staff")
    visit.open("/desk?state=draft")
    page.locator("summary", has_text="存成常用列表").click()
    page.fill("input[name=name]", "等我发布的")
    page.locator("button", has_text="存下").click()
    visit.open("/desk")
    page.locator(".kept a", has_text="等我发布的").click()
    page.wait_for_url("**/desk?state=draft")
    expect(page.locator(".desk-list li")).to_have_count(1)
    page.locator(".kept button").click()
    expect(page.locator(".kept")).to_have_count(0)
