"""Reading where a picture's key frames are, without decoding it: what copying needs to know.

A container's word for a key frame is not enough. Decoding can begin only at an IDR picture (ITU-T H.264,
7.4.1.2.4) with nothing shown before it that comes after it, so the packets are looked into.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from transcode.errors import Failed, ToolFailed
from transcode.ffmpeg_args import input_args
from transcode.planning.copying import MOST_KEY_FRAMES_PER_S, KeyFrames
from transcode.planning.ladder import Profile, copy_obstacle
from transcode.reading import boxes
from transcode.reading.facts import Facts
from transcode.run import run
from transcode.tools import Tools

SLOWEST_SPEED = 20.0
"""Packets are read at several hundred times real time; slower than this is taken for hung."""

_ROUNDING_S = 1e-4

_IDR, _PICTURES = 5, {1, 2, 3, 4, 5}
"""Types of NAL units that carry a picture (ITU-T H.264, table 7-1)."""

_MOST_UNITS = 20
"""Parameter sets, delimiters and messages that may come before a picture."""


def key_frames(
    tools: Tools,
    path: Path,
    facts: Facts,
    should_stop: Callable[[], bool] | None = None,
    profile: Profile | None = None,
) -> KeyFrames:
    """Return the key frames of a recording's picture; none, with the reason, when it cannot be copied.

    Reads all packets of the picture once. Raises Cancelled; a file that cannot be read this way is simply
    not copied.
    """
    obstacle = copy_obstacle(facts, profile)
    if obstacle is not None or facts.video is None:
        return KeyFrames(reason=obstacle or "no_picture")
    if not _is_plain(path):
        return KeyFrames(reason="container")
    seen = _Packets(facts.start_s, most_keys=10 + int(facts.duration_s * MOST_KEY_FRAMES_PER_S))
    args = [str(tools.ffprobe), "-v", "error", "-of", "csv=p=0", "-select_streams", str(facts.video.index)]
    args += ["-show_entries", "packet=pts_time,pos,flags:stream=nal_length_size"]
    args += input_args(facts.demuxer, path)
    limit_s = 60 + facts.duration_s / SLOWEST_SPEED
    try:
        run(args, timeout_s=limit_s, on_line=seen.line, should_stop=should_stop)
    except (ToolFailed, Failed):
        return KeyFrames(reason="unknown")
    reason = seen.reason or (None if _are_idr(path, seen) else "key_frames")
    if reason is not None or not seen.times_s:
        return KeyFrames(reason=reason or "key_frames")
    return KeyFrames(tuple(seen.times_s), tuple(seen.frames), seen.total, "")


@dataclass
class _Packets:
    """What the packets said, in the order of decoding."""

    start_s: float
    most_keys: int
    times_s: list[float] = field(default_factory=list)
    frames: list[int] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    total: int = 0
    length_size: int = 0
    reason: str | None = None

    def line(self, line: str) -> None:
        """Take one line of ffprobe: `pts_time,pos,flags` of a packet, or the stream's `nal_length_size`."""
        fields = line.split(",")
        if len(fields) == 1:
            self.length_size = int(line) if line.isdecimal() else 0
        elif len(fields) < 3:
            self.reason = "container"
        elif self.reason is None:
            self._packet(*fields[:3])

    def _packet(self, pts: str, place: str, flags: str) -> None:
        if "D" in flags:
            self.reason = "edits"
            return
        try:
            at_s = float(pts) - self.start_s
            if flags.startswith("K"):
                self.times_s.append(round(at_s, 6))
                self.frames.append(self.total)
                self.places.append(int(place))
        except ValueError:  # N/A: a packet without a time or a place
            self.reason = "container"
            return
        if (
            self.times_s and at_s < self.times_s[-1] - _ROUNDING_S
        ):  # shown before the key frame it comes after
            self.reason = "key_frames"
        if len(self.times_s) > self.most_keys:
            self.reason = "key_frames"
        self.total += 1


def _is_plain(path: Path) -> bool:
    """Whether an MP4 is not in fragments, and its picture's parameters are the same to its end.

    Fragments are not always listed anywhere, which makes seeking a guess. Parameters may change where there
    are several descriptions of samples (parts joined), or where they come with the samples (avc3).
    """
    if any(box.kind == b"moof" for box in boxes.top_boxes(path)):
        return False
    tracks = [kinds for kinds in boxes.sample_descriptions(path) if kinds and kinds[0].startswith(b"avc")]
    return bool(tracks) and all(kinds == (b"avc1",) for kinds in tracks)


def _are_idr(path: Path, seen: _Packets) -> bool:
    if not 1 <= seen.length_size <= 4:
        return False
    with path.open("rb") as file:
        for place in seen.places:
            at = place
            for _ in range(_MOST_UNITS):
                file.seek(at)
                head = file.read(seen.length_size + 1)
                if len(head) <= seen.length_size:
                    return False
                kind = head[-1] & 31
                if kind in _PICTURES:
                    break
                at += seen.length_size + int.from_bytes(head[:-1], "big")
            if kind != _IDR:
                return False
    return True
