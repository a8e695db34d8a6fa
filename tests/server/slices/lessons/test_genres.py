"""Kinds of lessons: chosen on the form and by programs, filtered in lists and in the search, imported."""

from __future__ import annotations

from pathlib import Path

import pytest

from library.catalog.permits import LessonState
from library.catalog.rules import GENRES, Genre, read_genre
from library.core.errors import Invalid
from library.intake.arriving.importing import prepare
from library.intake.arriving.manifest import Row, parse_manifest
from server.slices.lessons.words import WORDS as LESSON_WORDS
from tests.server.conftest import Shelf
from tests.support.server import Served


@pytest.mark.slow
def test_people_and_programs_say_what_kind_it_is_and_lists_are_narrowed(served: Served, shelf: Shelf) -> None:
    put = shelf.lesson(LessonState.PUBLISHED, words="河姆渡遗址现场讲授")
    other = shelf.lesson(LessonState.PUBLISHED, words="河姆渡遗址课堂讲授")
    lecturer = served.person("lecturer")
    at = f"/api/v1/lessons/{put.lesson}"
    assert lecturer.http.get(at).json()["genre"] == "lecture"
    form = {"title": put.title, "language": "zh-CN", "genre": "onsite", "date": "2026-03-01"}
    assert lecturer.post(f"/lessons/{put.lesson}/edit", **form).status_code == 303
    assert lecturer.http.get(at).json()["genre"] == "lecture", "it waits to be published"
    published = served.person("staff").api("POST", f"/lessons/{put.lesson}/draft/publish", json={})
    assert published.status_code == 200
    refused = lecturer.post(f"/lessons/{put.lesson}/edit", **{**form, "genre": "<开会>", "title": "新题"})
    assert refused.status_code == 422
    assert "没有“&lt;开会&gt;”这种课型" in refused.text
    assert 'value="新题"' in refused.text, "what was typed is kept"
    assert "现场教学" in lecturer.http.get(f"/lessons/{put.lesson}").text

    shelf.index()
    with served.nobody() as visitor:
        shown = visitor.http.get("/lessons?genre=onsite").text
        assert put.lesson in shown
        assert other.lesson not in shown
        assert other.lesson in visitor.http.get("/lessons?genre=nonsense").text
        found = visitor.http.get("/api/v1/lessons", params={"genre": "现场教学"}).json()["lessons"]
        assert [one["id"] for one in found] == [put.lesson]
        assert visitor.http.get("/api/v1/lessons", params={"genre": "x"}).status_code == 422
        for asked in ({"q": "河姆渡", "genre": "onsite"}, {"q": "河姆渡 类型:现场教学"}):
            answer = visitor.http.get("/api/v1/search", params=asked).json()
            assert [hit["lesson"] for hit in answer["hits"]] == [put.lesson]
        counts = visitor.http.get("/api/v1/search", params={"q": "河姆渡"}).json()["counts"]["genre"]
        assert counts == [{"value": "lecture", "count": 1}, {"value": "onsite", "count": 1}]
        page = visitor.http.get("/search", params={"q": "河姆渡", "genre": "onsite"}).text
        assert "去掉筛选：现场教学" in page
        assert "没有“怪事”这种类型" in visitor.http.get("/search", params={"q": "河姆渡 类型:怪事"}).text


def test_a_manifest_names_kinds_as_people_do(tmp_path: Path) -> None:
    (row,) = parse_manifest("编号,标题,类型\na,党课,情景党课\n".encode(), "m.csv").rows
    assert isinstance(row, Row)
    assert prepare(row, tmp_path).genre is Genre.STAGED
    assert prepare(Row(1, "a", "党课", genre=" "), tmp_path).genre is None
    with pytest.raises(Invalid, match="genre_unknown"):
        prepare(Row(1, "a", "党课", genre="开会"), tmp_path)


@pytest.mark.parametrize("genre", list(Genre))
def test_every_kind_is_known_by_its_code_and_its_name(genre: Genre) -> None:
    assert read_genre(genre.value.upper()) is genre
    assert read_genre(f" {LESSON_WORDS['genre'][genre].split('、')[0]} ") is genre
    assert set(GENRES.values()) == set(Genre)
