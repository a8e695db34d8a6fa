"""A picture whose size changes on the way, put into one size."""

from __future__ import annotations

from typing import Any


def fitted(stream: Any, width: int, height: int) -> Any:
    """Return a stream in which every frame, whatever its size, lies in the middle of width x height pixels.

    Both filters look at each frame anew; ffmpeg must have been told not to build the graph anew instead
    (`reinit_filter`).
    """
    shape = {"force_original_aspect_ratio": "decrease", "force_divisible_by": 2}
    stream = stream.filter("scale", width, height, flags="bicubic", **shape).filter("setsar", 1)
    return stream.filter("pad", width, height, -1, -1, eval="frame")
