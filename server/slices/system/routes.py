"""What belongs to no slice: health, the API's documentation."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from sqlalchemy import text
from starlette.responses import JSONResponse, RedirectResponse, Response

from library.finding.indexer import IndexUnavailable
from server import migrate
from server.slices.system.contexts import ApiDocsPage
from server.web.csrf import PROBE_HEADERS
from server.web.deps import (
    AssetsDep,
    DatabaseDep,
    IndexerDep,
    PagesDep,
    Reading,
    WhoDep,
)

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
def healthy() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz")
def ready(db: DatabaseDep, indexer: IndexerDep) -> Response:
    """Everything a page needs answers: the database with its newest tables, and the index.

    A copy of the index that has not been complete yet is not ready; later ones may be a little behind.
    """
    checks: dict[str, str] = {}
    behind: int | None = None
    try:
        with db.read() as session:
            session.execute(text("SELECT 1"))
        checks["database"] = "ok" if migrate.current(db) == migrate.newest() else "migrations pending"
    except Exception as error:
        checks["database"] = type(error).__name__
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
    return JSONResponse({"status": status, **checks, "index_behind": behind}, 200 if well else 503)


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
