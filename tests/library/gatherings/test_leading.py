"""Who begins and ends a gathering: not the host of one of its rooms, who would freeze the roll of all of
them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from library.core.database import Database
from library.core.errors import Conflict, NotFound
from library.core.ids import new_id
from library.gatherings import marking, opening, queries
from library.gatherings.actions import RoomDraft
from library.gatherings.marking import Said
from library.gatherings.rules import GatheringState, Mark
from tests.library.gatherings.branch import at, branch, planned
from tests.support.databases import NOW


def test_the_host_of_one_room_neither_begins_nor_ends_the_whole_gathering(db: Database) -> None:
    with db.write() as session:
        its = branch(session, count=5)
        _secretary, chair, recorder, host, member = its.members
        rooms = (RoomDraft("主会场", chair.person_id), RoomDraft("分会场", host.person_id))
        one = planned(session, its, rooms=rooms, chair_id=chair.person_id, recorder_id=recorder.person_id)
        begin, over = at(its.desk, 0), at(its.desk, 60)
        with pytest.raises(Conflict, match="gathering_lead"):
            opening.open_(session, replace(begin, viewer=host), one.id)
        with pytest.raises(NotFound):
            opening.open_(session, replace(begin, viewer=member), one.id)
        assert one.state is GatheringState.PLANNED
        opening.open_(session, replace(begin, viewer=chair), one.id)
        said = Said(
            id=new_id(), mark=Mark.PRESENT, entry_id=queries.roll_of(session, one.id)[0].entry.id, room=2
        )
        marking.say_one(session, replace(begin, viewer=host), one.id, said)  # that is what a host is for
        with pytest.raises(Conflict, match="gathering_lead"):
            opening.end(session, replace(over, viewer=host), one.id)
        found = queries.seen(session, host, one.id)
        assert (found.hosts, found.leads) == (True, False)
        opening.end(session, replace(over, viewer=recorder), one.id)
        assert one.state is GatheringState.ENDED


def test_the_host_of_the_only_room_begins_it(db: Database) -> None:
    with db.write() as session:
        its = branch(session, count=3)
        host = its.members[1]
        one = planned(session, its, rooms=(RoomDraft("会议室", host.person_id),))
        assert queries.seen(session, host, one.id).leads
        opening.open_(session, replace(at(its.desk, 0), viewer=host), one.id)
        opening.end(session, replace(at(its.desk, 60), viewer=host), one.id)
        assert one.ended_at is not None
        assert one.ended_at > NOW
