"""What was watched becomes evidence: each second once, on the day it was seen, however often it is said; and
self-study and practice, with what a secretary may and may not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from library.books import actions, practising, queries, studying, watching
from library.books.hours import USUAL, Book
from library.books.practising import Told
from library.books.rules import Why
from library.books.tables import WatchedDay
from library.books.watching import _Played, pieces_from
from library.core.clock import CHINA, local_day, midnight
from library.core.database import Database
from library.core.errors import Conflict, Invalid, NotFound
from library.core.permits import Role
from library.evidence import queries as evidence
from library.evidence.rules import EvidenceKind, Source
from library.evidence.tables import Evidence
from library.organisation import actions as organisation
from library.plays import actions as plays
from library.plays import closing
from library.plays.crediting import Beat
from library.plays.rules import ViewRule, total_s, union
from tests.support import factories as make
from tests.support.databases import NOW

TODAY = local_day(NOW)


def standing(db: Database) -> list[tuple[date, int]]:
    with db.read() as session:
        found = evidence.pieces_of(
            session, date(2026, 1, 1), date(2026, 12, 31), kinds=[EvidenceKind.WATCHED]
        )
        return [(piece.day, piece.amount) for piece in found]


def test_what_was_watched_is_said_once_and_a_night_that_was_ended_goes_on(db: Database) -> None:
    with db.write() as session:
        root = make.root(session)
        branch = organisation.add_named(session, root, "余村党支部", NOW)
        member = make.person(session, (Role.MEMBER, branch), name="王芳")
        lessons = [make.lesson(session, f"课{n}", clips=2) for n in range(2)]
        clips = [one.clips[0].id for one in lessons]
        ids = [one.id for one in lessons]
        home = branch.id
    person = member.person_id or ""

    def watch(lesson: int, begun_min: int, ranges: list[tuple[float, float]], kind: str = "p") -> None:
        at = NOW + timedelta(minutes=begun_min)
        with db.write() as session:
            clip = session.get_one(make.Clip, clips[lesson])
            play = plays.start(session, clip, f"{kind}:{person}", at, node_id=home)
            plays.credit_beats(session, [Beat(play.id, ranges, 1.0, at + timedelta(minutes=2))], ViewRule())

    watch(0, 0, [(0.0, 30.0)])
    watch(0, 10, [(20.0, 40.0)])
    watch(1, 20, [(0.0, 60.0)])
    watch(1, 40, [(0.0, 60.0)], kind="g")
    assert watching.run(db, lambda: NOW) == [], "the day is not over"
    with db.read() as session:
        fresh = watching.of_person(session, person, TODAY)
        assert sorted(one.amount for one in fresh) == [40, 60], "each second once, and no screening"
        own = queries.person_books(session, person, None, TODAY)
        assert {cause.why for line in own.books.lines for cause in line.causes} == {Why.SHARE, Why.NOT_YET}

    later = NOW + timedelta(days=1, hours=12)
    watch(0, 24 * 60, [(30.0, 60.0)])  # the next day: only what is new of it counts
    with db.write() as session:
        closing.close(session, TODAY, later)
    stops = iter([False, False, True])
    assert watching.run(db, lambda: later, lambda: next(stops)) == [], "ended after the first lesson"
    assert len(standing(db)) == 1
    with db.read() as session:
        own = queries.person_books(session, person, None, TODAY + timedelta(days=1))
        seconds = sorted(line.seconds for line in own.books.lines)
        assert seconds == [60, 60], "of each lesson what was seen, said already or not"
    assert watching.run(db, lambda: later) == [(TODAY, 2)]
    assert watching.run(db, lambda: later) == []
    with db.write() as session:
        session.delete(session.get_one(WatchedDay, TODAY))
    assert watching.run(db, lambda: later) == [(TODAY, 2)], "said again, and nothing is written"
    with db.read() as session:
        rows = session.scalars(select(Evidence)).all()
        assert sorted((row.amount, row.node_id, row.lesson_id) for row in rows) == [
            (40, home, ids[0]),
            (60, home, ids[1]),
        ]
        tomorrow = TODAY + timedelta(days=1)
        assert [one.amount for one in watching.of_person(session, person, tomorrow)] == [20]
    with db.write() as session:
        closing.close(session, TODAY + timedelta(days=1), later + timedelta(days=1))
    assert watching.run(db, lambda: later + timedelta(days=1)) == [(TODAY + timedelta(days=1), 1)]
    assert sorted(standing(db)) == [(TODAY, 40), (TODAY, 60), (TODAY + timedelta(days=1), 20)]


_PLAYS = st.lists(
    st.builds(
        lambda clip, day, start, length: _Played(
            "p:x",
            f"c{clip}",
            "l",
            "n",
            midnight(date(2025, 12, 30)) + timedelta(days=day, hours=9),
            [[start, start + length]],
        ),
        st.integers(0, 1),
        st.integers(0, 5),
        st.floats(0, 500),
        st.floats(0.1, 100),
    ),
    max_size=12,
)


@given(_PLAYS)
def test_the_days_of_a_year_add_up_to_what_was_seen_in_it(played: list[_Played]) -> None:
    said = list(pieces_from("p:x", "l", played, date(2025, 12, 1), date(2026, 2, 1)))
    for year in (2025, 2026):
        seen = {one.clip_id for one in played if one.started_at.astimezone(CHINA).year == year}
        whole = sum(
            total_s(
                union(
                    (begin, end)
                    for one in played
                    if one.clip_id == clip and one.started_at.astimezone(CHINA).year == year
                    for begin, end in one.ranges
                )
            )
            for clip in sorted(seen)
        )
        assert abs(sum(one.amount for one in said if one.day.year == year) - int(whole)) <= (
            abs(whole - round(whole)) < 1e-6
        )
    assert len({one.source_id for one in said}) == len(said)


def test_self_study_and_practice_become_evidence_and_nobody_confirms_their_own(db: Database) -> None:
    with db.write() as session:
        root = make.root(session)
        branch = organisation.add_named(session, root, "余村党支部", NOW)
        other = organisation.add_named(session, root, "灵峰党支部", NOW)
        secretary = make.person(session, (Role.SECRETARY, branch), (Role.MEMBER, branch), name="书记")
        stranger = make.person(session, (Role.SECRETARY, other), name="别的书记")
        member = make.person(session, (Role.MEMBER, branch), name="王芳")
        person = member.person_id or ""

        study = studying.plan(session, member, "党章第一章", None, TODAY, TODAY, NOW)
        studying.note(session, member, study.id, "只给自己看", 1, NOW)
        with pytest.raises(Conflict, match="study_changed"):
            studying.note(session, member, study.id, "另一处写的", 1, NOW)
        for who in (secretary, stranger):
            with pytest.raises(NotFound):
                queries.own_study(session, who, study.id)
        with pytest.raises(Invalid, match="study_minutes"):
            studying.finish(session, member, study.id, "有收获", "0", TODAY, NOW)
        with pytest.raises(Invalid, match="day_coming"):
            studying.finish(session, member, study.id, "有收获", "90", TODAY + timedelta(days=1), NOW)
        studying.finish(session, member, study.id, "有收获", "90", TODAY, NOW)

        told = [
            practising.say(session, one, Told("清河", "村口", TODAY, "做了"), NOW)
            for one in (member, secretary)
        ]
        assert [row.id for row in queries.waiting(session, secretary).items] == [told[0].id]
        for who, row in ((member, told[0]), (stranger, told[0]), (secretary, told[1])):
            with pytest.raises(NotFound):
                practising.confirm(session, who, row.id, NOW)
        practising.confirm(session, secretary, told[0].id, NOW)
        with pytest.raises(Conflict, match="practice_answered"):
            practising.confirm(session, secretary, told[0].id, NOW)

        found = queries.books_for(session, secretary, person, None, TODAY)
        assert {one.book: one.value for one in found.books.sums if one.value} == {
            Book.SELF: 1.5,
            Book.PRACTICE: 1,
        }
        assert found.books.sum_of(Book.GATHERED).aim == 32
        assert queries.books_for(session, secretary, secretary.person_id or "", None, TODAY).member.leads
        with pytest.raises(NotFound):
            queries.books_for(session, stranger, person, None, TODAY)
        each = {one.name: books for one, books in _each(session, branch.id)}
        assert {name: books.sum_of(Book.SELF).value for name, books in each.items()} == {
            "书记": 0,
            "王芳": 1.5,
        }

        entry = found.entries[next(one for one in found.entries if one.source is Source.SELF_STUDY)]
        for who in (member, stranger):
            with pytest.raises(NotFound):
                actions.take_back(session, who, entry, "不对", NOW)
        actions.take_back(session, secretary, entry, "时间写错了", NOW)
        own = queries.person_books(session, person, None, TODAY)
        assert own.books.sum_of(Book.SELF).value == 0
        assert [(one.by, one.reason) for one in own.reversed] == [(secretary.person_id, "时间写错了")]
        with pytest.raises(Conflict, match="study_corrected"):
            studying.take_up(session, member, study.id, NOW)
        assert queries.person_books(session, person, None, TODAY).books.sum_of(Book.SELF).value == 0


def _each(session: make.Session, node_id: str) -> Iterator[tuple[queries.Member, queries.Books]]:
    members = queries.members_of(session, TODAY, node_ids=[node_id])
    return queries.each_books(session, members, queries.tables(session), 2026, TODAY)


def test_rules_of_a_node_are_inherited_and_past_years_stay(db: Database) -> None:
    with db.write() as session:
        root = make.root(session)
        town = organisation.add_named(session, root, "天荒坪镇党委", NOW)
        branch = organisation.add_named(session, town, "余村党支部", NOW)
        staff = make.person(session, (Role.STAFF, town))
        content = {**USUAL.model_dump(mode="json"), "hour_min": 45}
        with pytest.raises(NotFound):
            actions.put_rules(session, staff, root.id, TODAY, content, NOW)
        with pytest.raises(Invalid, match="hours_first"):
            actions.put_rules(session, staff, town.id, date(2025, 12, 31), content, NOW)
        actions.put_rules(session, staff, town.id, TODAY, content, NOW)
        actions.put_rules(session, staff, town.id, TODAY, {**content, "hour_min": 50}, NOW)
        said = queries.tables(session)
        assert [said.at(one.path).on(TODAY).hour_min for one in (root, town, branch)] == [60, 50, 50]
        with pytest.raises(Conflict, match="hours_hold"):
            actions.remove_rules(session, staff, town.id, TODAY, NOW)
        coming = TODAY + timedelta(days=30)
        actions.put_rules(session, staff, branch.id, coming, content, NOW)
        actions.remove_rules(session, staff, branch.id, coming, NOW)
        assert queries.tables(session).at(branch.path).on(coming).hour_min == 50
