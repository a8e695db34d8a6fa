"""Whether a picture's size changes on the way: meeting programs write whatever is shared just then."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from transcode.errors import Failed
from transcode.ffmpeg_args import MAX_PIXELS, input_args
from transcode.reading import boxes
from transcode.reading.facts import Facts
from transcode.remarks import Remark
from transcode.run import run
from transcode.tools import Tools

LOOKS, LOOK_S = 16, 3.0
"""How many times a lecture is looked at, and for how long; of these seconds only key frames are decoded."""

_TIMEOUT_S = 120.0
Size = tuple[int, int]


def look_for_sizes(
    tools: Tools, path: Path, facts: Facts, should_stop: Callable[[], bool] | None = None
) -> Facts:
    """Return the facts of a recording with the largest of its picture's sizes, and a remark of several.

    An MP4 whose samples are all described alike has one size, and is not looked at. Raises Cancelled.
    """
    video = facts.video
    if video is None or (facts.demuxer == "mov" and _all_alike(path)):
        return facts
    found: Counter[Size] = Counter()

    def note(line: str) -> None:
        width, _, height = line.strip(",").partition(",")
        if width.isdecimal() and height.isdecimal():
            found[int(width), int(height)] += 1

    step_s = max(0.0, facts.duration_s - LOOK_S) / (LOOKS - 1)
    looks = range(LOOKS if facts.duration_s > LOOKS * LOOK_S else 0)
    args = [str(tools.ffprobe), "-v", "error", "-of", "csv=p=0", "-select_streams", str(video.index)]
    args += ["-show_entries", "frame=width,height", "-skip_frame", "nokey", "-max_pixels", str(MAX_PIXELS)]
    if looks:
        args += ["-read_intervals", ",".join(f"{facts.start_s + n * step_s:.3f}%+{LOOK_S:g}" for n in looks)]
    args += input_args(facts.demuxer, path)
    with suppress(Failed):  # what was seen counts; whether it can be decoded others find out
        run(args, timeout_s=_TIMEOUT_S, on_line=note, should_stop=should_stop)
    return with_sizes(facts, list(found))


def with_sizes(facts: Facts, sizes: Sequence[Size]) -> Facts:
    """Return facts that know the sizes of the picture as they are stored; pure."""
    video = facts.video
    if video is None or len(sizes) < 2:
        return facts
    largest = max(sizes, key=lambda size: size[0] * size[1])
    told = "、".join(f"{width}×{height}" for width, height in sizes)
    if video.square:
        width, height = reversed(largest) if video.rotation in {90, 270} else largest
        video = replace(video, width=width, height=height)
    said = Remark("picture_resized", len(sizes), {"sizes": told, "taken": f"{video.width}×{video.height}"})
    return replace(facts, video=replace(video, resized=True), remarks=(*facts.remarks, said))


def _all_alike(path: Path) -> bool:
    return all(len(kinds) == 1 for kinds in boxes.sample_descriptions(path))
