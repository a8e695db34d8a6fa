"""Clips from real recordings, judged by decoding them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from statistics import median

import m3u8
import pytest

from tests.media.conftest import FAST, Maker, picture, tone
from tests.media.inspection import (
    check_bandwidth,
    check_clip,
    key_times,
    packets,
    signal,
    sound_apart_s,
)
from transcode.encoding.package import ClipOutput, Progress, encode_clip
from transcode.hls.playlist import Segment, parse_media_playlist
from transcode.planning.ladder import plan_clip
from transcode.planning.plan import Plan
from transcode.reading.boxes import top_boxes
from transcode.reading.facts import Facts
from transcode.reading.probe import probe
from transcode.tools import Tools

pytestmark = [pytest.mark.slow, pytest.mark.dear(112)]


def encode(
    tools: Tools, source: Path, folder: Path, start_s: float = 0.0, end_s: float | None = None
) -> Made:
    facts = probe(tools, source)
    plan = plan_clip(facts, start_s, facts.duration_s if end_s is None else end_s)
    return Made(facts, plan, encode_clip(tools, source, plan, folder))


class Made:
    """A clip with what it was made from."""

    def __init__(self, facts: Facts, plan: Plan, output: ClipOutput) -> None:
        self.facts, self.plan, self.output = facts, plan, output


def test_a_clip_of_a_lecture(tools: Tools, lecture: Path, tmp_path: Path) -> None:
    told: list[Progress] = []
    facts = probe(tools, lecture)
    plan = plan_clip(facts, 0.0, facts.duration_s)
    output = encode_clip(tools, lecture, plan, tmp_path / "clip", told.append)

    check_clip(tools, tmp_path / "clip", output, 14.0)
    assert [(one.name, one.width, one.height) for one in output.renditions] == [
        ("480p", 640, 480),
        ("360p", 480, 360),
        ("audio", None, None),
    ]
    assert output.poster in output.stills
    assert (len(output.stills), output.strip) == (8, "strip/index.vtt")
    percents = [one.percent for one in told]
    assert percents == sorted(percents)
    assert percents[-1] == 100.0
    master = m3u8.loads((tmp_path / "clip/master.m3u8").read_text())
    assert [variant.uri for variant in master.playlists][-1] == "audio/index.m3u8"
    sound = master.playlists[-1].stream_info
    assert (sound.codecs, sound.resolution, sound.frame_rate) == ("mp4a.40.2", None, None)
    assert 30_000 < sound.average_bandwidth <= sound.bandwidth < 80_000
    for variant in master.playlists[:-1]:
        told_info = variant.stream_info
        assert told_info.codecs.startswith("avc1.64")
        assert told_info.codecs.endswith(",mp4a.40.2")
        assert told_info.frame_rate == 10.0
        assert told_info.bandwidth >= told_info.average_bandwidth > 10_000
    first, second = (key_times(tools, tmp_path / "clip" / one.playlist) for one in output.renditions[:2])
    assert first == second == [0.0, 6.0, 12.0]
    # Browsers pass over empty edits: what ffmpeg shifts by one, they would play out of step.
    for rendition in output.renditions:
        init = (tmp_path / "clip" / rendition.name / "init.mp4").read_bytes()
        assert b"elst" in init
        assert b"\xff\xff\xff\xff\x00\x01\x00\x00" not in init  # media time -1 at rate 1: an empty edit
        listed = packets(tools, tmp_path / "clip" / rendition.playlist)
        firsts = {
            kind: min(float(one["pts_time"]) for one in listed if one["kind"] == kind)
            for kind in {one["kind"] for one in listed}
        }
        assert firsts.get("video", 0.0) == 0.0
        assert ("video" in firsts) == (rendition.name != "audio")
        assert -0.03 < firsts["audio"] <= 0.0  # the encoder's priming, which players drop


@pytest.mark.parametrize("kind", ["few samples a second", "a hole of half a minute"])
def test_segments_held_the_sound_of_other_moments(
    tools: Tools, make: Maker, tmp_path: Path, kind: str
) -> None:
    """A filter let one piece of sound through for each that was read, where two were needed; and ffmpeg waits
    for sound 10 s, then writes pictures without it. Who opened a clip in the middle heard the lecturer and
    saw nothing move.
    """
    sound = tone(70, 16_000)
    if kind == "a hole of half a minute":
        sound = ["-f", "lavfi", "-i", "sine=d=70:r=16000,aselect=lt(t\\,20)+gt(t\\,50)"]
    slides = make(f"{kind}.mkv", *picture("320x180", "10", 70), *sound, *FAST)
    made = encode(tools, slides, tmp_path / "clip")
    for rendition in made.output.renditions:
        if rendition.height:
            apart = sound_apart_s(tools, tmp_path / "clip", rendition.name)
            assert len(apart) == 12
            assert max(map(abs, apart)) < 0.3, apart  # B-frames are decoded two frames early


def test_segments_are_told_as_they_become_complete(tools: Tools, lecture: Path, tmp_path: Path) -> None:
    """What was told is what the finished rendition has; each was whole when it was told."""
    told: list[tuple[str, tuple[Segment, ...]]] = []

    def look(name: str, segments: tuple[Segment, ...]) -> None:
        told.append((name, segments))
        for file in ("init.mp4", *(one.uri for one in segments)):
            assert top_boxes(tmp_path / "clip" / name / file)
            first.setdefault(file, (tmp_path / "clip" / name / file).read_bytes())

    first: dict[str, bytes] = {}
    plan = plan_clip(probe(tools, lecture), 0.0, 14.0)
    encode_clip(tools, lecture, plan, tmp_path / "clip", on_segments=look)
    assert {name for name, _ in told} == {"480p"}
    counts = [len(segments) for _, segments in told]
    assert counts == sorted(set(counts))
    made = parse_media_playlist((tmp_path / "clip/480p/index.m3u8").read_text())
    assert told[-1][1] == made.segments
    assert first == {file: (tmp_path / "clip/480p" / file).read_bytes() for file in first}


def test_the_rates_in_the_master_are_those_of_the_files(tools: Tools, make: Maker, tmp_path: Path) -> None:
    """A slide, then something wild, then a slide: the peak is far from the average."""
    wild = "testsrc2=s=640x480:r=10:d=31,noise=alls=60:allf=t:enable='between(t,14,19)'"
    source = make("wild.mp4", "-f", "lavfi", "-i", wild, *tone(31), *FAST, "-qp", "10")
    made = encode(tools, source, tmp_path / "clip")
    check_bandwidth(tmp_path / "clip", made.output)
    best = made.output.renditions[0]
    assert best.bandwidth_bps > 1.5 * best.average_bps


def test_a_clip_from_the_middle_keeps_picture_and_sound_in_step(
    tools: Tools, make: Maker, tmp_path: Path
) -> None:
    """Every two seconds a flash and a beep: they must come at the right time, together, in every clip."""
    source = make(
        "flash.mp4",
        *[
            "-f",
            "lavfi",
            "-i",
            "color=black:s=160x90:r=25:d=40,drawbox=t=fill:color=white:enable='lt(mod(t,2),0.2)'",
        ],
        *["-f", "lavfi", "-i", "aevalsrc='0.5*sin(2*PI*1000*t)*lt(mod(t,2),0.2)':d=40:s=48000"],
        *[*FAST, "-g", "90"],
    )
    made = encode(tools, source, tmp_path / "clip", 13.013, 31.7)
    check_clip(tools, tmp_path / "clip", made.output, 31.7 - 13.013)
    seen = signal(tools, tmp_path / "clip" / made.output.renditions[0].playlist)
    flashes = [n / 25 for n in range(1, len(seen.luma)) if seen.luma[n] > 128 >= seen.luma[n - 1]]
    beeps = [
        n * 0.005 for n in range(1, len(seen.loud)) if seen.loud[n] > 0.2 >= max(seen.loud[max(0, n - 9) : n])
    ]
    wanted = [at - made.plan.start_s for at in range(14, 32, 2)]
    assert flashes == pytest.approx(wanted, abs=0.021)
    assert beeps == pytest.approx(wanted, abs=0.03)


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "ts", "flv"])
def test_clips_next_to_each_other_lose_and_repeat_no_frame(
    wheel_tools: Tools, make: Maker, tmp_path: Path, suffix: str
) -> None:
    """Each frame has its own grey; the clips' frames, one after the other, are the lecture's."""
    source = make(
        f"greys.{suffix}",
        *[
            "-f",
            "lavfi",
            "-i",
            "color=black:s=64x64:r=30000/1001:d=25,geq=lum='16+mod(N*7,200)':cb=128:cr=128",
        ],
        *["-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-qp", "1", "-g", "50"],
    )
    duration_s = probe(wheel_tools, source).duration_s
    greys: list[int] = []
    for n, (start_s, end_s) in enumerate([(0, 2.71), (2.71, 15.449), (15.449, duration_s)]):
        made = encode(wheel_tools, source, tmp_path / str(n), start_s, end_s)
        rendition = tmp_path / str(n) / made.output.renditions[0].playlist
        greys += signal(wheel_tools, rendition, audio=False).luma
    whole = [round((n * 7 % 200) * 255 / 219) for n in range(750)]
    assert len(greys) == len(whole)
    assert max(abs(one - other) for one, other in zip(greys, whole, strict=True)) <= 3


def test_streams_that_start_at_different_times_come_out_equal(
    tools: Tools, make: Maker, tmp_path: Path
) -> None:
    source = make(
        "late.mkv", *picture(seconds=9), "-itsoffset", "2.5", *tone(5), "-map", "0:v", "-map", "1:a", *FAST
    )
    made = encode(tools, source, tmp_path / "clip")
    check_clip(tools, tmp_path / "clip", made.output, 9.0)
    seen = signal(tools, tmp_path / "clip" / made.output.renditions[0].playlist)
    assert len(seen.luma) == 45
    assert len(seen.loud) * 0.005 == pytest.approx(9.0, abs=0.05)
    loud = [n * 0.005 for n, level in enumerate(seen.loud) if level > 0.02]
    assert (loud[0], loud[-1]) == pytest.approx((2.5, 7.5), abs=0.06)


def test_a_slide_that_stands_for_long_is_there_when_a_clip_begins_on_it(
    tools: Tools, make: Maker, tmp_path: Path
) -> None:
    """Variable frame rate: one frame at 0, one at 12; the clip begins at 6."""
    source = make(
        "slides.mkv",
        *["-f", "lavfi", "-i", "color=gray:s=160x90:r=1:d=20,drawbox=t=fill:color=white:enable='gte(t,12)'"],
        *["-vf", "select='eq(n,0)+eq(n,12)+eq(n,19)'", "-fps_mode", "passthrough", "-c:v", "libx264"],
    )
    made = encode(tools, source, tmp_path / "clip", 6.0, 18.0)
    seen = signal(tools, tmp_path / "clip" / made.output.renditions[0].playlist, audio=False)
    half = len(seen.luma) // 2
    assert max(seen.luma[: half - 2]) < 150
    assert min(seen.luma[half + 2 :]) > 200


ODD = {
    "silent": ["a.mp4", *picture(), *FAST],
    "odd size": ["b.mkv", *picture("321x241"), *tone(), "-c:v", "ffv1", "-c:a", "flac"],
    "anamorphic": ["c.mp4", *picture("360x288"), *tone(), "-vf", "setsar=16/15", *FAST],
    "interlaced": ["d.ts", *picture("320x240", "25"), *tone(), "-vf", "interlace", "-flags", "+ildct+ilme",
                   "-c:v", "mpeg2video", "-c:a", "mp2"],
    "60 frames": ["e.mp4", *picture(rate="60", seconds=3), *tone(3), *FAST],
    "variable rate": ["f.mp4", *picture(rate="30"), *tone(), "-vf", "select='lt(t,2)+not(mod(n,3))'",
                      "-fps_mode", "vfr", *FAST],
    "HEVC 10 bit": ["g.mkv", *picture(), *tone(), "-c:v", "libx265", "-preset", "ultrafast", "-pix_fmt",
                    "yuv420p10le", "-x265-params", "log-level=none", "-c:a", "libopus"],
    "three seconds": ["h.mp4", *picture(seconds=3), *tone(3), *FAST],
    "mono 8 kHz": ["i.avi", *picture(), *tone(rate_hz=8000), "-c:v", "mpeg4", "-c:a", "pcm_s16le"],
    "transport stream": ["j.ts", *picture(), *tone(), *FAST],
    "windows media": ["k.wmv", *picture(), *tone(), "-c:v", "wmv2", "-c:a", "wmav2"],
    "flash video": ["l.flv", *picture(), *tone(rate_hz=44100), "-c:v", "flv1", "-c:a", "libmp3lame"],
    "browser recording": ["m.webm", *picture(), *tone(), "-c:v", "libvpx", "-cpu-used", "8",
                          "-c:a", "libopus", "-live", "1"],
    "six channels": ["n.mkv", *picture(), *tone(), "-ac", "6", *FAST],
    "name": ["-rf '名 😀%d.mp4", *picture(), *tone(), *FAST],
}  # fmt: skip


@pytest.mark.spread("kind")
@pytest.mark.parametrize("kind", ODD)
def test_odd_recordings_become_clips(tools: Tools, make: Maker, tmp_path: Path, kind: str) -> None:
    source = make(*ODD[kind])
    made = encode(tools, source, tmp_path / "clip%d")
    check_clip(tools, tmp_path / "clip%d", made.output, made.facts.duration_s)
    assert made.plan.picture is not None
    assert made.plan.picture.fps <= 30
    for rendition in made.output.renditions:
        assert (rendition.name == "audio") == (rendition.width is None)
        assert (rendition.width or 2) % 2 == (rendition.height or 2) % 2 == 0
    shape = {"anamorphic": (384, 288), "odd size": (320, 240)}.get(kind)
    if shape:
        assert (made.output.renditions[0].width, made.output.renditions[0].height) == shape
    if kind == "silent":
        assert made.output.renditions[0].codecs.count(",") == 0
    if kind in {"browser recording", "three seconds"}:
        assert made.output.duration_s == pytest.approx(3.0 if kind == "three seconds" else 5.0, abs=0.05)


def test_a_turned_phone_video_stands_upright(tools: Tools, make: Maker, tmp_path: Path) -> None:
    """White above in the stored picture; turned by 90 degrees, it is white at a side."""
    flat = make(
        "flat.mp4",
        "-f",
        "lavfi",
        "-i",
        "color=black:s=320x180:r=5:d=3,drawbox=h=90:t=fill:color=white",
        *FAST,
    )
    source = make("turned.mp4", "-display_rotation", "90", "-i", str(flat), "-c", "copy")
    facts = probe(tools, source)
    assert facts.video is not None
    assert (facts.video.width, facts.video.height, facts.video.rotation) == (180, 320, 270)
    made = encode(tools, source, tmp_path / "clip")
    assert (made.output.renditions[0].width, made.output.renditions[0].height) == (180, 320)
    check_clip(tools, tmp_path / "clip", made.output, 3.0)


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("a.mp3", ["-c:a", "libmp3lame", "-q:a", "7", "-write_xing", "0"]),
        ("b.m4a", ["-c:a", "aac"]),
        ("c.aac", ["-c:a", "aac"]),
        ("d.flac", ["-c:a", "flac"]),
        ("e.ogg", ["-c:a", "libvorbis"]),
        ("f.wav", []),
    ],
)
def test_sound_alone_becomes_a_clip_with_a_poster(
    tools: Tools, make: Maker, tmp_path: Path, name: str, args: list[str]
) -> None:
    made = encode(tools, make(name, *tone(8), *args), tmp_path / "clip")
    check_clip(tools, tmp_path / "clip", made.output, 8.0)
    (rendition,) = made.output.renditions
    assert (rendition.name, rendition.codecs, rendition.width) == ("audio", "mp4a.40.2", None)
    assert (made.output.poster, made.output.stills, made.output.strip) == ("poster.jpg", (), None)


@pytest.mark.parametrize(("seconds", "rate_hz"), [(12, 48000), (18, 44100), (12.4, 8000), (5.8, 48000)])
def test_sound_alone_has_its_segments_under_those_of_the_pictures(
    tools: Tools, make: Maker, tmp_path: Path, seconds: float, rate_hz: int
) -> None:
    """Also when the clip ends with a segment: the encoder's extra packet is no segment of its own."""
    name = f"border{seconds}-{rate_hz}.mkv"
    source = make(name, *picture("64x64", "5", seconds), *tone(seconds, rate_hz), *FAST[:-4], "-c:a", "flac")
    made = encode(tools, source, tmp_path / "clip")
    check_clip(tools, tmp_path / "clip", made.output, seconds)
    with_picture, alone = (
        parse_media_playlist((tmp_path / "clip" / one.playlist).read_text()).borders_s
        for one in made.output.renditions
    )
    assert len(with_picture) == -(-seconds // 6)
    assert alone == pytest.approx(with_picture, abs=0.05)


def test_sound_that_breaks_off_is_silence_in_every_rendition(
    tools: Tools, make: Maker, tmp_path: Path
) -> None:
    """The file says that its sound is as long as its picture; most of it is not there."""
    source = make("mute.mkv", *picture(seconds=9), *tone(3), *FAST)
    facts = probe(tools, source)
    assert facts.audio is not None
    plan = plan_clip(replace(facts, audio=replace(facts.audio, end_s=9.0)), 0.0, 9.0)
    output = encode_clip(tools, source, plan, tmp_path / "clip")
    check_clip(tools, tmp_path / "clip", output, 9.0)
    for rendition in output.renditions:
        loud = signal(tools, tmp_path / "clip" / rendition.playlist, video=False).loud
        assert len(loud) * 0.005 == pytest.approx(9.0, abs=0.05)


def test_a_cover_picture_is_not_a_video(wheel_tools: Tools, make: Maker) -> None:
    cover = make("cover.png", *picture(seconds=0.2), "-frames:v", "1")
    source = make("cover.mp3", *tone(3), "-i", str(cover), "-map", "0", "-map", "1", "-c:v", "copy",
                  "-disposition:v", "attached_pic")  # fmt: skip
    assert probe(wheel_tools, source).video is None


def test_quiet_speech_is_raised_and_never_beyond_the_limit(
    wheel_tools: Tools, make: Maker, tmp_path: Path
) -> None:
    source = make("quiet.wav", "-f", "lavfi", "-i", "sine=d=6", "-af", "volume=-10dB")
    facts = probe(wheel_tools, source)
    plan = plan_clip(facts, 0, 6, integrated_lufs=-34.0, true_peak_db=-30.0)
    assert plan.sound is not None
    assert plan.sound.gain_db == 18.0
    encode_clip(wheel_tools, source, plan, tmp_path / "clip")
    raised = median(signal(wheel_tools, tmp_path / "clip/audio/index.m3u8", video=False).loud)
    plain = encode(wheel_tools, source, tmp_path / "plain")
    before = median(
        signal(wheel_tools, tmp_path / "plain" / plain.output.renditions[0].playlist, video=False).loud
    )
    assert raised / before == pytest.approx(10 ** (18 / 20), rel=0.1)
