"""On a phone: quoted from the clip, written without a network, found again, sent, published, seen; two
versions that meet; a voice recorded in the browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from library.core.clock import utc_now
from library.reflections import actions
from library.reflections.actions import About, Draft, Wanted
from library.reflections.rules import SoundState
from library.reflections.sounding import Sounding
from library.reflections.tables import ReflectionSound
from tests.browser.conftest import Visit
from tests.server.conftest import Put, Shelf
from tests.support.server import Served
from transcode.tools import find_tools

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.dear(28)]
WORDS = "听到这里，我想起第一次调解邻里纠纷的那个晚上。"


@pytest.fixture
def server(served: Served) -> Served:
    """The library in this process, in which there is a film."""
    return served


def test_written_without_a_network_sent_published_seen(visit: Visit, server: Served, put: Put) -> None:
    page = visit.page
    visit.sign_in("lecturer")
    visit.open(f"/reflections/write?lesson={put.lesson}")
    page.click("#lines-fold summary")
    page.click("#lines button >> nth=0")
    text = page.locator("#text")
    expect(text).to_have_value("〔引1〕\n")
    text.press("End")
    text.press_sequentially(WORDS)
    expect(page.locator("#saved")).to_have_text("已存好，只有您看得到。")
    assert page.url.endswith("/edit")
    visit.context.set_offline(True)
    text.press_sequentially("后来他们和好了。")
    expect(page.locator("#saved")).to_contain_text("没有网络", timeout=10_000)
    # What the browser itself says of being without a network is what was asked for here.
    visit.troubles[:] = [one for one in visit.troubles if "ERR_INTERNET_DISCONNECTED" not in one]
    visit.context.set_offline(False)
    page.reload()
    expect(text).to_have_value(f"〔引1〕\n{WORDS}后来他们和好了。")
    expect(page.locator("#saved")).to_have_text("已存好，只有您看得到。", timeout=10_000)
    assert page.evaluate("Object.keys(localStorage).filter((one) => one.includes('reflection')).length") == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.click("#go-check")
    page.wait_for_url("**/check")
    expect(page.locator(".likeness")).to_contain_text("没有发现")
    page.click("form[action$='/send'] button")
    expect(page.locator(".flash", has_text="已送给支部")).to_be_visible()
    address = page.url

    visit.context.clear_cookies()
    visit.sign_in("staff")
    visit.open("/reflections/desk")
    expect(page.locator(".to-read", has_text="后来他们和好了")).to_be_visible()
    page.locator(".to-read", has_text="后来他们和好了").locator("form[action$='/publish'] button").click()
    expect(page.locator(".flash", has_text="已发布")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    visit.context.clear_cookies()
    visit.sign_in("member")
    visit.open(f"/lessons/{put.lesson}")
    page.locator("#lesson-reflections a", has_text="听到这里").click()
    assert page.url == address
    quoted = page.locator("blockquote.quoted a")
    expect(quoted).to_be_visible()
    quoted.click()
    page.wait_for_url(f"**/clips/{put.clip}?t=*")


def test_two_versions_meet_and_none_is_lost(visit: Visit, server: Served, put: Put) -> None:
    page = visit.page
    visit.sign_in("staff")
    visit.open("/reflections/write?week=2026-W40")
    text = page.locator("#text")
    text.press_sequentially("手机上的第一句。")
    expect(page.locator("#saved")).to_have_text("已存好，只有您看得到。")
    made = page.url.rsplit("/", 2)[1]
    with server.ports.db.write() as session:
        viewer = Shelf(server).viewer("staff")
        actions.save(session, viewer, made, Draft("", "电脑上写的。"), About(), None, utc_now())
    text.press("End")
    text.press_sequentially("手机上的第二句。")
    merge = page.locator("#merge")
    expect(merge).to_be_visible(timeout=10_000)
    expect(page.locator("#merge-words")).to_have_text("手机上的第一句。手机上的第二句。")
    expect(text).to_have_value("电脑上写的。")
    visit.troubles[:] = [one for one in visit.troubles if "409" not in one]
    merge.locator("[data-merge=append]").click()
    expect(page.locator("#saved")).to_have_text("已存好，只有您看得到。")
    page.reload()
    expect(text).to_have_value("电脑上写的。\n\n手机上的第一句。手机上的第二句。")
    expect(merge).to_be_hidden()


def test_two_versions_meet_and_each_mark_keeps_its_quote(visit: Visit, server: Served, put: Put) -> None:
    page = visit.page
    visit.sign_in("lecturer")
    visit.open(f"/reflections/write?lesson={put.lesson}")
    page.click("#lines-fold summary")
    page.click("#lines button >> nth=0")
    text = page.locator("#text")
    expect(page.locator("#saved")).to_have_text("已存好，只有您看得到。")
    made = page.url.rsplit("/", 2)[1]
    line = page.locator("#lines button >> nth=0")
    at_s, words = float(str(line.get_attribute("data-at"))), line.locator("span").inner_text()
    with server.ports.db.write() as session:
        viewer, quotes = Shelf(server).viewer("lecturer"), [Wanted(2, put.clip, at_s)]
        actions.save(session, viewer, made, Draft("", "电脑〔引2〕上", quotes), About(), None, utc_now())
    text.press("End")
    text.press_sequentially("手机上")
    page.locator("#merge [data-merge=append]").click()
    expect(page.locator("#saved")).to_have_text("已存好，只有您看得到。")
    visit.troubles[:] = [one for one in visit.troubles if "409" not in one]
    page.reload()
    expect(text).to_have_value("电脑〔引2〕上\n\n〔引2〕\n手机上")
    expect(page.locator("#quotes .quote-row p")).to_have_text([re.compile(f"引2.*{re.escape(words)}")])
    with server.ports.db.write() as session:  # the next one begins anew
        actions.delete(session, viewer, made, utc_now())


def test_a_voice_is_recorded_heard_and_made(visit: Visit, server: Served, put: Put) -> None:
    page = visit.page
    visit.context.grant_permissions(["microphone"])
    visit.sign_in("member")
    visit.open(f"/reflections/write?lesson={put.lesson}")
    page.click("#rec-start")
    expect(page.locator("#rec-time")).to_have_text("0:01")
    page.click("#rec-pause")
    expect(page.locator("#rec-pause")).to_have_text("接着录")
    page.click("#rec-pause")
    expect(page.locator("#rec-time")).to_have_text("0:02", timeout=10_000)
    page.click("#rec-stop")
    expect(page.locator("#rec-heard")).to_be_visible()
    page.reload()  # before a word was typed, so the server knows nothing of it
    expect(page.locator("#rec-heard")).to_be_visible()
    page.locator("#text").press_sequentially("说给大家听。")
    expect(page.locator("#saved")).to_have_text("已存好，只有您看得到。")
    page.reload()  # closed before it was sent: the phone has it still
    expect(page.locator("#rec-heard")).to_be_visible()
    page.click("#rec-send")
    expect(page.locator("#sound-now")).to_contain_text("正在处理", timeout=10_000)
    ports = server.ports
    sounding = Sounding(ports.db, ports.store, find_tools(), ports.work, ports.clock, 600, lambda: False)
    assert sounding.make_one()
    with ports.db.read() as session:
        made = session.scalars(select(ReflectionSound)).one()
        assert (made.state, made.reason) == (SoundState.READY, "")
    expect(page.locator("#sound-now audio")).to_be_visible(timeout=10_000)
    page.wait_for_function("() => document.querySelector('#sound-now audio').duration > 1")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
