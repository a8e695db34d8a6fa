"""The weeks and the desk where they are planned: filled with believable contents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from library.catalog.permits import Audience, LessonState
from library.core.clock import CHINA
from library.handling.rules import Outcome, Spread
from library.programme.rules import Reading, WeekMode, WeekState
from library.programme.weeks import Week, week_of
from server.slices.programme import contexts as c
from server.web.parts import LessonRef, Reason, RefusedForm
from server.web.shown.weeks import HomeWeeks, WeekLesson, WeekLine, WeekPart, WeekView
from tests.server.pages.samples import MEMBER, STAFF, TITLES, Sample, card, frame, pager

WEEK = Week(2026, 11)
EIGHT = datetime(2026, 3, 9, 8, tzinfo=CHINA)
READING = (
    Reading("《中国共产党章程》第一章", "https://www.12371.cn/special/zggcdzc/"),
    Reading("《中国共产党支部工作条例（试行）》第四章"),
)


def lesson(n: int, *, place: int = 1, out: bool = True, **more: Any) -> WeekLesson:
    """The n-th lesson of the sample library in a week."""
    its = card(n, views=0, **more)
    opens = out and its.state is LessonState.PUBLISHED
    return WeekLesson(n=place, id=its.id, title=its.title, state=its.state, open=opens, card=its)


def part(**more: Any) -> WeekPart:
    """The county's part of this week, which came out in time."""
    facts: dict[str, Any] = {
        "node_id": "n0",
        "node": "安吉县委组织部",
        "inherited": True,
        "mode": WeekMode.ADD,
        "theme": "绿水青山就是金山银山",
        "text": "先看十分钟的课，再想一想本村的“绿水青山”在哪里。",
        "reading": READING,
        "lessons": (lesson(0), lesson(1, place=2)),
        "due_at": EIGHT,
        "released_at": EIGHT + timedelta(seconds=1),
    }
    return WeekPart(**{**facts, **more})


def village(**more: Any) -> WeekPart:
    """What a village adds, on Wednesday evening."""
    facts: dict[str, Any] = {
        "node_id": "n10",
        "node": "余村党支部",
        "inherited": False,
        "theme": "",
        "text": "周三晚上七点半，村部二楼，一起看、一起议。",
        "reading": (),
        "lessons": (lesson(4, out=False),),
        "due_at": EIGHT + timedelta(days=2, hours=11, minutes=30),
        "released_at": None,
    }
    return part(**{**facts, **more})


def view(week: Week = WEEK, *parts: WeekPart) -> WeekView:
    """A week of some parts."""
    parts = parts or (part(),)
    out = any(one.released_at for one in parts)
    return WeekView(
        week=str(week),
        monday=week.monday,
        sunday=week.sunday,
        state=WeekState.RELEASED if out else WeekState.COMING,
        parts=parts,
        lead=next((one for one in parts if one.theme), parts[0]),
    )


def later(weeks: int, theme: str, *lessons: int) -> WeekView:
    """A week that is yet to come."""
    its = tuple(lesson(n, place=place, out=False) for place, n in enumerate(lessons, 1))
    due = EIGHT + timedelta(weeks=weeks)
    return view(
        WEEK.after(weeks), part(theme=theme, text="", reading=(), lessons=its, due_at=due, released_at=None)
    )


LATE = part(
    theme="一封家书里的初心",
    late=True,
    due_at=EIGHT - timedelta(weeks=1),
    released_at=EIGHT - timedelta(days=5),
)


def line(weeks: int, theme: str) -> WeekLine:
    """A week in short."""
    week = WEEK.after(weeks)
    return WeekLine(week=str(week), monday=week.monday, sunday=week.sunday, theme=theme)


HOME = HomeWeeks(
    this=view(WEEK, village(), part()),
    coming=later(1, "新时代“枫桥经验”进村", 4, 5),
    missed=(line(-1, "一封家书里的初心"), line(-3, "入党誓词的由来")),
)


def pages() -> Iterator[Sample]:
    """The list, one week, nothing planned, the calendar, one week being planned, forms not taken."""
    weeks = c.WeeksPage(
        frame=frame(MEMBER, "/weeks"),
        node="余村党支部",
        this=HOME.this,
        coming=(later(1, "新时代“枫桥经验”进村", 4, 5), later(2, "怎样开好一次组织生活会", 3)),
        past=tuple(view(WEEK.after(-n), one) for n, one in enumerate((LATE, part(), part(theme="")), 1)),
        pager=pager(4, 40, "/weeks"),
    )
    yield "weeks", weeks
    yield (
        "weeks_empty",
        replace(weeks, frame=frame(STAFF, "/weeks"), this=None, coming=(), past=(), may_plan=True),
    )
    yield from _one_week()
    yield from _calendar()
    yield from _planning()
    yield from _together()


def _one_week() -> Iterator[Sample]:
    week = c.WeekPage(
        frame=frame(MEMBER, f"/weeks/{WEEK}"),
        week=str(WEEK),
        monday=WEEK.monday,
        sunday=WEEK.sunday,
        node="余村党支部",
        view=view(WEEK, village(), part(hidden=2)),
        before=str(WEEK.after(-1)),
        after=str(WEEK.after(1)),
    )
    yield "week", week
    draft = lesson(2, place=3, state=LessonState.DRAFT)
    told = part(
        lessons=(lesson(0), WeekLesson(n=2), draft, WeekLesson(n=4, id="hidden")),
        may_plan=True,
        released_at=EIGHT + timedelta(days=1, hours=3),
        late=True,
    )
    yield "week_for_staff", replace(week, frame=frame(STAFF, f"/weeks/{WEEK}"), view=view(WEEK, told))
    yield "week_none", replace(week, view=None, before="", other_node="n10", frame=frame(STAFF, "/weeks/x"))


def _calendar() -> Iterator[Sample]:
    weeks = [week_of(date(2026, 3, 1)).after(n) for n in range(6)]
    own = {weeks[1]: part(inherited=False), weeks[2]: village(mode=WeekMode.REPLACE, theme=TITLES[5])}
    rows = tuple(
        c.CalendarRow(
            week=str(week),
            days=tuple(week.monday + timedelta(days=n) for n in range(7)),
            is_now=week == WEEK,
            own=own.get(week),
            above=(("中共安吉县委", "党史里的春天"),) if n in (1, 3) else (),
        )
        for n, week in enumerate(weeks)
    )
    page = c.ProgrammePage(
        frame=frame(STAFF, "/programme"),
        node_id="n10",
        node="余村党支部",
        above=("中共安吉县委", "天荒坪镇党委"),
        closed=False,
        month=date(2026, 3, 1),
        before="2026-02",
        after="2026-04",
        today=date(2026, 3, 12),
        rows=rows,
        nodes=(("n10", "余村党支部"), ("n1", "天荒坪镇党委")),
    )
    yield "programme", page
    args = {"field": "at", "text": "没有的支部"}
    refused = RefusedForm(
        form="at", typed={"at": "没有的支部"}, reason=Reason(code="node_unknown", args=args)
    )
    yield "programme_refused", replace(page, refused=refused, closed=True, nodes=())


def _planning() -> Iterator[Sample]:
    lessons = (
        lesson(0),
        lesson(5, place=2, audience=Audience.SIGNED_IN),
        lesson(2, place=3, state=LessonState.DRAFT),
        WeekLesson(n=4),
    )
    plan = c.PlanPage(
        frame=frame(STAFF, f"/programme/n10/{WEEK}"),
        node_id="n10",
        node="余村党支部",
        week=str(WEEK),
        monday=WEEK.monday,
        sunday=WEEK.sunday,
        version=3,
        part=village(lessons=lessons),
        above=(part(),),
        form=c.PlanForm(
            theme="绿水青山就是金山银山",
            text="周三晚上七点半，村部二楼，一起看、一起议。",
            reading="《中国共产党章程》第一章 https://www.12371.cn/special/zggcdzc/",
            mode=WeekMode.ADD,
            release="2026-03-11T19:30",
        ),
        before=str(WEEK.after(-1)),
        after=str(WEEK.after(1)),
        month="2026-03",
        targets=tuple(
            c.TargetWeek(week=str(one), monday=one.monday, sunday=one.sunday)
            for one in (WEEK.after(n) for n in range(1, 9))
        ),
        limits=(80, 2000, 20),
        q="枫桥",
        found=(
            c.FoundLesson(
                id="lesson4", title=TITLES[4], lecturer="王芳", state=LessonState.PUBLISHED, taken=False
            ),
            c.FoundLesson(id="lesson0", title=TITLES[0], lecturer="", state=LessonState.DRAFT, taken=True),
        ),
    )
    yield "plan", plan
    blank = c.PlanForm(theme="", text="", reading="", mode=WeekMode.ADD, release="2026-03-09T08:00")
    yield (
        "plan_first",
        replace(plan, version=0, part=None, above=(), form=blank, targets=(), q="", found=None),
    )
    typed = {
        "theme": "",
        "text": "",
        "reading": "看 javascript:x",
        "mode": "replace",
        "release": "2026-05-01T08:00",
    }
    outside = Reason(code="release_outside_week", args={"field": "release", "week": str(WEEK)})
    yield (
        "plan_refused",
        replace(
            plan,
            part=village(mode=WeekMode.REPLACE, lessons=lessons),
            form=c.PlanForm(theme="", text="", reading="", mode=WeekMode.REPLACE, release="2026-05-01T08:00"),
            refused=RefusedForm(form="words", typed=typed, reason=outside),
            found=(),
            search_away=True,
        ),
    )
    taken = Reason(code="weeks_taken", args={"field": "to", "count": 2, "weeks": "2026-W12、2026-W14"})
    copy = RefusedForm(form="copy", typed={"to": "2026-W12 2026-W14"}, reason=taken)
    yield "plan_copy_refused", replace(plan, part=part(inherited=False), refused=copy, found=None, q="")


def _together() -> Iterator[Sample]:
    found = tuple(
        c.FoundLesson(id=f"lesson{n}", title=TITLES[n], lecturer="王芳", state=state, taken=n < 2)
        for n, state in enumerate((LessonState.PUBLISHED, LessonState.DRAFT, LessonState.PUBLISHED))
    )
    page = c.TogetherPage(
        frame=frame(STAFF, "/weeks-at-once"),
        nodes=(("n1", "天荒坪镇党委"), ("n10", "余村党支部")),
        chosen_nodes=("n10",),
        picked=found[:2],
        found=found,
        weeks=tuple(str(WEEK.after(n)) for n in range(53)),
        week=str(WEEK.after(1)),
        spread=Spread.EACH,
        most=100,
        q="枫桥",
    )
    yield "together", page
    wrong = Reason(code="together_no_node", args={"field": "node"})
    refused = RefusedForm(form="together", typed={}, reason=wrong)
    empty = replace(page, picked=(), found=(), search_away=True, chosen_nodes=())
    yield "together_refused", replace(empty, spread=Spread.ALL, refused=refused)
    rows = tuple(
        c.PlacedLesson(
            lesson=LessonRef(id=f"lesson{n}", title=TITLES[n] if n < 3 else ""),
            week=str(WEEK.after(n + 1)),
            outcome=outcome,
            reason=Reason(code="week_far", args={"week": "2027-W14", "back": 53, "ahead": 53})
            if outcome is Outcome.REFUSED
            else None,
        )
        for n, outcome in enumerate((Outcome.DONE, Outcome.SAME, Outcome.REFUSED, Outcome.DONE))
    )
    nodes = tuple(c.NodePlaces(id=one, name=name, rows=rows) for one, name in page.nodes)
    preview = c.TogetherPreview(
        frame=page.frame,
        lessons=("lesson0", "lesson1", "lesson2", "lesson3"),
        week=str(WEEK.after(1)),
        spread=Spread.EACH,
        nodes=nodes,
        count=4,
    )
    yield "together_preview", preview
    yield "together_preview_none", replace(preview, nodes=(replace(nodes[0], rows=rows[1:3]),), count=0)
    done = c.TogetherDonePage(
        frame=page.frame, batches=("b1", "b2"), nodes=nodes, until=EIGHT + timedelta(days=3)
    )
    yield "together_done", done
    yield "together_undone", replace(done, until=None, undone=True)
