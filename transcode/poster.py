"""A still picture for a clip: a frame that shows something, or the shape of the sound."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import ffmpeg

from transcode.errors import ToolFailed
from transcode.graph import COMMON, number, open_source
from transcode.ladder import PicturePlan, Plan, SoundPlan
from transcode.run import run
from transcode.tools import Tools

POSTER = "poster.jpg"
MAX_WIDTH = 1280
PLACES = (0.12, 0.4, 0.7)
"""Where in the clip to look, as parts of its length: early, but behind titles and fades."""

WINDOW_S, LOOK_FPS = 4.0, 4
DARK_LUMA = 30.0
"""Mean luma (16 is black, 235 white) below which a frame counts as dark."""

WAVE_WINDOW_S = 60.0
POSTER_TIMEOUT_S = 120.0
_JPEG_END = b"\xff\xd9"
_PAPER, _INK = "0xF6F1EA", "0xB3261E"


def make_poster(
    tools: Tools, source: Path, plan: Plan, out_dir: Path, should_stop: Callable[[], bool] | None = None
) -> str | None:
    """Write poster.jpg into `out_dir` and return its name; None when the source gives no picture.

    A missing poster is no reason to lose a clip, so ffmpeg's complaints end here. Raises Failed (disk full,
    ...) and Cancelled.
    """
    if plan.picture is None:
        return (
            POSTER
            if plan.sound and _run(wave_args(tools, source, plan, plan.sound), out_dir, should_stop)
            else None
        )
    lumas: dict[float, float] = {}
    for place in PLACES:
        luma = _run(frame_args(tools, source, plan, plan.picture, place), out_dir, should_stop)
        if luma is not None and luma >= DARK_LUMA:
            return POSTER
        lumas[place] = -1.0 if luma is None else luma
    best = max(lumas, key=lambda place: lumas[place])
    if lumas[best] < 0:
        return None
    _run(frame_args(tools, source, plan, plan.picture, best), out_dir, should_stop)
    return POSTER


def frame_args(tools: Tools, source: Path, plan: Plan, picture: PicturePlan, place: float) -> list[str]:
    """Return the command that picks the most typical frame of a few seconds; it prints the frame's luma."""
    window_s = min(WINDOW_S, plan.duration_s)
    at_s = min(place * plan.duration_s, plan.duration_s - window_s)
    stream = open_source(source, plan.demuxer, plan.start_s + at_s)[str(picture.index)]
    if picture.deinterlace:
        stream = stream.filter("bwdif", mode="send_frame", deint="interlaced")
    frames = max(1, int(window_s * LOOK_FPS))
    rate = min(Fraction(LOOK_FPS), picture.fps)
    stream = stream.filter("fps", fps=f"{rate.numerator}/{rate.denominator}", start_time=0)
    stream = stream.filter("trim", end_frame=frames).filter("thumbnail", frames)
    top = plan.rungs[0]
    width = min(MAX_WIDTH, top.width)
    stream = stream.filter("scale", width, max(2, round(top.height * width / top.width / 2) * 2)).filter(
        "setsar", 1
    )
    stream = stream.filter("signalstats")
    stream = stream.filter("metadata", mode="print", key="lavfi.signalstats.YAVG", file="-")
    return _picture_file(tools, stream)


def wave_args(tools: Tools, source: Path, plan: Plan, sound: SoundPlan) -> list[str]:
    """Return the command that draws the first minute of a sound."""
    wave = open_source(source, plan.demuxer, plan.start_s)[str(sound.index)]
    wave = wave.filter("atrim", start=0, end=number(min(WAVE_WINDOW_S, plan.duration_s)))
    wave = wave.filter("aformat", channel_layouts="mono").filter("showwavespic", s="1280x480", colors=_INK)
    paper = ffmpeg.input(f"color=c={_PAPER}:s=1280x720:r=1:d=1", format="lavfi")
    return _picture_file(tools, ffmpeg.overlay(paper, wave, x=0, y=120))


def _picture_file(tools: Tools, stream: object) -> list[str]:
    options = {"frames:v": 1, "q:v": 4, "update": 1, "map_metadata": -1}
    made = ffmpeg.output(stream, POSTER, format="image2", **options).get_args()
    return [str(tools.ffmpeg), *COMMON, *made]


def _run(args: list[str], out_dir: Path, should_stop: Callable[[], bool] | None) -> float | None:
    """Return the luma of the picture written (DARK_LUMA when the command tells none); None for no picture."""
    path = out_dir / POSTER
    path.unlink(missing_ok=True)
    try:
        said = run(args, timeout_s=POSTER_TIMEOUT_S, cwd=out_dir, should_stop=should_stop).stdout.decode()
    except ToolFailed:
        path.unlink(missing_ok=True)
        return None
    if not path.is_file() or not path.read_bytes().endswith(_JPEG_END):  # on a full disk it is cut off
        path.unlink(missing_ok=True)
        return None
    values = [float(line.rpartition("=")[2]) for line in said.splitlines() if "YAVG=" in line]
    return values[-1] if values else DARK_LUMA
