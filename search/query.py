"""Our own small query language: words, "phrases", -without, lecturer: topic: year:; anything else is text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query. ``text`` is what was typed; the parts hold original (unfolded) text."""

    text: str = ""
    words: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    lecturers: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    years: tuple[int, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Nothing to look for (exclusions alone find nothing)."""
        return not (self.words or self.phrases or self.lecturers or self.topics or self.years)


def parse(text: str) -> Query:
    """Read what a person typed. Never raises."""
    raise NotImplementedError
