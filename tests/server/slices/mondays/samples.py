"""The week of a branch: filled with believable contents."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from library.gatherings.rules import GatheringState, Mark
from library.mondays.queries import Missing
from library.mondays.rules import BranchWeek, Held, OwnGathering, branch_ring, own_ring
from server.slices.mondays import contexts as c
from server.web.shown.mondays import BranchLine, HomeBranches, OwnWeek, drawn
from server.web.shown.sharing import share
from tests.server.pages.samples import MEMBER, STAFF, Sample, frame, pager
from tests.server.slices.programme.samples import EIGHT, WEEK, part, view, village

MONDAY = Held(
    id="g1",
    node_id="n10",
    title="周一集中学习：绿水青山就是金山银山",
    kind="gathered",
    state=GatheringState.ENDED,
    starts_at=EIGHT,
    place="村部二楼会议室",
    due=24,
    there=19,
    made_up=2,
    absent=3,
    signed=True,
)
EVENING = Held(
    id="g2",
    node_id="n0",
    title="夜校：新时代“枫桥经验”",
    kind="evening",
    state=GatheringState.PLANNED,
    starts_at=EIGHT + timedelta(days=2, hours=11),
    place="文化礼堂",
    group="第三学习小组",
)
OWN = OwnWeek(
    week=str(WEEK),
    node_id="n10",
    ring=drawn(
        own_ring(
            2,
            1,
            [
                OwnGathering(
                    "g1", "周一集中学习", "gathered", GatheringState.ENDED, EIGHT, "村部", Mark.LATE
                ),
                OwnGathering("g2", "夜校", "evening", GatheringState.PLANNED, EIGHT),
            ],
        )
    ),
    gatherings=(
        OwnGathering("g1", MONDAY.title, "gathered", GatheringState.ENDED, EIGHT, MONDAY.place, Mark.LATE),
        OwnGathering("g2", EVENING.title, "evening", GatheringState.PLANNED, EVENING.starts_at, "文化礼堂"),
    ),
)


def line(n: int, name: str, **more: Any) -> BranchLine:
    """A branch with what is known of its week."""
    known = BranchWeek(**{"plans": 1, "out": 1, **more})
    return BranchLine(node_id=f"n{n}", name=name, ring=drawn(branch_ring(known)), known=known)


YUCUN = line(10, "余村党支部", gatherings=(MONDAY, EVENING), reflections=6)
LINES = (
    line(11, "安吉县第一中学党支部", gatherings=(MONDAY,), reflections=1),
    line(12, "横山坞村党支部"),
    line(13, "鲁家村党支部", plans=0, out=0),
    YUCUN,
)
HOME = HomeBranches(week=str(WEEK), branches=4, held=2, lines=LINES)
MISSING = (
    Missing("p8", "陈建国", "g1", MONDAY.title, "出差"),
    Missing("p9", "吴小梅", "g1", MONDAY.title, ""),
    Missing("p10", "赵福根", "g1", MONDAY.title, "在外务工，周末回来"),
)


def _page(**more: Any) -> c.MondayPage:
    facts: dict[str, Any] = {
        "frame": frame(MEMBER, "/mondays/2026-W11/n10"),
        "week": str(WEEK),
        "monday": WEEK.monday,
        "sunday": WEEK.sunday,
        "line": YUCUN,
        "view": view(WEEK, village(), part()),
        "before": str(WEEK.after(-1)),
        "after": str(WEEK.after(1)),
    }
    return c.MondayPage(**{**facts, **more})


def pages() -> Iterator[Sample]:
    """A member's and a secretary's view of a week, nothing planned, the list, the sheet."""
    yield "monday", _page(own=OWN)
    yield "monday_kept", _page(frame=frame(STAFF, "/mondays/2026-W11/n10"), missing=MISSING, may_plan=True)
    yield (
        "monday_empty",
        _page(frame=frame(STAFF), line=LINES[2], view=None, missing=(), may_plan=True),
    )
    listed: dict[str, Any] = {
        "frame": frame(STAFF, "/mondays"),
        "week": str(WEEK),
        "monday": WEEK.monday,
        "sunday": WEEK.sunday,
        "before": str(WEEK.after(-1)),
        "after": str(WEEK.after(1)),
        "node_id": "",
        "node": "",
        "show": "",
        "lines": LINES,
        "pager": pager(4, 4, "/mondays"),
        "branches": 4,
        "held": 2,
    }
    yield "mondays", c.MondaysPage(**listed)
    yield (
        "mondays_empty",
        c.MondaysPage(**{**listed, "lines": (), "pager": pager(0, 0), "branches": 0, "held": 0}),
    )
    lessons = [one for one in part().lessons if one.open]
    yield (
        "monday_sheet",
        c.MondaySheet(
            frame=frame(MEMBER),
            week=str(WEEK),
            monday=WEEK.monday,
            sunday=WEEK.sunday,
            line=YUCUN,
            view=view(WEEK, village(), part()),
            links={one.id: share("https://weike.example", f"/lessons/{one.id}") for one in lessons},
        ),
    )
