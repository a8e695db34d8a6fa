"""What belongs to no slice: health, the API's documentation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request
from sqlalchemy import text
from starlette.responses import JSONResponse, RedirectResponse, Response

from library.core.rights import Act, allowed
from library.finding.indexer import IndexUnavailable
from server import migrate
from server.keeping import state
from server.keeping.standing import standings
from server.slices.system.contexts import ApiDocsPage, BackupFacts, StandingRow, SystemPage
from server.web.deps import (
    Admin,
    AssetsDep,
    ClockDep,
    DatabaseDep,
    IndexerDep,
    IntegrityDep,
    PagesDep,
    Reading,
    SettingsDep,
    WhoDep,
)
from server.web.forms.csrf import PROBE_HEADERS
from server.web.parts import Reason

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
def healthy() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz")
def ready(db: DatabaseDep, indexer: IndexerDep, integrity: IntegrityDep) -> Response:
    """Everything a page needs answers: the database with its newest tables, and the index.

    A database in which a damaged page was found is not ready; `database_checked` is when it was looked at
    last. A copy of the index that has not been complete yet is not ready; later ones may be a little behind.
    """
    checks: dict[str, str] = {}
    behind: int | None = None
    try:
        with db.read() as session:
            session.execute(text("SELECT 1"))
        checks["database"] = "ok" if migrate.current(db) == migrate.newest() else "migrations pending"
    except Exception as error:
        checks["database"] = type(error).__name__
    checked = integrity.last()
    if checks["database"] == "ok" and checked is not None and not checked.well:
        checks["database"] = "damaged"
    try:
        with db.read() as session:
            behind = indexer.behind(session)
        checks["index"] = "behind" if behind and not indexer.complete else "ok"
    except IndexUnavailable as error:
        checks["index"] = error.code
    except Exception as error:
        checks["index"] = type(error).__name__
    well = all(said == "ok" for said in checks.values())
    status = "ok" if well else "not ready"
    seen = None if checked is None else checked.at.isoformat(timespec="seconds")
    told = {"status": status, **checks, "index_behind": behind, "database_checked": seen}
    return JSONResponse(told, 200 if well else 503)


@router.api_route("/healthz/upload-probe", methods=["POST", "PATCH"])
async def upload_probe(request: Request, response: Response) -> dict[str, Any]:
    """Say how a chunk arrived: how many bytes, by which method and scheme, and which of an upload's headers.

    `weike doctor` sends one through whatever stands before us, and finds what changes it. The answer has the
    headers that an upload's answers need.
    """
    received = 0
    async for block in request.stream():
        received += len(block)
    response.headers["Upload-Offset"] = str(received)
    response.headers["Location"] = request.url.path
    response.headers["Cache-Control"] = "no-store"
    return {
        "received": received,
        "method": request.method,
        "scheme": request.url.scheme,
        "headers": [name for name in PROBE_HEADERS if name in request.headers],
        "forwarded": _forwarded(request),
    }


def _forwarded(request: Request) -> str:
    """Say what came of the X-Forwarded-For of what stands before us: "absent", "believed" or "ignored"."""
    said = request.headers.get("x-forwarded-for")
    if said is None:
        return "absent"
    seen = request.client.host if request.client else ""
    return "believed" if seen in [part.strip() for part in said.split(",")] else "ignored"


@router.get("/system")
def system(
    request: Request, session: Reading, who: Admin, pages: PagesDep, settings: SettingsDep, clock: ClockDep
) -> Response:
    """How it stands with what keeps the library."""
    known = state.read(settings.data)
    # The place is for whoever changes something there; everybody else is told its setting.
    knows = allowed(who.viewer, Act.SYSTEM_CHANGE)
    good, tested = known.good_backup, known.test
    found = standings(
        known,
        settings.backup_to,
        timedelta(minutes=settings.backup_every_min),
        timedelta(days=settings.restore_test_days),
        clock(),
    )
    context = SystemPage(
        frame=pages.frame(request, session, who),
        rows=tuple(
            StandingRow(
                name=one.name,
                status=one.status,
                said=Reason(code=one.code, args=one.values if knows else _placeless(one.values)),
            )
            for one in found
        ),
        folder="" if settings.backup_to is None else str(settings.backup_to) if knows else "WEIKE_BACKUP_TO",
        every_min=settings.backup_every_min,
        keep=settings.backup_keep,
        last=None
        if good is None
        else BackupFacts(
            at=good.at,
            name=good.name,
            files=good.files,
            size_bytes=good.size_bytes,
            seconds=good.seconds,
            tested_at=tested.at if tested is not None and not tested.code else None,
            tested_name=tested.name if tested is not None and not tested.code else "",
        ),
        next_at=good.at + timedelta(minutes=settings.backup_every_min)
        if good is not None and settings.backup_to is not None
        else None,
    )
    return pages.respond(request, who, context)


def _placeless(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: "WEIKE_BACKUP_TO" if isinstance(value, str) and "/" in value else value
        for name, value in values.items()
    }


@router.get("/api/docs")
def api_docs(request: Request, session: Reading, who: WhoDep, pages: PagesDep) -> Response:
    """The API's documentation, from our own assets."""
    context = ApiDocsPage(frame=pages.frame(request, session, who), openapi_url="/api/openapi.json")
    return pages.respond(request, who, context)


@router.get("/favicon.ico")
def icon(assets: AssetsDep) -> Response:
    """Browsers ask for it whatever a page says."""
    return RedirectResponse(assets.url("icon.svg"), 308)
