"""The outermost of a request: what stands before its body is measured, and its answers kept on https."""

from __future__ import annotations

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from library.core.errors import WeikeError
from server.web.errors import tell
from server.web.limits.heads import check_head, without_nul


class Edge:
    """Refuses addresses and headers that nothing of ours sends."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            try:
                raw_path = scope.get("raw_path") or b""
                check_head(scope["path"], raw_path, scope["query_string"], scope["headers"])
            except WeikeError as error:
                # Nothing further looks at what was refused, such as whoever says so.
                bare = {**scope, "path": _path_of(scope), "query_string": b"", "headers": _language_of(scope)}
                await tell(Request(bare, receive), error, send)
                return
            path, query = without_nul(scope["path"], scope["query_string"])
            scope = {**scope, "path": path, "query_string": query}
        await self._app(scope, receive, send)


class KeptOnHttps:
    """What is added to every answer to whoever came by https, as far as proxies that are believed say so.

    Every cookie is Secure, and browsers are told to come by https from now on (RFC 6797). It is decided here,
    for all answers, those to errors of ours too: whoever sets a cookie does not know how its visitor came.
    """

    def __init__(self, *, https: bool, hsts_s: int) -> None:
        """`https`: the public address is one of https, whatever proxies say; `hsts_s`: 0 says nothing."""
        self._https = https
        self._hsts = [(b"strict-transport-security", b"max-age=%d" % hsts_s)] if hsts_s else []

    def sender(self, scope: Scope, send: Send) -> Send:
        """Return what sends the answer to a request."""
        if not self._https and scope.get("scheme") != "https":
            return send

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*map(_secure, message["headers"]), *self._hsts]
            await send(message)

        return sending


def _secure(header: tuple[bytes, bytes]) -> tuple[bytes, bytes]:
    name, value = header
    if name.lower() != b"set-cookie" or b"; secure" in value.lower():
        return header
    return name, value + b"; Secure"


def _path_of(scope: Scope) -> str:
    """Return a path that says whether a program asked."""
    path: str = scope["path"]
    return "/api/v1" if path.startswith(("/api/", "/tus/")) else "/"


def _language_of(scope: Scope) -> list[tuple[bytes, bytes]]:
    return [pair for pair in scope["headers"] if pair[0] == b"accept-language" and len(pair[1]) < 200]
