"""The whole way of a lecture over HTTP: uploaded, cut, made, published, played, counted, found."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import m3u8
import pytest

from tests.flow import media
from tests.flow.conftest import LECTURE_S, SAID, SAID_AT_S
from tests.support import server
from tests.support.client import Person

pytestmark = [pytest.mark.slow, pytest.mark.dear(40)]


@dataclass
class River:
    """A lecture that came all the way, and what was seen on the way."""

    process: server.Process
    lesson: dict[str, Any]
    events: list[dict[str, Any]]
    early: dict[str, Any]
    early_playlist: int
    people: dict[str, Person]

    @property
    def clips(self) -> list[dict[str, Any]]:
        """The clips, with addresses as whoever is not signed in gets them."""
        found = self.people["nobody"].http.get(f"/api/v1/lessons/{self.lesson['id']}").json()
        clips: list[dict[str, Any]] = found["clips"]
        return clips

    def address(self, path: str) -> str:
        """A path of the server as a whole address."""
        return urljoin(self.process.base_url, path)


@pytest.fixture(scope="module")
def river(lecture: Path, lecture_words: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[River]:
    """Upload the lecture, watch it being made, publish it. One clip at a time, so that order can be seen."""
    data = server.new_data(tmp_path_factory.mktemp("river") / "data")
    with server.process(data, WEIKE_PARALLEL_CLIPS="1") as process:
        people = {name: Person(process.base_url) for name in ("nobody", "lecturer", "staff", "member")}
        for name in ("lecturer", "staff", "member"):
            people[name].sign_in(name, server.password(name))
        lecturer = people["lecturer"]
        lesson_id = lecturer.new_lesson(
            "第一讲：绿水青山", lecturer="李明", topics="生态文明、乡村振兴", date="2026-11-02"
        )
        lecturer.transcript(lesson_id, lecture_words)
        events: list[dict[str, Any]] = []
        watching = threading.Thread(target=_watch, args=(lecturer, lesson_id, events), daemon=True)
        lecturer.upload(lesson_id, lecture)
        watching.start()
        early, early_playlist = _first_clip(lecturer, lesson_id)
        lesson = lecturer.wait(lesson_id, 180)
        watching.join(30)
        assert lesson["recording"] == "ready", (lesson["problem"], process.log_tail())
        published = people["staff"].api("POST", f"/lessons/{lesson_id}/publish")
        assert published.status_code == 200, published.text
        yield River(process, published.json(), events, early, early_playlist, people)
        for person in people.values():
            person.http.close()


def _watch(person: Person, lesson_id: str, events: list[dict[str, Any]]) -> None:
    with person.http.stream("GET", f"/lessons/{lesson_id}/events") as stream:
        for line in stream.iter_lines():
            if line.startswith("data: "):
                events.append(json.loads(line.removeprefix("data: ")))


def _first_clip(person: Person, lesson_id: str) -> tuple[dict[str, Any], int]:
    """Wait until a clip plays; returns the lesson at that moment and the status of that clip's playlist."""
    end = time.monotonic() + 120
    while time.monotonic() < end:
        lesson: dict[str, Any] = person.http.get(f"/api/v1/lessons/{lesson_id}").json()
        ready = [clip for clip in lesson["clips"] if clip["ready"]]
        if ready:
            return lesson, person.http.get(ready[0]["master"]).status_code
        time.sleep(0.03)
    raise AssertionError("no clip in two minutes")


def test_the_lecture_is_cut_into_clips_of_at_most_ten_minutes(river: River) -> None:
    clips = river.clips
    assert len(clips) >= 2
    assert [clip["n"] for clip in clips] == list(range(1, len(clips) + 1))
    assert clips[0]["start_s"] == 0
    assert all(a["end_s"] == b["start_s"] for a, b in pairwise(clips))
    assert all(60 <= clip["end_s"] - clip["start_s"] <= 600 for clip in clips)
    assert clips[-1]["end_s"] == pytest.approx(LECTURE_S, abs=0.2)


def test_cuts_lie_in_pauses(river: River) -> None:
    for clip in river.clips[:-1]:
        within = clip["end_s"] % media.SENTENCE_S
        assert within >= media.SENTENCE_S - media.PAUSE_S - 0.1 or within < 0.1


def test_the_first_clip_plays_before_the_last_is_made(river: River) -> None:
    assert [clip["ready"] for clip in river.early["clips"]][:2] == [True, False]
    assert river.early["recording"] == "working"
    assert river.early_playlist == 200


def test_every_step_is_told_live_and_the_last_event_says_ready(river: River) -> None:
    assert river.events[-1]["state"] == "ready"
    assert river.events[-1]["percent"] == 100
    steps = {step["id"]: step["state"] for step in river.events[-1]["steps"]}
    clips = [f"clip-{clip['n']}" for clip in river.clips]
    assert list(steps) == ["receive-0", "probe-0", "split-0", *clips, "captions-0", "index-0"]
    assert set(steps.values()) == {"done"}
    running = {s["id"] for event in river.events for s in event["steps"] if s["state"] == "running"}
    assert "clip-1" in running
    assert "clip-2" in running
    percents = [event["percent"] for event in river.events]
    assert percents == sorted(percents)


def _renditions(river: River) -> Iterator[tuple[dict[str, Any], str, m3u8.M3U8]]:
    """Each media playlist of each clip: the clip, its address, what it says."""
    http = river.people["nobody"].http
    for clip in river.clips:
        answer = http.get(clip["master"])
        assert answer.headers["content-type"] == "application/vnd.apple.mpegurl"
        master = m3u8.loads(answer.text)
        assert master.is_variant
        for variant in master.playlists:
            url = urljoin(river.address(clip["master"]), variant.uri)
            yield clip, url, m3u8.loads(http.get(url).text)


def test_every_playlist_parses_and_every_segment_is_there(river: River) -> None:
    http = river.people["nobody"].http
    segments = 0
    for clip, url, playlist in _renditions(river):
        assert playlist.is_endlist
        assert playlist.segment_map
        total_s = sum(segment.duration for segment in playlist.segments)
        assert total_s == pytest.approx(clip["end_s"] - clip["start_s"], abs=0.2)
        for name in [playlist.segment_map[0].uri, *(segment.uri for segment in playlist.segments)]:
            assert "://" not in name, "addresses inside a playlist are relative: the token is in the path"
            answer = http.get(urljoin(url, name))
            assert answer.status_code == 200
            assert len(answer.content) > 0
            assert "immutable" in answer.headers["cache-control"]
            segments += 1
    assert segments > 60


def test_ffmpeg_plays_each_rendition_without_a_complaint(river: River) -> None:
    for clip, url, _playlist in _renditions(river):
        assert media.played_s(url) == pytest.approx(clip["end_s"] - clip["start_s"], abs=0.2)


def test_the_clips_add_up_to_the_lecture(river: River) -> None:
    clips = river.clips
    assert sum(clip["duration_s"] for clip in clips) == pytest.approx(LECTURE_S, abs=0.2 * len(clips))


def test_captions_of_a_clip_begin_at_the_clip(river: River) -> None:
    second = river.clips[1]
    text = river.people["nobody"].http.get(f"/clips/{second['id']}/captions.vtt").text
    assert text.startswith("WEBVTT")
    assert SAID in text
    stamp = text[: text.index(SAID)].splitlines()[-1].partition(" --> ")[0]
    minutes, seconds = stamp.split(":")[-2:]
    assert float(minutes) * 60 + float(seconds) == pytest.approx(SAID_AT_S - second["start_s"], abs=0.1)


def test_a_view_counts_once_however_often_it_is_reported(river: River) -> None:
    member, clip = river.people["member"], river.clips[0]
    before = river.clips[0]["views"]

    play, again = member.play(clip["id"]), member.play(clip["id"])
    told = member.beat(play, (0, 60))
    assert not told["counted"], "nobody can have watched a minute in a moment"
    assert told["why"] == "clock"
    end = time.monotonic() + 30
    while not told["counted"] and time.monotonic() < end:
        time.sleep(0.5)
        told = member.beat(play, (0, 60))
    assert told["counted"]
    assert told["views"] == before + 1
    assert "views" not in member.beat(play, (0, 60)), "a second beat"

    assert member.beat(again, (0, 60))["why"] == "elsewhere", "two at once are one"
    while not (told := member.beat(again, (0, 60)))["counted"] and time.monotonic() < end:
        time.sleep(0.5)
    assert told["counted"]
    assert river.clips[0]["views"] == before + 1, "a second play within the hour"
    assert river.clips[1]["views"] == 0

    stats = river.people["lecturer"].http.get(f"/api/v1/lessons/{river.lesson['id']}/stats").json()
    assert stats.get("views") == before + 1, stats
    assert stats["people"] == 1
    assert stats["watched_s"] >= 20
    assert [day["views"] for day in stats["days"]] == [before + 1]


def test_fetching_everything_is_not_a_view(river: River) -> None:
    before = [clip["views"] for clip in river.clips]
    http = river.people["member"].http
    for _clip, url, playlist in _renditions(river):
        http.get(urljoin(url, playlist.segments[0].uri))
    assert [clip["views"] for clip in river.clips] == before


def test_search_finds_the_sentence_and_its_second(river: River) -> None:
    http = river.people["nobody"].http
    found = http.get("/api/v1/search", params={"q": "绿水青山就是金山银山"}).json()
    assert found["total"] >= 1
    hit = found["hits"][0]
    assert hit["lesson"] == river.lesson["id"]
    assert hit["clip"] == river.clips[1]["id"]
    assert "绿水青山" in hit["quote"]
    assert hit["lesson_start_s"] == pytest.approx(SAID_AT_S, abs=3)
    assert hit["start_s"] == pytest.approx(SAID_AT_S - river.clips[1]["start_s"], abs=3)
    page = http.get("/search", params={"q": "绿水青山就是金山银山"})
    link = f"/clips/{hit['clip']}?t={hit['start_s']:.1f}"
    assert link in page.text
    assert http.get(link).status_code == 200


def test_pages_show_the_lesson_its_clips_and_its_count(river: River) -> None:
    http = river.people["nobody"].http
    for path in ("/", "/lessons", "/lessons?topic=生态文明", f"/lessons/{river.lesson['id']}"):
        assert river.lesson["title"] in http.get(path).text, path
    page = http.get(f"/lessons/{river.lesson['id']}").text
    assert all(f"/clips/{clip['id']}" in page for clip in river.clips)


def test_every_picture_that_pages_name_is_there_and_small_in_lists(river: River) -> None:
    pages = [f"/lessons/{river.lesson['id']}", "/", f"/lessons/{river.lesson['id']}/cover"]
    for path in pages:
        page = river.people["lecturer"].http.get(path).text
        pairs = re.findall(r'<picture><source type="image/webp" srcset="([^"]+)"><img src="([^"]+)"', page)
        assert pairs, path
        for webp, jpeg in pairs:
            small = river.people["lecturer"].http.get(webp)
            large = river.people["lecturer"].http.get(jpeg)
            assert (small.status_code, small.headers["content-type"]) == (200, "image/webp"), webp
            assert (large.status_code, large.headers["content-type"]) == (200, "image/jpeg"), jpeg
            # This lecture is no wider than a list shows it: only the form saves.
            assert len(small.content) < 0.7 * len(large.content)


def test_a_withdrawn_lesson_is_gone_from_search_and_from_sight(river: River) -> None:
    staff, nobody = river.people["staff"], river.people["nobody"]
    path, clip = f"/lessons/{river.lesson['id']}", river.clips[0]
    assert staff.api("POST", f"{path}/withdraw").status_code == 200
    try:
        assert nobody.http.get("/api/v1/search", params={"q": "绿水青山"}).json()["total"] == 0
        assert nobody.http.get(path).status_code == 404
        assert nobody.http.get(f"/clips/{clip['id']}").status_code == 404
        assert nobody.http.get(f"/clips/{clip['id']}/captions.vtt").status_code == 404
        assert nobody.api("POST", f"/clips/{clip['id']}/plays").status_code == 404
    finally:
        assert staff.api("POST", f"{path}/publish").status_code == 200
