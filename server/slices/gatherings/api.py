"""Gatherings under /api/v1."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, Field

from library.core.clock import CHINA, local_day, midnight
from library.core.days import parse_date
from library.core.errors import Invalid
from library.evidence.rules import StudyForm
from library.gatherings import actions, marking, queries
from library.gatherings.actions import Draft, RoomDraft
from library.gatherings.marking import Said
from library.gatherings.rules import MOST_MARKS, Counts, Due, GatheringState, How, Mark
from server.slices.gatherings.views import roll_lines, view_of
from server.web.deps import ClockDep, Convener, PagesDep, SettingsDep, SignedIn, Writing
from server.web.deps import Reading as ReadingSession
from server.web.limits.fields import BlockText, LineQuery, LineText, WordQuery, WordText
from server.web.limits.sizes import ITEMS
from server.web.shown.gatherings import desk_of, kinds_of

router = APIRouter(prefix="/api/v1/gatherings", tags=["gatherings"])

MOST_DAYS = 400
_USUAL_BACK, _USUAL_AHEAD = timedelta(days=30), timedelta(days=60)


class GatheringOut(BaseModel):
    """A gathering. `kind` is a code of the table of kinds, `kind_name` what it is called; moments are
    UTC+8."""

    id: str
    node_id: str
    group_id: str | None
    kind: str
    kind_name: str
    form: StudyForm
    title: str
    week: str
    starts_at: datetime
    ends_at: datetime
    place: str
    state: GatheringState
    opened_at: datetime | None
    ended_at: datetime | None
    version: int


class GatheringsOut(BaseModel):
    """Gatherings in the order of their hours; `more`: there are others, ask for fewer days."""

    gatherings: list[GatheringOut]
    more: bool


class EntryOut(BaseModel):
    """Somebody on the roll: the mark, how it came about, and where they are said to be at the same time."""

    id: str
    name: str
    node: str
    due: Due
    mark: Mark
    how: How | None
    room: int | None
    reason: str
    arrived_at: datetime | None
    left_at: datetime | None
    elsewhere: list[str]
    by_self: bool


class CountsOut(BaseModel):
    """The roll in numbers: of those due `present` were there, `late` and `left_early` among them."""

    due: int
    present: int
    late: int
    left_early: int
    absent: int
    made_up: int
    unmarked: int
    exempt: int
    exempt_there: int
    guests: int
    there: int


class RoomOut(BaseModel):
    """A room, the main venue first; `ended_at`: it was closed before the others."""

    n: int
    place: str
    host: str
    ended_at: datetime | None = None


class WholeOut(GatheringOut):
    """A gathering with all that its reader may know; `roll` and `counts` are for who keeps it."""

    node: str
    group: str
    chair: str
    recorder: str
    agenda: str
    rooms: list[RoomOut]
    lessons: list[str]
    mine: Mark | None
    counts: CountsOut | None = None
    roll: list[EntryOut] | None = None


class RoomIn(BaseModel):
    """A room, and the id of who keeps the list there."""

    place: LineText
    host_id: WordText | None = None


class GatheringIn(BaseModel):
    """A gathering to plan. `node` is its code, name or id; `kind` a code or a name of the table of kinds."""

    node: LineText = ""
    kind: LineText
    title: LineText
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    place: LineText = ""
    group_id: WordText | None = None
    below: bool = False
    chair_id: WordText | None = None
    recorder_id: WordText | None = None
    agenda: BlockText = ""
    lessons: Annotated[list[WordText], Field(max_length=ITEMS)] = []
    rooms: Annotated[list[RoomIn], Field(max_length=ITEMS)] = []
    asked: Annotated[list[WordText], Field(max_length=ITEMS)] = []
    tell: bool = True


class MarkIn(BaseModel):
    """Something said of somebody. `id` is made by who says it (8 to 36 of 0-9 a-z -): sent again it is known.

    `entry` is the id on the roll, or, for a guest who was brought without a network, the `id` that brought
    them; `guest` brings one. `ago_s`: seconds since it was said, by the phone's own clock.
    """

    id: WordText
    mark: Mark
    entry: WordText = ""
    guest: LineText = ""
    reason: LineText = ""
    room: int | None = None
    minutes: int | None = None
    day: date | None = None
    ago_s: float = Field(default=0, ge=0)
    kept: bool = False


class MarksIn(BaseModel):
    """What was said, in its order."""

    marks: Annotated[list[MarkIn], Field(max_length=MOST_MARKS)]


class HeardOut(BaseModel):
    """What became of one: `new`, known already, or `error` with a sentence why not."""

    id: str
    entry: str
    new: bool
    error: str | None = None
    message: str | None = None


class MarksOut(BaseModel):
    """What became of each, in its order."""

    heard: list[HeardOut]


def _plain(one: object, kind_name: str) -> dict[str, object]:
    names = GatheringOut.model_fields.keys() - {"kind_name"}
    values = {name: getattr(one, name) for name in names}
    moments = {k: v.astimezone(CHINA) for k, v in values.items() if isinstance(v, datetime)}
    return {**values, **moments, "kind_name": kind_name}


@router.get("")
def list_gatherings(
    session: ReadingSession,
    who: SignedIn,
    clock: ClockDep,
    settings: SettingsDep,
    node: LineQuery = "",
    first: WordQuery = "",
    last: WordQuery = "",
) -> GatheringsOut:
    """Yours, or with `node` (id, code or name) all of a node that you plan, from `first` to `last` (days,
    both
    included; without them from a month ago to two months ahead), at most 200."""
    today, kinds = local_day(clock()), kinds_of(settings)
    begin = parse_date(first, "first") or today - _USUAL_BACK
    end = parse_date(last, "last") or today + _USUAL_AHEAD
    if not 0 <= (end - begin).days <= MOST_DAYS:
        raise Invalid("gathering_days", field="last", most=MOST_DAYS)
    at = queries.node_meant(session, who.viewer, node).id if node else ""
    until = midnight(end + timedelta(days=1))
    found = queries.between(session, who.viewer, midnight(begin), until, at, most=201)
    rows = [GatheringOut.model_validate(_plain(one, kinds.name(one.kind))) for one in found[:200]]
    return GatheringsOut(gatherings=rows, more=len(found) > 200)


@router.post("", status_code=201)
def plan_gathering(
    session: Writing, who: Convener, clock: ClockDep, settings: SettingsDep, body: GatheringIn
) -> GatheringOut:
    """Plan one."""
    desk = desk_of(settings, who.viewer, clock())
    kind = desk.kinds.called(body.kind)
    node = queries.node_meant(session, who.viewer, body.node)
    draft = Draft(
        kind=kind.code if kind else body.kind,
        title=body.title,
        starts_at=body.starts_at,
        ends_at=body.ends_at,
        place=body.place,
        group_id=body.group_id,
        below=body.below,
        chair_id=body.chair_id,
        recorder_id=body.recorder_id,
        agenda=body.agenda,
        lessons=tuple(body.lessons),
        rooms=tuple(RoomDraft(room.place, room.host_id) for room in body.rooms),
        asked=tuple(body.asked),
    )
    made = actions.plan(session, desk, node.id, draft, tell=body.tell)[0]
    return GatheringOut.model_validate(_plain(made, desk.kinds.name(made.kind)))


@router.get("/{gathering_id}")
def get_gathering(
    session: ReadingSession, who: SignedIn, settings: SettingsDep, gathering_id: str
) -> WholeOut:
    """One, with its roll if you keep it."""
    found = queries.seen(session, who.viewer, gathering_id)
    one, kinds = found.gathering, kinds_of(settings)
    view = view_of(session, who.viewer, found, kinds, "zh-CN")
    roll = counts = None
    if found.hosts and one.opened_at is not None:
        names = EntryOut.model_fields.keys()
        roll = [
            EntryOut.model_validate({name: getattr(line, name) for name in names})
            for line in roll_lines(session, one, history=False)
        ]
        numbers = queries.counts_of(session, [one.id]).get(one.id, Counts())
        counts = CountsOut.model_validate(numbers, from_attributes=True)
    return WholeOut.model_validate(
        {
            **_plain(one, view.kind),
            **{name: getattr(view, name) for name in ("node", "group", "chair", "recorder", "agenda")},
            "rooms": [
                RoomOut(n=room.n, place=room.place, host=room.host, ended_at=room.ended_at)
                for room in view.rooms
            ],
            "lessons": [line.id for line in view.lessons if line.id and line.title],
            "mine": found.entry.mark if found.entry else None,
            "counts": counts,
            "roll": roll,
        }
    )


@router.post("/{gathering_id}/marks")
def say_marks(
    session: Writing,
    who: SignedIn,
    pages: PagesDep,
    clock: ClockDep,
    settings: SettingsDep,
    gathering_id: str,
    body: MarksIn,
) -> MarksOut:
    """Say who is there (chair, recorder, host of a room, secretary). The same again changes nothing; what is
    wrong stops nothing else."""
    said = [
        Said(
            id=one.id,
            mark=one.mark,
            entry_id=one.entry,
            reason=one.reason,
            room=one.room,
            guest=one.guest,
            ago_s=one.ago_s,
            minutes=one.minutes,
            day=one.day,
            kept=one.kept,
        )
        for one in body.marks
    ]
    heard = marking.say(session, desk_of(settings, who.viewer, clock()), gathering_id, said)
    out = []
    for its in heard:
        row = HeardOut(id=its.id, entry=its.entry_id, new=its.new)
        if its.reason is not None:
            told = pages.explain_reason(its.reason.code, its.reason.values, who.language)
            row = row.model_copy(update={"error": its.reason.code, "message": told.message})
        out.append(row)
    return MarksOut(heard=out)
