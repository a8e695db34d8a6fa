"""Marks on a roll: the secretary's list, which is the truth, and who checks in by themselves.

Each thing said has an id, made by the phone that says it: what is sent again, also in another batch,
changes nothing. Of two phones that say different things the last that comes here holds, and both stand in the
history.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from library.audit import actions as audit
from library.audit.rules import Deed
from library.core.clock import local_day
from library.core.errors import Conflict, Invalid, NotFound, WeikeError
from library.core.ids import new_id
from library.core.permits import Viewer
from library.core.text import required_line, short_line
from library.gatherings import codes, rules
from library.gatherings.actions import Desk, held, room_ends
from library.gatherings.opening import say_evidence
from library.gatherings.roll import homes_on
from library.gatherings.rules import Due, GatheringState, How, Mark
from library.gatherings.tables import Gathering, Guess, RollChange, RollEntry, Room
from library.people import queries as people

_SAID_ID = re.compile(r"[0-9a-z-]{8,36}")
SENT_LATER = timedelta(hours=24)
"""For so long after the end the marks that a phone kept without a network are taken without a reason."""


@dataclass(frozen=True)
class Said:
    """Something said of somebody on a roll. `id` is made by whoever says it.

    `guest` is the name of one who is not on the roll yet (`entry_id` ""), or what they sign in with. `ago_s`:
    so many seconds ago by the phone's own clock. `minutes` are those somebody came late or left early, `day`
    when somebody made it up; `kept`: the phone kept it without a network.
    """

    id: str
    mark: Mark
    entry_id: str = ""
    reason: str = ""
    room: int | None = None
    guest: str = ""
    ago_s: float = 0
    minutes: int | None = None
    day: date | None = None
    kept: bool = False


@dataclass(frozen=True)
class Heard:
    """What became of something said: `new` whether it was news; `entry_id` of whom; `reason` why not."""

    id: str
    new: bool
    entry_id: str = ""
    reason: WeikeError | None = None


def say(session: Session, desk: Desk, gathering_id: str, said: Sequence[Said]) -> list[Heard]:
    """Write down what the keeper of a roll says, in its order; what is wrong stops nothing else.

    After the end each needs a reason, and the ledger is told anew. Raises NotFound unless the viewer keeps
    the gathering, Conflict: gathering_not_open, gathering_over; Invalid("marks_many").
    """
    if len(said) > rules.MOST_MARKS:
        raise Invalid("marks_many", most=rules.MOST_MARKS)
    one = held(session, desk, gathering_id)
    if one.state is GatheringState.PLANNED:
        raise Conflict("gathering_not_open")
    if one.state is GatheringState.CANCELLED:
        raise Conflict("gathering_over")
    ids = [its.id for its in said]
    known = dict(
        session.execute(select(RollChange.id, RollChange.entry_id).where(RollChange.id.in_(ids))).all()
    )
    rooms = _rooms(session, one.id)
    heard: list[Heard] = []
    for n, its in enumerate(said):
        if its.id in known:
            heard.append(Heard(its.id, False, known[its.id]))
            continue
        try:
            # One after the other in the history, also those of one batch.
            at = desk.now + timedelta(microseconds=n)
            known[its.id] = _one(session, desk, one, its, at, rooms)
            heard.append(Heard(its.id, True, known[its.id]))
        except WeikeError as error:
            heard.append(Heard(its.id, False, its.entry_id, error))
    if one.state is GatheringState.ENDED and any(its.new for its in heard):
        say_evidence(session, one, desk.now, desk.by)
        news = sum(its.new for its in heard)
        audit.note(session, Deed.GATHERING, desk.by, thing=one.id, what="correct", count=news)
    return heard


def say_one(session: Session, desk: Desk, gathering_id: str, said: Said) -> Heard:
    """Write down one thing; raises what is wrong with it, and as `say` does."""
    (heard,) = say(session, desk, gathering_id, [said])
    if heard.reason is not None:
        raise heard.reason
    return heard


def _rooms(session: Session, gathering_id: str) -> dict[int, str]:
    wanted = select(Room.n, Room.id).where(Room.gathering_id == gathering_id)
    return dict(session.execute(wanted).all())


def _one(
    session: Session, desk: Desk, one: Gathering, said: Said, at: datetime, rooms: Mapping[int, str]
) -> str:
    if not _SAID_ID.fullmatch(said.id):
        raise Invalid("mark_id", field="id")
    if said.room is not None and said.room not in rooms:
        raise Invalid("mark_room", field="room")
    reason = short_line(said.reason, "reason", rules.REASON_MAX)
    said_at = _moment(one, desk.now, said.ago_s)
    if one.state is GatheringState.ENDED:
        reason = _reason_after_end(one, desk, said, reason)
    if said.mark is Mark.MADE_UP and not reason:
        raise Invalid("mark_reason", field="reason")
    entry = _entry(session, one, said, local_day(one.opened_at or desk.now))
    if entry.due is Due.GUEST and said.mark in (Mark.ABSENT, Mark.MADE_UP) and entry.person_id is None:
        raise Invalid("mark_guest", field="mark")
    if said.room is not None:
        entry.room_id = rooms[said.room]
    elif said.mark in rules.THERE and entry.room_id is None and len(rooms) == 1:
        entry.room_id = rooms[min(rooms)]
    closed = room_ends(session, one).get(entry.room_id or "")
    _set_stay(one, entry, said, said_at, desk, closed)
    entry.mark, entry.how, entry.reason = said.mark, How.SECRETARY, reason
    entry.version += 1
    _note(session, one, entry, said.id, How.SECRETARY, said_at, at, people.noted_by(session, desk.viewer))
    return entry.id


def _note(
    session: Session,
    one: Gathering,
    entry: RollEntry,
    change_id: str,
    how: How,
    said_at: datetime,
    at: datetime,
    by: str | None,
) -> None:
    session.flush()
    session.add(
        RollChange(
            id=change_id,
            gathering_id=one.id,
            entry_id=entry.id,
            mark=entry.mark,
            how=how,
            reason=entry.reason,
            said_at=said_at,
            at=at,
            by_person=by,
        )
    )
    session.flush()


def _moment(one: Gathering, now: datetime, ago_s: float) -> datetime:
    """Return when something was said: by the server's clock, never before the opening nor to come."""
    opened = one.opened_at or now
    ago = min(max(ago_s, 0.0), (now - opened).total_seconds()) if now > opened else 0.0
    return now - timedelta(seconds=ago)


def _reason_after_end(one: Gathering, desk: Desk, said: Said, reason: str) -> str:
    assert one.ended_at is not None  # noqa: S101 - it ended
    if desk.now - one.ended_at > rules.CORRECTED_FOR:
        raise Conflict("roll_closed", days=rules.CORRECTED_FOR.days)
    kept = said.kept and desk.now - one.ended_at <= SENT_LATER
    if not reason and not kept:
        raise Invalid("mark_reason", field="reason")
    if said.mark in (Mark.LATE, Mark.LEFT_EARLY) and said.minutes is None and not kept:
        raise Invalid("mark_minutes", field="minutes")
    return reason


def _entry(session: Session, one: Gathering, said: Said, day: date) -> RollEntry:
    if said.entry_id:
        wanted = select(RollEntry).where(RollEntry.id == said.entry_id, RollEntry.gathering_id == one.id)
        found = session.scalars(wanted.execution_options(populate_existing=True)).first()
        # A guest who was typed on this phone is known to it by the id of what it said first.
        if found is None:
            again = RollEntry.id == _guest_id(one.id, said.entry_id)
            found = session.scalars(select(RollEntry).where(again)).first()
        if found is None:
            raise NotFound("mark_gone")
        return found
    name = required_line(said.guest, "guest", 80)
    account = people.person_by_sign_in_name(session, name)
    if account is not None:
        mine = (RollEntry.gathering_id == one.id, RollEntry.person_id == account.id)
        there = session.scalars(select(RollEntry).where(*mine)).first()
        if there is not None:
            return there
    count = select(func.count()).select_from(RollEntry).where(RollEntry.gathering_id == one.id)
    if (session.scalar(count) or 0) >= 2 * rules.MOST_ROLL:
        raise Invalid("roll_large", most=rules.MOST_ROLL, count=2 * rules.MOST_ROLL)
    home = homes_on(session, [account.id], day).get(account.id) if account else None
    return _guest(session, one.id, _guest_id(one.id, said.id), account.id if account else None, home, name)


def _guest_id(gathering_id: str, said_id: str) -> str:
    """Return the id of the guest whom something said brought: the same whenever it is sent."""
    return hashlib.sha256(f"{gathering_id}:{said_id}".encode()).hexdigest()[:16]


def _guest(
    session: Session, gathering_id: str, entry_id: str, person_id: str | None, home: str | None, name: str
) -> RollEntry:
    made = RollEntry(
        id=entry_id,
        gathering_id=gathering_id,
        person_id=person_id,
        node_id=home,
        name="" if person_id else name,
        due=Due.GUEST,
        mark=Mark.UNMARKED,
        reason="",
        version=0,
    )
    session.add(made)
    session.flush()
    return made


def _set_stay(
    one: Gathering, entry: RollEntry, said: Said, said_at: datetime, desk: Desk, closed: datetime | None
) -> None:
    """Write down when somebody came, left or made it up; `closed` is when their room ended of its own."""
    if said.minutes is not None and not 0 <= said.minutes <= rules.LONGEST // timedelta(minutes=1):
        raise Invalid("mark_minutes", field="minutes")
    minutes = timedelta(minutes=said.minutes or 0)
    begin, end = max(one.starts_at, one.opened_at or one.starts_at), closed or one.ended_at or said_at
    if said.mark is Mark.MADE_UP:
        day = said.day or local_day(desk.now)
        if not local_day(begin) <= day <= local_day(desk.now):
            raise Invalid("mark_day", field="day")
        entry.arrived_at, entry.left_at = datetime.combine(day, time(12), desk.zone), None
    elif said.mark is Mark.LATE:
        entry.arrived_at = begin + minutes if said.minutes is not None else min(said_at, end)
        entry.left_at = None
    elif said.mark is Mark.LEFT_EARLY:
        if said.minutes is None:
            entry.left_at = min(said_at, end)
        else:
            entry.left_at = (closed or one.ended_at or one.ends_at) - minutes
        if entry.mark not in rules.THERE:
            entry.arrived_at = None
    elif said.mark is Mark.PRESENT:
        entry.arrived_at = entry.arrived_at if entry.mark in rules.THERE else min(said_at, end)
        entry.left_at = None
    else:
        entry.arrived_at = entry.left_at = None


# ------------------------------------------------------------------ who checks in by themselves


@dataclass(frozen=True)
class Arrival:
    """What became of somebody's own check-in: their mark, and whether it was news."""

    mark: Mark
    new: bool
    due: Due


def check_in(
    session: Session, viewer: Viewer, gathering_id: str, now: datetime, room: int, how: How
) -> Arrival:
    """Note that somebody came, by their own phone, to a room; whoever calls has looked at what they brought.

    Who is on no roll comes as a guest. Raises NotFound; Conflict: gathering_not_open, gathering_over,
    here_elsewhere (they are in another gathering that is open), here_other_room, here_secretary (the keeper
    of the list said otherwise).
    """
    person_id = viewer.person_id
    if person_id is None:
        raise NotFound
    one = taking(session, gathering_id, now)
    # Of one person one check-in at a time, in whichever gathering; always after the gathering's row.
    people.locked(session, person_id)
    rooms = _rooms(session, one.id)
    if room not in rooms:
        raise NotFound("mark_room")
    if session.get_one(Room, rooms[room], with_for_update={"read": True}).ended_at is not None:
        raise Conflict("here_room_over")
    elsewhere = others_open(session, person_id, one.id, now)
    if elsewhere:
        raise Conflict("here_elsewhere", title=elsewhere[0].title, place=elsewhere[0].place)
    mine = (RollEntry.gathering_id == one.id, RollEntry.person_id == person_id)
    lock = select(RollEntry).where(*mine).with_for_update().execution_options(populate_existing=True)
    entry = session.scalars(lock).first()
    if entry is None:
        home = homes_on(session, [person_id], local_day(now)).get(person_id)
        entry = _guest(session, one.id, new_id(), person_id, home, "")
    elif entry.mark in rules.THERE:
        if entry.room_id is not None and entry.room_id != rooms[room]:
            # Who was in a room that is closed has been there, and is not counted once more in another.
            place = session.get_one(Room, entry.room_id).place
            raise Conflict("here_other_room", place=place)
        return Arrival(entry.mark, False, entry.due)
    elif entry.how is How.SECRETARY:
        raise Conflict("here_secretary")
    assert one.opened_at is not None  # noqa: S101 - it is open
    entry.mark = rules.mark_on_arrival(now, one.late_from or one.opened_at)
    entry.how, entry.reason, entry.room_id = how, "", rooms[room]
    entry.arrived_at, entry.left_at, entry.version = now, None, entry.version + 1
    _note(session, one, entry, new_id(), how, now, now, person_id)
    return Arrival(entry.mark, True, entry.due)


def taking(session: Session, gathering_id: str, now: datetime) -> Gathering:
    """Return a gathering that takes codes now; it does not end before the transaction does.

    Raises NotFound, Conflict: gathering_not_open, gathering_over.
    """
    lock = select(Gathering).where(Gathering.id == gathering_id).with_for_update(read=True)
    one = session.scalars(lock.execution_options(populate_existing=True)).first()
    if one is None:
        raise NotFound
    check_taking(one, now)
    return one


def check_taking(one: Gathering, now: datetime) -> None:
    """Raise Conflict unless a gathering takes codes now: gathering_not_open, gathering_over."""
    if one.state is GatheringState.PLANNED:
        raise Conflict("gathering_not_open")
    if one.state is not GatheringState.OPEN or now > one.ends_at + codes.AFTER_END:
        raise Conflict("gathering_over")


def others_open(session: Session, person_id: str, but: str, now: datetime) -> Sequence[Gathering]:
    """Return the other gatherings that go on and where somebody is said to be. One that nobody has ended goes
    on for as long as it takes codes: it keeps nobody for ever."""
    return session.scalars(
        select(Gathering)
        .join(RollEntry, RollEntry.gathering_id == Gathering.id)
        .outerjoin(Room, Room.id == RollEntry.room_id)
        .where(
            Room.ended_at.is_(None),
            Gathering.state == GatheringState.OPEN,
            Gathering.ends_at > now - codes.AFTER_END,
            Gathering.id != but,
            RollEntry.person_id == person_id,
            RollEntry.mark.in_([Mark.PRESENT, Mark.LATE]),
        )
    ).all()


def try_digits(session: Session, viewer: Viewer, gathering_id: str, typed: str, now: datetime) -> str:
    """Tell whether six digits are right: "", or the code of why not: digits_wrong, digits_throttled.

    A wrong guess is written down, so whoever calls commits and tells it afterwards. Raises as `taking`.
    """
    person_id = viewer.person_id
    if person_id is None:
        raise NotFound
    one = taking(session, gathering_id, now)
    people.locked(session, person_id)
    lately = (Guess.gathering_id == one.id, Guess.at > now - rules.GUESSES_WITHIN)
    count = select(func.count()).select_from(Guess).where(*lately)
    mine = session.scalar(count.where(Guess.person_id == person_id)) or 0
    if mine >= rules.GUESSES_EACH or (session.scalar(count) or 0) >= rules.GUESSES_ALL:
        return "digits_throttled"
    if one.secret is not None and codes.digits_fit(one.secret, typed, now):
        return ""
    session.add(Guess(id=new_id(), gathering_id=one.id, person_id=person_id, at=now))
    session.flush()
    return "digits_wrong"
