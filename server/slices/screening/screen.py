"""The big screen of a room: its page, what begins a showing, and what a screen says it played."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.catalog import queries as catalog
from library.catalog.clip_cues import cues_of
from library.catalog.rules import CAPTIONED
from library.catalog.tables import Lesson
from library.core.errors import Conflict, NotFound
from library.core.permits import Viewer
from library.gatherings import codes
from library.gatherings.rules import GatheringState
from library.gatherings.showings import actions, queries
from library.gatherings.showings.rules import MOST_RUNS_IN_BEAT
from library.gatherings.tables import Gathering, Room
from library.records import permits
from library.records import queries as records
from server.slices.screening.contexts import ScreenLesson, ScreenPage
from server.web.deps import AddressDep, ClockDep, MediaDep, PagesDep, Reading, SignedIn, Writing
from server.web.limits.fields import WordText
from server.web.shown.media_urls import MediaUrls
from server.web.shown.sharing import qr_path

router = APIRouter()

BEAT_EVERY_S = 5


def _screen(session: Session, viewer: Viewer, gathering_id: str, room: int) -> tuple[Gathering, Room]:
    """Return the gathering and the room of a screen that the viewer may run; raises NotFound."""
    gathering = queries.gathering(session, gathering_id)
    if not permits.may_show(viewer, records.facts_of(session, gathering, viewer)):
        raise NotFound
    found = next((one for one in queries.rooms(session, gathering_id) if one.n == room), None)
    if found is None:
        raise NotFound
    return gathering, found


def _lessons(session: Session, viewer: Viewer, gathering_id: str) -> tuple[list[Lesson], int]:
    """Return the lessons that the viewer sees, in the gathering's order, and how many they do not."""
    planned = [one.id for one in queries.lessons(session, gathering_id)]
    seen = {one.id: one for one in catalog.lessons_by_ids(session, viewer, planned)}
    return [seen[one] for one in planned if one in seen], len(planned) - len(seen)


@router.get("/gatherings/{gathering_id}/screen/{room}", include_in_schema=False)
def screen(
    request: Request, session: Reading, who: SignedIn, pages: PagesDep, gathering_id: str, room: int
) -> Response:
    """The big screen of a room."""
    gathering, its = _screen(session, who.viewer, gathering_id, room)
    lessons, hidden = _lessons(session, who.viewer, gathering_id)
    several = len(queries.rooms(session, gathering_id)) > 1
    context = ScreenPage(
        frame=pages.frame(request, session, who),
        gathering_id=gathering.id,
        room=room,
        place=its.place if several else "",
        title=gathering.title,
        state=gathering.state,
        lessons=tuple(
            ScreenLesson(id=one.id, title=one.title, clips=sum(clip.plan is not None for clip in one.clips))
            for one in lessons
        ),
        hidden=hidden,
    )
    return pages.respond(request, who, context)


class ShowIn(BaseModel):
    """Which lesson is to be shown."""

    lesson: WordText


class ScreenClip(BaseModel):
    """A clip to play; `master` and `captions` are addresses of this site, the second may be ""."""

    id: str
    n: int
    title: str
    duration_s: float
    master: str
    captions: str
    language: str


class ShowOut(BaseModel):
    """A showing: its clips in their order, and where the screen goes on. `clock_s` seconds have passed since
    the showing began; what a screen says it played is said on this clock."""

    showing: str
    clock_s: float
    played_s: int
    clip: str | None
    at_s: float
    clips: list[ScreenClip]
    beat_every_s: int = BEAT_EVERY_S


@router.post("/api/v1/gatherings/{gathering_id}/screen/{room}", tags=["gatherings"])
def show(
    session: Writing,
    who: SignedIn,
    pages: PagesDep,
    media: MediaDep,
    clock: ClockDep,
    gathering_id: str,
    room: int,
    body: ShowIn,
) -> ShowOut:
    """Begin to show a lesson in a room of an open gathering, or go on with it."""
    _gathering, its = _screen(session, who.viewer, gathering_id, room)
    begun = actions.begin(session, who.viewer, gathering_id, its.id, body.lesson, clock())
    lesson = catalog.lesson_for(session, who.viewer, body.lesson)
    return ShowOut(
        showing=begun.showing_id,
        clock_s=begun.clock_s,
        played_s=begun.played_s,
        clip=begun.clip_id,
        at_s=begun.at_s,
        clips=_clips(session, lesson, media, pages.at),
    )


def _clips(session: Session, lesson: Lesson, media: MediaUrls, at: Any) -> list[ScreenClip]:
    timed = lesson.transcript in CAPTIONED
    return [
        ScreenClip(
            id=clip.id,
            n=clip.n or 0,
            title=clip.title,
            duration_s=clip.duration_s or clip.end_s - clip.start_s,
            master=media.of(lesson, clip, "master.m3u8"),
            captions=at(f"/clips/{clip.id}/captions.vtt") if timed and cues_of(session, clip) else "",
            language=lesson.language,
        )
        for clip in lesson.clips
        if clip.plan is not None
    ]


class CodeOut(BaseModel):
    """How to check in: the dark modules of a QR as a path in a square of `size`, six digits, and for how long
    both are shown."""

    path: str
    size: int
    digits: str
    left_s: int


@router.get("/api/v1/gatherings/{gathering_id}/screen/{room}/code", tags=["gatherings"])
def code(
    session: Reading, who: SignedIn, clock: ClockDep, address: AddressDep, gathering_id: str, room: int
) -> CodeOut:
    """What a screen shows to check in with, while the gathering is open."""
    gathering, its = _screen(session, who.viewer, gathering_id, room)
    if gathering.state is not GatheringState.OPEN or gathering.secret is None:
        raise Conflict("showing_not_open")
    now = clock()
    k = codes.qr_of(gathering.secret, its.n, now)
    drawn = qr_path(f"{address}/gatherings/{gathering.id}/here?room={its.n}&k={k}")
    left_s = min(codes.left_s(now, codes.QR_S), codes.left_s(now, codes.DIGITS_S))
    return CodeOut(path=drawn[0], size=drawn[1], digits=codes.digits_of(gathering.secret, now), left_s=left_s)


class RunIn(BaseModel):
    """A stretch of a clip that ran on the screen, in seconds, from `at` on the showing's clock on."""

    clip: WordText
    first: Annotated[float, Field(alias="from", allow_inf_nan=False)]
    last: Annotated[float, Field(alias="to", allow_inf_nan=False)]
    at: Annotated[float, Field(allow_inf_nan=False)]


class BeatIn(BaseModel):
    """What a screen has played since it said so last; the same again changes nothing."""

    runs: Annotated[list[RunIn], Field(max_length=MOST_RUNS_IN_BEAT)]


class BeatOut(BaseModel):
    """What is known of a showing; `cut_s` of what was said was not believed, because the clock forbids it."""

    clock_s: float
    played_s: int
    cut_s: float


@router.post("/api/v1/gatherings/{gathering_id}/showings/{showing_id}/beats", tags=["gatherings"])
def beat(
    session: Writing, who: SignedIn, clock: ClockDep, gathering_id: str, showing_id: str, body: BeatIn
) -> BeatOut:
    """Say what a screen played; answered once it is on the disk."""
    gathering = queries.gathering(session, gathering_id)
    if not permits.may_show(who.viewer, records.facts_of(session, gathering, who.viewer)):
        raise NotFound
    said = [{"clip": one.clip, "from": one.first, "to": one.last, "at": one.at} for one in body.runs]
    known = actions.beat(session, gathering_id, showing_id, said, clock())
    return BeatOut(clock_s=known.clock_s, played_s=known.played_s, cut_s=known.cut_s)
