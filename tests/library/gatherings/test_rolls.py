"""The roll: frozen at the opening, marked once whatever is sent again, and proven at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from library.core.clock import local_day
from library.core.database import Database
from library.core.errors import Conflict, Invalid, NotFound
from library.core.ids import new_id
from library.core.permits import MemberState, Role, Viewer
from library.evidence.rules import EvidenceKind
from library.evidence.tables import Evidence
from library.gatherings import actions, codes, marking, opening, queries, rules
from library.gatherings.actions import RoomDraft
from library.gatherings.marking import Said
from library.gatherings.rules import Counts, Due, GatheringState, How, Mark
from library.gatherings.tables import Gathering, RollChange, RollEntry
from library.people.belonging import exemptions, memberships, transfers
from library.people.rules import ExemptionReason
from library.people.tables import Person
from tests.library.gatherings.branch import LONG_AGO, Branch, at, branch, draft, planned
from tests.support import factories as make
from tests.support.databases import NOW, Databases
from tests.support.examples import examples
from tests.support.together import together


def entries(session: Session, gathering_id: str) -> dict[str | None, RollEntry]:
    rows = session.scalars(select(RollEntry).where(RollEntry.gathering_id == gathering_id))
    return {row.person_id: row for row in rows}


def standing(session: Session) -> dict[str, tuple[int, bool]]:
    """What the ledger says of everybody: seconds, and whether some were made up."""
    rows = session.execute(select(Evidence.person_id, func.sum(Evidence.amount)).group_by(Evidence.person_id))
    made_up = set(session.scalars(select(Evidence.person_id).where(Evidence.made_up)))
    return {person: (int(total), person in made_up) for person, total in rows if total}


def test_from_the_roll_to_the_evidence_and_its_correction(db: Database) -> None:
    with db.write() as session:
        its = branch(session, count=6)
        ids = [str(one.person_id) for one in its.members]
        exemptions.exempt(session, ids[5], ExemptionReason.FRAIL, local_day(NOW), None, NOW, None)
        guest = branch(session, "挂靠支部", 1).members[0]
        memberships.receive_guest(session, str(guest.person_id), its.node, local_day(NOW), NOW, None)
        one = planned(session, its)
        with pytest.raises(Conflict, match="gathering_not_open"):
            marking.say(session, its.desk, one.id, [])
        opening.open_(session, at(its.desk, 0), one.id)
        roll = entries(session, one.id)
        assert {roll[who].due for who in ids[:5]} == {Due.DUE}
        assert (roll[ids[5]].due, roll[guest.person_id].due) == (Due.EXEMPT, Due.GUEST)

        say = marking.say_one
        secretary = at(its.desk, 0)
        say(session, secretary, one.id, Said("phone-a-0001", Mark.PRESENT, roll[ids[0]].id))
        say(session, at(its.desk, 20), one.id, Said("phone-a-0002", Mark.LATE, roll[ids[1]].id))
        say(session, secretary, one.id, Said("phone-a-0003", Mark.ABSENT, roll[ids[2]].id, "出差"))
        say(session, at(its.desk, 60), one.id, Said("phone-a-0004", Mark.LEFT_EARLY, roll[ids[3]].id))
        say(session, secretary, one.id, Said("phone-a-0005", Mark.PRESENT, guest="张三（镇里）"))
        assert queries.counts_of(session, [one.id])[one.id] == Counts(
            due=5, present=3, late=1, left_early=1, absent=1, unmarked=1, exempt=1, guests=1, there=4
        )
        rows = queries.roll_of(session, one.id)
        assert [row.by_self for row in rows if row.entry.person_id == ids[0]] == [True]
        assert standing(session) == {}, "nothing is proven before it is over"

        ended = opening.end(session, at(its.desk, 90), one.id)
        assert opening.end(session, at(its.desk, 95), one.id).ended_at == ended.ended_at
        hour = 3600
        assert standing(session) == {
            ids[0]: (hour * 3 // 2, False),
            ids[1]: (70 * 60, False),
            ids[3]: (hour, False),
        }
        later = at(its.desk, 60 * 24)
        for wrong, code in (
            (Said("phone-b-0001", Mark.MADE_UP, roll[ids[2]].id), "mark_reason"),
            (Said("phone-b-0002", Mark.LATE, roll[ids[0]].id, "记错了"), "mark_minutes"),
            (
                Said("phone-b-0003", Mark.MADE_UP, roll[ids[2]].id, "看录像", day=local_day(NOW - LONG_AGO)),
                "mark_day",
            ),
        ):
            with pytest.raises(Invalid, match=code):
                say(session, later, one.id, wrong)
        say(session, later, one.id, Said("phone-b-0004", Mark.MADE_UP, roll[ids[2]].id, "看了录像"))
        say(session, later, one.id, Said("phone-b-0005", Mark.ABSENT, roll[ids[0]].id, "记错了，没有来"))
        assert standing(session) == {
            ids[1]: (70 * 60, False),
            ids[2]: (hour * 3 // 2, True),
            ids[3]: (hour, False),
        }
        history = queries.changes_of(session, one.id)[roll[ids[0]].id]
        assert [(row.change.mark, row.change.reason, row.by) for row in history] == [
            (Mark.PRESENT, "", its.members[0].name),
            (Mark.ABSENT, "记错了，没有来", its.members[0].name),
        ]
        kinds = set(session.scalars(select(Evidence.kind)))
        assert kinds == {EvidenceKind.ATTENDED}


def test_a_roll_stands_whatever_becomes_of_memberships_and_who_moved_is_due_once(db: Database) -> None:
    with db.write() as session:
        old, new = branch(session, "老支部", 3), branch(session, "新支部", 2)
        who = str(old.members[2].person_id)
        first = planned(session, old)
        opening.open_(session, at(old.desk, 0), first.id)
        transfer = transfers.ask(session, old.members[0], who, new.node, NOW)
        transfers.accept(session, new.members[0], transfer.id, NOW)
        second = planned(session, new)
        opening.open_(session, at(new.desk, 0), second.id)
        here, there = entries(session, first.id)[who], entries(session, second.id)[who]
        assert (here.due, here.node_id) == (Due.DUE, old.node.id)
        assert (there.due, there.node_id) == (Due.GUEST, new.node.id)
        tomorrow = replace(new.desk, now=NOW + timedelta(days=1))
        starts_at = tomorrow.now + timedelta(minutes=10)
        third = draft(starts_at=starts_at, ends_at=starts_at + timedelta(hours=1))
        made = actions.plan(session, tomorrow, new.node.id, third)[0]
        opening.open_(session, tomorrow, made.id)
        assert entries(session, made.id)[who].due is Due.DUE
        assert queries.counts_of(session, [first.id])[first.id].due == 3


def test_members_alone_or_those_who_are_named_are_due_where_the_kind_says_so(db: Database) -> None:
    with db.write() as session:
        its = branch(session, count=4)
        wants, asked = its.members[3], its.members[2]
        memberships.change_state(
            session, str(wants.person_id), MemberState.ACTIVIST, local_day(NOW), NOW, None
        )
        for kind, due in (("assembly", 3), ("study", 4), ("committee", 1)):
            one = planned(session, its, kind=kind, asked=(str(asked.person_id),))
            opening.open_(session, at(its.desk, 0), one.id)
            assert queries.counts_of(session, [one.id])[one.id].due == due


def opened(session: Session, its: Branch, **values: object) -> Gathering:
    one = planned(session, its, **values)
    return opening.open_(session, at(its.desk, 0), one.id)


def test_who_checks_in_by_themselves(db: Database) -> None:
    with db.write() as session:
        its = branch(session, count=5)
        one = opened(session, its, rooms=(RoomDraft("主会场"), RoomDraft("分会场")))
        _secretary, second, third, fourth, fifth = its.members
        now = at(its.desk, 5).now

        def comes(who: Viewer, room: int = 1, minutes: float = 5) -> marking.Arrival:
            return marking.check_in(session, who, one.id, at(its.desk, minutes).now, room, How.QR)

        assert comes(second) == marking.Arrival(Mark.PRESENT, True, Due.DUE)
        assert comes(second) == marking.Arrival(Mark.PRESENT, False, Due.DUE), "twice is once"
        with pytest.raises(Conflict, match="here_other_room"):
            comes(second, room=2)
        assert comes(third, minutes=11).mark is Mark.LATE
        other = opened(session, branch(session, "别处支部", 1))
        with pytest.raises(Conflict, match="here_elsewhere"):
            marking.check_in(session, second, other.id, now, 1, How.QR)
        assert comes(branch(session, "又一个支部", 1).members[0]).due is Due.GUEST
        # Nobody ended that one: weeks later it still kept whoever was there from checking in anywhere.
        weeks = timedelta(weeks=5)
        later = planned(
            session, its, starts_at=one.starts_at + weeks, ends_at=one.ends_at + weeks, title="五周以后"
        )
        opening.open_(session, replace(its.desk, now=later.starts_at), later.id)
        came = marking.check_in(session, second, later.id, later.starts_at, 1, How.QR)
        assert came == marking.Arrival(Mark.PRESENT, True, Due.DUE)
        rows = {row.entry.person_id: row for row in queries.roll_of(session, later.id)}
        assert rows[second.person_id].elsewhere == ()

        # A photo of the code went home by chat: the secretary, who sees the room, says no, and that holds.
        assert comes(fourth).new
        entry = entries(session, one.id)[fourth.person_id]
        marking.say_one(
            session, at(its.desk, 6), one.id, Said("list-0001", Mark.ABSENT, entry.id, "不在会场")
        )
        with pytest.raises(Conflict, match="here_secretary"):
            comes(fourth, minutes=7)
        # Marked by the list in two gatherings at once: not refused, and shown.
        entry = entries(session, one.id)[fifth.person_id]
        marking.say_one(session, at(its.desk, 6), one.id, Said("list-0002", Mark.PRESENT, entry.id))
        above = replace(at(its.desk, 6), viewer=make.person(session, (Role.ADMIN, make.root(session))))
        said = Said("list-0003", Mark.PRESENT, guest=_username(session, fifth))
        marking.say_one(session, above, other.id, said)
        rows = {row.entry.person_id: row for row in queries.roll_of(session, one.id)}
        assert rows[fifth.person_id].elsewhere == (other.title,)
        opening.end(session, at(its.desk, 60), one.id)
        with pytest.raises(Conflict, match="gathering_over"):
            comes(its.members[0], minutes=61)


def _username(session: Session, who: Viewer) -> str:
    return session.get_one(Person, who.person_id).username


def test_codes_live_for_their_slot_and_the_one_before(db: Database) -> None:
    secret, second = "s" * 64, timedelta(seconds=1)
    now = NOW.replace(second=0)
    code = codes.qr_of(secret, 1, now)
    assert [codes.qr_fits(secret, 1, code, now + n * second) for n in (0, 19, 39, 40, -1)] == [
        *(True, True, True, False, False)
    ]
    assert not any(codes.qr_fits(its, room, code, now) for its, room in ((secret, 2), ("other", 1)))
    ticket = codes.ticket_of(secret, "me", 2, now)
    assert codes.ticket_room(secret, "me", ticket, now + 299 * second) == 2
    for who, what, when in (
        ("you", ticket, now),
        ("me", ticket, now + 301 * second),
        ("me", ticket.replace(".2.", ".1."), now),
        ("me", "x", now),
        ("me", "999999999999999.1.a", now),
    ):
        assert codes.ticket_room(secret, who, what, when) is None
    with db.write() as session:
        its = branch(session, count=3)
        one = opened(session, its)
        _secretary, guesser, honest = its.members
        when = at(its.desk, 1).now
        right = codes.digits_of(str(one.secret), when)
        wrong = f"{(int(right) + 1) % 1_000_000:06}"
        tries = [marking.try_digits(session, guesser, one.id, wrong, when) for _ in range(6)]
        assert tries == ["digits_wrong"] * 5 + ["digits_throttled"]
        assert marking.try_digits(session, guesser, one.id, right, when) == "digits_throttled"
        assert marking.try_digits(session, honest, one.id, f" {right[:3]} {right[3:]}", when) == ""
        later = when + rules.GUESSES_WITHIN + second
        right = codes.digits_of(str(one.secret), later)
        assert marking.try_digits(session, guesser, one.id, right, later) == ""


def test_many_at_once_are_each_there_once(db: Database) -> None:
    with db.write() as session:
        its = branch(session, count=12)
        gathering_id = opened(session, its).id
    now, people = at(its.desk, 1).now, [*its.members, *its.members]

    def comes(who: Viewer) -> Callable[[], bool]:
        def act() -> bool:
            with db.write() as session:
                return marking.check_in(session, who, gathering_id, now, 1, How.QR).new

        return act

    news = together([comes(who) for who in people])
    assert sorted(map(str, news)) == ["False"] * 12 + ["True"] * 12
    with db.read() as session:
        assert session.scalar(select(func.count()).select_from(RollChange)) == 12
        assert queries.counts_of(session, [gathering_id])[gathering_id].present == 12


# ------------------------------------------------------------------ properties

MARKS = st.sampled_from([Mark.PRESENT, Mark.LATE, Mark.LEFT_EARLY, Mark.ABSENT, Mark.UNMARKED])
SAID = st.lists(st.tuples(st.integers(0, 3), MARKS, st.integers(0, 50)), min_size=1, max_size=12)


@dataclass(frozen=True)
class _Places:
    """A branch and another one, made once: what an example does there is taken back after it."""

    session: Session
    its: Branch
    far: Branch

    @contextmanager
    def for_a_while(self) -> Iterator[Session]:
        with self.session.begin_nested() as point:
            yield self.session
            point.rollback()


@pytest.fixture(scope="module")
def places(databases: Databases) -> Iterator[_Places]:
    with databases.open("sqlite") as db, db.write() as session:
        yield _Places(session, branch(session, count=5), branch(session, "别处支部", 2))


CUTS, AGAIN = st.lists(st.integers(1, 12), max_size=4), st.lists(st.integers(0, 11), max_size=8)


@pytest.mark.slow
@given(said=SAID, cuts=CUTS, again=AGAIN)
@settings(max_examples=examples(30), deadline=None)
def test_batches_sent_again_end_in_the_same_state(
    places: _Places, said: list[tuple[int, Mark, int]], cuts: list[int], again: list[int]
) -> None:
    """What a phone kept comes in order, but parts of it come again, whole or not, whenever: the roll is the
    same, and so are its denominators."""
    its = places.its
    with places.for_a_while() as session:
        plain, torn = (opened(session, its) for _ in range(2))
        before = {one.id: queries.counts_of(session, [one.id])[one.id] for one in (plain, torn)}

        def of(gathering: Gathering) -> list[Said]:
            roll = entries(session, gathering.id)
            order = [roll[one.person_id].id for one in its.members]
            return [
                Said(f"{gathering.id}-{n}", mark, order[who], minutes=minutes)
                for n, (who, mark, minutes) in enumerate(said)
            ]

        desk = at(its.desk, 55)
        marking.say(session, desk, plain.id, of(plain))
        all_, done = of(torn), 0
        for cut, repeated in zip([*cuts, 12], [*again, *[0] * 12], strict=False):
            marking.say(session, desk, torn.id, all_[max(0, done - repeated) : done + cut])
            done = min(len(all_), done + cut)
        marking.say(session, desk, torn.id, all_)
        states = [
            [
                (one.mark, one.arrived_at, one.left_at, one.reason, one.version)
                for one in (entries(session, gathering.id)[who.person_id] for who in its.members)
            ]
            for gathering in (plain, torn)
        ]
        assert states[0] == states[1]
        for one in (plain, torn):
            now = queries.counts_of(session, [one.id])[one.id]
            assert (now.due, now.exempt) == (before[one.id].due, before[one.id].exempt)


THINGS = st.lists(st.sampled_from(["move", "exempt", "leave", "join", "guest", "mark", "end"]), max_size=8)


@pytest.mark.slow
@given(things=THINGS)
@settings(max_examples=examples(30), deadline=None)
def test_denominators_never_change_after_the_start(places: _Places, things: list[str]) -> None:
    its, far = places.its, places.far
    with places.for_a_while() as session:
        one = opened(session, its)
        roll = {who: (row.due, row.node_id) for who, row in entries(session, one.id).items()}
        for n, thing in enumerate(things):
            who = str(its.members[1 + n % 4].person_id)
            desk = at(its.desk, n + 1)
            try:
                if thing == "move":
                    memberships.settle(session, who, far.node, local_day(NOW), NOW, None)
                elif thing == "exempt":
                    exemptions.exempt(session, who, ExemptionReason.FRAIL, local_day(NOW), None, NOW, None)
                elif thing == "leave":
                    home = memberships.home_of(session, who)
                    memberships.end(session, home.id if home else "", local_day(NOW), NOW, None)
                elif thing == "join":
                    new = make.person(session)
                    memberships.settle(session, str(new.person_id), its.node, local_day(NOW), NOW, None)
                elif thing == "guest":
                    said = Said(new_id(), Mark.PRESENT, guest="客人", reason="来访", minutes=0)
                    marking.say(session, desk, one.id, [said])
                elif thing == "mark":
                    entry = entries(session, one.id)[who]
                    marking.say(session, desk, one.id, [Said(new_id(), Mark.ABSENT, entry.id, "病假")])
                else:
                    opening.end(session, desk, one.id)
            except (Conflict, Invalid, NotFound):
                pass
        now = {who: (row.due, row.node_id) for who, row in entries(session, one.id).items()}
        assert {who: its for who, its in now.items() if its[0] is not Due.GUEST} == roll


def test_a_phone_that_was_offline_sends_what_it_kept_after_the_end(db: Database) -> None:
    with db.write() as session:
        its = branch(session, count=3)
        one = opened(session, its)
        opening.end(session, at(its.desk, 90), one.id)
        order = [row.entry.id for row in queries.roll_of(session, one.id)]
        kept = [
            Said("offline-0001", Mark.PRESENT, order[0], ago_s=115 * 60, kept=True),
            Said("offline-0002", Mark.LATE, order[1], ago_s=100 * 60, kept=True),
            Said("offline-0003", Mark.PRESENT, guest="李四", ago_s=95 * 60, kept=True),
            Said("offline-0004", Mark.LEFT_EARLY, "offline-0003", ago_s=60 * 60, kept=True),
            Said("x", Mark.PRESENT, order[2]),
        ]
        for news in (4, 0):
            heard = marking.say(session, at(its.desk, 120), one.id, kept)
            assert sum(its.new for its in heard) == news
        assert [its.reason.code for its in heard if its.reason] == ["mark_id"]
        assert sorted(standing(session).values()) == [(70 * 60, False), (90 * 60, False)]
        guest = next(row for row in queries.roll_of(session, one.id) if row.entry.due is Due.GUEST)
        assert (guest.name, guest.entry.mark) == ("李四", Mark.LEFT_EARLY)
        assert one.state is GatheringState.ENDED
