"""What is sent smaller: pages and JSON on their way. Built files were compressed when they were built.

Compression tells who listens on the line how often something on a page repeats. What would be worth
guessing on our pages is the token against forged forms; it is written anew for every page
(server.web.forms.csrf), so that nothing typed into an address can repeat it (BREACH, CVE-2013-3587).
"""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

_LEAST_BYTES = 1000
"""Less fits into one packet as it is."""

_LEVEL = 5
"""zlib's: within 2 % of the smallest for our pages, at half of its time."""

_COMPRESSED_WHEN_BUILT = "/static/"

_SMALL_ALREADY = (
    *DEFAULT_EXCLUDED_CONTENT_TYPES,
    "image/*",
    # A workbook is a zip.
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/octet-stream",
)


def accepted(accept_encoding: str) -> set[str]:
    """Return the encodings that an Accept-Encoding header takes (RFC 9110, 12.5.3); `q=0` refuses one."""
    taken = set()
    for part in accept_encoding.lower().split(","):
        name, *parameters = (word.strip() for word in part.split(";"))
        weight = next((p.removeprefix("q=") for p in parameters if p.startswith("q=")), "1")
        if name and weight.strip("0.") != "":
            taken.add(name)
    return taken


class Compression:
    """Sends pages and JSON as gzip to who takes it; media, live events and pictures as they are."""

    def __init__(self, app: ASGIApp) -> None:
        self._as_it_is = app
        self._smaller = GZipMiddleware(app, _LEAST_BYTES, _LEVEL, exclude_content_types=_SMALL_ALREADY)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(_COMPRESSED_WHEN_BUILT):
            await self._as_it_is(scope, receive, send)
        else:
            takes = accepted(Headers(scope=scope).get("accept-encoding", ""))
            # The middleware looks for the word alone, and would take a refusal for a wish.
            wish = b"gzip" if takes & {"gzip", "*"} else b"identity"
            headers = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]
            scope = {**scope, "headers": [*headers, (b"accept-encoding", wish)]}
            await self._smaller(scope, receive, send)
