"""The roll: the list that is the truth, the code for the screen, and checking in by oneself."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.core.clock import local_day
from library.core.errors import Conflict, Invalid, NotFound, WeikeError
from library.core.ids import new_id
from library.gatherings import codes, marking, queries
from library.gatherings.marking import Said
from library.gatherings.queries import Seen
from library.gatherings.rules import Counts, GatheringState, How, Mark
from server.slices.gatherings.contexts import CodePage, HerePage, RollPage, RoomLine
from server.slices.gatherings.routes import Keeping, KeepingDep
from server.slices.gatherings.views import roll_lines, view_of
from server.web.deps import AddressDep, Reading, SettingsDep
from server.web.errors import status_of
from server.web.forms.numbers import number_of
from server.web.limits.fields import LineForm, WordForm, WordQuery
from server.web.pages import reason as told
from server.web.parts import RefusedForm
from server.web.shown.sharing import qr_path

router = APIRouter(include_in_schema=False)


# ------------------------------------------------------------------ the list


def _roll_page(
    keeping: Keeping,
    session: Session,
    gathering_id: str,
    refused: RefusedForm | None = None,
    status: int = 200,
) -> Response:
    found = queries.kept(session, keeping.who.viewer, gathering_id)
    one = found.gathering
    if one.opened_at is None:
        raise NotFound
    frame = keeping.pages.frame(keeping.request, session, keeping.who)
    context = RollPage(
        frame=frame,
        view=view_of(session, keeping.who.viewer, found, keeping.desk.kinds, frame.language),
        counts=queries.counts_of(session, [one.id]).get(one.id, Counts()),
        lines=roll_lines(session, one),
        today=f"{local_day(keeping.now)}",
        late_from=one.late_from,
        refused=refused,
    )
    return keeping.pages.respond(keeping.request, keeping.who, context, status)


@router.get("/gatherings/{gathering_id}/roll")
def roll(keeping: KeepingDep, session: Reading, gathering_id: str) -> Response:
    """The list of who is due."""
    return _roll_page(keeping, session, gathering_id)


@router.post("/gatherings/{gathering_id}/roll")
def mark(
    keeping: KeepingDep,
    gathering_id: str,
    id: WordForm = "",
    entry: WordForm = "",
    guest: LineForm = "",
    mark: WordForm = "",
    reason: LineForm = "",
    minutes: WordForm = "",
    room: WordForm = "",
    day: WordForm = "",
) -> Response:
    """Say something of somebody, or bring a guest."""
    typed = {"guest": guest, "reason": reason, "minutes": minutes, "day": day, "mark": mark}
    try:
        with keeping.db.write() as session:
            said = Said(
                id=id or new_id(),
                mark=Mark(mark) if mark in set(Mark) else Mark.UNMARKED,
                entry_id=entry,
                reason=reason,
                room=number_of(room) if room else None,
                guest=guest,
                minutes=number_of(minutes) if minutes.strip() else None,
                day=_day(day),
            )
            marking.say_one(session, keeping.desk, gathering_id, said)
    except (Invalid, Conflict, NotFound) as error:
        if error.code == "not_found":
            raise
        refused = RefusedForm(form=entry or "guest", typed=typed, reason=told(error))
        with keeping.db.read() as session:
            return _roll_page(keeping, session, gathering_id, refused, status_of(error))
    return keeping.pages.redirect(f"/gatherings/{gathering_id}/roll#{f'p-{entry}' if entry else 'guests'}")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError:
        raise Invalid("mark_day", field="day") from None


# ------------------------------------------------------------------ the code on the screen


def _code_url(site: str, gathering_id: str, room: int, code: str) -> str:
    return f"{site}/gatherings/{gathering_id}/here?room={room}&k={code}"


def _shown(keeping: Keeping, session: Session, gathering_id: str, room: str) -> tuple[Seen, RoomLine, str]:
    """Return a gathering that takes codes, the room that is asked for, and the secret."""
    found = queries.kept(session, keeping.who.viewer, gathering_id)
    one = found.gathering
    marking.check_taking(one, keeping.now)
    rooms = queries.rooms_of(session, one.id)
    number = number_of(room) if room else 1
    at = next((its for its in rooms if its.n == number), None)
    if at is None or one.secret is None:
        raise NotFound
    if at.ended_at is not None:
        raise Conflict("here_room_over")
    return found, RoomLine(n=at.n, place=at.place, host=""), one.secret


@router.get("/gatherings/{gathering_id}/code")
def code(
    keeping: KeepingDep, session: Reading, site: AddressDep, gathering_id: str, room: WordQuery = ""
) -> Response:
    """The page for the big screen: it says nothing of anybody."""
    found, at, secret = _shown(keeping, session, gathering_id, room)
    path, size = qr_path(_code_url(site, gathering_id, at.n, codes.qr_of(secret, at.n, keeping.now)))
    frame = keeping.pages.frame(keeping.request, session, keeping.who)
    counts = queries.counts_of(session, [gathering_id]).get(gathering_id, Counts())
    context = CodePage(
        frame=frame,
        view=view_of(session, keeping.who.viewer, found, keeping.desk.kinds, frame.language),
        room=at.n,
        place=at.place,
        path=path,
        size=size,
        digits=codes.digits_of(secret, keeping.now),
        left_s=codes.left_s(keeping.now, codes.QR_S),
        there=counts.present,
        due=counts.due,
    )
    return keeping.pages.respond(keeping.request, keeping.who, context)


@router.get("/gatherings/{gathering_id}/code.json")
def code_values(
    keeping: KeepingDep, session: Reading, site: AddressDep, gathering_id: str, room: WordQuery = ""
) -> Response:
    """What the page of the code shows now: drawing, digits, how many are in, seconds until the next."""
    _found, at, secret = _shown(keeping, session, gathering_id, room)
    path, size = qr_path(_code_url(site, gathering_id, at.n, codes.qr_of(secret, at.n, keeping.now)))
    counts = queries.counts_of(session, [gathering_id]).get(gathering_id, Counts())
    value = {
        "path": path,
        "size": size,
        "digits": codes.digits_of(secret, keeping.now),
        "left_s": codes.left_s(keeping.now, codes.QR_S),
        "there": counts.present,
        "due": counts.due,
    }
    headers = {"cache-control": "no-store"}
    return Response(json.dumps(value), media_type="application/json", headers=headers)


# ------------------------------------------------------------------ who checks in by themselves


def _here_page(
    keeping: Keeping,
    session: Session,
    gathering_id: str,
    *,
    room: int = 1,
    ticket: str = "",
    over: bool = False,
    refused: RefusedForm | None = None,
    status: int = 200,
) -> Response:
    one = queries.known(session, gathering_id)
    rooms = queries.rooms_of(session, one.id)
    entry = queries.entry_of(session, one.id, keeping.who.viewer.person_id)
    place = next((its.place for its in rooms if its.n == room), one.place)
    there = entry is not None and entry.mark in (Mark.PRESENT, Mark.LATE, Mark.LEFT_EARLY)
    context = HerePage(
        frame=keeping.pages.frame(keeping.request, session, keeping.who),
        gathering_id=one.id,
        title=one.title,
        place=place,
        state=one.state,
        rooms=tuple(RoomLine(n=its.n, place=its.place, host="") for its in rooms if its.ended_at is None),
        room=room,
        ticket=ticket,
        over=over,
        done=entry.mark if entry and there else None,
        on_roll=entry is not None,
        refused=refused,
    )
    return keeping.pages.respond(keeping.request, keeping.who, context, status)


@router.get("/gatherings/{gathering_id}/here")
def here(
    keeping: KeepingDep, session: Reading, gathering_id: str, room: WordQuery = "", k: WordQuery = ""
) -> Response:
    """Where the QR leads: one button, if the code is shown now; else the six digits."""
    one = queries.known(session, gathering_id)
    number = number_of(room) if room else 1
    ticket, me = "", str(keeping.who.viewer.person_id)
    if (
        k
        and one.secret
        and one.state is GatheringState.OPEN
        and codes.qr_fits(one.secret, number, k, keeping.now)
    ):
        ticket = codes.ticket_of(one.secret, me, number, keeping.now)
    return _here_page(keeping, session, gathering_id, room=number, ticket=ticket, over=bool(k) and not ticket)


@router.post("/gatherings/{gathering_id}/here")
def come(
    keeping: KeepingDep,
    gathering_id: str,
    ticket: WordForm = "",
    digits: WordForm = "",
    room: WordForm = "",
) -> Response:
    """Check in, with what a scan gave, or with six digits."""
    viewer, number = keeping.who.viewer, number_of(room) if room else 1
    wrong = ""
    try:
        with keeping.db.write() as session:
            if ticket:
                one = queries.known(session, gathering_id)
                found = codes.ticket_room(one.secret or "", str(viewer.person_id), ticket, keeping.now)
                if found is None or not one.secret:
                    raise Conflict("here_code_over")
                number, how = found, How.QR
            else:
                wrong = marking.try_digits(session, viewer, gathering_id, digits, keeping.now)
                how = How.DIGITS
            if not wrong:
                marking.check_in(session, viewer, gathering_id, keeping.now, number, how)
        if wrong:
            raise Invalid(wrong, field="digits")
    except (Invalid, Conflict) as error:
        return _refused_here(keeping, gathering_id, number, digits, error)
    return keeping.pages.redirect(f"/gatherings/{gathering_id}/here", "here_done")


def _refused_here(keeping: Keeping, gathering_id: str, room: int, digits: str, error: WeikeError) -> Response:
    refused = RefusedForm(form="here", typed={"digits": digits, "room": str(room)}, reason=told(error))
    with keeping.db.read() as session:
        return _here_page(keeping, session, gathering_id, room=room, refused=refused, status=status_of(error))


# ------------------------------------------------------------------ without a network

_WORKER = Path(__file__).with_name("roll_worker.js")


@router.get("/gatherings/worker/roll.js")
def worker(settings: SettingsDep) -> Response:
    """The script that keeps the page of a roll for when the network is away."""
    script = f"const SITE = {json.dumps(settings.prefix)};\n{_WORKER.read_text()}"
    headers = {"cache-control": "no-cache", "service-worker-allowed": f"{settings.prefix}/gatherings/"}
    return Response(script, media_type="text/javascript; charset=utf-8", headers=headers)
