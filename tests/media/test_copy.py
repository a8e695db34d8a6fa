"""Clips whose best rendition is the original's own packets, from real recordings."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import m3u8
import pytest

from tests.media.conftest import Maker, picture, tone
from tests.media.inspection import check_bandwidth, check_clip, key_times, packets, signal
from transcode.checking.renditions import check_even
from transcode.checking.segments import picture_starts
from transcode.encoding.package import ClipOutput, encode_clip
from transcode.errors import Failed
from transcode.hls.playlist import Segment, parse_media_playlist
from transcode.planning.key_frames import key_frames
from transcode.planning.ladder import plan_clip
from transcode.planning.plan import Plan
from transcode.reading.probe import probe
from transcode.tools import Tools

pytestmark = [pytest.mark.slow, pytest.mark.dear(72)]

X264 = ["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "64k"]
SCENES = "expr:eq(n,0)+eq(n,13)+eq(n,60)+eq(n,71)+eq(n,140)+eq(n,170)+eq(n,171)+eq(n,240)"
"""Key frames where a slide turns, that is anywhere."""


@pytest.fixture(scope="session")
def steady(make: Maker) -> Path:
    """24 s of 640x480 with B-frames and a key frame every 2 s."""
    keys = ["-bf", "3", "-g", "20", "-keyint_min", "20", "-sc_threshold", "0"]
    return make("steady.mp4", *picture("640x480", "10", 24), *tone(24), *X264, *keys)


def make_copy(
    tools: Tools, source: Path, folder: Path, start_s: float, end_s: float
) -> tuple[Plan, ClipOutput]:
    facts = probe(tools, source)
    keys = key_frames(tools, source, facts)
    plan = plan_clip(facts, start_s, min(end_s, facts.duration_s), key_frames=keys)
    assert plan.copy_reason == "copied"
    return plan, encode_clip(tools, source, plan, folder)


def payloads(tools: Tools, source: Path, *read: str) -> list[int]:
    """The sizes of a picture's packets in the order of decoding: nearly a finger print."""
    return [int(one["size"]) for one in packets(tools, source, *read) if one["kind"] == "video"]


def test_the_best_rendition_is_the_originals_own(tools: Tools, steady: Path, tmp_path: Path) -> None:
    told: list[tuple[str, tuple[Segment, ...]]] = []
    facts = probe(tools, steady)
    plan = plan_clip(facts, 4.0, 18.0, key_frames=key_frames(tools, steady, facts))
    folder = tmp_path / "clip"
    output = encode_clip(tools, steady, plan, folder, on_segments=lambda *one: told.append(one))
    check_clip(tools, folder, output, 14.0)
    assert (plan.copy_reason, output.copy_reason) == ("copied", "copied")
    assert (plan.start_s, plan.duration_s) == (4.0, 14.0)
    assert [(one.name, one.width, one.height) for one in output.renditions[:2]] == [
        ("480p", 640, 480),
        ("360p", 480, 360),
    ]
    copied = payloads(tools, folder / "480p/index.m3u8")
    assert len(copied) == 140
    whole = payloads(tools, steady, "-f", "mov")
    # The first packet of a stream also carries what ffmpeg wrote about itself.
    assert copied[1:] == whole[41 : 40 + 140]
    assert told[-1] == ("480p", parse_media_playlist((folder / "480p/index.m3u8").read_text()).segments)
    firsts = picture_starts(folder / "360p", "init.mp4", ["00001.m4s", "00002.m4s", "00003.m4s"])
    assert firsts == [(0.0, True), (6.0, True), (12.0, True)]
    borders = [
        parse_media_playlist((folder / one.playlist).read_text()).borders_s for one in output.renditions
    ]
    assert borders[0] == borders[1] == pytest.approx((6.0, 12.0, 14.0))
    assert borders[2] == pytest.approx(borders[0], abs=0.05)


def test_segments_begin_where_the_original_has_its_key_frames(
    tools: Tools, make: Maker, tmp_path: Path
) -> None:
    """At uneven distances: every segment of both renditions begins with a key frame at the same moment."""
    keys = ["-force_key_frames", SCENES, "-g", "100", "-sc_threshold", "0"]
    source = make("scenes.mp4", *picture("640x480", "10", 28), *tone(28), *X264, *keys)
    plan, output = make_copy(tools, source, tmp_path / "clip", 0.0, 28.0)
    assert output.copy_reason == "copied"
    check_clip(tools, tmp_path / "clip", output, 28.0)
    check_bandwidth(tmp_path / "clip", output)
    best, lower = (key_times(tools, tmp_path / "clip" / one.playlist) for one in output.renditions[:2])
    assert plan.picture is not None
    assert plan.picture.copied is not None
    assert lower == [0.0, *(border / 10 for border in plan.picture.copied.borders)]
    assert set(lower) < set(best)
    for one in output.renditions[:2]:
        playlist = m3u8.loads((tmp_path / "clip" / one.playlist).read_text())
        ends = [sum(part.duration for part in playlist.segments[:n]) for n in range(len(playlist.segments))]
        assert ends == pytest.approx(lower)
        assert all(part.duration <= playlist.target_duration + 0.5 for part in playlist.segments)


@pytest.mark.spread("rate")
@pytest.mark.parametrize("rate", ["15", "24000/1001", "24", "25", "30000/1001", "30"])
def test_a_forced_key_frame_is_not_rounded_to_the_frame_before(
    tools: Tools, make: Maker, tmp_path: Path, rate: str
) -> None:
    """At 30 frames a second ffmpeg 5.1 cut the lower rendition a frame early, and nothing was ever copied."""
    keys = ["-bf", "0", "-force_key_frames", "expr:gte(t,n_forced*2)", "-sc_threshold", "0"]
    name = rate.replace("/", "_")
    source = make(f"rate{name}.mp4", *picture("480x480", rate, 14), *tone(14), *X264, *keys)
    _, output = make_copy(tools, source, tmp_path / "clip", 0.0, 14.0)
    assert output.copy_reason == "copied"


def test_copied_clips_next_to_each_other_lose_and_repeat_no_frame(
    tools: Tools, make: Maker, tmp_path: Path
) -> None:
    """Each frame has its own grey, and a beep sounds every 2 s."""
    grey = "color=black:s=64x64:r=30000/1001:d=25,geq=lum='16+mod(N*7,200)':cb=128:cr=128"
    source = make(
        "greys-copied.mp4",
        *["-f", "lavfi", "-i", grey],
        *["-f", "lavfi", "-i", "aevalsrc='0.5*sin(2*PI*1000*t)*lt(mod(t,2),0.2)':d=25:s=48000"],
        *[*X264, "-bf", "2", "-qp", "1", "-g", "50", "-keyint_min", "50", "-sc_threshold", "0"],
    )
    facts = probe(tools, source)
    keys = key_frames(tools, source, facts)
    greys: list[int] = []
    beeps: list[float] = []
    for n, (first, last) in enumerate(pairwise((0, 3, 9, len(keys.times_s)))):
        end_s = keys.times_s[last] if last < len(keys.times_s) else facts.duration_s
        plan, output = make_copy(tools, source, tmp_path / str(n), keys.times_s[first], end_s)
        assert output.copy_reason == "copied"
        seen = signal(tools, tmp_path / str(n) / output.renditions[0].playlist)
        greys += seen.luma
        loud = seen.loud
        beeps += [
            plan.start_s + at * 0.005
            for at in range(10, len(loud))
            if loud[at] > 0.2 >= max(loud[at - 9 : at])
        ]
    whole = [round((n * 7 % 200) * 255 / 219) for n in range(750)]
    assert len(greys) == len(whole)
    assert max(abs(one - other) for one, other in zip(greys, whole, strict=True)) <= 3
    assert beeps == pytest.approx([float(at) for at in range(2, 25, 2)], abs=0.03)


def test_a_file_whose_clock_begins_later(tools: Tools, make: Maker, steady: Path, tmp_path: Path) -> None:
    """And whose sound's priming comes before its picture, by 21 ms."""
    source = make("later.mp4", "-i", str(steady), "-c", "copy", "-output_ts_offset", "3")
    plan, output = make_copy(tools, source, tmp_path / "clip", 0.0, 24.1)
    assert output.copy_reason == "copied"
    assert 0 < plan.start_s < 0.03
    assert plan.duration_s == 24.0
    check_clip(tools, tmp_path / "clip", output, 24.0)
    whole = payloads(tools, steady, "-f", "mov")
    assert payloads(tools, tmp_path / "clip/480p/index.m3u8")[1:] == whole[1:]


UNFIT = {
    "parts of a moment": ("edits", ["-ss", "1.3", "-i", "STEADY", "-c", "copy"]),
    "Matroska": ("container", ["-i", "STEADY", "-c", "copy"]),
    "fragments": ("container", ["-i", "STEADY", "-c", "copy", "-movflags", "frag_keyframe+empty_moov"]),
    "open groups": ("key_frames", [*picture("320x240", "10", 8), *X264, "-bf", "3", "-g", "20",
                                   "-x264-params", "open-gop=1"]),
    "recovery points": ("key_frames", [*picture("320x240", "10", 8), *X264, "-bf", "0", "-g", "20",
                                       "-x264-params", "intra-refresh=1"]),
    "no key frames": ("key_frames", [*picture("320x240", "5", 30), *X264, "-g", "999"]),
    "only key frames": ("key_frames", [*picture("320x240", "10", 8), *X264, "-g", "1"]),
    "10 bits": ("codec", [*picture(), *X264, "-pix_fmt", "yuv420p10le"]),
    "turned": ("picture_format", ["-display_rotation", "90", "-i", "STEADY", "-c", "copy"]),
    "a frame is missing": ("uneven", [*picture("320x240", "25", 12), "-vf", "select='not(eq(n,131))'",
                                      "-fps_mode", "vfr", *X264, "-g", "50", "-keyint_min", "50"]),
    "many bits": ("bitrate", [*picture("320x240", "25", 3), *X264, "-vf", "noise=alls=90:allf=t",
                              "-qp", "4"]),
}  # fmt: skip


@pytest.mark.spread("kind")
@pytest.mark.parametrize("kind", UNFIT)
def test_what_cannot_be_copied_is_encoded_and_says_why(
    wheel_tools: Tools, make: Maker, steady: Path, kind: str
) -> None:
    reason, args = UNFIT[kind]
    suffix = "mkv" if kind == "Matroska" else "mp4"
    command = [str(steady) if arg == "STEADY" else arg for arg in args]
    source = make(f"unfit-{kind.replace(' ', '-')}.{suffix}", *command)
    facts = probe(wheel_tools, source)
    plan = plan_clip(facts, 0, facts.duration_s, key_frames=key_frames(wheel_tools, source, facts))
    assert plan.copy_reason == reason


def test_a_copy_that_does_not_fit_is_encoded_after_all(tools: Tools, steady: Path, tmp_path: Path) -> None:
    """The plan believes in key frames that are not there."""
    facts = probe(tools, steady)
    keys = key_frames(tools, steady, facts)
    moved = replace(keys, times_s=tuple(n * 3.0 for n in range(8)), frames=tuple(n * 30 for n in range(8)))
    plan = plan_clip(facts, 3.0, 15.0, key_frames=moved)
    assert plan.copy_reason == "copied"
    output = encode_clip(tools, steady, plan, tmp_path / "clip")
    check_clip(tools, tmp_path / "clip", output, 12.0)
    assert output.copy_reason == "check"
    assert key_times(tools, tmp_path / "clip/480p/index.m3u8") == [0.0, 6.0]


def test_a_rendition_that_is_out_of_step_is_noticed(wheel_tools: Tools, steady: Path, tmp_path: Path) -> None:
    """Playlists that agree are not enough: here one rendition's files are those of the next moments."""
    plan, output = make_copy(wheel_tools, steady, tmp_path / "one", 0.0, 12.0)
    other, _ = make_copy(wheel_tools, steady, tmp_path / "other", 4.0, 22.0)
    assert (plan.duration_s, other.duration_s) == (12.0, 18.0)
    playlists = {
        one.name: parse_media_playlist((tmp_path / "one" / one.playlist).read_text())
        for one in output.renditions
    }
    check_even(tmp_path / "one", playlists, plan)
    later = (tmp_path / "other/360p/00003.m4s").read_bytes()
    (tmp_path / "one/360p/00002.m4s").write_bytes(later)
    with pytest.raises(Failed) as caught:
        check_even(tmp_path / "one", playlists, plan)
    assert caught.value.code == "uneven_output"
