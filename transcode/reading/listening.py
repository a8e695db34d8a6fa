"""Trying the tracks of a recording that has several of a kind: whether they decode, and how loud they get.

Only parts are decoded, spread over the lecture: some seconds of work however long it is.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import ffmpeg

from transcode.errors import Failed, ToolFailed
from transcode.ffmpeg_args import COMMON, open_source
from transcode.reading.facts import TrackKind
from transcode.reading.ffmpeg_errors import TOO_MANY_ERRORS
from transcode.reading.tracks import Trial
from transcode.run import run
from transcode.tools import Tools

MOST_TRIED = 12
"""Of a kind of tracks; a broadcast has a few, a studio's recorder a microphone each."""

WHOLE_S = 90.0
"""A sound up to this long is heard from end to end."""

WINDOWS, WINDOW_S = 10, 5.0
"""Of longer ones these parts: who speaks in a lecture is heard in most of them."""

STEP_S, RATE_HZ = 0.4, 8000
FRAMES, FRAMES_WITHIN_S = 5, 20.0
_TIMEOUT_S = 120.0
_KEY = "lavfi.astats.Overall.RMS_level"


def try_tracks(
    tools: Tools,
    path: Path,
    demuxer: str,
    tracks: Iterable[tuple[int, TrackKind]],
    duration_s: float,
    should_stop: Callable[[], bool] | None = None,
) -> dict[int, Trial]:
    """Return what came of each track (index in the file, kind), of MOST_TRIED of a kind. Raises Cancelled."""
    found: dict[int, Trial] = {}
    tried: Counter[TrackKind] = Counter()
    for index, kind in tracks:
        tried[kind] += 1
        if tried[kind] > MOST_TRIED:
            continue
        args = (
            frames_args(tools, path, demuxer, index)
            if kind is TrackKind.VIDEO
            else levels_args(tools, path, demuxer, index, duration_s)
        )
        found[index] = _try(args, should_stop)
    return found


def levels_args(tools: Tools, path: Path, demuxer: str, index: int, duration_s: float) -> list[str]:
    """Return the command that prints how loud a sound is in each STEP_S of its parts."""
    outputs = []
    for at_s, length_s in windows(duration_s):
        media = open_source(path, demuxer, at_s, **({"t": length_s} if length_s else {}))
        sound = media[str(index)].filter("aformat", channel_layouts="mono").filter("aresample", RATE_HZ)
        sound = sound.filter("asetnsamples", n=round(RATE_HZ * STEP_S), p=0)
        sound = sound.filter(
            "astats", metadata=1, reset=1, measure_perchannel="none", measure_overall="RMS_level"
        ).filter("ametadata", mode="print", key=_KEY, file="-")
        outputs.append(ffmpeg.output(sound, "-", format="null"))
    made: list[str] = ffmpeg.merge_outputs(*outputs).get_args()
    return [str(tools.ffmpeg), *COMMON, *made]


def frames_args(tools: Tools, path: Path, demuxer: str, index: int) -> list[str]:
    """Return the command that decodes the first frames of a picture and prints a line for each."""
    media = open_source(path, demuxer, 0.0, t=FRAMES_WITHIN_S)
    seen = media[str(index)].filter("metadata", mode="add", key=_KEY, value=0)
    seen = seen.filter("metadata", mode="print", key=_KEY, file="-")
    made = ffmpeg.output(seen, "-", format="null", **{"frames:v": FRAMES})
    return [str(tools.ffmpeg), *COMMON, *made.get_args()]


def windows(duration_s: float) -> list[tuple[float, float | None]]:
    """Return where to listen, (from, how long) in seconds; None: to the end."""
    if duration_s <= WHOLE_S:
        return [(0.0, None)]
    return [(round(n * (duration_s - WINDOW_S) / (WINDOWS - 1), 3), WINDOW_S) for n in range(WINDOWS)]


def _try(args: list[str], should_stop: Callable[[], bool] | None) -> Trial:
    levels: list[float] = []

    def note(line: str) -> None:
        key, _, value = line.partition("=")
        if key == _KEY:
            level = float(value)
            levels.append(level if math.isfinite(level) else -120.0)

    try:
        run(args, timeout_s=_TIMEOUT_S, on_line=note, should_stop=should_stop)
    except ToolFailed as error:
        if error.details["exit_code"] == TOO_MANY_ERRORS:
            return Trial(decodes=False)
    except Failed:  # hung, or ended by its limits: what was heard until then counts
        pass
    return Trial(bool(levels), max(levels, default=None))
