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
from starlette.types import Send

from library.core import errors
from library.core.database import Trouble, trouble_of
from library.finding.indexer import IndexUnavailable
from server.logs import told_path
from server.web.forms.kept import kept_form
from server.web.limits.heads import AddressTooLong, HeadTooLarge, Malformed
from server.web.parts import ErrorPage, KeptForm, Reason
from server.web.paths import for_programs
from server.web.state import state_of
from server.web.who import identify, nobody

log = structlog.get_logger()

_BUSY_AGAIN_S = 10
"""When it may be tried again; a backup holds a database for seconds."""

_DAMAGED_AGAIN_S = 600
"""Until then nobody will have brought a backup back."""

_STATUS: dict[type[errors.WeikeError], int] = {
    errors.NotFound: 404,
    errors.SignInNeeded: 401,
    errors.Forbidden: 403,
    errors.Invalid: 422,
    errors.Conflict: 409,
    errors.TooLarge: 413,
    errors.Throttled: 429,
    errors.Away: 503,
    Malformed: 400,
    AddressTooLong: 414,
    HeadTooLarge: 431,
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


def headers_of(error: errors.WeikeError) -> dict[str, str]:
    """Return the headers that an error of the product brings: when it may be tried again."""
    wait_s = error.values.get("wait_s") if isinstance(error, errors.Throttled) else None
    return {"retry-after": str(wait_s)} if wait_s is not None else {}


def install(app: FastAPI) -> None:
    """Answer every error through `respond`."""

    @app.exception_handler(errors.WeikeError)
    async def _ours(request: Request, error: errors.WeikeError) -> Response:
        answer = await respond(request, status_of(error), Reason(code=error.code, args=error.values))
        answer.headers.update(headers_of(error))
        return answer

    @app.exception_handler(IndexUnavailable)
    async def _index(request: Request, error: IndexUnavailable) -> Response:
        return await respond(request, 503, Reason(code=error.code))

    @app.exception_handler(DBAPIError)
    @app.exception_handler(sqlite3.Error)
    async def _database(request: Request, error: Exception) -> Response:
        trouble = trouble_of(error)
        if trouble is None:
            raise error
        said = str(getattr(error, "orig", None) or error)
        log.error("the database cannot be used", why=trouble, said=said, path=told_path(request.url.path))
        if trouble is Trouble.DAMAGED:
            await run_in_threadpool(state_of(request.app).ports.integrity.met, error)
        return _without_database(request, trouble)

    @app.exception_handler(RequestValidationError)
    async def _shape(request: Request, error: RequestValidationError) -> Response:
        found = error.errors()
        for one in found:
            if one["type"] in ("string_too_long", "too_long"):
                given, most = one["input"], one["ctx"]["max_length"]
                code = "too_long" if isinstance(given, str) else "too_many"
                about = {"field": str(one["loc"][-1]), "most": most, "length": len(given)}
                return await respond(request, 422, Reason(code=code, args=about))
        fields = ", ".join(str(e["loc"][-1]) for e in found if e.get("loc"))
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
    kept = await kept_form(request, reason.code)
    # In a thread, as every answer that asks the database: others go on meanwhile.
    async with state_of(request.app).turns:
        return await run_in_threadpool(_answer, request, status, reason, kept)


async def tell(request: Request, error: errors.WeikeError, send: Send) -> None:
    """Answer what was refused before the application had a look at it."""
    answer = _bare(request, status_of(error), Reason(code=error.code, args=error.values))
    await answer(request.scope, request.receive, send)


def _without_database(request: Request, trouble: Trouble) -> Response:
    """Return the answer when the database cannot be used; made without asking it."""
    answer = _bare(request, 507 if trouble is Trouble.FULL else 503, Reason(code=trouble.value))
    again_s = _DAMAGED_AGAIN_S if trouble is Trouble.DAMAGED else _BUSY_AGAIN_S
    answer.headers["retry-after"] = str(again_s)
    return answer


def _bare(request: Request, status: int, reason: Reason) -> Response:
    """Return an answer that is made without asking the database."""
    pages = state_of(request.app).pages
    who = getattr(request.state, "who", None) or nobody(request)
    if for_programs(request.url.path):
        said = pages.renderer.explain(reason, who.language)
        return JSONResponse({"error": reason.code, "message": said.message, "todo": said.todo}, status)
    request_id = str(getattr(request.state, "request_id", ""))
    frame = pages.bare_frame(request, who)
    context = ErrorPage(frame=frame, status=status, reason=reason, request_id=request_id)
    return pages.respond(request, who, context, status)


def _answer(request: Request, status: int, reason: Reason, kept: KeptForm | None) -> Response:
    state = state_of(request.app)
    pages = state.pages
    try:
        who = identify(
            request, state.ports.db, state.ports.clock, state.visitors, state.ports.settings.second_factor
        )
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
    context = ErrorPage(frame=frame, status=status, reason=reason, request_id=request_id, kept=kept)
    return pages.respond(request, who, context, status)
