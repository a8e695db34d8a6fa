"""What many beats earn together: the rules applied one by one, to rows that were read before and are written
after. No clock and no database here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from library.core.clock import local_day
from library.plays import rules
from library.plays.rules import Begun, Decision, FromOrigin, Kind, Range, ViewRule, Why


@dataclass(frozen=True, slots=True)
class Beat:
    """What a player reports: stretches of the clip, how fast it played, and when the server learned of it.

    `origin` stands for the address it came from; "": nobody asked where from, and nothing is limited by it.
    """

    play_id: str
    ranges: Sequence[Sequence[float]]
    rate: float
    at: datetime
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Credited:
    """What a beat earned.

    `credited_s` are the seconds credited to its play so far, `counted` whether the play has passed the rule,
    `completed` whether its viewer has by now seen the clip to the end, `cut_s` how much was new in the beat
    and not believed, and `why`. `now`: with this beat the play became a view, or a screening; `view`: a view,
    so the clip has one more. `waits`: it has passed the rule, and its address has had its share for now.
    """

    clip_id: str
    credited_s: float
    counted: bool
    completed: bool
    cut_s: float
    why: Why | None
    now: bool = False
    view: bool = False
    waits: bool = False


@dataclass(slots=True)
class PlayRow:
    """A play as its row says it; `changed`: it must be written again."""

    id: str
    clip_id: str
    lesson_id: str
    viewer: str
    people: int
    source: str
    node_id: str | None
    started_at: datetime
    rate: float
    credited_s: float
    capped_s: float
    counted: bool
    completed: bool
    last_at: datetime
    ranges: list[Range]
    doubted: list[Range]
    held: bool = False
    changed: bool = False

    @property
    def began_s(self) -> float:
        """When it began, in seconds since 1970."""
        return self.started_at.timestamp()


@dataclass(slots=True)
class WatcherRow:
    """What a viewer has seen of a clip; `changed`: it must be written again."""

    clip_id: str
    viewer: str
    lesson_id: str
    viewed_at: datetime | None = None
    unique_s: float = 0.0
    completed_at: datetime | None = None
    last_day: date = date.min
    ranges: list[Range] = field(default_factory=list)
    changed: bool = False


@dataclass(slots=True)
class DayRow:
    """What a day's sum is raised by."""

    lesson_id: str
    member_views: int = 0
    visitor_views: int = 0
    group_views: int = 0
    group_people: int = 0
    completes: int = 0
    watched_s: float = 0.0
    visitor_s: float = 0.0

    def count(self, kind: Kind, people: int) -> None:
        """Count one view, or one screening to `people`."""
        if kind is Kind.MEMBER:
            self.member_views += 1
        elif kind is Kind.VISITOR:
            self.visitor_views += 1
        else:
            self.group_views += 1
            self.group_people += people


@dataclass(frozen=True, slots=True)
class ClipFacts:
    """What a decision needs to know of a clip."""

    length_s: float
    published: bool


class Book:
    """The rows that a batch of beats concerns. `credit` changes them; what changed is then written."""

    def __init__(
        self,
        plays: Mapping[str, PlayRow],
        clips: Mapping[str, ClipFacts],
        watchers: Mapping[tuple[str, str], WatcherRow],
        begun: Iterable[tuple[str, str, Begun]],
        rule: ViewRule,
        shares: Mapping[str, Iterable[FromOrigin]] | None = None,
    ) -> None:
        """`begun` are all recent plays of everybody concerned: id, viewer, when and how much; `shares` what
        counted in the last hour from the origins concerned."""
        self._plays, self._clips, self._rule = plays, clips, rule
        self._shares = {origin: list(some) for origin, some in (shares or {}).items()}
        self._watchers = dict(watchers)
        self._clocks: dict[str, dict[str, Begun]] = {}
        for play_id, viewer, row in begun:
            self._clocks.setdefault(rules.clock_of(viewer)[0], {})[play_id] = row
        self.views: list[tuple[PlayRow, datetime]] = []
        self.from_origins: list[tuple[str, FromOrigin]] = []
        self.days: dict[tuple[str, date, str], DayRow] = {}

    def plays(self) -> list[PlayRow]:
        """Return the plays that have changed."""
        return [play for play in self._plays.values() if play.changed]

    def watchers(self) -> list[WatcherRow]:
        """Return the watchers that have changed."""
        return [watcher for watcher in self._watchers.values() if watcher.changed]

    def credit(self, beat: Beat) -> Credited | None:
        """Credit one beat; returns None when there is no such play, or no longer such a clip."""
        play = self._plays.get(beat.play_id)
        clip = self._clips.get(play.clip_id) if play is not None else None
        if play is None or clip is None:
            return None
        watcher = self._watchers.get((play.clip_id, play.viewer))
        if watcher is None:
            watcher = WatcherRow(play.clip_id, play.viewer, play.lesson_id)
            self._watchers[play.clip_id, play.viewer] = watcher
        decision = self._decide(play, clip, beat)
        earns = decision.ranges != play.ranges
        if earns:
            self._earn(play, watcher, decision, beat.at)
        again = play.held and clip.published and beat.at - play.started_at <= self._rule.late
        now = (earns or again) and self._count(play, clip, watcher, beat)
        if earns or now:
            self._complete(play, clip, watcher, beat.at)
        if decision.doubted != play.doubted:
            play.doubted, play.changed = decision.doubted, True
            play.capped_s = rules.total_s(play.doubted)
        return Credited(
            play.clip_id,
            play.credited_s,
            play.counted,
            watcher.completed_at is not None,
            decision.cut_s,
            decision.why,
            now,
            now and rules.kind_of(play.viewer) is not Kind.GROUP,
            play.held and not play.counted and (earns or again),
        )

    def _decide(self, play: PlayRow, clip: ClipFacts, beat: Beat) -> Decision:
        reported = rules.clean(beat.ranges, clip.length_s)
        if not clip.published:
            return rules.unpublished(play.ranges, play.doubted, reported)
        began_s, now_s = play.began_s, beat.at.timestamp()
        rate = self._rule.held_rate(beat.rate)
        if rate > play.rate:
            play.rate, play.changed = rate, True
        clock = self._clocks[rules.clock_of(play.viewer)[0]].values()
        return rules.decide(
            play.ranges,
            play.doubted,
            reported,
            elapsed_s=now_s - began_s,
            rate=play.rate,
            elsewhere_s=rules.room_elsewhere_s(began_s, clock, now_s, self._rule),
            rule=self._rule,
        )

    def _earn(self, play: PlayRow, watcher: WatcherRow, decision: Decision, at: datetime) -> None:
        """Write down the time that was earned."""
        day = self._day(play, at)
        credited_s = rules.total_s(decision.ranges)
        day.watched_s = round(day.watched_s + credited_s - play.credited_s, 3)
        if rules.kind_of(play.viewer) is Kind.VISITOR:
            day.visitor_s = round(day.visitor_s + credited_s - play.credited_s, 3)
        play.ranges, play.credited_s, play.last_at, play.changed = decision.ranges, credited_s, at, True
        self._clocks[rules.clock_of(play.viewer)[0]][play.id] = Begun(play.began_s, credited_s)
        watcher.ranges, watcher.changed = rules.union([*watcher.ranges, *decision.ranges]), True
        watcher.unique_s, watcher.last_day = rules.total_s(watcher.ranges), local_day(at)

    def _count(self, play: PlayRow, clip: ClipFacts, watcher: WatcherRow, beat: Beat) -> bool:
        """Count a play that has passed the rule; returns whether the clip has one view or screening more."""
        if play.counted or not self._rule.counts(play.credited_s, clip.length_s):
            return False
        kind = rules.kind_of(play.viewer)
        is_view = self._rule.window_over(watcher.viewed_at, beat.at)
        if is_view and kind is Kind.VISITOR and not self._takes_turn(beat.origin, play.clip_id, beat.at):
            play.held = play.changed = True
            return False
        play.counted = play.changed = True
        if not is_view:
            return False
        watcher.viewed_at, watcher.changed = beat.at, True
        self.views.append((play, beat.at))
        self._day(play, beat.at).count(kind, play.people)
        return True

    def _takes_turn(self, origin: str, clip_id: str, at: datetime) -> bool:
        """Tell whether a visitor's view from an origin may count now, and note that it does."""
        if not origin:
            return True
        so_far = self._shares.setdefault(origin, [])
        if not self._rule.has_turn(so_far, clip_id, at):
            return False
        one = FromOrigin(clip_id, at)
        so_far.append(one)
        self.from_origins.append((origin, one))
        return True

    def _complete(self, play: PlayRow, clip: ClipFacts, watcher: WatcherRow, at: datetime) -> None:
        """Note that the clip has been seen to the end; not by a play that waits for its turn."""
        if play.held and not play.counted:
            return
        if watcher.completed_at is None and self._rule.completes(watcher.unique_s, clip.length_s):
            watcher.completed_at, play.completed = at, True
            watcher.changed = play.changed = True
            self._day(play, at).completes += rules.kind_of(play.viewer) is not Kind.GROUP

    def _day(self, play: PlayRow, at: datetime) -> DayRow:
        return self.days.setdefault((play.clip_id, local_day(at), play.node_id or ""), DayRow(play.lesson_id))
