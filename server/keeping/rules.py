"""What is decided about backups; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from library.core.clock import CHINA, local_day

_STAMP = "%Y%m%dT%H%M%S"

ROOM_LEFT_BYTES = 64 * 2**20
"""So much stays free on a disk that copies are written to."""

USUAL_BYTES_PER_S = 50e6
"""How fast a copy is taken to be as long as none has been made."""


def stamp(moment: datetime) -> str:
    """Return the name of a backup that was made at `moment`: in UTC, to the millisecond, in order."""
    utc = moment.astimezone(UTC)
    return f"{utc:{_STAMP}}.{utc.microsecond // 1000:03d}Z"


def moment_of(name: str) -> datetime | None:
    """Return when the backup `name` was made; None when that is no name of one."""
    try:
        return datetime.strptime(name, f"{_STAMP}.%fZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def asked_moment(text: str) -> datetime | None:
    """Return what somebody means by `text`: a backup's name, a moment, or a day (its end); None: nothing.

    Without a zone the time is China's, as on the pages.
    """
    named = moment_of(text)
    if named is not None:
        return named
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if len(text) <= len("2026-03-05"):
        moment += timedelta(days=1) - timedelta(milliseconds=1)
    return moment if moment.tzinfo else moment.replace(tzinfo=CHINA)


def chosen(names: Sequence[str], at: datetime | None) -> str | None:
    """Return the newest of `names`, or the newest that is not after `at`; None when there is none."""
    fitting = [name for name in sorted(names) if at is None or (moment_of(name) or at) <= at]
    return fitting[-1] if fitting else None


def kept(names: Iterable[str], keep: int) -> set[str]:
    """Return which backups stay: the `keep` newest, and the newest of each of the last `keep` days with one.

    So one number serves whoever makes one a day and a server that makes one every few minutes.
    """
    ordered = sorted(names, reverse=True)
    days: dict[object, str] = {}
    for name in ordered:
        moment = moment_of(name)
        if moment is not None:
            days.setdefault(local_day(moment), name)
    return {*ordered[:keep], *list(days.values())[:keep]}


def is_due(last: datetime | None, now: datetime, every: timedelta) -> bool:
    """Tell whether something that is done every so often is to be done now.

    A tenth earlier counts as well: who looks every so often must not miss it by a second.
    """
    return last is None or last > now or now - last >= every * 0.9


def seconds_for(size_bytes: int, bytes_per_s: float | None) -> float:
    """Return how long it takes to copy so many bytes, at the pace of the time before."""
    return size_bytes / max(1.0, bytes_per_s or USUAL_BYTES_PER_S)
