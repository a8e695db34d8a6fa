"""From the screen to the ledger: who was there, corrections, one view, nothing lost or doubled."""

from __future__ import annotations

import os
import signal
from typing import Any

import pytest
from sqlalchemy import func, select

from library.core.database import Database, open_database
from library.core.errors import Conflict, NotFound
from library.evidence.rules import EvidenceKind, Source
from library.evidence.tables import Evidence
from library.gatherings import opening
from library.gatherings.rules import Mark
from library.gatherings.showings import actions
from library.gatherings.tables import Showing
from library.plays.queries import declared
from library.plays.rules import ViewRule
from library.plays.tables import DaySum, View
from tests.library.gatherings.meeting import Meeting, mark, meeting, run, show
from tests.support.databases import KINDS, Databases
from tests.support.processes import FORKS

RULE = ViewRule()


def seen(db: Database, its: Meeting) -> list[int]:
    """What stands in the ledger of each member for what they saw on the screen."""
    with db.read() as session:
        sums = dict(
            session.execute(
                select(Evidence.person_id, func.sum(Evidence.amount))
                .where(Evidence.source == Source.SHOWING, Evidence.kind == EvidenceKind.WATCHED)
                .group_by(Evidence.person_id)
            ).all()
        )
    return [int(sums.get(one.person_id, 0)) for one in its.members]


def test_what_ran_while_somebody_was_there(db: Database) -> None:
    with db.write() as session:
        its = meeting(session)
        (clips,) = its.clips
        showing = show(session, its, 10)
        beats = [run(clips[0], 0, 60, 0), run(clips[1], 0, 60, 60), run(clips[2], 0, 30, 600)]
        for beat in beats * 2:  # everything comes twice
            actions.beat(session, its.id, showing, [beat], its.at(25).now)
        again = show(session, its, 26)
        assert again == showing, "reloaded it is the same showing"
        back = actions.begin(session, its.members[0], its.id, its.rooms[0], its.lessons[0], its.at(27).now)
        assert (back.clip_id, back.at_s, back.played_s) == (clips[2], 30.0, 150)
        mark(session, its, 0, Mark.PRESENT, 30)
        mark(session, its, 1, Mark.LATE, 30, minutes=11)
        mark(session, its, 2, Mark.LEFT_EARLY, 30, minutes=60 + 19)
        mark(session, its, 3, Mark.ABSENT, 30)
    assert seen(db, its) == [0, 0, 0, 0], "nothing is proven before it ends"
    with db.write() as session:
        opening.end(session, its.at(90), its.id)
    # It began ten minutes after the opening; the second came a minute into it, the third left after one.
    assert seen(db, its) == [150, 90, 60, 0]
    with db.write() as session:
        mark(session, its, 3, Mark.PRESENT, 100, reason="记错了")
        mark(session, its, 0, Mark.ABSENT, 100, reason="记错了")
    assert seen(db, its) == [0, 90, 60, 150]
    with db.write() as session:
        late = [run(clips[2], 30, 60, 630), run(clips[2], 0, 60, 4_790)]  # the screen had no network
        told = actions.beat(session, its.id, showing, late, its.at(120).now)
        assert told.played_s == 180
        with pytest.raises(Conflict):
            actions.beat(session, its.id, showing, late, its.at(60 * 24).now)
    assert seen(db, its) == [0, 120, 60, 180]
    with db.read() as session:
        rows = session.scalars(select(Evidence).where(Evidence.source == Source.SHOWING)).all()
        assert sum(row.reverses_id is not None for row in rows) == 3
        assert {(row.lesson_id, row.form.value, row.node_id) for row in rows} == {
            (its.lessons[0], "gathered", its.node_id)
        }


def test_one_view_of_each_clip_for_who_was_in_the_room(db: Database) -> None:
    with db.write() as session:
        its = meeting(session, 5, rooms=2)
        (clips,) = its.clips
        for room, at in ((0, 5), (1, 6)):
            showing = show(session, its, at, room)
            beat = [run(clips[0], 0, 60, 0), run(clips[1], 0, 3, 60)]
            actions.beat(session, its.id, showing, beat, its.at(20).now)
        for who, room in ((0, 1), (1, 1), (2, 2), (3, 2), (4, 2)):
            mark(session, its, who, Mark.PRESENT, 30, room=room)
        assert actions.count_ended(session, RULE, its.at(30).now) == 0
        opening.end(session, its.at(90), its.id)
    with db.write() as session:
        assert actions.count_ended(session, RULE, its.at(91).now) == 2
    with db.write() as session:
        assert actions.count_ended(session, RULE, its.at(91).now) == 0
        views = session.scalars(select(View)).all()
        assert sorted((one.clip_id, one.people, one.kind) for one in views) == [
            (clips[0], 2, "group"),
            (clips[0], 3, "group"),
        ], "three seconds of the second clip are no view"
        day = session.scalars(select(DaySum).where(DaySum.clip_id == clips[0])).one()
        assert (day.group_views, day.group_people, day.watched_s) == (2, 5, 120.0)
        assert day.node_id == its.node_id
        assert declared(session, its.node_id, its.at(0).now) == 0, "the roll has told, nobody declared"


def test_who_may_not_and_when_not(db: Database) -> None:
    with db.write() as session:
        its = meeting(session, lessons=2)
        first, second = show(session, its, 1), show(session, its, 2, lesson=1)
        actions.beat(session, its.id, first, [run(its.clips[0][0], 0, 60, 0)], its.at(10).now)
        both = actions.beat(session, its.id, second, [run(its.clips[1][0], 0, 60, -30)], its.at(10).now)
        assert (both.played_s, both.cut_s) == (30, 30.0), "two lessons do not run in a room at once"
        foreign = actions.beat(session, its.id, second, [run(its.clips[0][0], 0, 60, 100)], its.at(10).now)
        assert foreign.played_s == 30, "a clip of another lesson"
        with pytest.raises(NotFound):
            actions.beat(session, "0" * 16, first, [], its.at(10).now)
        with pytest.raises(NotFound):
            actions.begin(session, its.members[0], its.id, its.rooms[0], "0" * 16, its.at(10).now)
        opening.end(session, its.at(90), its.id)
        with pytest.raises(Conflict):
            show(session, its, 91)


def _killed(url: str, its: Meeting, step: str, die: bool) -> None:
    db = open_database(url)
    with db.write() as session:
        if step == "beat":
            showing = session.scalars(select(Showing.id)).one()
            actions.beat(session, its.id, showing, [run(its.clips[0][0], 0, 60, 0)], its.at(20).now)
        elif step == "end":
            opening.end(session, its.at(90), its.id)
        else:
            actions.count_ended(session, RULE, its.at(91).now)
        if die:
            os.kill(os.getpid(), signal.SIGKILL)
    db.close()


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_killed_at_each_step_nothing_is_lost_or_doubled(databases: Databases, kind: str) -> None:
    with databases.url(kind) as url:
        db = open_database(url)
        with db.write() as session:
            its = meeting(session)
            show(session, its, 10)
            for who in range(3):
                mark(session, its, who, Mark.PRESENT, 30)
        for step in ("beat", "end", "count"):
            for die in (True, False, False):  # killed, done, and done again
                child: Any = FORKS.Process(target=_killed, args=(url, its, step, die))
                child.start()
                child.join(60)
                assert child.exitcode == (-signal.SIGKILL if die else 0)
        assert seen(db, its) == [60, 60, 60, 0]
        with db.read() as session:
            assert session.scalar(select(func.count()).select_from(Evidence)) == 6
            assert [one.people for one in session.scalars(select(View))] == [3]
        db.close()
