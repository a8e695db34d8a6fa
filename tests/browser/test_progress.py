"""Stopping what is being made of a recording, and taking it up again."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.flow import media
from tests.support.client import Person
from tests.support.server import Process, password

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.dear(8)]


@pytest.fixture(scope="module")
def long_talk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten minutes: long enough to be stopped in the middle."""
    return media.make(tmp_path_factory.mktemp("long") / "talk.mp4", 600, picture=False)


@pytest.mark.parametrize("visit", ["phone"], indirect=True)
def test_processing_is_stopped_and_taken_up_again(visit: Visit, server: Process, long_talk: Path) -> None:
    page = visit.page
    with Person(server.base_url).sign_in("lecturer", password("lecturer")) as lecturer:
        lesson = lecturer.new_lesson("很长的一课")
        visit.sign_in("lecturer")
        lecturer.upload(lesson, long_talk)
        visit.open(f"/lessons/{lesson}/progress")
        asked: list[str] = []
        page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
        page.get_by_role("button", name="取消处理").click()
        expect(page.locator("#overall-state")).to_have_text("已取消")
        assert asked == ["停止处理？已经做好的短视频会保留，以后可以继续。"]
        expect(page.get_by_role("button", name="取消处理")).to_be_hidden()
        page.get_by_role("button", name="继续处理").click()
        expect(page.get_by_role("button", name="取消处理")).to_be_visible()
        assert lecturer.wait(lesson, 60, "working", "ready")["recording"] != "cancelled"
        lecturer.api("DELETE", f"/lessons/{lesson}")
