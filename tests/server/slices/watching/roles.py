"""Who gets what answer from the routes of the slice watching."""

from __future__ import annotations

from typing import Any

from tests.server.conftest import Shelf
from tests.server.role_table import EVERYBODY, OWNER_SEES, Case, draft, published


def to_take_along(shelf: Shelf) -> dict[str, Any]:
    """Ask for a file of a draft of `lecturer`."""
    return {"path": f"/clips/{shelf.lesson().clip}/download?quality=720p"}


def beat_of_member(shelf: Shelf) -> dict[str, Any]:
    """Report on a play of `member` with the key that was given to `member` alone."""
    play_id, key = shelf.play("member")
    return {"play_id": play_id, "json": {"ranges": [], "key": key}}


CASES = [
    Case("GET /counting", EVERYBODY),
    # The shelf's segments are no real ones, so that whoever may watch is told that it failed.
    Case("GET /clips/{clip_id}/download", "404 404 409 404 409 409", to_take_along, name="draft"),
    Case("GET /clips/{clip_id}/picture.jpg", OWNER_SEES, draft(), name="draft"),
    Case("GET /clips/{clip_id}/picture.jpg", EVERYBODY, published(), name="published"),
    Case("GET /clips/{clip_id}", OWNER_SEES, draft(), name="draft"),
    Case("GET /clips/{clip_id}", EVERYBODY, published(), name="published"),
    Case("GET /clips/{clip_id}/captions.vtt", OWNER_SEES, draft()),
    Case("GET /api/v1/clips/{clip_id}/after", OWNER_SEES, draft(), name="draft"),
    Case("GET /api/v1/clips/{clip_id}/after", EVERYBODY, published(), name="published"),
    Case("GET /clips/{clip_id}/growing.m3u8", OWNER_SEES, draft(), name="draft"),
    Case("GET /clips/{clip_id}/growing.m3u8", "303 403 200 403 200 200", published(), name="published"),
    Case("POST /api/v1/clips/{clip_id}/plays", OWNER_SEES, draft(), name="draft"),
    Case("POST /api/v1/clips/{clip_id}/plays", EVERYBODY, published(), name="published"),
    Case(
        "POST /api/v1/plays/{play_id}/beats",
        "403 403 403 403 403 403",
        lambda shelf: {"play_id": shelf.play("member")[0], "json": {"ranges": []}},
        name="of member, without its key",
    ),
    Case("POST /api/v1/plays/{play_id}/beats", EVERYBODY, beat_of_member, name="of member, with its key"),
]
