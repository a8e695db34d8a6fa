"""Shelves of a page, and which clips may stay on a device: by hypothesis."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from library.catalog import shelves
from library.catalog.offline_rules import may_keep
from library.catalog.permits import Audience, LessonState
from library.core.database import Database
from library.core.permits import NOBODY
from tests.support import factories as make

names = st.lists(st.sampled_from("abcdefgh"), max_size=12)


@given(names, names, st.sets(st.sampled_from("abcdefgh")), st.integers(0, 5))
def test_no_lesson_stands_on_two_shelves_or_where_it_was_shown(
    first: list[str], second: list[str], shown: set[str], most: int
) -> None:
    told = shelves.only_once(first, second, shown=shown, most=most)
    all_told = [one for shelf in told for one in shelf]
    assert len(all_told) == len(set(all_told))
    assert not set(all_told) & shown
    assert all(len(shelf) <= most for shelf in told)
    for shelf, wanted in zip(told, (first, second), strict=True):
        assert shelf == [one for one in dict.fromkeys(wanted) if one in shelf], "in its order"


@given(st.sampled_from(LessonState), st.sampled_from(Audience))
def test_only_published_lessons_that_are_not_for_chosen_people_may_stay(
    state: LessonState, audience: Audience
) -> None:
    assert may_keep(state, audience) == (
        state == "published" and audience in ("everyone", "signed_in", "organisation")
    )


def test_the_newest_are_those_that_one_may_see_and_are_counted_no_further_than_asked(db: Database) -> None:
    with db.write() as session:
        ids = [
            make.lesson(session, f"第{n}课", lecturer="王芳", now=datetime(2026, 1, n, tzinfo=UTC)).id
            for n in (1, 2, 3)
        ]
        make.lesson(session, "内部", audience=Audience.SIGNED_IN)
        make.lesson(session, "草稿", state=LessonState.DRAFT)
    with db.read() as session:
        assert list(shelves.newest_ids(session, NOBODY, 2)) == [ids[2], ids[1]]
        assert shelves.count_published(session, NOBODY) == 3
        assert shelves.count_published(session, NOBODY, 2) == 2
