"""The order of revisions: whoever has seen a number has seen all before it."""

from __future__ import annotations

import threading
from itertools import pairwise

import pytest
from sqlalchemy import func, select

from library.catalog import actions, audiences, change_queries, queries
from library.catalog.actions import Details
from library.catalog.permits import Audience, LessonState
from library.catalog.rules import CueLine, LessonKind, TranscriptQuality
from library.catalog.tables import DeletedLesson, Lesson
from library.core.database import Database
from tests.support import factories as make
from tests.support.databases import NOW
from tests.support.together import together


def test_every_change_takes_a_number_and_the_outbox_tells_it_once(db: Database) -> None:
    with db.write() as session:
        first, second = make.lesson(session, "一"), make.lesson(session, "二")
        mark = change_queries.latest_revision(session)
        audiences.set_audience(session, first, Audience.SIGNED_IN, NOW)
        actions.edit(session, second, Details(title="二二"))
        actions.edit(session, first, Details(title="一一"))
        changes = change_queries.changes_since(session, mark, 10)
        assert changes.lesson_ids == (second.id, first.id)
        assert changes.mark == change_queries.latest_revision(session) == mark + 3
        assert change_queries.changes_since(session, changes.mark, 10) == change_queries.Changes(
            (), (), changes.mark
        )
        part = change_queries.changes_since(session, mark, 1)
        assert part.lesson_ids == (second.id,)
        assert change_queries.changes_since(session, part.mark, 1).lesson_ids == (first.id,)


@pytest.mark.slow
def test_a_reader_that_has_seen_a_number_has_seen_all_before_it(db: Database) -> None:
    """Writers commit while a reader follows the outbox; whatever it passed over would never be indexed."""
    each, writers = 8, 4
    done = threading.Event()
    seen: list[str] = []
    marks: list[int] = []

    def write(n: int) -> None:
        for k in range(each):
            with db.write() as session:
                lesson = make.lesson(session, f"{n}-{k}", state=LessonState.DRAFT)
                if k % 4 == 3:
                    actions.delete_lesson(session, lesson, NOW)

    def follow() -> None:
        mark = 0
        while True:
            last_round = done.is_set()
            with db.read() as session:
                changes = change_queries.changes_since(session, mark, 3)
            seen.extend([*changes.lesson_ids, *changes.deleted_ids])
            mark = changes.mark
            marks.append(mark)
            if last_round and not changes.lesson_ids and not changes.deleted_ids:
                return

    reader = threading.Thread(target=follow)
    reader.start()
    assert together([lambda n=n: write(n) for n in range(writers)]) == [None] * writers
    done.set()
    reader.join(60)
    with db.read() as session:
        expected = [*session.scalars(select(Lesson.id)), *session.scalars(select(DeletedLesson.lesson_id))]
    assert len(expected) == each * writers
    assert set(expected) <= set(seen)
    assert all(a <= b for a, b in pairwise(marks))


def test_a_reader_sees_one_state_however_many_questions_it_asks(db: Database) -> None:
    with db.write() as session:
        make.lesson(session, "一")
    with db.read() as reader:
        before = change_queries.latest_revision(reader)
        with db.write() as session:
            make.lesson(session, "二")
        assert change_queries.latest_revision(reader) == before
        assert reader.scalar(select(func.count()).select_from(Lesson)) == 1


@pytest.mark.postgres
def test_writers_of_one_lesson_never_wait_for_each_other_for_ever(postgres_db: Database) -> None:
    """On PostgreSQL an edit (lesson, then counter) met a finished clip (counter, then lesson): a deadlock."""
    db = postgres_db
    with db.write() as session:
        lesson = make.lesson(session, clips=2)
        lesson_id, clip_ids = lesson.id, [c.id for c in lesson.clips]

    def edit(n: int) -> None:
        for k in range(15):
            with db.write() as session:
                its = queries.lesson(session, lesson_id)
                actions.edit(
                    session, its, Details(title=f"{n}-{k}", lecturer=f"讲师{n}{k}", topics=[f"专题{k}"])
                )
                actions.put_transcript(session, its, TranscriptQuality.EXACT, [CueLine(0, 1, f"{n}{k}")])

    def finish(n: int) -> None:
        for _ in range(15):
            with db.write() as session:
                make.ready(session, queries.clip(session, clip_ids[n]))
                actions.set_media(
                    session, queries.lesson(session, lesson_id), kind=LessonKind.VIDEO, duration_s=120
                )

    acts = [lambda: edit(0), lambda: edit(1), lambda: finish(0), lambda: finish(1)]
    assert together(acts) == [None] * 4
