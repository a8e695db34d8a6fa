"""A clip that is still being made: which segments of the rendition that players begin with are whole, and the
playlist that lists them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path

from transcode.hls.files import INIT, SEGMENTS
from transcode.hls.playlist import Segment, first_of
from transcode.planning.plan import SOUND_ONLY, Plan, segment_frames
from transcode.reading.boxes import is_whole

OnSegments = Callable[[str, tuple[Segment, ...]], None]
"""Is told the rendition, and which of its segments are complete."""


def first_rendition(plan: Plan) -> str:
    """Return the name of the rendition that a player of this plan's clip begins with."""
    if not plan.rungs:
        return SOUND_ONLY
    return plan.rungs[first_of([(rung.width, rung.height) for rung in plan.rungs])].name


def planned_segments(plan: Plan) -> tuple[Segment, ...]:
    """Return the segments that a plan's first rendition will have; those of sound alone to within 25 ms."""
    if plan.picture is not None:
        lengths = [frames / float(plan.picture.fps) for frames in segment_frames(plan.picture)]
    else:
        count = math.ceil(plan.duration_s / plan.segment_s - 1e-4)
        lengths = [float(plan.segment_s)] * (count - 1)
        lengths.append(plan.duration_s - sum(lengths))
    return tuple(Segment(SEGMENTS % n, round(length_s, 6)) for n, length_s in enumerate(lengths, 1))


def event_playlist(init_uri: str, segments: Sequence[Segment], target_s: float, ended: bool) -> str:
    """Return the playlist of a rendition that is still being made; `ended`: all its segments are here.

    An EVENT playlist (RFC 8216 4.3.3.5): segments are only ever added, so that a player may go back to the
    beginning, and asks again for as long as there is no ENDLIST. `target_s`: of the longest segment that will
    come; it must not change while a player reads on (6.2.1).
    """
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", f"#EXT-X-TARGETDURATION:{max(1, math.floor(target_s + 0.5))}"]
    lines += ["#EXT-X-MEDIA-SEQUENCE:1", "#EXT-X-PLAYLIST-TYPE:EVENT", "#EXT-X-INDEPENDENT-SEGMENTS"]
    # A clip is watched from its first second, also when there is already more of it.
    lines += ["#EXT-X-START:TIME-OFFSET=0,PRECISE=YES", f'#EXT-X-MAP:URI="{init_uri}"']
    for segment in segments:
        lines += [f"#EXTINF:{segment.duration_s:.6f},", segment.uri]
    return "\n".join([*lines, *(["#EXT-X-ENDLIST"] if ended else [])]) + "\n"


class CompleteSegments:
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
