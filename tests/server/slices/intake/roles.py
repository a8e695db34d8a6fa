"""Who gets what answer from the routes of the slice intake."""

from __future__ import annotations

import base64
from typing import Any

from tests.server.conftest import Shelf
from tests.server.role_table import LECTURERS, OWNER_DOES, OWNER_SEES, Ask, Case, draft, failed, published
from tests.support.client import TUS

SRT = {"file": ("x.srt", "1\n00:00:01,000 --> 00:00:09,000\n为人民服务\n".encode())}


def cuts(*, recut: bool = False, form: bool = False) -> Ask:
    """Ask about the cuts of a draft; with a form, or with other cuts as JSON."""

    def ask(shelf: Shelf) -> dict[str, Any]:
        put, version = shelf.cut(recut=recut)
        asked: dict[str, Any] = {"lesson_id": put.lesson, "n": 1}
        if form:
            return {**asked, "form": {}}
        return {**asked, "json": {"version": version, "clips": [{"start_s": 5, "end_s": 60}]}}

    return ask


def tracks(shelf: Shelf) -> dict[str, Any]:
    """Leave the tracks of a draft's recording as they are."""
    return {"lesson_id": shelf.cut()[0].lesson, "json": {}}


def words(n: int | None = None, **asked: Any) -> Ask:
    """Ask about what a draft of `lecturer` says, which has exact times; `n`: its only version."""

    def ask(shelf: Shelf) -> dict[str, Any]:
        return {"lesson_id": shelf.lesson().lesson, **({} if n is None else {"n": n}), **asked}

    return ask


def working(shelf: Shelf) -> dict[str, Any]:
    """Ask for a draft whose recording is being processed."""
    return {"lesson_id": shelf.lesson(recording="working").lesson, "form": {}}


def tus(**headers: str) -> Ask:
    """Ask for an upload of `lecturer`."""
    return lambda shelf: {"path": shelf.upload(), "headers": {**TUS, **headers}}


def new_upload(shelf: Shelf) -> dict[str, Any]:
    """Ask to begin an upload for a draft of `lecturer`."""
    words = f"filename dGl0bGUubXA0,lesson {_base64(shelf.lesson().lesson)}"
    return {"headers": {**TUS, "Upload-Length": "10", "Upload-Metadata": words}}


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


CASES = [
    Case("GET /lessons/{lesson_id}/progress", OWNER_SEES, draft()),
    Case("GET /lessons/{lesson_id}/progress", "303 403 200 403 200 200", published(), name="published"),
    Case("GET /lessons/{lesson_id}/events", OWNER_SEES, draft()),
    Case("POST /lessons/{lesson_id}/retry", OWNER_DOES, failed),
    Case("POST /lessons/{lesson_id}/cancel", OWNER_DOES, working),
    Case("POST /api/v1/lessons/{lesson_id}/cancel", OWNER_SEES, working),
    Case("GET /lessons/{lesson_id}/cut", OWNER_SEES, cuts()),
    Case("GET /lessons/{lesson_id}/cut", "303 403 200 403 200 200", published(), name="published"),
    Case("GET /lessons/{lesson_id}/storyboard/{n}.jpg", OWNER_SEES, cuts()),
    Case("GET /api/v1/lessons/{lesson_id}/cuts", OWNER_SEES, cuts()),
    Case("PUT /api/v1/lessons/{lesson_id}/cuts", OWNER_SEES, cuts()),
    Case("POST /api/v1/lessons/{lesson_id}/cuts/discard", OWNER_SEES, cuts(recut=True, form=True)),
    Case("POST /lessons/{lesson_id}/cuts/discard", OWNER_DOES, cuts(recut=True, form=True)),
    Case("GET /api/v1/lessons/{lesson_id}/tracks", OWNER_SEES, cuts()),
    Case("PATCH /api/v1/lessons/{lesson_id}/tracks", OWNER_SEES, tracks),
    Case("POST /lessons/{lesson_id}/tracks", OWNER_DOES, cuts(form=True)),
    Case("PUT /api/v1/lessons/{lesson_id}/transcript", OWNER_SEES, words(files=SRT)),
    Case("GET /api/v1/lessons/{lesson_id}/transcripts", OWNER_SEES, words()),
    Case("POST /api/v1/lessons/{lesson_id}/transcripts/{n}/use", OWNER_SEES, words(1)),
    Case("PUT /api/v1/lessons/{lesson_id}/transcripts/{n}/shift", OWNER_SEES, words(1, json={"shift_s": 1})),
    Case("GET /lessons/{lesson_id}/transcripts", OWNER_SEES, words()),
    Case("POST /lessons/{lesson_id}/transcripts", OWNER_DOES, words(form={}, files=SRT)),
    Case("POST /lessons/{lesson_id}/transcripts/{n}/use", OWNER_DOES, words(1, form={})),
    Case("POST /lessons/{lesson_id}/transcripts/{n}/shift", OWNER_DOES, words(1, form={"seconds": "1"})),
    Case("GET /upload", LECTURERS),
    Case("GET /mine", LECTURERS),
    # uploads: the owner's alone, not even the staff's
    Case("OPTIONS /tus/", "401 403 204 204 204 204", lambda shelf: {"headers": TUS}),
    Case("POST /tus", "401 403 201 404 201 201", new_upload),
    Case("POST /tus/", "401 403 201 404 201 201", new_upload),
    Case("HEAD /tus/{uuid}", "401 403 200 404 404 404", tus()),
    Case(
        "PATCH /tus/{uuid}",
        "401 403 204 404 404 404",
        tus(**{"Upload-Offset": "1", "Content-Type": "application/offset+octet-stream"}),
    ),
    Case("DELETE /tus/{uuid}", "401 403 204 404 404 404", tus()),
]
