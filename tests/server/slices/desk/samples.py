"""The desk: filled with believable contents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from library.handling.queries import KeptView
from library.handling.rules import MOST, Outcome, Spread, What
from server.slices.desk import contexts as c
from server.web.parts import Facet, LessonRef, Pager, Reason, RefusedForm, WorkRow
from tests.server.pages.samples import NOW, STAFF, TITLES, Sample, card, frame


def pages() -> Iterator[Sample]:
    """A full list, a refused one, an empty one, a view that was refused; what became of batches."""
    rows = tuple(
        WorkRow(
            lesson=card(n, state=("draft", "published", "withdrawn")[n % 3]),
            recording_state=("ready", "working", "none")[n % 3],
            percent=40.0,
            reason=None,
            uploaded_by="王芳",
            uploaded_at=NOW,
        )
        for n in range(6)
    )
    mine = KeptView("v1", "等我发布的", {"state": "draft"}, "", True)
    ours = KeptView("v2", "党史", {"topic": "党史"}, "青溪县委党校", False)
    full = c.DeskPage(
        frame=frame(STAFF, "/desk"),
        rows=rows,
        pager=Pager(page=1, pages=3, total=120, url="/desk"),
        state="draft",
        topic="",
        lecturer="",
        year="",
        topics=(Facet(value="党史", count=12), Facet(value="乡村振兴", count=4)),
        lecturers=(Facet(value="王芳", count=5),),
        years=(Facet(value="2026", count=16),),
        views=((mine, "/desk?state=draft"), (ours, "/desk?topic=党史")),
        views_cut=True,
        nodes=(("b1", "青溪县委党校"),),
        known_topics=("党史", "乡村振兴"),
        most=MOST,
        planned=(("b1", "青溪县委党校"),),
        weeks=tuple(f"2026-W{n}" for n in range(11, 20)),
        week="2026-W12",
    )
    yield "desk", full
    weeks = c.WeeksPage(
        frame=frame(STAFF, "/desk"),
        node_id="b1",
        node="青溪县委党校",
        week="2026-W12",
        spread=Spread.EACH,
        rows=tuple(
            c.BatchRow(
                lesson=LessonRef(id=f"lesson{n}", title=TITLES[n]),
                outcome=outcome,
                reason=Reason(code="week_far", args={"week": "2027-W14", "ahead": 53, "back": 53})
                if outcome is Outcome.REFUSED
                else None,
                week=f"2026-W{12 + n}",
            )
            for n, outcome in enumerate((Outcome.DONE, Outcome.SAME, Outcome.REFUSED))
        ),
        count=1,
    )
    yield "desk_weeks", weeks
    yield "desk_weeks_none", replace(weeks, rows=weeks.rows[2:], count=0, spread=Spread.ALL)
    none = RefusedForm(
        form="desk",
        typed={
            "what": "topic_add",
            "value": "党史",
            "audience": "everyone",
            "lesson": "",
            "node": "b1",
            "week": "2026-W12",
            "spread": "each",
        },
        reason=Reason(code="handling_none", args={"field": "lesson"}),
    )
    yield "desk_refused", replace(full, refused=none, views=(), state="")
    many = RefusedForm(
        form="view",
        typed={"name": "又一个"},
        reason=Reason(code="views_many", args={"field": "name", "most": 30}),
    )
    yield "desk_view_refused", replace(full, refused=many)
    yield "desk_empty", replace(full, rows=(), state="withdrawn", views=())
    outcomes = (
        (Outcome.DONE, None),
        (Outcome.DRAFTED, None),
        (Outcome.SAME, None),
        (Outcome.REFUSED, Reason(code="forbidden")),
    )
    batch = c.BatchPage(
        frame=frame(STAFF, "/desk/batches/x"),
        id="x",
        what=What.TOPIC_ADD,
        value="党史",
        rows=tuple(
            c.BatchRow(
                lesson=LessonRef(id=f"lesson{n}", title=TITLES[n] if n < 3 else ""),
                outcome=outcome,
                reason=reason,
            )
            for n, (outcome, reason) in enumerate(outcomes)
        ),
        counts=tuple((outcome, 1) for outcome, _ in outcomes),
        until=NOW,
        undone=False,
    )
    yield "desk_batch", batch
    yield "desk_batch_undone", replace(batch, what=What.PUBLISH, value="", until=None, undone=True)
    yield (
        "desk_batch_weeks",
        replace(
            batch,
            what=What.WEEK,
            value="青溪县委党校",
            rows=tuple(replace(row, week=f"2026-W{12 + n}") for n, row in enumerate(batch.rows)),
        ),
    )
    yield "desk_batch_published", replace(batch, what=What.PUBLISH, value="")
