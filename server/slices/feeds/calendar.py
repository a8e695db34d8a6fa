"""Weeks and gatherings as a calendar (RFC 5545, RFC 7986). Pure but for the library that writes it."""

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


@dataclass(frozen=True)
class Meeting:
    """A gathering in a calendar. `version` grows with its plan; one that is given up is told as such, so that
    it goes from the calendars that had it."""

    uid: str
    starts_at: datetime
    ends_at: datetime
    title: str
    place: str
    text: str
    url: str
    changed_at: datetime
    version: int
    cancelled: bool


def to_calendar(name: str, entries: Sequence[Entry | Meeting]) -> bytes:
    """Return weeks or gatherings as a calendar; the same ones are always the same bytes."""
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
        event.add("summary", one.title)
        if one.text:
            event.add("description", one.text)
        event.add("url", one.url)
        if isinstance(one, Meeting):
            event.add("dtstart", one.starts_at)
            event.add("dtend", one.ends_at)
            event.add("last-modified", one.changed_at)
            event.add("sequence", one.version)
            event.add("status", "CANCELLED" if one.cancelled else "CONFIRMED")
            if one.place:
                event.add("location", one.place)
        else:
            event.add("dtstart", one.monday)
            event.add("dtend", one.monday + timedelta(days=7))
            # A week's theme takes nobody's time.
            event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    body: bytes = calendar.to_ical()
    return body
