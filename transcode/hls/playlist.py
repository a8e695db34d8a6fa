"""HLS playlists: reading the media playlists that ffmpeg wrote, writing the master (RFC 8216).

We write the master ourselves: ffmpeg 5.1 leaves out AVERAGE-BANDWIDTH and FRAME-RATE, and only measured
numbers let a player choose well.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

START_SHORT_SIDE = 480


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
