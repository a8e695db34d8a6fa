"""A sound that somebody recorded or brought, made into one small file that every phone plays and seeks in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ffmpeg

from transcode.cutting.audio_profile import audio_pass, with_sound
from transcode.errors import Failed, Refused, ToolFailed
from transcode.ffmpeg_args import COMMON, number, open_source
from transcode.planning.ladder import PEAK_DB, choose_gain
from transcode.reading.boxes import is_whole
from transcode.reading.facts import Facts
from transcode.reading.ffmpeg_errors import ffmpeg_refusal
from transcode.reading.probe import probe
from transcode.run import run
from transcode.tools import Tools

RATE_HZ = 48_000
BIT_RATE = "64k"
"""AAC of one voice: half a megabyte a minute."""
NAME = "sound.m4a"
SLOWEST_SPEED = 2.0
_START_S = 30.0
_SLACK_S = 1.0
"""What a recorder adds to the length that was asked of it, and an encoder to the end of a sound."""


@dataclass(frozen=True)
class Voice:
    """A sound as it is played: its file, and its length in seconds."""

    file: Path
    duration_s: float


def make_voice(
    tools: Tools,
    source: Path,
    folder: Path,
    most_s: float,
    should_stop: Callable[[], bool] | None = None,
) -> Voice:
    """Make `source` into an M4A in `folder`, as loud as lessons are; pictures and labels in it are left out.

    Raises Refused (among them nothing_playable: no sound in it; too_long beyond `most_s`), Failed, Cancelled.
    """
    facts = probe(tools, source, should_stop)
    if facts.audio is None:
        raise Refused("nothing_playable")
    length_s = facts.audio.end_s
    if length_s > most_s + _SLACK_S:
        raise Refused("too_long", {"duration_s": round(length_s, 1), "limit_s": most_s})
    profile = audio_pass(tools, source, facts, should_stop=should_stop)
    gain_db = choose_gain(profile.integrated_lufs, profile.true_peak_db)
    args = voice_args(tools, source, with_sound(facts, profile), gain_db, most_s)
    try:
        run(
            args,
            timeout_s=_START_S + length_s / SLOWEST_SPEED,
            cwd=folder,
            should_stop=should_stop,
        )
    except ToolFailed as error:
        raise ffmpeg_refusal(error) or error from error
    made = folder / NAME
    if not is_whole(made, b"moov", b"mdat"):
        raise Failed("bad_output", {"rung": NAME, "found": "half"})
    found = probe(tools, made, should_stop)
    if found.duration_s < min(length_s, most_s) - _SLACK_S - 0.02 * length_s:
        details: dict[str, str | float] = {
            "rung": NAME,
            "expected_s": round(length_s, 1),
            "found_s": round(found.duration_s, 1),
        }
        raise Failed("short_output", details)
    return Voice(made, found.duration_s)


def voice_args(tools: Tools, source: Path, facts: Facts, gain_db: float, most_s: float) -> list[str]:
    """Return the command; run it in the folder of the result."""
    assert facts.audio is not None  # noqa: S101 - the caller has looked
    stream: Any = open_source(source, facts.demuxer, 0.0)[str(facts.audio.index)]
    stream = stream.filter("aresample", RATE_HZ, **{"async": 1, "first_pts": 0})
    if facts.audio.side is not None:
        channel = "c0" if facts.audio.side.value == "left" else "c1"
        stream = stream.filter("pan", f"mono|c0={channel}")
    else:
        stream = stream.filter("aformat", sample_fmts="fltp", channel_layouts="mono")
    if gain_db:
        stream = stream.filter("volume", f"{number(gain_db)}dB")
        stream = stream.filter("alimiter", limit=number(10 ** (PEAK_DB / 20)), level=0)
    options = {
        "c:a": "aac",
        "b:a": BIT_RATE,
        "ac": 1,
        "format": "ipod",
        "movflags": "+faststart",
        # A phone writes its name and place into what it records.
        "map_metadata": -1,
        "map_chapters": -1,
        "t": number(most_s + _SLACK_S),
    }
    made: list[str] = ffmpeg.output(stream, NAME, **options).get_args()
    return [str(tools.ffmpeg), *COMMON, *made]
