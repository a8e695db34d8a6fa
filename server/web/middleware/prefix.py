"""The path under which people find the site (https://site/weike): taken off what comes, put before what goes.

Inside of the program every path begins at the site's own root. A proxy may hand on the path as people wrote
it, or take the prefix off before: both arrive here as the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit, urlunsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

ELSEWHERE = "elsewhere"
"""In a request's state: the one address of another site to which its answer may lead, an identity provider's
(server.slices.access.through_providers)."""


class PrefixTaken(Exception):
    """The path in WEIKE_PUBLIC_URL begins like one of the site's own: nobody could tell them apart."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        super().__init__(prefix)


def check_prefix(prefix: str, paths: Iterable[str]) -> None:
    """Raise PrefixTaken when a path of the site lies under `prefix`: /lessons/x could be that or /x."""
    if any(is_under(path, prefix) for path in paths) and prefix:
        raise PrefixTaken(prefix)


def is_under(path: str, prefix: str) -> bool:
    """Tell whether a path lies under the prefix."""
    return path == prefix or path.startswith(f"{prefix}/")


def inside(scope: Scope, prefix: str) -> Scope:
    """Return a request with its path as the program knows it, whether or not the prefix came with it."""
    if not prefix or not is_under(scope["path"], prefix):
        return scope
    raw: bytes = scope.get("raw_path") or b""
    written = prefix.encode()
    return {
        **scope,
        "path": scope["path"][len(prefix) :] or "/",
        # Who wrote the prefix with escapes gets no media: their addresses have one way to be written.
        "raw_path": (raw[len(written) :] or b"/") if raw.startswith(written) else raw,
    }


def outside(path: str, prefix: str) -> str:
    """Return a path of the program as browsers must ask for it; one that has the prefix already stays."""
    return path if is_under(path, prefix) else prefix + path


class Locations:
    """Lets every Location be a path of this site as browsers see it.

    Frameworks write whole addresses there, of the scheme and the host that they believe in. Behind a proxy
    that says neither, browsers would be led to http://, and refuse it as mixed content.
    """

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self._app, self._prefix = app, prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                allowed = scope.get("state", {}).get(ELSEWHERE, "").encode("latin-1", "replace")
                message["headers"] = [
                    (name, self._location(value, allowed) if name.lower() == b"location" else value)
                    for name, value in message["headers"]
                ]
            await send(message)

        await self._app(scope, receive, sending if scope["type"] == "http" else send)

    def _location(self, value: bytes, allowed: bytes) -> bytes:
        if value and value == allowed:
            return value
        try:
            parts = urlsplit(value.decode("latin-1"))
        except ValueError:  # a host that somebody made up
            return outside("/", self._prefix).encode()
        # Two slashes would begin another site's name.
        path = "/" + parts.path.lstrip("/\\")
        whole = ("", "", outside(path, self._prefix), parts.query, parts.fragment)
        return urlunsplit(whole).encode("latin-1")
