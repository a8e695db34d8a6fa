"""What viewers see changes by publishing and by nothing else; whatever they saw stays to be read."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from library.catalog import actions as catalog_actions
from library.catalog import queries as catalog
from library.catalog.actions import Details, delete_lesson
from library.catalog.permits import LessonState
from library.catalog.rules import Genre
from library.catalog.tables import Lesson
from library.core.database import Database
from library.core.errors import Conflict, Invalid, NotFound
from library.core.permits import Role, Viewer
from library.review import actions as review
from library.versions import actions, queries
from library.versions.actions import Saved
from library.versions.rules import Origin, Part, Snapshot, parts_that_differ
from tests.support import factories as make
from tests.support.databases import NOW
from tests.support.examples import examples
from tests.support.together import together

pytestmark = pytest.mark.dear(11)

SOON = NOW + timedelta(minutes=5)


def seen(session: Session, lesson_id: str) -> Snapshot:
    """What viewers see of a lesson."""
    return queries.snapshot(session, catalog.lesson(session, lesson_id))


def put(session: Session, state: LessonState = LessonState.PUBLISHED) -> tuple[str, Viewer, Viewer]:
    """A lesson, its lecturer, and one of the staff."""
    root = make.root(session)
    owner = make.person(session, (Role.LECTURER, root), name="讲师甲")
    staff = make.person(session, (Role.STAFF, root), name="审核员")
    lesson = make.lesson(
        session,
        "旧题",
        owner=owner,
        state=state,
        lecturer="王芳",
        topics=["党史"],
        spoken=["同志们好"],
        clips=2,
    )
    return lesson.id, owner, staff


def test_a_change_waits_until_it_is_published_and_every_version_stays(db: Database) -> None:
    with db.write() as session:
        lesson_id, owner, staff = put(session)
        before = seen(session, lesson_id)
    with db.write() as session:
        lesson = catalog.lesson(session, lesson_id)
        wanted = Details(
            "新题", " 陈志远 ", ["党史", "乡村振兴"], summary="第一行\r\n第二行", genre=Genre.ONSITE
        )
        revision = lesson.revision
        assert actions.edit(session, lesson, wanted, owner.person_id, SOON, seen=0) is Saved.DRAFT
        assert lesson.revision == revision  # no index has anything to read
        # A second change goes on with the first.
        actions.edit(session, lesson, Details(title="更新的题"), staff.person_id, SOON, seen=2)
    with db.read() as session:
        assert seen(session, lesson_id) == before
        waiting = queries.draft(session, lesson_id)
        assert waiting is not None
        assert waiting.values == {
            "title": "更新的题",
            "lecturer": "陈志远",
            "topics": ["党史", "乡村振兴"],
            "summary": "第一行\n第二行",
            "genre": "onsite",
        }
        assert (waiting.who, waiting.based_on, waiting.restored) == ("审核员", 1, None)
        found = queries.waiting(session, staff, 1, 10)
        assert ([one.id for one in found.items], found.total) == ([lesson_id], 1)
        assert queries.count_waiting(session, owner) == 0
    with db.write() as session:
        review.publish(session, staff, lesson_id, "改正题目", SOON, seen=3)
    with db.read() as session:
        now = seen(session, lesson_id)
        assert now.values | {"date": ""} == waiting.values | {"language": "zh-CN", "date": ""}
        assert queries.draft(session, lesson_id) is None
        lines = [(one.n, one.who, one.origin, one.why) for one in queries.versions(session, lesson_id)]
        assert lines == [(2, "审核员", Origin.DRAFT, "改正题目"), (1, "", Origin.FOUND, "")]
        assert [queries.version(session, lesson_id, n)[1] for n in (1, 2)] == [before, now]
    with db.write() as session:
        lesson = catalog.lesson(session, lesson_id)
        assert actions.restore(session, lesson, 1, owner.person_id, SOON) is Saved.DRAFT
        assert seen(session, lesson_id) == now
        review.publish(session, staff, lesson_id, "", SOON)
        assert seen(session, lesson_id) == before
        with pytest.raises(Conflict, match="already_published"):
            review.publish(session, staff, lesson_id, "", SOON)


def test_who_saves_or_publishes_what_they_have_not_seen_is_told(db: Database) -> None:
    with db.write() as session:
        lesson_id, owner, staff = put(session)
        lesson = catalog.lesson(session, lesson_id)
        actions.edit(session, lesson, Details(title="甲"), owner.person_id, SOON, seen=0)
        at = queries.standing(session, lesson_id)
        for stale in (0, at + 1):
            with pytest.raises(Conflict, match="draft_changed"):
                actions.edit(session, lesson, Details(title="乙"), staff.person_id, SOON, seen=stale)
        actions.edit(session, lesson, Details(title="丙"), owner.person_id, SOON, seen=at)
        with pytest.raises(Conflict, match="draft_changed"):
            review.publish(session, staff, lesson_id, "", SOON, seen=at)
        with pytest.raises(Conflict, match="draft_changed"):
            actions.discard(session, lesson, staff.person_id, SOON, seen=at)
        with pytest.raises(Invalid):
            actions.edit(session, lesson, Details(title="长" * 300), owner.person_id, SOON)
        at = queries.standing(session, lesson_id)
        actions.discard(session, lesson, owner.person_id, SOON, seen=at)
        # What was given up is no excuse for a form from before it.
        with pytest.raises(Conflict, match="draft_changed"):
            actions.edit(session, lesson, Details(title="丁"), owner.person_id, SOON, seen=at)
        with pytest.raises(NotFound, match="draft_none"):
            actions.discard(session, lesson, owner.person_id, SOON, seen=None)
        assert seen(session, lesson_id).values["title"] == "旧题"


def test_of_two_who_save_at_once_the_second_is_told(db: Database) -> None:
    with db.write() as session:
        lesson_id, owner, _staff = put(session)

    def save(title: str) -> Saved:
        with db.write() as session:
            lesson = catalog.lesson(session, lesson_id)
            return actions.edit(session, lesson, Details(title=title), owner.person_id, SOON, seen=0)

    results = together([lambda: save("甲"), lambda: save("乙"), lambda: save("丙")])
    assert [one for one in results if not isinstance(one, Exception)] == [Saved.DRAFT]
    assert all(isinstance(one, Conflict | Saved) for one in results), results


def test_a_withdrawn_lesson_keeps_its_draft_and_takes_it_along(db: Database) -> None:
    with db.write() as session:
        lesson_id, owner, staff = put(session, LessonState.DRAFT)
        lesson = catalog.lesson(session, lesson_id)
        first = Details(title="没人看过的题")
        assert actions.edit(session, lesson, first, owner.person_id, NOW) is Saved.LESSON
        review.publish(session, staff, lesson_id, "好", NOW)
        actions.edit(session, lesson, Details(title="新题"), owner.person_id, SOON)
        review.withdraw(session, staff, lesson_id, "有误", SOON)
        assert actions.edit(session, lesson, Details(summary="简介"), owner.person_id, SOON) is Saved.DRAFT
        assert lesson.title == "没人看过的题"
        review.publish(session, staff, lesson_id, "", SOON)
        lines = [(one.n, one.origin, one.why) for one in queries.versions(session, lesson_id)]
        assert lines == [(2, Origin.PUBLISHED, ""), (1, Origin.PUBLISHED, "好")]
        assert (lesson.title, lesson.summary) == ("新题", "简介")
        delete_lesson(session, lesson, SOON)
        assert queries.versions(session, lesson_id) == []


def test_the_same_again_is_no_draft(db: Database) -> None:
    with db.write() as session:
        lesson_id, owner, _staff = put(session)
        lesson = catalog.lesson(session, lesson_id)
        by = owner.person_id
        assert actions.edit(session, lesson, Details("旧题", "王 芳"), by, SOON) is Saved.DRAFT
        assert actions.edit(session, lesson, Details("旧题", "王芳", ["党史"]), by, SOON) is Saved.NOTHING
        assert queries.draft(session, lesson_id) is None


acts = st.one_of(
    st.builds(lambda title: ("edit", Details(title=title)), st.sampled_from(["旧题", "甲", "乙"])),
    st.builds(lambda name: ("edit", Details(lecturer=name)), st.sampled_from(["", "王芳", "陈志远"])),
    st.builds(
        lambda names: ("edit", Details(topics=names)), st.lists(st.sampled_from("甲乙丙"), unique=True)
    ),
    st.builds(lambda text: ("edit", Details(summary=text)), st.sampled_from(["", "简介"])),
    st.builds(lambda clear: ("edit", Details(clear_date=clear, genre=Genre.FILM)), st.booleans()),
    st.builds(lambda n: ("restore", n), st.integers(1, 3)),
    st.just(("discard", 0)),
    st.just(("publish", 0)),
)


@pytest.mark.slow
@given(st.lists(acts, max_size=12))
@settings(
    max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_sequence_of_changes_moves_what_viewers_see_without_a_publish(
    db: Database, told: list[tuple[str, Details | int]]
) -> None:
    with db.write() as session:
        lesson_id, owner, staff = put(session)
    shown: list[Snapshot] = []
    for what, about in told:
        with db.read() as session:
            before, waits = seen(session, lesson_id), queries.draft(session, lesson_id)
            known = queries.versions(session, lesson_id)
        try:
            with db.write() as session:
                _do(session, catalog.lesson(session, lesson_id), what, about, owner, staff)
        except (Conflict, NotFound):
            pass
        with db.read() as session:
            after = seen(session, lesson_id)
            if what != "publish" or waits is None:
                assert after == before
            else:
                assert after.values == {**before.values, **waits.values}
                shown.append(after)
            # What was published stays, as it was.
            assert queries.versions(session, lesson_id)[-len(known) :] == known or not known
    with db.read() as session:
        kept = [queries.version(session, lesson_id, n + 2)[1] for n in range(len(shown))]
        assert kept == shown


def _do(
    session: Session, lesson: Lesson, what: str, about: Details | int, owner: Viewer, staff: Viewer
) -> None:
    if isinstance(about, Details):
        actions.edit(session, lesson, about, owner.person_id, SOON)
    elif what == "restore":
        actions.restore(session, lesson, about, owner.person_id, SOON)
    elif what == "discard":
        actions.discard(session, lesson, owner.person_id, SOON, seen=None)
    else:
        review.publish(session, staff, lesson.id, "", SOON)


def test_what_differs_is_told_by_its_part(db: Database) -> None:
    with db.write() as session:
        lesson_id, _owner, _staff = put(session)
        lesson = catalog.lesson(session, lesson_id)
        before = queries.snapshot(session, lesson)
        lesson.clips[0].poster = "00002.jpg"
        catalog_actions.arrange(session, lesson, lesson.clips[:1], SOON)
        after = queries.snapshot(session, lesson)
        assert set(parts_that_differ(before, after)) == {Part.CLIPS, Part.POSTERS}
        assert Snapshot.from_json(after.to_json()) == after
