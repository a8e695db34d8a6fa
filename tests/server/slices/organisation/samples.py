"""The organisation tree: filled with believable contents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from library.organisation.rules import ChangeKind, NodeKind
from server.slices.organisation import contexts as c
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
