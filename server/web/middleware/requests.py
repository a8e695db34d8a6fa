"""Every request: its id, its line in the log, the safe headers of its answer."""

from __future__ import annotations

import time

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from library.core.database import PATIENCE_S, waiting_at_most
from library.core.ids import new_id
from server.logs import told_path

log = structlog.get_logger()


class Requests:
    """Gives every request an id, says in one log line what came of it, and adds the safe headers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id, began, status = new_id(), time.perf_counter(), 0
        scope.setdefault("state", {})["request_id"] = request_id
        quiet = scope["path"].startswith(("/static", "/healthz", "/readyz"))

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                if not quiet:
                    message["headers"] = [
                        *message["headers"],
                        (b"x-request-id", request_id.encode()),
                        (b"x-content-type-options", b"nosniff"),
                        (b"referrer-policy", b"same-origin"),
                    ]
            await send(message)

        # Somebody waits for the answer; threads that work for it inherit the patience.
        with structlog.contextvars.bound_contextvars(request=request_id), waiting_at_most(PATIENCE_S):
            try:
                await self._app(scope, receive, sending)
            finally:
                if not quiet or status >= 500:
                    took_ms = round((time.perf_counter() - began) * 1000, 1)
                    log.info(
                        "request",
                        method=scope["method"],
                        path=told_path(scope["path"]),
                        status=status or 500,
                        ms=took_ms,
                    )
