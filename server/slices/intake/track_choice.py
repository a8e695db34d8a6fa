"""Choosing another picture or sound of a recording that has several: a form, and its JSON."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.catalog import queries as catalog
from library.catalog.permits import Action
from library.core.errors import Invalid, NotFound
from library.intake import queries, track_choice
from library.intake.tables import Recording
from server.slices.intake.contexts import TrackGroup, TrackOption
from server.web.deps import PagesDep, Reading, WhoDep, Writing
from server.web.language.i18n import Catalogue
from server.web.language.tongues import tongue
from server.web.limits.fields import WordForm
from server.web.who import Who
from transcode.reading.facts import Facts, Track, TrackKind

router = APIRouter()


class TrackOut(BaseModel):
    """A track of picture ("video") or sound ("audio"); `n` counts its kind, `taken`: it is in use."""

    index: int
    kind: str
    n: int
    codec: str
    language: str
    title: str
    usable: bool
    taken: bool


class TracksIn(BaseModel):
    """The tracks that are wanted, by their `index`; None leaves a kind as it is."""

    video: int | None = None
    audio: int | None = None


class TracksOut(BaseModel):
    """`state` is the recording's (ready: nothing has to be made); `tracks` only where there are several."""

    state: str
    tracks: list[TrackOut]


@router.get("/api/v1/lessons/{lesson_id}/tracks", tags=["lessons"])
def get_tracks(session: Reading, who: WhoDep, lesson_id: str) -> TracksOut:
    """The tracks of a lesson's recording, where there are several of a kind (its owner, the staff)."""
    return _out(_editable(session, who, lesson_id))


@router.patch("/api/v1/lessons/{lesson_id}/tracks", tags=["lessons"])
def patch_tracks(session: Writing, who: WhoDep, lesson_id: str, body: TracksIn) -> TracksOut:
    """Take other tracks (its owner, the staff). The clips are made again, and play as they are until then."""
    recording = _choose(session, who, lesson_id, {TrackKind.VIDEO: body.video, TrackKind.AUDIO: body.audio})
    return _out(recording)


@router.post("/lessons/{lesson_id}/tracks", include_in_schema=False)
def choose(
    session: Writing,
    who: WhoDep,
    pages: PagesDep,
    lesson_id: str,
    video: WordForm = "",
    audio: WordForm = "",
) -> Response:
    """The same as a form."""
    typed = {TrackKind.VIDEO: video, TrackKind.AUDIO: audio}
    for kind, text in typed.items():
        if text and not (text.isascii() and text.isdecimal() and len(text) <= 5):
            raise Invalid("unknown_choice", field=kind.value)
    _choose(session, who, lesson_id, {kind: int(text) if text else None for kind, text in typed.items()})
    return pages.redirect(f"/lessons/{lesson_id}/progress", "tracks_chosen")


def track_groups(recording: Recording | None, catalogue: Catalogue) -> tuple[TrackGroup, ...]:
    """Return what may be chosen of a recording, as the progress page shows it."""
    if recording is None or recording.facts is None:
        return ()
    facts, present = Facts.from_json(recording.facts), queries.tracks_in_use(recording)
    groups = []
    for kind in TrackKind:
        options = [
            TrackOption(
                index=track.index,
                n=track.n,
                about=_about(track, catalogue),
                taken=present.get(kind) == track.index,
            )
            for track in track_choice.choices(facts, kind)
        ]
        if options:
            groups.append(TrackGroup(kind=kind.value, options=tuple(options)))
    return tuple(groups)


def _about(track: Track, catalogue: Catalogue) -> str:
    language = tongue(track.language, catalogue) if track.language else ""
    comma = ", " if catalogue.language == "en" else "，"
    return comma.join(part for part in (language, track.title, track.codec) if part)


def _choose(session: Session, who: Who, lesson_id: str, chosen: dict[TrackKind, int | None]) -> Recording:
    recording = _editable(session, who, lesson_id)
    lesson = catalog.lesson(session, lesson_id)
    track_choice.choose_tracks(session, recording, lesson, chosen)
    return recording


def _editable(session: Session, who: Who, lesson_id: str) -> Recording:
    lesson = catalog.lesson_for(session, who.viewer, lesson_id, Action.EDIT)
    recording = queries.recording_of(session, lesson.id)
    if recording is None:
        raise NotFound
    return recording


def _out(recording: Recording) -> TracksOut:
    facts = Facts.from_json(recording.facts) if recording.facts else None
    present = queries.tracks_in_use(recording)
    tracks = [
        TrackOut(
            index=track.index,
            kind=track.kind.value,
            n=track.n,
            codec=track.codec,
            language=track.language,
            title=track.title,
            usable=track.usable,
            taken=present.get(track.kind) == track.index,
        )
        for track in (facts.tracks if facts else ())
    ]
    return TracksOut(state=recording.state, tracks=tracks)
