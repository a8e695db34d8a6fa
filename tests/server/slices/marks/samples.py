"""One's own learning: filled with believable contents, and empty."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from library.questions.rules import QuestionState
from server.slices.marks import contexts as c
from server.web.parts import Picture, Reason, RefusedForm
from server.web.shown.marks import GoOn
from server.web.shown.weeks import WeekLine
from tests.server.pages.samples import MEMBER, NOW, SENTENCES, TITLES, Sample, card, frame, pager

PICTURE = Picture(url="/poster/1.jpg")
GO_ON = GoOn(
    lesson_id="l1",
    title=TITLES[0],
    lecturer="王芳",
    clip_id="clip2",
    n=2,
    count=5,
    at_s=192.4,
    length_s=584.0,
    picture=PICTURE,
)
FAVOURITE = c.FavouriteRow(
    thing_id="clip2",
    url="/clips/clip2",
    title=TITLES[0],
    lecturer="王芳",
    n=2,
    length_s=584.0,
    picture=PICTURE,
)
NOTE = c.NoteRow(
    id="n1",
    version=2,
    text="三百万掉到二十一万：回去查一查我们村同一年的账。\n下次支部会上说。",
    made_at=NOW,
    changed_at=NOW,
    lesson_id="l1",
    lesson=TITLES[0],
    url="/clips/clip2?t=83",
    clip_id="clip2",
    n=2,
    at_s=83.0,
)
GONE = replace(NOTE, id="n2", lesson_id="", lesson="", url="", clip_id="", n=None, at_s=None)
WATCHED = c.HistoryRow(
    clip_id="clip2",
    lesson_id="l1",
    title=TITLES[0],
    url="/clips/clip2",
    n=2,
    at_s=192.4,
    length_s=584.0,
    at=NOW,
    lecturer="王芳",
    picture=PICTURE,
)


def pages() -> Iterator[Sample]:
    """The page of one's own, history, favourites, notes: full, empty, refused."""
    empty = c.LearningPage(frame=frame(MEMBER, "/my-learning"), complete_share=0.9, most=(500, 500, 2000))
    yield "my_learning_empty", empty
    yield (
        "my_learning",
        replace(
            empty,
            left=(card(1), card(2)),
            open_lessons=3,
            missed=(
                WeekLine(week="2026-W10", monday=date(2026, 3, 2), sunday=date(2026, 3, 8), theme="枫桥经验"),
            ),
            go_on=(GO_ON, replace(GO_ON, lesson_id="l2", title="长" * 60, at_s=0.0, count=1, n=1)),
            favourites=(FAVOURITE, replace(FAVOURITE, thing_id="l2", n=None, whole=True, title=TITLES[1])),
            notes=(NOTE, GONE),
            asked=(
                c.AskedLine(text=SENTENCES[1], state=QuestionState.OPEN, lesson=TITLES[0]),
                c.AskedLine(text=SENTENCES[2], state=QuestionState.PUBLISHED),
            ),
        ),
    )
    earlier = replace(WATCHED, clip_id="clip3", n=None, seen=True, at_s=580.0, at=NOW - timedelta(days=1))
    history = c.HistoryPage(
        frame=frame(MEMBER, "/my-learning/history"),
        days=((date(2026, 3, 12), (WATCHED,)), (date(2026, 3, 11), (earlier, replace(earlier, n=3)))),
        pager=pager(1, 3),
        q="",
        paused=False,
        most=500,
        kept_days=180,
        complete_share=0.9,
    )
    yield "history", history
    yield "history_paused", replace(history, days=(), pager=pager(1, 0), paused=True)
    yield "history_nothing_found", replace(history, days=(), pager=pager(1, 0), q="没有的词")
    favourites = c.FavouritesPage(
        frame=frame(MEMBER, "/my-learning/favourites"),
        rows=(
            FAVOURITE,
            replace(FAVOURITE, thing_id="l2", n=None, whole=True, length_s=None, title=TITLES[1]),
        ),
        pager=pager(1, 2),
        most=500,
    )
    yield "favourites", favourites
    yield "favourites_empty", replace(favourites, rows=(), pager=pager(1, 0))
    notes = c.NotesPage(
        frame=frame(MEMBER, "/my-learning/notes"),
        rows=(NOTE, GONE, replace(NOTE, id="n3", text="长" * 300)),
        pager=pager(1, 3),
        note_max=1000,
        most=2000,
    )
    yield "notes", notes
    yield "notes_of_a_lesson", replace(notes, rows=(NOTE,), lesson=("l1", TITLES[0]), pager=pager(1, 1))
    yield "notes_empty", replace(notes, rows=(), pager=pager(1, 0))
    second = Reason(code="note_second", args={"field": "at"})
    typed = {"at": "99:99:99:99", "text": NOTE.text}
    refused = RefusedForm(form="new", typed=typed, reason=second)
    yield "notes_refused", replace(notes, clip="clip2", refused=refused)
    changed = RefusedForm(form="n1", typed={"text": "别的话"}, reason=Reason(code="note_changed"))
    yield "notes_changed", replace(notes, refused=changed)
