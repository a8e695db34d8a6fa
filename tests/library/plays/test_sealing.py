"""Seals: a day is a link of a chain, and what was changed afterwards is found and named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from library.core.database import Database
from library.core.errors import Invalid
from library.plays import sealing, statistics
from library.plays.comparing import Difference
from library.plays.figures import Proof
from library.plays.tables import ClipSum, CurveSum, DaySum, LessonDay, LessonSum, NodeDay, Play, Seal, View
from library.plays.verifying import Fault, What, verify
from tests.library.plays.province import DAY, HOUR, MIDNIGHT, MONDAY, ROLLED, Province, rolls, rows_of, watch
from tests.support import factories as make
from tests.support.databases import KINDS, NOW, Databases, migrated

pytestmark = [pytest.mark.dear(15), pytest.mark.slow]


def _four_days(db: Database) -> None:
    migrated(db)
    with db.write() as session:
        clip = make.lesson(session, clips=1).clips[0].id
    for viewer, days in (("p:one", 0), ("p:two", 0), ("v:three", 0), ("p:one", 2)):
        watch(db, clip, viewer, NOW + days * DAY)
    watch(db, clip, "g:four", NOW + 3 * DAY, people=12)
    rolls(db, NOW + 4 * DAY).run()


@pytest.fixture(params=KINDS)
def sealed(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Database]:
    """Four sealed days: three views, none, one, one screening."""
    with databases.open(request.param, ("weike_sealed", _four_days)) as opened:
        yield opened


def faults(db: Database) -> list[tuple[int | None, What]]:
    """What is wrong with which day, None for all time."""
    return [(fault.day and (fault.day - MONDAY).days, fault.what) for fault in verify(db).faults]


def test_the_form_of_a_seal_never_changes() -> None:
    """Written down: what was printed once must stay comparable."""
    view = sealing.Sealed(
        "0" * 16, "1" * 16, "2" * 16, "3" * 16, "member", 1, None, "feed", NOW, "p:06h0zzzzzzzzzzzz"
    )
    assert sealing.line(view) == (
        "0000000000000000\t1111111111111111\t2222222222222222\t3333333333333333\tmember\t1\t\tfeed\t"
        "2026-11-23T09:30:00.000000Z\tx:498423dedca6441552d17e3c41c8dcf0576248\n"
    )
    digest = sealing.DayDigest()
    digest.add(view)
    assert digest.digest == "65905ad82d620db5addf00906bcc4ee96771d7d20f7dc6a094f685f82b028d5f"
    link = sealing.link(sealing.GENESIS, MONDAY, 1, 0, 0, digest.digest)
    assert link == "e2c10af83357ba8d68352f7cdc88714aad600caefb5b925ece2fe824bc0575d7"


def test_days_without_views_are_links_too(sealed: Database) -> None:
    verdict = verify(sealed)
    assert (verdict.days, verdict.faults, verdict.through) == (4, (), MONDAY + 3 * DAY)
    with sealed.read() as session:
        rows = session.scalars(select(Seal).order_by(Seal.day)).all()
        assert [(r.member_views, r.visitor_views, r.group_views) for r in rows] == [
            (2, 1, 0),
            (0, 0, 0),
            (1, 0, 0),
            (0, 0, 1),
        ]
        assert len({row.link for row in rows}) == 4
        assert statistics.proof(session) == Proof(MONDAY + 3 * DAY, rows[-1].link)


def test_a_printed_seal_is_found_again(sealed: Database) -> None:
    with sealed.read() as session:
        links = session.scalars(select(Seal.link).order_by(Seal.day)).all()
    assert verify(sealed, seal=links[1]).seal_day == MONDAY + DAY
    assert verify(sealed, seal=f" {str(links[2])[:16].upper()} ").seal_day == MONDAY + 2 * DAY
    assert verify(sealed, seal=f"{str(links[2])[:16]}…").seal_day == MONDAY + 2 * DAY
    assert verify(sealed, seal="0" * 64).seal_day is None


@pytest.mark.parametrize("wrong", ["", "abcd", "0" * 15, "0" * 65, "g" * 16, "校验码"])
def test_what_is_no_seal_accuses_nobody(sealed: Database, wrong: str) -> None:
    with pytest.raises(Invalid) as refused:
        verify(sealed, seal=wrong)
    assert refused.value.code == "bad_seal"


def an_added_view(db: Database, day: date, at: datetime) -> None:
    with db.write() as session:
        old = session.scalars(select(View).where(View.kind == "member")).first()
        assert old is not None
        values = {c.key: getattr(old, c.key) for c in View.__table__.columns}
        session.add(View(**{**values, "id": "z" * 16, "play_id": "z" * 16, "day": day, "at": at}))


def tamper(statement: Any) -> Callable[[Database], None]:
    def act(db: Database) -> None:
        with db.write() as session:
            session.execute(statement)

    return act


OF = {n: MONDAY + n * DAY for n in range(-3, 5)}


def sealing_of(day: date, **values: Any) -> Callable[[Database], None]:
    return tamper(update(Seal).where(Seal.day == day).values(**values))


FORGERIES: dict[str, tuple[Callable[[Database], None], list[tuple[int | None, str]]]] = {
    "a row deleted": (
        tamper(delete(View).where(View.viewer == "v:three")),
        [(0, "views_missing"), (0, "sums_differ")],
    ),
    "a row added": (
        lambda db: an_added_view(db, OF[1], NOW + DAY),
        [(1, "views_added"), (1, "sums_differ")],
    ),
    "a row added before the chain begins": (
        lambda db: an_added_view(db, OF[-2], NOW - 2 * DAY),
        [(-2, "views_added")],
    ),
    "people raised": (
        tamper(update(View).where(View.kind == "group").values(people=400)),
        [(3, "views_changed"), (3, "sums_differ")],
    ),
    "moved to another day": (
        tamper(update(View).where(View.day == OF[2]).values(day=OF[1])),
        [(1, "views_added"), (1, "sums_differ"), (2, "views_missing"), (2, "sums_differ")],
    ),
    "another hour": (
        tamper(update(View).where(View.day == OF[2]).values(at=NOW + 2 * DAY + HOUR)),
        [(2, "views_changed")],
    ),
    "another viewer": (
        tamper(update(View).where(View.viewer == "v:three").values(viewer="v:other")),
        [(0, "views_changed")],
    ),
    "another branch": (
        tamper(update(View).where(View.viewer == "p:two").values(node_id="b")),
        [(0, "views_changed"), (0, "sums_differ")],
    ),
    "a sum raised": (
        tamper(update(DaySum).where(DaySum.day == OF[2]).values(member_views=900)),
        [(2, "sums_differ"), (2, "roll_up_differs")],
    ),
    "hours raised": (
        tamper(update(DaySum).where(DaySum.day == OF[2]).values(watched_s=9e9)),
        [(2, "roll_up_differs")],
    ),
    "a roll-up raised": (
        tamper(update(LessonDay).where(LessonDay.day == OF[2]).values(member_views=900)),
        [(2, "roll_up_differs")],
    ),
    "sources raised": (
        tamper(update(LessonDay).where(LessonDay.day == OF[2]).values(from_qr=LessonDay.from_qr + 700)),
        [(2, "roll_up_differs")],
    ),
    "new viewers of a day raised": (
        tamper(update(LessonDay).where(LessonDay.day == OF[0]).values(new_visitors=700)),
        [(0, "roll_up_differs")],
    ),
    "a branch's roll-up raised": (
        tamper(update(NodeDay).where(NodeDay.day == OF[0]).values(completes=900)),
        [(0, "roll_up_differs")],
    ),
    "people of all days raised": (
        tamper(update(LessonSum).values(members=900)),
        [(None, "total_differs")],
    ),
    "hours of all days raised": (
        tamper(update(LessonSum).values(watched_s=9e9)),
        [(None, "total_differs")],
    ),
    "a clip raised": (tamper(update(ClipSum).values(member_views=900)), [(None, "total_differs")]),
    "people of a clip raised": (tamper(update(ClipSum).values(visitors=900)), [(None, "total_differs")]),
    "a seal's count": (
        sealing_of(OF[1], member_views=5),
        [(1, "seal_changed"), (1, "views_missing")],
    ),
    "a seal's digest": (
        sealing_of(OF[1], digest="0" * 64),
        [(1, "seal_changed"), (1, "views_changed")],
    ),
    "a seal's link": (sealing_of(OF[1], link="0" * 64), [(1, "seal_changed"), (2, "seal_changed")]),
    "a seal deleted": (tamper(delete(Seal).where(Seal.day == OF[1])), [(1, "day_missing")]),
    "a seal of a day with views deleted": (
        tamper(delete(Seal).where(Seal.day == OF[2])),
        [(2, "seal_missing")],
    ),
    "the first seal deleted": (
        tamper(delete(Seal).where(Seal.day == OF[0])),
        [(0, "seal_missing"), (1, "seal_changed")],
    ),
    "the last seal deleted": (
        tamper(delete(Seal).where(Seal.day == OF[3])),
        [(3, "seal_missing")],
    ),
    "all seals deleted": (
        tamper(delete(Seal)),
        [(n, "seal_missing") for n in (0, 2, 3)],
    ),
}


@pytest.mark.parametrize("how", FORGERIES)
def test_tampering_is_found_and_named(sealed: Database, how: str) -> None:
    act, expected = FORGERIES[how]
    assert faults(sealed) == []
    act(sealed)
    assert faults(sealed) == expected


@pytest.mark.parametrize("number", ["member_views", "visitor_views", "group_views", "group_people"])
def test_a_false_number_of_a_day_that_is_still_open_is_found(sealed: Database, number: str) -> None:
    today = MONDAY + 4 * DAY
    with sealed.read() as session:
        clip_id = str(session.scalar(select(Play.clip_id).limit(1)))
    watch(sealed, clip_id, "p:today", MIDNIGHT + 3 * DAY + HOUR)
    assert faults(sealed) == []
    tamper(update(DaySum).where(DaySum.day == today).values({number: 700}))(sealed)
    [fault] = verify(sealed).faults
    assert (fault.day, fault.what) == (today, What.SUMS_DIFFER)
    row = fault.row
    assert row is not None
    assert (row.of, row.id, row.number, row.found) == ("clip", clip_id, number, 700)
    assert row.expected == (1 if number == "member_views" else 0)


def test_a_seal_that_is_gone_is_told_also_of_the_one_day(sealed: Database) -> None:
    tamper(delete(Seal).where(Seal.day == OF[3]))(sealed)
    assert verify(sealed, day=OF[3]).faults == (Fault(OF[3], What.SEAL_MISSING),)
    assert verify(sealed, day=OF[0]).faults == ()


def test_a_day_whose_seal_was_deleted_is_not_sealed_a_second_time(sealed: Database) -> None:
    before = rows_of(sealed, *ROLLED)
    tamper(delete(Seal).where(Seal.day == OF[3]))(sealed)
    with pytest.raises(IntegrityError):
        rolls(sealed, NOW + 4 * DAY).run()
    assert rows_of(sealed, *ROLLED) == before
    assert faults(sealed) == [(3, "seal_missing")]


def test_a_night_that_was_missed_is_told_once_there_was_time_for_it(sealed: Database) -> None:
    with sealed.read() as session:
        clip_id = str(session.scalar(select(Play.clip_id).limit(1)))
    midnight = MIDNIGHT + 4 * DAY
    watch(sealed, clip_id, "p:late", midnight - HOUR)
    assert verify(sealed, now=midnight + HOUR).faults == ()
    assert verify(sealed, now=midnight + 2 * HOUR).faults == (Fault(OF[4], What.NOT_SEALED),)
    rolls(sealed, midnight + 2 * HOUR).run()
    assert verify(sealed, now=midnight + 2 * HOUR).faults == ()


def test_a_false_source_is_named_with_its_lesson_and_what_it_should_be(sealed: Database) -> None:
    tamper(update(LessonDay).values(from_qr=LessonDay.from_qr + 700))(sealed)
    found = verify(sealed).faults
    assert [fault.day for fault in found] == [OF[0], OF[2], OF[3]]
    with sealed.read() as session:
        lesson_id = session.scalar(select(LessonDay.lesson_id).limit(1))
    assert found[0].row == Difference("lesson", str(lesson_id), "from_qr", 0, 700, 1)


def test_a_curve_of_more_plays_than_there_were_is_found_while_the_plays_are_there(
    db: Database, province: Province
) -> None:
    now, keep = NOW + 5 * DAY, 400 * DAY
    rolls(db, now).run()
    assert verify(db, now=now, keep_plays=keep).faults == ()
    tamper(update(CurveSum).values(of=500))(db)
    [fault] = verify(db, now=now, keep_plays=keep).faults
    assert (fault.day, fault.what) == (None, What.CURVE_DIFFERS)
    assert fault.row is not None
    assert (fault.row.number, fault.row.found) == ("of", 500)
    assert verify(db, now=now, keep_plays=2 * DAY).faults == (), "plays may be gone: nothing can be said"


def test_curves_of_plays_that_were_taken_away_accuse_nobody(db: Database, province: Province) -> None:
    now = NOW + 5 * DAY
    assert rolls(db, now, keep_plays=2 * DAY).run().plays_forgotten
    assert verify(db, now=now, keep_plays=2 * DAY).faults == ()


def test_one_day_is_verified_by_itself(sealed: Database) -> None:
    tamper(delete(View).where(View.viewer == "v:three"))(sealed)
    assert [f.what for f in verify(sealed, day=MONDAY).faults] == [What.VIEWS_MISSING, What.SUMS_DIFFER]
    missing, sums = verify(sealed, day=MONDAY).faults
    assert missing == Fault(MONDAY, What.VIEWS_MISSING, 3, 2)
    assert sums.row is not None
    assert (sums.row.of, sums.row.number, sums.row.expected, sums.row.found) == (
        "clip",
        "visitor_views",
        0,
        1,
    )
    assert verify(sealed, day=MONDAY + 2 * DAY).faults == ()


def test_a_chain_forged_from_the_beginning_is_told_by_a_seal_that_was_printed(sealed: Database) -> None:
    """Whoever owns the database can seal a lie; what they cannot do is seal it with the old number."""
    with sealed.read() as session:
        printed = session.scalars(select(Seal.link).order_by(Seal.day.desc())).first()
    with sealed.write() as session:
        session.execute(update(View).where(View.kind == "group").values(people=400))
        session.execute(update(DaySum).where(DaySum.group_people > 0).values(group_people=400))
        for table in (*ROLLED, Seal):
            session.execute(delete(table))
    rolls(sealed, NOW + 4 * DAY).run()
    forged = verify(sealed, seal=printed)
    assert forged.faults == ()
    assert forged.seal_day is None
