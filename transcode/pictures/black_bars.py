"""Black bars: which edges of a recording's picture stay black all the time.

A few places are looked at, a second of each. What is black at one place may be a dark scene; what is black at
all of them is a bar.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import ffmpeg

from transcode.errors import ToolFailed
from transcode.ffmpeg_args import COMMON, open_source
from transcode.reading.facts import Facts, VideoFacts
from transcode.run import run
from transcode.tools import Tools

PLACES = 6
LOOK_S = 1.0
TALL = 360
"""Lines of the picture that is looked at: a bar of two hundredths is seven of them."""
DARKER_THAN = 30
"""Luma (0..255) up to which a line counts as black: black is 16 in video, and cameras add noise."""
_TIMEOUT_S = 60.0
_KEYS = ("x1", "x2", "y1", "y2")
_KEY = "lavfi.cropdetect."


@dataclass(frozen=True)
class Edges:
    """Which part of the picture is black at each edge at all places, 0 to 1."""

    top: float
    bottom: float
    left: float
    right: float


Box = tuple[int, int, int, int]
"""Left, right, top, bottom of what is not black, the last ones counted in."""


def black_bars(
    tools: Tools, path: Path, facts: Facts, should_stop: Callable[[], bool] | None = None
) -> Edges | None:
    """Return the black edges of a recording; None without a picture, or where nothing but black was seen.

    A place that cannot be decoded is passed over. Raises ToolFailed where none can, Failed and Cancelled.
    """
    video = facts.video
    if video is None:
        return None
    boxes: list[Box] = []
    failed: ToolFailed | None = None
    looked = 0
    for at_s in places_s(facts.duration_s):
        try:
            boxes += _look(tools, path, facts.demuxer, video, at_s, should_stop)
            looked += 1
        except ToolFailed as one:
            failed = one
    if failed is not None and not looked:
        raise failed
    return edges(boxes, *size_of(video))


def places_s(duration_s: float) -> tuple[float, ...]:
    """Return where to look: spread over the recording, and neither in its first moment nor in its last."""
    return tuple(round(duration_s * (2 * n + 1) / (2 * PLACES), 3) for n in range(PLACES))


def size_of(video: VideoFacts) -> tuple[int, int]:
    """Return width and height of the picture that is looked at, both even."""
    width = max(2, round(video.width * TALL / max(1, video.height) / 2) * 2)
    return width, TALL


def _look(
    tools: Tools,
    path: Path,
    demuxer: str,
    video: VideoFacts,
    at_s: float,
    should_stop: Callable[[], bool] | None,
) -> list[Box]:
    boxes: list[Box] = []
    box: dict[str, int] = {}

    def note(line: str) -> None:
        if line.startswith("frame:"):
            _take(box, boxes)
        elif line.startswith(_KEY):
            key, _, value = line.removeprefix(_KEY).partition("=")
            if key in _KEYS and value.lstrip("-").isdecimal():
                box[key] = int(value)

    args = look_args(tools, path, demuxer, video, at_s)
    run(args, timeout_s=_TIMEOUT_S, on_line=note, should_stop=should_stop)
    _take(box, boxes)
    return boxes


def look_args(tools: Tools, path: Path, demuxer: str, video: VideoFacts, at_s: float) -> list[str]:
    """Return the command that looks at one place; what it finds goes to stdout."""
    width, height = size_of(video)
    stream = open_source(path, demuxer, at_s)[str(video.index)]
    stream = stream.filter("trim", duration=LOOK_S).filter("fps", 4)
    stream = stream.filter("scale", width, height, flags="area").filter("setsar", 1)
    # `skip` frames are passed over otherwise; `reset` 1: each frame is looked at for itself.
    stream = stream.filter("cropdetect", limit=DARKER_THAN, round=2, skip=0, reset=1)
    stream = stream.filter("metadata", mode="print", file="-")
    made: list[str] = ffmpeg.output(stream, "-", format="null").get_args()
    return [str(tools.ffmpeg), *COMMON, *made]


def _take(box: dict[str, int], boxes: list[Box]) -> None:
    """Keep what was said of one frame, if all of it was; a frame that is black says nonsense."""
    if len(box) == len(_KEYS) and box["x1"] <= box["x2"] and box["y1"] <= box["y2"]:
        boxes.append((box["x1"], box["x2"], box["y1"], box["y2"]))
    box.clear()


def edges(boxes: Sequence[Box], width: int, height: int) -> Edges | None:
    """Return the edges that are black in all of some boxes, None where there is none; pure."""
    if not boxes:
        return None
    left, right = min(one[0] for one in boxes), max(one[1] for one in boxes)
    top, bottom = min(one[2] for one in boxes), max(one[3] for one in boxes)
    return Edges(
        top=max(0, top) / height,
        bottom=max(0, height - 1 - bottom) / height,
        left=max(0, left) / width,
        right=max(0, width - 1 - right) / width,
    )
