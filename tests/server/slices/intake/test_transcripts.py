"""What becomes of a transcript that is given: the same on the page and for programs."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from library.catalog import queries as catalog
from library.intake import queries as intake
from library.intake.transcripts import taking
from tests.server.conftest import Shelf
from tests.support import factories
from tests.support.client import Person
from tests.support.server import Served

HOUR = "1\n01:00:01,000 --> 01:00:04,000\n开场第一句话\n\n2\n01:00:05,000 --> 01:00:08,000\n绿水青山\n"
GOOD = "".join(f"{n}\n00:00:{5 * n:02d},500 --> 00:00:{5 * n + 4:02d},000\n第{n}句话\n\n" for n in range(11))
ELSEWHERE = HOUR.replace("01:00:0", "03:23:0")


@pytest.fixture
def lecturer(served: Served) -> Person:
    return served.person("lecturer")


@pytest.fixture
def lesson(shelf: Shelf, served: Served) -> str:
    """A lesson of a minute that was heard; its words were there before there were versions."""
    put = shelf.lesson(recording="ready")
    with served.ports.db.write() as session:
        row = intake.recording_of(session, put.lesson)
        assert row is not None
        factories.heard(row, 60.0, pauses_s=[5.0 * n + 4.3 for n in range(11)])
    return put.lesson


def give(person: Person, lesson: str, text: str, name: str = "a.srt", **query: Any) -> httpx.Response:
    files = {"file": (name, text.encode())}
    return person.api("PUT", f"/lessons/{lesson}/transcript", files=files, params=query)


def said(lesson: dict[str, Any]) -> list[tuple[str, int]]:
    assert all(one["text"] and one["code"] not in one["text"] for one in lesson["warnings"])
    return [(one["code"], one["count"]) for one in lesson["warnings"]]


@pytest.mark.slow
def test_a_whole_hour_is_moved_and_said_everywhere(served: Served, lecturer: Person, lesson: str) -> None:
    told = give(lecturer, lesson, HOUR).json()
    assert (told["kind"], told["cues"], told["version"], told["shift_s"]) == ("timed", 2, 2, -3600.0)
    assert said(told) == [("shifted_hours", 2)]
    now = lecturer.api("GET", f"/lessons/{lesson}").json()
    assert (said(now), now["cues"]) == ([("shifted_hours", 2)], 2)
    sentence = now["warnings"][0]["text"]
    for page in ("", "/progress", "/transcripts"):
        assert sentence.split("。")[0] in lecturer.http.get(f"/lessons/{lesson}{page}").text, page
    listed = lecturer.api("GET", "/lessons").json()["lessons"]
    assert said(next(one for one in listed if one["id"] == lesson)) == [("shifted_hours", 2)]


def test_what_is_to_be_known_is_for_those_who_can_do_something(served: Served, shelf: Shelf) -> None:
    put = shelf.lesson("published", recording="ready")
    with served.ports.db.write() as session:
        row = intake.recording_of(session, put.lesson)
        assert row is not None
        factories.heard(row, 60.0)
        words = taking.read(HOUR.encode(), "a.srt")
        taking.take(session, catalog.lesson(session, put.lesson), words, served.ports.clock(), replace=True)
    for name, knows in (("lecturer", True), ("member", False)):
        found = served.person(name).api("GET", f"/lessons/{put.lesson}").json()
        assert (bool(found["warnings"]), found["cues"] is not None) == (knows, knows)
        assert ("整点" in served.person(name).http.get(f"/lessons/{put.lesson}").text) is knows


@pytest.mark.slow
def test_one_that_fits_worse_is_kept_and_asked_about(lecturer: Person, lesson: str) -> None:
    assert give(lecturer, lesson, GOOD, "good.srt").status_code == 200
    refused = give(lecturer, lesson, ELSEWHERE, "elsewhere.srt")
    assert refused.status_code == 409
    body = refused.json()
    assert (body["error"], body["version"]) == ("transcript_fits_worse", 3)
    assert "replace=true" in body["todo"]
    assert [reason["code"] for reason in body["reasons"]] == ["worse_outside"]
    assert [one["code"] for one in body["warnings"]] == ["outside", "shift_offered"]
    assert [one["code"] for one in lecturer.api("GET", f"/lessons/{lesson}").json()["warnings"]] == [
        "transcript_waits"
    ]
    listed = lecturer.api("GET", f"/lessons/{lesson}/transcripts").json()["versions"]
    assert [(one["n"], one["in_use"], one["file_name"], one["by"]) for one in listed] == [
        (3, False, "elsewhere.srt", listed[0]["by"]),
        (2, True, "good.srt", listed[0]["by"]),
        (1, False, "", None),
    ]
    assert listed[0]["by"]
    page = lecturer.http.get(f"/lessons/{lesson}/transcripts?ask=3").text
    assert all(words in page for words in ("elsewhere.srt", "good.srt", "开场第一句话", "第0句话"))
    assert give(lecturer, lesson, ELSEWHERE, replace=True).status_code == 200
    back = lecturer.api("POST", f"/lessons/{lesson}/transcripts/2/use").json()
    assert (back["n"], back["in_use"]) == (2, True)


@pytest.mark.slow
def test_times_are_moved_by_what_somebody_chose(lecturer: Person, lesson: str) -> None:
    told = give(lecturer, lesson, ELSEWHERE, shift_s=-12180.5).json()
    assert told["shift_s"] == -12180.5
    assert said(told) == [("shifted_chosen", 2)]
    moved = lecturer.api("PUT", f"/lessons/{lesson}/transcripts/2/shift", json={"shift_s": -12180}).json()
    assert (moved["shift_s"], moved["shift_reason"], moved["inside"]) == (-12180.0, "chosen", 1.0)
    for form, status in (("－12181，5", 422), ("-12181,5", 303), ("x", 422), ("nan", 422), ("1e9", 422)):
        answer = lecturer.post(f"/lessons/{lesson}/transcripts/2/shift", seconds=form)
        assert answer.status_code == status, form
    assert '"shift_s": -12181.5' in lecturer.http.get(f"/lessons/{lesson}/transcripts").text
    for asked in ({"shift_s": "nan"}, {"shift_s": "1e12"}):
        assert give(lecturer, lesson, HOUR, **asked).status_code == 422


@pytest.mark.slow
def test_the_form_asks_before_it_replaces(lecturer: Person, lesson: str) -> None:
    give(lecturer, lesson, GOOD)

    def send(text: str) -> httpx.Response:
        files = {"file": ("b.srt", text.encode())}
        return lecturer.http.post(
            f"/lessons/{lesson}/transcripts", data={"csrf": lecturer.csrf()}, files=files
        )

    assert send(ELSEWHERE).headers["location"].endswith("/transcripts?ask=3")
    better = GOOD.replace("第", "这是第")
    assert send(better).headers["location"].endswith("/transcripts?ask=4")
    page = lecturer.http.get(f"/lessons/{lesson}/transcripts?ask=4").text
    assert "换上以前，先看看哪里不一样" in page
    assert "<ins>这是</ins>" in page
    versions = lecturer.api("GET", f"/lessons/{lesson}/transcripts").json()["versions"]
    assert [one["n"] for one in versions if one["in_use"]] == [2]  # nothing has changed yet
    assert lecturer.post(f"/lessons/{lesson}/transcripts/3/use").status_code == 303
    assert lecturer.post(f"/lessons/{lesson}/transcripts").status_code == 422
    versions = lecturer.api("GET", f"/lessons/{lesson}/transcripts").json()["versions"]
    assert [one["n"] for one in versions if one["in_use"]] == [3]


@pytest.mark.every
@pytest.mark.slow
@pytest.mark.parametrize("n", [0, -1, 99, 10**30])
def test_a_number_that_no_version_has_is_not_there(lecturer: Person, lesson: str, n: int) -> None:
    give(lecturer, lesson, GOOD)
    assert lecturer.api("POST", f"/lessons/{lesson}/transcripts/{n}/use").status_code == 404
    assert (
        lecturer.api("PUT", f"/lessons/{lesson}/transcripts/{n}/shift", json={"shift_s": 1}).status_code
        == 404
    )
    assert lecturer.post(f"/lessons/{lesson}/transcripts/{n}/shift", seconds="1").status_code == 404
    assert lecturer.http.get(f"/lessons/{lesson}/transcripts?ask={n}").status_code == 200
