"""The records of a probed recording. Times count from the lecture's first moment, the clock of `-ss`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self


@dataclass(frozen=True)
class VideoFacts:
    """The picture that we will use. `width` and `height` are what a viewer sees: turned, square pixels.

    `rate` is the average frame rate as a ratio; `rotation` is in degrees (0, 90, 180, 270). The last four
    decide whether it can be copied, and are the cautious answer in rows that were written before they were:
    `profile` and `level` as ffprobe names them (High, 40), `square` pixels as stored, and `progressive` only
    where the stream says so.
    """

    index: int
    codec: str
    width: int
    height: int
    fps: float
    rate: tuple[int, int]
    variable_rate: bool
    rotation: int
    pix_fmt: str
    interlaced: bool
    bit_rate_bps: int | None
    start_s: float
    end_s: float
    profile: str = ""
    level: int = 0
    square: bool = False
    progressive: bool = False


@dataclass(frozen=True)
class AudioFacts:
    """The sound that we will use."""

    index: int
    codec: str
    channels: int
    sample_rate_hz: int
    bit_rate_bps: int | None
    start_s: float
    end_s: float


@dataclass(frozen=True)
class Chapter:
    """A chapter mark of the original, on the lecture's clock."""

    start_s: float
    end_s: float
    title: str


@dataclass(frozen=True)
class Facts:
    """A recording as the pipeline sees it. `start_s`: what the file's own clock says at its first moment."""

    container: str
    demuxer: str
    duration_s: float
    start_s: float
    size_bytes: int
    video: VideoFacts | None
    audio: AudioFacts | None
    chapters: tuple[Chapter, ...]

    def to_json(self) -> dict[str, Any]:
        """Return plain values for a JSON column; `from_json` reads them back."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Return what `to_json` wrote."""
        video, audio = value["video"], value["audio"]
        return cls(
            **{
                **value,
                "video": VideoFacts(**{**video, "rate": tuple(video["rate"])}) if video else None,
                "audio": AudioFacts(**audio) if audio else None,
                "chapters": tuple(Chapter(**chapter) for chapter in value["chapters"]),
            }
        )
