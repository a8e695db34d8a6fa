"""Lists of people: every row is told of, and the same list twice changes nothing."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import openpyxl
import pytest

from library.core.clock import local_day
from library.core.database import Database
from library.core.errors import Conflict, Invalid
from library.core.lists.outcomes import Choice
from library.core.permits import MemberState, Role, Viewer
from library.organisation import actions as organisation
from library.organisation import queries as tree
from library.organisation.actions import NodeDetails
from library.people import queries
from library.people.belonging import histories, memberships, transfers
from library.people.lists import bringing_in
from library.people.lists.accounts import look_alike_key, proposed
from library.people.lists.exporting import exported
from library.people.lists.id_numbers import holds_id_number
from library.people.lists.importing import Decision, Planned, Row, counted
from library.people.lists.reading import HEADINGS, read_people
from tests.support import factories as make
from tests.support.databases import NOW
from tests.support.together import together

ID_NUMBER = "11010519491231002X"  # the example of GB 11643-1999


def county(db: Database) -> tuple[Viewer, Viewer]:
    """Two branches A and B and a closed one C; returns an administrator of all and the secretary of A."""
    with db.write() as session:
        root = make.root(session)
        for code in "ABC":
            node = organisation.add_node(session, root, NodeDetails(f"{code}村党支部", code=code), NOW, None)
            if code == "C":
                organisation.close(session, node, NOW, None)
        a = tree.node_by_code(session, "A")
        assert a is not None
        return make.person(session, (Role.ADMIN, root)), make.person(session, (Role.SECRETARY, a))


def bring(
    db: Database, viewer: Viewer, rows: Sequence[Row], decisions: Mapping[int, Decision] | None = None
) -> list[Planned]:
    with db.write() as session:
        return bringing_in.bring(session, viewer, rows, NOW, decisions)[0]


def said(planned: Sequence[Planned]) -> dict[str, int]:
    return {str(outcome): count for outcome, count in counted(planned).items() if count}


def home(db: Database, username: str) -> tuple[str | None, MemberState | None]:
    with db.read() as session:
        person = queries.person_by_username(session, username)
        assert person is not None
        one = memberships.home_of(session, person.id)
        return (tree.node(session, one.node_id).code, one.state) if one else (None, None)


@pytest.mark.slow
def test_wrong_rows_among_thousands_are_told_and_stop_no_other(db: Database) -> None:
    admin, _keeper = county(db)
    rows = [Row(n, f"党员{n}", f"g{n}", "AB"[n % 2], "正式党员", "2015-07-01") for n in range(2, 2_002)]
    bad = {
        7: Row(7, "余" * 300, "g7", "A"),
        8: Row(8, "", "g8", "A"),
        9: Row(9, "党员", "g9", "没有的支部"),
        10: Row(10, "党员", "g10", "C"),
        11: Row(11, "党员", "g11", "A", "会员"),
        12: Row(12, "党员", "g12", "A", "", "2099-01-01"),
        13: Row(13, "党员", "g13", "A", "", "去年"),
        14: Row(14, "党员", "g 14", "A"),
        15: Row(15, "党员", "g2", "A"),
        16: Row(16, "党员", "g16", "A", "", "", "借调"),
    }
    rows = [bad.get(row.line, row) for row in rows]
    planned = bring(db, admin, rows)
    codes = {one.row.line: one.reason.code for one in planned if one.reason}
    assert codes == {
        7: "too_long",
        8: "empty",
        9: "node_unknown",
        10: "node_closed",
        11: "unknown_state",
        12: "day_to_come",
        13: "date_unreadable",
        14: "space_inside",
        15: "account_twice",
        16: "unknown_kind",
    }
    assert said(planned) == {"new": 1_990, "wrong": 10}
    assert said(bring(db, admin, rows)) == {"unchanged": 1_990, "wrong": 10}
    with db.read() as session:
        person = queries.person_by_username(session, "g3")
        assert person is not None
        assert person.password_hash == "", "nobody signs in before they are invited"
        assert queries.viewer_of(session, person, local_day(NOW)).has(Role.MEMBER)


def test_an_id_number_is_refused_wherever_it_stands() -> None:
    wide = ID_NUMBER.translate(str.maketrans("0123456789X", "０１２３４５６７８９Ｘ"))
    for text in (ID_NUMBER, ID_NUMBER.lower(), f"证{ID_NUMBER}。", "110105 19491231 002X", wide):
        assert holds_id_number(text), text
    for text in ("110105194912310021", "13800138000", "1" * 40, ""):
        assert not holds_id_number(text), text
    csv = f"姓名,公民身份号码,账号,党支部\n甲,{ID_NUMBER},a,A\n乙,,{ID_NUMBER},A\n{ID_NUMBER},,c,A\n"
    listed = read_people(csv.encode(), "名册.csv")
    assert [(row.line, row.name) for row in listed.rows] == [(2, "甲")]
    assert [(line, shown, error.code) for line, shown, error in listed.wrong] == [
        (3, "乙", "id_number"),
        (4, "", "id_number"),
    ]
    assert ID_NUMBER not in repr(listed)
    with pytest.raises(Invalid) as refused:
        read_people(f"{ID_NUMBER},甲\n".encode(), "名册.csv")
    assert ID_NUMBER not in str(refused.value)


def test_a_workbook_of_the_nationwide_collection_is_read_by_its_headings() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["党员信息采集表"],
        ["姓名", "民族", "人员类别", "入党日期", "组织关系", None],
        [None, None, None, None, "进入当前党支部日期", "所在党支部"],
        ["王芳", "汉", "正式党员", "1998-07-01", "2015-03-02", "A村党支部"],
        ["=HYPERLINK(1)", "汉", "预备党员", "2025-07-01", "2025-07-01", "A村党支部"],
    ):
        sheet.append(row)
    sheet.merge_cells("E2:F2")
    data = io.BytesIO()
    book.save(data)
    listed = read_people(data.getvalue(), "采集表.xlsx")
    assert listed.rows == (Row(4, "王芳", "", "A村党支部", "正式党员", "2015-03-02", ""),)
    assert [(line, error.code) for line, _name, error in listed.wrong] == [(5, "formula_without_value")]
    assert listed.ignored[0] == "民族"
    assert "party_day_not_kept" in [remark.code for remark in listed.remarks]


def test_who_may_be_somebody_else_waits_for_a_word(db: Database) -> None:
    admin, _keeper = county(db)
    bring(db, admin, [Row(2, "王芳", "wang-01", "A"), Row(3, "李明", "li", "A")])
    doubtful = [
        Row(2, "王芳", "fang", "A"),  # the same name in the same branch
        Row(3, "李明", "ming", "B"),  # in another one
        Row(4, "王方", "WANG-O1", "B"),  # an account that looks alike
    ]
    planned = bring(db, admin, doubtful)
    assert said(planned) == {"doubtful": 3}
    assert [one.candidates[0].username for one in planned] == ["wang-01", "li", "wang-01"]
    decisions = {
        2: Decision(Choice.SAME, planned[0].candidates[0].id),
        3: Decision(Choice.ANOTHER),
        4: Decision(Choice.LEAVE),
    }
    assert said(bring(db, admin, doubtful, decisions)) == {"unchanged": 1, "new": 1, "doubtful": 1}
    assert home(db, "ming")[0] == "B"
    forged = {4: Decision(Choice.SAME, str(admin.person_id))}
    assert said(bring(db, admin, doubtful[2:], forged)) == {"doubtful": 1}, "not one of those who were shown"


def test_a_list_without_accounts_gives_them_and_is_unchanged_the_second_time(db: Database) -> None:
    admin, _keeper = county(db)
    rows = [
        Row(2, "王芳", "", "A"),
        Row(3, "王方", "", "A"),
        Row(4, "王芳", "", "B"),
        Row(5, "王芳", "", "B"),
    ]
    planned = bring(db, admin, rows)
    assert [one.username for one in planned if one.username] == ["wangfang", "wangfang2", "wangfang3"]
    assert [one.reason.code for one in planned if one.reason] == ["person_twice"]
    assert said(bring(db, admin, rows)) == {"unchanged": 3, "wrong": 1}
    assert look_alike_key("zhang-0l") == look_alike_key("Zhang.O1".lower())
    assert proposed("Ωμέγα", lambda _name: False), "whoever cannot be spelled has an account too"


def test_over_both_branches_a_transfer_is_made_and_else_it_is_proposed(db: Database) -> None:
    admin, keeper = county(db)
    bring(db, admin, [Row(n, f"党员{n}", f"g{n}", "A", "预备党员", "2024-01-01") for n in (2, 3)])
    proposed_only = [Row(2, "党员2", "g2", "B", "", "2026-11-01")]
    planned = bring(db, keeper, proposed_only)
    assert [change.what for change in planned[0].changes] == ["transfer"]
    assert home(db, "g2") == ("A", MemberState.PROBATIONARY)
    assert said(bring(db, keeper, proposed_only)) == {"unchanged": 1}, "asked once"
    bring(db, admin, [Row(2, "党员3", "g3", "B", "正式党员", "2026-11-01")])
    assert home(db, "g3") == ("B", MemberState.FULL)
    with db.read() as session:
        person = queries.person_by_username(session, "g3")
        assert person is not None
        days = [one.since.isoformat() for one in memberships.homes_of(session, person.id)]
        assert days == ["2024-01-01", "2026-11-01"]
        waiting = histories.waiting_for(session, admin)
        assert [name for _one, name in waiting] == ["党员2"]
        asked = waiting[0][0].id
    elsewhere = bring(db, keeper, [Row(2, "党员3", "g3", "A"), Row(3, "新人", "xin", "B")])
    assert [one.reason.code for one in elsewhere if one.reason] == ["person_elsewhere", "node_unknown"]
    with db.write() as session:
        transfers.accept(session, admin, asked, NOW)
    assert home(db, "g2")[0] == "B"


def test_what_is_exported_is_unchanged_with_guests_and_other_states(db: Database) -> None:
    admin, _keeper = county(db)
    rows = [
        Row(2, "王芳", "wang", "A", "预备党员", "2024-01-01"),
        Row(3, "王芳", "wang", "B", "", "2026-01-05", "流动"),
        Row(4, "=1+1", "calc", "A", "群众"),
        Row(5, "<b>乙</b>", "yi", "B", "", "", "流动"),
    ]
    assert said(bring(db, admin, rows)) == {"new": 3, "changed": 1}
    assert said(bring(db, admin, [Row(2, "王芳", "wang", "A", "正式党员", "2023-12-01")])) == {"changed": 1}
    with db.read() as session:
        table = [HEADINGS, *exported(session, admin, local_day(NOW))]
    listed = read_people("\n".join(",".join(row) for row in table).encode(), "a.csv")
    assert ("2023-12-01", "正式党员") in {(row.since, row.state) for row in listed.rows}
    outcomes = said(bring(db, admin, listed.rows))
    assert set(outcomes) == {"unchanged"}, outcomes


def test_two_who_bring_the_same_list_at_once_bring_it_once(db: Database) -> None:
    admin, _keeper = county(db)
    rows = [Row(n, f"党员{n}", f"g{n}", "A") for n in range(2, 40)]
    results = together([lambda: bring(db, admin, rows), lambda: bring(db, admin, rows)])
    told = [said(one) if isinstance(one, list) else one for one in results]
    assert all(isinstance(one, dict | Conflict) for one in told), told
    assert {"new": 38} in told
    assert said(bring(db, admin, rows)) == {"unchanged": 38}
