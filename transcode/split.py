"""Where to cut a lecture: pauses heard in one audio-only decode, and the choice among them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from transcode.probe import Facts
from transcode.tools import Tools


@dataclass(frozen=True)
class Pause:
    """A stretch without speech. `depth`: how far below the speaker's level it lies, in dB."""

    start_s: float
    end_s: float
    depth: float


@dataclass(frozen=True)
class AudioProfile:
    """What the audio pass heard. Loudness is None where there is no sound to measure."""

    pauses: tuple[Pause, ...]
    integrated_lufs: float | None
    true_peak_db: float | None

    def to_json(self) -> dict[str, Any]:
        """Return plain values for a JSON column; `from_json` reads them back."""
        raise NotImplementedError

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Return what `to_json` wrote."""
        raise NotImplementedError


@dataclass(frozen=True)
class Cut:
    """One clip of a lecture. `n` counts from 1. `reason` says why it ends where it ends:
    whole | sentence_and_pause | pause | sentence | hard | end."""

    n: int
    start_s: float
    end_s: float
    reason: str


def audio_pass(
    tools: Tools,
    path: Path,
    facts: Facts,
    on_progress: Callable[[float], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> AudioProfile:
    """Return the pauses and the loudness of a recording; `on_progress` is told percent (0..100)."""
    raise NotImplementedError


def choose_cuts(
    duration_s: float,
    pauses: Sequence[Pause],
    sentence_ends_s: Sequence[float] | None = None,
    max_s: float = 600.0,
    min_s: float = 60.0,
) -> list[Cut]:
    """Return contiguous cuts covering the lecture; pure."""
    raise NotImplementedError
