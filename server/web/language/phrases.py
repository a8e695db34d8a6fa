"""What slices say about codes, in the source language: plain values, put into words by `words`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Sentence = tuple[str, str]
"""What happened, and what to do about it ("" when there is nothing to do); both marked with N_."""


@dataclass(frozen=True, slots=True)
class Phrases:
    """The sentences and words of all slices together; the fields are those of `Slice`."""

    sentences: Mapping[str, Sentence]
    told_apart: Mapping[tuple[str, str], str]
    words: Mapping[str, Mapping[str, str]]
