"""Moving lines along the sound, and saying which of two transcripts counts."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.flow import media
from tests.support.client import Person
from tests.support.server import Process, password

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.dear(11)]

HOUR = "1\n01:00:01,000 --> 01:00:04,000\n开场第一句话\n\n2\n01:00:05,000 --> 01:00:08,000\n绿水青山\n"


@pytest.mark.parametrize("visit", ["phone"], indirect=True)
def test_lines_are_moved_along_the_sound_and_a_worse_transcript_is_asked_about(
    visit: Visit, server: Process, tmp_path: Path
) -> None:
    page = visit.page
    words, other, broken = tmp_path / "hour.srt", tmp_path / "plain.txt", tmp_path / "words.docx"
    broken.write_bytes(b"no document")
    words.write_text(HOUR, "utf-8")
    other.write_text("只有一句话。", "utf-8")
    with Person(server.base_url).sign_in("lecturer", password("lecturer")) as lecturer:
        lesson = lecturer.new_lesson("整点开始的一课")
        assert lecturer.transcript(lesson, words).status_code == 200
        lecturer.upload(lesson, media.make(tmp_path / "talk.mp4", 20, picture=False, seed=7))
        lecturer.wait(lesson, 60, "ready")
    visit.sign_in("lecturer")
    visit.open(f"/lessons/{lesson}/transcripts")
    expect(page.locator(".remarks")).to_contain_text("从整点算起")
    first, field = page.locator("#shift-lines li").first, page.locator("input[name=seconds]")
    expect(first).to_contain_text("0:01.0")
    page.get_by_role("button", name="+1", exact=True).click()
    expect(field).to_have_value("-3599")
    expect(first).to_contain_text("0:02.0")
    box = page.locator("#shift-strip canvas").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 100, box["y"] + 140)
    page.mouse.down()
    page.mouse.move(box["x"] + 160, box["y"] + 140)
    page.mouse.up()
    expect(first).not_to_contain_text("0:02.0")
    field.fill("-3598,5")
    page.get_by_role("button", name="这样移动").click()
    expect(first).to_contain_text("0:02.5")
    expect(page.locator(".remarks")).to_contain_text("-3598.5")
    page.locator("main input[type=file]").set_input_files(str(broken))
    page.get_by_role("button", name="上传").click()
    expect(page.locator("main [role=alert]")).to_be_in_viewport()  # it stood two screens below
    visit.troubles[:] = [line for line in visit.troubles if "422" not in line]
    page.locator("main input[type=file]").set_input_files(str(other))
    page.get_by_role("button", name="上传").click()
    expect(page.get_by_role("heading", name="要换吗")).to_be_visible()
    page.get_by_role("button", name="换成新的").click()
    expect(page.locator("#shift")).to_have_count(0)
    page.get_by_role("button", name="换上这一份").click()
    expect(first).to_contain_text("0:02.5")


@pytest.mark.parametrize("visit", ["desktop"], indirect=True)
def test_the_upload_page_asks_which_transcript_counts(visit: Visit, tmp_path: Path) -> None:
    page = visit.page
    video, words, other = tmp_path / "talk.mp4", tmp_path / "hour.srt", tmp_path / "plain.txt"
    media.make(video, 8, picture=False, seed=8)
    words.write_text(HOUR, "utf-8")
    other.write_text("只有一句话。", "utf-8")
    visit.sign_in("lecturer")
    visit.open("/upload")
    page.locator("#files").set_input_files(str(video))
    card = page.locator(".upload")
    card.locator("input[name=transcript]").set_input_files(str(words))
    told = card.locator('[data-part="transcript"]')
    expect(told).to_contain_text("共 2 行")
    card.locator("input[name=transcript]").set_input_files(str(other))
    expect(told).to_contain_text("正在用的有准确的时间")
    visit.troubles.clear()  # the browser notes every 409, and this one was a question
    told.get_by_role("button", name="保留原来的").click()
    expect(told).to_contain_text("新的也留着")
