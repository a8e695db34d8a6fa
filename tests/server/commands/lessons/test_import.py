"""weike import: idempotent, resumable, findable when it returns; bad rows stop nothing."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from library.catalog import cue_queries
from library.catalog import queries as catalog
from library.catalog.rules import Genre
from library.catalog.tables import Lesson
from library.core.permits import Role
from library.review import actions as review
from library.versions import belongings
from library.works import queries as works
from library.works.honours import Awarded
from library.works.rules import HonourLevel
from library.works.tables import Series
from server.wiring import Ports
from tests.library.works.files import pdf
from tests.server.commands.conftest import Weike, start
from tests.support import factories as make
from tests.support.databases import NOW

pytestmark = [pytest.mark.dear(20), pytest.mark.slow]

OLD = [
    {
        "key": "old-1",
        "title": "绿水青山",
        "lecturer": "王芳",
        "date": "2026年3月5日",
        "topics": "生态、乡村振兴",
        "transcript_text": "同志们好。绿水青山就是金山银山。",
        "summary": "讲生态文明。",
    },
    {"key": "old-2", "title": "红船精神", "lecturer": "李强", "transcript_text": "红船从南湖出发。"},
    {"key": "old-3", "title": "只有标题"},
]


def write(folder: Path, rows: list[dict[str, Any]], name: str = "old.jsonl") -> Path:
    file = folder / name
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return file


def counts(value: dict[str, Any]) -> tuple[int, int, int, int, int]:
    names = ("rows", "created", "updated", "unchanged")
    return (*(value[name] for name in names), len(value["failed"]))  # type: ignore[return-value]


def revisions(ports: Ports) -> dict[str | None, int]:
    with ports.db.read() as session:
        return {row.key: row.revision for row in session.scalars(select(Lesson))}


def test_rows_become_lessons_that_are_found_when_it_returns(
    weike: Weike, tmp_path: Path, ports: Ports
) -> None:
    ran = weike("import", write(tmp_path, OLD[:2]), "--publish", "--json")
    assert ran.code == 0
    assert counts(ran.json) == (2, 2, 0, 0, 0)
    # Asked without the help of `search`, which would bring the index up to date itself.
    found = ports.indexer.reader().search("金山银山", frozenset({"everyone"}))
    assert found.total == 1
    with ports.db.read() as session:
        lesson = catalog.lesson_by_key(session, "old-1")
        assert lesson is not None
        assert (lesson.kind, lesson.transcript, lesson.state) == ("text", "plain", "published")
        assert [link.topic.name for link in lesson.topics] == ["生态", "乡村振兴"]
        assert str(lesson.taught_on) == "2026-03-05"
        assert [line.text for line in cue_queries.cues(session, lesson.id)] == [
            "同志们好。",
            "绿水青山就是金山银山。",
        ]


def test_a_second_run_changes_only_what_changed(weike: Weike, tmp_path: Path, ports: Ports) -> None:
    weike("import", write(tmp_path, OLD))
    before = revisions(ports)
    assert counts(weike("import", write(tmp_path, OLD), "--json").json) == (3, 0, 0, 3, 0)
    assert revisions(ports) == before, "an equal row writes nothing"
    for change in (
        {"title": "绿水青山（新）"},
        {"date": ""},
        {"topics": ""},
        {"transcript_text": "换了一句话。"},
    ):
        changed = [{**OLD[0], **change}, *OLD[1:]]
        assert counts(weike("import", write(tmp_path, changed), "--json").json) == (3, 0, 1, 2, 0), change
        assert counts(weike("import", write(tmp_path, changed), "--json").json) == (3, 0, 0, 3, 0), change
        weike("import", write(tmp_path, OLD))
    after = revisions(ports)
    assert after["old-1"] > before["old-1"]
    assert (after["old-2"], after["old-3"]) == (before["old-2"], before["old-3"])


def test_an_import_that_was_stopped_goes_on(weike: Weike, tmp_path: Path) -> None:
    weike("import", write(tmp_path, OLD[:1]))
    assert counts(weike("import", write(tmp_path, OLD), "--json").json) == (3, 2, 0, 1, 0)


def test_columns_that_are_missing_leave_what_people_have_typed(
    weike: Weike, tmp_path: Path, ports: Ports
) -> None:
    weike("import", write(tmp_path, OLD))
    few = [{"key": "old-1", "title": "绿水青山"}]
    assert counts(weike("import", write(tmp_path, few), "--json").json) == (1, 0, 0, 1, 0)
    with ports.db.read() as session:
        lesson = catalog.lesson_by_key(session, "old-1")
        assert lesson is not None
        assert lesson.lecturer is not None
        assert lesson.summary == "讲生态文明。"


def test_bad_rows_are_listed_and_stop_nothing(weike: Weike, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("x", "utf-8")
    rows = [
        {"key": "", "title": "没有编号"},
        {"key": "b", "title": " "},
        {"key": "c", "title": "c", "date": "去年"},
        {"key": "d", "title": "d", "media": "https://example.org/a.mp4"},
        {"key": "e", "title": "e", "media": "no-such.mp4"},
        {"key": "f", "title": "f", "media": "note.txt"},
        {"key": "g", "title": "g", "transcript": "no-such.srt"},
        {"key": "h", "title": "h", "topics": "、".join(map(str, range(30)))},
        OLD[1],
    ]
    ran = weike("import", write(tmp_path, rows), "--json")
    assert ran.code == 1
    assert [(row["line"], row["reason"]) for row in ran.json["failed"]] == [
        (1, "empty"),
        (2, "empty"),
        (3, "date_unreadable"),
        (4, "is_address"),
        (5, "file_missing"),
        (6, "not_media"),
        (7, "file_missing"),
        (8, "too_many"),
    ]
    assert all(row["message"] and row["reason"] not in row["message"] for row in ran.json["failed"])
    assert counts(ran.json)[1] == 1
    assert weike("search", "红船", "--json").json["total"] == 1


def test_people_read_bad_rows_on_stderr(weike: Weike, tmp_path: Path) -> None:
    ran = weike("import", write(tmp_path, [{"key": "a", "title": ""}]))
    assert ran.code == 1
    assert "第 1 行（a）" in ran.err
    assert "失败 1" in ran.out


@pytest.mark.parametrize(
    ("name", "written"), [("m.txt", "key,title\na,b"), ("m.csv", "a,b\n1,2\n"), ("m.xlsx", "x")]
)
def test_a_manifest_that_cannot_be_read_ends_with_2(
    weike: Weike, tmp_path: Path, name: str, written: str
) -> None:
    (tmp_path / name).write_text(written, "utf-8")
    ran = weike("import", tmp_path / name, "--json")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.count("\n") == 1
    assert weike("import", tmp_path / "nowhere.csv").code == 2


def test_publishing_a_title_without_words_is_left_a_draft(weike: Weike, tmp_path: Path) -> None:
    value = weike("import", write(tmp_path, OLD), "--publish", "--json").json
    assert counts(value) == (3, 3, 0, 0, 0)
    assert [(row["key"], row["reason"]) for row in value["unpublished"]] == [("old-3", "nothing_to_publish")]


def test_publishing_later_is_a_change(weike: Weike, tmp_path: Path, ports: Ports) -> None:
    weike("import", write(tmp_path, OLD[:2]))
    assert counts(weike("import", write(tmp_path, OLD[:2]), "--publish", "--json").json) == (2, 0, 2, 0, 0)
    assert counts(weike("import", write(tmp_path, OLD[:2]), "--publish", "--json").json) == (2, 0, 0, 2, 0)


def test_many_rows_are_indexed_while_they_are_written(data: Path, tmp_path: Path, weike: Weike) -> None:
    rows = [{"key": str(n), "title": f"第{n}课", "transcript_text": f"编号{n}的内容。"} for n in range(250)]
    running = start(data, "import", write(tmp_path, rows), "--publish", "--json")
    out, err = running.communicate(timeout=120)
    assert (running.returncode, err) == (0, "")
    assert counts(json.loads(out)) == (250, 250, 0, 0, 0)
    checks = {c["name"]: c["message"] for c in weike("doctor", "--json").json["checks"]}
    assert checks["index"] == "250 篇，是最新的。"


def test_rows_with_recordings_play_when_it_returns(
    weike: Weike, tmp_path: Path, short: Path, words: Path, ports: Ports
) -> None:
    (tmp_path / "broken.mp4").write_bytes(b"not a recording" * 100)
    (tmp_path / "影像").mkdir()
    (tmp_path / "影像" / "一.mp4").write_bytes(short.read_bytes())
    (tmp_path / "一.srt").write_bytes(words.read_bytes())
    rows = [
        # As it was written on Windows.
        {"key": "v1", "title": "有录像", "media": "影像\\一.mp4", "transcript": "一.srt"},
        {"key": "v2", "title": "坏录像", "media": "broken.mp4", "transcript_text": "它的文稿还在。"},
        {"key": "v3", "title": "同一份录像", "media": "影像/一.mp4"},
    ]
    ran = weike("import", write(tmp_path, rows), "--publish", "--json")
    assert ran.code == 1
    assert [(row["key"], row["reason"]) for row in ran.json["failed"]] == [("v2", "not_media")]
    assert counts(ran.json) == (3, 2, 0, 0, 1)
    with ports.db.read() as session:
        for key, state in (("v1", "published"), ("v2", "draft"), ("v3", "published")):
            lesson = catalog.lesson_by_key(session, key)
            assert lesson is not None
            assert lesson.state == state
            assert [clip.plan is not None for clip in lesson.clips] == ([] if key == "v2" else [True])
    hit = weike("search", "红船精神", "--json").json["hits"][0]
    assert hit["clip"] is not None
    assert abs(hit["start_s"] - 2.5) < 1.0
    again = weike("import", write(tmp_path, rows), "--publish", "--json")
    assert counts(again.json) == (3, 0, 0, 2, 1), "nothing is made twice, and the bad one is told again"
    assert list((ports.uploads).iterdir()) == []


LINES = "".join(f"{n}\n00:0{n}:01,000 --> 00:0{n}:58,000\n{'讲绿水青山' * 9}\n\n" for n in range(9))


def said(value: dict[str, Any]) -> list[tuple[str, str]]:
    assert all(one["count"] >= 1 and one["text"] for one in value["warnings"])
    return [(one.get("key", ""), one["code"]) for one in value["warnings"]]


def test_words_that_fit_worse_are_kept_and_said_and_never_replace(
    weike: Weike, tmp_path: Path, ports: Ports
) -> None:
    (tmp_path / "good.srt").write_text(LINES, "utf-8")
    row = {"key": "a", "title": "甲"}
    first = weike("import", write(tmp_path, [{**row, "transcript": "good.srt"}]), "--json")
    assert (first.code, said(first.json), first.err) == (0, [], "")
    worse = write(tmp_path, [{**row, "transcript_text": "只有一句。"}])
    for _again in range(2):
        ran = weike("import", worse, "--json")
        assert (ran.code, counts(ran.json)) == (0, (1, 0, 0, 1, 0))
        assert said(ran.json) == [("a", "transcript_waits"), ("a", "worse_untimed"), ("a", "worse_words")]
        assert "第 1 行（a）" in ran.err
    with ports.db.read() as session:
        lesson = catalog.lesson_by_key(session, "a")
        assert lesson is not None
        assert len(cue_queries.cues(session, lesson.id)) == 9
        lesson_id = lesson.id
    listed = weike("transcript", lesson_id, "--json").json
    assert [(one["n"], one["in_use"]) for one in listed["versions"]] == [(2, False), (1, True)]
    assert weike("transcript", lesson_id, "--use", 2, "--json").json["transcript"] == "plain"
    assert weike("transcript", lesson_id, tmp_path / "good.srt", "--shift", "1.5").code == 0
    with ports.db.read() as session:
        assert cue_queries.cues(session, lesson_id)[0].start_s == 2.5
    assert weike("transcript", "nowhere", "--json").code == 2
    assert weike("transcript", lesson_id, tmp_path / "good.srt", "--use", 1).code == 2


def test_files_whose_names_are_spelt_otherwise_are_found_and_said(weike: Weike, tmp_path: Path) -> None:
    (tmp_path / unicodedata.normalize("NFD", "Café 第一课.SRT")).write_text(LINES, "utf-8")
    (tmp_path / "两个.srt").write_text(LINES, "utf-8")
    (tmp_path / "两个.SRT").write_text(LINES, "utf-8")
    rows = [
        {"key": "a", "title": "甲", "transcript": unicodedata.normalize("NFC", "café 第一课.srt")},
        {"key": "b", "title": "乙", "transcript": "两个.Srt"},
        {"key": "c", "title": "丙", "transcript": "两个.srt", "transcript_text": "也有文字。"},
    ]
    ran = weike("import", write(tmp_path, rows), "--json")
    assert said(ran.json) == [("a", "name_spelt_otherwise"), ("c", "text_beside_file")]
    assert [(one["key"], one["reason"]) for one in ran.json["failed"]] == [("b", "file_ambiguous")]


def test_what_was_repaired_in_a_workbook_is_said(weike: Weike, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for line in (["编号", "标题", "讲师"], [1, "上篇", "王芳"], [2, "下篇", None]):
        sheet.append(line)
    sheet.merge_cells("C2:C3")
    book.save(tmp_path / "m.xlsx")
    ran = weike("import", tmp_path / "m.xlsx", "--json")
    assert said(ran.json) == [("", "merged_filled")]
    assert "合并的单元格" in ran.err


def test_works_of_an_old_library(weike: Weike, tmp_path: Path, ports: Ports) -> None:
    (tmp_path / "讲稿.pdf").write_bytes(pdf())
    (tmp_path / "坏.pdf").write_bytes(b"%PDF-1.4 nothing")
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["编号", "标题", "文稿", "课型", "系列", "集数", "获奖情况", "附件"])
    won = "2025年 县级 优秀党课（安吉县委组织部）；省级 好课"
    sheet.append(
        ["a", "第二讲", "同志们好。", "亲历讲述", "党史十讲", "2", won, "讲稿.pdf；坏.pdf；没有.pdf"]
    )
    sheet.append(["b", "第一讲", "同志们好。", "讲授", "党史十讲", "第1集", "", ""])
    sheet.append(["c", "番外", "同志们好。", "", "党史十讲", "最后", "", ""])
    file = tmp_path / "旧库.xlsx"
    book.save(file)
    ran = weike("import", file, "--json")
    assert ran.code == 0
    assert counts(ran.json) == (3, 3, 0, 0, 0)
    told = [(one["key"], one["code"]) for one in ran.json["warnings"]]
    assert sorted(told) == [
        ("a", "import_honour"),
        ("a", "import_material"),
        ("a", "import_material_missing"),
        ("c", "import_episode"),
    ]

    def stands() -> Any:
        with ports.db.read() as session:
            row = session.scalars(select(Series)).one()
            titles = [catalog.lesson(session, one).title for one in works.order_of(session, row.id)]
            first = catalog.lesson_by_key(session, "a")
            assert first is not None
            won = [
                (one.award, one.level, one.year, one.body)
                for one in works.honours(session, [first.id])[first.id]
            ]
            materials = [(one.name, one.pages) for one in works.materials(session, first.id)]
            return row.owner_id, titles, first.genre, won, materials

    assert stands() == (
        None,
        ["第一讲", "第二讲", "番外"],
        Genre.TESTIMONY,
        [("优秀党课", HonourLevel.COUNTY, 2025, "安吉县委组织部")],
        [("讲稿", 1)],
    )
    before, moved = stands(), revisions(ports)
    again = weike("import", file, "--json")
    assert counts(again.json) == (3, 0, 0, 3, 0)
    assert sorted((one["key"], one["code"]) for one in again.json["warnings"]) == sorted(told)
    assert (stands(), revisions(ports)) == (before, moved)


def test_an_old_manifest_brought_back_honours_and_materials_that_staff_removed(
    weike: Weike, tmp_path: Path, ports: Ports
) -> None:
    """What was taken away stays away, row by row with a warning, until somebody gives it again by hand."""
    (tmp_path / "讲稿.pdf").write_bytes(pdf())
    file = tmp_path / "旧库.csv"
    rows = [f"{key},第{key}讲,同志们好。,2025年 县级 优秀党课,讲稿.pdf" for key in "ab"]
    file.write_text("\n".join(["编号,标题,文稿,获奖情况,附件", *rows]), encoding="utf-8")
    assert weike("import", file, "--json").code == 0

    def stands(key: str) -> tuple[int, int]:
        with ports.db.read() as session:
            its = lesson_of(session, key)
            return len(works.honours(session, [its]).get(its, [])), len(works.materials(session, its))

    def lesson_of(session: Session, key: str) -> str:
        its = catalog.lesson_by_key(session, key)
        assert its is not None
        return its.id

    assert (stands("a"), stands("b")) == ((1, 1), (1, 1))
    with ports.db.write() as session:
        staff = make.person(session, (Role.STAFF, make.root(session)))
    for key in "ab":  # a: a draft that nobody saw; b: published, so that its versions keep what they had
        with ports.db.write() as session:
            its = lesson_of(session, key)
            if key == "b":
                review.publish(session, staff, its, "", NOW)
            (honour,), (material,) = works.honours(session, [its])[its], works.materials(session, its)
            belongings.take_back(session, staff, its, honour.id, NOW)
            belongings.remove_material(session, staff, its, material.id, NOW)
            if key == "b":
                review.publish(session, staff, its, "", NOW)
    assert (stands("a"), stands("b")) == ((0, 0), (0, 0))

    def imported() -> list[tuple[str, str]]:
        ran = weike("import", file, "--json")
        assert ran.code == 0
        assert "后来被去掉了" in ran.err
        return sorted((one["key"], one["code"]) for one in ran.json["warnings"])

    moved = revisions(ports)
    both = ("import_honour_removed", "import_material_removed")
    assert imported() == [(key, code) for key in "ab" for code in both]
    assert (stands("a"), stands("b"), revisions(ports)) == ((0, 0), (0, 0), moved)
    with ports.db.write() as session:
        what = Awarded("优秀党课", HonourLevel.COUNTY, 2025)
        belongings.grant(session, staff, lesson_of(session, "a"), what, NOW)
    assert imported()[0] == ("a", "import_material_removed")
    assert stands("a") == (1, 0)
