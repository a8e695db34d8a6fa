"""Home, the library, lessons in their states, the sheet: filled with believable contents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from library.catalog.audiences import Told
from library.catalog.permits import Audience, LessonState
from library.core.permits import MemberState
from library.declaring.states import State
from server.slices.lessons import contexts as c
from server.web.parts import Episode, Facet, Flash, LessonRef, Reason, RefusedForm, SeriesPlace, SiteRef
from server.web.shown.declarations import HomeDeclarations
from server.web.shown.sharing import ShareCard, share
from server.web.shown.weeks import HomeWeeks
from tests.server.pages.samples import (
    LECTURER,
    MEMBER,
    NOW,
    OTHER_YEARS,
    RULE,
    SENTENCES,
    STAFF,
    TITLES,
    Sample,
    card,
    clips,
    frame,
    pager,
)
from tests.server.slices.declaring.samples import line as declared
from tests.server.slices.mondays.samples import HOME as BRANCHES
from tests.server.slices.mondays.samples import OWN
from tests.server.slices.programme.samples import HOME
from tests.server.slices.works.samples import HONOURS, MATERIALS

FACETS: dict[str, tuple[Facet, ...]] = {
    "topics": (Facet(value="乡村振兴", count=41), Facet(value="党史", count=23)),
    "lecturers": (Facet(value="王芳", count=17), Facet(value="陈志远", count=9)),
    "genres": (Facet(value="lecture", count=118), Facet(value="onsite", count=14)),
    "years": (Facet(value="2026", count=31), Facet(value="2025", count=33)),
}

TOPICS = tuple(
    c.TopicLink(id=f"t{n}", name=name, count=41 - 7 * n)
    for n, name in enumerate(("乡村振兴", "党史", "生态文明", "基层治理"))
)

EDITING = c.Editing(
    title="绿水青山就是金山银山",
    lecturer="王芳",
    topics=("生态文明", "乡村振兴"),
    date="2026-03-10",
    summary="一个村子关掉矿山、靠好风景过上好日子的故事。",
    language="zh-CN",
    genre="onsite",
)


def pages() -> Iterator[Sample]:
    """Home, the library, lessons in their states, the sheet to hang up."""
    yield from _lists()
    yield from _one_lesson()
    yield (
        "sheet",
        c.SheetPage(
            frame=frame(None, "/lessons/lesson0/sheet"),
            lesson=LessonRef(id="lesson0", title=TITLES[0], lecturer="王芳"),
            share=share("http://127.0.0.1:8000", "/lessons/lesson0"),
        ),
    )


def _lists() -> Iterator[Sample]:
    all_cards = tuple(
        card(n, genre="onsite" if n == 1 else "lecture", honour=HONOURS[n % 2] if n < 3 else None)
        for n in range(6)
    )
    done = (Flash(kind="done", code="signed_in"),)
    yield (
        "home",
        c.HomePage(
            frame=frame(MEMBER, flashes=done),
            weeks=HomeWeeks(),
            newest=all_cards[:4],
            most_watched=all_cards[4:],
            topics=TOPICS,
            total=1000,
            most=1000,
        ),
    )
    yield (
        "home_week",
        c.HomePage(
            frame=frame(MEMBER),
            weeks=HOME,
            newest=all_cards[:4],
            most_watched=all_cards[4:],
            topics=TOPICS,
            total=1000,
            most=1000,
            declarations=HomeDeclarations(
                waiting=(declared(2, late=True), declared(3)),
                count=37,
                late=1,
                returned=(declared(0, state=State.RETURNED),),
            ),
            own=OWN,
        ),
    )
    yield (
        "home_staff",
        c.HomePage(
            frame=frame(STAFF, review_count=7),
            weeks=HomeWeeks(),
            newest=all_cards[:2],
            most_watched=(),
            total=2,
            branches=BRANCHES,
        ),
    )
    yield (
        "home_empty",
        c.HomePage(frame=frame(), weeks=HomeWeeks(), newest=(), most_watched=(), total=0),
    )
    yield (
        "lessons",
        c.LessonsPage(
            frame=frame(MEMBER, "/lessons"),
            lessons=(*all_cards, card(7, kind="text", duration_s=None, picture=None, clip_count=0)),
            pager=pager(5, 132),
            topic="党史",
            **FACETS,
        ),
    )
    yield (
        "lessons_empty",
        c.LessonsPage(
            frame=frame(None, "/lessons"), lessons=(), pager=pager(0, 0), topics=(), lecturers=(), years=()
        ),
    )


def _one_lesson() -> Iterator[Sample]:
    lesson_frame = frame(None, "/lessons/lesson0")
    full = c.LessonPage(
        frame=lesson_frame,
        lesson=card(0),
        summary="一个村子关掉矿山、靠好风景过上好日子的故事。\n适合支部主题党日集中学习，配有讨论题。",
        clips=clips(),
        recording_state="ready",
        open_to=Told(Audience.EVERYONE),
        audience_said="所有人",
        has_transcript=True,
        same_topic=OTHER_YEARS,
        rule=RULE,
        share=share("https://weike.example.cn", "/lessons/lesson0"),
        card=ShareCard("https://weike.example.cn/lessons/lesson0", SENTENCES[0], ""),
        lecturer_id="l1",
        topic_links=(("t1", "生态文明"), ("t2", "乡村振兴")),
        series=SeriesPlace(
            id="s0",
            title="乡村振兴",
            n=2,
            count=5,
            previous=Episode(id="lesson4", title=TITLES[4], clip_id="c4"),
            next=Episode(id="lesson5", title=TITLES[5], clip_id="c5"),
        ),
    )
    yield "lesson", full
    yield (
        "lesson_honoured",
        replace(full, honours=HONOURS, materials=MATERIALS, site=SiteRef(id="t1", name="余村矿山遗址公园")),
    )
    yield "lesson_recognised", replace(full, recognised=True)
    yield "lesson_declared", replace(full, declaration=declared(0), may_declare=True)
    powers = c.LessonPowers(
        edit=True,
        publish=True,
        withdraw=True,
        audience=True,
        delete=True,
        see_progress=True,
        see_stats=True,
        why=True,
        versions=True,
    )
    full = replace(full, editing=EDITING)
    yield (
        "lesson_draft_waits",
        replace(
            full,
            frame=frame(STAFF, "/lessons/lesson0", review_count=3),
            lesson=card(0, state=LessonState.PUBLISHED),
            may=replace(powers, publish=False),
            draft=c.DraftNote(who="王芳", changed_at=NOW, fields=("summary", "title")),
            history=(c.HistoryLine(at=NOW, who="陈志远", action="publish", note=""),),
            seen=4,
        ),
    )
    yield (
        "lesson_staff",
        replace(
            full,
            frame=frame(STAFF, "/lessons/lesson0", review_count=3),
            lesson=card(0, state=LessonState.DRAFT, audience=Audience.CHOSEN),
            clips=clips(2),
            recording_state="working",
            has_transcript=False,
            duplicates=(LessonRef(id="lesson1", title=TITLES[1]),),
            account=(Reason(code="shifted_hours", args={"count": 412, "hours": 1}),),
            may=powers,
            history=(c.HistoryLine(at=NOW, who="陈志远", action="withdraw", note="画面有误，重录"),),
            known_lecturers=("王芳", "陈志远"),
            known_topics=("党史", "乡村振兴"),
            open_to=Told(
                Audience.CHOSEN,
                (("n1", "中共天荒坪镇委员会"), ("n2", "余村党支部")),
                (("g1", "青年夜校第三组"),),
                (MemberState.FULL, MemberState.PROBATIONARY),
            ),
            audience_said="中共天荒坪镇委员会及下属组织、余村党支部及下属组织、学习小组“青年夜校第三组”的正式党员、预备党员",
            groups=(("g1", "青年夜校第三组"), ("g2", "两山讲堂")),
        ),
    )
    narrow = RefusedForm(
        form="audience",
        typed={"audience": "chosen", "keep": "node:n1 group:g2", "add": "<b>余村</b>", "kinds": "full"},
        reason=Reason(code="node_unknown", args={"text": "<b>余村</b>", "field": "audience"}),
    )
    to_narrow = c.LessonPowers(audience=True, withdraw=True, why=True)
    chosen = Told(Audience.CHOSEN, (("n1", "中共天荒坪镇委员会"),), (("g1", "青年夜校第三组"),))
    yield (
        "lesson_audience",
        replace(
            full,
            frame=frame(STAFF, "/lessons/lesson0"),
            may=to_narrow,
            open_to=chosen,
            audience_said="中共天荒坪镇委员会及下属组织、学习小组“青年夜校第三组”",
            groups=(("g1", "青年夜校第三组"), ("g2", "两山讲堂")),
            refused=narrow,
        ),
    )
    yield (
        "lesson_wrong",
        replace(
            full,
            frame=frame(LECTURER, "/lessons/lesson0"),
            may=replace(powers, publish=False, withdraw=False, audience=False),
            refused=RefusedForm(
                form="edit",
                typed={
                    "title": TITLES[1],
                    "lecturer": "王芳",
                    "topics": "乡村振兴、党史",
                    "date": "去年冬天",
                    "language": "zh-CN",
                    "genre": "lecture",
                    "summary": "一句一句写好的简介。",
                },
                reason=Reason(code="date_unreadable", args={"field": "date", "text": "去年冬天"}),
            ),
        ),
    )
    yield (
        "lesson_refused",
        replace(
            full,
            frame=frame(LECTURER, "/lessons/lesson0"),
            clips=(),
            summary="",
            recording_state="refused",
            problem=Reason(code="not_media", args={"found": "office"}),
            may=replace(powers, publish=False, withdraw=False, audience=False),
        ),
    )
    yield (
        "lesson_text",
        replace(
            full,
            lesson=card(2, kind="text", duration_s=None, clip_count=0, picture=None),
            clips=(),
            recording_state="none",
            text=("".join(SENTENCES[:5]), "".join(SENTENCES[5:])),
        ),
    )
