"""Reading what is personal is a deed of the staff: a route says with one word that it shows such things."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from fastapi import Depends, Request

from server.web.deps import ReadingsDep, WhoDep


def reads(what: str, of: str = "") -> Any:
    """Return a dependency that notes that `what` (a code) was read, once the route has answered.

    `of` is the place in the route's address that holds a person's id; reading about oneself is not noted.
    A request that is refused has read nothing. For `dependencies=[reads("people")]` of a route.
    """

    async def noted(request: Request, who: WhoDep, readings: ReadingsDep) -> AsyncIterator[None]:
        yield
        reader = who.viewer.person_id
        person = request.path_params.get(of) if of else None
        if reader is not None and person != reader:
            readings.note(reader, what, of=person)

    return Depends(noted, scope="function")
