"""Staff teach the search with a thumb: a word, a group, a whole list, and see what a search makes of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from server.settings import Settings
from server.wiring import open_ports
from tests.browser.conftest import DEVICES, Visit
from tests.support import factories as make
from tests.support.server import Process, new_data, password, process

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.dear(14)]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """A library with a lesson that says a thing in one way only."""
    data = new_data(tmp_path_factory.mktemp("dictionary") / "data")
    ports = open_ports(Settings(data=data, worker=False, _env_file=None))  # type: ignore[call-arg]
    with ports.db.write() as session:
        make.lesson(session, "学习报告", spoken=["学习党的二十大报告。"])
    ports.indexer.catch_up()
    ports.close()
    with process(data) as running:
        yield running


def test_a_group_is_taught_tried_changed_and_removed(visit: Visit) -> None:
    page = visit.page
    visit.sign_in("staff")
    visit.open("/search?q=历史性盛会")
    expect(page.locator(".result")).to_have_count(0)
    page.locator("details.help summary").click()
    page.locator("main a[href='/vocabulary']").click()
    page.wait_for_url("**/vocabulary")
    page.fill("form[action='/vocabulary/groups'] textarea", "历史性盛会\n党的二十大")
    page.click("form[action='/vocabulary/groups'] button")
    expect(page.locator(".flash", has_text="已加入词库")).to_be_visible()
    page.fill("input[name=try]", "历史性盛会")
    page.press("input[name=try]", "Enter")
    expect(page.locator("#try")).to_contain_text("同时找：党的二十大")
    page.locator("#try a", has_text="去看结果").click()
    expect(page.locator(".result mark").first).to_have_text("党的二十大")

    visit.open("/vocabulary")
    page.locator(".entries input[name=q]").press_sequentially("歷史性")
    rows = page.locator("#entries li")
    expect(rows).to_have_count(1)
    rows.locator("summary").click()
    rows.locator("textarea").fill("历史性盛会、二十大报告")
    rows.get_by_role("button", name="保存").click()
    expect(page.locator(".flash", has_text="已保存")).to_be_visible()
    expect(page.locator("#entries li")).to_have_count(1)
    expect(page.locator("#entries li")).to_contain_text("二十大报告")
    page.locator("#entries summary").click()
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator("#entries").get_by_role("button", name="删除").click()
    expect(page.locator(".flash", has_text="已从词库里删除")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_list_is_pasted_and_what_was_refused_is_mended_in_its_box(visit: Visit) -> None:
    page = visit.page
    visit.sign_in("staff")
    visit.open("/vocabulary")
    name = "甲乙丙丁"[visit.page.viewport_size["width"] > 600 :][:1]
    page.fill("textarea[name=lines]", f"{name}字词\n{name}字头，{name}字尾\n七一")
    page.click("form[action='/vocabulary/paste'] button")
    expect(page.locator("#pasted")).to_contain_text("加入 1 条")
    expect(page.locator("#pasted")).to_contain_text("第 2 行")
    box = page.locator("textarea[name=lines]")
    expect(box).to_have_value(f"{name}字头，{name}字尾")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    box.fill(f"{name}字头={name}字尾")
    page.click("form[action='/vocabulary/paste'] button")
    expect(page.locator("#pasted")).to_contain_text("加入 1 条")
    expect(box).to_have_value("")
    with page.expect_download() as downloading:
        page.locator("a[href='/vocabulary/download']").click()
    text = downloading.value.path().read_text("utf-8")
    assert f"{name}字词\n" in text
    assert f"{name}字头={name}字尾\n" in text


def test_without_scripts_the_filter_and_the_forms_still_work(chromium: Browser, server: Process) -> None:
    context = chromium.new_context(**DEVICES["phone"], locale="zh-CN", java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server.base_url}/sign-in?next=/vocabulary")
    page.fill("main input[name=username]", "staff")
    page.fill("main input[name=password]", password("staff"))
    page.locator("main form button.primary").tap()
    page.fill("form[action='/vocabulary/words'] input[name=word]", "无脚本词")
    page.locator("form[action='/vocabulary/words'] button").tap()
    page.fill(".entries input[name=q]", "无脚本")
    page.press(".entries input[name=q]", "Enter")
    expect(page.locator("#entries li")).to_have_count(1)
    page.locator("#entries summary").tap()
    page.locator("#entries").get_by_role("button", name="删除").tap()
    expect(page.locator("#entries")).not_to_contain_text("无脚本词")
    context.close()
