"""Watching a clip while it is made: which segments of the rendition that players begin with are whole."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path

from transcode.encoding.graph import INIT, SEGMENTS, segment_frames
from transcode.encoding.ladder import Plan
from transcode.encoding.playlist import Segment, first_rendition
from transcode.reading.boxes import is_whole

OnSegments = Callable[[str, tuple[Segment, ...]], None]


def planned_segments(plan: Plan) -> tuple[Segment, ...]:
    """Return the segments that a plan's first rendition will have; those of sound alone to within 25 ms."""
    if plan.picture is not None:
        lengths = [frames / float(plan.picture.fps) for frames in segment_frames(plan.picture)]
    else:
        count = math.ceil(plan.duration_s / plan.segment_s - 1e-4)
        lengths = [float(plan.segment_s)] * (count - 1)
        lengths.append(plan.duration_s - sum(lengths))
    return tuple(Segment(SEGMENTS % n, round(length_s, 6)) for n, length_s in enumerate(lengths, 1))


class Growth:
    """Tells which segments are complete, each time that there are more.

    A segment counts as soon as its boxes are whole: ffmpeg writes them in one go, and what is whole does not
    change any more.
    """

    def __init__(self, folder: Path, plan: Plan, tell: OnSegments) -> None:
        self._name = first_rendition(plan)
        self._folder = folder / self._name
        self._planned = planned_segments(plan)
        self._tell = tell
        self._complete = 0

    def look(self) -> None:
        """Look for new segments; cheap when there are none. The initialisation is there before any."""
        before = self._complete
        if not (before or is_whole(self._folder / INIT, b"moov")):
            return
        while self._complete < len(self._planned) and self._is_next_whole(self._planned):
            self._complete += 1
        if self._complete > before:
            self._tell(self._name, self._planned[: self._complete])

    def _is_next_whole(self, planned: Sequence[Segment]) -> bool:
        return is_whole(self._folder / planned[self._complete].uri, b"moof", b"mdat")
