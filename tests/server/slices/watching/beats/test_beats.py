"""What players report, over real HTTP and with a clock of the test's own, on SQLite and on PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from library.catalog import actions as catalog
from library.catalog.permits import LessonState
from library.catalog.tables import Lesson
from library.core.ids import new_id
from library.plays.rules import ViewRule
from library.plays.tables import DaySum, Play, View
from server.slices.watching.beat_keys import BeatSigner
from tests.server.conftest import Shelf
from tests.server.slices.watching.beats.players import StandingClock, send, views
from tests.support.client import PLAIN
from tests.support.server import Served
from tests.support.together import together

pytestmark = [pytest.mark.slow, pytest.mark.dear(22)]

RULE = ViewRule()
CLIP_S = 60


# ---------------------------------------------------------------------- attacks


def test_the_same_beat_twenty_times_at_once_counts_once(
    served: Served, clip: str, clock: StandingClock
) -> None:
    play = served.person("member").play(clip)
    clock.forward(20)
    beat = {"key": play["key"], "ranges": [[0, 15]]}
    answers = together([lambda: send(served, play["play"], **beat) for _ in range(20)])
    told = [answer.json() for answer in answers if isinstance(answer, httpx.Response)]
    assert len(told) == 20
    assert {said["credited_s"] for said in told} == {15}
    assert sum("views" in said for said in told) == 1, "one of them has counted"
    assert views(served, clip) == 1
    clock.forward(3600 * 2)
    assert send(served, play["play"], **beat).json() == {
        "counted": True,
        "completed": False,
        "credited_s": 15,
    }
    assert views(served, clip) == 1, "sent again after the window it is still the same play"


def test_beats_in_any_order_earn_the_same(served: Served, shelf: Shelf, clock: StandingClock) -> None:
    beats = [(0, 10), (10, 20), (15, 25), (40, 50)]
    earned = []
    for order in (beats, beats[::-1], beats[2:] + beats[:2] + beats):
        visitor = served.nobody()
        play = visitor.play(shelf.lesson(LessonState.PUBLISHED).clip)
        clock.forward(45)
        earned.append([visitor.beat(play, one) for one in order][-1]["credited_s"])
    assert earned == [35, 35, 35]


def test_ten_clips_at_once_earn_what_one_person_has_time_for(
    served: Served, shelf: Shelf, clock: StandingClock
) -> None:
    lecturer = served.person("lecturer")
    clips = [shelf.lesson(LessonState.PUBLISHED).clip for _ in range(10)]
    plays = [lecturer.play(clip) for clip in clips]
    earned, whys = [0.0] * 10, set()
    for second in range(10, CLIP_S + 1, 10):
        clock.forward(10)
        for n, play in enumerate(plays):
            told = lecturer.beat(play, (second - 10, second))
            earned[n] = told["credited_s"]
            whys.add(told.get("why"))
    assert sum(earned) <= CLIP_S * RULE.max_rate + RULE.slack_s
    assert "elsewhere" in whys
    assert sum(views(served, clip) for clip in clips) < 10


def test_what_a_player_says_of_the_time_is_not_listened_to(
    served: Served, clip: str, clock: StandingClock
) -> None:
    visitor = served.nobody()
    play = visitor.play(clip)
    told = visitor.beat(
        play, (0, CLIP_S), at="2099-01-01T00:00:00Z", seq=10**9, at_s=1e9, elapsed_s=1e9, started_at=0
    )
    assert told["credited_s"] == RULE.slack_s
    assert (told["cut_s"], told["why"]) == (CLIP_S - RULE.slack_s, "clock")
    assert views(served, clip) == 0


@pytest.mark.parametrize("rate", [16, 1e308, float("inf")])
def test_a_player_at_sixteen_times_the_speed_earns_what_the_fastest_speed_does(
    served: Served, clip: str, clock: StandingClock, rate: float
) -> None:
    visitor = served.nobody()
    play = visitor.play(clip)
    clock.forward(10)
    body = json.dumps({"key": play["key"], "rate": rate, "ranges": [[0, CLIP_S]]})
    told = visitor.http.post(f"/api/v1/plays/{play['play']}/beats", content=body).json()
    held = 1.0 if rate == float("inf") else RULE.max_rate
    assert told["credited_s"] == 10 * held + RULE.slack_s


def test_a_beat_without_its_plays_key_is_not_believed(
    served: Served, clip: str, clock: StandingClock
) -> None:
    member, other = served.person("member"), served.person("staff")
    play, theirs = member.play(clip), other.play(clip)
    clock.forward(60)
    elsewhere = BeatSigner("another server's secret of more than enough characters").key(play["play"])
    for key in ("", "x", theirs["key"], elsewhere, play["key"][:-1], play["key"] + "=", "钥匙", None, 5):
        for cookies in (None, member.http.cookies, other.http.cookies):
            with httpx.Client(base_url=served.base_url, cookies=cookies, verify=PLAIN) as http:
                answer = http.post(
                    f"/api/v1/plays/{play['play']}/beats", json={"key": key, "ranges": [[0, 60]]}
                )
            assert (answer.status_code, answer.json()["error"]) == (403, "beat_key"), key
    assert views(served, clip) == 0
    assert "没有凭据" in answer.json()["message"] + answer.json()["todo"]


def test_a_refusal_is_said_in_the_readers_language(served: Served) -> None:
    said = httpx.post(
        f"{served.base_url}/api/v1/plays/x/beats", json={}, headers={"Accept-Language": "en"}, verify=PLAIN
    ).json()
    assert said["message"].isascii()
    assert said["todo"] == "Reload the page and play again."


def test_a_key_is_for_its_own_play_alone_whoever_sends_it(
    served: Served, clip: str, clock: StandingClock
) -> None:
    """What somebody else reports with a play's key goes to whoever began it."""
    member, other = served.person("member"), served.person("staff")
    play = member.play(clip)
    clock.forward(60)
    other.beat(play, (0, 20))
    with served.ports.db.read() as session:
        [view] = session.scalars(select(View).where(View.clip_id == clip))
        assert view.viewer == session.get_one(Play, play["play"]).viewer


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"5",
        b"{",
        b"\xff\xfe",
        b"[" * 5_000,
        b'{"ranges": 1}',
        b'{"ranges": [[1]]}',
        b'{"ranges": [["a", 1]]}',
        b'{"ranges": [[1, null]]}',
        b'{"ranges": {"0": 1}}',
        b'{"rate": "fast", "ranges": []}',
        b'{"rate": [], "ranges": []}',
        b'{"ranges": [[1' + b"0" * 400 + b", 2]]}",
        b'{"ranges": [' + b"[0, 1], " * 200 + b"[0, 1]]}",
    ],
)
def test_nonsense_is_refused_and_earns_nothing(
    served: Served, clip: str, clock: StandingClock, body: bytes
) -> None:
    play = served.person("member").play(clip)
    clock.forward(60)
    if body.startswith(b'{"r'):
        body = body[:-1] + b', "key": "%s"}' % play["key"].encode()
    answer = httpx.post(f"{served.base_url}/api/v1/plays/{play['play']}/beats", content=body, verify=PLAIN)
    assert (answer.status_code, answer.json()["error"]) == (422, "beat_unreadable"), answer.text
    assert views(served, clip) == 0


def test_stretches_that_are_none_earn_nothing(served: Served, clip: str, clock: StandingClock) -> None:
    visitor = served.nobody()
    play = visitor.play(clip)
    clock.forward(120)
    body = '{"key": "%s", "ranges": [[NaN, 20], [0, Infinity], [30, 10], [-90, -20], [70, 99], [1e999, 3]]}'
    answer = visitor.http.post(f"/api/v1/plays/{play['play']}/beats", content=body % play["key"])
    assert answer.json()["credited_s"] == 0


def test_what_is_larger_than_a_beat_can_be_is_not_read(served: Served, clip: str) -> None:
    play = served.person("member").play(clip)
    path = f"{served.base_url}/api/v1/plays/{play['play']}/beats"

    def endless() -> Iterator[bytes]:
        for _ in range(64):
            yield b" " * 1024

    for content in (b" " * 1_000_000, endless()):
        with httpx.Client(verify=PLAIN) as http:
            answer = http.post(path, content=content)
        assert (answer.status_code, answer.json()["error"]) == (413, "body_size")


def test_only_what_is_sent_is_a_beat(served: Served, clip: str) -> None:
    play = served.person("member").play(clip)
    path = f"{served.base_url}/api/v1/plays/{play['play']}/beats"
    for method in ("GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"):
        answer = httpx.request(method, path, params={"key": play["key"], "ranges": "[[0,20]]"}, verify=PLAIN)
        assert answer.status_code == 405, method
        assert answer.headers["allow"] == "POST"


def test_a_play_that_is_not_there_is_told(served: Served) -> None:
    unknown = new_id()
    answer = send(served, unknown, key=BeatSigner(served.ports.secret).key(unknown), ranges=[[0, 1]])
    assert (answer.status_code, answer.json()["error"]) == (404, "play_unknown")


# ---------------------------------------------------------------------- what honest people do


def test_a_beacon_needs_no_cookie_and_comes_as_plain_text(
    served: Served, clip: str, clock: StandingClock
) -> None:
    play = served.person("member").play(clip)
    clock.forward(12)
    answer = httpx.post(
        f"{served.base_url}/api/v1/plays/{play['play']}/beats",
        content=json.dumps({"key": play["key"], "ranges": [[0, 12]]}),
        headers={"Content-Type": "text/plain;charset=UTF-8", "Origin": "null"},
        verify=PLAIN,
    )
    assert answer.status_code == 200
    assert answer.json()["views"] == views(served, clip) == 1


def test_a_pause_a_step_back_and_a_slept_hour_lose_nothing(
    served: Served, clip: str, clock: StandingClock
) -> None:
    visitor = served.nobody()
    play = visitor.play(clip)
    clock.forward(10)
    assert visitor.beat(play, (0, 10))["credited_s"] == 10
    clock.forward(600)  # paused
    clock.forward(15)
    assert visitor.beat(play, (10, 20), (5, 10))["credited_s"] == 20  # and five seconds again
    clock.forward(20)
    clock.forward(3600)  # the lid was closed before the beat was sent
    assert visitor.beat(play, (20, 40)) == {"counted": True, "completed": False, "credited_s": 40}
    clock.forward(14)
    assert visitor.beat(play, (40, 54))["completed"]
    assert views(served, clip) == 1


def test_who_plays_faster_is_believed_when_the_player_says_so(
    served: Served, shelf: Shelf, clock: StandingClock
) -> None:
    for rate, earned in ((2.0, 60), (1.5, 60), (1.25, 52), (1.0, 42)):
        visitor = served.nobody()
        play = visitor.play(shelf.lesson(LessonState.PUBLISHED).clip)
        clock.forward(40)
        assert visitor.beat(play, (0, 60), rate=rate)["credited_s"] == earned


def test_two_devices_of_one_person_one_after_the_other_keep_both(
    served: Served, shelf: Shelf, clock: StandingClock
) -> None:
    first, second = (shelf.lesson(LessonState.PUBLISHED).clip for _ in range(2))
    with served.signed_in("other") as phone, served.signed_in("other") as computer:
        began = phone.play(first)
        clock.forward(60)
        went_on = computer.play(second)
        clock.forward(60)
        assert computer.beat(went_on, (0, 60))["completed"]
        assert phone.beat(began, (0, 60))["completed"], "reported late"
    assert views(served, first) == views(served, second) == 1


def test_half_an_hour_without_a_network_is_reported_afterwards_and_kept(
    served: Served, shelf: Shelf, clock: StandingClock
) -> None:
    clips = [shelf.lesson(LessonState.PUBLISHED).clip for _ in range(5)]
    with served.signed_in("other") as person:
        plays = []
        for clip in clips:
            plays.append(person.play(clip))
            clock.forward(CLIP_S)
        clock.forward(1800)
        for play in reversed(plays):
            for second in range(0, CLIP_S, 10):
                assert "why" not in person.beat(play, (second, second + 10))
    assert [views(served, clip) for clip in clips] == [1] * 5


def test_a_day_later_is_too_late(served: Served, clip: str, clock: StandingClock) -> None:
    visitor = served.nobody()
    play = visitor.play(clip)
    clock.forward(RULE.late_h * 3600 + 1)
    told = visitor.beat(play, (0, 60))
    assert (told["credited_s"], told["cut_s"], told["why"]) == (0, 60, "too_late")


def test_looking_over_a_draft_earns_nothing_and_says_why(
    served: Served, shelf: Shelf, clock: StandingClock
) -> None:
    lecturer, draft = served.person("lecturer"), shelf.lesson().clip
    play = lecturer.play(draft)
    clock.forward(60)
    told = lecturer.beat(play, (0, 60))
    assert (told["counted"], told["why"]) == (False, "unpublished")
    assert views(served, draft) == 0


def test_beats_of_a_lesson_that_is_deleted_are_told_so(
    served: Served, shelf: Shelf, clock: StandingClock
) -> None:
    put, visitor = shelf.lesson(LessonState.PUBLISHED), served.nobody()
    play = visitor.play(put.clip)
    clock.forward(20)
    visitor.beat(play, (0, 20))
    with served.ports.db.write() as session:
        catalog.delete_lesson(session, session.get_one(Lesson, put.lesson), clock())
    answer = send(served, play["play"], key=play["key"], ranges=[[20, 40]])
    assert (answer.status_code, answer.json()["error"]) == (404, "play_unknown")
    assert views(served, put.clip) == 1


# ---------------------------------------------------------------------- screenings


def test_a_screening_is_counted_apart_with_those_who_were_there(
    served: Served, shelf: Shelf, clock: StandingClock
) -> None:
    put, staff = shelf.lesson(LessonState.PUBLISHED), served.person("staff")
    play = staff.play(put.clip, people=30, source="qr")
    assert play["people"] == 30
    clock.forward(60)
    told = staff.beat(play, (0, 60))
    assert (told["counted"], told["completed"]) == (True, True)
    assert views(served, put.clip) == 1
    with served.ports.db.read() as session:
        [view] = session.scalars(select(View).where(View.clip_id == put.clip))
        assert (view.kind, view.people, view.source) == ("group", 30, "qr")
        [day] = session.scalars(select(DaySum).where(DaySum.clip_id == put.clip))
        assert (day.member_views, day.group_views, day.group_people, day.completes) == (0, 1, 30, 0)
    assert staff.http.get(f"/api/v1/lessons/{put.lesson}/stats").json()["views"] == 0


@pytest.mark.parametrize(
    ("username", "people", "status", "code"),
    [
        ("nobody", 30, 401, "sign_in_needed"),
        ("member", 1, 422, "people_count"),
        ("member", 0, 422, "people_count"),
        ("member", -5, 422, "people_count"),
        ("member", 501, 422, "people_count"),
        ("member", 10**30, 422, "people_count"),
        ("member", "many", 422, None),
    ],
)
def test_a_screening_that_cannot_be(
    served: Served, clip: str, username: str, people: Any, status: int, code: str | None
) -> None:
    answer = served.person(username).api("POST", f"/clips/{clip}/plays", json={"people": people})
    assert answer.status_code == status, answer.text
    if code:
        assert answer.json()["error"] == code
