"""What somebody says of themselves has its limits: plans at once, hours of a day, and lists that say how long
they are."""

from __future__ import annotations

from datetime import timedelta

import pytest

from library.books import entries, practising, queries, studying
from library.books.entries import StudyState
from library.books.practising import Told
from library.core.clock import local_day
from library.core.database import Database
from library.core.errors import Conflict, Invalid
from library.core.permits import Role, Viewer
from tests.support import factories as make
from tests.support.databases import NOW
from tests.support.together import together

TODAY = local_day(NOW)


def _member(session: make.Session) -> Viewer:
    return make.person(session, (Role.MEMBER, make.root(session)))


def _planned(session: make.Session, member: Viewer, title: str = "党章") -> str:
    return studying.plan(session, member, title, None, TODAY, TODAY, NOW).id


def test_what_is_taken_up_again_counts_among_the_open_plans(db: Database) -> None:
    with db.write() as session:
        member = _member(session)
        dropped = _planned(session, member)
        studying.drop(session, member, dropped, NOW)
        for n in range(entries.MOST_OPEN):
            last = _planned(session, member, f"第{n}章")
        with pytest.raises(Conflict, match="studies_many"):
            studying.take_up(session, member, dropped, NOW)
        assert studying.take_up(session, member, last, NOW).state is StudyState.PLANNED, "it is open already"
        studying.drop(session, member, last, NOW)
        assert studying.take_up(session, member, dropped, NOW).state is StudyState.PLANNED


def test_lists_say_how_many_more_there_are(db: Database) -> None:
    many = queries.PAGE_SIZE + 3
    with db.write() as session:
        member, secretary = _member(session), make.person(session, (Role.SECRETARY, make.root(session)))
        for n in range(many):
            studying.drop(session, member, _planned(session, member, f"第{n}章"), NOW)
            if n < entries.MOST_OPEN:
                practising.say(session, member, Told(f"第{n}次", "村口", TODAY, "做了"), NOW)
        other = _member(session)
        for n in range(many - entries.MOST_OPEN):
            practising.say(session, other, Told(f"又{n}次", "村口", TODAY, "做了"), NOW)
        person = member.person_id or ""
        first, second = (queries.studies(session, person, n) for n in (1, 2))
        assert (first.total, first.last, len(second.items)) == (many, 2, 3)
        assert {one.id for one in first.items}.isdisjoint({one.id for one in second.items})
        assert queries.practices(session, person).total == entries.MOST_OPEN
        assert [len(queries.waiting(session, secretary, n).items) for n in (1, 2)] == [queries.PAGE_SIZE, 3]
        assert queries.waiting(session, member).total == 0


def test_a_day_has_no_more_than_its_24_hours(db: Database) -> None:
    with db.write() as session:
        member = _member(session)
        ids = [_planned(session, member, f"第{n}章") for n in range(4)]
        for one in ids[:2]:
            studying.finish(session, member, one, "有收获", "700", TODAY, NOW)
        with pytest.raises(Invalid, match="study_day_full") as refused:
            studying.finish(session, member, ids[2], "有收获", "41", TODAY, NOW)
        assert (refused.value.values["minutes"], refused.value.values["left"]) == (1400, 40)
        studying.finish(session, member, ids[2], "有收获", "720", TODAY - timedelta(days=1), NOW)
        studying.take_up(session, member, ids[0], NOW)  # what is taken back leaves room
        studying.finish(session, member, ids[0], "有收获", "720", TODAY, NOW)
        studying.finish(session, member, ids[3], "有收获", "20", TODAY, NOW)


@pytest.mark.postgres
def test_two_entries_at_once_do_not_make_a_day_longer(postgres_db: Database) -> None:
    with postgres_db.write() as session:
        member = _member(session)
        ids = [_planned(session, member, f"第{n}章") for n in range(4)]

    def finish(study_id: str) -> None:
        with postgres_db.write() as session:
            studying.finish(session, member, study_id, "有收获", "720", TODAY, NOW)

    found = together([lambda one=one: finish(one) for one in ids])  # type: ignore[misc]
    assert [type(one).__name__ for one in found].count("Invalid") == 2, found
