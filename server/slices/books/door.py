"""One request at the books: what their pages have in common, and how a form that was not taken comes back."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import Depends

from library.core.days import parse_date
from library.core.errors import Invalid, NotFound
from library.core.rights import Act
from server.web.deps import need
from server.web.form_door import FormDoor
from server.web.who import Who

Keeper = Annotated[Who, need(Act.BOOKS_KEEP)]
Arranger = Annotated[Who, need(Act.BOOKS_ARRANGE)]

EARLIEST, LATEST = 2000, 2199


class BooksDoor(FormDoor):
    """Who asks, and what is open for them."""

    @property
    def person_id(self) -> str:
        """The id of who asks; the machine never asks for pages."""
        return self.who.viewer.person_id or ""


DoorDep = Annotated[BooksDoor, Depends()]


def year_of(text: str) -> int | None:
    """Return the year of an address, None for none given; raises NotFound for what is none."""
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) == 4 and EARLIEST <= int(text) <= LATEST):
        raise NotFound
    return int(text)


def day_of(text: str, field: str) -> date:
    """Return a day that was typed; raises Invalid: date_unreadable, empty."""
    day = parse_date(text, field)
    if day is None:
        raise Invalid("empty", field=field)
    return day
