"""Searching with a thumb and with a keyboard: suggestions, filters, the way to the sentence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page, expect

from library.catalog.permits import Audience
from tests.browser.conftest import DEVICES, Visit
from tests.server.conftest import Shelf
from tests.support import factories as make
from tests.support.client import Person
from tests.support.server import MovableClock, Served, in_thread, new_data, password

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.dear(16)]

BOX = "#q"
OPTIONS = "[role=listbox] [role=option]"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A library with lessons that can be searched; its clock can be put forward."""
    data = new_data(tmp_path_factory.mktemp("search") / "data")
    with in_thread(data, clock=MovableClock()) as running:
        _fill(running)
        yield running


def _fill(served: Served) -> None:
    with served.ports.db.write() as session:
        for n in range(3):
            make.lesson(
                session,
                f"党史学习第{n + 1}讲",
                lecturer="王芳",
                topics=["党史学习"],
                taught_on=date(2024 + n, 3, 1),
                spoken=["同志们好。", "绿水青山就是金山银山。", "散会。", "再讲一遍绿水青山。", "完了。"],
            )
        make.lesson(session, "内部党史", audience=Audience.SIGNED_IN, topics=["内部党史专题"])
    Shelf(served).index()


def _offers(page: Page, typed: str) -> list[str]:
    """Type, and read what is offered."""
    page.fill(BOX, "")
    page.locator(BOX).press_sequentially(typed)
    page.wait_for_selector(OPTIONS)
    return page.locator(f"{OPTIONS} .offer").all_inner_texts()


@pytest.mark.parametrize("path", ["/", "/lessons"])
def test_names_are_offered_while_typing_and_a_tap_opens_one(visit: Visit, path: str) -> None:
    page = visit.page
    visit.open(path)
    assert _offers(page, "dsxx") == ["党史学习", "党史学习第1讲", "党史学习第2讲", "党史学习第3讲"]
    first = page.locator(OPTIONS).first
    assert page.locator(f"{OPTIONS} .offer").first.evaluate("e => getComputedStyle(e).textAlign") == "start"
    box = first.bounding_box()
    assert box is not None
    assert box["height"] >= 44, "a thumb must hit it"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    expect(page.locator(BOX)).to_have_attribute("aria-expanded", "true")
    if visit.page.viewport_size["width"] < 600:
        first.tap()
    else:
        first.click()
    expect(page.locator(".result")).to_have_count(3)
    visit.open(path)
    _offers(page, "第2讲")
    page.locator(OPTIONS).first.click()
    page.wait_for_url("**/lessons/*")


def test_the_keyboard_walks_through_the_offers(visit: Visit) -> None:
    page = visit.page
    visit.open("/lessons")
    offers = _offers(page, "党史")
    page.press(BOX, "ArrowDown")
    page.press(BOX, "ArrowDown")
    chosen = page.locator("[role=option][aria-selected=true]")
    expect(chosen).to_have_count(1)
    expect(chosen).to_contain_text(offers[1])
    expect(page.locator(BOX)).to_have_attribute("aria-activedescendant", chosen.get_attribute("id") or "?")
    page.press(BOX, "ArrowUp")
    page.press(BOX, "ArrowUp")
    expect(chosen).to_have_count(0)
    page.press(BOX, "Escape")
    expect(page.locator("[role=listbox]")).to_be_hidden()
    expect(page.locator(BOX)).to_have_value("党史")
    expect(page.locator(BOX)).to_have_attribute("aria-expanded", "false")
    page.press(BOX, "ArrowDown")
    expect(page.locator(f"{OPTIONS} .offer")).to_have_text(offers)
    page.press(BOX, "Escape")
    page.press(BOX, "Enter")
    page.wait_for_url("**/search?q=*")
    _offers(page, "王")
    page.press(BOX, "ArrowDown")
    page.press(BOX, "Enter")
    page.wait_for_url("**/search?q=lecturer*")
    expect(page.locator(".result")).to_have_count(3)


def test_letters_that_become_characters_are_not_asked_about(visit: Visit) -> None:
    page = visit.page
    visit.open("/lessons")
    page.focus(BOX)
    line = visit.context.new_cdp_session(page)
    for letters in ("d", "da", "dang", "dangshi"):
        line.send(
            "Input.imeSetComposition",
            {"text": letters, "selectionStart": len(letters), "selectionEnd": len(letters)},
        )
        page.wait_for_timeout(200)
    assert not [url for url in visit.requests if "/suggest" in url]
    line.send("Input.insertText", {"text": "党史"})
    page.wait_for_selector(OPTIONS)
    asked = [url for url in visit.requests if "/suggest" in url]
    assert [url.partition("q=")[2] for url in asked] == ["%E5%85%9A%E5%8F%B2"]


def test_nobody_is_offered_what_they_may_not_see(visit: Visit) -> None:
    page = visit.page
    visit.open("/lessons")
    assert not [name for name in _offers(page, "党史") if "内部" in name]
    visit.sign_in("member")
    visit.open("/lessons")
    assert "内部党史专题" in _offers(page, "党史")


def test_hits_are_narrowed_ordered_and_opened_where_it_is_said(visit: Visit) -> None:
    page = visit.page
    visit.open("/search?q=绿水青山")
    expect(page.locator(".result")).to_have_count(3)
    year = page.locator("select[name=year]")
    if visit.page.viewport_size["width"] < 600:
        expect(year).to_be_hidden()
        page.locator("label[for=narrowing]").tap()
    assert year.locator("option").all_inner_texts() == ["全部", "2026（1）", "2025（1）", "2024（1）"]
    expect(page.locator("select[name=branch]")).to_have_count(0)
    year.select_option("2025")
    page.wait_for_url("**year=2025*")
    expect(page.locator(".result")).to_have_count(1)
    page.locator(".narrow .topic", has_text="2025").click()
    expect(page.locator(".result")).to_have_count(3)
    page.locator(".orders a", has_text="最新").click()
    expect(page.locator(".result h2").first).to_have_text("党史学习第3讲")
    expect(page.locator(".orders [aria-current]")).to_have_text("最新")
    visit.open("/search?q=党史学西")
    page.locator(".meant a", has_text="党史学习").click()
    expect(page.locator(".result")).to_have_count(3)
    expect(page.locator(".meant")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_several_people_searched_for_is_offered_to_others(
    visit: Visit, chromium: Browser, server: Served
) -> None:
    asked = "绿水青山 再讲"
    for name in ("member", "lecturer", "staff"):  # of those without an account nothing is offered
        with Person(server.base_url).sign_in(name, password(name)) as somebody:
            somebody.http.get("/search", params={"q": asked})
    page = visit.page
    # Written every five seconds, read once a minute.
    for _ in range(90):
        server.ports.clock.forward(seconds=61)  # type: ignore[attr-defined]
        visit.open("/search")
        if page.locator(".topic", has_text=asked).count():
            break
        page.wait_for_timeout(1000)
    assert asked in _offers(page, "lsqs")
    offer = page.locator(OPTIONS, has_text=asked)
    expect(offer).to_contain_text("大家常搜")
    offer.click()
    page.wait_for_url("**/search?q=*")
    expect(page.locator(".result")).to_have_count(3)


def test_staff_save_a_search_open_it_again_and_take_it_along(visit: Visit) -> None:
    page = visit.page
    visit.sign_in("staff")
    visit.open("/search?q=绿水青山&year=2025")
    expect(page.locator("input[name=name]")).to_be_hidden()
    page.locator(".save summary").click()
    expect(page.locator("input[name=name]")).to_have_value("绿水青山 · 2025")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.fill("input[name=name]", "去年的")
    page.locator(".save button").click()
    expect(page.locator(".take")).to_contain_text("去年的")
    with page.expect_download() as download:
        page.locator(".take a", has_text="Excel").click()
    book = load_workbook(BytesIO(download.value.path().read_bytes()))
    assert download.value.suggested_filename.startswith("绿水青山 ")
    assert download.value.suggested_filename.endswith(".xlsx")
    assert book.active.cell(1, 1).value == "搜索：绿水青山"
    visit.open("/search")
    page.locator("form[action$='/open'] button", has_text="去年的").click()
    page.wait_for_url("**year=2025*")
    expect(page.locator(".result")).to_have_count(1)
    visit.open("/searches")
    row = page.locator(".searches > li", has_text="去年的")
    row.locator("summary").click()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.on("dialog", lambda dialog: dialog.accept())
    row.locator("button", has_text="删除").click()
    expect(row).to_have_count(0)


def test_without_scripts_the_box_and_the_filters_still_work(chromium: Browser, server: Served) -> None:
    context = chromium.new_context(**DEVICES["phone"], locale="zh-CN", java_script_enabled=False)
    page = context.new_page()
    page.goto(server.base_url)
    page.fill(BOX, "绿水青山")
    page.press(BOX, "Enter")
    expect(page.locator(".result")).to_have_count(3)
    page.locator("label[for=narrowing]").tap()
    page.select_option("select[name=year]", "2024")
    page.locator(".filters button").tap()
    expect(page.locator(".result")).to_have_count(1)
    assert page.locator("[role=listbox]").count() == 0
    context.close()
