"""What went wrong, as an answer: a page for people, JSON for programs; a status code and words in both."""

from __future__ import annotations

import sqlite3

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from library.core import errors
from library.core.database import is_busy
from library.finding.indexer import IndexUnavailable
from server.logs import told_path
from server.web.parts import ErrorPage, Reason
from server.web.paths import for_programs
from server.web.state import state_of
from server.web.who import identify, nobody

log = structlog.get_logger()

_BUSY_AGAIN_S = 10
"""When it may be tried again; a backup holds a database for seconds."""

_STATUS: dict[type[errors.WeikeError], int] = {
    errors.NotFound: 404,
    errors.SignInNeeded: 401,
    errors.Forbidden: 403,
    errors.Invalid: 422,
    errors.Conflict: 409,
    errors.TooLarge: 413,
    errors.Throttled: 429,
}
_CODES = {
    400: "invalid",
    401: "sign_in_needed",
    403: "forbidden",
    404: "not_found",
    405: "not_found",
    412: "upload_headers",
    413: "too_large",
}


def status_of(error: errors.WeikeError) -> int:
    """Return the HTTP status of an error of the product."""
    return next((status for kind, status in _STATUS.items() if isinstance(error, kind)), 500)


def install(app: FastAPI) -> None:
    """Answer every error through `respond`."""

    @app.exception_handler(errors.WeikeError)
    async def _ours(request: Request, error: errors.WeikeError) -> Response:
        return await respond(request, status_of(error), Reason(code=error.code, args=error.values))

    @app.exception_handler(IndexUnavailable)
    async def _index(request: Request, error: IndexUnavailable) -> Response:
        return await respond(request, 503, Reason(code=error.code))

    @app.exception_handler(DBAPIError)
    @app.exception_handler(sqlite3.OperationalError)
    async def _database(request: Request, error: Exception) -> Response:
        if not is_busy(error):
            raise error
        log.warning("another program holds the database", path=told_path(request.url.path))
        return _busy(request)

    @app.exception_handler(RequestValidationError)
    async def _shape(request: Request, error: RequestValidationError) -> Response:
        fields = ", ".join(str(e["loc"][-1]) for e in error.errors() if e.get("loc"))
        return await respond(request, 422, Reason(code="invalid", args={"field": fields}))

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> Response:
        code = "disk_full" if error.status_code == 507 else _CODES.get(error.status_code, "error")
        answer = await respond(request, error.status_code, Reason(code=code))
        for name, value in (error.headers or {}).items():
            answer.headers[name] = value
        return answer

    @app.exception_handler(Exception)
    async def _unforeseen(request: Request, error: Exception) -> Response:
        log.error("request failed", path=told_path(request.url.path), exc_info=error)
        answer = await respond(request, 500, Reason(code="error"))
        # This answer is made outside of the middleware that gives all others their id.
        answer.headers["x-request-id"] = str(getattr(request.state, "request_id", ""))
        answer.headers["x-content-type-options"] = "nosniff"
        return answer


async def respond(request: Request, status: int, reason: Reason) -> Response:
    """Return the answer for an error, in the language of who asked."""
    # In a thread, as every answer that asks the database: others go on meanwhile.
    async with state_of(request.app).turns:
        return await run_in_threadpool(_answer, request, status, reason)


def _busy(request: Request) -> Response:
    """Return the answer when another program holds the database; made without asking it."""
    pages, reason = state_of(request.app).pages, Reason(code="database_busy")
    who = getattr(request.state, "who", None) or nobody(request)
    answer: Response
    if for_programs(request.url.path):
        said = pages.renderer.explain(reason, who.language)
        answer = JSONResponse({"error": reason.code, "message": said.message, "todo": said.todo}, 503)
    else:
        request_id = str(getattr(request.state, "request_id", ""))
        frame = pages.bare_frame(request, who)
        context = ErrorPage(frame=frame, status=503, reason=reason, request_id=request_id)
        answer = pages.respond(request, who, context, 503)
    answer.headers["retry-after"] = str(_BUSY_AGAIN_S)
    return answer


def _answer(request: Request, status: int, reason: Reason) -> Response:
    state = state_of(request.app)
    pages = state.pages
    try:
        who = identify(request, state.ports.db, state.ports.clock, state.ports.secret)
    except errors.SignInNeeded:  # a program with an unknown token
        who = nobody(request)
    if for_programs(request.url.path):
        said = pages.renderer.explain(reason, who.language)
        body = {"error": reason.code, "message": said.message, "todo": said.todo}
        field = reason.args.get("field")
        return JSONResponse({**body, "field": field} if field else body, status)
    if status == 401 and request.method == "GET":
        # Only of a lesson it is said why: who opens their account knows what they are asked for.
        why = reason.code if reason.code == "lesson_for_signed_in" else None
        return pages.redirect(pages.sign_in_url(request), why, kind="notice")
    request_id = str(getattr(request.state, "request_id", ""))
    # The request's own transaction is over: an error has left it.
    with state.ports.db.read() as session:
        frame = pages.frame(request, session, who)
    context = ErrorPage(frame=frame, status=status, reason=reason, request_id=request_id)
    return pages.respond(request, who, context, status)
