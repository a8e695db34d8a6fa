"""Objects of a bucket: one request to the store for one request of a viewer."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import AsyncIterator
from typing import Any

import obstore
from obstore.exceptions import BaseError
from obstore.store import ObjectStore

from server.delivery.answers import (
    Answer,
    Asked,
    Facts,
    Unsatisfiable,
    answer,
    parse_range,
    send_empty,
    send_head,
)
from server.delivery.sending import BLOCK_BYTES, Exchange, Room, send_blocks, send_whole
from server.delivery.small import ONE_MAX_BYTES, SmallFile

_KEPT = 20_000
_ANY_SIZE = 10**18
"""Larger than any object."""


class Bucket:
    """Serves the objects of a store that is not on this machine."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self._room = Room()
        self._known: OrderedDict[str, Facts] = OrderedDict()

    async def small(self, key: str) -> SmallFile | None:
        """Return an object whole, None when it is too large for that; raises FileNotFoundError."""
        got = await obstore.get_async(self._store, key)
        facts = self._remember(key, got.meta)
        if facts.size_bytes > ONE_MAX_BYTES:
            return None
        return SmallFile(bytes(await got.bytes_async()), facts)

    async def send(self, key: str, asked: Asked, exchange: Exchange) -> None:
        """Answer a request for an object."""
        try:
            said, got = await self._begin(key, asked)
        except FileNotFoundError:
            await send_empty(exchange.send, 404)
            return
        if said.span is None:
            await send_head(exchange.send, said)
            return
        if got.range != (said.span.start, said.span.end):
            raise OSError(f"the store sent {got.range} of {key} for {said.span}")
        with self._room.of(said.span.size_bytes) as in_one_go:
            if in_one_go:
                await send_whole(exchange.send, said, bytes(await got.bytes_async()))
            else:
                await send_blocks(exchange, said, _blocks(got))

    async def _begin(self, key: str, asked: Asked) -> tuple[Answer, Any]:
        """Return the answer, and what the store sends when bytes belong to it; raises FileNotFoundError."""
        facts = self._known.get(key)
        if facts is None and asked.conditional:
            facts = await self._head(key)
        if facts is not None:
            said = answer(asked, facts)
            if said.span is None:
                return said, None
            part = said.span.size_bytes < facts.size_bytes
            options: Any = {"range": (said.span.start, said.span.end)} if part else {}
            return said, await obstore.get_async(self._store, key, options=options)
        try:
            got = await obstore.get_async(self._store, key, options=_options(asked.range))
        except (BaseError, Unsatisfiable):
            said = answer(asked, await self._head(key))
            if said.span is not None:
                raise  # what was asked is there: the store could not send it
            return said, None
        return answer(asked, self._remember(key, got.meta)), got

    async def _head(self, key: str) -> Facts:
        return self._remember(key, await obstore.head_async(self._store, key))

    def _remember(self, key: str, meta: Any) -> Facts:
        facts = Facts(meta["size"], meta["e_tag"] or f'"{meta["size"]:x}"')
        self._known[key] = facts
        if len(self._known) > _KEPT:
            self._known.popitem(last=False)
        return facts


def _options(header: str | None) -> Any:
    """Return a Range header as the store takes it, who knows the size; raises Unsatisfiable."""
    span = parse_range(header, _ANY_SIZE)
    if span is None:
        return {}
    if span.end < _ANY_SIZE:
        return {"range": (span.start, span.end)}
    from_the_end = str(header).partition("=")[2].startswith("-")
    return {"range": {"suffix": span.size_bytes} if from_the_end else {"offset": span.start}}


async def _blocks(got: Any) -> AsyncIterator[bytes]:
    async for chunk in got.stream(min_chunk_size=BLOCK_BYTES):
        yield bytes(chunk)
