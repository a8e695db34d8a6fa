"""What people suggest: filled with believable contents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from library.suggestions.rules import SuggestionState, actions_in
from server.slices.suggestions import contexts as c
from server.web.parts import LessonRef, Reason, RefusedForm
from tests.server.pages.samples import MEMBER, NOW, STAFF, Sample, frame, pager

LESSON = LessonRef(id="06h0277q88y1fgqv", title="绿水青山就是金山银山")


def pages() -> Iterator[Sample]:
    """The public page: as it is, after handing in, with an answer, with what was not taken; and the desk."""
    public = c.SuggestionsPage(
        frame=frame(None, "/suggestions"),
        rows=(
            c.PublicRow(
                text="字幕太小，老人看不清。",
                answer="谢谢您。手机上的字幕已经放大，还可以在播放器里再调。",
                done="手机上的字幕放大了三成",
                at=NOW,
            ),
            c.PublicRow(text="", answer="第 3 段的年份已经改正。", done="改正了字幕", at=NOW, lesson=LESSON),
        ),
        pager=pager(1, 2),
        text_max=2000,
        contact_max=200,
    )
    yield "suggestions", public
    yield (
        "suggestions_empty",
        replace(public, rows=(), pager=pager(1, 0), about=f"/lessons/{LESSON.id}", lesson=LESSON),
    )
    yield "suggestions_taken", replace(public, receipt="x3k9-p2mq-7rtd")
    own = c.OwnAnswer(
        text="想听讲村集体经济的课，最好有别的村的做法。",
        state=SuggestionState.ANSWERED,
        handed_in=NOW,
        answer="下个月请了两位书记来讲，讲完就能在这里看。",
        done="排进了 4 月的计划",
    )
    yield "suggestions_answered", replace(public, own=own)
    why = Reason(code="suggestions_from_here", args={"most": 5, "wait_s": 3600})
    typed = {"text": "第六条意见。", "contact": "", "named": "1"}
    yield (
        "suggestions_refused",
        replace(
            public,
            frame=frame(MEMBER, "/suggestions"),
            refused=RefusedForm(form="write", typed=typed, reason=why),
        ),
    )
    yield from _desk()


def _desk() -> Iterator[Sample]:
    waiting = c.DeskRow(
        id="s1",
        version=1,
        state=SuggestionState.RECEIVED,
        text="第 3 段 2 分 10 秒把“余村”写成了“余存”，请改一下。",
        contact="13900000000",
        by="",
        node="天荒坪镇党委",
        about=f"/lessons/{LESSON.id}",
        lesson=LESSON,
        handed_in=NOW,
        answer="",
        done="",
        answered_by="",
        text_shown=False,
        actions=actions_in(SuggestionState.RECEIVED),
    )
    desk = c.SuggestionsDeskPage(
        frame=frame(STAFF, "/suggestions/desk"),
        rows=(
            waiting,
            replace(waiting, id="s2", text="想听种茶的课。", contact="", by="李秀英", about="", lesson=None),
        ),
        pager=pager(1, 2),
        state=SuggestionState.RECEIVED,
        answer_max=2000,
        done_max=200,
    )
    yield "suggestions_desk", desk
    answered = replace(
        waiting,
        state=SuggestionState.ANSWERED,
        answer="已经改正，谢谢您听得这么仔细。",
        done="改正了字幕",
        answered_by="陈志远",
        actions=actions_in(SuggestionState.ANSWERED),
    )
    yield (
        "suggestions_desk_answered",
        replace(desk, rows=(answered,), pager=pager(1, 1), state=SuggestionState.ANSWERED),
    )
    changed = RefusedForm(
        form="s1", typed={"answer": "我写的答复", "done": ""}, reason=Reason(code="suggestion_changed")
    )
    yield "suggestions_desk_refused", replace(desk, refused=changed)
    yield "suggestions_desk_empty", replace(desk, rows=(), pager=pager(1, 0))
