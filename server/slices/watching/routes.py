"""Watching: the clip's page, its captions, and the beats that make a view."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from library.catalog import queries
from library.catalog.clip_cues import cues_of
from library.catalog.offline_rules import may_keep
from library.catalog.permits import Action, may
from library.catalog.rules import CAPTIONED, TranscriptQuality, note_of
from library.catalog.tables import Clip, Lesson
from library.core.errors import Conflict, NotFound, SignInNeeded
from library.intake.files.downloads import choices
from library.intake.files.early_playlist import growing_playlist
from library.people.rules import home_node
from library.plays import actions
from library.plays.rules import Source, most_people
from server.slices.watching.beat_keys import BeatSigner
from server.slices.watching.contexts import ClipPage, CueLine, DownloadChoice, PlayingBegins
from server.web.deps import (
    AddressDep,
    CardsDep,
    ClockDep,
    MediaDep,
    PagesDep,
    Reading,
    RuleDep,
    SecretDep,
    SettingsDep,
    StoreDep,
    WhoDep,
    Writing,
)
from server.web.limits.fields import WordQuery
from server.web.pages import STAY_HEADER
from server.web.shown.marks import clip_marks
from server.web.shown.media_urls import MediaUrls
from server.web.shown.sharing import share_card, share_lesson
from server.web.shown.works import series_place
from server.web.who import Who
from transcode.hls.files import INIT, PLAYLIST, SEGMENTS
from transcode.pictures.sprites import INDEX as STRIP_INDEX
from transcode.planning.plan import SOUND_ONLY
from transcode.transcripts.captions import new_speakers, to_vtt
from transcode.transcripts.parsing import Cue

router = APIRouter()


@router.get("/clips/{clip_id}", include_in_schema=False)
def watch(
    request: Request,
    session: Reading,
    who: WhoDep,
    pages: PagesDep,
    cards: CardsDep,
    media: MediaDep,
    rule: RuleDep,
    settings: SettingsDep,
    address: AddressDep,
    clock: ClockDep,
    clip_id: str,
    t: WordQuery = "",
) -> Response:
    """The watch page; `t` is where playing begins, in seconds of the clip: else where the viewer stopped."""
    clip = queries.clip_for(session, who.viewer, clip_id)
    lesson = queries.lesson(session, clip.lesson_id)
    if clip.n is None:
        return _moved(lesson, clip, _second(t, clip.end_s - clip.start_s))
    growing = clip.plan is None and clip.early is not None and _works_on(who, lesson)
    if clip.plan is None and not growing:
        raise Conflict("clip_not_ready")
    clips = cards.of_clips(session, lesson)
    card = next(c for c in clips if c.id == clip.id)
    marks = clip_marks(session, who.viewer, clip, lesson, clock)
    cues = cues_of(session, clip)
    timed = lesson.transcript in CAPTIONED
    context = ClipPage(
        frame=pages.frame(request, session, who),
        lesson=cards.of(session, [lesson])[0],
        clip=card,
        clips=marks.own.on_clips(clips, lesson.clips),
        marks=marks,
        kind=lesson.kind,
        master_url=pages.at(f"/clips/{clip.id}/growing.m3u8")
        if growing
        else media.of(lesson, clip, "master.m3u8"),
        growing=growing,
        captions_url=f"/clips/{clip.id}/captions.vtt" if cues and timed else None,
        cues=_lines(cues),
        cues_estimated=lesson.transcript is TranscriptQuality.ESTIMATED,
        cues_recognised=lesson.transcript is TranscriptQuality.RECOGNISED,
        language=lesson.language,
        start_s=_second(t, card.duration_s) if t or growing else marks.resume_s,
        resumed=not t and not growing and marks.resume_s > 0,
        views=card.views,
        rule=rule,
        most_people=most_people(who.viewer, settings.view_rule),
        start=None if growing else _start(media, lesson, clip),
        strip_url=media.of(lesson, clip, STRIP_INDEX) if clip.strip and not growing else None,
        rungs=_renditions(clip),
        downloads=_renditions(clip) if settings.downloads else (),
        share=share_lesson(address, lesson, f"/clips/{clip.id}"),
        card=share_card(address, lesson, f"/clips/{clip.id}", card),
        series=series_place(session, who.viewer, lesson),
        in_wechat="MicroMessenger" in request.headers.get("user-agent", ""),
    )
    answer = pages.respond(request, who, context)
    if not may_keep(lesson.state, lesson.audience):
        answer.headers[STAY_HEADER] = "no"
    return answer


def _lines(cues: Sequence[Cue]) -> tuple[CueLine, ...]:
    """Return the lines of the page; who speaks is named where it changes."""
    return tuple(
        CueLine(start_s=cue.start_s or 0.0, end_s=cue.end_s or 0.0, text=cue.text, speaker=name)
        for cue, name in zip(cues, new_speakers(cue.speaker for cue in cues), strict=True)
    )


def _start(media: MediaUrls, lesson: Lesson, clip: Clip) -> PlayingBegins | None:
    """Return how the smallest picture begins; of a clip of sound, how the sound does."""
    names = [name for name, _ in choices(clip.sizes)]
    pictures = [name for name in names if name != SOUND_ONLY] or names
    if not pictures:
        return None
    files = (PLAYLIST, INIT, SEGMENTS % 1)
    return PlayingBegins(*(media.of(lesson, clip, f"{pictures[-1]}/{file}") for file in files))


def _renditions(clip: Clip) -> tuple[DownloadChoice, ...]:
    if clip.plan is None:
        return ()
    return tuple(DownloadChoice(quality=name, size_bytes=size) for name, size in choices(clip.sizes))


def _moved(lesson: Lesson, clip: Clip, at_s: float) -> Response:
    """Send who follows an old link on to the clip that now plays the same moment."""
    moment_s = clip.start_s + at_s
    now = queries.clip_at(lesson, moment_s)
    if clip.replaced_at is None or now is None:
        raise NotFound
    return RedirectResponse(f"/clips/{now.id}?t={max(0.0, moment_s - now.start_s):.1f}", 302)


def _works_on(who: Who, lesson: Lesson) -> bool:
    """Tell whether the viewer may change the lesson, and so may see it while it is made."""
    return may(who.viewer, Action.EDIT, queries.facts(lesson))


@router.get("/clips/{clip_id}/growing.m3u8", include_in_schema=False)
def growing(session: Reading, who: WhoDep, media: MediaDep, store: StoreDep, clip_id: str) -> Response:
    """What can be played already of a clip that is being made, for those who may edit its lesson."""
    clip = queries.clip_for(session, who.viewer, clip_id)
    lesson = queries.lesson_for(session, who.viewer, clip.lesson_id, Action.EDIT)
    text = growing_playlist(store, clip, lambda plan, file: media.of(lesson, clip, file, plan))
    kind = "application/vnd.apple.mpegurl"
    return PlainTextResponse(text, media_type=kind, headers={"cache-control": "no-store"})


def _second(text: str, duration_s: float) -> float:
    """Return a starting second inside the clip, 0 for whatever is not one."""
    try:
        at = float(text)
    except ValueError:
        return 0.0
    return at if 0.0 <= at < duration_s else 0.0


@router.get("/clips/{clip_id}/captions.vtt", include_in_schema=False)
def clip_captions(session: Reading, who: WhoDep, clip_id: str) -> Response:
    """What is said in the clip, as WebVTT."""
    clip = queries.clip_for(session, who.viewer, clip_id)
    lesson = queries.lesson(session, clip.lesson_id)
    text = to_vtt(cues_of(session, clip), note_of(lesson.transcript))
    return PlainTextResponse(text, media_type="text/vtt", headers={"cache-control": "private, no-cache"})


class BeginPlay(BaseModel):
    """How a play was come to, and how many people watch it together (a screening)."""

    source: Source = Source.LINK
    people: int | None = None


@router.post("/api/v1/clips/{clip_id}/plays", tags=["plays"])
def start_play(
    session: Writing,
    who: WhoDep,
    media: MediaDep,
    settings: SettingsDep,
    clock: ClockDep,
    secret: SecretDep,
    clip_id: str,
    about: BeginPlay | None = None,
) -> dict[str, Any]:
    """Begin a play: returns its id and key, a freshly signed master playlist, and how often to report.

    A screening, `people` watching together, wants somebody who has signed in; how many they may say depends
    on their role, and on what their branch has declared in the last hour.
    """
    about = about or BeginPlay()
    clip = queries.clip_for(session, who.viewer, clip_id)
    if clip.plan is None:
        raise Conflict("clip_not_ready")
    if about.people is not None and not who.viewer.signed_in:
        raise SignInNeeded
    now = clock()
    play = actions.start(
        session,
        clip,
        who.play_key if about.people is None else f"g:{who.viewer.person_id}",
        now,
        source=about.source,
        people=1
        if about.people is None
        else actions.declare(session, who.viewer, about.people, now, settings.view_rule),
        node_id=home_node(who.viewer),
    )
    lesson = queries.lesson(session, clip.lesson_id)
    return {
        "play": play.id,
        "key": BeatSigner(secret).key(play.id),
        "people": play.people,
        "master": media.of(lesson, clip, "master.m3u8"),
        "beat_every_s": settings.beat_every_s,
    }
