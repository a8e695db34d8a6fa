"""A list of organisations becomes a part of the tree, once, whatever the order of its rows."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from library.core.database import Database
from library.core.errors import Invalid
from library.core.ids import new_id
from library.core.lists.outcomes import Choice, Outcome
from library.organisation import actions, importing, queries
from library.organisation.importing import Known, Planned, Row
from library.organisation.lists import read_organisations
from library.organisation.rules import MOST_DEPTH, NodeKind
from tests.library.organisation.test_tree import check_agrees, shape
from tests.support import factories as make
from tests.support.databases import NOW, ORGANISATION
from tests.support.examples import examples

ROOT = Known("root", None, "安吉县委", "", NodeKind.COMMITTEE, None, None, closed=False)
COUNTY = (
    Row(2, "余村党支部", "天荒坪镇党委", "A-017", "支部"),
    Row(3, "安吉县委", ""),
    Row(4, "天荒坪镇党委", "安吉县委", "330523102", ""),
    Row(5, "第一党小组", "a-017", ""),
    Row(6, "余村党支部", "安吉县委 / 梅溪镇党委"),
    Row(7, "梅溪镇党委", "安吉县委", since="1958年7月1日"),
)


def bring(db: Database, rows: Sequence[Row]) -> list[Planned]:
    with db.write() as session:
        actions.hold(session)
        planned = importing.plan(queries.known_nodes(session), rows, new_id)
        actions.apply(session, planned, NOW, None)
    return planned


def outcomes(planned: Sequence[Planned]) -> dict[int, str]:
    return {one.row.line: str(one.outcome) for one in planned}


def codes(planned: Sequence[Planned]) -> dict[int, str]:
    return {one.row.line: one.reason.code for one in planned if one.reason}


def test_a_county_in_any_order_and_again_unchanged(db: Database) -> None:
    first = bring(db, COUNTY)
    assert outcomes(first) == {3: "changed", 4: "new", 7: "new", 2: "new", 6: "new", 5: "new"}
    with db.read() as session:
        check_agrees(session)
        found, _total = queries.called(session, [make.root(session).id], "梅溪镇党委/余村党支部")
        assert [one.kind for one in found] == ["branch"]
        [town], _total = queries.called(session, [make.root(session).id], "梅溪镇党委")
        assert town.since == date(1958, 7, 1)
        assert len(queries.find(session, [make.root(session).id], "ycdzb")) == 2
    assert set(outcomes(bring(db, COUNTY)).values()) == {"unchanged"}


def test_what_moved_is_moved_and_what_was_renamed_is_renamed(db: Database) -> None:
    bring(db, COUNTY)
    later = [
        Row(2, "余村联合党支部", "梅溪镇党委", "A-017"),
        Row(3, "第二党小组", "A-017"),
    ]
    assert outcomes(bring(db, later)) == {2: "changed", 3: "new"}
    with db.read() as session:
        check_agrees(session)
        assert shape(session)["第二党小组"] == ("第二党小组", "余村联合党支部", "梅溪镇党委", "安吉县委")
        assert shape(session)["第一党小组"][1:3] == ("余村联合党支部", "梅溪镇党委")


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (Row(9, "", "安吉县委"), "empty"),
        (Row(9, "余" * 300, "安吉县委"), "too_long"),
        (Row(9, "甲党支部", "没有的党委"), "parent_unknown"),
        (Row(9, "甲党支部", "余村党支部"), "node_ambiguous"),
        (Row(9, "甲党支部", "安吉县委", "A-017"), "code_twice"),
        (Row(9, "甲党支部", "安吉县委", kind="协会"), "unknown_node_kind"),
        (Row(9, "甲党支部", "安吉县委", since="去年"), "date_unreadable"),
        (Row(9, "另一个县委", ""), "two_roots"),
        (Row(9, "甲党支部", "甲党支部"), "parent_in_circle"),
    ],
)
def test_a_wrong_row_is_told_and_stops_no_other(row: Row, code: str) -> None:
    planned = importing.plan([ROOT], [*COUNTY, row], new_id)
    assert codes(planned) == {9: code}
    assert importing.counted(planned)[Outcome.NEW] == 5


def test_nothing_is_put_below_itself() -> None:
    known = [
        ROOT,
        Known("t", "root", "天荒坪镇党委", "", NodeKind.COMMITTEE, "T", None, closed=False),
        Known("v", "t", "余村党支部", "", NodeKind.BRANCH, "V", None, closed=False),
        Known("c", "root", "旧党支部", "", NodeKind.BRANCH, "C", None, closed=True),
    ]
    rows = [Row(2, "天荒坪镇党委", "V", "T"), Row(3, "新党小组", "C"), Row(4, "旧党支部", "T", "C")]
    assert codes(importing.plan(known, rows, new_id)) == {
        2: "node_below_itself",
        3: "node_closed",
        4: "node_closed",
    }


def test_what_is_below_a_doubtful_row_went_silently_below_another_of_its_name() -> None:
    """Whether 余村 has moved is not said yet: nobody knows which one the branch lies below."""
    kind = NodeKind.COMMITTEE
    known = [
        ROOT,
        Known("a", "root", "甲镇", "", kind, None, None, closed=False),
        Known("b", "root", "乙镇", "", kind, None, None, closed=False),
        Known("village", "a", "余村", "", kind, None, None, closed=False),
    ]
    rows = (Row(2, "余村", "乙镇"), Row(3, "第一支部", "余村"), Row(4, "第二支部", "甲镇 / 余村"))

    def planned(decisions: dict[int, tuple[Choice, str]]) -> dict[int, Planned]:
        found = importing.plan_asking(known, rows, new_id, "root", decisions)
        return {one.row.line: one for one in found}

    for unsaid in ({}, {2: (Choice.LEAVE, "")}):
        found = planned(unsaid)
        assert [found[line].outcome for line in (2, 3, 4)] == ["doubtful", "wrong", "new"]
        assert found[3].reason is not None
        assert found[3].reason.code == "parent_in_circle", "its words speak of a row that is doubtful"
        assert found[4].parent_id == "village", "who says which one is not asked"
    moved = planned({2: (Choice.SAME, "village")})
    assert [moved[line].outcome for line in (2, 3)] == ["changed", "new"]
    assert moved[3].parent_id == "village"


def test_a_list_without_a_column_for_what_is_above_lies_below_the_root(db: Database) -> None:
    listed = read_organisations("党组织名称\n甲党支部\n乙党支部\n".encode("gb18030"), "名单.csv")
    assert set(outcomes(bring(db, listed.rows)).values()) == {"new"}
    with db.read() as session:
        assert shape(session)["甲党支部"] == ("甲党支部", ORGANISATION)
    assert set(outcomes(bring(db, listed.rows)).values()) == {"unchanged"}


def test_a_list_is_read_by_its_headings_and_unknown_columns_are_named() -> None:
    listed = read_organisations(
        "县委组织部名单,,,\n党组织代码,党组织全称,隶属党组织,联系电话\n1,安吉县委,,5123\n".encode(), "a.csv"
    )
    assert (listed.rows, listed.ignored) == ((Row(3, "安吉县委", "", "1"),), ("联系电话",))
    with pytest.raises(Invalid) as refused:
        read_organisations(b"a,b\n1,2\n", "a.csv")
    assert refused.value.code == "manifest_columns"


@settings(
    max_examples=examples(20), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(parents=st.lists(st.integers(0, 30), min_size=1, max_size=25), seed=st.integers(0, 9))
def test_any_tree_in_any_order_is_the_same_tree(parents: list[int], seed: int) -> None:
    """The rows of a tree, shuffled: all are new, each lies below its own, and again all are unchanged."""
    rows = [Row(0, "安吉县委", "")]
    depth = [0]
    for n, wanted in enumerate(parents, 1):
        above = wanted % n
        above = above if depth[above] < MOST_DEPTH else 0
        depth.append(depth[above] + 1)
        rows.append(Row(n, f"第{n}党支部", rows[above].name, f"C{n}"))
    random.Random(seed).shuffle(rows)
    planned = importing.plan([ROOT], rows, new_id)
    assert importing.counted(planned)[Outcome.NEW] == len(parents)
    names = {one.node_id: one.row.name for one in planned}
    assert all(one.row.parent == names[one.parent_id or ""] for one in planned if one.row.parent)
    known = [ROOT] + [
        Known(one.node_id, one.parent_id, **one.values, closed=False)
        for one in planned
        if one.outcome is Outcome.NEW
    ]
    again = importing.plan(known, rows, new_id)
    assert set(outcomes(again).values()) == {"unchanged"}
