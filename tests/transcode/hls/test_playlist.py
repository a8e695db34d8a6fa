"""Playlists, read and written; the `m3u8` package is the judge of what we write."""

from __future__ import annotations

import m3u8
import pytest

from transcode.hls.playlist import (
    Rendition,
    Segment,
    master_playlist,
    measure_bandwidth,
    parse_media_playlist,
    start_first,
)

WRITTEN_BY_FFMPEG = """#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:6
#EXT-X-MEDIA-SEQUENCE:1
#EXT-X-PLAYLIST-TYPE:VOD
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MAP:URI="init.mp4"
#EXTINF:6.006000,
00001.m4s
#EXTINF:4.000000,
00002.m4s
#EXT-X-ENDLIST
"""


def rendition(name: str, **changes: object) -> Rendition:
    values = {
        "name": name,
        "playlist": f"{name}/index.m3u8",
        "width": 1280,
        "height": 720,
        "bandwidth_bps": 900_000,
        "average_bps": 600_000,
        "codecs": "avc1.64001f,mp4a.40.2",
        "fps": 29.97003,
        "duration_s": 10.0,
    }
    return Rendition(**{**values, **changes})  # type: ignore[arg-type]


def test_a_media_playlist() -> None:
    playlist = parse_media_playlist(WRITTEN_BY_FFMPEG)
    assert playlist.init_uri == "init.mp4"
    assert playlist.segments == (Segment("00001.m4s", 6.006), Segment("00002.m4s", 4.0))
    assert playlist.ended
    assert playlist.duration_s == pytest.approx(10.006)


def test_a_playlist_that_was_cut_off_has_not_ended() -> None:
    assert not parse_media_playlist(WRITTEN_BY_FFMPEG.removesuffix("#EXT-X-ENDLIST\n")).ended
    assert parse_media_playlist("").segments == ()


def test_players_begin_with_a_modest_rendition() -> None:
    sizes = {"1080p": (1920, 1080), "720p": (1280, 720), "480p": (854, 480), "360p": (640, 360)}
    ladder = [
        rendition(name, width=width, height=height, bandwidth_bps=width)
        for name, (width, height) in sizes.items()
    ]
    assert [one.name for one in start_first(ladder)] == ["480p", "1080p", "720p", "360p"]
    assert [one.name for one in start_first(ladder[:2])] == ["720p", "1080p"]
    turned = [rendition("720p", width=720, height=1280), rendition("480p", width=480, height=854)]
    assert start_first(turned)[0].name == "480p"


def test_no_player_begins_without_a_picture_where_there_is_one() -> None:
    sound = rendition("audio", width=None, height=None, fps=None, bandwidth_bps=66_000)
    slides = rendition("1080p", width=1920, height=1080, bandwidth_bps=60_000)  # a slide can cost less
    assert [one.name for one in start_first([sound, slides])] == ["1080p", "audio"]
    assert start_first([sound]) == [sound]


def test_borders() -> None:
    assert parse_media_playlist(WRITTEN_BY_FFMPEG).borders_s == pytest.approx((6.006, 10.006))


def test_a_master_playlist() -> None:
    sound = rendition("audio", width=None, height=None, fps=None, codecs="mp4a.40.2")
    master = m3u8.loads(master_playlist([rendition("720p"), sound]))
    assert master.is_variant
    assert master.is_independent_segments
    first, second = master.playlists
    assert first.uri == "720p/index.m3u8"
    assert first.stream_info.bandwidth == 900_000
    assert first.stream_info.average_bandwidth == 600_000
    assert first.stream_info.resolution == (1280, 720)
    assert first.stream_info.frame_rate == 29.97
    assert first.stream_info.codecs == "avc1.64001f,mp4a.40.2"
    assert second.stream_info.resolution is None
    assert second.stream_info.frame_rate is None


@pytest.mark.parametrize(
    ("sizes", "durations", "wanted"),
    [
        ([600, 1200], [6, 6], (1600, 1200)),
        ([600, 600, 400], [6, 6, 1], (1143, 985)),  # the short end counts with its neighbour
        ([100], [1], (800, 800)),
    ],
)
def test_bandwidth(sizes: list[int], durations: list[float], wanted: tuple[int, int]) -> None:
    assert measure_bandwidth(sizes, durations, 6) == wanted
