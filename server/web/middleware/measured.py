"""What an answer was, for metrics and traces: around everything, media and beats as well."""

from __future__ import annotations

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.delivery.sending import FILE_LINE, FileLine
from server.metrics import Metrics, route_of
from server.tracing import RequestSpan, Tracing

_NEVER_ENDING = b"text/event-stream"
FAILED, LEFT = 500, 499
"""The status of an answer that was never begun: an error, or a browser that went away before."""


class Measured:
    """Counts each request by its route, and lets a trace know of it where traces are kept."""

    def __init__(self, app: ASGIApp, metrics: Metrics, tracing: Tracing | None) -> None:
        self._app, self._metrics, self._tracing = app, metrics, tracing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif self._tracing is None:
            await self._measure(scope, receive, send)
        else:
            with self._tracing.request(scope["method"], scope["headers"]) as span:
                await self._measure(scope, receive, send, span)

    async def _measure(
        self, scope: Scope, receive: Receive, send: Send, span: RequestSpan | None = None
    ) -> None:
        began, status, stays_open = time.perf_counter(), 0, False
        # Shared by all copies of the scope that are made on the way in.
        state = scope.setdefault("state", {})

        async def sending(message: Message) -> None:
            nonlocal status, stays_open
            if message["type"] == "http.response.start":
                status = message["status"]
                stays_open = _stays_open(message)
            await send(message)

        self._metrics.begun()
        missing = LEFT
        try:
            await self._app(scope, receive, sending)
        except Exception:
            missing = FAILED
            raise
        finally:
            status = status or _by_the_kernel(scope) or missing
            took_s = None if stays_open else time.perf_counter() - began
            self._metrics.answered(scope["method"], route_of(state), status, took_s)
            if span is not None:
                span.answered(route_of(state), status, state.get("request_id"))


def _by_the_kernel(scope: Scope) -> int:
    """Return the status of an answer that the kernel has sent past us, 0 for none."""
    line: FileLine | None = scope.get("extensions", {}).get(FILE_LINE, {}).get("line")
    return line.status if line is not None else 0


def _stays_open(start: Message) -> bool:
    return any(
        name.lower() == b"content-type" and value.startswith(_NEVER_ENDING)
        for name, value in start.get("headers", ())
    )


class RouteNamed:
    """Writes the route that answered into the request's state; stands next to the routes themselves."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        finally:
            name = route_name(scope)
            if name is not None:
                scope.setdefault("state", {})["route"] = name


def route_name(scope: Scope) -> str | None:
    """Return the route's template (`/lessons/{lesson_id}`) once a router has found it; None for none."""
    path = getattr(scope.get("route"), "path", None)
    if isinstance(path, str):
        return path
    # What is mounted (/static) says where, and nothing of what is below.
    return scope.get("root_path") or None
