"""The picture of a clip that has only sound: the shape of its first minute."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import ffmpeg

from transcode.errors import ToolFailed
from transcode.ffmpeg_args import COMMON, number, open_source
from transcode.pictures.stills import is_jpeg
from transcode.planning.plan import Plan, SoundPlan
from transcode.run import run
from transcode.tools import Tools

POSTER = "poster.jpg"
WAVE_WINDOW_S = 60.0
POSTER_TIMEOUT_S = 120.0
_PAPER, _INK = "0xF6F1EA", "0xB3261E"


def draw_sound(
    tools: Tools, source: Path, plan: Plan, out_dir: Path, should_stop: Callable[[], bool] | None = None
) -> str | None:
    """Write poster.jpg of a clip without a picture into `out_dir`; returns its name, None when there is none.

    A missing poster is no reason to lose a clip, so ffmpeg's complaints end here. Raises Failed (disk full,
    ...) and Cancelled.
    """
    if plan.picture is not None or plan.sound is None:
        return None
    args = wave_args(tools, source, plan, plan.sound)
    try:
        run(args, timeout_s=POSTER_TIMEOUT_S, cwd=out_dir, should_stop=should_stop)
    except ToolFailed:
        (out_dir / POSTER).unlink(missing_ok=True)
    if is_jpeg(out_dir / POSTER):
        return POSTER
    (out_dir / POSTER).unlink(missing_ok=True)
    return None


def wave_args(tools: Tools, source: Path, plan: Plan, sound: SoundPlan) -> list[str]:
    """Return the command that draws the first minute of a sound."""
    wave = open_source(source, plan.demuxer, plan.start_s)[str(sound.index)]
    wave = wave.filter("atrim", start=0, end=number(min(WAVE_WINDOW_S, plan.duration_s)))
    wave = wave.filter("aformat", channel_layouts="mono").filter("showwavespic", s="1280x480", colors=_INK)
    paper = ffmpeg.input(f"color=c={_PAPER}:s=1280x720:r=1:d=1", format="lavfi")
    options = {"frames:v": 1, "q:v": 4, "update": 1, "map_metadata": -1}
    made = ffmpeg.output(ffmpeg.overlay(paper, wave, x=0, y=120), POSTER, format="image2", **options)
    return [str(tools.ffmpeg), *COMMON, *made.get_args()]
