"""Figures with what they should reach, as a table for people or one object for machines."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One line of the table. `at_most`: whether `reach` is a ceiling (else a floor); None: only told."""

    key: str
    words: str
    value: float
    reach: float | None
    at_most: bool = True

    @property
    def verdict(self) -> str:
        """Whether the value is on the right side."""
        if self.reach is None:
            return ""
        return (
            "reached"
            if (self.value <= self.reach if self.at_most else self.value >= self.reach)
            else "MISSED"
        )

    @property
    def wanted(self) -> str:
        """What is to be reached."""
        return "" if self.reach is None else f"{'<=' if self.at_most else '>='} {self.reach}"


def show(figures: Sequence[Figure], about: str, *, as_json: bool) -> None:
    """Print a Markdown table, or one object of figure: value with `about` on the error stream."""
    if as_json:
        print(json.dumps({figure.key: round(figure.value, 4) for figure in figures}))
        print(about, file=sys.stderr)
        return
    print("\n".join([about, "", "| figure | measured | to reach | |", "| --- | --- | --- | --- |"]))
    for one in figures:
        print(f"| {one.words} | {one.value:.3f} | {one.wanted} | {one.verdict} |")
