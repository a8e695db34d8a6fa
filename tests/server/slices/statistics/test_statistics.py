"""Statistics on pages, in files and as JSON: the same numbers everywhere, for those who may see them."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from io import BytesIO, StringIO
from typing import Any

import httpx
import pytest
from openpyxl import load_workbook

from library.catalog.permits import LessonState
from library.core.clock import CHINA, local_day
from library.core.permits import Role
from library.organisation import actions as organisation
from library.people import actions as people
from library.plays import actions as plays
from library.plays.crediting import Beat
from library.plays.figures import DayFigures, Figures, LessonLine, NodeFigures
from library.plays.rules import Source, ViewRule
from server.slices.statistics.presentation import lesson_page, overview_page
from server.slices.statistics.reports import Making, csv_file, lesson_report, overview_report, workbook
from server.slices.statistics.spans import choose
from server.web.files.assets import Assets
from server.web.files.sheets import CSV, XLSX
from server.web.parts import LessonRef
from server.web.templating import Renderer
from tests.server.conftest import Shelf
from tests.server.pages.conftest import ASSET_NAMES
from tests.server.pages.samples import RULE, frame
from tests.server.slices.statistics import measured
from tests.support import factories as make
from tests.support.client import Person
from tests.support.registry import read_catalogues
from tests.support.server import ROOT, Served, password, quickly_hashed

pytestmark = pytest.mark.dear(8)

TITLE = "=cmd|' /C calc'!A0<script>alert(1)</script>"
CATALOGUES = read_catalogues()


@dataclass(frozen=True)
class Village:
    """A lesson of `lecturer` in a branch below the root, what was watched of it, and who works there."""

    lesson: str
    clips: tuple[str, ...]


@pytest.fixture(scope="module")
def village(served: Served, shelf: Shelf) -> Village:
    """Two members (one of them twice, in two clips), a visitor and a screening of 30, today."""
    now = served.ports.clock()
    with served.ports.db.write() as session:
        root = make.root(session)
        east = organisation.add_named(session, root, "东乡", now)
        west = organisation.add_named(session, root, "西乡", now)
        for name, branch in (("east", east), ("west", west)):
            staff = people.add_person(session, name, f"{name}工作人员", quickly_hashed(name), now)
            people.grant(session, staff.id, Role.STAFF, branch, None, now)
        owner = shelf.viewer("lecturer")
        lesson = make.lesson(session, TITLE, owner=owner, branch=east, lecturer="+讲师", clips=2)
        first, second = lesson.clips
        one, two = make.person(session, (Role.MEMBER, east)), make.person(session, (Role.MEMBER, west))
        begun = now - timedelta(minutes=5)
        watched = (
            (first, f"p:{one.person_id}", Source.QR, east.id, 1, 58.0),
            (second, f"p:{one.person_id}", Source.NEXT, east.id, 1, 20.0),
            (first, f"p:{two.person_id}", Source.FEED, west.id, 1, 30.0),
            (first, "v:visitor", Source.QR, None, 1, 15.0),
            (first, f"g:{one.person_id}", Source.LINK, east.id, 30, 60.0),
        )
        for clip, viewer, source, node_id, number, seen_s in watched:
            play = plays.start(session, clip, viewer, begun, source=source, people=number, node_id=node_id)
            plays.credit_beats(session, [Beat(play.id, [(0.0, seen_s)], 1.0, now)], ViewRule())
        return Village(lesson.id, (first.id, second.id))


LESSON = ("/lessons/{}/stats", "/lessons/{}/stats/export.xlsx", "/lessons/{}/stats/export.csv")
ALL = ("/stats", "/stats/export.xlsx", "/stats/export.csv")
# who: a page of the lesson, the API of the lesson, a page of all, the API of all, and whether it is listed
SCOPES = {
    "nobody": (303, 401, 303, 401, False),
    "member": (403, 403, 403, 403, False),
    "other": (403, 403, 200, 200, False),
    "lecturer": (200, 200, 200, 200, True),
    "west": (403, 403, 200, 200, False),
    "east": (200, 200, 200, 200, True),
    "staff": (200, 200, 200, 200, True),
    "admin": (200, 200, 200, 200, True),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", SCOPES)
def test_each_sees_their_own_scope_in_every_form(served: Served, village: Village, name: str) -> None:
    http = served.person(name).http
    of_page, of_api, all_page, all_api, listed = SCOPES[name]
    for path in LESSON:
        assert http.get(path.format(village.lesson)).status_code == of_page, path
    assert http.get(f"/api/v1/lessons/{village.lesson}/stats").status_code == of_api
    for path in ALL:
        answer = http.get(path, params={"range": "all"})
        assert answer.status_code == all_page, path
        if answer.status_code == 200:
            assert ("alert(1)" in _text(answer)) is listed, path
    answer = http.get("/api/v1/stats", params={"range": "all", "limit": 200})
    assert answer.status_code == all_api
    if all_api == 200:
        assert (village.lesson in {row["lesson"] for row in answer.json()["lessons"]}) is listed
        lecturer = name in ("lecturer", "other")
        assert (answer.json()["branches"] is None) is lecturer, "whose people watched is for staff"
        assert ("各党组织" in http.get("/stats?range=all").text) is not lecturer
    home = http.get("/").text
    assert ('href="/stats"' in home) is (all_page == 200), "the way there is shown to those who may go"


@pytest.mark.slow
def test_nobody_signed_in_is_led_to_sign_in_whether_or_not_a_lesson_is_there(
    served: Served, shelf: Shelf, village: Village
) -> None:
    http = served.person("nobody").http
    draft = shelf.lesson(LessonState.DRAFT).lesson
    for lesson in (village.lesson, draft, "06h1000000000000", "nothing"):
        for path in LESSON:
            answer = http.get(f"{path.format(lesson)}?range=7")
            assert answer.status_code == 303, path
            where = httpx.URL(answer.headers["location"])
            assert where.path == "/sign-in"
            assert where.params["next"].endswith(f"{path.format(lesson)}?range=7"), (
                "and back again afterwards"
            )
        assert http.get(f"/api/v1/lessons/{lesson}/stats").status_code == 401


def _text(answer: httpx.Response) -> str:
    if answer.headers["content-type"] != XLSX:
        return answer.text
    return "\n".join(str(cell) for rows in _sheets(answer.content).values() for row in rows for cell in row)


def _sheets(data: bytes) -> dict[str, list[list[Any]]]:
    return {
        sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()]
        for sheet in load_workbook(BytesIO(data))
    }


def _rows(answer: httpx.Response) -> list[list[str]]:
    return list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))


# ---------------------------------------------------------------- the numbers


@pytest.mark.slow
def test_page_files_and_api_say_the_same(served: Served, village: Village) -> None:
    http = served.person("lecturer").http
    said = http.get(f"/api/v1/lessons/{village.lesson}/stats").json()
    assert (said["views"], said["member_views"], said["visitor_views"]) == (4, 3, 1)
    assert (said["screenings"], said["screened_people"], said["completes"]) == (1, 30, 1)
    assert (said["people"], said["members"], said["visitors"]) == (3, 2, 1)
    assert said["watched_s"] == 183
    assert said["completion"] == 25.0, "one of three viewers of one clip and one of the other"
    assert [(c["clip"], c["views"], c["people"]) for c in said["clips"]] == [
        (village.clips[0], 3, 3),
        (village.clips[1], 1, 1),
    ]
    assert said["clips"][0]["curve"]["of"] == 3
    assert {s["source"]: s["views"] for s in said["sources"]} == {"qr": 2, "next": 1, "feed": 1}
    assert {b["name"]: b["views"] for b in said["branches"]} == {"东乡": 2, "西乡": 1, "": 1}
    assert [(d["views"], d["people"]) for d in said["days"]] == [(4, 3)]
    page = http.get(f"/lessons/{village.lesson}/stats").text
    for words in (
        "党员 3 · 未登录 1",
        "党员 2 · 未登录 1",
        "到场 30 人次",
        "扫二维码",
        "东乡",
        "真正播放满 10 秒",
    ):
        assert words in page, words
    sheets = _sheets(http.get(LESSON[1].format(village.lesson)).content)
    assert list(sheets) == ["合计", "每天", "短视频", "各党组织", "来源"]
    totals = {row[0]: row[1] for row in sheets["合计"] if len(row) > 1}
    assert (totals["观看次数"], totals["集体观看人次"], totals["党员人数"]) == (4, 30, 2)
    assert [row[:3] for row in sheets["来源"][1:]] == [
        ["扫二维码", 2],
        ["首页和课程列表", 1],
        ["从同一课的另一段接着看", 1],
    ]
    rows = list(csv.reader(StringIO(http.get(LESSON[2].format(village.lesson)).content.decode("utf-8-sig"))))
    assert ["观看次数", "4"] in rows
    assert ["扫二维码", "2"] in rows


@pytest.mark.slow
def test_files_say_what_is_needed_to_defend_them(served: Served, village: Village) -> None:
    http = served.person("east").http
    today = local_day(served.ports.clock())
    asked = {"from": "2026-01-01", "to": today.isoformat()}
    answer = http.get(LESSON[1].format(village.lesson), params=asked)
    assert (answer.headers["content-type"], answer.headers["cache-control"]) == (XLSX, "no-store")
    about = "\n".join(str(row[0]) for row in _sheets(answer.content)["合计"])
    assert "2026年1月1日至" in about
    assert "真正播放满 10 秒算一次观看" in about
    assert "60 分钟内只算一次" in about
    assert "封存" in about
    assert re.search(r"导出于 \d{4}-\d\d-\d\d \d\d:\d\d", about)
    answer = http.get(LESSON[2].format(village.lesson), params=asked)
    assert answer.headers["content-type"] == CSV
    assert answer.content.startswith(b"\xef\xbb\xbf")
    disposition = answer.headers["content-disposition"]
    assert re.fullmatch(
        r"attachment; filename=\"weike-stats\.csv\"; filename\*=UTF-8''[\w.~%-]+", disposition
    )
    english = served.person("east").http.get(ALL[1], headers={"Accept-Language": "en"})
    text = _text(english)
    assert "Views" in text
    assert not re.search(
        r"[\u4e00-\u9fff]", text.replace("东乡", "").replace("西乡", "").replace("+讲师", "")
    )


@pytest.mark.slow
def test_days_that_are_asked_for(served: Served, village: Village) -> None:
    http = served.person("lecturer").http
    path = f"/api/v1/lessons/{village.lesson}/stats"
    today = local_day(served.ports.clock())
    past = {"from": "2020-01-01", "to": "2020-12-31"}
    assert http.get(path, params=past).json()["views"] == 0
    assert http.get(path, params={"range": "7"}).json()["from"] == (today - timedelta(days=6)).isoformat()
    page = http.get(LESSON[0].format(village.lesson), params=past)
    assert "这段时间没有人观看" in page.text
    for nonsense in ({"range": "8"}, {"from": "x"}, {"to": "2026-02-30"}):
        for where in (path, *(p.format(village.lesson) for p in LESSON), *ALL, "/api/v1/stats"):
            assert http.get(where, params=nonsense).status_code == 422, (where, nonsense)
    for odd in ({"sort": "<b>"}, {"page": "-7"}, {"page": "99999"}):
        assert http.get("/stats", params=odd).status_code == 200, odd
    assert http.get("/stats", params={"page": "x"}).status_code == 422


@pytest.mark.slow
def test_days_to_come_are_not_today_and_days_in_the_wrong_order_are_not_turned(
    served: Served, village: Village
) -> None:
    http = served.person("lecturer").http
    apis = (f"/api/v1/lessons/{village.lesson}/stats", "/api/v1/stats")
    pages = (LESSON[0].format(village.lesson), ALL[0])
    files = (*(p.format(village.lesson) for p in LESSON[1:]), *ALL[1:])
    to_come = {"from": "2130-01-01", "to": "2130-02-01"}
    for path in apis:
        said = http.get(path, params=to_come).json()
        assert (said["from"], said["to"], said["views"], said["days"]) == ("2130-01-01", "2130-02-01", 0, [])
    for path in pages:
        page = http.get(path, params=to_come)
        assert (page.status_code, "这段时间还没有到" in page.text) == (200, True), path
        assert "2130年1月1日至 2130年2月1日" in page.text
    reversed_ = {"from": "2026-03-01", "to": "2026-02-01"}
    for path in (*apis, *files):
        assert http.get(path, params=reversed_).status_code == 422, path
    assert "days_reversed" in http.get(apis[0], params=reversed_).text
    for path in pages:
        page = http.get(path, params=reversed_)
        assert (page.status_code, "结束的日期在开始的日期之前" in page.text) == (200, True), path
        assert "?from=2026-02-01&to=2026-03-01" in page.text.replace("&amp;", "&"), "one tap puts it right"
    absurd = (
        ("0001-01-01", "9999-12-31"),
        ("9999-12-31", ""),
        ("0001-01-01", "0001-01-02"),
        ("", "0001-01-01"),
    )
    for first, last in (*absurd, ("9999-12-31", "9999-12-31")):
        for path in (*apis, *pages, *files):
            answer = http.get(path, params={"from": first, "to": last})
            assert answer.status_code == 200, (path, first, last)


@pytest.mark.slow
def test_before_the_first_lesson_the_page_says_what_to_do(served: Served, village: Village) -> None:
    with served.ports.db.write() as session:
        who = people.add_person(session, "fresh", "新讲师", quickly_hashed("fresh"), served.ports.clock())
        people.grant(session, who.id, Role.LECTURER, make.root(session), None, served.ports.clock())
    with Person(served.base_url).sign_in("fresh", password("fresh")) as fresh:
        page = fresh.http.get("/stats").text
    assert "还没有课程可以统计" in page
    assert 'href="/upload"' in page


@pytest.mark.slow
def test_a_title_that_is_a_formula_or_a_script_is_text(served: Served, village: Village) -> None:
    http = served.person("staff").http
    for path in (LESSON[0].format(village.lesson), "/stats"):
        assert "<script>alert" not in http.get(path).text
    for path in (LESSON[1].format(village.lesson), ALL[1]):
        for sheet in load_workbook(BytesIO(http.get(path).content)):
            for cell in (cell for row in sheet.iter_rows() for cell in row):
                assert cell.data_type != "f", cell.value
    for path in (LESSON[2].format(village.lesson), ALL[2]):
        for row in _rows(http.get(path)):
            for field in row:
                assert not field.startswith(("=", "+", "-", "@")), field


# ---------------------------------------------------------------- without a server

HOSTILE = (
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)",
    " =1+1",
    "＝1+1",
    "\t=1",
    "\r\n=1+1\r\n-2",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>{{ 7*7 }}',
    "a\x00\x0b\x1b\ud800\ufffe_x0041_",
    "长" * 10_000,
)


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    """A renderer that needs no built assets."""
    return Renderer(ROOT / "templates", CATALOGUES, Assets(files={n: n for n in ASSET_NAMES}), CHINA)


@pytest.mark.slow
@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_that_people_write_runs_anywhere(words: str, renderer: Renderer) -> None:
    its, every = measured.lesson(30), measured.overview([words])
    its = replace(
        its,
        clips=(replace(its.clips[0], title=words),),
        branches=(NodeFigures("b", words, measured.figures(3)),),
    )
    line = LessonLine("x", words, words, measured.figures(3))
    every = replace(every, lessons=(line,), branches=its.branches)
    lesson, around = LessonRef(id="x", title=words, lecturer=words), frame(None, "/x")
    chosen = choose("30", "", "", measured.TODAY, default="all")
    for page in (
        lesson_page(around, lesson, chosen, measured.TODAY, its, RULE),
        overview_page(around, chosen, measured.TODAY, every, RULE, sort="views", page=1, own=False),
    ):
        html = renderer.render(page)
        assert "<script>alert" not in html
        assert "<img src=x" not in html
    for language in CATALOGUES:
        making = Making(RULE, make.NOW, language)
        for report in (
            lesson_report(words, words, its, {}, making),
            overview_report(every, making, own=False),
        ):
            for sheet in load_workbook(BytesIO(workbook(report))):
                cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
                assert all(cell.data_type in ("s", "n", "d") for cell in cells)
                assert all(cell.quotePrefix for cell in cells if str(cell.value)[:1] in "=@＝\t\r\n")
            data = csv_file(report)
            lines = data.decode("utf-8-sig").split("\r\n")
            assert all(line.isprintable() for line in lines), "a field is one line"
            fields = [field for row in csv.reader(lines) for field in row]
            assert not any(field.lstrip().startswith(("=", "+", "-", "@", "＝")) for field in fields)


def test_numbers_and_days_stay_numbers_and_days() -> None:
    report = lesson_report("课", "", measured.lesson(30), {}, Making(RULE, make.NOW, CATALOGUES.of("zh-CN")))
    book = load_workbook(BytesIO(workbook(report)))
    day = book["每天"].cell(row=2, column=1)
    assert (day.value.date(), day.number_format) == (date(2026, 2, 12), "yyyy-mm-dd")
    assert isinstance(book["短视频"].cell(row=2, column=3).value, int)
    assert [sheet.title for sheet in book] == ["合计", "每天", "短视频", "各党组织", "来源"]
    text = csv_file(report).decode("utf-8-sig")
    assert '"2026-02-12",' in text
    assert '"第几段","标题",' in text
    assert f"校验码：{measured.PROOF.seal}" in text, "the whole seal, to be compared"


def test_lengths_of_exports_add_up_to_the_second_and_a_day_has_its_people() -> None:
    """Hours with two decimals made nothing of 17 seconds, and rows that did not add up."""
    days = [
        DayFigures(date(2026, 2, n), Figures(visitor_views=1, watched_s=20.0 + part))
        for n, part in enumerate((0.4, 0.4, 0.4, 0.5, 0.9), start=1)
    ]
    whole = measured.lesson(30)
    clip = replace(whole.clips[0], figures=replace(days[0].figures, watched_s=102.6))
    its = replace(whole, days=days, clips=(clip,), replaced=None, total=clip.figures)
    making = Making(RULE, make.NOW, CATALOGUES.of("zh-CN"))
    report = lesson_report("观看时长", "", its, {date(2026, 2, 2): 7}, making)
    sheets = _sheets(workbook(report))
    totals = {row[0]: row[1] for row in sheets["合计"] if len(row) > 1}
    heading, *rows = sheets["每天"]
    column = heading.index("观看时长")
    assert totals["观看时长"] == timedelta(seconds=103)
    assert sum((row[column] for row in rows), timedelta()) == totals["观看时长"]
    assert all(timedelta(seconds=20) <= row[column] <= timedelta(seconds=21) for row in rows)
    assert [row[heading.index("观看人数")] for row in rows] == [0, 7, 0, 0, 0]
    book = load_workbook(BytesIO(workbook(report)))
    assert book["每天"].cell(row=2, column=column + 1).number_format == "[h]:mm:ss"
    lines = list(csv.reader(StringIO(csv_file(report).decode("utf-8-sig"))))
    assert ["观看时长（秒）", "103"] in lines
    at = next(n for n, row in enumerate(lines) if row[:1] == ["日期"])
    seconds = lines[at].index("观看时长（秒）")
    assert sum(int(row[seconds]) for row in lines[at + 1 : at + 6]) == 103
    assert lines[at + 2][-1] == "7"
    assert lines[0] == ["学习统计：观看时长"], "a title is nobody's heading"


def test_an_export_that_was_cut_says_so() -> None:
    report = overview_report(measured.overview(["课"]), Making(RULE, make.NOW, CATALOGUES.of("en")), own=True)
    assert "137 lessons in all; the first 2 are listed here." in report.about
