"""Who gets what answer from the routes of the slice upkeep."""

from __future__ import annotations

from typing import Any

from library.intake.rules import RecordingState
from tests.server.conftest import Shelf
from tests.server.role_table import Case

_PAGE = "303 403 403 403 403 200"
_FORM = "401 403 403 403 403 303"


def _one_that_failed(shelf: Shelf) -> dict[str, Any]:
    shelf.lesson(recording=RecordingState.FAILED)
    return {}


CASES = [
    *(Case(f"GET /system/{page}", _PAGE) for page in ("storage", "jobs", "licences")),
    Case(
        "GET /system/licences/{origin}/{name:path}",
        _PAGE,
        lambda shelf: {"path": "/system/licences/pypi/jinja2"},
    ),
    Case("POST /system/storage/measure", _FORM),
    Case("POST /system/storage/sweep", _FORM, lambda shelf: {"form": {"confirm": "yes"}}),
    Case("POST /system/jobs/retry", _FORM, _one_that_failed, counted=True),
]
