"""weike week: a week shown, a term's plan tried, brought in and brought in again."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from pathlib import Path

import openpyxl
import pytest

from library.catalog.permits import LessonState
from library.core.clock import CHINA
from library.core.ids import ID_LENGTH
from library.programme.releasing import release_all
from server.settings import Settings
from server.web.shown.weeks import present
from server.wiring import open_ports
from tests.server.commands.conftest import Weike
from tests.support import factories as make


@pytest.fixture
def library(weike: Weike, data: Path, tmp_path: Path) -> Path:
    """Two lessons of which one is a draft, and a branch below the root."""
    nodes = tmp_path / "县.csv"
    nodes.write_text("名称,上级\n安吉县委,\n余村党支部,安吉县委\n", "utf-8")
    assert weike("organisation", "import", str(nodes)).code == 0
    ports = open_ports(Settings(data=data, worker=False, _env_file=None))  # type: ignore[call-arg]
    with ports.db.write() as session:
        make.lesson(session, "乡村振兴五句话")
        make.lesson(session, "入党誓词的由来", state=LessonState.DRAFT)
    ports.close()
    return data


def term(folder: Path, suffix: str) -> Path:
    """A term's plan as somebody types it: this week by a day, the next by its number; one row is wrong."""
    this = present(datetime.now(CHINA))
    rows = [
        ["2026 年秋季学习计划"],
        ["日期", "主题", "说明", "课程", "发布时间", "备注"],
        [this.monday, "绿水青山", "先看再议", "乡村振兴五句话；入党誓词的由来", "", "x"],
        [str(this.after(1)), "初心", "", "", "周三 19:30", ""],
        [str(this.after(2)), "没有的课", "", "不存在", "", ""],
    ]
    file = folder / f"计划{suffix}"
    if suffix == ".xlsx":
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        book.save(file)
    else:
        out = io.StringIO()
        out.write("\n".join(",".join(str(cell) for cell in row) for row in rows))
        file.write_bytes(out.getvalue().encode("gb18030"))
    return file


@pytest.mark.every
@pytest.mark.slow
@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_a_term_is_tried_brought_in_and_unchanged(
    weike: Weike, library: Path, tmp_path: Path, suffix: str
) -> None:
    file = str(term(tmp_path, suffix))
    this = present(datetime.now(CHINA))
    tried = weike("week", "plan", file, "--dry-run", "--json")
    assert (tried.code, tried.json["new"], tried.json["dry_run"]) == (1, 2, True)
    assert weike("week", "--json").json["state"] == "none"
    done = weike("week", "plan", file, "--json").json
    counts = {name: done[name] for name in ("rows", "new", "changed", "unchanged")}
    assert counts == {"rows": 3, "new": 2, "changed": 0, "unchanged": 0}
    assert [one["row"] for one in done["wrong"]] == [5]
    assert "不存在" in done["wrong"][0]["reason"]
    assert weike("week", "plan", file, "--json").json["unchanged"] == 2

    shown = weike("week", "--node", "余村党支部", "--json").json
    assert (shown["week"], shown["theme"], shown["state"]) == (str(this), "绿水青山", "coming")
    assert shown["inherited_from"] == weike("organisation", "show", "--json").json["name"]
    assert [(len(one["id"]), one["state"], one["published"]) for one in shown["lessons"]] == [
        (ID_LENGTH, "coming", True),
        (ID_LENGTH, "coming", False),
    ]
    later = weike("week", "show", "--date", str(this.after(1).sunday), "--json").json
    assert later["release_at"] == f"{this.after(1).monday + timedelta(days=2)}T19:30:00+08:00"
    assert "尚未发布" in weike("week").out


def test_what_is_out_says_so_and_how_late(weike: Weike, library: Path, tmp_path: Path) -> None:
    this = present(datetime.now(CHINA))
    file = tmp_path / "计划.csv"
    file.write_text(f"week,theme\n{this.after(-1)},上周\n", "utf-8")
    weike("week", "plan", str(file))
    ports = open_ports(Settings(data=library, worker=False, _env_file=None))  # type: ignore[call-arg]
    release_all(ports.db, ports.clock)
    ports.close()
    shown = weike("week", "--date", str(this.after(-1)), "--json").json
    assert (shown["state"], shown["late"]) == ("released", True)
    assert "原定" in weike("week", "--date", str(this.after(-1))).out


def test_bad_input_is_said(weike: Weike, library: Path, tmp_path: Path) -> None:
    assert weike("week", "--date", "2025-W53").code == 2
    assert weike("week", "plan", str(tmp_path / "没有.csv")).code == 2
    file = tmp_path / "计划.csv"
    file.write_text("主题\n没有周\n", "utf-8")
    assert weike("week", "plan", str(file)).code == 2
