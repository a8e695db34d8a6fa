"""Who gets what answer from the routes of the slice marks: people about their own, and nobody else."""

from __future__ import annotations

from functools import partial
from typing import Any

from library.catalog import queries as catalog
from library.catalog.permits import LessonState
from library.core.clock import utc_now
from library.marks import actions
from tests.server.conftest import Shelf
from tests.server.role_table import SIGNED_IN_ONLY, Case

ALL_OWN = "401 303 303 303 303 303"
API_OWN = "401 204 204 204 204 204"
API_SEEN = "401 200 200 200 200 200"
DRAFT = "401 404 204 404 204 204"
THEIRS = "401 404 200 404 404 404"


def open_lesson(shelf: Shelf, how: str = "form", **said: Any) -> dict[str, Any]:
    """Ask about a published lesson and its clip."""
    put = shelf.lesson(LessonState.PUBLISHED)
    return {
        "lesson_id": put.lesson,
        "clip_id": put.clip,
        "thing_id": put.clip,
        "watched_id": put.clip,
        how: said,
    }


def hidden_lesson(shelf: Shelf, how: str = "form", **said: Any) -> dict[str, Any]:
    """Ask about a draft of the lecturer."""
    put = shelf.lesson()
    return {"lesson_id": put.lesson, "clip_id": put.clip, how: said}


def note_of_lecturer(shelf: Shelf, how: str = "form", **said: Any) -> dict[str, Any]:
    """Ask about a note of the lecturer: neither the staff nor the administrator find it."""
    put = shelf.lesson(LessonState.PUBLISHED)
    me = shelf.viewer("lecturer").person_id or ""
    with shelf.served.ports.db.write() as session:
        clip = catalog.clip(session, put.clip)
        row = actions.write(session, me, clip, 1.0, "只给自己看", utc_now())
        return {"note_id": row.id, how: {"text": "改", "version": 1, **said}}


def with_ending(shelf: Shelf, ending: str) -> dict[str, Any]:
    """Ask for all notes as a file."""
    return {"ending": ending}


PLACE = partial(open_lesson, how="json", at_s=12.5)
NOTE_IN = partial(open_lesson, how="json", at_s=1.0, text="记一笔")

CASES = [
    Case("GET /my-learning", SIGNED_IN_ONLY),
    Case("GET /my-learning/history", SIGNED_IN_ONLY),
    Case("POST /my-learning/history/forget", ALL_OWN, lambda _shelf: {"form": {"all": "1"}}),
    Case("POST /my-learning/history/pause", ALL_OWN, lambda _shelf: {"form": {"paused": "0"}}),
    Case("GET /my-learning/favourites", SIGNED_IN_ONLY),
    Case("GET /my-learning/export.xlsx", SIGNED_IN_ONLY),
    Case("POST /my-learning/favourites/{thing_id}/remove", ALL_OWN, open_lesson),
    Case("GET /my-learning/notes", SIGNED_IN_ONLY),
    *(
        Case(
            "GET /my-learning/notes/export.{ending}",
            SIGNED_IN_ONLY,
            partial(with_ending, ending=one),
            name=one,
        )
        for one in ("md", "txt", "docx")
    ),
    Case("POST /my-learning/notes/{note_id}/edit", "401 404 303 404 404 404", note_of_lecturer),
    Case("POST /my-learning/notes/{note_id}/delete", "401 404 303 404 404 404", note_of_lecturer),
    Case("POST /clips/{clip_id}/notes", ALL_OWN, partial(open_lesson, at="0:01", text="记一笔")),
    Case(
        "POST /clips/{clip_id}/notes",
        "401 404 303 404 303 303",
        partial(hidden_lesson, at="0:01", text="记"),
        name="draft",
    ),
    Case("POST /clips/{clip_id}/favourite", ALL_OWN, partial(open_lesson, keep="1")),
    Case("POST /lessons/{lesson_id}/favourite", ALL_OWN, partial(open_lesson, keep="1")),
    Case("GET /api/v1/positions", API_SEEN),
    Case("POST /api/v1/positions", API_SEEN, lambda _shelf: {"json": {"places": []}}),
    Case("PUT /api/v1/clips/{clip_id}/position", API_OWN, PLACE),
    Case(
        "PUT /api/v1/clips/{clip_id}/position",
        DRAFT,
        partial(hidden_lesson, how="json", at_s=1.0),
        name="draft",
    ),
    Case("DELETE /api/v1/positions", API_OWN),
    Case("DELETE /api/v1/positions/{watched_id}", API_OWN, open_lesson),
    Case("GET /api/v1/favourites", API_SEEN),
    Case("PUT /api/v1/clips/{clip_id}/favourite", API_OWN, open_lesson),
    Case("PUT /api/v1/lessons/{lesson_id}/favourite", API_OWN, open_lesson),
    Case("PUT /api/v1/lessons/{lesson_id}/favourite", DRAFT, hidden_lesson, name="draft"),
    Case("DELETE /api/v1/favourites/{thing_id}", API_OWN, open_lesson),
    Case("GET /api/v1/notes", API_SEEN),
    Case("POST /api/v1/clips/{clip_id}/notes", "401 201 201 201 201 201", NOTE_IN),
    Case("PATCH /api/v1/notes/{note_id}", THEIRS, partial(note_of_lecturer, how="json")),
    Case("DELETE /api/v1/notes/{note_id}", "401 404 204 404 404 404", note_of_lecturer),
]
