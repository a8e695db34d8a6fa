"""Methods that stand for others: HEAD is answered wherever GET is, POST may carry what proxies refuse."""

from __future__ import annotations

import anyio
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_ANSWERED_BY_ITSELF = ("/tus/",)
"""Where HEAD means something of its own: how much of an upload has arrived."""


HEAD_ALONE = "weike.head_alone"
"""In the scope of a GET that stands for HEAD: nothing is taken along, and nothing counted."""


class HeadAsGet:
    """Has HEAD answered by whatever answers GET. The server around us sends the head alone (RFC 9110, 9.3.2).

    What has no end, such as live events, is ended once its head has gone out.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asks_for_head = scope["type"] == "http" and scope["method"] == "HEAD"
        if not asks_for_head or scope["path"].startswith(_ANSWERED_BY_ITSELF):
            await self._app(scope, receive, send)
            return
        with anyio.CancelScope() as whole:

            async def sending(message: Message) -> None:
                if message["type"] == "http.response.start":
                    await send(message)
                    await send({"type": "http.response.body", "body": b""})
                    if _is_endless(message):
                        whole.cancel()

            await self._app({**scope, "method": "GET", HEAD_ALONE: True}, receive, sending)


def _is_endless(start: Message) -> bool:
    return any(
        name.lower() == b"content-type" and value.startswith(b"text/event-stream")
        for name, value in start["headers"]
    )


class MethodOverride:
    """Lets scripts and programs send POST for PATCH, PUT and DELETE, which some proxies refuse.

    `X-HTTP-Method-Override` says which is meant. Other sites' pages cannot set it, and what it stands for
    needs the page's token or a program's own as ever.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "POST" and scope["path"].startswith(_FOR_SCRIPTS):
            meant = Headers(scope=scope).get("x-http-method-override", "").strip().upper()
            if meant in _CARRIED:
                scope = {**scope, "method": meant}
        await self._app(scope, receive, send)


_FOR_SCRIPTS = ("/api/v1/", "/tus/", "/healthz/")
_CARRIED = ("PATCH", "PUT", "DELETE")
