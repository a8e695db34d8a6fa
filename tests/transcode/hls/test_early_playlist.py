"""A clip that is still being made: what a player begins with, and what is listed of it."""

from __future__ import annotations

import m3u8
import pytest

from tests.transcode.records import facts, video
from transcode.hls.early_playlist import event_playlist, first_rendition, planned_segments
from transcode.hls.playlist import Segment, parse_media_playlist
from transcode.planning.ladder import plan_clip
from transcode.reading.facts import Facts


def test_an_event_playlist_ends_only_when_it_is_told() -> None:
    segments = [Segment("00001.m4s", 6.006), Segment("00002.m4s", 6.006)]
    text = event_playlist("init.mp4", segments, 6.006, ended=False)
    listed = m3u8.loads(text)
    assert listed.playlist_type == "event"
    assert not listed.is_endlist
    assert listed.target_duration == 6
    assert listed.segment_map[0].uri == "init.mp4"
    assert [(one.uri, one.duration) for one in listed.segments] == [
        ("00001.m4s", 6.006),
        ("00002.m4s", 6.006),
    ]
    assert event_playlist("init.mp4", segments, 6.006, ended=True) == text + "#EXT-X-ENDLIST\n"
    assert parse_media_playlist(text).segments == tuple(segments)


@pytest.mark.parametrize(
    ("recording", "name"),
    [
        (facts(), "480p"),
        (facts(video=video(width=1080, height=1920)), "480p"),
        (facts(video=None), "audio"),
    ],
)
def test_a_modest_rendition_is_what_a_player_begins_with(recording: Facts, name: str) -> None:
    assert first_rendition(plan_clip(recording, 0, 600)) == name


def test_the_segments_of_a_plan_cover_it() -> None:
    for recording in (facts(), facts(audio=None), facts(video=None)):
        plan = plan_clip(recording, 0, 599.96)
        segments = planned_segments(plan)
        assert sum(one.duration_s for one in segments) == pytest.approx(plan.duration_s, abs=1e-3)
        assert len(segments) == 100
        assert segments[9].uri == "00010.m4s"
