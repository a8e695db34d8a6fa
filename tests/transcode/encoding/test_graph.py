"""The commands, whole."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from tests.transcode.records import audio, facts, video
from transcode.cutting.audio_profile import pass_args
from transcode.encoding.even_sound import even_args
from transcode.encoding.graph import clip_args
from transcode.ffmpeg_args import number
from transcode.pictures.overview import overview_args
from transcode.pictures.sound_poster import wave_args
from transcode.planning.copying import KeyFrames
from transcode.planning.ladder import plan_clip
from transcode.reading.facts import Side
from transcode.reading.listening import frames_args, levels_args
from transcode.tools import Tools

TOOLS = Tools(Path("/opt/ffmpeg"), Path("/opt/ffprobe"), "", "")
SOURCE = Path("/media/-rf lecture.mp4")
GOLDEN = Path(__file__).with_name("golden")


def commands() -> dict[str, list[str]]:
    """Every kind of command that we build."""
    lecture = facts(duration_s=1200.0)
    small = facts(
        demuxer="mpegts",
        video=video(width=640, height=480, rate=(30000, 1001), interlaced=True, end_s=1100.0),
        audio=audio(channels=1, sample_rate_hz=44100),
    )
    sound = facts(video=None, audio=audio(index=0))
    middle = plan_clip(small, 905.0, 1200.0, integrated_lufs=-23.0, true_peak_db=-8.0)
    square = video(profile="High", level=40, square=True, progressive=True)
    keys = KeyFrames((0.0, 4.0, 9.0, 13.0, 20.0), (0, 100, 225, 325, 500), 750, "")
    copied = plan_clip(facts(video=square), 4.0, 20.0, key_frames=keys)
    assert copied.copy_reason == "copied"
    alone = plan_clip(sound, 0, 60.5)
    phone = facts(
        video=video(
            codec="hevc",
            pix_fmt="yuv420p10le",
            transfer="arib-std-b67",
            primaries="bt2020",
            matrix="bt2020nc",
        ),
        audio=audio(side=Side.RIGHT),
    )
    meeting = facts(demuxer="mpegts", video=video(resized=True), audio=audio(channels=1, changes=True))
    changing = plan_clip(meeting, 600, 900)
    assert changing.sound is not None
    assert alone.sound is not None
    return {
        "lecture": clip_args(TOOLS, SOURCE, plan_clip(lecture, 0, 600)),
        "copied": clip_args(TOOLS, SOURCE, copied),
        "middle": clip_args(TOOLS, SOURCE, middle, threads=1),
        "silent": clip_args(
            TOOLS, SOURCE, plan_clip(facts(audio=None, video=video(height=200, width=300)), 60, 66)
        ),
        "sound": clip_args(TOOLS, SOURCE, alone),
        "phone": clip_args(TOOLS, SOURCE, plan_clip(phone, 0, 60)),
        "phone_overview": overview_args(TOOLS, SOURCE, "mov", phone.video or video(), 5.0),
        "changing": clip_args(TOOLS, SOURCE, changing),
        "even_sound": even_args(TOOLS, SOURCE, changing, changing.sound),
        "audio_pass": pass_args(TOOLS, SOURCE, lecture),
        "audio_pass_mono": pass_args(TOOLS, SOURCE, small),
        "levels": levels_args(TOOLS, SOURCE, "mov", 2, 3600.0),
        "frames": frames_args(TOOLS, SOURCE, "mov", 1),
        "wave": wave_args(TOOLS, SOURCE, alone, alone.sound),
    }


@pytest.mark.parametrize("name", list(commands()))
def test_golden(name: str) -> None:
    """To accept a change, look at it, then write `shlex.join(command)` into the file (line ends are free)."""
    command = commands()[name]
    assert command == shlex.split((GOLDEN / f"{name}.txt").read_text())


def test_every_command_tells_the_demuxer_and_opens_files_only() -> None:
    for command in commands().values():
        source = command.index(f"file:{SOURCE}")
        before = command[:source]
        assert before[-1] == "-i"
        assert before[before.index("-protocol_whitelist") + 1] == "file"
        assert before[len(before) - before[::-1].index("-f")] in {"mov", "mpegts"}
        assert "-nostdin" in before
        assert not any(part.startswith("/") for part in command[source + 1 :])


def test_numbers_are_never_written_with_an_exponent() -> None:
    assert [number(0.00001), number(600.0), number(1 / 3)] == ["0.00001", "600", "0.333333"]
