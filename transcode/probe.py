"""What a recording is: facts from ffprobe, with the demuxer forced by the file's first bytes."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from transcode.tools import Tools


@dataclass(frozen=True)
class VideoFacts:
    """The picture that we will use. `width` and `height` are what a viewer sees: turned, square pixels."""

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
    """A recording as the pipeline sees it. Streams' `start_s`/`end_s` count from the lecture's first moment."""

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
        raise NotImplementedError

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Return what `to_json` wrote."""
        raise NotImplementedError


def probe(tools: Tools, path: Path) -> Facts:
    """Return the facts of the recording at `path`. Raises Refused (see REFUSALS) or Failed."""
    raise NotImplementedError
