"""Whom an address of a feed stands for, and how a feed is answered."""

from __future__ import annotations

import hashlib
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.access import feed_links
from library.core.errors import NotFound
from library.core.permits import NOBODY, Viewer
from server.web.deps import ClockDep, Reading, SecretsDep
from server.web.language.i18n import negotiate
from server.web.parts import Language

PUBLIC = "public"
"""Stands in an address where a private link has its key: what everybody may see."""


class Reader:
    """Who reads a feed: `viewer` with the key of their link, or everybody."""

    def __init__(self, session: Reading, clock: ClockDep, secrets: SecretsDep, key: str) -> None:
        """Raise NotFound for a key that is forged or over."""
        found = None if key == PUBLIC else feed_links.reader(session, key, secrets, clock())
        if found is None and key != PUBLIC:
            raise NotFound
        self.key = key
        self.viewer: Viewer = found.viewer if found else NOBODY
        self.language: Language = negotiate(found.language if found else None, None)
        self.session: Session = session

    @property
    def is_private(self) -> bool:
        """Whether it is somebody's own."""
        return self.key != PUBLIC


ReaderDep = Annotated[Reader, Depends(Reader)]


def answer(request: Request, reader: Reader, body: bytes, kind: str) -> Response:
    """Return a feed, or 304 where its program has it already.

    Caches ask each time, so that what is withdrawn is gone with the next look. There is no Last-Modified: a
    lesson that is withdrawn makes a feed other and none of its moments later.
    """
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {
        "etag": tag,
        "cache-control": "private, no-cache" if reader.is_private else "no-cache",
        "referrer-policy": "no-referrer",
        "x-robots-tag": "noindex" if reader.is_private else "all",
    }
    known = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
    if tag in known or known == ["*"]:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=kind, headers=headers)
