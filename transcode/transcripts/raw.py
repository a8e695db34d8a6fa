"""What the readers of transcripts hand on: cues as the file gives them, and a count of what was odd."""

from __future__ import annotations

from dataclasses import dataclass

from transcode.remarks import Remark

MAX_CUES = 50_000
"""A lecture of twelve hours has about 15,000."""


@dataclass(frozen=True, slots=True)
class RawCue:
    """One cue as a file has it, in seconds. `end_s` None: until the next one. `speaker`: "" when not told."""

    start_s: float
    end_s: float | None
    text: str
    speaker: str = ""


class Notes:
    """Counts what is left out, guessed or put right while one file is read."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._values: dict[str, dict[str, str | int | float]] = {}

    def add(self, code: str, count: int = 1, **values: str | float) -> None:
        """Count `code` `count` times more (0: not at all); the values that came first stay."""
        if count > 0:
            self._counts[code] = self._counts.get(code, 0) + count
            self._values.setdefault(code, dict(values))

    def line_not_understood(self, n: int) -> None:
        """Count line `n` (from 1) as one that was not understood."""
        self.add("lines_not_understood", line=n)

    def count(self, code: str) -> int:
        """Return how often `code` was noted."""
        return self._counts.get(code, 0)

    def remarks(self) -> tuple[Remark, ...]:
        """Return what was noted, sorted by code."""
        return tuple(Remark(code, self._counts[code], self._values[code]) for code in sorted(self._counts))
