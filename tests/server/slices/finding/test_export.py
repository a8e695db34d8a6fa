"""A search as a workbook: what the page finds, all of it, and nothing that a spreadsheet would run."""

from __future__ import annotations

import re
from datetime import date, timedelta
from io import BytesIO
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
from openpyxl import load_workbook

from library.catalog.permits import Audience, LessonState
from library.catalog.rules import CueLine, TranscriptQuality
from library.core.clock import local_day
from server.slices.finding import workbook as exporting
from server.slices.finding.workbook import About, Gathered, Line, gather, workbook
from tests.server.conftest import Shelf
from tests.support import factories as make
from tests.support.registry import read_catalogues
from tests.support.server import Served

pytestmark = [pytest.mark.slow, pytest.mark.dear(7)]

WORD = "枫桥经验"
MANY = "人人都讲的一句话"
AT = "在这一段里的时间"
HEADINGS = ["标题", "状态", "讲师", "讲课日期", "第几段", AT, "原话", "找到的地方", "链接"]


@pytest.fixture(scope="module")
def lesson(served: Served, shelf: Shelf) -> str:
    """A lesson that says a word twice in its second clip, one for members, a draft; 130 say other words."""
    with served.ports.db.write() as session:
        made = make.lesson(
            session, "=HYPERLINK(1)", lecturer="王芳", topics=["治理"], taught_on=date(2026, 3, 5), clips=2
        )
        said = [
            CueLine(70.0, 79.0, f"第一次说{WORD}。"),
            CueLine(80.0, 89.0, "别的话，" * 40),
            CueLine(100.5, 109.0, f"再说{WORD}。"),
        ]
        make.catalog.put_transcript(session, made, TranscriptQuality.EXACT, said)
        make.lesson(session, "+内部", spoken=[WORD], clips=1, audience=Audience.SIGNED_IN, lecturer="李明")
        make.lesson(session, "草稿", spoken=[WORD], clips=1, state=LessonState.DRAFT, lecturer="李明")
        for n in range(130):
            make.lesson(session, f"课{n}", spoken=[MANY], clips=1, lecturer="多人")
        lesson_id = made.id
    shelf.index()
    return lesson_id


def export(http: httpx.Client, **asked: str) -> httpx.Response:
    """Ask for the workbook."""
    return http.get("/search/export.xlsx", params=asked)


def sheet_of(data: bytes) -> Any:
    """The only sheet of a workbook."""
    book = load_workbook(BytesIO(data))
    assert len(book.sheetnames) == 1
    return book.active


def parts(data: bytes) -> tuple[list[str], list[str], list[dict[str, Any]]]:
    """What a workbook says first, its headings, and its rows by them."""
    rows = [[cell.value for cell in row] for row in sheet_of(data).iter_rows()]
    gap = next(n for n, row in enumerate(rows) if row[0] is None)
    headings = [str(value) for value in rows[gap + 1]]
    return (
        [str(row[0]) for row in rows[:gap]],
        headings,
        [dict(zip(headings, row, strict=True)) for row in rows[gap + 2 :]],
    )


def test_each_moment_is_a_row_that_opens_the_clip_at_its_second(served: Served, lesson: str) -> None:
    http = served.person("staff").http
    answer = export(http, q=WORD, lecturer="王芳")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == exporting.MEDIA_TYPE
    assert answer.headers["cache-control"] == "no-store"
    first, headings, rows = parts(answer.content)
    assert first[:3] == [f"搜索：{WORD}", "讲师：王芳", "排序：最相关"]
    assert re.fullmatch(r"导出于 .+，共找到 1 段，这里有 1 段。", first[3])
    assert headings == HEADINGS
    assert [(row["标题"], row["讲师"], row["讲课日期"].date()) for row in rows] == [
        ("=HYPERLINK(1)", "王芳", date(2026, 3, 5))
    ] * 2
    assert [row["第几段"] for row in rows] == ["第 2 段"] * 2
    assert [row[AT] for row in rows] == [timedelta(seconds=10), timedelta(seconds=40)], "as the clip counts"
    assert [(row["状态"], row["找到的地方"]) for row in rows] == [("已发布", "原话")] * 2
    hits = http.get("/api/v1/search", params={"q": WORD, "lecturer": "王芳"}).json()["hits"]
    moments = hits[0]["moments"]
    assert [(row["原话"], row["链接"]) for row in rows] == [(one["quote"], one["url"]) for one in moments]
    sheet = sheet_of(answer.content)
    linked = [cell.hyperlink.target for row in sheet.iter_rows() for cell in row if cell.hyperlink]
    assert linked == [one["url"] for one in moments]


def test_a_title_that_looks_like_a_formula_is_text(served: Served, lesson: str) -> None:
    sheet = sheet_of(export(served.person("staff").http, q=WORD).content)
    found = [cell for row in sheet.iter_rows() for cell in row if str(cell.value)[:1] in "=+-@"]
    assert {cell.value for cell in found} == {"=HYPERLINK(1)", "+内部"}
    assert {(cell.data_type, cell.quotePrefix) for cell in found} == {("s", True)}


def test_all_pages_come_once_and_in_the_order_of_the_page(served: Served, lesson: str) -> None:
    http = served.person("staff").http
    _, _, rows = parts(export(http, q=MANY, sort="date").content)
    assert len({row["链接"] for row in rows}) == len(rows) == 130
    hits = http.get("/api/v1/search", params={"q": MANY, "sort": "date", "limit": 100}).json()["hits"]
    assert [row["链接"] for row in rows[:100]] == [hit["url"] for hit in hits]


def test_no_more_than_the_most_is_gathered_and_the_heading_says_so(served: Served, lesson: str) -> None:
    catalogue = read_catalogues().of("zh-CN")
    viewer = Shelf(served).viewer("staff")
    ports = served.ports
    found = gather(ports.db, ports.finder, viewer, MANY, catalogue, base_url=served.base_url, most=105)
    assert (found.total, found.hits, len(found.lines)) == (130, 105, 105)
    about = About(MANY, {}, "relevance", served.ports.clock())
    first, _, rows = parts(workbook(found, about, catalogue))
    assert "共找到 130 段，这里有 105 段" in first[-1]
    assert len(rows) == 105


def test_the_workbook_speaks_the_readers_language(served: Served, lesson: str) -> None:
    english = {"Accept-Language": "en"}
    answer = served.person("staff").http.get(
        "/search/export.xlsx", params={"q": WORD, "length": "under_3", "kind": "video"}, headers=english
    )
    first, headings, rows = parts(answer.content)
    assert headings == [
        "Title",
        "State",
        "Lecturer",
        "Date of the lecture",
        "Clip",
        "Time in this clip",
        "Quote",
        "Found in",
        "Link",
    ]
    assert first[1].startswith("Kind: Video")
    assert not re.search(r"[\u4e00-\u9fff]", "".join(first[1:]))
    assert {row["Clip"] for row in rows} <= {"Clip 1", "Clip 2"}


def test_the_file_is_named_after_the_query_in_any_script(served: Served, lesson: str) -> None:
    answer = export(served.person("staff").http, q='枫桥/经验"\r\nX-Evil: 1')
    disposition = answer.headers["content-disposition"]
    assert "x-evil" not in answer.headers
    today = local_day(served.ports.clock())
    plain, _, extended = disposition.partition("; filename*=UTF-8''")
    assert plain == 'attachment; filename="weike-search.xlsx"'
    assert re.fullmatch(r"[\w.~%-]+", extended), "RFC 8187 allows nothing else"
    assert unquote(extended) == f"枫桥 经验 X-Evil 1 {today}.xlsx"


def test_words_that_xml_cannot_hold_are_left_out() -> None:
    catalogue = read_catalogues().of("zh-CN")
    hostile = "a\x00\x0b\x1b\ud800\ufffe<b>&amp;_x0041_" + "长" * 40_000
    line = Line(hostile, "", "@SUM(1)", None, "-1", None, "\t=1", "", "http://127.0.0.1:8000/lessons/x")
    about = About("=cmd|' /C calc'!A0\x08", {"topic": "=1+1"}, "date", make.NOW)
    first, _, rows = parts(workbook(Gathered(1, 1, True, (line,)), about, catalogue))
    assert first[0] == "搜索：=cmd|' /C calc'!A0"
    assert rows[0]["标题"].startswith("a<b>&amp;_x0041_长")
    assert len(rows[0]["标题"]) <= 32_767
    assert (rows[0]["讲师"], rows[0]["第几段"], rows[0]["原话"]) == ("@SUM(1)", "-1", "\t=1")
    assert (rows[0]["讲课日期"], rows[0][AT]) == (None, None)


def test_a_time_after_a_day_is_still_a_time() -> None:
    catalogue = read_catalogues().of("zh-CN")
    line = Line("长会", "", "", None, "", 90_061.7, "话", "原话", "http://127.0.0.1:8000/clips/x?t=1.0")
    about = About("话", {}, "relevance", make.NOW)
    cell = sheet_of(workbook(Gathered(1, 1, False, (line,)), about, catalogue)).cell(row=6, column=6)
    assert (cell.value, cell.number_format) == (timedelta(days=1, hours=1, minutes=1, seconds=1), "[h]:mm:ss")


def test_a_draft_and_a_withdrawn_lesson_are_told_from_published_ones(served: Served, shelf: Shelf) -> None:
    said = "三种状态的一句话"
    with served.ports.db.write() as session:
        for state in LessonState:
            make.lesson(session, state.value, spoken=[said], clips=1, state=state)
    shelf.index()
    http = served.person("staff").http
    _, _, rows = parts(export(http, q=said).content)
    states = {"draft": "待发布", "published": "已发布", "withdrawn": "已撤下"}
    assert {row["标题"]: row["状态"] for row in rows} == states
    hits = http.get("/api/v1/search", params={"q": said}).json()["hits"]
    assert {hit["title"]: hit["state"] for hit in hits} == {state: state for state in states}
    page = http.get("/search", params={"q": said}).text
    badges = re.findall(r'<span class="tag (draft|withdrawn|published)">([^<]+)</span>', page)
    assert sorted(badges) == [("draft", "待发布"), ("withdrawn", "已撤下")]
    nobody = served.person("nobody").http.get("/search", params={"q": said}).text
    assert not re.search(r'class="tag(?!" data-own)', nobody)  # data-own: how far this device is


def test_a_summary_or_a_title_is_not_given_out_as_what_was_said(served: Served, shelf: Shelf) -> None:
    with served.ports.db.write() as session:
        summed = make.lesson(session, "一堂课", spoken=["别的话。"] * 3, clips=1)
        make.catalog.touch(session, summed)
        summed.summary = "讲的是赤脚医生的故事"
        make.lesson(session, "赤脚医生", spoken=["别的话。"] * 3, clips=1, topics=["赤脚医生"])
    shelf.index()
    _, _, rows = parts(export(served.person("staff").http, q="赤脚医生").content)
    assert {row["标题"]: (row["原话"], row[AT], row["找到的地方"]) for row in rows} == {
        "一堂课": (None, None, "简介"),
        "赤脚医生": (None, None, "标题、专题"),
    }
    page = served.person("staff").http.get("/search", params={"q": "赤脚医生"}).text
    assert re.findall(r'class="source-name">([^<]+)<', page) == ["开头", "简介"]
    assert 'class="time"' not in page


def test_the_places_that_are_left_out_are_counted(served: Served, shelf: Shelf) -> None:
    far = "这里讲的是别的事情，跟前后都没有关系。" * 8
    with served.ports.db.write() as session:
        made = make.lesson(session, "反复讲", clips=1)
        said = [CueLine(6.0 * n, 6.0 * n + 6, far + "说到北大荒精神。" + far) for n in range(7)]
        make.catalog.put_transcript(session, made, TranscriptQuality.EXACT, said)
    shelf.index()
    http = served.person("staff").http
    _, _, rows = parts(export(http, q="北大荒精神").content)
    assert [row["找到的地方"] for row in rows] == ["原话", "原话", "原话（这一段还有 4 处）"]
    assert "这一段还有 4 处讲到" in http.get("/search", params={"q": "北大荒精神"}).text
    (hit,) = http.get("/api/v1/search", params={"q": "北大荒精神"}).json()["hits"]
    assert (len(hit["moments"]), hit["more"]) == (3, 4)


def test_what_finds_nothing_is_an_empty_table_and_nothing_asked_is_refused(
    served: Served, lesson: str
) -> None:
    http = served.person("staff").http
    first, _, rows = parts(export(http, q="火星移民").content)
    assert (rows, "共找到 0 段" in first[-1]) == ([], True)
    for q in ("", " ", "\u3000"):
        refused = export(http, q=q)
        assert refused.status_code == 422
        assert refused.headers["content-type"].startswith("text/html")
    assert export(http, q="党" * 800, year="x", kind="<b>", branch="no such").status_code == 200


def test_an_index_that_cannot_answer_is_said_in_words(served: Served, shelf: Shelf, lesson: str) -> None:
    with shelf.broken_index():
        answer = export(served.person("staff").http, q=WORD)
    assert answer.status_code == 503
    assert answer.headers["content-type"].startswith("text/html")
    assert "搜索索引损坏" in answer.text
