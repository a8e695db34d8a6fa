"""What a beat earns, and when a play becomes a view. Values in, decision out."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import islice, zip_longest
from typing import NamedTuple

from library.core.clock import local_day
from library.core.errors import Invalid
from library.core.permits import Role, Viewer

Range = tuple[float, float]

SPEEDS = (0.75, 1.0, 1.25, 1.5, 2.0)
"""How many times as fast as life the player plays. Whoever sees a whole clip at any of these has completed
it, so `ViewRule.max_rate` is the fastest of them."""

MAX_RANGES_IN_BEAT = 200
# Shorter stretches are what dragging the slider leaves; kept, they could make a play's row grow without end.
MIN_STRETCH_S = 0.05
# Nobody watches ten minutes in more pieces; without a limit a script could make rows that are slow to read.
MAX_STRETCHES = 500
_TINY_S = 1e-6
A_MINUTE, AN_HOUR = timedelta(minutes=1), timedelta(hours=1)


class Kind(StrEnum):
    """Who watched: somebody with an account, somebody without, or people who sit together."""

    MEMBER = "member"
    VISITOR = "visitor"
    GROUP = "group"


_KINDS = {"p": Kind.MEMBER, "v": Kind.VISITOR, "g": Kind.GROUP}


class Source(StrEnum):
    """How a play was come to: from a list of lessons, a search, a link, a QR code, or the clip before."""

    FEED = "feed"
    SEARCH = "search"
    LINK = "link"
    QR = "qr"
    NEXT = "next"


class Why(StrEnum):
    """Why something that was reported is not credited.

    `clock`: more than the time since the play began allows. `elsewhere`: the person was watching other clips
    in that time. `scattered`: in more pieces than anybody watches. `unpublished`: the lesson is not
    published. `too_late`: the play began too long ago.
    """

    CLOCK = "clock"
    ELSEWHERE = "elsewhere"
    SCATTERED = "scattered"
    UNPUBLISHED = "unpublished"
    TOO_LATE = "too_late"


def kind_of(viewer: str) -> Kind:
    """Return what kind of viewer "p:...", "v:..." or "g:..." is."""
    return _KINDS[viewer[0]]


SHOWN = "g:s:"
"""Begins the viewer of what a gathering was shown: the showing, and no person."""

_TOKEN = "x:"  # noqa: S105 - no password
_TOKEN_LENGTH = 40


def token(viewer: str) -> str:
    """Return what stands for a viewer in seals, and in the ledger once the viewer is erased.

    The same viewer always has the same token, and nobody gets from it back to an id that is nowhere else.
    """
    if is_token(viewer):
        return viewer
    return _TOKEN + hashlib.sha256(viewer.encode()).hexdigest()[: _TOKEN_LENGTH - len(_TOKEN)]


def is_token(viewer: str) -> bool:
    """Tell whether a viewer has been erased."""
    return viewer.startswith(_TOKEN)


def clock_of(viewer: str) -> tuple[str, ...]:
    """Return the viewers that share one clock: a person watches one clip at a time, alone or with others."""
    name = viewer[2:]
    return (viewer,) if viewer[0] == "v" else (f"p:{name}", f"g:{name}")


class FromOrigin(NamedTuple):
    """That a view without an account counted for an address: of which clip, and when."""

    clip_id: str
    at: datetime


@dataclass(frozen=True)
class ViewRule:
    """When a play counts: `min_s` really played, or `short_share` of a clip shorter than `short_clip_s`;
    once per viewer, clip and `window_min` minutes. A viewer who has seen `complete_share` of a clip, in one
    play or in several, has completed it.

    Time is believed only as far as the clock allows: what has passed since the play began, times the rate
    that the player reports (`max_rate` at most), plus `slack_s`; and over all plays of one person together
    `max_rate` times what has passed, plus `slack_s`. A play takes beats for `late_h` hours.

    A screening may declare `group_most` people, `group_lecturer_most` by a lecturer, `group_member_most` by a
    member; and all screenings of a place together, in an hour, `group_hour` times as many.

    Of views without an account `address_minute` count in a minute from one address, and of one clip
    `address_clip_hour` in an hour; 0: all. What comes too early waits for its turn.
    """

    min_s: float = 10.0
    short_clip_s: float = 20.0
    short_share: float = 0.5
    window_min: int = 60
    complete_share: float = 0.9
    max_rate: float = max(SPEEDS)
    slack_s: float = 2.0
    late_h: int = 24
    group_most: int = 500
    group_lecturer_most: int = 200
    group_member_most: int = 60
    group_hour: int = 6
    address_minute: int = 10
    address_clip_hour: int = 60

    @property
    def late(self) -> timedelta:
        """How long after its beginning a play takes beats."""
        return timedelta(hours=self.late_h)

    def needed_s(self, clip_s: float) -> float:
        """Return how many seconds of a clip must be played for a view; never more than the clip has."""
        short = clip_s < max(self.short_clip_s, self.min_s)
        return clip_s * self.short_share if short else self.min_s

    def held_rate(self, reported: float) -> float:
        """Return how fast a player is believed to play."""
        return min(max(1.0, reported), self.max_rate) if math.isfinite(reported) else 1.0

    def counts(self, credited_s: float, clip_s: float) -> bool:
        """Tell whether a play with `credited_s` is long enough for a view."""
        return credited_s + _TINY_S >= self.needed_s(clip_s)

    def window_over(self, viewed_at: datetime | None, at: datetime) -> bool:
        """Tell whether a viewer whose last view of a clip was at `viewed_at` makes a new one at `at`."""
        return viewed_at is None or at >= viewed_at + timedelta(minutes=self.window_min)

    def has_turn(self, counted: Iterable[FromOrigin], clip_id: str, at: datetime) -> bool:
        """Tell whether one more view of a clip may count at `at` for an address, of which so many did."""
        minute = clip_hour = 0
        for one in counted:
            minute += one.at > at - A_MINUTE
            clip_hour += one.clip_id == clip_id and one.at > at - AN_HOUR
        return not (
            (self.address_minute and minute >= self.address_minute)
            or (self.address_clip_hour and clip_hour >= self.address_clip_hour)
        )

    def completes(self, unique_s: float, clip_s: float) -> bool:
        """Tell whether a viewer who has seen `unique_s` of a clip has completed it."""
        return unique_s + _TINY_S >= self.complete_share * clip_s


def most_people(viewer: Viewer, rule: ViewRule) -> int:
    """Return how many people a viewer may say are at a screening."""
    if viewer.has(Role.STAFF):
        return rule.group_most
    lecturer = rule.group_lecturer_most if viewer.has(Role.LECTURER) else 0
    return min(rule.group_most, max(lecturer, rule.group_member_most))


def check_people(people: int, most: int, declared: int, rule: ViewRule) -> int:
    """Return how many watch a screening, when `declared` were declared at the same place in the last hour.

    Raises Invalid: "people_count" for fewer than two or more than `most`, "people_place" for more than the
    place may still declare.
    """
    if not 2 <= people <= most:
        raise Invalid("people_count", field="people", most=most)
    left = most * rule.group_hour - declared
    if people > left:
        raise Invalid("people_place", field="people", most=most * rule.group_hour, left=max(0, left))
    return people


def clean(ranges: Iterable[Sequence[float]], clip_s: float) -> list[Range]:
    """Return reported stretches inside the clip, to the millisecond.

    Nonsense (not finite, backwards, outside, next to nothing) is left out, and so is what comes after
    MAX_RANGES_IN_BEAT stretches: no player has that many to report.
    """
    kept: list[Range] = []
    for stretch in islice(ranges, MAX_RANGES_IN_BEAT):
        if len(stretch) != 2 or not all(math.isfinite(v) for v in stretch):
            continue
        start, end = round(max(0.0, stretch[0]), 3), round(min(clip_s, stretch[1]), 3)
        if end - start >= MIN_STRETCH_S:
            kept.append((start, end))
    return kept


def union(ranges: Iterable[Sequence[float]]) -> list[Range]:
    """Return the stretches sorted and joined where they touch."""
    joined: list[Range] = []
    for start, end in sorted((r[0], r[1]) for r in ranges):
        if joined and start <= joined[-1][1] + 1e-6:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def total_s(ranges: Iterable[Range]) -> float:
    """Return the seconds in stretches that do not overlap, to the millisecond."""
    return round(sum(end - start for start, end in ranges), 3)


def credit(held: Sequence[Range], reported: Sequence[Range], room_s: float) -> list[Range]:
    """Return the stretches credited after a beat: those `held`, and of those reported `room_s` more.

    What is too much is cut from the end of what was reported and not punished: a phone that slept reports
    late, and honestly.
    """
    credited = union(held)
    places = MAX_STRETCHES - len(credited)
    taken: list[Range] = []
    for start, end in islice(_without(union(reported), credited), max(0, places)):
        # Down to the millisecond: what is kept is what is added up.
        last = min(end, math.floor((start + room_s) * 1000 + _TINY_S) / 1000)
        if last > start:
            taken.append((start, last))
        if last < end:
            break
        room_s -= end - start
    return union([*credited, *taken])


class Begun(NamedTuple):
    """A play as its person's clock sees it: when it began, in seconds, and what it has earned since."""

    at_s: float
    credited_s: float


def room_elsewhere_s(began_s: float, plays: Iterable[Begun], now_s: float, rule: ViewRule) -> float:
    """Return how many more seconds a play may be credited beside all other `plays` of the same person.

    For the beginning of every play until this one's: all that was begun since then earns together no more
    than the clock allows one person in that time. So ten clips at once earn what one does, and two devices
    one after the other, or one that was offline meanwhile, lose nothing. `plays` contains the play itself.
    """
    room_s, together_s = math.inf, 0.0
    for at_s, credited_s in sorted(plays, reverse=True):
        together_s += credited_s
        if at_s <= began_s:
            passed_s = max(0.0, now_s - at_s)
            room_s = min(room_s, passed_s * rule.max_rate + rule.slack_s - together_s)
    return room_s


@dataclass(frozen=True)
class Decision:
    """What came of a beat: the stretches now credited and those now doubted, how much of what was new in it
    was cut, and why (None when nothing was)."""

    ranges: list[Range]
    doubted: list[Range]
    cut_s: float
    why: Why | None


def decide(
    held: Sequence[Range],
    doubted: Sequence[Range],
    reported: Sequence[Range],
    *,
    elapsed_s: float,
    rate: float,
    elsewhere_s: float,
    rule: ViewRule,
) -> Decision:
    """Decide what a beat of a published lesson earns.

    `elapsed_s` is the time since the play began, `rate` the highest the player reported, `elsewhere_s` what
    room_elsewhere_s says.
    """
    if elapsed_s > rule.late_h * 3600:
        return _nothing(held, doubted, reported, Why.TOO_LATE)
    clock_s = max(0.0, elapsed_s) * rule.held_rate(rate) + rule.slack_s - total_s(held)
    room_s = max(0.0, min(clock_s, elsewhere_s))
    ranges = credit(held, reported, room_s)
    cut = list(_without(union(reported), ranges))
    if not cut:
        return Decision(ranges, list(_without(union(doubted), ranges)), 0.0, None)
    why = Why.SCATTERED
    if len(ranges) < MAX_STRETCHES:
        why = Why.CLOCK if clock_s <= elsewhere_s else Why.ELSEWHERE
    still = list(islice(_without(union([*doubted, *cut]), ranges), MAX_STRETCHES))
    return Decision(ranges, still, total_s(cut), why)


def unpublished(held: Sequence[Range], doubted: Sequence[Range], reported: Sequence[Range]) -> Decision:
    """Return what a beat earns before a lesson is published, and after it was withdrawn: nothing."""
    return _nothing(held, doubted, reported, Why.UNPUBLISHED)


def _nothing(
    held: Sequence[Range], doubted: Sequence[Range], reported: Sequence[Range], why: Why
) -> Decision:
    cut_s = total_s(_without(union(reported), held))
    return Decision(list(held), list(doubted), cut_s, why if cut_s else None)


def _without(stretches: Sequence[Range], held: Sequence[Range]) -> Iterator[Range]:
    """Yield the parts of `stretches` that `held` does not have; both sorted and apart."""
    first = 0
    for start, end in stretches:
        at = start
        while first < len(held) and held[first][1] <= at:
            first += 1
        for held_start, held_end in held[first:]:
            if held_start >= end:
                break
            if held_start > at:
                yield at, held_start
            at = max(at, held_end)
        if at < end:
            yield at, end


MOST_STEPS = 120
"""A retention curve has at most so many steps."""


def curve_steps(clip_s: float) -> int:
    """Return into how many steps the retention of a clip is counted: whole seconds while these are enough."""
    return max(1, min(MOST_STEPS, math.ceil(clip_s)))


def curve_step_s(clip_s: float) -> float:
    """Return how many seconds one of these steps has; the last may be longer or shorter by a little."""
    return round(clip_s / curve_steps(clip_s), 6)


def covered_steps(ranges: Iterable[Sequence[float]], step_s: float, steps: int) -> list[int]:
    """Return 1 for every step of which half or more lies in the stretches, else 0; they do not overlap."""
    if step_s <= 0:
        return [0] * steps
    covered_s = [0.0] * steps
    for start, end in ranges:
        first, last = int(start / step_s), min(steps - 1, int(end / step_s))
        for step in range(first, last + 1):
            covered_s[step] += max(0.0, min(end, (step + 1) * step_s) - max(start, step * step_s))
    return [int(seconds + _TINY_S >= step_s / 2) for seconds in covered_s]


def add_steps(these: Iterable[int], those: Iterable[int]) -> list[int]:
    """Return two curves of one clip added up; made anew, a clip can have become a step longer or shorter."""
    return [a + b for a, b in zip_longest(these, those, fillvalue=0)]


# Beats that came before midnight may still be on their way into the database.
CLOSED_AFTER = timedelta(minutes=5)


def closed_through(now: datetime) -> date:
    """Return the last Chinese day that may be closed at `now`: views fall on the day the server hears of."""
    return local_day(now - CLOSED_AFTER) - timedelta(days=1)


def played_through(closed: date, late_h: int) -> date:
    """Return the last day whose plays take no beats any more when the days up to `closed` are closed."""
    return closed - timedelta(days=math.ceil(late_h / 24))
