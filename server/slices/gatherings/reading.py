"""What forms of gatherings carry as text: moments, names of people, rooms, lessons."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from library.catalog import queries as catalog
from library.core.clock import CHINA
from library.core.errors import Invalid, NotFound
from library.core.permits import Viewer
from library.core.text import clean_line
from library.gatherings import queries
from library.gatherings.actions import RoomDraft
from library.gatherings.rules import MOST_ROOMS
from library.people import queries as people

_BETWEEN = re.compile(r"[、,，;；\n]+")


def read_moment(text: str, field: str) -> datetime:
    """Read a moment as browsers write it (2026-11-30T18:00), on China's clocks; raises Invalid."""
    try:
        return datetime.fromisoformat(clean_line(text)).replace(tzinfo=CHINA).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid("gathering_time", field=field, text=text[:40]) from None


def written(moment: datetime) -> str:
    """Return a moment as `read_moment` reads it."""
    return f"{moment.astimezone(CHINA):%Y-%m-%dT%H:%M}"


def read_person(session: Session, node_id: str, text: str, field: str) -> str | None:
    """Return the id of whom a field names, None for nobody; raises Invalid."""
    ids = read_people(session, node_id, text, field)
    if len(ids) > 1:
        raise Invalid("gathering_one_name", field=field)
    return ids[0] if ids else None


def read_people(session: Session, node_id: str, text: str, field: str) -> list[str]:
    """Return the ids of those whom a field names, by name or by what they sign in with.

    Raises Invalid: gathering_name_unknown, gathering_names_alike.
    """
    names = [name for name in map(clean_line, _BETWEEN.split(text)) if name]
    called = queries.people_called(session, node_id, names)
    ids = []
    for name in names:
        found = [one.id for one in called.get(name, ())]
        if not found:
            account = people.person_by_sign_in_name(session, name)
            found = [account.id] if account else []
        if not found:
            raise Invalid("gathering_name_unknown", field=field, text=name[:40])
        if len(found) > 1:
            raise Invalid("gathering_names_alike", field=field, text=name[:40], count=len(found))
        ids += found
    return list(dict.fromkeys(ids))


def read_rooms(session: Session, node_id: str, text: str) -> tuple[RoomDraft, ...]:
    """Read rooms, one a line: where, and after = who keeps the list there. Raises Invalid."""
    told = []
    for line in text.splitlines():
        place, _sign, host = line.replace("＝", "=").partition("=")
        if clean_line(place):
            told.append((clean_line(place), host))
    if len(told) > MOST_ROOMS:
        raise Invalid("gathering_rooms", field="rooms", most=MOST_ROOMS)
    return tuple(RoomDraft(place, read_person(session, node_id, host, "rooms")) for place, host in told)


def read_lessons(session: Session, viewer: Viewer, text: str) -> tuple[str, ...]:
    """Read lessons, one a line, by id or by the very title; raises NotFound("gathering_lesson")."""
    lines = [line for line in map(clean_line, text.splitlines()) if line]
    titled = catalog.lessons_titled(session, viewer, lines) if lines else {}
    return tuple(_lesson(line, titled.get(line, ())) for line in lines)


def _lesson(line: str, titled: Sequence[str]) -> str:
    if len(titled) > 1:
        raise Invalid("gathering_lessons_alike", field="lessons", text=line[:40], count=len(titled))
    if not titled and len(line) > 40:
        raise NotFound("gathering_lesson", field="lessons", lesson=line[:40])
    return titled[0] if titled else line
