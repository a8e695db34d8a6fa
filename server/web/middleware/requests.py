"""Every request: its id, its line in the log, the safe headers of its answer."""

from __future__ import annotations

import re
import time
from typing import Any, Literal, cast

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from library.audit.origin import Program, coming_from
from library.core.ids import new_id
from library.core.patience import PATIENCE_S, waiting_at_most
from server.addresses import shortened
from server.logs import told_path

log = structlog.get_logger()

_ID_HEADER = b"x-request-id"
_PLAIN_ID = re.compile(rb"[A-Za-z0-9_.-]{8,64}")
_OF_PROXIES = frozenset({_ID_HEADER, b"traceparent", b"tracestate"})
"""What joins our log and traces to those of the proxy in front; from anybody else it would be a forgery."""


class TrustedProxies:
    """Believes what proxies that are trusted say of a request: who asks, by which scheme, under which id."""

    def __init__(self, app: ASGIApp, trusted: str) -> None:
        """`trusted` are addresses and networks, by commas; "*" means everybody."""
        # Its types are uvicorn's own names for what Starlette's say as well.
        self._believing = ProxyHeadersMiddleware(cast(Any, app), trusted)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            peer = scope.get("client")
            if (peer[0] if peer else None) not in self._believing.trusted_hosts:
                scope["headers"] = [pair for pair in scope["headers"] if pair[0] not in _OF_PROXIES]
        await self._believing(cast(Any, scope), cast(Any, receive), cast(Any, send))


def request_id(headers: list[tuple[bytes, bytes]]) -> str:
    """Return the id that a request came with, a new one when there is none or it is not a plain word."""
    given = [value for name, value in headers if name == _ID_HEADER]
    return given[0].decode() if len(given) == 1 and _PLAIN_ID.fullmatch(given[0]) else new_id()


def _origin_of(scope: Scope) -> tuple[Program, str]:
    """Return with what kind of program a request comes, and its address as far as proxies are believed."""
    bearer = any(n == b"authorization" and v[:7].lower() == b"bearer " for n, v in scope["headers"])
    client = scope.get("client")
    return Program.TOKEN if bearer else Program.BROWSER, str(client[0]) if client else ""


class Requests:
    """Gives every request an id, says in one log line what came of it, and adds the safe headers."""

    def __init__(self, app: ASGIApp, addresses: Literal["none", "short", "full"]) -> None:
        """`addresses` says how much of a visitor's address the log may know."""
        self._app, self._addresses = app, addresses

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        own_id, began, status = request_id(scope["headers"]), time.perf_counter(), 0
        scope.setdefault("state", {})["request_id"] = own_id
        quiet = scope["path"].startswith(("/static", "/healthz", "/readyz"))

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                if not quiet:
                    said = {name for name, _ in message["headers"]}
                    ours = (
                        (_ID_HEADER, own_id.encode()),
                        (b"x-content-type-options", b"nosniff"),
                        (b"referrer-policy", b"same-origin"),  # unless the route is stricter
                    )
                    message["headers"] = [
                        *message["headers"],
                        *(one for one in ours if one[0] not in said),
                    ]
            await send(message)

        # Somebody waits for the answer; threads that work for it inherit the patience and the origin.
        with (
            structlog.contextvars.bound_contextvars(request=own_id),
            waiting_at_most(PATIENCE_S),
            coming_from(*_origin_of(scope)),
        ):
            try:
                await self._app(scope, receive, sending)
            finally:
                if not quiet or status >= 500:
                    took_ms = round((time.perf_counter() - began) * 1000, 1)
                    log.info(
                        "request",
                        method=scope["method"],
                        path=told_path(scope["path"]),
                        route=scope["state"].get("route"),
                        status=status or 500,
                        ms=took_ms,
                        **self._told_address(scope),
                    )

    def _told_address(self, scope: Scope) -> dict[str, str]:
        """Return what the log line says of who asked. Never the query: it is what people search for."""
        client = scope.get("client")
        if self._addresses == "none" or not client:
            return {}
        return {"address": client[0] if self._addresses == "full" else shortened(client[0])}
