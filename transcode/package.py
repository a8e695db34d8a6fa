"""Making one clip: encode, check, then write the master playlist."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from transcode.ladder import Plan
from transcode.tools import Tools


@dataclass(frozen=True)
class Progress:
    """How far an encode is."""

    percent: float
    eta_s: float | None
    speed: float | None


@dataclass(frozen=True)
class Rendition:
    """One finished rung, measured from its files. Audio-only: `width` and `height` are None."""

    name: str
    playlist: str
    width: int | None
    height: int | None
    bandwidth_bps: int
    average_bps: int
    codecs: str
    fps: float | None
    duration_s: float


@dataclass(frozen=True)
class ClipOutput:
    """A finished clip in its folder. `files` are relative, in the order to publish: master LAST."""

    files: tuple[str, ...]
    master: str
    duration_s: float
    renditions: tuple[Rendition, ...]
    bytes_total: int
    poster: str | None


def encode_clip(
    tools: Tools,
    source: Path,
    plan: Plan,
    out_dir: Path,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    *,
    threads: int | None = None,
) -> ClipOutput:
    """Encode into `out_dir` (private, empty or absent). Raises Refused, Failed, Cancelled."""
    raise NotImplementedError
