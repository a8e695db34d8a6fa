"""Correcting what is said, beside the sound: until it is saved, found, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from library.catalog import queries as catalog
from library.catalog import transcript_versions as versions
from library.catalog.rules import CueLine, CueSource, TranscriptQuality
from library.hearing.rules import RecognitionState
from library.hearing.tables import Chunk, Recognition
from library.intake.rules import RecordingState
from tests.browser.conftest import Visit, put_film
from tests.flow.watching import until
from tests.support import factories
from tests.support.client import Person
from tests.support.databases import NOW
from tests.support.server import Process, in_thread, new_data, password, process

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.dear(25)]

HEARD = CueSource.RECOGNISED
LINES = (
    CueLine(0.0, 4.0, "中国供产党成立了", "", HEARD, 0.5, ((2, 3),)),
    CueLine(4.0, 8.0, "供产党员要带头", "", HEARD, 0.6, ((0, 1),)),
    CueLine(8.0, 14.0, "余村的故事讲给大家听", "", HEARD, 0.9),
)
SAID = [[4.0, 4.4, "供产", 0.6], [6.8, 7.9, "党员要带头", 0.9]]
"""The second line as the machine heard it: most of it late."""

SAVED = "已保存。"
NOTE_MOMENTS = """() => {
  const video = document.querySelector('video');
  window.moments = [];
  video.addEventListener('timeupdate', () => {
    if (!video.paused && !video.seeking) window.moments.push(video.currentTime);
  });
}"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Process, str]]:
    """A server with its worker, and a lesson with sound of which a machine wrote the words."""
    data = new_data(tmp_path_factory.mktemp("words") / "data")
    with in_thread(data) as served:
        put = put_film(served, tmp_path_factory.mktemp("film"), 16)
        with served.ports.db.write() as session:
            lesson, quality = catalog.lesson(session, put.lesson), TranscriptQuality.RECOGNISED
            new = versions.NewVersion(quality, LINES)
            version, _ = versions.add(session, lesson, new, None, NOW)
            versions.use(session, lesson, version, quality, LINES, NOW)
            row = factories.recording(session, lesson)
            row.state = RecordingState.READY
            session.add(Recognition(recording_id=row.id, state=RecognitionState.DONE, wanted_at=NOW))
            session.flush()
            session.add(Chunk(recording_id=row.id, n=0, start_s=0.0, end_s=16.0, words=SAID))
    with process(data) as running:
        yield running, put.lesson


@pytest.fixture(scope="module")
def server(library: tuple[Process, str]) -> Process:
    return library[0]


@pytest.fixture
def lesson(library: tuple[Process, str]) -> str:
    """The lesson, with the words that the machine wrote."""
    with Person(library[0].base_url).sign_in("lecturer", password("lecturer")) as lecturer:
        assert lecturer.api("POST", f"/lessons/{library[1]}/transcripts/1/use").status_code == 200
    return library[1]


def rows(page: Page) -> Locator:
    return page.locator("#word-lines textarea")


def texts(page: Page) -> list[str]:
    found: list[str] = rows(page).evaluate_all("fields => fields.map((field) => field.value)")
    return found


def cursor(field: Locator, at: int) -> None:
    field.focus()
    field.evaluate("(field, at) => field.setSelectionRange(at, at)", at)


def stored(server: Process, lesson: str, username: str = "lecturer") -> dict[str, Any]:
    with Person(server.base_url).sign_in(username, password(username)) as person:
        found: dict[str, Any] = person.api("GET", f"/lessons/{lesson}/transcript/lines").json()
        return found


def test_words_are_corrected_beside_the_sound_and_nothing_is_lost(
    visit: Visit, server: Process, lesson: str
) -> None:
    page = visit.page
    visit.sign_in("lecturer")
    visit.open(f"/lessons/{lesson}")
    page.click("#words a[href$='/words']")
    expect(page.locator("#doubts")).to_have_text("2")

    # The next doubt is gone to and typed over; the same elsewhere is offered.
    page.click("#next-doubt")
    page.keyboard.insert_text("共")
    rows(page).nth(2).focus()
    expect(page.locator("#offer-words")).to_have_text("另外 1 处也写作“供产”，一并改成“共产”？")
    page.click("#offer-all")
    assert texts(page)[:2] == ["中国共产党成立了", "共产党员要带头"]
    expect(page.locator("#doubts")).to_have_text("")

    # Enter parts, Backspace joins, all of it can be undone.
    cursor(rows(page).nth(2), 5)
    page.keyboard.press("Enter")
    assert texts(page)[2:] == ["余村的故事", "讲给大家听"]
    page.keyboard.press("Backspace")
    assert texts(page)[2:] == ["余村的故事讲给大家听"]
    page.click("#undo")
    assert len(texts(page)) == 4

    # An input method's Enter is its own.
    cursor(rows(page).nth(3), 5)
    typing = page.context.new_cdp_session(page)
    typing.send("Input.imeSetComposition", {"text": "ba", "selectionStart": 2, "selectionEnd": 2})
    for key in ("Enter", "Tab"):  # as an input method passes on what it has taken
        about = {"type": "rawKeyDown", "windowsVirtualKeyCode": 229, "key": key, "code": key}
        typing.send("Input.dispatchKeyEvent", about)
    assert len(texts(page)) == 4
    typing.send("Input.insertText", {"text": "吧"})
    assert texts(page)[3] == "讲给大家听吧"

    # It is saved by itself, as one version; the index finds it.
    expect(page.locator("#save-words")).to_have_text(SAVED, timeout=15_000)
    now = stored(server, lesson)
    assert [line["text"] for line in now["lines"]] == texts(page)
    assert [line["source"] for line in now["lines"]] == ["corrected", "corrected", "recognised", "corrected"]
    with Person(server.base_url) as anybody:
        until(
            "the corrected word among the hits",
            lambda: lesson in str(anybody.api("GET", "/search", params={"q": "共产党员"}).json()),
        )

    # The server dies; what is typed stays here, also when the tab dies too.
    server.kill()
    cursor(rows(page).nth(2), 5)
    page.keyboard.insert_text("人人都要听")
    expect(page.locator("#save-words")).to_contain_text("还没有保存", timeout=15_000)
    expect(page.locator("#save-again")).to_be_visible()
    wanted = texts(page)
    page.close(run_before_unload=False)
    server.start()
    visit.troubles.clear()
    visit.page = page = visit.context.new_page()
    page.goto(f"{visit.base_url}/lessons/{lesson}/words")
    expect(page.locator("#word-found")).to_be_visible()
    assert texts(page) == wanted
    expect(page.locator("#save-words")).to_have_text(SAVED, timeout=15_000)
    page.reload()
    assert texts(page) == wanted
    assert page.locator("#word-found").is_hidden()


@pytest.mark.parametrize("visit", ["desktop"], indirect=True)
def test_a_line_is_heard_and_what_two_write_in_one_line_is_decided(
    visit: Visit, server: Process, lesson: str
) -> None:
    page = visit.page
    visit.sign_in("lecturer")
    visit.open(f"/lessons/{lesson}/words")
    cursor(rows(page).nth(1), 0)
    page.click("#slow")
    rows(page).nth(1).focus()
    page.keyboard.press("Tab")
    page.wait_for_function("() => document.querySelector('video').currentTime > 4.2", timeout=60_000)
    assert page.evaluate("() => document.querySelector('video').playbackRate") == 0.75
    expect(page.locator(".word-line.heard textarea")).to_have_value("供产党员要带头")
    expect(rows(page).nth(1)).to_be_focused()
    page.keyboard.press("Tab")
    page.wait_for_function("() => document.querySelector('video').paused")

    # From the word at the cursor on, which the machine heard late in its line.
    page.evaluate(NOTE_MOMENTS)
    cursor(rows(page).nth(1), 2)
    page.keyboard.press("F9")
    page.wait_for_function("() => document.querySelector('video').currentTime > 7", timeout=60_000)
    page.keyboard.press("F9")
    page.wait_for_function("() => document.querySelector('video').paused")
    assert page.evaluate("() => Math.min(...window.moments)") > SAID[1][0] - 0.3

    # Somebody else corrects the first line, and a second one that nobody touches here.
    with Person(server.base_url).sign_in("staff", password("staff")) as staff:
        path = f"/lessons/{lesson}/transcript/lines"
        base = staff.api("GET", path).json()["base"]
        edits = [
            {
                "at": n,
                "gone": 1,
                "lines": [{"start_s": LINES[n].start_s, "end_s": LINES[n].end_s, "text": text}],
            }
            for n, text in ((0, "中国共产党诞生了"), (2, "余村的故事"))
        ]
        assert staff.api("PATCH", path, json={"base": base, "edits": edits}).status_code == 200
    rows(page).nth(0).fill("中国共产党成立了")
    rows(page).nth(1).fill("共产党员要带头")
    box = page.locator("#word-conflicts")
    expect(box).to_contain_text("staff", timeout=15_000)
    for said in ("中国共产党诞生了", "中国共产党成立了"):
        expect(box).to_contain_text(said)
    assert texts(page) == ["中国共产党诞生了", "共产党员要带头", "余村的故事"]
    page.get_by_role("button", name="用我写的").click()
    expect(box).to_be_hidden()
    expect(page.locator("#save-words")).to_have_text(SAVED, timeout=15_000)
    assert [x["text"] for x in stored(server, lesson)["lines"]] == [
        "中国共产党成立了",
        "共产党员要带头",
        "余村的故事",
    ]
    visit.troubles.clear()  # the browser notes every 409, and this one was a question

    # What is always to be written so, of one who may teach the site.
    page.locator("#find-open").click()
    page.fill("#find-what", "余村")
    page.fill("#find-with", "安吉余村")
    page.click("#find-all")
    assert texts(page)[2] == "安吉余村的故事"
    page.keyboard.press("Escape")
    rows(page).nth(2).focus()
    page.keyboard.press("End")
    page.keyboard.insert_text("会")
    rows(page).nth(0).focus()
    page.click("#offer-always")
    page.fill("#always-was", "故世")
    page.fill("#always-now", "故事")
    page.get_by_role("button", name="记住").click()
    expect(page.locator("#always-told")).to_contain_text("以后“故世”都写作“故事”")
    expect(page.locator("#save-words")).to_have_text(SAVED, timeout=15_000)
