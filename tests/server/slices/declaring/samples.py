"""The queue, declarations, levels: filled with believable contents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from library.core.clock import CHINA
from library.declaring.checking import Checked, Found
from library.declaring.rules import AnswerKind, Check, Ending, Period
from library.declaring.seen import Seen, SeenLevel, SeenLine, SeenRemark, SeenStep
from library.declaring.states import Part, State, Step, steps_of
from server.slices.declaring import contexts as c
from server.web.parts import LessonRef, Reason, RefusedForm
from tests.server.pages.samples import LECTURER, STAFF, TITLES, Sample, frame

AT = datetime(2026, 3, 9, 10, 15, tzinfo=CHINA)
POINTS = tuple(Check)
REVIEWS = frozenset({Part.READER, Part.DECIDER, Part.ABOVE})


def line(n: int = 0, **more: Any) -> SeenLine:
    """The n-th lesson of the sample library, declared by a village."""
    facts: dict[str, Any] = {
        "id": f"d{n}",
        "state": State.DECLARED,
        "title": TITLES[n % len(TITLES)],
        "blind": False,
        "lesson_id": f"lesson{n}",
        "lecturer": "王芳",
        "node_id": "n10",
        "node": "余村党支部",
        "level": 1,
        "levels": 3,
        "level_name": "天荒坪镇党委",
        "round": 1,
        "declared_at": AT,
        "due_at": AT + timedelta(days=7),
        "late": False,
        "chosen": False,
        "duration_s": 1534.0,
    }
    return SeenLine(**{**facts, **more})


def blind(n: int = 1, **more: Any) -> SeenLine:
    """One whose lecturer and node are hidden."""
    hidden = {"lesson_id": None, "lecturer": None, "node_id": None, "node": None, "level_name": None}
    return line(n, blind=True, **hidden, **more)


def route(now: int = 0) -> tuple[SeenLevel, ...]:
    """Town, county, city."""
    usual: dict[str, Any] = {"due_days": 7, "checklist": POINTS, "blind": False, "ending": Ending.PUBLISH}
    names = (("天荒坪镇党委", 0, 1), ("中共安吉县委组织部", 2, 2), ("中共湖州市委组织部", 0, 1))
    return tuple(
        SeenLevel(
            **usual, n=n + 1, name=name, readers=readers, deciders=deciders, passed=n < now, now=n == now
        )
        for n, (name, readers, deciders) in enumerate(names)
    )


def remark(n: int, text: str, **more: Any) -> SeenRemark:
    """A remark of the town."""
    facts: dict[str, Any] = {
        "n": n,
        "round": 1,
        "level": 1,
        "who": "李卫国",
        "at_s": 75.5 * n,
        "clip_n": 1,
        "cue_n": None,
        "quote": "",
        "text": text,
        "made_at": AT + timedelta(days=1),
        "answer_kind": None,
        "answer": "",
        "answered_at": None,
    }
    return SeenRemark(**{**facts, **more})


REMARKS = (
    remark(1, "这里的数字请核对，去年的公报里是 42 万。", quote="全县有党员三十八万人。"),
    remark(
        2,
        "声音有点小。",
        answer_kind=AnswerKind.CHANGED,
        answer="重新调了音量。",
        answered_at=AT + timedelta(days=2),
    ),
    remark(3, "片尾请写明照片的出处。", at_s=None, clip_n=None),
)


def step(n: int, what: Step, part: Part, **more: Any) -> SeenStep:
    """A line of the history."""
    facts: dict[str, Any] = {
        "n": n,
        "round": 1,
        "level": 1,
        "level_name": "天荒坪镇党委",
        "step": what,
        "state": State.DECLARED,
        "part": part,
        "who": "王芳" if part is Part.LECTURER else "李卫国",
        "reason": "",
        "checked": (),
        "at": AT + timedelta(days=n),
    }
    return SeenStep(**{**facts, **more})


HISTORY = (
    step(1, Step.DECLARE, Part.LECTURER, reason="主题教育优秀课，请审。", checked=tuple(POINTS)),
    step(2, Step.RETURN, Part.DECIDER, reason="讲得很好，三处请改一改。"),
    step(3, Step.DECLARE, Part.LECTURER, round=2),
    step(4, Step.APPROVE, Part.DECIDER, round=2, who=None, checked=tuple(map(str, POINTS))),
)


def seen(its: SeenLine, parts: frozenset[Part], **more: Any) -> Seen:
    """A declaration as somebody with some parts in it sees it."""
    facts: dict[str, Any] = {
        "moves": 3,
        "chosen_by": None,
        "route": route(its.level - 1),
        "reads": 1,
        "votes": 1,
        "mine": False,
        "remarks": REMARKS,
        "history": HISTORY,
    }
    return Seen(line=its, parts=parts, steps=steps_of(its.state, parts), **{**facts, **more})


def pages() -> Iterator[Sample]:
    """The queue, what is approved together, one declaration from both sides, declaring, the levels."""
    late = line(2, late=True, due_at=AT - timedelta(days=2), round=2)
    queue = c.DeclarationsPage(
        frame=frame(STAFF, "/declarations"),
        rows=(late, line(0), blind(), *(line(n) for n in range(3, 6))),
        nodes=(("n1", "天荒坪镇党委"), ("n0", "中共安吉县委组织部")),
        node="",
        node_name="",
        state=State.DECLARED,
        late=False,
        count=37,
        count_late=1,
        most=100,
        next="/declarations?after=x",
        ticks=True,
        arranges=True,
        export="/declarations/list/export.csv",
    )
    yield "declarations", replace(queue, more_desks=12)
    args = {"field": "node", "text": "没有的支部"}
    wrong = Reason(code="node_unknown", args=args)
    yield (
        "declarations_none",
        replace(
            queue,
            rows=(),
            count=0,
            count_late=0,
            next="",
            ticks=False,
            nodes=(),
            refused=RefusedForm(form="filters", typed={"at": "没有的支部"}, reason=wrong),
        ),
    )
    yield from _bulk(late)
    yield from _one()
    yield from _declaring()
    yield from _levels()


def _bulk(late: SeenLine) -> Iterator[Sample]:
    bulk = c.BulkPage(
        frame=frame(STAFF, "/declarations/bulk"),
        rows=((late, 3), (line(0), 1), (blind(), 1)),
        checklist=POINTS,
    )
    yield "declarations_bulk", bulk
    open_list = Reason(code="checklist_open", args={"field": "checked", "count": 2})
    typed = {"checked": "content sound picture"}
    refused = RefusedForm(form="confirm", typed=typed, reason=open_list)
    yield "declarations_bulk_refused", replace(bulk, refused=refused)


def _one() -> Iterator[Sample]:
    page = c.DeclarationPage(
        frame=frame(STAFF, "/declarations/d0"),
        one=seen(line(0, level=2, level_name="中共安吉县委组织部", round=2), REVIEWS),
        before="d2",
        after="d3",
        plays=True,
        checklist=POINTS,
    )
    yield "declaration", page
    hidden = seen(blind(), REVIEWS, remarks=REMARKS[1:2], history=HISTORY[:1])
    why = Reason(code="return_why", args={"field": "reason"})
    refused = RefusedForm(form="return", typed={"reason": "", "checked": ""}, reason=why)
    yield "declaration_blind", replace(page, one=hidden, refused=refused, before="", after="")
    returned = seen(line(0, state=State.RETURNED), frozenset({Part.LECTURER}))
    empty = Reason(code="empty", args={"field": "text"})
    own = replace(page, frame=frame(LECTURER, "/declarations/d0"), one=returned, before="", after="")
    yield "declaration_returned", own
    asked = RefusedForm(form="answer-1", typed={"text": "", "kind": "answered"}, reason=empty)
    yield "declaration_answer_refused", replace(own, refused=asked)
    out = seen(line(0, state=State.PUBLISHED, level=3, chosen=True), REVIEWS, chosen_by="中共湖州市委组织部")
    yield "declaration_published", replace(page, one=out, before="", after="")


def _declaring() -> Iterator[Sample]:
    page = c.DeclarePage(
        frame=frame(LECTURER, "/lessons/lesson0/declare"),
        lesson=LessonRef(id="lesson0", title=TITLES[0]),
        node="余村党支部",
        found=tuple(Checked(one, one not in (Found.PROOFREAD, Found.COVER)) for one in Found),
        route=route(-1),
        checklist=POINTS,
        quota=(5, 3, Period.QUARTER),
        earlier=(seen(line(0, state=State.DECLINED), frozenset({Part.LECTURER})),),
    )
    yield "declare", page
    typed = {"reason": "写了很久的说明", "checked": "content sound"}
    open_list = Reason(code="checklist_open", args={"field": "checked", "count": 3})
    yield (
        "declare_refused",
        replace(page, refused=RefusedForm(form="declare", typed=typed, reason=open_list), earlier=()),
    )


def _levels() -> Iterator[Sample]:
    row = c.LevelRow(
        down=0,
        names=("中共安吉县委组织部",),
        readers="2",
        deciders="2",
        due_days="7",
        checklist=frozenset(POINTS),
        blind=True,
        ending=Ending.PUBLISH,
    )
    below = replace(row, down=1, names=("天荒坪镇党委", "灵峰街道党工委", "递铺街道党工委"), readers="0")
    lowest = replace(below, down=2, names=("余村党支部",), deciders="0", checklist=frozenset(), blind=False)
    page = c.LevelsPage(
        frame=frame(STAFF, "/levels"),
        node_id="n0",
        node="中共安吉县委组织部",
        nodes=(("n0", "中共安吉县委组织部"), ("n1", "天荒坪镇党委")),
        own=True,
        source="中共安吉县委组织部",
        above=(("中共浙江省委组织部", None), ("中共湖州市委组织部", route()[2])),
        rows=(row, below, lowest),
        quota="5",
        period=Period.QUARTER,
        limits={"reviewers": 9, "days": 90, "quota": 9999},
    )
    yield "levels", page
    wrong = Reason(code="level_number", args={"field": "quota", "least": 0, "most": 9999})
    typed = {"quota": "很多", "checklist": "", "blind": "", "readers": "", "deciders": "", "due_days": ""}
    refused = RefusedForm(form="levels", typed=typed, reason=wrong)
    yield "levels_refused", replace(page, own=False, above=(), quota="很多", refused=refused)
