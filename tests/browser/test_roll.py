"""The secretary's list on a phone whose network is cut in the middle: nothing is lost, nothing is doubled."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import func, select

from library.core.clock import local_day, utc_now
from library.core.permits import MemberState, Role
from library.gatherings import actions, opening, queries
from library.gatherings.actions import Desk, Draft
from library.gatherings.rules import Mark
from library.gatherings.tables import RollChange
from library.organisation import actions as organisation
from library.people import actions as people
from library.people import queries as people_queries
from library.people.belonging import memberships
from server.commands.administrator import machine
from tests.browser.conftest import DEVICES, Visit
from tests.support import factories as make
from tests.support.server import Served, in_thread, new_data

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.dear(8)]


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A library in this process."""
    with in_thread(new_data(tmp_path_factory.mktemp("roll") / "data")) as running:
        yield running


def gathering(server: Served, count: int) -> str:
    """A gathering of a branch of so many members that is open, kept by `staff`."""
    now = utc_now()
    with server.ports.db.write() as session:
        node = organisation.add_named(session, make.root(session), "余村党支部", now)
        for n in range(count):
            who = str(make.person(session, name=f"党员{n:02}").person_id)
            memberships.settle(session, who, node, local_day(now), now, None, MemberState.FULL)
        staff = people_queries.person_by_username(session, "staff")
        assert staff is not None
        people.grant(session, staff.id, Role.SECRETARY, node, None, now)
        draft = Draft("study", "集中学习", now, now + timedelta(hours=1), "会议室")
        one = actions.plan(session, Desk(machine(session), now), node.id, draft)[0]
        opening.open_(session, Desk(machine(session), now), one.id)
        return one.id


def test_the_list_works_without_a_network(chromium: Browser, server: Served) -> None:
    gathering_id = gathering(server, 6)
    context = chromium.new_context(**DEVICES["phone"], locale="zh-CN")
    visit = Visit(context, context.new_page(), server.base_url, [], [])
    page = visit.page
    page.on("pageerror", lambda error: visit.troubles.append(str(error)))
    visit.sign_in("staff")
    visit.open(f"/gatherings/{gathering_id}/roll")
    rows, waiting = page.locator("[data-entry]"), page.locator("#waiting")
    expect(rows).to_have_count(6)

    def tap(n: int, mark: str) -> None:
        rows.nth(n).locator(f".marks button[value={mark}]").first.click()

    tap(0, "present")
    expect(rows.nth(0).locator(".said")).to_contain_text("到会")
    expect(rows.nth(0).locator(".unsent")).to_have_count(0)
    expect(page.locator("#offline-words")).to_be_visible()
    expect(page.locator("html[data-kept]")).to_have_count(1)

    context.set_offline(True)
    tap(1, "present")
    tap(2, "absent")
    tap(0, "late")
    page.fill("[data-guest-form] input[name=guest]", "镇里的同志")
    page.press("[data-guest-form] input[name=guest]", "Enter")
    expect(waiting).to_contain_text("还有 4 条没有送到服务器")
    expect(rows.nth(2).locator(".unsent")).to_have_count(1)
    page.reload()  # the phone was put away, and the page opened again
    expect(rows.first).to_be_visible()
    expect(waiting).to_contain_text("还有 4 条没有送到服务器")
    expect(rows.nth(2).locator(".said")).to_contain_text("缺席")
    tap(2, "present")
    expect(waiting).to_contain_text("还有 5 条没有送到服务器")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    context.set_offline(False)
    expect(waiting).to_be_hidden(timeout=20_000)
    with server.ports.db.read() as session:
        roll = queries.roll_of(session, gathering_id)
        assert [row.entry.mark for row in roll if row.name.startswith("党员")] == [
            *(Mark.LATE, Mark.PRESENT, Mark.PRESENT),
            *[Mark.UNMARKED] * 3,
        ]
        assert [row.name for row in roll if not row.name.startswith("党员")] == ["镇里的同志"]
        assert session.scalar(select(func.count()).select_from(RollChange)) == 6
    assert visit.troubles == []
    context.close()
