"""Every transcript is kept; one that fits worse does not replace another."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from library.catalog import actions as catalog
from library.catalog import cue_queries, queries
from library.catalog import transcript_queries as given
from library.catalog import transcript_versions as versions
from library.catalog.permits import LessonState
from library.catalog.tables import Lesson, TranscriptVersion
from library.core.database import Database
from library.core.errors import Conflict, Invalid, NotFound
from library.intake import actions
from library.intake.tables import Recording
from library.intake.transcripts import taking, telling
from tests.support import factories as make
from tests.support.databases import NOW
from transcode.remarks import codes

pytestmark = pytest.mark.slow

HOUR = "1\n01:00:01,000 --> 01:00:04,000\n开场第一句话\n\n2\n01:00:05,000 --> 01:00:08,000\n绿水青山\n"
MINUTES = "".join(
    f"{n}\n00:{n:02d}:01,000 --> 00:{n:02d}:58,000\n这是第{n}段话讲的是绿水青山\n\n" for n in range(60)
)
ELSEWHERE = HOUR.replace("01:00:0", "03:23:0")


def heard(session: Session, duration_s: float = 3720.0) -> tuple[Lesson, Recording]:
    lesson = make.lesson(session, clips=1)
    row = make.recording(session, lesson)
    make.heard(row, duration_s, pauses_s=[10.0 * n for n in range(1, int(duration_s) // 10)])
    return lesson, row


def take(session: Session, lesson: Lesson, text: str, name: str = "a.srt", **how: Any) -> taking.Taken:
    return taking.take(session, lesson, taking.read(text.encode(), name), NOW, **how)


def lines(session: Session, lesson: Lesson) -> list[tuple[float | None, str]]:
    return [(line.start_s, line.text) for line in cue_queries.cues(session, lesson.id)]


@pytest.mark.parametrize("duration_s", [12.0, 3720.0])
def test_a_clock_that_starts_at_one_hour_is_moved_and_said(db: Database, duration_s: float) -> None:
    with db.write() as session:
        lesson, _row = heard(session, duration_s)
        assert take(session, lesson, HOUR).changed
        assert lines(session, lesson) == [(1.0, "开场第一句话"), (5.0, "绿水青山")]
        assert codes(telling.lesson_account(session, lesson)) == ("shifted_hours",)


@pytest.mark.parametrize(
    ("text", "name", "why"),
    [
        (ELSEWHERE, "elsewhere.srt", ("worse_outside", "worse_words")),
        (HOUR, "two.srt", ("worse_covered", "worse_words")),
        ("一句话。", "plain.txt", ("worse_untimed", "worse_words")),
    ],
)
def test_one_that_fits_worse_never_replaces_a_good_one_unasked(
    db: Database, text: str, name: str, why: tuple[str, ...]
) -> None:
    with db.write() as session:
        lesson, _row = heard(session)
        take(session, lesson, MINUTES, "good.srt")
        good = lines(session, lesson)
        taken = take(session, lesson, text, name)
        assert (codes(taken.against), taken.changed) == (why, False)
        assert lines(session, lesson) == good
        assert codes(telling.lesson_account(session, lesson)) == ("transcript_waits",)
        assert take(session, lesson, text, name).version.n == 2, "the same file is kept once"
        assert take(session, lesson, text, name, replace=True).changed
        assert lines(session, lesson) != good
        taking.use(session, lesson, 1, NOW)
        assert lines(session, lesson) == good
        assert telling.lesson_account(session, lesson) == (), "the other one was decided about"


def test_the_first_put_in_use_again_left_the_second_in_use_too(db: Database) -> None:
    with db.write() as session:
        somebody = str(make.person(session).person_id)
        lesson = make.lesson(session, clips=1, state=LessonState.DRAFT)
        make.heard(make.recording(session, lesson), 3720.0)
        for text in (HOUR, HOUR.replace("绿水青山", "金山银山")):
            take(session, lesson, text, person_id=somebody, replace=True)
        laid = taking.lay_version(session, lesson.id, 1)
        taking.use(session, lesson, 1, NOW, laid=laid, by=somebody)
        assert [one.n for one in given.versions(session, lesson.id) if one.in_use] == [1]


def test_what_was_there_before_there_were_versions_is_the_first(db: Database) -> None:
    with db.write() as session:
        lesson = make.lesson(session, spoken=["旧的一句", "又一句"], clips=1)
        make.heard(make.recording(session, lesson), 60.0)
        taken = take(session, lesson, ELSEWHERE)
        assert codes(taken.against) == ("worse_outside",)
        assert [(row.n, row.in_use, row.file_name) for row in given.versions(session, lesson.id)] == [
            (2, False, "a.srt"),
            (1, True, ""),
        ]
        assert [text for _s, text in lines(session, lesson)] == ["旧的一句", "又一句"]


def test_nothing_inside_is_shown_as_nothing_and_can_be_moved(db: Database) -> None:
    with db.write() as session:
        lesson, _row = heard(session, 12.0)
        take(session, lesson, ELSEWHERE)
        assert (lesson.transcript, lines(session, lesson)) == ("none", [])
        assert codes(telling.lesson_account(session, lesson)) == ("outside", "shift_offered")
        version = taking.move(session, lesson, 1, -(3 * 3600 + 23 * 60), NOW)
        assert lines(session, lesson) == [(1.0, "开场第一句话"), (5.0, "绿水青山")]
        assert (lesson.transcript, version.shift_reason) == ("exact", "chosen")
        for seconds in (float("nan"), float("inf"), 1e9):
            with pytest.raises(Invalid):
                taking.move(session, lesson, 1, seconds, NOW)
        with pytest.raises(NotFound):
            taking.use(session, lesson, 9, NOW)
        with pytest.raises(Invalid):
            take(session, lesson, "没有时间的文稿。", "a.txt", shift_s=1.0)


def test_a_shift_is_decided_when_the_recording_was_heard_and_once(db: Database) -> None:
    with db.write() as session:
        lesson = make.lesson(session, clips=1)
        row = make.recording(session, lesson)
        take(session, lesson, HOUR)
        assert lines(session, lesson)[0][0] == 3601.0
        taking.fit(session, lesson, row, NOW)
        assert lines(session, lesson)[0][0] == 3601.0, "nothing was heard yet"
        make.heard(row, 3720.0)
        taking.fit(session, lesson, row, NOW)
        assert lines(session, lesson)[0][0] == 1.0
        revision = lesson.revision
        taking.fit(session, lesson, row, NOW)
        assert lesson.revision == revision
        taking.move(session, lesson, 1, -3599.0, NOW)
        taking.fit(session, lesson, row, NOW)
        assert lines(session, lesson)[0][0] == 2.0, "what somebody chose stays"


def test_another_recording_lets_words_be_laid_anew(db: Database) -> None:
    with db.write() as session:
        lesson, row = heard(session, 12.0)
        take(session, lesson, HOUR)
        row.state = "failed"
        session.flush()
        actions.begin(
            session, lesson, upload_id="x", file_name="b.mp4", size_bytes=1, person_id=None, now=NOW
        )
        assert lines(session, lesson) == [(3601.0, "开场第一句话"), (3605.0, "绿水青山")]
        (version,) = given.versions(session, lesson.id)
        assert (version.fit, version.shift_s, version.shift_reason) == (None, 0.0, "open")


def test_versions_go_with_their_lesson_and_the_oldest_make_room(db: Database) -> None:
    with db.write() as session:
        lesson = make.lesson(session, state=LessonState.DRAFT)
        for n in range(versions.MOST_VERSIONS + 3):
            take(session, lesson, f"第{n}份文稿。", "a.txt")
        rows = given.versions(session, lesson.id)
        assert [row.n for row in rows] == list(range(versions.MOST_VERSIONS + 3, 3, -1))
        assert [row.n for row in rows if row.in_use] == [versions.MOST_VERSIONS + 3]
        catalog.delete_lesson(session, lesson, NOW)
        assert session.scalar(select(func.count()).select_from(TranscriptVersion)) == 0


@pytest.mark.parametrize("shift_s", [None, 2.0])
def test_what_was_laid_before_the_transaction_is_what_is_shown(db: Database, shift_s: float | None) -> None:
    with db.write() as session:
        lesson, _row = heard(session)
        take(session, lesson, HOUR)
        take(session, lesson, MINUTES, replace=True)
        lesson_id = lesson.id
    with db.read() as session:
        laid = taking.lay_version(session, lesson_id, 1, shift_s)
    with db.write() as session:
        lesson = queries.lesson(session, lesson_id)
        for _again in range(2):
            if shift_s is None:
                version = taking.use(session, lesson, 1, NOW, laid)
            else:
                version = taking.move(session, lesson, 1, shift_s, NOW, laid)
        assert laid is not None
        assert tuple(cue_queries.cues(session, lesson_id)) == laid.became.lines
        assert (version.shift_s, version.in_use) == (laid.became.shift_s, True)
        assert telling.fitting_of(version) == laid.became.fitting


def test_what_changed_after_it_was_laid_is_told_and_nothing_is_written(db: Database) -> None:
    with db.write() as session:
        lesson, row = heard(session)
        take(session, lesson, MINUTES)
        laid = taking.lay_version(session, lesson.id, 1)
        moved = taking.lay_version(session, lesson.id, 1, 2.0)
        taking.move(session, lesson, 1, 5.0, NOW)  # somebody else, at the same moment
        before = lines(session, lesson)
        with pytest.raises(Conflict):
            taking.use(session, lesson, 1, NOW, laid)
        make.heard(row, 60.0)
        with pytest.raises(Conflict):
            taking.move(session, lesson, 1, 2.0, NOW, moved)
        assert lines(session, lesson) == before


def test_a_transcript_of_before_there_were_versions_is_moved_too(db: Database) -> None:
    with db.write() as session:
        lesson = make.lesson(session, spoken=["旧的一句", "又一句"], clips=1)
        make.heard(make.recording(session, lesson), 60.0)
        first, *_ = lines(session, lesson)
        laid = taking.lay_version(session, lesson.id, 1, 1.0)
        taking.move(session, lesson, 1, 1.0, NOW, laid)
        assert first[0] is not None
        assert lines(session, lesson)[0] == (first[0] + 1.0, first[1])
