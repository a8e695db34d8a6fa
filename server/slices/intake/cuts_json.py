"""Where a lecture is cut, as the editor's page and the API speak of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from library.catalog import cue_queries
from library.catalog.tables import Clip, Lesson
from library.intake import queries
from library.intake.cutting import MOST_CLIPS, SHORTEST_CLIP_S
from library.intake.proposing import signs_of
from library.intake.tables import Recording
from server.web.pages import Pages
from server.web.shown.media_urls import MediaUrls
from transcode.cutting.audio_profile import WAVE_STEP_S
from transcode.cutting.split import MAX_CLIP_S, Cut
from transcode.pictures.overview import COLUMNS, ROWS, Overview, tile_step_s

LIMITS = {"max_s": MAX_CLIP_S, "min_s": SHORTEST_CLIP_S, "most": MOST_CLIPS}
_NOTHING: dict[str, Any] = {
    "version": "",
    "pending": False,
    "clips": [],
    "playing": [],
    "pauses": [],
    "sentences": [],
    "turns": [],
    "chapters": [],
    "proposals": {"pauses": [], "chapters": None},
    "wave": {"step_s": WAVE_STEP_S, "levels": ""},
    "storyboard": None,
    "limits": LIMITS,
}


def cuts_object(media: MediaUrls, pages: Pages, session: Session, lesson: Lesson) -> dict[str, Any]:
    """Return the clips that are wanted of a lesson, and all that helps to cut it otherwise.

    Without clips while the recording is still to be heard, and when it cannot be used.
    """
    recording = queries.recording_of(session, lesson.id)
    state = recording.state if recording is not None else "none"
    said = {**_NOTHING, "state": state, "duration_s": lesson.duration_s}
    if recording is None or recording.facts is None or recording.profile is None or not lesson.clips:
        return said
    signs = signs_of(session, recording, lesson)
    order = queries.arrangement(recording, lesson)
    chapters = signs.by_chapters()
    lines = cue_queries.cues(session, lesson.id)
    return {
        **said,
        "version": queries.version_of(recording, order),
        "duration_s": signs.facts.duration_s,
        "pending": recording.wanted is not None,
        "clips": [_clip(media, lesson, n, clip) for n, clip in enumerate(order, start=1)],
        "playing": [_playing(media, lesson, clip) for clip in lesson.clips if clip.plan],
        "pauses": [[round(p.start_s, 3), round(p.end_s, 3)] for p in signs.pauses],
        "sentences": [[c.start_s, c.end_s, c.text] for c in lines if c.start_s is not None],
        "turns": list(signs.turns_s),
        "chapters": [
            {"start_s": c.start_s, "end_s": c.end_s, "title": c.title} for c in signs.facts.chapters
        ],
        "proposals": {
            "pauses": _proposal(signs.by_pauses()),
            "chapters": _proposal(chapters) if chapters else None,
        },
        "wave": {"step_s": WAVE_STEP_S, "levels": recording.profile.get("wave", "")},
        "storyboard": _storyboard(pages, recording, lesson, signs.facts.duration_s),
    }


def _clip(media: MediaUrls, lesson: Lesson, n: int, clip: Clip) -> dict[str, Any]:
    return {
        "id": clip.id,
        "n": n,
        "title": clip.title,
        "start_s": round(clip.start_s, 3),
        "end_s": round(clip.end_s, 3),
        "reason": clip.reason,
        "ready": clip.plan is not None,
        "poster": media.poster(lesson, clip),
        "master": media.of(lesson, clip, "master.m3u8") if clip.plan else None,
        "copied": clip.copied,
    }


def _playing(media: MediaUrls, lesson: Lesson, clip: Clip) -> dict[str, Any]:
    """Return where a moment of the lecture can be heard: other clips than those that are still being made."""
    return {
        "start_s": round(clip.start_s, 3),
        "end_s": round(clip.end_s, 3),
        "master": media.of(lesson, clip, "master.m3u8"),
    }


def _proposal(cuts: Sequence[Cut]) -> list[dict[str, Any]]:
    return [
        {"start_s": round(c.start_s, 3), "end_s": round(c.end_s, 3), "title": c.title, "reason": c.reason}
        for c in cuts
    ]


def _storyboard(
    pages: Pages, recording: Recording, lesson: Lesson, duration_s: float
) -> dict[str, Any] | None:
    board = Overview.from_json(recording.look or {}).storyboard
    if board is None:
        return None
    return {
        "tile_width": board.tile_width,
        "tile_height": board.tile_height,
        "columns": COLUMNS,
        "rows": ROWS,
        "step_s": tile_step_s(duration_s),
        "times_s": list(board.times_s),
        "sheets": [
            pages.at(f"/lessons/{lesson.id}/storyboard/{n}.jpg") for n in range(1, len(board.sheets) + 1)
        ],
    }
