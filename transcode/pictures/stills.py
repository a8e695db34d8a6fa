"""Still pictures of a clip, taken by the process that encodes it, and which of them stands for the clip.

They cost nearly nothing: the frames are decoded and scaled for the best rendition anyway, and one in several
hundred becomes a JPEG. The best one is chosen for what it shows; the lecturer may choose another.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ffmpeg

from transcode.planning.plan import PicturePlan, Plan

STILLS = "stills"
"""The folder of a clip's stills."""

MAX_WIDTH = 1280
EVERY_S, AT_LEAST = 30.0, 8
"""One still about every half minute; a short clip has a choice too."""

NAMES = "%05d.jpg"
"""How pictures are named, counted from 1; number 0 is thrown away (see `jpeg_output`)."""

_SCORES = f"{STILLS}/scores.txt"
_JPEG_END = b"\xff\xd9"

_DARK_LUMA, _LIGHT_LUMA = 20.0, 60.0
"""Mean luma (0 to 255) at which a picture is black, and from which it is light enough."""

_FLAT_BYTES, _RICH_BYTES = 0.008, 0.03
"""Bytes of JPEG per pixel of an empty picture, and of one that shows enough (a slide with a few lines)."""

_SHARP, _BLURRED = 7.0, 14.0
"""Width of edges in pixels (ffmpeg's blurdetect) of a sharp picture, and of one out of focus or in a fade."""

_FIRST, _LAST = 0.85, 0.8
"""What the first still (often a title) and the last count against one early in the clip."""


@dataclass(frozen=True)
class StillScore:
    """What was measured of a still: mean luma (0..255), width of edges in pixels, bytes per pixel."""

    luma: float
    blur: float
    bytes_per_pixel: float


def still_count(plan: Plan) -> int:
    """Return how many stills a plan's command makes: 0 without a picture."""
    if plan.picture is None:
        return 0
    return min(plan.picture.frames, max(AT_LEAST, round(plan.duration_s / EVERY_S)))


def still_file(number: int) -> str:
    """Return the file of a clip's still, counted from 1."""
    return f"{STILLS}/{NAMES % number}"


def still_time_s(number: int, count: int, duration_s: float) -> float:
    """Return where in a clip a still was taken: in the middle of its part."""
    return (number - 0.5) * duration_s / count


def every_nth(stream: Any, picture: PicturePlan, count: int) -> Any:
    """Return a stream of `count` frames spread evenly over a clip, each from the middle of its part."""
    # Whole numbers all the way: the borders of the parts must not depend on how a machine rounds.
    part = "floor((2*(n{0})*{1}+{2})/{3})"
    parts = [part.format(plus, count, picture.frames, 2 * picture.frames) for plus in ("+1", "")]
    return stream.filter("select", f"gt({parts[0]},{parts[1]})")


def still_output(stream: Any, plan: Plan, picture: PicturePlan) -> Any:
    """Return the output that writes a clip's stills and what is measured of them; `stream`: the best rung."""
    top = plan.rungs[0]
    width, height = fit(top.width, top.height, MAX_WIDTH, top.height)
    ways = stream.filter_multi_output("split")
    stills = full_range(every_nth(ways[0], picture, still_count(plan)), width, height)
    stills = stills.filter("signalstats").filter("blurdetect")
    stills = stills.filter("metadata", mode="print", file=_SCORES)
    return jpeg_output(ways[1], stills, (width, height), f"{STILLS}/{NAMES}", quality=4)


def full_range(stream: Any, width: int, height: int) -> Any:
    """Return a stream scaled and in the levels of JPEG, so that measures mean the same everywhere."""
    stream = stream.filter("scale", width, height, flags="bicubic", out_range="full")
    return stream.filter("setsar", 1).filter("format", "yuvj420p")


def jpeg_output(stream: Any, pictures: Any, size: tuple[int, int], names: str, *, quality: int) -> Any:
    """Return an output of JPEG files numbered from 1 (`quality` as ffmpeg counts: 2 is best, 31 worst).

    Number 0 is the first frame of `stream` in the same size, and to be thrown away: ffmpeg reports no
    progress before every output has had something to write, and single pictures come late.
    """
    opening = full_range(stream.filter("trim", end_frame=1), *size)
    # Pictures have no time; the encoder wants one that grows, and the progress must not run ahead by it.
    both = ffmpeg.concat(opening, pictures).filter("setpts", "N*0.01/TB")
    options = {"c:v": "mjpeg", "q:v": quality, "threads": 1, "map_metadata": -1}
    # passthrough: a constant rate would fill the gaps with copies.
    options |= {"fps_mode": "passthrough", "enc_time_base": "1/100", "start_number": 0}
    return ffmpeg.output(both, names, format="image2", **options)


def fit(width: int, height: int, most_width: int, most_height: int) -> tuple[int, int]:
    """Return a size of the same shape with even sides that is not above the given one."""
    scale = min(1.0, most_width / width, most_height / height)
    return max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)


def take_stills(out_dir: Path, plan: Plan) -> tuple[tuple[str, ...], int]:
    """Return the names of the stills that were written and the index of the one to show first.

    A clip without pictures is better than no clip: when they are not all there and whole, they are taken
    away and none is named.
    """
    (out_dir / STILLS / (NAMES % 0)).unlink(missing_ok=True)
    names = tuple(still_file(n + 1) for n in range(still_count(plan)))
    scores = _read_scores(out_dir / _SCORES)
    (out_dir / _SCORES).unlink(missing_ok=True)
    if not names or len(scores) != len(names) or not all(is_jpeg(out_dir / name) for name in names):
        for path in (out_dir / STILLS).glob("*"):
            path.unlink()
        return (), 0
    top = plan.rungs[0]
    width, height = fit(top.width, top.height, MAX_WIDTH, top.height)
    sizes = [(out_dir / name).stat().st_size / (width * height) for name in names]
    measured = [StillScore(luma, blur, size) for (luma, blur), size in zip(scores, sizes, strict=True)]
    return names, choose_poster(measured)


def choose_poster(scores: Sequence[StillScore]) -> int:
    """Return the index of the still that stands for a clip: light, sharp, with something on it, and early.

    Raises ValueError for no stills.
    """
    if not scores:
        raise ValueError("no stills to choose from")
    return max(range(len(scores)), key=lambda n: _worth(scores[n]) * _place(n, len(scores)))


def is_jpeg(path: Path) -> bool:
    """Tell whether a JPEG file is there and whole (on a full disk it is cut off)."""
    return path.is_file() and path.read_bytes().endswith(_JPEG_END)


def _worth(score: StillScore) -> float:
    # Never 0: of an hour of darkness the least dark still is shown.
    light = 0.01 + _ramp(score.luma, _DARK_LUMA, _LIGHT_LUMA)
    detail = 0.1 + _ramp(score.bytes_per_pixel, _FLAT_BYTES, _RICH_BYTES)
    # blurdetect says "not a number" of a picture without any edge.
    sharp = 0.2 + (0.0 if math.isnan(score.blur) else 1 - _ramp(score.blur, _SHARP, _BLURRED))
    return light * detail * sharp


def _place(n: int, count: int) -> float:
    if n == 0 and count > 1:
        return _FIRST
    return 1 - (1 - _LAST) * (n - 1) / max(1, count - 1)


def _ramp(value: float, low: float, high: float) -> float:
    return min(1.0, max(0.0, (value - low) / (high - low)))


def _read_scores(path: Path) -> list[tuple[float, float]]:
    """Return (luma, blur) of each still from what ffmpeg's metadata filter printed."""
    if not path.is_file():
        return []
    scores: list[dict[str, float]] = []
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        key, _, value = line.partition("=")
        if line.startswith("frame:"):
            scores.append({})
        elif scores and key in ("lavfi.signalstats.YAVG", "lavfi.blur"):
            scores[-1][key] = float(value)
    none = math.nan
    return [(one.get("lavfi.signalstats.YAVG", 0.0), one.get("lavfi.blur", none)) for one in scores]
