"""Choosing between two transcripts over HTTP, with a form and nothing else."""

from __future__ import annotations

import re

import httpx
import pytest

from library.catalog import cue_queries
from library.catalog import queries as catalog
from library.catalog import transcript_queries as transcripts
from library.catalog import transcript_versions as versions
from library.catalog.permits import LessonState
from library.catalog.rules import CueLine, TranscriptQuality
from library.correcting import comparing, queries
from library.intake import queries as intake
from server.slices.correcting.compare import ROWS_SHOWN
from tests.server.conftest import Shelf
from tests.server.slices.correcting.test_words import HEARD
from tests.support import factories
from tests.support.client import Person
from tests.support.databases import NOW
from tests.support.server import Served

GIVEN = (CueLine(0.0, 4.0, "中国共产党成立"), CueLine(4.0, 9.0, "<b>共产党员</b>要带头"))


@pytest.fixture
def lecturer(served: Served) -> Person:
    return served.person("lecturer")


@pytest.fixture
def lesson(shelf: Shelf) -> str:
    """A lesson with what a machine heard in use (version 1), and a file beside it (version 2)."""
    return two_versions(shelf, HEARD, GIVEN)


def two_versions(shelf: Shelf, heard: tuple[CueLine, ...], given: tuple[CueLine, ...]) -> str:
    put = shelf.lesson(recording="ready")
    with shelf.served.ports.db.write() as session:
        lesson, row = catalog.lesson(session, put.lesson), intake.recording_of(session, put.lesson)
        assert row is not None
        factories.heard(row, 600.0)
        lesson.duration_s = 600.0
        quality = TranscriptQuality.RECOGNISED
        version, _ = versions.add(session, lesson, versions.NewVersion(quality, heard), None, NOW)
        versions.use(session, lesson, version, quality, heard, NOW)
        versions.add(session, lesson, versions.NewVersion(TranscriptQuality.EXACT, given), None, NOW)
    return put.lesson


def form_of(page: str) -> dict[str, str]:
    """The fields of the form as a browser without scripts sends them."""
    part = page[page.index('id="compare"') :]
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', part))
    chosen = re.findall(r'name="(c\.[^"]+)" value="(\w+)" checked', part)
    return {**fields, **dict(chosen)}


def keys(form: dict[str, str]) -> list[str]:
    return [name for name in form if name.startswith("c.")]


def look(person: Person, lesson: str, query: str = "with=2") -> str:
    answer = person.http.get(f"/lessons/{lesson}/compare?{query}")
    assert answer.status_code == 200, answer.text
    return answer.text


def send(person: Person, lesson: str, form: dict[str, str]) -> httpx.Response:
    return person.http.post(f"/lessons/{lesson}/compare", data=form)


def said(served: Served, lesson: str) -> list[tuple[str, str]]:
    with served.ports.db.read() as session:
        return [(line.text, line.source) for line in cue_queries.cues(session, lesson)]


@pytest.mark.slow
def test_what_is_chosen_is_a_new_version_and_the_old_one_comes_back(
    served: Served, lecturer: Person, lesson: str
) -> None:
    page = look(lecturer, lesson)
    assert "<b>" not in page.replace("&lt;b&gt;", "")[page.index('id="compare"') :]
    form = form_of(page)
    first, second = keys(form)
    form |= {first: "right"}
    for _ in range(2):  # a second tap on the button changes nothing
        assert send(lecturer, lesson, form).status_code == 303
        assert said(served, lesson) == [("中国共产党成立", "corrected"), ("供产党员要带头", "recognised")]
    with served.ports.db.read() as session:
        assert [one.n for one in transcripts.versions(session, lesson) if one.in_use] == [3]
    left = form_of(look(lecturer, lesson))
    assert keys(left) == [second], "what is decided is not asked again"
    assert lecturer.api("POST", f"/lessons/{lesson}/transcripts/1/use").status_code == 200
    assert said(served, lesson) == [(line.text, "recognised") for line in HEARD]


@pytest.mark.slow
def test_a_whole_page_is_taken_with_one_button(served: Served, lecturer: Person, lesson: str) -> None:
    assert send(lecturer, lesson, {**form_of(look(lecturer, lesson)), "take": "right"}).status_code == 303
    assert [text for text, _source in said(served, lesson)] == [line.text for line in GIVEN]
    assert "没有要选的了" in look(lecturer, lesson)


@pytest.mark.slow
def test_two_who_choose_at_once_lose_nothing(served: Served, lecturer: Person, lesson: str) -> None:
    mine, theirs = form_of(look(lecturer, lesson)), form_of(look(served.person("staff"), lesson))
    first, second = keys(mine)
    assert send(served.person("staff"), lesson, {**theirs, first: "left"}).status_code == 303
    answer = send(lecturer, lesson, {**mine, first: "right", second: "right"})
    assert answer.status_code == 409
    assert "刚刚被改过" in answer.text
    assert said(served, lesson)[1] == ("供产党员要带头", "recognised"), "nothing is merged unseen"
    again = form_of(answer.text)
    assert again[second] == "right", "what was chosen is still chosen"
    assert send(lecturer, lesson, again).status_code == 303
    assert said(served, lesson) == [("中国供产党成立", "corrected"), (GIVEN[1].text, "corrected")]


@pytest.mark.slow
def test_many_rows_come_in_pages_that_the_form_can_carry(
    served: Served, shelf: Shelf, lecturer: Person
) -> None:
    lines = [CueLine(2.0 * n, 2.0 * n + 2, f"第{n}行") for n in range(100)]
    other = [CueLine(2.0 * n, 2.0 * n + 2, f"第{n}句") for n in range(100)]
    lesson = two_versions(shelf, tuple(lines), tuple(other))
    form = form_of(look(lecturer, lesson, "with=2&page=2"))
    assert len(keys(form)) == ROWS_SHOWN
    assert send(lecturer, lesson, {**form, "take": "right"}).status_code == 303
    assert sum("句" in text for text, _source in said(served, lesson)) == ROWS_SHOWN


@pytest.mark.slow
@pytest.mark.parametrize(
    ("query", "status"), [("with=99", 404), ("with=-1", 422), ("with=99999999999999", 422), ("page=0", 200)]
)
def test_odd_addresses(lecturer: Person, lesson: str, query: str, status: int) -> None:
    assert lecturer.http.get(f"/lessons/{lesson}/compare?{query}").status_code == status


def test_odd_forms_change_nothing(served: Served, lecturer: Person, lesson: str) -> None:
    before = said(served, lesson)
    form = form_of(look(lecturer, lesson))
    first, second = keys(form)
    for odd in ({first: "both"}, {"c." + "x" * 4000: "right"}, {first: ""}, {"c.no.such": "right"}):
        assert send(lecturer, lesson, {**form, **odd}).status_code == 303
    assert send(lecturer, lesson, {**form, first: "right", "base": "another"}).status_code == 409
    assert send(lecturer, lesson, {**form, "with": "77", first: "right"}).status_code == 404
    assert said(served, lesson) == before
    with served.ports.db.read() as session:
        found = catalog.lesson(session, lesson)
        rows = comparing.rows(queries.present(session, found).lines, queries.beside(session, lesson, 2))
        assert [f"c.{row.key}" for row in rows] == [first, second]


def test_one_transcript_alone_says_what_to_do(shelf: Shelf, lecturer: Person) -> None:
    put = shelf.lesson(LessonState.PUBLISHED)
    assert "只有一份文稿" in lecturer.http.get(f"/lessons/{put.lesson}/compare").text
