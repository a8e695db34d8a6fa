"""HLS playlists: reading the media playlists that ffmpeg wrote, writing the master (RFC 8216).

We write the master ourselves: ffmpeg 5.1 leaves out AVERAGE-BANDWIDTH and FRAME-RATE, and only measured
numbers let a player choose well.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from transcode.encoding.graph import PLAYLIST, SOUND_ONLY
from transcode.encoding.ladder import Plan

START_SHORT_SIDE = 480
MUXING_ROOM = 1.05
"""Boxes around the packets add a few percent at low rates."""


@dataclass(frozen=True)
class Segment:
    """One media file of a playlist."""

    uri: str
    duration_s: float


@dataclass(frozen=True)
class MediaPlaylist:
    """A media playlist as written. `ended`: it has ENDLIST (which ffmpeg writes even when it was stopped)."""

    init_uri: str | None
    segments: tuple[Segment, ...]
    ended: bool
    target_s: float = 0.0

    @property
    def duration_s(self) -> float:
        """Sum of the segments."""
        return sum(segment.duration_s for segment in self.segments)

    @property
    def borders_s(self) -> tuple[float, ...]:
        """Where each segment ends."""
        return tuple(accumulate(segment.duration_s for segment in self.segments))


@dataclass(frozen=True)
class Rendition:
    """One finished rung, measured from its files. Sound only: `width`, `height` and `fps` are None."""

    name: str
    playlist: str
    width: int | None
    height: int | None
    bandwidth_bps: int
    average_bps: int
    codecs: str
    fps: float | None
    duration_s: float

    @property
    def size_bytes(self) -> int:
        """The bytes of its segments."""
        return round(self.average_bps * self.duration_s / 8)


def parse_media_playlist(text: str) -> MediaPlaylist:
    """Return what a media playlist lists; tags that we do not use are passed over."""
    init_uri, segments, duration_s, ended, target_s = None, [], 0.0, False, 0.0
    for line in text.splitlines():
        if line.startswith("#EXTINF:"):
            duration_s = float(line[8:].partition(",")[0])
        elif line.startswith("#EXT-X-TARGETDURATION:"):
            target_s = float(line.partition(":")[2])
        elif line.startswith("#EXT-X-MAP:"):
            match = re.search(r'URI="([^"]*)"', line)
            init_uri = match[1] if match else None
        elif line.startswith("#EXT-X-ENDLIST"):
            ended = True
        elif line and not line.startswith("#"):
            segments.append(Segment(line, duration_s))
    return MediaPlaylist(init_uri, tuple(segments), ended, target_s)


def measure_bandwidth(
    sizes_bytes: Sequence[int], durations_s: Sequence[float], target_s: float
) -> tuple[int, int]:
    """Return (peak, average) bits per second of a rendition whose playlist says `target_s`.

    The peak is that of the densest stretch of whole segments that lasts 0.5 to 1.5 times the target (RFC 8216
    4.3.4.2): a short last segment alone says nothing.
    """
    average = sum(sizes_bytes) * 8 / sum(durations_s)
    peak = average
    for first in range(len(sizes_bytes)):
        size_bytes, length_s = 0, 0.0
        for size, duration_s in zip(sizes_bytes[first:], durations_s[first:], strict=True):
            size_bytes, length_s = size_bytes + size, length_s + duration_s
            if length_s > 1.5 * target_s:
                break
            if length_s >= 0.5 * target_s:
                peak = max(peak, size_bytes * 8 / length_s)
    return round(peak), round(average)


def start_first(renditions: Sequence[Rendition]) -> list[Rendition]:
    """Return the renditions with the one to begin with in front: players start with the first that is listed.

    A branch office's line must show something at once; a better rung follows within a segment. Sound alone is
    last: it is for lines that carry nothing else, and must not be what a player begins with.
    """
    ordered = sorted(renditions, key=lambda one: (one.width is not None, one.bandwidth_bps), reverse=True)
    pictures = [one for one in ordered if one.width is not None] or ordered
    first = pictures[first_of([(one.width or 0, one.height or 0) for one in pictures])]
    return [first, *(one for one in ordered if one is not first)]


def first_of(sizes: Sequence[tuple[int, int]]) -> int:
    """Return which of these pictures, given from the best down as (width, height), to begin with."""
    modest = (n for n, size in enumerate(sizes) if min(size) <= START_SHORT_SIDE)
    return next(modest, len(sizes) - 1)


def master_playlist(renditions: Sequence[Rendition]) -> str:
    """Return the master playlist, in the given order (see `start_first`)."""
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    for rendition in renditions:
        values = [f"BANDWIDTH={rendition.bandwidth_bps}", f"AVERAGE-BANDWIDTH={rendition.average_bps}"]
        values.append(f'CODECS="{rendition.codecs}"')
        if rendition.width and rendition.height:
            values.append(f"RESOLUTION={rendition.width}x{rendition.height}")
        if rendition.fps:
            values.append(f"FRAME-RATE={rendition.fps:.3f}")
        lines += ["#EXT-X-STREAM-INF:" + ",".join(values), rendition.playlist]
    return "\n".join(lines) + "\n"


def first_rendition(plan: Plan) -> str:
    """Return the name of the rendition that a player of this plan's clip begins with."""
    if not plan.rungs:
        return SOUND_ONLY
    return plan.rungs[first_of([(rung.width, rung.height) for rung in plan.rungs])].name


def growing_playlist(init_uri: str, segments: Sequence[Segment], target_s: float, ended: bool) -> str:
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


def growing_master(plan: Plan) -> str:
    """Return the master playlist of a clip that is still being made: the rendition to begin with, alone.

    Its rate is the most that it may have; codecs are left out (they are in the initialisation segment).
    """
    name = first_rendition(plan)
    rung = next((rung for rung in plan.rungs if rung.name == name), None)
    bits_per_s = rung.maxrate_bps + rung.audio_bps if rung else plan.audio_bps
    values = [f"BANDWIDTH={round(bits_per_s * MUXING_ROOM)}"]
    if rung is not None:
        values.append(f"RESOLUTION={rung.width}x{rung.height}")
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    return "\n".join([*lines, "#EXT-X-STREAM-INF:" + ",".join(values), f"{name}/{PLAYLIST}"]) + "\n"
