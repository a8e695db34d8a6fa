"""The sound of a recording as a recogniser takes it: one channel of 16 bits, on the lecture's clock."""

from __future__ import annotations

from pathlib import Path

import ffmpeg

from transcode.ffmpeg_args import COMMON, number
from transcode.reading.facts import Facts, Side
from transcode.tools import Tools

SAMPLES_HZ = 16_000
_STEADY = {"reinit_filter:a": 0}
_SIDES = {Side.LEFT: "0-0", Side.RIGHT: "1-0"}


def samples_args(tools: Tools, path: Path, facts: Facts, from_s: float = 0.0) -> list[str]:
    """Return the command that writes a recording's sound to stdout, from `from_s` on (s16le, mono, 16 kHz).

    The first sample is that of `from_s` on the lecture's clock, holes are silence. What is before it is
    decoded and thrown away (a few hundred times as fast as life): a seek would be off by what the file's
    index is off.
    """
    if facts.audio is None:
        raise ValueError("a recording without sound has no samples")
    steady = {} if facts.audio.changes else _STEADY
    media = ffmpeg.input(f"file:{path.absolute()}", format=facts.demuxer, protocol_whitelist="file", **steady)
    sound = media[str(facts.audio.index)]
    if facts.audio.side is not None:  # the empty side would only make it quieter
        sound = sound.filter("channelmap", _SIDES[facts.audio.side], channel_layout="mono")
    grid = {"async": 1} if facts.audio.changes else {"async": 1, "first_pts": 0}
    sound = sound.filter("aformat", channel_layouts="mono").filter("aresample", SAMPLES_HZ, **grid)
    if from_s > 0:
        sound = sound.filter("atrim", start=number(from_s))
    made: list[str] = ffmpeg.output(sound, "pipe:1", format="s16le", acodec="pcm_s16le").get_args()
    return [str(tools.ffmpeg), *COMMON, *made]
