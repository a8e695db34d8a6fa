"""A judge on a phone: signs in, plays a work, scores it by weighted criteria, is kept from their own."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from library.calls import actions, entering
from library.calls.rules import StageAction
from library.catalog import queries as catalog
from library.core.clock import local_day, utc_now
from tests.browser.conftest import DEVICES, Visit, put_film
from tests.library.calls import making
from tests.server.conftest import Shelf
from tests.support import factories as make
from tests.support.server import Served

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.dear(7)]


@pytest.fixture
def call(served: Served, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A call that is being judged by `member`: the first work plays, the second is the judge's own."""
    film, shelf, now = put_film(served, tmp_path_factory.mktemp("film"), 8), Shelf(served), utc_now()
    staff, judge, village = shelf.viewer("staff"), shelf.viewer("member"), shelf.node()
    with served.ports.db.write() as session:
        root = make.root(session)
        lesson = catalog.lesson(session, film.lesson)
        lesson.node_id = village  # of their own branch a judge scores nothing
        making.filmed(session, lesson)
        own = making.work(session, root, judge, "我自己的课")
        call = actions.make(session, staff, root.id, making.draft(local_day(now)), now)
        actions.invite(session, staff, call.id, "member", now)
        actions.move(session, staff, call.id, None, StageAction.OPEN, now)
        for lesson_id in (film.lesson, own.id):
            entering.enter(session, staff, call.id, lesson_id, "lecture", now)
        actions.move(session, staff, call.id, None, StageAction.JUDGE, now)
        return call.id


def test_a_judge_plays_scores_and_sees_the_result(chromium: Browser, served: Served, call: str) -> None:
    context = chromium.new_context(**DEVICES["phone"], locale="zh-CN")
    page, troubles = context.new_page(), []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    visit = Visit(context, page, served.base_url, [], troubles)
    visit.sign_in("member")
    visit.open(f"/calls/{call}")
    page.locator(f"main a[href$='/calls/{call}/judging']").first.tap()
    expect(page.locator(".rows li")).to_have_count(2)
    expect(page.locator(".rows li").nth(1)).to_contain_text("不用评")
    page.get_by_text("评下一件").tap()

    video = page.locator(".judged-stage video")
    video.evaluate("video => { video.play().catch(() => {}) }")
    page.wait_for_function("() => document.querySelector('.judged-stage video').currentTime > 1")
    points = page.locator("input[name=points]")
    points.nth(0).fill("190")
    points.nth(1).fill("80")
    page.get_by_role("button", name="保存，评下一件").tap()
    expect(page.locator("#wrong-points-1")).to_be_visible()
    expect(points.nth(1)).to_have_value("80")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    points.nth(0).fill("90")
    page.locator("textarea[name=why]").fill("讲得实在")
    page.get_by_role("button", name="保存，评下一件").tap()

    # Nothing is left to score but the judge's own, which has no form and takes none.
    expect(page.get_by_role("button", name="交分")).to_be_visible()
    expect(page.locator(".own-score")).to_have_text("86.00")
    visit.open(f"/calls/{call}/judging/2")
    expect(page.locator("input[name=points]")).to_have_count(0)
    judge = served.person("member")
    assert judge.post(f"/calls/{call}/judging/2", points=["90", "80"]).status_code == 403
    visit.open(f"/calls/{call}/judging")
    page.on("dialog", lambda asked: asked.accept())
    page.get_by_role("button", name="交分").tap()
    confirm = page.locator("dialog[open] button.primary")
    if confirm.count():
        confirm.tap()
    expect(page.locator(".flash.done").first).to_be_visible()

    with served.ports.db.write() as session:
        actions.move(session, Shelf(served).viewer("staff"), call, None, StageAction.PUBLISH, utc_now())
    visit.open(f"/calls/{call}/results")
    expect(page.locator("main")).to_contain_text("86.00")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()
    assert troubles == []
