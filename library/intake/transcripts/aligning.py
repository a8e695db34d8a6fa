"""Where the lines of a text are said in a recording, as a machine heard it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from library.catalog.rules import CueLine, CueSource
from transcode.remarks import Remark

LEAST_SAID = 0.3
"""A text of which less is said is another talk's: it keeps its estimated times, and that is said."""


@dataclass(frozen=True)
class Place:
    """Where a line is said, in seconds of the recording. `share`: what part of its syllables was heard."""

    start_s: float
    end_s: float
    share: float


@dataclass(frozen=True)
class Figures:
    """How much of a text is said: its lines, those not said, those said beyond it, those taken of these."""

    lines: int
    unsaid: int
    beyond: int = 0
    taken: int = 0

    @property
    def fits(self) -> bool:
        """Whether enough of it is said for it to be of this recording."""
        return self.lines > 0 and self.lines - self.unsaid >= LEAST_SAID * self.lines

    def to_json(self) -> dict[str, int]:
        """Return it as a JSON column keeps it."""
        return {"lines": self.lines, "unsaid": self.unsaid, "beyond": self.beyond, "taken": self.taken}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Return what `to_json` gave."""
        return cls(**value)


@dataclass(frozen=True)
class Places:
    """Where each line of a text is said, None for what nobody says; and what is said `beyond` it.

    `taken` are the numbers (from 0) of those beyond it that somebody took into the transcript.
    """

    lines: tuple[Place | None, ...]
    beyond: tuple[CueLine, ...] = ()
    taken: tuple[int, ...] = ()

    @property
    def figures(self) -> Figures:
        """How much of the text is said."""
        return Figures(len(self.lines), self.lines.count(None), len(self.beyond), len(self.taken))

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON column keeps it."""
        return {
            "lines": [None if one is None else [one.start_s, one.end_s, one.share] for one in self.lines],
            "beyond": [line.to_json() for line in self.beyond],
            "taken": list(self.taken),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Return what `to_json` gave."""
        return cls(
            tuple(None if one is None else Place(*one) for one in value["lines"]),
            tuple(CueLine.from_json(line) for line in value["beyond"]),
            tuple(value["taken"]),
        )

    def with_taken(self, numbers: Iterable[int]) -> Self:
        """Return it with these of the lines beyond the text taken in, and no others."""
        return replace(self, taken=tuple(sorted({n for n in numbers if 0 <= n < len(self.beyond)})))

    def shown(self, text: Sequence[CueLine]) -> tuple[CueLine, ...]:
        """Return the lines of a text that are said, with their times, and what was taken in beyond it."""
        said = [
            replace(
                line,
                start_s=place.start_s,
                end_s=place.end_s,
                source=CueSource.ALIGNED,
                confidence=place.share,
            )
            for line, place in zip(text, self.lines, strict=True)
            if place is not None
        ]
        both = [*said, *(self.beyond[n] for n in self.taken)]
        return tuple(sorted(both, key=lambda line: line.start_s or 0.0))

    def unsaid(self, text: Sequence[CueLine]) -> tuple[str, ...]:
        """Return the lines of a text that nobody says."""
        return tuple(line.text for line, place in zip(text, self.lines, strict=True) if place is None)


def remarks_of(figures: Figures) -> list[Remark]:
    """Return what is to be said of a text that was laid over a recording."""
    if not figures.fits:
        return [Remark("script_not_said", figures.unsaid, {"lines": figures.lines})]
    found = []
    if figures.unsaid:
        found.append(Remark("script_unsaid", figures.unsaid, {"lines": figures.lines}))
    if figures.beyond > figures.taken:
        found.append(Remark("script_beyond", figures.beyond - figures.taken))
    return found
