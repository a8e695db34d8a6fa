"""Series: an order that everybody sees as far as they see its lessons."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.catalog.permits import Audience, LessonState
from library.core.database import Database
from library.core.errors import Conflict, Forbidden, Invalid, NotFound
from library.core.permits import NOBODY, Role
from library.works import queries, series
from library.works.rules import Move, arranged, moved
from tests.support import factories as make
from tests.support.databases import NOW

ORDERS = st.lists(st.sampled_from("abcdefgh"), unique=True, min_size=1)


@pytest.mark.slow
@given(ORDERS, st.sets(st.sampled_from("abcdefgh")), st.data())
def test_what_is_not_seen_keeps_its_place(order: list[str], seen: set[str], data: st.DataObject) -> None:
    one = data.draw(st.sampled_from(order))
    how = data.draw(st.sampled_from((Move.UP, Move.DOWN)))
    after = moved(order, seen, one, how)
    assert sorted(after) == sorted(order)
    for n, other in enumerate(order):
        if other not in seen and other != one:
            assert after[n] == other
    visible = [other for other in order if other in seen]
    mixed = data.draw(st.permutations(visible))
    rearranged = arranged(order, set(visible), mixed)
    assert [other for other in rearranged if other in seen] == list(mixed)
    assert [other if other not in seen else "" for other in rearranged] == [
        other if other not in seen else "" for other in order
    ]
    assert moved(order, seen, one, Move.OUT) == [other for other in order if other != one]


@pytest.mark.slow
def test_a_series_shows_and_counts_what_its_viewer_sees(db: Database) -> None:
    with db.write() as session:
        admin, staff, teacher = make.north(session)
        member = make.person(session, (Role.MEMBER, make.root(session)))
        branch = teacher.grants[0].node_id
        node = session.get_one(make.Node, branch)
        shown = {"owner": teacher, "branch": node}
        first = make.lesson(session, "第一讲", clips=1, **shown)
        draft = make.lesson(session, "草稿", state=LessonState.DRAFT, clips=1, **shown)
        inside = make.lesson(session, "内部", audience=Audience.SIGNED_IN, clips=1, **shown)
        last = make.lesson(session, "最后一讲", clips=1, **shown)
        row = series.make(session, teacher, " 十讲 ", "", NOW)
        for lesson in (first, draft, inside, last, first):
            series.add(session, teacher, row.id, lesson.id, NOW)
        empty = series.make(session, teacher, "只有草稿", "", NOW)
        hidden = make.lesson(session, "另一草稿", state=LessonState.DRAFT, **shown)
        series.add(session, teacher, empty.id, hidden.id, NOW)
        lessons = (first, draft, inside, last)
        row_id, empty_id = row.id, empty.id
        first_id, draft_id, inside_id, last_id = (one.id for one in lessons)

    with db.read() as session:

        def seen(viewer: object) -> list[str]:
            return [one.title for one in queries.episodes(session, viewer, row_id)]  # type: ignore[arg-type]

        assert seen(NOBODY) == ["第一讲", "最后一讲"]
        assert seen(member) == ["第一讲", "内部", "最后一讲"]
        assert seen(teacher) == seen(staff) == ["第一讲", "草稿", "内部", "最后一讲"]
        for viewer, count in ((NOBODY, 2), (member, 3), (teacher, 4)):
            page = queries.series_page(session, viewer, 1)
            counted = {one.series.title: one.count for one in page.items}
            assert counted["十讲"] == count
            assert ("只有草稿" in counted) is (viewer is teacher)
            assert page.total == len(counted)
        with pytest.raises(NotFound):
            queries.series_for(session, member, empty_id)
        place = queries.place_of(session, NOBODY, last_id)
        assert place is not None
        assert (place.n, place.count, place.next) == (2, 2, None)
        assert place.previous is not None
        assert place.previous.title == "第一讲"
        assert queries.covers(session, NOBODY, [row_id, empty_id])[row_id].title == "第一讲"

    with db.write() as session:
        series.move(session, teacher, row_id, last_id, Move.UP, NOW)
        assert queries.order_of(session, row_id) == [first_id, draft_id, last_id, inside_id]
        with pytest.raises(Conflict, match="episodes_changed"):
            series.arrange(session, teacher, row_id, [first_id, last_id], NOW)
        series.arrange(session, teacher, row_id, [last_id, first_id, inside_id, draft_id], NOW)
        assert queries.order_of(session, row_id) == [last_id, first_id, inside_id, draft_id]
        node = session.get_one(make.Node, branch)
        other = make.person(session, (Role.LECTURER, node))
        with pytest.raises(Forbidden):
            series.move(session, other, row_id, last_id, Move.DOWN, NOW)
        with pytest.raises(Forbidden):
            series.add(session, other, row_id, last_id, NOW)
        with pytest.raises(Conflict, match="in_another_series"):
            series.add(session, teacher, empty_id, last_id, NOW)
        its = make.lesson(session, "别人的课", owner=other, branch=node)
        with pytest.raises(Forbidden):
            series.add(session, teacher, row_id, its.id, NOW)
        secret = make.lesson(session, "别人的草稿", owner=other, branch=node, state=LessonState.DRAFT)
        with pytest.raises(Invalid, match="episode_unknown"):
            series.add(session, teacher, row_id, secret.id, NOW)
        series.add(session, staff, row_id, its.id, NOW)
        series.move(session, other, row_id, its.id, Move.OUT, NOW)  # their own lesson
        series.remove(session, admin, row_id)
        assert queries.place_of(session, teacher, first_id) is None
