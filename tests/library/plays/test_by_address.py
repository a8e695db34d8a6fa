"""Views without an account are limited by where they come from; members and honest rooms lose nothing."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from library.core.clock import local_day
from library.core.database import Database
from library.core.errors import Invalid
from library.core.permits import Role, Viewer
from library.organisation import actions as organisation
from library.plays import actions, queries
from library.plays.counting import Counted, CountingUnavailable, Turns, _Done, _Waiting
from library.plays.crediting import Beat, Credited
from library.plays.figures import Span
from library.plays.rules import ViewRule
from library.plays.statistics import lesson_figures, overview
from library.plays.tables import DaySum, OriginView, View
from tests.support import factories as make
from tests.support.databases import NOW

pytestmark = [pytest.mark.dear(18), pytest.mark.slow]

RULE = ViewRule()
SPAN = Span(None, local_day(NOW) + timedelta(days=1))


def s(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


class Room:
    """Browsers that look at clips from one address."""

    def __init__(self, db: Database, clips: int = 1, origin: str = "one") -> None:
        self.db, self.origin = db, origin
        with db.write() as session:
            self.lesson = make.lesson(session, clips=clips)
            self.lesson_id = self.lesson.id
            self.clips = [clip.id for clip in self.lesson.clips]

    def begin(self, viewers: list[str], clip: int = 0) -> list[str]:
        with self.db.write() as session:
            row = session.get_one(make.Clip, self.clips[clip])
            return [actions.start(session, row, viewer, NOW).id for viewer in viewers]

    def beat(self, plays: list[str], at_s: float, to_s: float = 12.0) -> list[Credited]:
        """Let each report what it has played until then."""
        beats = [Beat(play, [(0.0, to_s)] if to_s else [], 1.0, NOW + s(at_s), self.origin) for play in plays]
        with self.db.write() as session:
            credited = actions.credit_beats(session, beats, RULE)
        return [one for one in credited if one is not None]

    def views_at_s(self) -> list[float]:
        with self.db.read() as session:
            rows = session.scalars(select(View.at).where(View.lesson_id == self.lesson_id))
            return sorted((at - NOW).total_seconds() for at in rows)


def admin(db: Database) -> Viewer:
    with db.write() as session:
        return make.person(session, (Role.ADMIN, make.root(session)))


def visitors(n: int) -> list[str]:
    return [f"v:{number}" for number in range(n)]


def test_a_thousand_fake_views_from_one_address_counted_in_24_seconds(db: Database) -> None:
    room = Room(db)
    plays = room.begin(visitors(1000))
    told = room.beat(plays, 24)
    assert sum(one.counted for one in told) == RULE.address_minute
    assert all(one.waits != one.counted for one in told)
    for second in range(30, 200, 10):  # and whoever goes on waits for its turn
        room.beat(plays[:80], second, 0)
    at_s = room.views_at_s()
    assert max(sum(start <= other < start + 60 for other in at_s) for start in at_s) == RULE.address_minute
    assert len(at_s) <= 3 * RULE.address_minute


def test_thirty_phones_behind_one_address_all_count(db: Database) -> None:
    room = Room(db)
    plays = room.begin(visitors(30))
    for second in range(12, 133, 10):
        room.beat(plays, second, float(min(second, 60)))
    assert len(room.views_at_s()) == 30
    with db.read() as session:
        day = session.scalars(select(DaySum)).one()
        assert (day.visitor_views, day.completes) == (30, 30)
        assert lesson_figures(session, room.lesson_id, SPAN).held_back == 0


def test_members_are_not_limited_by_their_address(db: Database) -> None:
    room = Room(db)
    assert all(one.counted for one in room.beat(room.begin([f"p:{n}" for n in range(100)]), 12))


def test_a_clip_counts_so_often_an_hour_from_one_address_and_another_clip_beside_it(db: Database) -> None:
    room = Room(db, clips=2)
    first, second = room.begin(visitors(100)), room.begin([f"v:other{n}" for n in range(20)], clip=1)
    for at_s in range(12, 900, 30):
        room.beat(first, at_s)
    assert len(room.views_at_s()) == RULE.address_clip_hour
    room.beat(second, 960)
    assert len(room.views_at_s()) == RULE.address_clip_hour + RULE.address_minute
    room.beat(first, 3700)
    assert len(room.views_at_s()) == RULE.address_clip_hour + 2 * RULE.address_minute


def test_addresses_are_limited_apart_and_what_is_held_back_is_said(db: Database) -> None:
    room, other = Room(db), Room(db, origin="two")
    room.beat(room.begin(visitors(25)), 12)
    other.beat(other.begin([f"v:there{n}" for n in range(12)]), 12)
    boss = admin(db)
    with db.read() as session:
        assert lesson_figures(session, room.lesson_id, SPAN).held_back == 15
        assert lesson_figures(session, other.lesson_id, SPAN).held_back == 2
        assert overview(session, boss, SPAN).held_back == 17
        yesterday = Span(None, local_day(NOW) - timedelta(days=1))
        assert lesson_figures(session, room.lesson_id, yesterday).held_back == 0


def test_a_play_that_is_held_back_has_completed_nothing(db: Database) -> None:
    room = Room(db)
    told = room.beat(room.begin(visitors(15)), 61, 60.0)
    assert Counter(one.completed for one in told) == {True: RULE.address_minute, False: 5}


def test_without_limits_everything_counts(db: Database) -> None:
    room = Room(db)
    plays = room.begin(visitors(200))
    beats = [Beat(play, [(0.0, 12.0)], 1.0, NOW + s(12), "one") for play in plays]
    with db.write() as session:
        told = actions.credit_beats(session, beats, ViewRule(address_minute=0, address_clip_hour=0))
        assert sum(one.counted for one in told if one) == 200
        assert session.scalar(select(func.count()).select_from(OriginView)) == 200


def test_where_views_came_from_is_forgotten_after_an_hour(db: Database) -> None:
    room = Room(db)
    room.beat(room.begin(visitors(5)), 12)
    for after, left in ((s(3600), 5), (s(3613), 0)):
        with db.write() as session:
            actions.forget_origins(session, NOW + after)
            assert session.scalar(select(func.count()).select_from(OriginView)) == left


# ---------------------------------------------------------------------- turns


def credited(play: str, *, waits: bool) -> _Done:
    beat = Beat(play, [(0.0, 12.0)], 1.0, NOW, "one")
    one = Credited("clip", 12.0, not waits, False, 0.0, None, waits=waits)
    return _Done(_Waiting(beat, None), Counted(one))


def test_turns_ask_again_for_all_who_wait_and_for_nobody_else() -> None:
    turns = Turns(RULE)
    turns.note([credited(f"play{n}", waits=n != 3) for n in range(25)])
    asked: list[str] = []
    for now_s in range(1, 7):
        due = list(turns.due(float(now_s) * 2, lambda: NOW + s(60)))
        assert len(due) <= RULE.address_minute
        assert all(not beat.ranges and beat.at == NOW + s(60) for beat in due)
        asked += [beat.play_id for beat in due]
        turns.note([credited(beat.play_id, waits=False) for beat in due])
    assert sorted(asked) == sorted(f"play{n}" for n in range(25) if n != 3)
    assert not turns


def test_a_play_kept_its_turn_when_the_database_was_away() -> None:
    turns = Turns(RULE)
    waiting = credited("play", waits=True)
    turns.note([waiting])
    turns.note([_Done(waiting.waiting, error=CountingUnavailable())])
    assert turns
    turns.note([_Done(waiting.waiting, error=ValueError("its row is broken"))])
    assert not turns


def test_a_play_that_must_wait_longer_keeps_nobody_behind_it(db: Database) -> None:
    turns = Turns(RULE)
    turns.note([credited(f"play{n}", waits=True) for n in range(20)])
    seen = set()
    for now_s in (2.0, 4.0):
        due = list(turns.due(now_s, lambda: NOW))
        seen |= {beat.play_id for beat in due}
        turns.note([credited(beat.play_id, waits=True) for beat in due])
    assert len(seen) == 20


# ---------------------------------------------------------------------- lists


def test_fake_views_put_a_lesson_before_what_members_watch(db: Database) -> None:
    faked, watched, shown = Room(db), Room(db), Room(db)
    faked.origin = ""
    faked.beat(faked.begin(visitors(500)), 61, 60.0)
    watched.beat(watched.begin(["p:1", "p:2"]), 61, 60.0)
    shown.beat(shown.begin(["g:3"]), 61, 60.0)
    order = [watched.lesson_id, shown.lesson_id]
    boss = admin(db)
    with db.read() as session:
        assert [one for one, _ in queries.most_watched(session, 10)] == order, (
            "and one that nobody is known of is not there"
        )
        for sort in ("views", "watched"):
            lines = overview(session, boss, SPAN, sort=sort).lessons  # type: ignore[arg-type]
            assert [line.lesson_id for line in lines] == [*order, faked.lesson_id], sort
        weights = queries.lesson_weights(session, [faked.lesson_id, *order])
        assert [weights.get(one, 0) for one in (faked.lesson_id, *order)] == [0, 2, 1]


# ---------------------------------------------------------------------- screenings


def declare(db: Database, room: Room, viewer: Viewer, people: int, clip: int, at_s: float = 0.0) -> str:
    """Declare a screening; returns "" or why it cannot be."""
    with db.write() as session:
        try:
            said = actions.declare(session, viewer, people, NOW + s(at_s), RULE)
        except Invalid as error:
            return error.code
        row = session.get_one(make.Clip, room.clips[clip])
        home = viewer.grants[0].node_id if viewer.grants else None
        viewer_key = f"g:{viewer.person_id}"
        actions.start(session, row, viewer_key, NOW + s(at_s), people=said, node_id=home)
        return ""


@pytest.mark.parametrize(
    ("role", "most"),
    [(None, 60), (Role.MEMBER, 60), (Role.LECTURER, 200), (Role.STAFF, 500), (Role.ADMIN, 500)],
)
def test_how_many_somebody_may_say_were_there_depends_on_their_role(
    db: Database, role: Role | None, most: int
) -> None:
    room = Room(db, clips=8)
    with db.write() as session:
        branch = organisation.add_named(session, make.root(session), "东村", NOW)
        viewer = make.person(session, *([(role, branch)] if role else []))
    assert declare(db, room, viewer, most + 1, 0) == "people_count"
    for clip in range(RULE.group_hour):
        assert declare(db, room, viewer, most, clip) == ""
    assert declare(db, room, viewer, 2, 7) == "people_place"
    assert declare(db, room, viewer, most, 0) == "people_place"
    assert declare(db, room, viewer, most, 7, 3601) == "", "an hour later"


def test_eleven_screenings_of_five_hundred_people_counted_within_minutes(db: Database) -> None:
    room = Room(db, clips=11)
    with db.write() as session:
        branch = organisation.add_named(session, make.root(session), "东村", NOW)
        people = [make.person(session, (Role.MEMBER, branch)) for _ in range(5)]
        lecturer = make.person(session, (Role.LECTURER, branch))
    taken = 0
    for n in range(55):
        for most in (500, 60, 2):
            if not declare(db, room, people[n % 5], most, n % 11, n):
                taken += most
                break
    assert taken == RULE.group_member_most * RULE.group_hour
    assert declare(db, room, lecturer, 30, 0, 60) == "", "whoever answers for more is not kept from it"


def test_a_screening_that_is_opened_again_declares_nothing_new(db: Database) -> None:
    room = Room(db)
    with db.write() as session:
        viewer = make.person(session, (Role.MEMBER, make.root(session)))
    for n in range(5):
        assert declare(db, room, viewer, 50, 0, n) == ""
    with db.read() as session:
        assert queries.declared(session, viewer.grants[0].node_id, NOW - s(60)) == 50
