"""The administrator makes branches, finds one by the first letters of its sounds, moves it, and merges it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.dear(7)]

NAMES = {390: ("余村党支部", "ycdzb", "横路村党支部"), 1280: ("竹海村党支部", "zhcdzb", "石门村党支部")}
"""On a phone and on a desk, which share a library."""


def test_branches_are_made_found_moved_and_merged(visit: Visit) -> None:
    page = visit.page
    assert page.viewport_size is not None
    one, letters, other = NAMES[page.viewport_size["width"]]
    visit.sign_in("admin")
    visit.open("/organisation")
    for name in (one, other):
        made = page.locator("form[action$='/add']")
        made.locator("[name=name]").fill(name)
        made.locator("button").click()
        expect(page.locator("main")).to_contain_text(name)
    root = page.locator("h1").inner_text()
    # What was typed stays where it was not taken.
    made.locator("[name=name]").fill(one)
    made.locator("[name=code]").fill("重名的")
    made.locator("button").click()
    expect(made.locator("[name=code]")).to_have_value("重名的")
    expect(made.locator("[aria-invalid=true]")).to_have_attribute("name", "name")
    visit.troubles.clear()  # the refusal is a 4xx, and meant

    visit.open(f"/organisation?q={letters}")
    found = page.locator("section:has(#found-head)")
    expect(found.locator("li")).to_have_count(1)
    found.get_by_role("link", name=one).click()
    expect(page.locator("h1")).to_contain_text(one)
    expect(page.locator(".crumb a")).to_have_text([root])

    page.locator("summary", has_text="调整上级").click()
    move = page.locator("form[action$='/move']")
    move.locator("[name=to]").fill(other)
    move.locator("button").click()
    expect(page.locator(".crumb a")).to_have_text([root, other])
    page.locator("summary", has_text="来历").click()
    expect(page.locator("details:has(summary:text('来历')) li").first).to_contain_text(other)

    asked: list[str] = []
    page.on("dialog", lambda box: (asked.append(box.message), box.accept()))
    page.locator("summary", has_text="并入另一个党组织").click()
    merge = page.locator("form[action$='/merge']")
    merge.locator("[name=to]").fill(other)
    merge.locator("button").click()
    expect(page.locator("h1")).to_have_text(other)
    page.get_by_role("link", name="看已撤销的").click()
    page.get_by_role("link", name=one).click()
    expect(page.locator("h1 .withdrawn")).to_be_visible()
    expect(page.locator(".head .note a")).to_have_text(other)
    assert len(asked) == 1
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
