"""Grades, a branch's month and year, rule sets and 减负: filled with believable contents."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from library.core.permits import Grant, MemberState, Role, Viewer
from library.evidence.rules import Source, StudyForm
from library.grades import rules
from library.grades.burden import Burden
from library.grades.examples import BASE_SIXTY, DAILY_AND_APPRAISAL, REVIEW
from library.grades.facts import Origin
from library.grades.language import RuleKind, parse
from library.grades.rules import AppealState, Left, PeriodState, RulesState, months_of
from server.slices.grades import contexts as c
from server.slices.grades.fields import typed_of
from server.web.parts import Reason, RefusedForm
from tests.server.pages.samples import MEMBER, NOW, STAFF, Sample, frame

SECRETARY = Viewer("p9", "余水根", (Grant(Role.SECRETARY, "b2", "/b1/b2/"),))
NODE = "余村党支部"
NODES = (("b2", NODE),)
MONTH = "2026-02"
RULED, APPRAISED = parse(BASE_SIXTY), parse(DAILY_AND_APPRAISAL)
HAPPENED = {
    "due.gathered": 4,
    "present.gathered": 3,
    "absent.gathered": 1,
    "attended.evening": 4,
    "self_studied": 2,
    "practised": 1,
}
SCORED = rules.score(RULED, HAPPENED, {"日常表现": 300})
NAMES = ("陈志远", "李秀英", "欧阳竹海青", "王芳", "张敏")


def pages() -> Iterator[Sample]:
    """Grades as pages show them."""
    yield from _own()
    yield from _desk()
    yield from _one()
    yield from _rules()
    yield from _year()


def _own() -> Iterator[Sample]:
    grades = tuple(
        c.OwnGrade(
            id=f"g{n}",
            period=("2026", "2026-02", "2026-01")[n],
            node=(NODE, NODE, "天荒坪镇机关党支部")[n],
            points=("", "84.5", "71.25")[n],
            band=("合格", "良", "一般")[n],
            n=(1, 2, 1)[n],
        )
        for n in range(3)
    )
    year = c.YearLine(
        year="2026",
        first="2025-12",
        last="2026-11",
        months=2,
        mean="77.88",
        points="",
        band="",
        missing_appraisal=True,
        months_percent=60,
        appraisal="年度测评",
    )
    page = c.OwnGradesPage(frame=frame(MEMBER, "/grades"), grades=grades, year=year)
    yield "grades_own", page
    known = replace(year, points="82.73", band="良", missing_appraisal=False)
    yield "grades_own_secretary", replace(page, frame=frame(SECRETARY, "/grades"), year=known, keeps=True)
    yield "grades_own_empty", replace(page, grades=(), year=None)


def _desk() -> Iterator[Sample]:
    rows = tuple(
        c.MonthRow(
            id=f"g{n}",
            name=name,
            status=MemberState.PROBATIONARY if n == 3 else MemberState.FULL,
            points=("91", "84.5", "60", "71.25", "88")[n],
            proposed=("优", "良", "一般", "一般", "优")[n],
            band=("优", "良", "一般", "一般", "良")[n],
            without=False,
            reason="两次迟到，支部委员会讨论决定" if n == 4 else "",
            n=2 if n == 1 else 1,
            appeal=n == 2,
            changed=n in (1, 2),
        )
        for n, name in enumerate(NAMES)
    )
    empty = c.GradesDeskPage(
        frame=frame(SECRETARY, f"/grades/desk?node=b2&month={MONTH}"),
        node_id="b2",
        node=NODE,
        month=MONTH,
        review=False,
        before="2026-01",
        after="2026-03",
        nodes=NODES,
        own=True,
        rules_name="",
    )
    yield "grades_desk_no_rules", empty
    ready = replace(empty, rules_name=RULED.name)
    yield "grades_desk_before", ready
    quotas = (Left("优", 1, 2, 5),)
    proposed = replace(
        ready,
        period_id="m1",
        version=3,
        state=PeriodState.OPEN,
        asked_at=NOW,
        rows=rows,
        quotas=quotas,
        others=2,
        came=("新来的同志",),
        elsewhere=("搬走的同志",),
    )
    quota = Reason(code="grades_quota", args={"band": "优", "most": 1, "there": 2, "of": 5})
    yield "grades_desk", proposed
    yield "grades_desk_refused", replace(proposed, refused=RefusedForm(form="freeze", typed={}, reason=quota))
    frozen = replace(proposed, state=PeriodState.FROZEN, frozen_at=NOW, went=("陈志远",))
    yield "grades_desk_frozen", frozen
    branches = tuple(
        c.BranchLine(
            id=f"b{n}",
            name=("余村党支部", "大溪村党支部", "天荒坪镇机关党支部")[n],
            state=(PeriodState.FROZEN, PeriodState.OPEN, None)[n],
            people=(23, 18, 0)[n],
            bands=((("优", 7), ("良", 12), ("一般", 4)), (("良", 18),), ())[n],
            appeals=1 if n == 0 else 0,
        )
        for n in range(3)
    )
    above = replace(
        ready,
        frame=frame(STAFF, "/grades/desk"),
        node_id="b1",
        node="中共天荒坪镇委员会",
        nodes=(("b1", "中共天荒坪镇委员会"), *NODES),
        own=False,
        branches=branches,
        left_out=12,
    )
    yield "grades_desk_above", above
    review = replace(
        proposed,
        month="2026",
        before="2025",
        after="",
        review=True,
        rules_name="民主评议党员",
        rows=tuple(
            replace(one, points="", proposed="", band=("", "合格", "合格", "", "优秀")[n], without=n == 3)
            for n, one in enumerate(rows)
        ),
        quotas=(Left("优秀", 1, 1, 4),),
    )
    yield "grades_desk_review", review


def _one() -> Iterator[Sample]:
    day = date(2026, 2, 10)
    origins = (
        Origin("attended", StudyForm.GATHERED, day, Source.GATHERING, "x", "学习贯彻全会精神（第二讲）"),
        Origin("absent", StudyForm.GATHERED, day, Source.GATHERING, "x", "组织生活会"),
        Origin("excused", StudyForm.EVENING, day, Source.GATHERING, "x", "夜校：竹林管护", "出差"),
        Origin("practised", StudyForm.PRACTICE, day, Source.PRACTICE, "x", later=True),
    )
    items = (
        c.ItemLine(
            name="日常表现",
            least="-10",
            most="10",
            points="3",
            reason="防汛值守主动顶班",
            by="余水根",
            at=NOW,
        ),
    )
    decisions = (
        c.DecisionLine(
            id="g1", n=1, points="79.5", proposed="良", band="一般", reason="缺席一次", by="余水根", at=NOW
        ),
    )
    page = c.GradePage(
        frame=frame(SECRETARY, "/grades/one/g1"),
        id="g1",
        name="李秀英",
        node_id="b2",
        node=NODE,
        period=MONTH,
        state=PeriodState.OPEN,
        rules=RULED,
        lines=SCORED.lines,
        daily=rules.shown(SCORED.daily),
        appraisal="",
        points=rules.shown(SCORED.score),
        proposed="良",
        band="一般",
        without=False,
        status=MemberState.FULL,
        decisions=decisions,
        origins=origins,
        items=items,
        bands=("优", "良", "一般", "差"),
        keeps=True,
    )
    yield "grade_open", page
    why = Reason(code="grades_reason", args={"field": "reason"})
    yield (
        "grade_decide_refused",
        replace(page, refused=RefusedForm(form="decide", typed={"band": "优", "reason": ""}, reason=why)),
    )
    burden = Reason(
        code="grades_burden_sign_ins",
        args={"field": "reason", "point": "sign_ins", "where": "reason", "text": "本月登录三十次"},
    )
    typed = {"item": "日常表现", "points": "5", "reason": "本月登录三十次"}
    waiting = replace(items[0], points="", reason="", at=None)
    yield (
        "grade_enter_refused",
        replace(page, items=(waiting,), refused=RefusedForm(form="enter", typed=typed, reason=burden)),
    )
    appeal = c.AppealLine(id="a1", text="二月十日的实践没有算上，请核对。", at=NOW, state=AppealState.OPEN)
    frozen = replace(
        page,
        state=PeriodState.FROZEN,
        appeals=(appeal,),
        other={"practised": (1, 2), "attended.gathered": (3, 4)},
        now="82.5",
    )
    yield "grade_appealed", frozen
    own = replace(
        frozen, frame=frame(MEMBER, "/grades/one/g1"), keeps=False, own=True, appeals=(), other=None
    )
    yield "grade_own", own
    answered = replace(
        appeal, state=AppealState.CORRECTED, answer="核对属实，补记一次实践。", by="余水根", answered_at=NOW
    )
    both = (
        *decisions,
        replace(decisions[0], id="g2", n=2, points="82.5", band="良", reason="核对属实，补记一次实践。"),
    )
    yield "grade_corrected", replace(own, id="g2", band="良", decisions=both, appeals=(answered,))
    upheld = RefusedForm(
        form="uphold", typed={"answer": ""}, reason=Reason(code="empty", args={"field": "answer"})
    )
    yield "grade_uphold_refused", replace(frozen, refused=upheld)
    made = rules.score(APPRAISED, HAPPENED, {})
    yield (
        "grade_lacking",
        replace(
            page,
            rules=APPRAISED,
            lines=made.lines,
            daily=rules.shown(made.daily),
            points="",
            proposed="",
            band="",
        ),
    )
    reviewed = parse(REVIEW)
    yield (
        "grade_review",
        replace(
            page,
            rules=reviewed,
            period="2026",
            lines=(),
            points="",
            proposed="",
            band="",
            items=(),
            bands=("优秀", "合格", "基本合格", "不合格"),
            decisions=(replace(decisions[0], points="", proposed="", band="", reason="", by=""),),
        ),
    )


def _rules() -> Iterator[Sample]:
    versions = tuple(
        c.RulesLine(
            id=f"r{n}",
            kind=(RuleKind.MONTH, RuleKind.REVIEW, RuleKind.MONTH)[n],
            n=(2, 1, 1)[n],
            name=("平时 60%，测评 40%", "民主评议党员", RULED.name)[n],
            valid_from=("2026-04", "2026-01", "2025-12")[n],
            state=(RulesState.DRAFT, RulesState.IN_FORCE, RulesState.IN_FORCE)[n],
        )
        for n in range(3)
    )
    page = c.RulesPage(
        frame=frame(SECRETARY, "/grades/rules?node=b2"),
        node_id="b2",
        node=NODE,
        nodes=NODES,
        versions=versions,
        applies=versions[1:],
        from_above=("中共天荒坪镇委员会", ""),
        waivers=(),
        points=tuple(Burden),
        may_waive=False,
        month="2026-04",
    )
    yield "grade_rules", page
    waiver = c.WaiverLine(
        id="w1",
        point=Burden.TIME,
        basis="《某某县干部教育培训学时管理办法》（县委办〔2026〕1号）第三条",
        node=NODE,
        by="管理员",
        at=NOW,
        here=True,
    )
    admin = replace(page, may_waive=True, waivers=(waiver,))
    yield "grade_rules_admin", admin
    basis = Reason(code="grades_basis", args={"field": "basis", "least": 8})
    typed = {"point": "likes", "basis": "有"}
    yield (
        "grade_rules_waive_refused",
        replace(admin, refused=RefusedForm(form="waive", typed=typed, reason=basis)),
    )
    document = json.dumps(BASE_SIXTY, ensure_ascii=False, indent=2).replace("夜校", "点赞")
    burden = Reason(
        code="grades_burden_likes",
        args={"field": "document", "point": "likes", "where": "terms.1.name", "text": "点赞"},
    )
    yield (
        "grade_rules_import_refused",
        replace(
            page,
            versions=(),
            applies=(),
            document=document,
            refused=RefusedForm(
                form="import", typed={"document": document, "valid_from": "2026-04"}, reason=burden
            ),
        ),
    )
    form, terms, bands = typed_of(RULED, "2026-04")
    edit = c.RulesFormPage(
        frame=frame(SECRETARY, "/grades/rules/r0"),
        id="r0",
        node_id="b2",
        node=NODE,
        kind=RuleKind.MONTH,
        number=2,
        state=RulesState.DRAFT,
        version=4,
        valid_from="2026-04",
        tried_at=None,
        rules=RULED,
        form=form,
        terms=terms,
        bands=bands,
        fits=True,
        document=json.dumps(RULED.document(), ensure_ascii=False, indent=2),
        last_month=MONTH,
    )
    yield "grade_rules_form", edit
    wrong = Reason(code="grades_points", args={"field": "t2", "text": "两分"})
    typed_terms = (terms[0], {**terms[1], "points": "两分"}, *terms[2:])
    yield (
        "grade_rules_form_refused",
        replace(
            edit, terms=typed_terms, tried_at=NOW, refused=RefusedForm(form="edit", typed=form, reason=wrong)
        ),
    )
    reviewed = parse(REVIEW)
    form, terms, bands = typed_of(reviewed, "2026-01")
    yield (
        "grade_rules_review",
        replace(edit, kind=RuleKind.REVIEW, rules=reviewed, form=form, terms=terms, bands=bands),
    )
    form, terms, bands = typed_of(APPRAISED, "2026-01")
    yield (
        "grade_rules_json_only",
        replace(edit, rules=APPRAISED, form=form, terms=terms, bands=bands, fits=False),
    )
    trial = c.TrialPage(
        frame=frame(SECRETARY, f"/grades/rules/r0/trial?month={MONTH}"),
        id="r0",
        name="平时 60%，测评 40%",
        node=NODE,
        month=MONTH,
        people=5,
        changed=2,
        moves=(("优", "优", 1), ("良", "一般", 2), ("一般", "", 2)),
        rows=tuple(
            c.TrialRow(
                name=name,
                before=("91", "84.5", "60", "71.25", "88")[n],
                before_band="良",
                after=("91", "", "60", "68", "88")[n],
                after_band=("良", "", "良", "一般", "良")[n],
                other=n in (1, 3),
            )
            for n, name in enumerate(NAMES)
        ),
    )
    yield "grade_trial", trial
    yield (
        "grade_trial_many",
        replace(
            trial,
            rows=(),
            people=840,
            branches=(("余村党支部", 23, 5), ("大溪村党支部", 18, 0)),
            left_out=540,
        ),
    )


def _year() -> Iterator[Sample]:
    rows = tuple(
        c.YearRowLine(
            name=name,
            months=("84.5", "71.25", *([""] * 10)),
            mean="77.88",
            appraisal="90" if n else "",
            points="82.73" if n else "",
            band="良" if n else "",
        )
        for n, name in enumerate(NAMES)
    )
    page = c.GradesYearPage(
        frame=frame(SECRETARY, "/grades/year?node=b2&year=2026"),
        node_id="b2",
        node=NODE,
        year="2026",
        months=months_of(2026, 12),
        rules_name=APPRAISED.name,
        months_percent=60,
        appraisal="年度测评",
        has_formula=True,
        rows=rows,
        people=tuple((f"p{n}", name) for n, name in enumerate(NAMES)),
        today=date(2026, 2, 28) + timedelta(days=1),
    )
    yield "grades_year", page
    points = Reason(code="grades_points", args={"field": "points", "text": "九十"})
    typed = {"person": "p1", "points": "九十", "reason": "年底测评会"}
    yield "grades_year_refused", replace(page, refused=RefusedForm(form="enter", typed=typed, reason=points))
