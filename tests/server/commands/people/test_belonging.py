"""weike people: lists, persons, days and transfers, from the machine itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.server.commands.conftest import Weike

pytestmark = [pytest.mark.slow, pytest.mark.every]

LIST = """姓名,身份证号码,账号,党支部,人员类别,加入日期,联系电话
王芳,11010519491231002X,wang,天荒坪镇党委 / 余村党支部,正式党员,2015年7月1日,5123
李建国,,li,A-017,预备党员,2026/03/05,
陈静,,chen,A-018,入党积极分子,,
刘洋,,,A-018,群众,,
赵敏,,zhao,A-099,正式党员,,
孙伟,,11010519491231002X,A-017,正式党员,,
"""


@pytest.fixture
def branches(weike: Weike, tmp_path: Path) -> Path:
    tree, people = tmp_path / "县.csv", tmp_path / "名册.csv"
    tree.write_text(
        "编码,名称,上级\nT1,天荒坪镇党委,安吉县委\nA-017,余村党支部,T1\nA-018,横路村党支部,T1\n,安吉县委,\n"
    )
    weike("organisation", "import", str(tree))
    people.write_bytes(LIST.encode("gb18030"))
    return people


def test_a_list_is_tried_imported_and_unchanged_the_second_time(weike: Weike, branches: Path) -> None:
    tried = weike("people", "import", str(branches), "--dry-run", "--json")
    assert (tried.code, tried.json["new"], tried.json["dry_run"]) == (1, 4, True)
    assert weike("people", "show", "wang", "--json").code != 0
    done = weike("people", "import", str(branches), "--json")
    counts = {name: done.json[name] for name in ("rows", "new", "changed", "unchanged", "doubtful")}
    assert counts == {"rows": 6, "new": 4, "changed": 0, "unchanged": 0, "doubtful": 0}
    assert [one["row"] for one in done.json["wrong"]] == [6, 7]
    assert "11010519491231002X" not in done.out + done.err, "an ID number is said nowhere"
    assert [one["code"] for one in done.json["warnings"]] == ["id_number_refused"]
    assert done.json["not_kept"] == ["联系电话"]
    again = weike("people", "import", str(branches), "--json").json
    assert (again["new"], again["changed"], again["unchanged"]) == (0, 0, 4)

    shown = weike("people", "show", "wang", "--json").json
    assert (shown["home"]["code"], shown["state"], shown["can_sign_in"]) == ("A-017", "full", False)
    assert shown["history"][0]["since"] == "2015-07-01"
    assert weike("people", "show", "liuyang", "--json").json["state"] == "masses"
    then = weike("people", "members", "A-017", "--day", "2020-01-01", "--json").json
    assert [one["username"] for one in then["members"]] == ["wang"]
    assert weike("organisation", "show", "T1", "--json").json["members"] == 4


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_what_is_exported_is_unchanged_when_imported(
    weike: Weike, branches: Path, tmp_path: Path, suffix: str
) -> None:
    weike("people", "import", str(branches))
    file = tmp_path / f"全部{suffix}"
    assert weike("people", "export", str(file), "--json").json["rows"] == 4
    again = weike("people", "import", str(file), "--json")
    assert (again.code, again.json["unchanged"], again.json["wrong"]) == (0, 4, [])
    template = tmp_path / f"样表{suffix}"
    weike("people", "template", str(template))
    filled = weike("people", "import", str(template), "--dry-run", "--json").json
    assert (filled["rows"], filled["new"], filled["doubtful"]) == (5, 1, 4), "four are called as others are"


def test_a_transfer_waits_for_the_receiver(weike: Weike, branches: Path) -> None:
    weike("people", "import", str(branches))
    asked = weike("people", "transfer", "wang", "--to", "A-018", "--json").json
    assert (asked["home"]["code"], asked["transfer"]["to"]["code"]) == ("A-017", "A-018")
    done = weike("people", "accept", "wang", "--json").json
    assert (done["home"]["code"], done["transfer"], done["state"]) == ("A-018", None, "full")
    assert weike("people", "accept", "wang").code != 0
    assert "横路村党支部" in weike("people", "show", "王芳").out


def test_a_doubtful_row_waits_for_a_word(weike: Weike, branches: Path, tmp_path: Path) -> None:
    weike("people", "import", str(branches))
    later = tmp_path / "又一份.csv"
    later.write_text("姓名,账号,党支部\n王芳,wang-2,A-018\n")
    doubt = weike("people", "import", str(later), "--json").json
    assert (doubt["doubtful"], doubt["new"]) == (1, 0)
    assert doubt["doubtful_rows"][0]["candidates"] == [{"username": "wang", "name": "王芳"}]
    decided = weike("people", "import", str(later), "--decide", "2=another", "--json").json
    assert (decided["doubtful"], decided["new"]) == (0, 1)
    later.write_text("姓名,账号,党支部\n李建国,1i,A-017\n")
    same = weike("people", "import", str(later), "--decide", "2=li", "--json").json
    assert (same["doubtful"], same["unchanged"]) == (0, 1)


def test_exemptions_and_groups_from_the_machine(weike: Weike, branches: Path) -> None:
    weike("people", "import", str(branches))
    made = weike("people", "exemption", "add", "wang", "frail", "--json").json
    assert [one["reason"] for one in made["exemptions"]] == ["frail"]
    assert weike("people", "members", "A-017", "--json").json["exempt"] == 1
    assert weike("people", "exemption", "add", "wang", "away").code == 2
    ended = weike("people", "exemption", "end", "wang", "--json").json["exemptions"][0]
    assert ended["until"] is not None
    assert "2099-01-01" in weike("people", "exemption", "end", "wang", "--day", "2099-01-01").err
    assert "年老体弱" in weike("people", "exemption", "list", "王芳").out

    assert "没有登记为班子成员" in weike("people", "committee", "list", "wang").out
    assert "按" not in weike("books", "wang").out
    term = weike("people", "committee", "add", "wang", "--since", "2024-01-15", "--json").json["committee"]
    assert [(one["since"], one["until"]) for one in term] == [("2024-01-15", None)]
    assert "班子成员" in weike("books", "wang").out
    assert weike("books", "wang", "--json").json["books"][0]["aim"] == 56
    assert weike("people", "committee", "end", "wang", "--json").json["committee"][0]["until"] is not None
    assert "wang" in weike("people", "committee", "end", "wang").err

    group = weike("people", "group", "add", "T1", "片区小组", "--json").json
    weike("people", "group", "join", "片区小组", "wang")
    weike("people", "group", "join", group["id"], "陈静", "--day", "2026-01-05")
    shown = weike("people", "group", "show", "片区小组", "--json").json
    assert [one["username"] for one in shown["members"]] == ["wang", "chen"]
    assert weike("people", "group", "list", "T1", "--json").json["groups"][0]["members"] == 2
    for _again in range(2):
        left = weike("people", "group", "leave", "片区小组", "wang", "--json").json
        assert [one["username"] for one in left["members"]] == ["chen"]
    assert weike("people", "group", "rename", "片区小组", "夜校", "--json").json["name"] == "夜校"
    assert weike("people", "group", "show", "片区小组").code == 2
    weike("people", "group", "add", "A-017", "夜校")
    assert group["id"] in weike("people", "group", "close", "夜校").err, "two are called so"
    assert weike("people", "group", "close", group["id"], "--json").json["closed"] is True
