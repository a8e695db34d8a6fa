"""Who gets what answer from the routes of the slice studio."""

from __future__ import annotations

from typing import Any

from library.catalog import covers
from library.catalog import queries as catalog
from library.catalog.permits import LessonState
from library.intake.files.objects import clip_prefix
from tests.server.conftest import Shelf
from tests.server.role_table import EVERYBODY, OWNER_DOES, OWNER_SEES, Case, draft


def _window(shelf: Shelf) -> dict[str, Any]:
    return {"lesson_id": shelf.lesson().lesson, "json": {"window": "abcdefgh1234", "leaving": True}}


def _nothing_chosen(shelf: Shelf) -> dict[str, Any]:
    return {"lesson_id": shelf.lesson().lesson, "files": {"file": ("", b"")}}


def _covered(shelf: Shelf) -> dict[str, Any]:
    put = shelf.lesson(LessonState.PUBLISHED)
    with shelf.served.ports.db.write() as session:
        lesson = catalog.lesson(session, put.lesson)
        covers.cover_lesson(
            session, lesson, lesson.clips[0], "ba9876543210", shelf.served.ports.clock(), None, "frame"
        )
    folder = shelf.served.data / "objects" / clip_prefix(put.clip, "ba9876543210")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / covers.COVER).write_bytes(b"\xff\xd8\xff")
    return {"lesson_id": put.lesson}


def _text(shelf: Shelf) -> dict[str, Any]:
    return {"lesson_id": shelf.lesson().lesson, "form": "txt"}


CASES = [
    Case("GET /lessons/{lesson_id}/studio", OWNER_SEES, draft()),
    Case("POST /lessons/{lesson_id}/studio/done", OWNER_DOES, draft(step="cuts")),
    Case("POST /lessons/{lesson_id}/studio/again", OWNER_DOES, draft(step="cuts")),
    Case("GET /lessons/{lesson_id}/cover", OWNER_SEES, draft()),
    Case("POST /lessons/{lesson_id}/cover", "404 404 422 404 422 422", _nothing_chosen),
    Case("POST /lessons/{lesson_id}/cover/undo", OWNER_DOES, draft()),
    Case("GET /lessons/{lesson_id}/picture.jpg", EVERYBODY, _covered),
    Case("POST /api/v1/lessons/{lesson_id}/transcript/editors", OWNER_SEES, _window),
    Case("GET /lessons/{lesson_id}/transcript.{form}", OWNER_SEES, _text),
]
