"""Sound whose channels or rate change on the way, made even for one clip before the clip is made.

ffmpeg builds a graph of filters anew where its input changes, and whatever counts from the clip's beginning
would begin again. In a graph that counts nothing this does no harm; what comes out of it is the same to its
end, and lies in a file of its own for the time of the encode (PCM, 11 MB a minute).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ffmpeg

from transcode.ffmpeg_args import COMMON, number, open_source
from transcode.planning.plan import Plan, SoundPlan
from transcode.tools import Tools

EVENED = "evened.nut"
"""The file's name, in the folder where ffmpeg runs."""

_ROOM_S = 2.0


def even_args(tools: Tools, source: Path, plan: Plan, sound: SoundPlan) -> list[str]:
    """Return the command that writes a clip's sound, even, on the clip's own clock; run it in its folder."""
    media = open_source(source, plan.demuxer, plan.seek_s)[str(sound.index)]
    if plan.offset_s:
        media = media.filter("asetpts", f"PTS-{number(plan.offset_s)}/TB")
    layout = {"sample_rates": sound.sample_rate_hz, "channel_layouts": "stereo", "sample_fmts": "s16"}
    stream = media.filter("atrim", start=0).filter("aformat", **layout)
    # A file begins for ffmpeg with its first packet: this one makes that the clip's beginning.
    beginning = ffmpeg.input("anullsrc=r=8000:cl=mono", format="lavfi", t=0.05)
    options = {
        "format": "nut",
        "c:a": "pcm_s16le",
        "map_metadata": -1,
        "t": number(plan.duration_s + _ROOM_S),
    }
    made: list[str] = ffmpeg.output(stream, beginning, EVENED, **options).get_args()
    return [str(tools.ffmpeg), *COMMON, *made]


def open_evened() -> Any:
    """Return the even sound as a stream of ffmpeg-python."""
    return ffmpeg.input(f"file:{EVENED}", format="nut", protocol_whitelist="file")["0"]
