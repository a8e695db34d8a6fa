"""What slices say about codes, in the source language: plain values, put into words by `words`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol, TypeVar

Sentence = tuple[str, str]
"""What happened, and what to do about it ("" when there is nothing to do); both marked with N_."""

_B = TypeVar("_B", bound="_Named")
_K = TypeVar("_K")
_V = TypeVar("_V")


class SlicesClash(Exception):
    """Two slices bring the same thing, or one brings it twice."""


class _Named(Protocol):
    @property
    def name(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Spoken:
    """What one slice says; the fields are those of `Slice`."""

    name: str
    sentences: Mapping[str, Sentence] = field(default_factory=dict)
    told_apart: Mapping[tuple[str, str], str] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


class Phrases(Protocol):
    """The sentences and words of all slices together; the fields are those of `Slice`."""

    @property
    def sentences(self) -> Mapping[str, Sentence]:
        """By their codes."""
        ...

    @property
    def told_apart(self) -> Mapping[tuple[str, str], str]:
        """As in `Slice`."""
        ...

    @property
    def words(self) -> Mapping[str, Mapping[str, str]]:
        """By their kinds and codes."""
        ...


@dataclass(frozen=True, slots=True)
class GatheredPhrases:
    """Phrases that are there."""

    sentences: Mapping[str, Sentence]
    told_apart: Mapping[tuple[str, str], str]
    words: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class LatePhrases:
    """Phrases that are gathered when one of them is asked for: most commands never do."""

    gather: Callable[[], Phrases]

    @cached_property
    def _gathered(self) -> Phrases:
        return self.gather()

    @property
    def sentences(self) -> Mapping[str, Sentence]:
        """As in `Phrases`."""
        return self._gathered.sentences

    @property
    def told_apart(self) -> Mapping[tuple[str, str], str]:
        """As in `Phrases`."""
        return self._gathered.told_apart

    @property
    def words(self) -> Mapping[str, Mapping[str, str]]:
        """As in `Phrases`."""
        return self._gathered.words


def together(slices: Sequence[Spoken]) -> GatheredPhrases:
    """Put together what is said; raises SlicesClash for what is said twice."""
    words = joined("the word", slices, _words)
    kinds = dict.fromkeys(kind for kind, _ in words)
    return GatheredPhrases(
        sentences=joined("the code", slices, lambda one: one.sentences.items()),
        told_apart=joined("the code", slices, lambda one: one.told_apart.items()),
        words={kind: {code: name for (of, code), name in words.items() if of == kind} for kind in kinds},
    )


def joined(what: str, slices: Sequence[_B], brought: Callable[[_B], Iterable[tuple[_K, _V]]]) -> dict[_K, _V]:
    """Return all that `slices` bring, by its key; raises SlicesClash for a key that comes twice."""
    found: dict[_K, _V] = {}
    owners: dict[_K, str] = {}
    for one in slices:
        for key, value in brought(one):
            if key in found:
                raise SlicesClash(f"{what} {key!r} is of the slice {owners[key]} and of {one.name}")
            found[key], owners[key] = value, one.name
    return found


def _words(one: Spoken) -> Iterator[tuple[tuple[str, str], str]]:
    """Give each word by its kind and code: slices may share a kind, but not a word."""
    for kind, names in one.words.items():
        for code, name in names.items():
            yield (kind, code), name
