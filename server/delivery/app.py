"""Media at its signed addresses, for the machine that has only Weike.

Behind nginx these requests never reach Python (`deploy/nginx.conf` checks the same signature), except for
what nginx does not have on its disk.
"""

from __future__ import annotations

import structlog
from obstore.exceptions import BaseError
from obstore.store import ObjectStore

from library.catalog.narrowed import NarrowedClips
from library.core.clock import Clock
from library.intake.files.objects import clip_prefix, local_root
from server.delivery.answers import (
    INDEXES,
    Asked,
    Receive,
    Scope,
    Send,
    answer,
    asked_of,
    send_empty,
    send_head,
)
from server.delivery.bucket import Bucket
from server.delivery.folder import Folder
from server.delivery.media_keys import MediaKeys
from server.delivery.sending import Exchange, send_whole
from server.delivery.small import SmallFile, SmallFiles

log = structlog.get_logger()


class MediaApp:
    """Serves /media/<signed path> from the object store."""

    def __init__(self, keys: MediaKeys, narrowed: NarrowedClips, store: ObjectStore, clock: Clock) -> None:
        self._keys, self._narrowed, self._clock = keys, narrowed, clock
        root = local_root(store)
        self._source = Bucket(store) if root is None else Folder(root)
        self._small = SmallFiles()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        path = scope["raw_path"].decode("latin-1")
        address = self._keys.signer.read(path, self._clock())
        if address is None or not self._narrowed.plays(address.clip, address.audience):
            await send_empty(send, 403)
            return
        if scope["method"] not in ("GET", "HEAD"):
            await send_empty(send, 405, [(b"allow", b"GET, HEAD")])
            return
        exchange = Exchange(scope, receive, send)
        try:
            key = f"{clip_prefix(address.clip, address.plan)}/{address.file}"
            await self._answer(key, asked_of(scope, address.audience, address.file), exchange)
        except (OSError, BaseError) as error:
            if exchange.begun:
                raise  # the server breaks the line off, and the player asks again
            log.error("media cannot be read", file=key, why=str(error))
            await send_empty(send, 503)

    async def _answer(self, key: str, asked: Asked, exchange: Exchange) -> None:
        found = await self._index(key) if asked.file.endswith(INDEXES) else None
        if found is None:
            await self._source.send(key, asked, exchange)
            return
        said = answer(asked, found.facts)
        if said.span is None:
            await send_head(exchange.send, said)
        else:
            await send_whole(exchange.send, said, found.body[said.span.start : said.span.end])

    async def _index(self, key: str) -> SmallFile | None:
        """Return a file of INDEXES from memory, read now if it is not there; None when it is not small, or
        not there at all."""
        found = self._small.get(key)
        if found is None:
            try:
                found = await self._source.small(key)
            except FileNotFoundError:
                return None
            if found is not None:
                self._small.put(key, found)
        return found
