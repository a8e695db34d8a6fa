"""Whether a clip's best rendition can be the original's own packets instead of being encoded: pure decisions.

Every answer is a reason in one word (`REASONS`), which stays with the clip. Copying saves about half of the
CPU, but only what every player decodes may be copied, and only between key frames.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any, Self

from transcode.reading.facts import VideoFacts

COPIED = "copied"
REASONS = (
    COPIED,
    "unknown",  # nobody has looked for key frames
    "no_picture",
    "container",  # not MP4: seeking elsewhere lands beside the key frame
    "codec",
    "picture_format",  # 10 bits, 4:2:2, HDR, interlaced, turned, pixels that are not square, an odd size
    "size",  # larger than the best rendition
    "rate",
    "bitrate",
    "key_frames",  # too far apart, too many, or not such that decoding can begin there
    "edits",  # an edit list that hides frames
    "cut",  # the clip does not begin and end at key frames
    "uneven",  # frames missing, or a picture that is shorter than the clip
    "check",  # what was copied did not fit the other renditions, so it was encoded after all
)

PROFILES = {"Constrained Baseline", "Baseline", "Main", "High"}
MAX_LEVEL = 42
"""H.264 level 4.2 (1080p of 60 frames): what phones of ten years ago decode in hardware."""

MAX_BITRATE = 1.3
"""Times the cap of the rendition it would be: a line that was chosen for that cap must still carry it."""

LONGEST_SEGMENT_S = 10.05
"""x264's usual distance of key frames (250 frames) at 25 frames per second; HLS asks for about 6 s."""

LONG_ENOUGH = 1.35
"""A segment may be this many times as long as wanted before shorter ones are tried."""

MOST_KEY_FRAMES_PER_S = 2.2
END_TOLERANCE_S = 0.1
"""How much of the first or the last sound may be lost or filled up, where the picture is a little shorter."""

_OFF_GRID_FRAMES = 0.25
_NEARLY_S = 0.00137
"""A border is looked for this much before a round moment: compared as numbers, an exact one could be missed.

Not a round number itself, so that no key frame ever lies exactly on a limit.
"""

_UNSURE_S = 0.03
"""ffmpeg counts from whichever packet comes first, and the encoder's priming lies 21 ms before the clip."""


@dataclass(frozen=True)
class KeyFrames:
    """Where decoding can begin in a picture. `times_s`: on the lecture's clock; `frames`: how many frames
    come before each; `total`: frames in all; `reason`: why there are none (one of REASONS)."""

    times_s: tuple[float, ...] = ()
    frames: tuple[int, ...] = ()
    total: int = 0
    reason: str = "unknown"

    def to_json(self) -> dict[str, Any]:
        """Return plain values for a JSON column; `from_json` reads them back."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Return what `to_json` wrote; an empty mapping is "unknown"."""
        lists = {key: tuple(value.get(key, ())) for key in ("times_s", "frames")}
        return cls(**{**value, **lists})


@dataclass(frozen=True)
class CopiedPicture:
    """How the segments of a copied picture lie. `borders`: at which frames of the clip new ones begin;
    `split_s`: the length to ask ffmpeg for, which breaks at the first key frame at or after its multiples."""

    borders: tuple[int, ...]
    split_s: float


@dataclass(frozen=True)
class CopyChoice:
    """Whether to copy. `start_s` and `frames` are the clip's, moved onto the key frames."""

    reason: str
    start_s: float = 0.0
    frames: int = 0
    picture: CopiedPicture | None = None


def find_obstacle(
    demuxer: str, video: VideoFacts, fps: Fraction, size: tuple[int, int], maxrate_bps: int
) -> str | None:
    """Return what forbids to copy a picture, whatever its key frames are; None for nothing.

    `fps`, `size` and `maxrate_bps` are those of the best rendition that the ladder would make of it.
    """
    if demuxer != "mov":
        return "container"
    if video.codec != "h264" or video.profile not in PROFILES or not 0 < video.level <= MAX_LEVEL:
        return "codec"
    if (
        not (video.pix_fmt == "yuv420p" and video.progressive and video.square)
        or video.rotation
        or video.tone
    ):
        return "picture_format"
    if size != (video.width, video.height):
        return "picture_format" if video.width % 2 or video.height % 2 else "size"
    if video.variable_rate or abs(Fraction(*video.rate) / fps - 1) > Fraction(1, 100):
        return "rate"
    if video.bit_rate_bps is None or video.bit_rate_bps > MAX_BITRATE * maxrate_bps:
        return "bitrate"
    return None


def choose_copy(
    keys: KeyFrames,
    start_s: float,
    end_s: float,
    picture_end_s: float,
    fps: Fraction,
    segment_s: float,
) -> CopyChoice:
    """Return whether the picture between two cuts can be copied, and where its segments would begin; pure."""
    if not keys.times_s:
        return CopyChoice(keys.reason)
    begins = start_s == 0 and keys.times_s[0] <= END_TOLERANCE_S
    first, last = 0 if begins else _at(keys, start_s, fps), _at(keys, end_s, fps)
    ends = last is None and end_s >= picture_end_s - END_TOLERANCE_S
    if first is None or (last is None and not ends) or last == first:
        return CopyChoice("cut")
    inner = slice(first, len(keys.times_s) if last is None else last + 1)
    times = [at_s - keys.times_s[first] for at_s in keys.times_s[inner]]
    frames = [frame - keys.frames[first] for frame in keys.frames[inner]]
    if any(abs(at_s * fps - frame) > _OFF_GRID_FRAMES for at_s, frame in zip(times, frames, strict=True)):
        return CopyChoice("uneven")
    total = keys.total - keys.frames[first] if last is None else frames.pop()
    if abs(total / fps - Fraction(end_s - start_s)) > (END_TOLERANCE_S if begins or ends else 1 / fps):
        return CopyChoice("uneven")
    picture = place_segments(frames[1:], total, fps, segment_s)
    if picture is None:
        return CopyChoice("key_frames")
    return CopyChoice(COPIED, max(0.0, keys.times_s[first]), total, picture)


def place_segments(keys: Sequence[int], total: int, fps: Fraction, segment_s: float) -> CopiedPicture | None:
    """Return segments that begin at key frames (numbers of frames after 0) and are about `segment_s` long.

    None when one of them would be longer than LONGEST_SEGMENT_S. ffmpeg knows one length for all of them;
    where key frames are sparse a shorter one wastes less time before each of them.
    """
    best: tuple[float, CopiedPicture] | None = None
    for twelfths in range(12, 3, -1):
        split_s = round(segment_s * twelfths / 12 - _NEARLY_S, 6)
        borders = _borders(keys, fps, split_s)
        if borders is None:
            continue
        longest_s = max(after - before for before, after in pairwise((0, *borders, total))) / float(fps)
        if longest_s <= LONG_ENOUGH * segment_s:
            return CopiedPicture(tuple(borders), split_s)
        if best is None or longest_s < best[0]:
            best = (longest_s, CopiedPicture(tuple(borders), split_s))
    return best[1] if best is not None and best[0] <= LONGEST_SEGMENT_S else None


def _borders(keys: Sequence[int], fps: Fraction, split_s: float) -> list[int] | None:
    """Return the key frames at which ffmpeg begins a new segment; None where that is a matter of luck."""
    found: list[int] = []
    for key in keys:
        ahead_s = float(key / fps) - (len(found) + 1) * split_s
        if -_UNSURE_S < ahead_s < 0:
            return None
        if ahead_s >= 0:
            found.append(key)
    return found


def _at(keys: KeyFrames, at_s: float, fps: Fraction) -> int | None:
    """Return which key frame is shown at a moment, to within half a frame."""
    n = bisect_left(keys.times_s, at_s - float(1 / fps) / 2)
    return n if n < len(keys.times_s) and keys.times_s[n] <= at_s + float(1 / fps) / 2 else None
