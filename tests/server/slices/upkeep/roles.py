"""Who gets what answer from the routes of the slice upkeep."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from library.intake.rules import RecordingState
from library.intake.tables import Recording
from tests.server.conftest import Shelf
from tests.server.role_table import Case

_PAGE = "303 403 403 403 403 200"
_FORM = "401 403 403 403 403 303"


def _one_that_failed(shelf: Shelf) -> dict[str, Any]:
    shelf.lesson(recording=RecordingState.FAILED)
    return {}


def _one_job(shelf: Shelf, **more: Any) -> dict[str, Any]:
    put = shelf.lesson(recording=RecordingState.FAILED)
    with shelf.served.ports.db.read() as session:
        one = session.scalars(select(Recording.id).where(Recording.lesson_id == put.lesson)).one()
    return {"kind": "recording", "its_id": one, **more}


def _one_at_work(shelf: Shelf) -> dict[str, Any]:
    put = shelf.lesson(recording=RecordingState.WAITING)
    with shelf.served.ports.db.read() as session:
        one = session.scalars(select(Recording.id).where(Recording.lesson_id == put.lesson)).one()
    return {"kind": "recording", "its_id": one}


def _backup(shelf: Shelf) -> dict[str, Any]:
    return {"name": "20260312T062800.000Z"}


_API, _LOOK = "401 403 403 403 403 200", "401 403 403 403 403 200"
_NONE_THERE = "401 403 403 403 403 409"  # no folder of backups is set
_JOB = "POST /system/jobs/{kind}/{its_id}"
_JOB_API = "POST /api/v1/system/jobs/{kind}/{its_id}"

CASES = [
    *(Case(f"GET /api/v1/system/{page}", _LOOK) for page in ("storage", "storage/unfit", "jobs", "backups")),
    *(Case(f"GET /system/{page}", _PAGE) for page in ("backups", "storage/unfit")),
    Case("POST /system/backups/test", _NONE_THERE, lambda shelf: {"form": _backup(shelf)}),
    Case("POST /api/v1/system/backups/{name}/test", _NONE_THERE, _backup),
    Case(f"{_JOB}/retry", _FORM, lambda shelf: {**_one_job(shelf), "form": {}}, counted=True),
    Case(f"{_JOB}/give-up", _FORM, lambda shelf: {**_one_at_work(shelf), "form": {}}, counted=True),
    Case(f"{_JOB_API}/retry", _API, _one_job, counted=True),
    Case(f"{_JOB_API}/give-up", "401 403 403 403 403 204", _one_at_work, counted=True),
    Case("POST /system/storage/unfit", "401 403 403 403 403 422", lambda shelf: {"form": {}}),
    Case(
        "POST /api/v1/system/storage/unfit/delete",
        "401 403 403 403 403 422",
        lambda shelf: {"json": {"ids": [], "count": 0}},
    ),
    Case("POST /api/v1/system/storage/measure", "401 403 403 403 403 202"),
    Case(
        "POST /api/v1/system/storage/sweep",
        "401 403 403 403 403 422",
        lambda shelf: {"json": {"at": "2026-03-12T00:00:00Z", "count": 1}},
    ),
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
