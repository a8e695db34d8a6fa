"""What is said in a published lesson is changed beside what viewers hear, and what they saw stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from library.catalog import cue_queries
from library.catalog import queries as catalog
from library.catalog import transcript_queries as given
from library.catalog import transcript_versions as transcripts
from library.catalog.actions import Details
from library.catalog.tables import Lesson
from library.core.database import Database
from library.core.permits import Role
from library.correcting import actions as correcting
from library.correcting import queries as correcting_queries
from library.correcting.rules import Edit, WantedLine
from library.intake.transcripts import taking
from library.review import actions as review
from library.versions import actions, queries
from library.versions.actions import Saved
from tests.support import factories as make
from tests.support.databases import NOW

SRT = "1\n00:00:00,000 --> 00:00:09,000\n同志们好\n\n2\n00:00:10,000 --> 00:00:19,000\n为人民服务\n"
OTHER = SRT.replace("同志们好", "同志们早上好")


def said(session: Session, lesson: Lesson) -> list[str]:
    """What viewers hear."""
    return [line.text for line in cue_queries.cues(session, lesson.id)]


def correct(session: Session, lesson: Lesson, n: int, text: str, by: str | None) -> None:
    """Correct one line."""
    present = correcting_queries.present(session, lesson)
    line = present.lines[n]
    edit = Edit(n, 1, (WantedLine(line.start_s, line.end_s, text),))
    correcting.correct(session, lesson, present.base, [edit], by, NOW)


@pytest.mark.slow
def test_words_wait_like_everything_else_and_what_viewers_saw_stays(db: Database) -> None:
    with db.write() as session:
        root = make.root(session)
        owner = make.person(session, (Role.LECTURER, root))
        staff = make.person(session, (Role.STAFF, root))
        lesson = make.lesson(session, owner=owner, clips=1)
        lesson_id, by = lesson.id, owner.person_id
        taking.take(session, lesson, taking.read(SRT.encode(), "一.srt"), NOW)
        old, before = said(session, lesson), queries.snapshot(session, lesson)
    with db.write() as session:
        lesson = catalog.lesson(session, lesson_id)
        correct(session, lesson, 1, "全心全意为人民服务", by)
        correct(session, lesson, 0, "同志们早上好", by)
        assert said(session, lesson) == old == ["同志们好", "为人民服务"]
        assert queries.snapshot(session, lesson) == before
        assert [line.text for line in correcting_queries.present(session, lesson).lines] == [
            "同志们早上好",
            "全心全意为人民服务",
        ]
        waiting = queries.draft(session, lesson_id)
        assert waiting is not None
        assert (waiting.values, waiting.words) == ({}, 2)
    with db.write() as session:
        lesson = catalog.lesson(session, lesson_id)
        # A form of the fields is not refused because words were corrected beside it.
        seen = queries.standing(session, lesson_id)
        correct(session, lesson, 0, "同志们，早上好", by)
        assert actions.edit(session, lesson, Details(title="新题"), by, NOW, seen=seen) is Saved.DRAFT
        whole = queries.standing_whole(session, lesson_id)
        review.publish(session, staff, lesson_id, "改正", NOW, seen=whole)
        assert said(session, lesson) == ["同志们，早上好", "全心全意为人民服务"]
        # The same hand goes on within the hour: in another version, for viewers saw this one.
        correct(session, lesson, 0, "同志们下午好", by)
        first, second = (queries.version(session, lesson_id, n)[1].words for n in (1, 2))
        assert first is not None
        assert second is not None
        for words, text in ((first, "同志们好"), (second, "同志们，早上好")):
            assert words.n is not None
            kept = given.version(session, lesson_id, words.n)
            assert kept.digest == words.digest
            assert transcripts.lines_of(kept)[0].text == text
    with db.write() as session:
        lesson = catalog.lesson(session, lesson_id)
        actions.discard(session, lesson, by, NOW, seen=None)
        present = given.version_in_use(session, lesson_id)
        assert present is not None
        assert (present.n, present.waits) == (2, False)
        assert [line.text for line in correcting_queries.present(session, lesson).lines] == said(
            session, lesson
        )
        # Choosing what viewers see anyway leaves nothing to publish.
        taking.use(session, lesson, 1, NOW, by=by)
        assert queries.draft(session, lesson_id) is not None
        taking.use(session, lesson, 2, NOW, by=by)
        assert queries.draft(session, lesson_id) is None


def test_times_are_moved_and_files_exchanged_beside_what_viewers_see(db: Database) -> None:
    later = NOW + timedelta(days=1)
    with db.write() as session:
        owner = make.person(session, (Role.LECTURER, make.root(session)))
        lesson = make.lesson(session, owner=owner, clips=1)
        by = owner.person_id
        taking.take(session, lesson, taking.read(SRT.encode(), "一.srt"), NOW)
        before = cue_queries.cues(session, lesson.id)
        moved = taking.move(session, lesson, 1, 5.0, later, by=by)
        assert (moved.n, moved.waits) == (2, True), "what viewers saw is moved in a copy"
        assert given.version(session, lesson.id, 1).shift_s == 0.0
        taken = taking.take(session, lesson, taking.read(OTHER.encode(), "二.srt"), later, person_id=by)
        assert (taken.version.n, taken.version.waits, taken.changed) == (3, True, True)
        assert cue_queries.cues(session, lesson.id) == before
        actions.discard(session, lesson, by, later, seen=None)
        present = given.version_in_use(session, lesson.id)
        assert present is not None
        assert present.n == 1
        # Who runs the library changes it where it stands, as a version.
        actions.keep_present(session, lesson)
        taking.take(session, lesson, taking.read(OTHER.encode(), "二.srt"), later)
        actions.record_straight(session, lesson, later)
        assert said(session, lesson)[0] == "同志们早上好"
        assert [one.origin for one in queries.versions(session, lesson.id)] == ["straight", "found"]
