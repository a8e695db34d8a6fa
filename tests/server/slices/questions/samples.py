"""Questions at a clip, one's own, the desk: filled with believable contents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from library.questions.rules import QuestionState
from server.slices.questions import contexts as c
from server.web.parts import Reason, RefusedForm
from tests.server.pages.samples import LECTURER, MEMBER, NOW, TITLES, Sample, frame, pager

ROW = c.QuestionRow(
    id="q1",
    version=2,
    state=QuestionState.PUBLISHED,
    text="关停水泥厂那一年，村里的收入从哪里来？",
    asked_at=NOW,
    asker="李秀英",
    answer="第二年靠竹林和农家乐，账本在第三段有一张表。",
    answered_at=NOW,
    lesson_id="l1",
    lesson=TITLES[0],
    url="/clips/clip2?t=83",
    n=2,
    at_s=83.0,
    said_url="/clips/clip3?t=41",
    said_n=3,
    said_s=41.0,
)
OPEN = replace(
    ROW,
    id="q2",
    version=1,
    state=QuestionState.OPEN,
    own=True,
    asker="",
    answer="",
    answered_at=None,
    said_url="",
    said_n=None,
    said_s=None,
    text="长" * 300,
)
DECLINED = replace(OPEN, id="q3", state=QuestionState.DECLINED, reason="这一课讲的是生态，请到下一课问。")
GONE = replace(OPEN, id="q4", lesson_id="", lesson="", url="", n=None, at_s=None)


def pages() -> Iterator[Sample]:
    """The pages in their states."""
    at_clip = c.QuestionsPage(
        frame=frame(MEMBER, "/clips/clip2/questions"),
        clip_id="clip2",
        n=2,
        lesson=TITLES[0],
        rows=(ROW, OPEN, DECLINED),
        pager=pager(1, 3),
        may_ask=True,
        answers=False,
        at_s=83.0,
        text_max=300,
        limits=(5, 20),
    )
    yield "questions", at_clip
    nobody = frame(None, "/clips/clip2/questions")
    yield "questions_none", replace(at_clip, frame=nobody, rows=(), pager=pager(1, 0), may_ask=False)
    many = Reason(code="questions_open", args={"most": 5, "field": "text"})
    refused = RefusedForm(form="ask", typed={"text": OPEN.text, "at": "1:23", "named": "1"}, reason=many)
    yield "questions_refused", replace(at_clip, refused=refused)
    mine = c.OwnQuestionsPage(
        frame=frame(MEMBER, "/questions/mine"),
        rows=(replace(ROW, own=True), OPEN, DECLINED, GONE),
        pager=pager(1, 4),
    )
    yield "questions_mine", mine
    yield "questions_mine_empty", replace(mine, rows=(), pager=pager(1, 0))
    desk = c.QuestionsDeskPage(
        frame=frame(LECTURER, "/questions/desk"),
        rows=(replace(OPEN, own=False), replace(OPEN, id="q5", own=False, text="第二个问题？")),
        pager=pager(1, 2),
        state=QuestionState.OPEN,
        answer_max=1000,
        reason_max=200,
    )
    yield "questions_desk", desk
    yield "questions_desk_published", replace(desk, rows=(ROW,), state=QuestionState.PUBLISHED)
    yield "questions_desk_empty", replace(desk, rows=(), pager=pager(1, 0))
    typed = {"answer": "答复", "said_n": "9", "said_at": "1:23", "published": "1"}
    part = Reason(code="question_part", args={"field": "said_n"})
    yield "questions_desk_refused", replace(desk, refused=RefusedForm(form="q2", typed=typed, reason=part))
    no_reason = RefusedForm(
        form="q5", typed={"reason": ""}, reason=Reason(code="empty", args={"field": "reason"})
    )
    yield "questions_desk_declining", replace(desk, refused=no_reason)
