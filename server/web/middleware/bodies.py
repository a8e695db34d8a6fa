"""Bodies of requests: measured before anything looks into them.

What a route takes stands in its slice (`Slice.bodies`); everything else takes BODY_BYTES. A small body is
here before the route begins, so that whoever sends it slowly holds no turn; who may send a large one is found
out before any of it is read.
"""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from library.core.errors import Forbidden, SignInNeeded, TooLarge, WeikeError
from library.core.permits import Role
from server.web.errors import tell
from server.web.limits.bodies import Bodies, announced_bytes, check_depth, without_nul
from server.web.limits.sizes import BODY_BYTES
from server.web.state import state_of
from server.web.who import identify


class BodyLimits:
    """Refuses bodies that are larger than their route takes, or nested deeper than anything of ours."""

    def __init__(self, app: ASGIApp, bodies: Bodies) -> None:
        self._app, self._bodies = app, bodies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            inner = await self._measured(scope, receive)
        except WeikeError as error:
            await tell(Request(scope, receive), error, send)
            return
        if inner is not None:
            await self._app(scope, inner, send)

    async def _measured(self, scope: Scope, receive: Receive) -> Receive | None:
        """Return what gives the route its body, None when its sender has left; raises WeikeError."""
        headers = Headers(scope=scope)
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        body = self._bodies.of(scope["method"], scope["path"])
        said = announced_bytes(headers.get("content-length"), "transfer-encoding" in headers, kind, body)
        if said == 0:
            return receive
        if body.role is not None and (said is None or said > BODY_BYTES):
            await _check_sender(Request(scope, receive), body.role)
        if body.streamed:
            return receive
        whole = await _gathered(receive, body.most_bytes)
        if whole is None:
            return None
        check_depth(kind, whole)
        return _again(without_nul(headers.get("content-type", "").encode("latin-1"), whole), receive)


async def _check_sender(request: Request, role: Role) -> None:
    """Raise SignInNeeded or Forbidden for who may not send so much."""
    state = state_of(request.app)
    ports = state.ports
    async with state.turns:
        who = await run_in_threadpool(
            identify, request, ports.db, ports.clock, state.visitors, ports.settings.second_factor
        )
    if not who.viewer.signed_in:
        raise SignInNeeded
    if not who.viewer.has(role):
        raise Forbidden


async def _gathered(receive: Receive, most_bytes: int) -> bytes | None:
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        part = message.get("body", b"")
        size += len(part)
        if size > most_bytes:
            raise TooLarge("body_size", most_bytes=most_bytes)
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


def _again(whole: bytes, receive: Receive) -> Receive:
    """Return what gives a body that was gathered once, and then what comes behind it."""
    given = False

    async def give() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": whole, "more_body": False}

    return give
