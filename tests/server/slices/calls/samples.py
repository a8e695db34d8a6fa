"""Calls, judging, results and certificates: filled with believable contents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from library.calls.demands import HEIGHTS, Demanded, Known, Line, Point, Verdict, report
from library.calls.rules import Criterion, Stage, StageAction, Stake, actions_in
from library.catalog.rules import Genre
from server.slices.calls import contexts as c
from server.slices.calls.certificates import sheet_words
from server.slices.calls.fields import USUAL_DEMANDS, typed_of, usual
from server.slices.calls.results import USUAL_PRIZES
from server.web.parts import LessonRef, Reason, RefusedForm
from server.web.shown.sharing import qr_path
from tests.server.pages.samples import LECTURER, MEMBER, NOW, STAFF, TITLES, Sample, frame, pager

TODAY = date(2026, 3, 12)
NODE = "中共安吉县委组织部"
TITLE = "2026 年全县“微党课”征集"
TEXT = "围绕“绿水青山就是金山银山”理念，讲身边事，讲自己人。请在截止以前提交；提交以后还可以撤回。"
CRITERIA = (Criterion("政治性和内容", 40), Criterion("讲授和表达", 30), Criterion("制作", 30))
KNOWN = Known(
    duration_s=437.0,
    probed=True,
    lines=720,
    fps=25.0,
    has_picture=True,
    has_sound=True,
    heard=True,
    lufs=-23.4,
    looking=True,
)
LINES = report(USUAL_DEMANDS, KNOWN)
GOOD = tuple(replace(one, verdict=Verdict.OK) for one in LINES)
CODE = "x3k9-p2mq-7rtd-h4wb"


def pages() -> Iterator[Sample]:
    """Calls as pages show them."""
    yield from _calls()
    yield from _entering()
    yield from _kept()
    yield from _judging()
    yield from _results()
    yield from _certificates()


def _calls() -> Iterator[Sample]:
    cards = tuple(
        c.CallCard(
            id=f"c{n}",
            title=(
                TITLE,
                "全镇讲红色故事短视频征集：每个支部都要有自己的故事，讲给年轻党员听",
                "纪律教育片征集",
                "草稿",
            )[n],
            node=(NODE, "中共天荒坪镇委员会", NODE, NODE)[n],
            stage=(Stage.OPEN, Stage.JUDGING, Stage.RESULTS, Stage.DRAFT)[n],
            opens_on=TODAY,
            closes_on=TODAY + timedelta(days=30),
            taking=n == 0,
            to_judge=n == 1,
        )
        for n in range(4)
    )
    listed = c.CallsPage(frame=frame(MEMBER, "/calls"), calls=cards[:3], pager=pager(1, 3, "/calls"))
    yield "calls", listed
    nodes = (("b1", NODE), ("b2", "中共天荒坪镇委员会"))
    yield "calls_staff", replace(listed, frame=frame(STAFF, "/calls"), calls=cards, nodes=nodes)
    yield "calls_empty", replace(listed, calls=(), pager=pager(0, 0, "/calls"))
    one = c.CallPage(
        frame=frame(LECTURER, "/calls/c0"),
        id="c0",
        title=TITLE,
        node=NODE,
        text=TEXT,
        body=NODE,
        stage=Stage.OPEN,
        opens_on=TODAY,
        closes_on=TODAY + timedelta(days=30),
        judged_until=TODAY + timedelta(days=45),
        results_on=TODAY + timedelta(days=50),
        categories=(*map(str, Genre), "红色故事"),
        demands=report(USUAL_DEMANDS, Known()),
        criteria=CRITERIA,
        scale=100,
        quota=5,
        blind=True,
        trimmed=True,
        taking=True,
        told=False,
        own=(replace(_work(0), report=GOOD, may_take_back=True), replace(_work(1), may_take_back=True)),
        lessons=(LessonRef(id="lesson2", title=TITLES[2]), LessonRef(id="lesson5", title=TITLES[5])),
        may_enter=True,
    )
    yield "call", one
    gone = Reason(code="entry_lesson_gone", args={"field": "lesson"})
    typed = RefusedForm(form="check", typed={"lesson": "https://weike.example.cn/lessons/无"}, reason=gone)
    yield "call_refused", replace(one, own=(), refused=typed)
    told = replace(one, stage=Stage.RESULTS, taking=False, told=True, may_enter=False, own=(), demands=())
    yield "call_told", replace(told, frame=frame(STAFF, "/calls/c0"), keeps=True, judges=True)


def _work(n: int) -> c.WorkRow:
    return c.WorkRow(
        n=n + 1,
        title=TITLES[(0, 5, 2, 3)[n]],
        category=("onsite", "红色故事", "lecture", "film")[n],
        unit=("余村党支部", "中共天荒坪镇委员会", "大溪村党支部", "安吉县融媒体中心党支部")[n],
        lecturer=("王芳", "李建国", "张敏", "")[n],
        lesson_id=f"lesson{n}",
        entered_at=NOW,
        report=LINES,
    )


def _entering() -> Iterator[Sample]:
    page = c.EnteringPage(
        frame=frame(LECTURER, "/calls/c0/entering?lesson=lesson0"),
        call_id="c0",
        call=TITLE,
        lesson=LessonRef(id="lesson0", title=TITLES[0]),
        lines=LINES,
        hinders=True,
        checking=True,
        not_asked=False,
        categories=(*map(str, Genre), "红色故事"),
        category="lecture",
        quota=5,
        closes_on=TODAY + timedelta(days=30),
    )
    yield "entering", page
    unknown = tuple(
        Line(point, Demanded.WISH, Verdict.UNKNOWN) if point is Point.BARS else one
        for point, one in ((line.point, line) for line in GOOD)
    )
    good = replace(page, lines=unknown, hinders=False, checking=False, not_asked=True)
    yield "entering_good", good
    full = Reason(code="call_quota_full", args={"field": "lesson", "most": 5})
    refused = RefusedForm(form="enter", typed={"category": "红色故事"}, reason=full)
    yield "entering_refused", replace(good, category="红色故事", refused=refused)
    yield "entering_done", replace(good, entered=True, not_asked=False)


def _kept() -> Iterator[Sample]:
    form, genres = typed_of(usual(TODAY))
    new = c.CallFormPage(
        frame=frame(STAFF, "/calls/new"),
        call_id="",
        node_id="b1",
        node=NODE,
        version=0,
        form=form,
        genres=genres,
        heights=HEIGHTS,
        title_max=120,
        text_max=4000,
        body_max=120,
    )
    yield "call_new", new
    dates = Reason(code="call_dates", args={"field": "closes_on"})
    typed = {**form, "title": TITLE, "closes_on": "2026-01-01"}
    refused = RefusedForm(form="call", typed=typed, reason=dates)
    yield "call_edit_refused", replace(new, call_id="c0", version=3, form=typed, scored=True, refused=refused)
    desk = c.CallDeskPage(
        frame=frame(STAFF, "/calls/c0/desk"),
        id="c0",
        title=TITLE,
        node=NODE,
        stage=Stage.OPEN,
        version=3,
        actions=actions_in(Stage.OPEN),
        works=tuple(replace(_work(n), may_take_back=True) for n in range(4)),
        judges=(
            c.JudgeLine(id="j1", name="陈志远", scored=0, due=4, handed_in_at=None),
            c.JudgeLine(id="j2", name="", scored=3, due=3, handed_in_at=NOW),
        ),
        named=True,
        closes_on=TODAY + timedelta(days=30),
        early=True,
    )
    yield "call_desk", desk
    unknown = Reason(code="judge_ambiguous", args={"field": "judge", "text": "王芳", "count": 3})
    refused = RefusedForm(form="judge", typed={"judge": "王芳"}, reason=unknown)
    judging = replace(desk, stage=Stage.JUDGING, actions=actions_in(Stage.JUDGING), named=False, early=False)
    yield "call_desk_judging", replace(judging, refused=refused)
    empty = replace(desk, stage=Stage.DRAFT, actions=(StageAction.OPEN,), works=(), judges=(), early=False)
    no_judges = RefusedForm(form="", typed={}, reason=Reason(code="call_no_judges"))
    yield "call_desk_empty", replace(empty, refused=no_judges)


def _judging() -> Iterator[Sample]:
    works = tuple(
        c.JudgedWork(n=row.n, title=row.title, category=row.category, unit="", lecturer="")
        for row in map(_work, range(4))
    )
    works = (
        replace(works[0], own="88.50"),
        works[1],
        replace(works[2], stake=Stake.BRANCH),
        replace(works[3], own="90.00"),
    )
    page = c.JudgingPage(
        frame=frame(MEMBER, "/calls/c0/judging"),
        id="c0",
        title=TITLE,
        judged_until=TODAY + timedelta(days=45),
        stage=Stage.JUDGING,
        blind=True,
        works=works,
        left=1,
        next=2,
        handed_in_at=None,
        others_in=0,
    )
    yield "judging", page
    done = (works[0], replace(works[1], own="76.00"), *works[2:])
    yield "judging_all", replace(page, works=done, left=0, next=None)
    others = tuple(replace(one, others=("84.00", "91.50")) for one in done)
    yield "judging_in", replace(page, works=others, left=0, next=None, handed_in_at=NOW, others_in=2)
    score = c.ScorePage(
        frame=frame(MEMBER, "/calls/c0/judging/2"),
        call_id="c0",
        call=TITLE,
        work=works[1],
        clips=(c.PlayedClip(n=1, master="/media/x/master.m3u8", poster="/poster/1.jpg", duration_s=437.0),),
        criteria=CRITERIA,
        scale=100,
        points=("", "", ""),
        why="",
        why_max=500,
        may_score=True,
        handed_in=False,
        before=1,
        after=3,
        left=1,
    )
    yield "score", score
    beyond = Reason(code="score_beyond", args={"field": "points-2", "name": "讲授和表达", "most": 100})
    typed = {"points-1": "90", "points-2": "900", "points-3": "85", "why": "讲得真切"}
    refused = RefusedForm(form="score", typed=typed, reason=beyond)
    yield "score_refused", replace(score, points=("90", "900", "85"), why="讲得真切", refused=refused)
    clips = tuple(replace(score.clips[0], n=n) for n in (1, 2))
    stake = replace(score, work=works[2], clips=clips, may_score=False, before=2, after=4)
    yield "score_stake", stake
    handed = replace(works[0], others=("84.00", "91.50"))
    yield "score_in", replace(score, work=handed, clips=(), may_score=False, handed_in=True, before=None)


def _results() -> Iterator[Sample]:
    figures = (("91.20", "86.00", "95.50"), ("88.40", "80.00", "92.00"), ("88.40", "84.00", "90.50"))
    rows = tuple(
        c.ResultRow(
            n=row.n,
            rank=(1, 2, 2, None)[n],
            tied=n in (1, 2),
            title=row.title,
            category=row.category,
            unit=row.unit,
            lesson_id=row.lesson_id,
            mean=figures[n][0] if n < 3 else "",
            lowest=figures[n][1] if n < 3 else "",
            highest=figures[n][2] if n < 3 else "",
            judges=(5, 5, 4, 0)[n],
            trimmed=n < 2,
            prize=("一等奖", "二等奖", "二等奖", "")[n],
            beyond=n == 2,
        )
        for n, row in enumerate(map(_work, range(4)))
    )
    example = c.Example(
        title=TITLES[0],
        figures=("86.00", "90.00", "91.60", "92.00", "95.50"),
        dropped=("86.00", "95.50"),
        mean="91.20",
    )
    page = c.ResultsPage(
        frame=frame(MEMBER, "/calls/c0/results"),
        id="c0",
        title=TITLE,
        node=NODE,
        stage=Stage.RESULTS,
        told=True,
        rows=tuple(replace(one, beyond=False, code=CODE if one.prize else "") for one in rows),
        judges_in=5,
        judges_out=1,
        trimmed=True,
        criteria=CRITERIA,
        scale=100,
        example=example,
        keeps=False,
        prizes=USUAL_PRIZES,
        level="county",
        preview=False,
    )
    yield "results", page
    staff = replace(page, frame=frame(STAFF, "/calls/c0/results"), keeps=True)
    yield "results_staff", staff
    yield "results_preview", replace(staff, rows=rows, preview=True)
    line = Reason(code="prize_line", args={"field": "prizes", "text": "一等奖若干"})
    refused = RefusedForm(form="honours", typed={"prizes": "一等奖若干"}, reason=line)
    yield "results_refused", replace(staff, rows=rows, prizes="一等奖若干", refused=refused)
    early = replace(staff, stage=Stage.JUDGING, told=False, rows=(), example=None, judges_in=0)
    yield "results_early", early


def _certificates() -> Iterator[Sample]:
    line = c.CertificateLine(
        code=CODE,
        title=TITLES[0],
        lecturer="王芳",
        unit="余村党支部",
        award="“2026 年全县‘微党课’征集”一等奖",
        year=2026,
        body=NODE,
        issued_on=TODAY,
        valid=True,
    )
    empty = c.CertificatePage(frame=frame(None, "/certificates"))
    yield "certificate_none", empty
    unknown = Reason(code="certificate_unknown", args={"field": "code"})
    refused = RefusedForm(form="code", typed={"code": "x3k9-p2mq"}, reason=unknown)
    yield "certificate_unknown", replace(empty, code="x3k9-p2mq", refused=refused)
    yield "certificate", replace(empty, code=CODE, found=line)
    gone = replace(line, valid=False, withdrawn_at=NOW)
    yield "certificate_gone", replace(empty, code=CODE, found=gone)
    url = f"https://weike.example.cn/certificates/{CODE}"
    qr, size = qr_path(url)
    sheet = c.CertificateSheetPage(
        frame=frame(None, f"/certificates/{CODE}/print"),
        found=line,
        words=sheet_words(line, "https://weike.example.cn/certificates"),
        qr=qr,
        size=size,
    )
    yield "certificate_sheet", sheet
    yield "certificate_sheet_gone", replace(sheet, found=gone)
