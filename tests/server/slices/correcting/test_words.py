"""Correcting lines over HTTP: from what, by whom, how much, and what others did meanwhile."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from library.catalog import queries as catalog
from library.catalog import transcript_versions as versions
from library.catalog.permits import LessonState
from library.catalog.rules import CueLine, CueSource, TranscriptQuality
from library.correcting.rules import LINE_MAX
from library.hearing.rules import RecognitionState
from library.hearing.tables import Chunk, Recognition
from library.intake import queries as intake
from tests.server.conftest import Shelf
from tests.support import factories
from tests.support.client import Person
from tests.support.databases import NOW
from tests.support.server import Served

HEARD = (
    CueLine(0.0, 4.0, "中国供产党成立", "", CueSource.RECOGNISED, 0.5, ((2, 3),)),
    CueLine(4.0, 9.0, "供产党员要带头", "", CueSource.RECOGNISED, 0.9),
)


@pytest.fixture
def lecturer(served: Served) -> Person:
    return served.person("lecturer")


def recognised(shelf: Shelf) -> str:
    """A lesson of a minute whose words a machine heard."""
    put = shelf.lesson(LessonState.PUBLISHED, recording="ready")
    with shelf.served.ports.db.write() as session:
        lesson, row = catalog.lesson(session, put.lesson), intake.recording_of(session, put.lesson)
        assert row is not None
        factories.heard(row, 60.0, pauses_s=[4.0])
        session.add(Recognition(recording_id=row.id, state=RecognitionState.DONE, wanted_at=NOW))
        session.flush()
        said = [
            [0.104, 0.5, "中国", 0.9],
            [0.5, 0.8, "供", 0.4],
            [3.1, 3.2, "，", 0.4],
            [3.2, 3.9, "产党成立。", 0.9],
        ]
        session.add(Chunk(recording_id=row.id, n=0, start_s=0.0, end_s=60.0, words=said))
        quality = TranscriptQuality.RECOGNISED
        version, _ = versions.add(session, lesson, versions.NewVersion(quality, HEARD), None, NOW)
        versions.use(session, lesson, version, quality, HEARD, NOW)
    return put.lesson


@pytest.fixture
def lesson(shelf: Shelf) -> str:
    return recognised(shelf)


def words(person: Person, lesson: str) -> dict[str, Any]:
    answer = person.api("GET", f"/lessons/{lesson}/transcript/lines")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def correct(person: Person, lesson: str, base: str, *edits: dict[str, Any]) -> httpx.Response:
    body = {"base": base, "edits": list(edits)}
    return person.api("PATCH", f"/lessons/{lesson}/transcript/lines", json=body)


def line(n: int, text: str, **more: Any) -> dict[str, Any]:
    said = {"start_s": HEARD[n].start_s, "end_s": HEARD[n].end_s, "text": text, **more}
    return {"at": n, "gone": 1, "lines": [said]}


@pytest.mark.slow
def test_the_page_and_programs_get_what_helps_to_correct(lecturer: Person, lesson: str) -> None:
    found = words(lecturer, lesson)
    assert found["lines"][0] == {
        "start_s": 0.0,
        "end_s": 4.0,
        "text": "中国供产党成立",
        "speaker": "",
        "source": "recognised",
        "confidence": 0.5,
        "doubtful": [[2, 3]],
    }
    assert (found["quality"], found["being_heard"], found["may_teach"]) == ("recognised", False, False)
    assert found["pauses"] == [[3.75, 4.25]]
    assert found["heard"] == [[0.1, 2], [0.5, 1], [3.2, 4]]  # marks are not spoken
    assert found["playing"][0]["master"].endswith("/master.m3u8")
    page = lecturer.http.get(f"/lessons/{lesson}/words").text
    assert found["base"] in page
    assert "JavaScript" in page


@pytest.mark.slow
def test_a_correction_is_found_and_the_same_again_changes_nothing(
    served: Served, shelf: Shelf, lecturer: Person, lesson: str
) -> None:
    base = words(lecturer, lesson)["base"]
    answers = [correct(lecturer, lesson, base, line(0, "中国共产党诞辰了")) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    now = words(lecturer, lesson)
    assert (now["base"], now["version"]) == (answers[0].json()["base"], answers[0].json()["version"])
    assert [(x["source"], x["confidence"], x["doubtful"]) for x in now["lines"]] == [
        ("corrected", None, []),
        ("recognised", 0.9, []),
    ]
    assert now["by"] == shelf.viewer("lecturer").name
    assert len(lecturer.api("GET", f"/lessons/{lesson}/transcripts").json()["versions"]) == 2
    shelf.index()
    found = served.person("member").api("GET", "/search", params={"q": "诞辰"}).text
    assert lesson in found


@pytest.mark.slow
def test_what_others_did_meanwhile_is_told_and_stays(served: Served, lecturer: Person, lesson: str) -> None:
    base = words(lecturer, lesson)["base"]
    assert correct(served.person("staff"), lesson, base, line(1, "共产党员要带头")).status_code == 200
    refused = correct(lecturer, lesson, base, line(0, "中国共产党成立"))
    assert refused.status_code == 409
    told = refused.json()
    assert told["error"] == "words_changed"
    assert told["message"]
    assert told["todo"]
    assert [x["text"] for x in told["words"]["lines"]] == ["中国供产党成立", "共产党员要带头"]
    assert told["words"] == words(lecturer, lesson)
    assert correct(lecturer, lesson, told["words"]["base"], line(0, "中国共产党成立")).status_code == 200


@pytest.mark.every
@pytest.mark.slow
@pytest.mark.parametrize(
    ("edit", "status"),
    [
        (line(0, " \n "), 422),
        (line(0, "长" * (LINE_MAX + 1)), 422),
        (line(0, "长" * 5000), 422),
        (line(0, "倒", start_s=3.0, end_s=1.0), 422),
        (line(0, "无", start_s=None), 422),
        (line(0, "外", end_s=99.0), 422),
        (line(0, "数", start_s="x"), 422),
        ({"at": 0, "gone": 2, "lines": []}, 422),
        ({"at": 5, "gone": 1, "lines": []}, 422),
        ({"at": -1, "gone": 1, "lines": []}, 422),
        ({"at": 10**30, "gone": 1, "lines": []}, 422),
        ({"at": 0, "gone": 0, "lines": []}, 422),
        ({"at": 0, "gone": 1, "lines": [line(0, "多")["lines"][0]] * 501}, 422),
        (line(0, "\x00\u202e<script>alert(1)</script>&#0;"), 200),
    ],
)
def test_bad_input_is_refused_and_markup_is_text(
    lecturer: Person, lesson: str, edit: dict[str, Any], status: int
) -> None:
    before = words(lecturer, lesson)
    answer = correct(lecturer, lesson, before["base"], edit)
    assert answer.status_code == status, answer.text
    if status == 422:
        assert words(lecturer, lesson) == before
        return
    assert words(lecturer, lesson)["lines"][0]["text"] == "<script>alert(1)</script>&#0;"
    for path in ("words", "transcripts"):
        assert "<script>alert(1)" not in lecturer.http.get(f"/lessons/{lesson}/{path}").text


def test_nan_and_too_much_are_refused(lecturer: Person, lesson: str) -> None:
    base = words(lecturer, lesson)["base"]
    path, kind = f"/lessons/{lesson}/transcript/lines", {"Content-Type": "application/json"}
    said = '{"start_s": NaN, "end_s": 4, "text": "a"}'
    nan = '{"base": "%s", "edits": [{"at": 0, "gone": 1, "lines": [' + said + "]}]}"
    assert lecturer.api("PATCH", path, content=nan % base, headers=kind).status_code == 422
    large = b'{"base": "' + b"a" * 1024 * 1024 + b'", "edits": []}'
    assert lecturer.api("PATCH", path, content=large, headers=kind).status_code == 413
    many = [{"at": n, "gone": 1, "lines": []} for n in range(5001)]
    assert correct(lecturer, lesson, base, *many).status_code == 422


@pytest.mark.slow
def test_nothing_is_corrected_where_nothing_is_said_or_a_machine_still_writes(
    served: Served, shelf: Shelf, lecturer: Person, lesson: str
) -> None:
    silent = lecturer.new_lesson("没有文稿的一课")
    assert correct(lecturer, silent, "x").json()["error"] == "no_words"
    assert "还没有可以校对的字幕" in lecturer.http.get(f"/lessons/{silent}/words").text
    base = words(lecturer, lesson)["base"]
    with served.ports.db.write() as session:
        row = intake.recording_of(session, lesson)
        assert row is not None
        one = session.get_one(Recognition, row.id)
        one.state, one.version_n = RecognitionState.WORKING, 1
    refused = correct(lecturer, lesson, base, line(0, "中国共产党"))
    assert (refused.status_code, refused.json()["error"]) == (409, "words_being_heard")
    assert "机器还在听写" in lecturer.http.get(f"/lessons/{lesson}/words").text


@pytest.mark.slow
def test_what_is_always_so_is_the_lecturers_and_of_the_staff_also_a_word(
    served: Served, shelf: Shelf, lecturer: Person, lesson: str
) -> None:
    path = f"/lessons/{lesson}/transcript/wordings"
    word = shelf.new_word()
    told = lecturer.api("POST", path, json={"was": "心词", "now": word}).json()
    assert told == {"always": [{"was": "心词", "now": word}], "taught": False, "not_taught": ""}
    staff = served.person("staff")
    for taught in (True, False):  # the second time it is there
        told = staff.api("POST", path, json={"was": "心词", "now": word}).json()
        assert (told["taught"], told["not_taught"]) == (taught, "")
    assert staff.api("GET", "/vocabulary", params={"q": word}).json()["total"] == 1
    odd = staff.api("POST", path, json={"was": "冒号", "now": "一：二"}).json()
    assert odd["taught"] is False
    assert "：" in odd["not_taught"] or odd["not_taught"]
    assert {pair["now"] for pair in words(lecturer, lesson)["always"]} == {word, "一：二"}
    left = lecturer.api("DELETE", path, params={"was": "心词"}).json()["always"]
    assert left == [{"was": "冒号", "now": "一：二"}]
    for bad in ({"was": "a", "now": "a"}, {"was": "", "now": "a"}, {"was": "a", "now": "b" * 61}):
        assert lecturer.api("POST", path, json=bad).status_code == 422
