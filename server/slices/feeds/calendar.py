"""The weeks as a calendar (RFC 5545). Pure but for the library that writes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

TYPE = "text/calendar; charset=utf-8"

_EVERY = timedelta(hours=1)
"""How often calendars are asked to look again."""


@dataclass(frozen=True)
class Entry:
    """A week in a calendar, from its Monday to its Sunday; `changed_at` is what its text belongs to."""

    uid: str
    monday: date
    title: str
    text: str
    url: str
    changed_at: datetime


def to_calendar(name: str, entries: Sequence[Entry]) -> bytes:
    """Return weeks as a calendar; the same weeks are always the same bytes."""
    # Loaded where it is used: a program that asks for no calendar needs none of it.
    from icalendar import Calendar, Event

    calendar = Calendar()
    calendar.add("prodid", "-//Weike//Weeks//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", _EVERY, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for one in entries:
        event = Event()
        event.add("uid", one.uid)
        event.add("dtstamp", one.changed_at)
        event.add("dtstart", one.monday)
        event.add("dtend", one.monday + timedelta(days=7))
        event.add("summary", one.title)
        if one.text:
            event.add("description", one.text)
        event.add("url", one.url)
        # A week's theme takes nobody's time.
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    body: bytes = calendar.to_ical()
    return body
