"""Gatherings: lists, one of each state, the form, the roll, the code, checking in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from library.books.hours import Book
from library.core.clock import CHINA
from library.evidence.rules import StudyForm
from library.gatherings.kinds import FORMS, SHIPPED
from library.gatherings.rules import Counts, Due, GatheringState, How, Mark
from server.slices.gatherings import contexts as c
from server.web.parts import Reason, RefusedForm
from server.web.shown.gatherings import GatheringRow
from server.web.shown.sharing import qr_path
from tests.server.pages.samples import MEMBER, STAFF, TITLES, Sample, frame, pager
from tests.server.slices.system.samples import ADMIN

EVENING = datetime(2026, 3, 11, 19, 30, tzinfo=CHINA)
ID = "06gath00000000aa"
COUNTS = Counts(
    due=23, present=17, late=2, left_early=1, absent=3, made_up=1, unmarked=2, exempt=2, guests=1, there=19
)
NAMES = ("李秀英", "陈志远", "王建国", "欧阳美玲", "张伟", "赵小红", "阿依古丽·买买提")


def row(n: int, **more: Any) -> GatheringRow:
    """The n-th gathering of a list."""
    facts: dict[str, Any] = {
        "id": f"06gath00000000{n:02}",
        "kind": ("集中学习", "支部党员大会", "夜校", "主题党日")[n % 4],
        "form": StudyForm.EVENING if n % 4 == 2 else StudyForm.GATHERED,
        "title": TITLES[n % len(TITLES)],
        "node": "余村党支部",
        "place": "村部二楼会议室",
        "starts_at": EVENING - timedelta(weeks=n),
        "ends_at": EVENING - timedelta(weeks=n) + timedelta(minutes=90),
        "state": GatheringState.ENDED,
    }
    return GatheringRow(**{**facts, **more})


def view(state: GatheringState = GatheringState.OPEN, **more: Any) -> c.GatheringView:
    """An evening of a village."""
    began = EVENING + timedelta(minutes=2) if state not in ("planned", "cancelled") else None
    facts: dict[str, Any] = {
        "id": ID,
        "kind": "集中学习",
        "title": "绿水青山就是金山银山：学习与讨论",
        "node": "余村党支部",
        "group": "",
        "week": "2026-W11",
        "starts_at": EVENING,
        "ends_at": EVENING + timedelta(minutes=90),
        "place": "村部二楼会议室",
        "rooms": (c.RoomLine(n=1, place="村部二楼会议室", host=""),),
        "chair": "陈志远",
        "recorder": "李秀英",
        "agenda": "一、看课\n二、讨论本村的“绿水青山”在哪里\n三、布置下一周",
        "lessons": (c.LessonLine(id="06lesson00000001", title=TITLES[0]), c.LessonLine(id=None, title="")),
        "state": state,
        "opened_at": began,
        "ended_at": EVENING + timedelta(minutes=95) if state == "ended" else None,
        "below": False,
        "version": 3,
    }
    return c.GatheringView(**{**facts, **more})


ROOMS = (
    c.RoomLine(n=1, place="镇政府大会堂（主会场）", host="陈志远", ends=True),
    c.RoomLine(n=2, place="余村文化礼堂", host="李秀英", ends=True),
    c.RoomLine(n=3, place="横路村", host="", ends=True, ended_at=EVENING + timedelta(minutes=45)),
)


def line(n: int, **more: Any) -> c.RollLine:
    """The n-th on the roll."""
    facts: dict[str, Any] = {
        "id": f"06roll00000000{n:02}",
        "name": NAMES[n % len(NAMES)],
        "node": "余村党支部",
        "due": Due.DUE,
        "mark": Mark.UNMARKED,
        "how": None,
        "room": None,
        "reason": "",
        "arrived_at": None,
        "left_at": None,
        "elsewhere": (),
        "by_self": False,
    }
    return c.RollLine(**{**facts, **more})


def _said(mark: Mark, minutes: int, how: How = How.SECRETARY, **more: Any) -> c.ChangeLine:
    facts: dict[str, Any] = {"reason": "", "said_at": None, "by": "李秀英"}
    return c.ChangeLine(mark=mark, how=how, at=EVENING + timedelta(minutes=minutes), **{**facts, **more})


LINES = (
    line(0, mark=Mark.PRESENT, how=How.SECRETARY, by_self=True, history=(_said(Mark.PRESENT, 0),)),
    line(1, mark=Mark.PRESENT, how=How.QR, room=1),
    line(2, mark=Mark.LATE, how=How.DIGITS, room=1, elsewhere=("支委会：研究发展党员",)),
    line(3),
    line(
        4,
        mark=Mark.ABSENT,
        how=How.SECRETARY,
        reason="在杭州务工，已电话请假，下周二回村以后补学",
        history=(
            _said(Mark.PRESENT, 1, How.QR, by="张伟"),
            _said(Mark.ABSENT, 40, reason="不在会场", said_at=EVENING + timedelta(minutes=5)),
        ),
    ),
    line(5, due=Due.EXEMPT),
    line(6, due=Due.GUEST, mark=Mark.PRESENT, how=How.SECRETARY, node="天荒坪镇党委"),
)
FORM = {
    "kind": "study",
    "group": "",
    "below": "",
    "title": "绿水青山就是金山银山：学习与讨论",
    "week": "2026-W11",
    "starts": "2026-03-11T19:30",
    "ends": "2026-03-11T21:00",
    "place": "村部二楼会议室",
    "rooms": "",
    "chair": "陈志远",
    "recorder": "李秀英",
    "agenda": "一、看课\n二、讨论",
    "lessons": "\n".join(TITLES[:2]),
    "asked": "",
    "repeat": "weekly",
    "times": "1",
    "tell": "1",
    "version": "3",
}


def pages() -> Iterator[Sample]:
    """All of them."""
    yield from _lists()
    yield from _kinds()
    yield from _one()
    yield from _planning()
    yield from _rolls()
    yield from _checking_in()


def _lists() -> Iterator[Sample]:
    mine = c.GatheringsPage(
        frame=frame(MEMBER, "/gatherings"),
        node_id="",
        node="",
        nodes=(),
        more_coming=False,
        coming=(
            row(0, state=GatheringState.OPEN),
            row(1, state=GatheringState.PLANNED, starts_at=EVENING + timedelta(weeks=1)),
        ),
        rows=(row(2), row(3, state=GatheringState.CANCELLED), row(5)),
        pager=pager(3, 41, "/gatherings"),
    )
    yield "gatherings", mine
    yield "gatherings_empty", replace(mine, coming=(), rows=(), pager=pager(1, 0, "/gatherings"))
    yield (
        "gatherings_node",
        replace(
            mine,
            frame=frame(STAFF, "/gatherings?node=b1"),
            node_id="b1",
            node="余村党支部",
            nodes=(("b1", "余村党支部"), ("b2", "天荒坪镇党委")),
            coming=(),
            rows=(row(1, counts=COUNTS), row(2, counts=COUNTS), row(3, counts=COUNTS)),
        ),
    )


def _kinds() -> Iterator[Sample]:
    lines = tuple(
        c.KindLine(
            code=one.code,
            name=one.name,
            english=one.english,
            form=one.form,
            book=Book.PRACTICE if one.form is StudyForm.PRACTICE else Book.GATHERED,
            asks=one.asks,
            number=(n * 37) % 400,
            retired=one.code == "training",
        )
        for n, one in enumerate(SHIPPED)
    )
    read = c.KindsPage(
        frame=frame(MEMBER, "/gathering-kinds"), kinds=lines, node="余村党支部", version=4, forms=FORMS
    )
    yield "gathering_kinds", read
    change = c.KindChange(at=EVENING, who="陈志远", names=("集中轮训", "红色观影"))
    yield (
        "gathering_kinds_changed",
        replace(
            read,
            frame=frame(ADMIN, "/gathering-kinds"),
            may_change=True,
            history=(change,),
            refused=RefusedForm(
                form="new",
                typed={"name": "党课", "english": "", "form": "gathered", "asks": "members"},
                reason=Reason(code="kind_named", args={"field": "name", "name": "党课"}),
            ),
        ),
    )
    yield "gathering_kinds_pinned", replace(read, frame=frame(ADMIN, "/gathering-kinds"), pinned=True)


def _one() -> Iterator[Sample]:
    member = c.GatheringPage(
        frame=frame(MEMBER, f"/gatherings/{ID}"),
        view=view(),
        plans=False,
        hosts=False,
        leads=False,
        due=Due.DUE,
        mark=Mark.UNMARKED,
        counts=None,
    )
    yield "gathering_member", member
    yield (
        "gathering_missed",
        replace(member, view=view(GatheringState.ENDED), mark=Mark.ABSENT, signed=True),
    )
    keeper = replace(
        member, frame=frame(STAFF, f"/gatherings/{ID}"), plans=True, hosts=True, leads=True, counts=COUNTS,
        usual_end="2026-03-11T21:05",
    )  # fmt: skip
    yield "gathering_planned", replace(keeper, view=view(GatheringState.PLANNED), counts=None)
    yield "gathering_open", replace(keeper, view=view(rooms=ROOMS, below=True, group="第三学习小组"))
    wrong = RefusedForm(
        form="end",
        typed={"ended_at": "2026-03-11T23:59"},
        reason=Reason(code="ending_to_come", args={"field": "ended_at"}),
    )
    yield "gathering_end_refused", replace(keeper, refused=wrong)
    yield "gathering_ended", replace(keeper, view=view(GatheringState.ENDED), mark=Mark.PRESENT)


def _planning() -> Iterator[Sample]:
    fresh = c.PlanningPage(
        frame=frame(STAFF, "/gatherings/plan/new"),
        gathering_id="",
        node_id="b1",
        node="余村党支部",
        kinds=(("assembly", "支部党员大会"), ("study", "集中学习"), ("evening", "夜校")),
        groups=(("g1", "第三学习小组"),),
        people=NAMES,
        weeks=tuple(f"2026-W{n:02}" for n in range(6, 20)),
        form=FORM,
        last_id=ID,
        last_title=TITLES[0],
    )
    yield "gathering_plan", fresh
    refused = RefusedForm(
        form="plan",
        typed={**FORM, "chair": "王伟"},
        reason=Reason(code="gathering_names_alike", args={"field": "chair", "text": "王伟", "count": 2}),
    )
    yield "gathering_plan_refused", replace(fresh, form={**FORM, "chair": "王伟"}, refused=refused)
    rooms = "镇政府大会堂 = 陈志远\n余村文化礼堂 = 李秀英"
    yield (
        "gathering_edit",
        replace(fresh, gathering_id=ID, began=True, last_id="", form={**FORM, "rooms": rooms, "below": "1"}),
    )


def _rolls() -> Iterator[Sample]:
    open_one = c.RollPage(
        frame=frame(STAFF, f"/gatherings/{ID}/roll"),
        view=view(),
        counts=COUNTS,
        lines=LINES,
        today="2026-03-12",
        late_from=EVENING + timedelta(minutes=12),
    )
    yield "gathering_roll", open_one
    yield "gathering_roll_empty", replace(open_one, lines=(), counts=Counts())
    refused = RefusedForm(
        form=LINES[3].id,
        typed={"reason": "", "minutes": "", "day": "2026-03-12", "guest": "", "mark": "made_up"},
        reason=Reason(code="mark_reason", args={"field": "reason"}),
    )
    ended = replace(open_one, view=view(GatheringState.ENDED, rooms=ROOMS, below=True))
    yield "gathering_roll_ended", replace(ended, refused=refused)


def _checking_in() -> Iterator[Sample]:
    path, size = qr_path(f"https://weike.example/gatherings/{ID}/here?room=1&k=abcdefghijklmnop")
    code = c.CodePage(
        frame=frame(STAFF, f"/gatherings/{ID}/code"),
        view=view(rooms=ROOMS),
        room=1,
        place=ROOMS[0].place,
        path=path,
        size=size,
        digits="402917",
        left_s=14,
        there=17,
        due=23,
    )
    yield "gathering_code", code
    here = c.HerePage(
        frame=frame(MEMBER, f"/gatherings/{ID}/here"),
        gathering_id=ID,
        title="绿水青山就是金山银山：学习与讨论",
        place="村部二楼会议室",
        state=GatheringState.OPEN,
        rooms=ROOMS[:1],
        room=1,
        ticket="1773228600.1.abcdefghijklmnop",
        over=False,
        done=None,
        on_roll=True,
    )
    yield "gathering_here", here
    yield "gathering_here_over", replace(here, ticket="", over=True, on_roll=False, rooms=ROOMS)
    wrong = RefusedForm(
        form="here",
        typed={"digits": "123456", "room": "1"},
        reason=Reason(code="digits_wrong", args={"field": "digits"}),
    )
    yield "gathering_here_refused", replace(here, ticket="", refused=wrong)
    yield "gathering_here_done", replace(here, done=Mark.LATE)
    yield "gathering_here_closed", replace(here, ticket="", state=GatheringState.ENDED)
