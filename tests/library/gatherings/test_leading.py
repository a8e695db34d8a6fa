"""Who begins and ends a gathering: not the host of one of its rooms, who would freeze the roll of all of
them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from library.core.database import Database
from library.core.errors import Conflict, NotFound
from library.core.ids import new_id
from library.evidence.tables import Evidence
from library.gatherings import marking, opening, queries
from library.gatherings.actions import RoomDraft
from library.gatherings.marking import Said
from library.gatherings.rules import GatheringState, How, Mark
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


def test_a_room_is_closed_while_the_others_go_on(db: Database) -> None:
    with db.write() as session:
        its = branch(session, count=5)
        _secretary, chair, _recorder, host, member = its.members
        rooms = (RoomDraft("主会场", chair.person_id), RoomDraft("分会场", host.person_id))
        one = planned(session, its, rooms=rooms, chair_id=chair.person_id)
        opening.open_(session, replace(at(its.desk, 0), viewer=chair), one.id)
        entries = {row.entry.person_id: row.entry.id for row in queries.roll_of(session, one.id)}
        for who, room in ((chair, 1), (host, 2)):
            said = Said(id=new_id(), mark=Mark.PRESENT, entry_id=entries[who.person_id], room=room)
            marking.say_one(session, at(its.desk, 1), one.id, said)
        closes = replace(at(its.desk, 30), viewer=host)
        with pytest.raises(Conflict, match="room_not_yours"):
            opening.end_room(session, closes, one.id, 1)
        with pytest.raises(NotFound):
            opening.end_room(session, replace(closes, viewer=member), one.id, 2)
        opening.end_room(session, closes, one.id, 2)
        first = opening.end_room(session, replace(closes, now=at(its.desk, 40).now), one.id, 2)
        assert first.ended_at == closes.now, "closed twice it is the same"
        assert one.state is GatheringState.OPEN
        with pytest.raises(Conflict, match="room_last"):
            opening.end_room(session, replace(closes, viewer=chair), one.id, 1)
        with pytest.raises(Conflict, match="here_room_over"):
            marking.check_in(session, member, one.id, closes.now, 2, How.QR)
        assert marking.check_in(session, member, one.id, closes.now, 1, How.QR).new
        # Who sat in the room that is over may go to another gathering; who sits in this one may not.
        assert marking.others_open(session, str(host.person_id), "", closes.now) == []
        assert len(marking.others_open(session, str(chair.person_id), "", closes.now)) == 1
        # Pressed too early it goes on again, and is closed later.
        opening.reopen_room(session, closes, one.id, 2)
        assert len(marking.others_open(session, str(host.person_id), "", closes.now)) == 1
        opening.end_room(session, replace(at(its.desk, 45), viewer=host), one.id, 2)
        opening.end(session, replace(at(its.desk, 80), viewer=chair), one.id)
        pieces = session.scalars(select(Evidence).where(Evidence.source_id == one.id)).all()
        minutes = {piece.person_id: piece.amount // 60 for piece in pieces}
        opened = (at(its.desk, 0).now, one.ended_at)
        assert one.opened_at == opened[0]
        assert minutes[str(chair.person_id)] == 80
        assert minutes[str(host.person_id)] == 45
        with pytest.raises(Conflict, match="gathering_not_open"):
            opening.reopen_room(session, replace(closes, viewer=host), one.id, 2)
