"""What many beats of one person earn together, whatever they are and in whatever order they come."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.plays.crediting import Beat, Book, ClipFacts, Credited, PlayRow
from library.plays.rules import SPEEDS, Begun, ViewRule, Why
from tests.support.databases import NOW

RULE = ViewRule()
CLIP_S = 600.0
NAMES = [f"play{n}" for n in range(10)]
Ranges = Sequence[tuple[float, float]]


def s(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


class Person:
    """One person's plays, each of a clip of its own, as the library keeps them."""

    def __init__(self, starts_s: Sequence[float], viewers: Sequence[str] = ("p:one", "g:one")) -> None:
        self.starts_s = dict(zip(NAMES, starts_s, strict=False))
        self.plays = {
            name: PlayRow(
                id=name,
                clip_id=f"clip{name}",
                lesson_id="lesson",
                viewer=viewers[n % len(viewers)],
                people=1,
                source="link",
                node_id=None,
                started_at=NOW + s(start_s),
                rate=1.0,
                credited_s=0.0,
                capped_s=0.0,
                counted=False,
                completed=False,
                last_at=NOW,
                ranges=[],
                doubted=[],
            )
            for n, (name, start_s) in enumerate(self.starts_s.items())
        }
        begun = [(p.id, p.viewer, Begun(p.began_s, 0.0)) for p in self.plays.values()]
        clips = {p.clip_id: ClipFacts(CLIP_S, True) for p in self.plays.values()}
        self.book = Book(self.plays, clips, {}, begun, RULE)

    def beat(self, name: str, ranges: Ranges, at_s: float, rate: float = 1.0) -> Credited:
        credited = self.book.credit(Beat(name, ranges, rate, NOW + s(at_s)))
        assert credited is not None
        return credited

    def earned_since(self, start_s: float) -> float:
        return sum(self.plays[n].credited_s for n, at_s in self.starts_s.items() if at_s >= start_s)


# ---------------------------------------------------------------------- laws

moments = st.floats(0, 1200)
stretches = st.tuples(st.floats(0, CLIP_S), st.floats(0, CLIP_S)).map(lambda e: (min(e), max(e)))
sent = st.tuples(st.sampled_from(NAMES), st.lists(stretches, max_size=4), moments, st.floats(0.1, 16))


@pytest.mark.slow
@given(st.lists(moments, min_size=1, max_size=10), st.lists(sent, max_size=15))
def test_nobody_earns_more_than_the_clock_allows_one_person_since_any_beginning(
    starts_s: list[float], beats: list[tuple[str, Ranges, float, float]]
) -> None:
    person = Person(starts_s)
    latest_s = 0.0
    for name, ranges, at_s, rate in beats:
        if name not in person.plays:
            continue
        person.beat(name, ranges, at_s, rate)
        latest_s = max(latest_s, at_s)
        for start_s in starts_s:
            passed_s = max(0.0, latest_s - start_s)
            assert person.earned_since(start_s) <= passed_s * RULE.max_rate + RULE.slack_s + 1e-3
    assert sum(day.watched_s for day in person.book.days.values()) == pytest.approx(person.earned_since(0))
    assert len(person.book.views) == sum(play.counted for play in person.plays.values())


@dataclass(frozen=True)
class Sitting:
    """A person plays something for a while, on whatever device."""

    name: str
    ranges: Ranges
    at_s: float
    rate: float


@st.composite
def evenings(draw: st.DrawFn) -> tuple[list[float], list[Sitting]]:
    """One person's honest evening: one clip at a time, at any speed the player has, with pauses, going from
    clip to clip and back, and forwards and backwards in each."""
    sittings: list[Sitting] = []
    starts_s: dict[str, float] = {}
    now_s = 0.0
    for _ in range(draw(st.integers(1, 12))):
        now_s += draw(st.floats(0, 900))
        name = draw(st.sampled_from(NAMES[: len(starts_s) + 1]))
        name = name if name in starts_s else NAMES[len(starts_s)]
        starts_s.setdefault(name, now_s)
        rate = draw(st.sampled_from(SPEEDS))
        from_s = draw(st.floats(0, CLIP_S - 1))
        seconds = draw(st.floats(0.1, CLIP_S - from_s))
        now_s += seconds / rate
        sittings.append(Sitting(name, [(round(from_s, 2), round(from_s + seconds, 2))], now_s, rate))
    return list(starts_s.values()), sittings


@pytest.mark.slow
@given(evenings(), st.floats(0, 8 * 3600), st.randoms(use_true_random=False))
def test_honest_people_lose_nothing_however_late_their_devices_report(
    evening: tuple[list[float], list[Sitting]], later_s: float, shuffled: random.Random
) -> None:
    starts_s, sittings = evening
    for late in (False, True):
        person = Person(starts_s)
        end_s = sittings[-1].at_s + later_s
        order = shuffled.sample(sittings, len(sittings)) if late else sittings
        for one in order:
            credited = person.beat(one.name, one.ranges, end_s if late else one.at_s, one.rate)
            assert credited.why is None, (credited, one)
        assert all(play.doubted == [] for play in person.plays.values())


# ---------------------------------------------------------------------- what people do


@pytest.mark.parametrize("speed", SPEEDS)
def test_who_watched_everything_at_a_speed_the_player_offers_could_not_complete_it(speed: float) -> None:
    person = Person([0])
    played_s, now_s = 0.0, 0.0
    while played_s < CLIP_S:
        now_s += 10
        until_s = min(CLIP_S, 10 * speed + played_s)
        credited = person.beat(NAMES[0], [(played_s, until_s)], now_s, rate=speed)
        played_s = until_s
    assert (credited.completed, credited.credited_s, credited.why) == (True, CLIP_S, None)


def test_ten_clips_at_once_earn_what_one_does() -> None:
    person = Person([0.0] * 10)
    for second in range(10, 301, 10):
        for name in NAMES:
            person.beat(name, [(second - 10, second)], second)
    assert person.earned_since(0) == pytest.approx(300 * RULE.max_rate + RULE.slack_s)
    assert person.beat("play9", [(300, 310)], 300).why is Why.ELSEWHERE


def test_half_an_hour_offline_on_a_phone_and_then_a_computer_keep_both() -> None:
    person = Person([0, 600, 1200, 1800])
    for n in range(3):  # what the phone kept: three whole clips, sent when the computer is already playing
        assert person.beat(NAMES[n], [(0, 600)], 1900 + n).credited_s == 600
    assert person.beat(NAMES[3], [(0, 100)], 1905).credited_s == 100


def test_alone_and_with_others_share_one_clock() -> None:
    person = Person([0, 0])
    assert person.plays["play1"].viewer == "g:one"
    assert person.beat("play1", [(0, 200)], 100, rate=2).credited_s == 200
    assert person.beat("play0", [(0, 150)], 100, rate=2).credited_s == RULE.slack_s


def test_two_visitors_share_none() -> None:
    person = Person([0, 0], viewers=("v:one", "v:two"))
    assert person.beat("play0", [(0, 100)], 100).credited_s == 100
    assert person.beat("play1", [(0, 100)], 100).credited_s == 100


def test_a_play_of_yesterday_takes_no_more_beats() -> None:
    person = Person([0])
    credited = person.beat("play0", [(0, 100)], RULE.late_h * 3600 + 1)
    assert (credited.credited_s, credited.cut_s, credited.why) == (0, 100, Why.TOO_LATE)
    assert person.book.plays() == []
