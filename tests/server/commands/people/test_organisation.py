"""weike organisation: the tree from the machine itself."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from tests.server.commands.conftest import Weike

LIST = """编码,名称,上级,类别
A-017,余村党支部,天荒坪镇党委,支部
,安吉县委,,
330523102,天荒坪镇党委,安吉县委,
,白云党支部,天荒坪镇党委,
,坏的党支部,没有的党委,
"""


@pytest.fixture
def county(weike: Weike, tmp_path: Path) -> Path:
    file = tmp_path / "县.csv"
    file.write_bytes(LIST.encode("gb18030"))
    return file


def test_a_list_is_tried_imported_and_unchanged_the_second_time(weike: Weike, county: Path) -> None:
    tried = weike("organisation", "import", str(county), "--dry-run", "--json")
    assert (tried.code, tried.json["new"], tried.json["changed"]) == (1, 3, 1)
    assert weike("organisation", "show", "--json").json["children"] == []
    told = weike("organisation", "import", str(county), "--dry-run")
    assert "第 2 行：新建余村党支部" in told.out
    assert "第 6 行：parent: 没有叫“没有的党委”的上级" in told.err
    done = weike("organisation", "import", str(county), "--json").json
    counts = {name: done[name] for name in ("rows", "new", "changed", "unchanged")}
    assert counts == {"rows": 5, "new": 3, "changed": 1, "unchanged": 0}
    assert [one["row"] for one in done["wrong"]] == [6]
    assert "没有的党委" in done["wrong"][0]["reason"]
    again = weike("organisation", "import", str(county), "--json").json
    assert (again["new"], again["changed"], again["unchanged"]) == (0, 0, 4)

    county.write_text("编码,名称,上级\nA-017,余村党支部,安吉县委\n", "utf-8")
    moving = weike("organisation", "import", str(county), "--dry-run").out
    assert "第 2 行：余村党支部换到安吉县委下面" in moving

    shown = weike("organisation", "show", "a-017", "--json").json
    assert shown["path"] == ["安吉县委", "天荒坪镇党委", "余村党支部"]
    assert "余村党支部" in weike("organisation", "show", "天荒坪镇党委").out


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_what_is_exported_is_unchanged_when_imported(
    weike: Weike, county: Path, tmp_path: Path, suffix: str
) -> None:
    weike("organisation", "import", str(county))
    weike("organisation", "add", "=1+1", "--short", "@旁边", "--below", "A-017")
    file = tmp_path / f"全部{suffix}"
    assert weike("organisation", "export", str(file), "--json").json["rows"] == 5
    again = weike("organisation", "import", str(file), "--json")
    assert (again.code, again.json["unchanged"], again.json["wrong"]) == (0, 5, [])
    template = tmp_path / f"样表{suffix}"
    assert weike("organisation", "template", str(template), "--json").json["rows"] == 6
    filled = weike("organisation", "import", str(template), "--dry-run")
    assert filled.code == 0
    assert "第 4 行：新建余村党总支" in filled.out
    assert "第 2 行：更新安吉县委" in filled.out


@pytest.mark.slow
def test_a_branch_from_its_making_to_its_end_and_back(weike: Weike, county: Path) -> None:
    weike("organisation", "import", str(county))
    made = weike("organisation", "add", "第一党小组", "--below", "A-017", "--json").json
    assert (made["path"][-2:], made["kind"]) == (["余村党支部", "第一党小组"], "group")
    assert weike("organisation", "rename", "A-017", "--short", "余村", "--json").json["short_name"] == "余村"
    refused = weike("organisation", "close", "A-017")
    assert (refused.code, "还有 1 个" in refused.err) == (2, True)
    into = weike("organisation", "merge", "A-017", "白云党支部", "--json").json
    assert [child["name"] for child in into["children"]] == ["第一党小组"]
    moved = weike("organisation", "move", "白云党支部", "安吉县委", "--json").json
    assert moved["path"] == ["安吉县委", "白云党支部"]
    assert weike("organisation", "reopen", "A-017", "--json").json["closed_at"] is None
    unknown = weike("organisation", "show", "没有的")
    assert unknown.code != 0
    assert "没有的" in unknown.err


@pytest.mark.slow
def test_roles_are_given_and_taken_at_a_node(
    weike: Weike, county: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weike("organisation", "import", str(county))
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse battery\n"))
    made = weike("user", "add", "wang", "--at", "A-017", "--password-stdin", "--json")
    assert made.json["roles"] == [{"role": "member", "branch": "余村党支部"}]
    weike("user", "role", "wang", "staff", "--at", "天荒坪镇党委")
    taken = weike("user", "role", "wang", "member", "--at", "余村党支部", "--remove", "--json").json["roles"]
    assert taken == [{"role": "staff", "branch": "天荒坪镇党委"}]
    unknown = weike("user", "link", "--at", "没有的")
    assert (unknown.code, "没有的" in unknown.err) == (2, True)
