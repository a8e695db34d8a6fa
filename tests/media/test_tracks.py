"""Recordings with several tracks, sound on one side, and sound or pictures that change on the way."""

from __future__ import annotations

import subprocess
from array import array
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.media.conftest import FAST, Maker, picture, tone
from tests.media.inspection import READ_HLS, check_clip, signal
from transcode.cutting.audio_profile import audio_pass, with_sound
from transcode.encoding.package import ClipOutput, encode_clip
from transcode.pictures.overview import make_overview
from transcode.planning.ladder import plan_clip
from transcode.reading.facts import Facts, TrackKind
from transcode.reading.probe import probe
from transcode.remarks import codes
from transcode.tools import Tools

pytestmark = [pytest.mark.slow, pytest.mark.dear(16)]

SILENCE = ["-f", "lavfi", "-i", "anullsrc=r=48000:cl=mono"]
ALL_THREE = ["-map", "0", "-map", "1", "-map", "2"]
LOUD = ["-f", "lavfi", "-i", "sine=f=440:d=6:r=48000,volume=6dB"]


@dataclass(frozen=True)
class Made:
    """A recording's facts after all was looked at and heard, and its one clip."""

    facts: Facts
    clip: ClipOutput
    folder: Path

    @property
    def said(self) -> tuple[str, ...]:
        """The codes of the remarks."""
        return codes(self.facts.remarks)

    def sides(self, tools: Tools) -> tuple[int, int]:
        """How loud the left and the right side become (0..32768)."""
        command = [
            str(tools.ffmpeg),
            "-v",
            "error",
            *READ_HLS,
            "-i",
            str(self.folder / self.clip.renditions[0].playlist),
        ]
        command += ["-map", "0:a", "-ac", "2", "-f", "s16le", "-"]
        samples = array("h", subprocess.run(command, capture_output=True, check=True, timeout=60).stdout)
        return max(map(abs, samples[::2])), max(map(abs, samples[1::2]))


def take(tools: Tools, source: Path, folder: Path, wanted: dict[TrackKind, int] | None = None) -> Made:
    facts = probe(tools, source, wanted=wanted)
    profile = audio_pass(tools, source, facts)
    facts = with_sound(facts, profile)
    plan = plan_clip(facts, 0.0, facts.duration_s, integrated_lufs=profile.integrated_lufs,
                     true_peak_db=profile.true_peak_db)  # fmt: skip
    output = encode_clip(tools, source, plan, folder / "clip")
    check_clip(tools, folder / "clip", output, facts.duration_s)
    return Made(facts, output, folder / "clip")


def test_a_silent_microphone_before_the_one_that_speaks(tools: Tools, make: Maker, tmp_path: Path) -> None:
    source = make(
        "meeting.mkv", *picture(seconds=6), *SILENCE, *LOUD, *ALL_THREE, "-t", "6", *FAST,
        *("-metadata:s:a:0", "title=话筒", "-metadata:s:a:1", "title=会议"),
        *("-metadata:s:a:1", "language=chi"),
    )  # fmt: skip
    made = take(tools, source, tmp_path)
    assert made.facts.audio is not None
    assert made.facts.audio.index == 2
    assert made.said == ("sound_silent",)
    assert made.facts.remarks[0].values == {"taken": "2 (chi, 会议)", "left": "1 (话筒)"}
    assert min(made.sides(tools)) > 3000
    # Whoever wants the other one gets it.
    chosen = probe(tools, source, wanted={TrackKind.AUDIO: 1})
    assert chosen.audio is not None
    assert chosen.audio.index == 1
    assert codes(chosen.remarks) == ("sound_left",)


def test_of_two_that_speak_the_first_is_taken_and_the_other_named(wheel_tools: Tools, make: Maker) -> None:
    source = make("two.mkv", *LOUD, *LOUD, "-map", "0", "-map", "1", "-c:a", "aac")
    facts = probe(wheel_tools, source)
    assert [(remark.code, remark.values["taken"], remark.values["left"]) for remark in facts.remarks] == [
        ("sound_left", "1", "2")
    ]
    assert [(track.n, track.usable) for track in facts.tracks] == [(1, True), (2, True)]


def test_a_sound_that_only_the_phone_itself_can_read(tools: Tools, make: Maker, tmp_path: Path) -> None:
    whole = make("phone.mp4", *picture(seconds=4), *tone(4), *LOUD, *ALL_THREE, "-t", "4", *FAST)
    source = tmp_path / "phone.mov"
    spatial = whole.read_bytes().replace(b"mp4a", b"apac", 1).replace(b"esds", b"xxxx", 1)
    source.write_bytes(spatial)  # the first of two, as iPhones write it
    made = take(tools, source, tmp_path)
    assert made.facts.audio is not None
    assert made.facts.audio.index == 2
    assert made.said == ("sound_unreadable",)


@pytest.mark.parametrize("kind", ["v", "a"])
def test_a_track_that_is_broken_from_its_start(tools: Tools, make: Maker, tmp_path: Path, kind: str) -> None:
    plain = make("plain.mkv", *picture(seconds=4), *LOUD, "-t", "4", *FAST)
    source = make(f"broken {kind}.mkv", "-i", str(plain), "-i", str(plain), "-map", f"0:{kind}", "-map", "1",
                  "-c", "copy", f"-bsf:{kind}:0", "noise=amount=1")  # fmt: skip
    made = take(tools, source, tmp_path)
    assert made.said == (f"{'picture' if kind == 'v' else 'sound'}_unreadable",)
    assert made.facts.video is not None
    assert made.facts.audio is not None
    assert min(made.facts.video.index, made.facts.audio.index) > 0


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_microphone_on_one_side_is_heard_on_both(
    tools: Tools, make: Maker, tmp_path: Path, side: str
) -> None:
    """The other side has a hiss, as a plug that is not quite in leaves it."""
    order = "[0][1]" if side == "left" else "[1][0]"
    hiss = ["-f", "lavfi", "-i", "anoisesrc=d=6:a=0.001:r=48000"]
    source = make(f"{side}.m4a", *LOUD, *hiss, "-filter_complex",
                  f"{order}join=inputs=2:channel_layout=stereo", "-c:a", "aac")  # fmt: skip
    made = take(tools, source, tmp_path)
    assert made.said == (f"sound_{side}_only",)
    left, right = made.sides(tools)
    assert min(left, right) > 3000
    assert abs(left - right) <= max(left, right) / 20


def test_a_stereo_sound_stays_as_it_is(wheel_tools: Tools, make: Maker) -> None:
    softer = ["-f", "lavfi", "-i", "sine=f=300:d=6:r=48000,volume=-4dB"]
    source = make("stereo.m4a", *LOUD, *softer, "-filter_complex",
                  "[0][1]join=inputs=2:channel_layout=stereo", "-c:a", "aac")  # fmt: skip
    facts = probe(wheel_tools, source)
    assert with_sound(facts, audio_pass(wheel_tools, source, facts)).remarks == ()


def test_sound_that_changes_on_the_way(tools: Tools, make: Maker, tmp_path: Path) -> None:
    """Mono, then stereo at another rate, then mono; a beep a second after each change shows its time."""
    parts = []
    for n, sound in enumerate((["-ac", "1"], ["-ac", "2", "-ar", "44100"], ["-ac", "1"])):
        beep = "sine=f=440:d=4:r=48000,volume='if(between(t,1,1.5),2,0)':eval=frame"
        inputs = [*picture(seconds=4), "-f", "lavfi", "-i", beep]
        later = ["-output_ts_offset", str(4 * n)]
        parts.append(make(f"part{n}.ts", *inputs, *FAST, "-g", "5", *sound, *later))
    source = tmp_path / "changes.ts"
    source.write_bytes(b"".join(part.read_bytes() for part in parts))
    made = take(tools, source, tmp_path)
    assert made.said == ("sound_evened",)
    loud = signal(tools, made.folder / made.clip.renditions[0].playlist, video=False).loud
    for second in (1, 5, 9):
        begins = next(n for n in range(200 * second - 100, len(loud)) if loud[n] > 0.1) / 200
        assert begins == pytest.approx(second, abs=0.15)


def test_a_picture_whose_size_changes_on_the_way(tools: Tools, make: Maker, tmp_path: Path) -> None:
    """A browser's recording: first a small upright window, then a whole screen."""
    vp8 = ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-g", "5"]
    parts = [make(f"{size}.webm", "-f", "lavfi", "-i", f"color=white:s={size}:r=5:d=4", *vp8)
             for size in ("120x160", "320x180")]  # fmt: skip
    names = tmp_path / "parts.txt"
    names.write_text("".join(f"file '{part}'\n" for part in parts))
    source = tmp_path / "shared.webm"
    command = [str(tools.ffmpeg), "-v", "error", "-f", "concat", "-safe", "0", "-i", str(names), "-c", "copy"]
    subprocess.run([*command, str(source)], check=True, timeout=60)
    facts = probe(tools, source)
    assert facts.video is not None
    assert (facts.video.width, facts.video.height) == (320, 180)
    (remark,) = facts.remarks
    assert (remark.code, remark.values["sizes"]) == ("picture_resized", "120×160、320×180")
    made = take(tools, source, tmp_path)
    command = [
        str(tools.ffmpeg),
        "-v",
        "error",
        *READ_HLS,
        "-i",
        str(made.folder / made.clip.renditions[0].playlist),
    ]
    command += ["-vf", "format=gray", "-f", "rawvideo", "-"]
    shown = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout
    white = [sum(one > 128 for one in shown[at : at + 320]) for at in range(90 * 320, len(shown), 320 * 180)]
    # The window keeps its shape between black borders: 120x160 is 135 columns of 320, and then all of them.
    assert white[5] == pytest.approx(135, abs=4)
    assert white[-3] == 320
    (tmp_path / "look").mkdir()
    assert make_overview(tools, source, facts, tmp_path / "look").storyboard is not None
