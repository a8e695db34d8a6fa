"""The organisation tree: filled with believable contents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from library.organisation.rules import ChangeKind, NodeKind
from server.slices.organisation import contexts as c
from server.slices.organisation import list_contexts as n
from server.web.lists.shown import ListView
from server.web.parts import Reason, RefusedForm
from tests.server.pages.samples import NOW, STAFF, Sample, frame, pager


def pages() -> Iterator[Sample]:
    """A town's committee, what was searched for, a form that was not taken, and a branch that was merged."""
    town = c.NodeView(
        id="n1",
        name="天荒坪镇党委",
        short_name="天荒坪",
        kind=NodeKind.COMMITTEE,
        code="330523102",
        since=date(1958, 7, 1),
        inside=61,
        may_arrange=True,
        may_place=True,
    )
    county = c.NodeLink(id="n0", name="安吉县委", kind=NodeKind.COMMITTEE)
    names = ("余村党支部", "横路村党支部", "银坑村党支部", "马吉村党总支", "镇机关党支部")
    children = tuple(
        c.NodeLink(
            id=f"n1{n}",
            name=name,
            kind=NodeKind.GENERAL_BRANCH if "总支" in name else NodeKind.BRANCH,
            code=f"33052310200{n}",
            below=(3, 0, 2, 4, 0)[n],
        )
        for n, name in enumerate(names)
    )
    page = c.OrganisationPage(
        frame=frame(STAFF, "/organisation"),
        node=town,
        above=(county,),
        children=children,
        pager=pager(1, len(children)),
        closed_children=2,
        changes=(
            c.NodeChangeRow(
                kind=ChangeKind.RENAMED,
                at=NOW,
                by="陈志远",
                told=(("简称", "", "天荒坪"), ("编码", "", "330523102")),
            ),
            c.NodeChangeRow(kind=ChangeKind.MADE, at=NOW, by="", told=(("上级", "", "安吉县委"),)),
        ),
    )
    yield "organisation", page
    found = (
        c.NodeLink(
            id="n10",
            name="余村党支部",
            kind=NodeKind.BRANCH,
            above=("安吉县委", "天荒坪镇党委"),
            code="A-017",
        ),
        c.NodeLink(
            id="n77",
            name="新余村小学党支部",
            kind=NodeKind.BRANCH,
            above=("安吉县委", "教育局党委"),
            closed=True,
        ),
    )
    yield "organisation_found", replace(page, q="余村", found=found)
    yield (
        "organisation_nothing",
        replace(page, q="不在", found=(), children=(), closed_children=0, pager=pager(1, 0)),
    )
    typed = {"to": "余村党支部"}
    why = Reason(
        code="node_ambiguous",
        args={
            "field": "to",
            "text": "余村党支部",
            "count": 2,
            "names": "安吉县委 / 天荒坪镇党委 / 余村党支部；安吉县委 / 梅溪镇党委 / 余村党支部",
        },
    )
    yield "organisation_refused", replace(page, refused=RefusedForm(form="move", typed=typed, reason=why))
    merged = replace(
        town,
        id="n16",
        name="山河村党支部",
        kind=NodeKind.BRANCH,
        short_name="",
        since=None,
        inside=0,
        closed_at=NOW,
        merged_into=c.NodeLink(id="n10", name="余村党支部", kind=NodeKind.BRANCH),
        may_arrange=False,
    )
    above = (county, c.NodeLink(id="n1", name="天荒坪镇党委", kind=NodeKind.COMMITTEE))
    yield (
        "organisation_merged",
        replace(page, node=merged, above=above, children=(), closed_children=0, pager=pager(1, 0)),
    )
    yield from _lists()


def _lists() -> Iterator[Sample]:
    """A list on its way: brought, refused, looked at, with doubts, at work, done, failed."""
    town = c.NodeLink(id="n1", name="天荒坪镇党委", kind=NodeKind.COMMITTEE)
    new = n.NodeListPage(frame=frame(STAFF, "/organisation/n1/list"), node=town)
    yield "organisation_list", new
    why = Reason(code="manifest_type", args={"field": "file", "suffix": ".doc", "known": ".xlsx, .csv"})
    yield "organisation_list_refused", replace(new, refused=why)
    job = ListView(
        url="/organisation/lists/job/j1",
        file_name="天荒坪镇党组织.xlsx",
        doing="planned",
        percent=100.0,
        is_working=False,
        counts={"new": 41, "changed": 2, "unchanged": 17, "doubtful": 1, "wrong": 2},
        outcomes=("wrong", "doubtful", "new", "changed", "unchanged"),
        shown="wrong",
        pager=pager(1, 2),
        not_kept=("书记", "联系电话"),
    )
    wrong = (
        n.NodeListRow(
            line=7,
            name="新余村党支部",
            above="鱼村党总支",
            code="A-021",
            reason=Reason(
                code="parent_outside",
                args={"field": "parent", "text": "鱼村党总支", "node": "天荒坪镇党委"},
            ),
        ),
        n.NodeListRow(line=19, name="", reason=Reason(code="empty", args={"field": "name"})),
    )
    page = n.NodeListJobPage(frame=frame(STAFF, "/organisation/lists/job/j1"), node=town, job=job, rows=wrong)
    yield "organisation_list_wrong", page
    elsewhere = c.NodeLink(
        id="n10",
        name="第一党小组",
        kind=NodeKind.GROUP,
        above=("安吉县委 / 天荒坪镇党委 / 余村党支部",),
        code="A-017-1",
    )
    closed = replace(elsewhere, id="n11", code="", closed=True)
    doubtful = n.NodeListRow(
        line=12,
        name="第一党小组",
        above="安吉县委 / 天荒坪镇党委 / 横路村党支部",
        candidates=(elsewhere, closed),
        decided="another",
    )
    yield "organisation_list_doubtful", replace(page, job=replace(job, shown="doubtful"), rows=(doubtful,))
    moved = n.NodeListRow(
        line=9,
        name="余村第一党支部",
        above="安吉县委 / 天荒坪镇党委",
        code="A-017",
        kind="branch",
        changes=(("kind", "group", "branch"), ("parent", "安吉县委", "安吉县委 / 天荒坪镇党委")),
    )
    yield "organisation_list_changed", replace(page, job=replace(job, shown="changed"), rows=(moved,))
    done = replace(job, doing="done", shown="new")
    yield "organisation_list_done", replace(page, job=done, rows=())
    yield "organisation_list_working", replace(page, job=replace(job, doing="plan", is_working=True), rows=())
    failed = replace(job, doing="failed", reason=Reason(code="list_too_costly"), counts={})
    yield "organisation_list_failed", replace(page, job=failed, rows=())
