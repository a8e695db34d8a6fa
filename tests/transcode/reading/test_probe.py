"""What ffprobe said, as facts. The samples are real answers of ffprobe 8.1."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from transcode.errors import Refused
from transcode.reading.facts import Facts
from transcode.reading.probe import MAX_CHAPTERS, MAX_TITLE_CHARS, parse_probe
from transcode.reading.sniff import Container

SAMPLES = Path(__file__).with_name("samples")
MP4 = Container("mp4", "mov")


def sample(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((SAMPLES / f"{name}.json").read_text())
    return found


def test_a_turned_phone_video() -> None:
    facts = parse_probe(sample("rot-mp4"), MP4)
    assert facts.video is not None
    assert facts.audio is not None
    assert (facts.video.width, facts.video.height, facts.video.rotation) == (180, 320, 270)
    assert (facts.video.codec, facts.video.rate, facts.video.variable_rate) == ("h264", (10, 1), False)
    assert (facts.audio.codec, facts.audio.channels, facts.audio.sample_rate_hz) == ("aac", 1, 44100)
    assert facts.duration_s == 5.0


def test_an_interlaced_anamorphic_broadcast() -> None:
    facts = parse_probe(sample("pal-mpg"), Container("mpegps", "mpeg"))
    assert facts.video is not None
    assert (facts.video.width, facts.video.height) == (768, 576)
    assert facts.video.interlaced
    assert facts.audio is None


def test_a_browser_recording_without_lengths_takes_them_from_the_packets() -> None:
    with pytest.raises(Refused) as caught:
        parse_probe(sample("rec-webm"), Container("webm", "matroska"))
    assert caught.value.code == "nothing_playable"
    facts = parse_probe(sample("rec-webm"), Container("webm", "matroska"), {0: 3.0, 1: 3.008})
    assert facts.video is not None
    assert (facts.duration_s, facts.video.end_s) == pytest.approx((3.015, 3.007), abs=0.01)


def test_a_cover_is_not_a_picture_to_play() -> None:
    facts = parse_probe(sample("cover-mp3"), Container("mp3", "mp3"))
    assert facts.video is None
    assert facts.audio is not None


def test_streams_that_start_later_are_on_the_lectures_clock() -> None:
    facts = parse_probe(sample("a-ts"), Container("mpegts", "mpegts"))
    assert facts.start_s == 1.4
    assert facts.video is not None
    assert facts.audio is not None
    assert facts.video.start_s == pytest.approx(0.023, abs=0.001)
    assert facts.audio.start_s == 0.0


def test_facts_survive_json() -> None:
    for name in ("rot-mp4", "pal-mpg", "cover-mp3"):
        facts = parse_probe(sample(name), MP4)
        assert Facts.from_json(json.loads(json.dumps(facts.to_json()))) == facts


def test_the_default_sound_is_taken() -> None:
    found = sample("rot-mp4")
    sound = next(stream for stream in found["streams"] if stream["codec_type"] == "audio")
    other = {**sound, "index": 7, "disposition": {"default": 1}}
    found["streams"] = [*found["streams"][:1], {**sound, "disposition": {}}, other]
    facts = parse_probe(found, MP4)
    assert facts.audio is not None
    assert facts.audio.index == 7


def test_a_variable_rate_is_seen() -> None:
    found = sample("rot-mp4")
    found["streams"][0] |= {"avg_frame_rate": "13759/512", "r_frame_rate": "90000/1"}
    facts = parse_probe(found, MP4)
    assert facts.video is not None
    assert facts.video.variable_rate


def test_chapters() -> None:
    found = sample("a-ts")
    found["chapters"] = [{"start_time": "1.4", "end_time": "3.9", "tags": {"title": "第一讲"}}]
    (chapter,) = parse_probe(found, MP4).chapters
    assert (chapter.start_s, chapter.end_s) == pytest.approx((0.0, 2.5))
    assert chapter.title == "第一讲"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"codec_tag_string": "encv"}, "encrypted"),
        ({"width": 16000, "height": 16000}, "too_large_picture"),
    ],
)
def test_what_cannot_be_played_is_refused(change: dict[str, Any], code: str) -> None:
    found = sample("rot-mp4")
    found["streams"][0] |= change
    with pytest.raises(Refused) as caught:
        parse_probe(found, MP4)
    assert caught.value.code == code


def test_subtitles_that_go_on_do_not_make_the_lecture_longer() -> None:
    found = sample("rot-mp4")
    found["format"]["duration"] = "50000"
    found["streams"].append({"index": 2, "codec_type": "subtitle", "duration": "50000"})
    assert parse_probe(found, MP4).duration_s == 5.0
    assert parse_probe(found, MP4, {0: 5.0, 1: 4.9, 2: 50000.0}).duration_s == 5.0


def test_a_stream_without_a_single_packet_does_not_count() -> None:
    facts = parse_probe(sample("rot-mp4"), MP4, {0: 5.0})
    assert facts.video is not None
    assert facts.audio is None


@pytest.mark.parametrize(
    ("kind", "index", "unread"), [("video", 0, {"width": 0}), ("audio", 1, {"channels": 0})]
)
def test_a_lecture_does_not_lose_its_picture_or_sound_in_silence(
    kind: str, index: int, unread: dict[str, int]
) -> None:
    found = sample("rot-mp4")
    stream = next(one for one in found["streams"] if one["codec_type"] == kind)
    stream |= {**unread, "index": index, "codec_name": "av3a"}
    facts = parse_probe(found, MP4, {0: 5.0, 1: 5.0})
    assert [(one.code, one.values) for one in facts.remarks] == [
        (f"{'picture' if kind == 'video' else 'sound'}_unknown", {"found": "av3a"})
    ]


def test_chapters_without_end_are_cut_off() -> None:
    found = sample("rot-mp4")
    found["chapters"] = [{"start_time": str(n), "tags": {"title": "讲" * 5000}} for n in range(10_000)]
    chapters = parse_probe(found, MP4).chapters
    assert len(chapters) == MAX_CHAPTERS
    assert len(chapters[0].title) == MAX_TITLE_CHARS


def test_too_long_and_nothing_at_all() -> None:
    found = sample("rot-mp4")
    for stream in found["streams"]:
        stream["duration"] = "50000"
    found["format"]["duration"] = "50000"
    with pytest.raises(Refused) as caught:
        parse_probe(found, MP4)
    assert caught.value.code == "too_long"
    with pytest.raises(Refused) as caught:
        parse_probe({}, MP4)
    assert caught.value.code == "nothing_playable"
