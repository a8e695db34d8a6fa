"""Who gets what answer from the routes of the slice questions."""

from __future__ import annotations

from functools import partial
from typing import Any

from library.catalog import queries as catalog
from library.catalog.permits import LessonState
from library.core.clock import utc_now
from library.core.ids import new_id
from library.questions import actions
from library.questions.actions import Asked
from library.questions.rules import DAY
from tests.server.conftest import Shelf
from tests.server.role_table import EVERYBODY, SIGNED_IN_ONLY, Case

DESK = "401 403 200 200 200 200"
ANSWERS = "401 403 303 404 303 303"
API_ANSWERS = "401 403 200 404 200 200"


def asked(shelf: Shelf, by: str = "member", how: str = "form", **said: Any) -> dict[str, Any]:
    """Ask about a new question on a lesson of the lecturer."""
    put = shelf.lesson(LessonState.PUBLISHED)
    with shelf.served.ports.db.write() as session:
        clip = catalog.clip(session, put.clip)
        row = actions.ask(session, shelf.viewer(by), clip, Asked(1.0, f"为什么 {new_id()}"), utc_now())
        row.asked_at -= 2 * DAY  # nobody asks as often as the member of this table
        return {"question_id": row.id, how: {"version": row.version, **said}}


def open_lesson(shelf: Shelf, how: str = "form", **said: Any) -> dict[str, Any]:
    """Ask about a published lesson and its clip."""
    put = shelf.lesson(LessonState.PUBLISHED)
    return {"clip_id": put.clip, how: {"text": f"为什么 {new_id()}", **said}}


CASES = [
    Case("GET /clips/{clip_id}/questions", EVERYBODY, open_lesson),
    Case("POST /clips/{clip_id}/questions", "401 303 303 303 303 303", partial(open_lesson, at="0:01")),
    Case("GET /questions/mine", SIGNED_IN_ONLY),
    Case("POST /questions/{question_id}/withdraw", "401 303 404 404 404 404", asked),
    Case("GET /questions/desk", "303 403 200 200 200 200"),
    Case("POST /questions/{question_id}/answer", ANSWERS, partial(asked, answer="因为。")),
    Case("POST /questions/{question_id}/decline", ANSWERS, partial(asked, reason="不在这一课。")),
    Case("GET /api/v1/clips/{clip_id}/questions", EVERYBODY, open_lesson),
    Case(
        "POST /api/v1/clips/{clip_id}/questions",
        "401 201 201 201 201 201",
        partial(open_lesson, how="json", at_s=1.0),
    ),
    Case("GET /api/v1/questions/mine", "401 200 200 200 200 200"),
    Case("DELETE /api/v1/questions/{question_id}", "401 204 404 404 404 404", asked),
    Case("GET /api/v1/questions/desk", DESK),
    Case(
        "POST /api/v1/questions/{question_id}/answer", API_ANSWERS, partial(asked, how="json", text="因为。")
    ),
    Case(
        "POST /api/v1/questions/{question_id}/decline",
        API_ANSWERS,
        partial(asked, how="json", reason="不在这一课。"),
    ),
]
