"""A lesson's page for its lecturer: one thing to do, the reason in words, a way out of a file that failed."""

from __future__ import annotations

import io
from datetime import date

import httpx
import pytest
from docx import Document

from library.catalog.permits import LessonState
from library.catalog.tables import Lesson
from library.intake.tables import Recording
from library.plays.tables import CurveSum
from tests.server.conftest import Shelf
from tests.support.server import Served

pytestmark = pytest.mark.slow


def button(answer: httpx.Response) -> str:
    """The words on the one button that is to be pressed."""
    assert answer.status_code == 200
    assert answer.text.count('id="next"') == 1
    at = answer.text.index('id="next"')
    return answer.text[answer.text.index(">", at) + 1 : answer.text.index("<", at)]


def test_the_page_leads_from_step_to_step(served: Served, shelf: Shelf) -> None:
    made = shelf.lesson(recording="ready")
    lecturer = served.person("lecturer")
    at = f"/lessons/{made.lesson}/studio"
    pressed = []
    for step in ("cuts", "words", "cover"):
        pressed.append(button(lecturer.http.get(at)))
        assert lecturer.post(f"{at}/done", step=step).headers["location"] == at
        assert lecturer.post(f"{at}/done", step=step).status_code == 303  # twice is once
    assert pressed == ["看看分段", "校对字幕", "选封面"]
    assert button(lecturer.http.get(at)) == "申报"
    assert button(served.person("staff").http.get(at)) == "发布"
    assert "申报" in lecturer.http.get("/mine").text
    assert lecturer.post(f"{at}/again", step="words").status_code == 303
    assert button(lecturer.http.get(at)) == "校对字幕"
    assert lecturer.post(f"{at}/done", step="published").status_code == 422
    assert served.person("staff").post(f"/lessons/{made.lesson}/publish").status_code == 303
    assert button(lecturer.http.get(at)) == "看大家学得怎么样"


@pytest.mark.parametrize("state", ["failed", "refused"])
def test_a_file_that_failed_never_calls_itself_ready_to_publish(
    served: Served, shelf: Shelf, state: str
) -> None:
    """A lesson whose file had failed was called 待发布 beside 处理失败."""
    made = shelf.lesson(recording=state)
    with served.ports.db.write() as session:
        row = session.query(Recording).filter_by(lesson_id=made.lesson).one()
        row.reason, row.file_name = "truncated", "余村<1>.mp4"
    lecturer, staff = served.person("lecturer"), served.person("staff")
    studio = lecturer.http.get(f"/lessons/{made.lesson}/studio")
    assert button(studio) == {"failed": "再试一次", "refused": "换一个文件上传"}[state]
    assert "录像不完整" in studio.text  # why
    assert "请从录像设备重新拷贝" in studio.text  # and what to do
    for page in (f"/lessons/{made.lesson}", f"/lessons/{made.lesson}/studio"):
        assert "待发布" not in lecturer.http.get(page).text.partition("<main")[2], page
    for who, path in ((lecturer, "/mine"), (staff, "/review")):
        page = who.http.get(path).text
        at = page.index(made.title)
        row_of_it = page[at : page.index('class="work-acts"', at)]
        assert "待发布" not in row_of_it, path


def test_a_refused_upload_is_deleted_by_whoever_brought_it_and_its_file_goes(
    served: Served, shelf: Shelf
) -> None:
    made = shelf.lesson(recording="refused")
    with served.ports.db.write() as session:
        row = session.query(Recording).filter_by(lesson_id=made.lesson).one()
        row.reason, row.file_name = "not_media", "余村<1>.mp4"
    lecturer = served.person("lecturer")
    page = lecturer.http.get(f"/lessons/{made.lesson}/studio").text
    assert "余村&lt;1&gt;.mp4" in page  # what is deleted is named
    assert "删除以后不能恢复" in page
    form = {"confirm": made.title}
    for name in ("other", "member"):
        assert served.person(name).post(f"/lessons/{made.lesson}/delete", **form).status_code == 404
    assert lecturer.post(f"/lessons/{made.lesson}/delete", confirm="别的").status_code == 422
    answer = lecturer.post(f"/lessons/{made.lesson}/delete", **form)
    assert answer.headers["location"].partition("?")[0] == "/mine"
    assert lecturer.http.get(f"/lessons/{made.lesson}/studio").status_code == 404
    with served.ports.db.read() as session:
        assert session.get(Lesson, made.lesson) is None
    ready = shelf.lesson(recording="ready")
    assert "确定删除" not in lecturer.http.get(f"/lessons/{ready.lesson}/studio").text


def test_two_who_correct_at_once_know_of_each_other(served: Served, shelf: Shelf) -> None:
    made = shelf.lesson()
    lecturer, staff = served.person("lecturer"), served.person("staff")
    at = f"/lessons/{made.lesson}/transcript/editors"

    def say(who: object, window: str, **more: bool) -> list[tuple[str, bool]]:
        answer = who.api("POST", at, json={"window": window, **more})  # type: ignore[attr-defined]
        assert answer.status_code == 200, answer.text
        return [(one["name"], one["own"]) for one in answer.json()["others"]]

    assert say(lecturer, "lecturer0001") == []
    [(name, own)] = say(staff, "staff0000001")
    assert not own
    assert len(say(lecturer, "lecturer0001")) == 1
    assert say(lecturer, "lecturer0002")[0][1] or say(lecturer, "lecturer0002")[1][1]  # and of oneself
    say(lecturer, "lecturer0002", leaving=True)
    say(staff, "staff0000001", leaving=True)
    assert say(lecturer, "lecturer0001") == []
    assert lecturer.api("POST", at, json={"window": "../x"}).status_code == 422
    assert staff.api("POST", at, json={"window": "lecturer0001"}).status_code == 422  # nobody else's window
    assert served.person("other").api("POST", at, json={"window": "other0000001"}).status_code == 404
    assert name


def test_what_is_said_is_taken_along_in_four_forms(served: Served, shelf: Shelf) -> None:
    made = shelf.lesson(words="为人民服务 <b>&amp; -->")
    lecturer = served.person("lecturer")
    said = {}
    for form in ("srt", "vtt", "txt", "docx"):
        answer = lecturer.http.get(f"/lessons/{made.lesson}/transcript.{form}")
        assert answer.status_code == 200, form
        assert "attachment" in answer.headers["content-disposition"]
        said[form] = answer.content
    assert said["srt"].decode().startswith("1\n00:00:")
    assert said["vtt"].decode().startswith("WEBVTT")
    assert "<b>" not in said["vtt"].decode()
    assert made.title in said["txt"].decode("utf-8-sig")
    lines = [one.text for one in Document(io.BytesIO(said["docx"])).paragraphs]
    assert lines[0] == made.title
    assert lines[1].endswith("为人民服务 <b>&amp; -->")
    assert lecturer.http.get(f"/lessons/{made.lesson}/transcript.exe").status_code == 404


def test_the_figures_speak_when_enough_have_watched(served: Served, shelf: Shelf) -> None:
    made = shelf.lesson(LessonState.PUBLISHED, recording="ready", words="这一年村里的收入掉了一半")
    lecturer = served.person("lecturer")
    at = f"/lessons/{made.lesson}/studio"
    assert "还说不出什么" in lecturer.http.get(at).text
    with served.ports.db.write() as session:
        lesson = session.get_one(Lesson, made.lesson)
        clip = lesson.clips[0]
        length_s = clip.duration_s or clip.end_s - clip.start_s
        steps = [30] * 6 + [12] * 4
        session.add(
            CurveSum(clip_id=clip.id, through=date(2026, 1, 1), step_s=length_s / 10, steps=steps, of=30)
        )
        row = session.query(Recording).filter_by(lesson_id=made.lesson).one()
        row.look = {"turns_s": [clip.start_s + 0.6 * length_s - 1]}
        minute, second = divmod(int(0.6 * length_s), 60)
    page = lecturer.http.get(at).text
    said = "画面换了之后，看的人只剩一半。当时说的是“这一年村里的收入掉了一半”"
    assert f"{minute}:{second:02d}</a>：{said}" in page
    assert "按 30 次播放算" in page
