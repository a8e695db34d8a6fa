"""Titles, lecturers and topics as whole names: found by how they sound, by how they begin, by what is near.

A name lies in the index as one term (``name_terms``) that already says how it is read. ``Names`` holds the
names of one part of an index in three long strings, so that looking for a piece of any of them is one
``str.find`` after the other: 20,000 titles are searched in less than a millisecond. Pure; who may see a name
is for the caller to ask, with the name's term.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import takewhile
from typing import Literal

from search.document import Document
from search.text.pinyin import alike, letters, syllables

Kind = Literal["topic", "lecturer", "title"]

_KINDS: dict[str, Kind] = {"p": "topic", "l": "lecturer", "t": "title"}
# A piece of a name that is too common tells nothing; looking on would only cost.
MOST_PLACES = 400
# One letter, or one syllable, sounds like half of all names.
FEWEST_SOUNDS = 2
_MOST_LISTS = 8


def name_terms(document: Document) -> list[str]:
    """The terms of a document's names: kind, spelling, what was written, and the sounds of each unit."""
    titles = (("t", title) for title in document.title.split("\n"))
    named = [*titles, ("l", document.lecturer), *(("p", topic) for topic in document.topics)]
    return list(dict.fromkeys(_term(kind, text) for kind, text in named if text.strip()))


def _term(kind: str, text: str) -> str:
    written = text.replace("\0", " ").strip()
    heard = syllables(written, is_person=kind == "l")
    return "\0".join(
        (kind, "\1".join(unit for unit, _ in heard), written, " ".join("'".join(s) for _, s in heard))
    )


@dataclass(frozen=True, slots=True)
class Name:
    """One name, read back from its term. ``sounds``: the syllables of each of the ``units``."""

    term: str
    kind: Kind
    text: str
    units: tuple[str, ...]
    sounds: tuple[tuple[str, ...], ...]

    @classmethod
    def read(cls, term: str) -> Name:
        """Raises ValueError, KeyError for what ``name_terms`` did not write."""
        kind, units, text, sounds = term.split("\0")
        heard = tuple(tuple(one.split("'")) for one in sounds.split(" ")) if units else ()
        return cls(term, _KINDS[kind], text, tuple(units.split("\1")) if units else (), heard)

    @property
    def letters(self) -> tuple[str, ...]:
        """How each unit sounds."""
        return tuple("".join(one) for one in self.sounds)

    @property
    def initials(self) -> tuple[str, ...]:
        """The first letters of each unit's syllables."""
        return tuple("".join(syllable[:1] for syllable in one) for one in self.sounds)

    def written(self, start: int, end: int) -> str:
        """Some of the units as text."""
        text = ""
        for unit in self.units[start:end]:
            text += " " + unit if text[-1:].isascii() and unit.isascii() and text else unit
        return text


@dataclass(frozen=True, slots=True)
class NamePart:
    """Units ``start`` to ``end`` of a name sound, or are written, like what was looked for."""

    name: Name
    start: int
    end: int

    @property
    def text(self) -> str:
        """Those units as text."""
        return self.name.written(self.start, self.end)


class _Pieces:
    """Many short strings in one, and which of them lies where."""

    def __init__(self, parts: Iterable[str]) -> None:
        self.starts = array("I")
        texts: list[str] = []
        at = 1
        for part in parts:
            self.starts.append(at)
            texts.append(part)
            at += len(part) + 1
        self.text = "\n" + "\n".join(texts)

    def places(self, piece: str, *, at_start: bool = False) -> Iterator[tuple[int, int]]:
        """(number of the string, offset in it) of the piece, at most MOST_PLACES times."""
        looked_up = "\n" + piece if at_start else piece
        for after in self._found(looked_up):
            yield self._place(after + at_start)

    def one_off(self, piece: str) -> Iterator[tuple[int, int, int]]:
        """(number of the string, offset in it, how many characters more) of what is one character away from
        the piece: then one half of it is right."""
        middle = len(piece) // 2
        for half, before in ((piece[:middle], 0), (piece[middle:], middle)):
            for after in self._found(half):
                for change in (0, -1, 1):
                    first = after - before - (change if before else 0)
                    found = self.text[max(0, first) : first + len(piece) + change]
                    if first > 0 and "\n" not in found and is_one_off(piece, found):
                        yield *self._place(first), change

    def _found(self, text: str) -> Iterator[int]:
        after = -1
        for _ in range(MOST_PLACES):
            after = self.text.find(text, after + 1)
            if after < 0:
                return
            yield after

    def _place(self, at: int) -> tuple[int, int]:
        number = bisect_right(self.starts, at) - 1
        return number, at - self.starts[number]


def _unit_at(parts: tuple[str, ...], offset: int) -> int | None:
    """Which part begins at this character of the joined parts (their number at the end); None inside one."""
    at = 0
    for number, part in enumerate(parts):
        if at >= offset:
            return number if at == offset else None
        at += len(part)
    return len(parts) if at == offset else None


class Names:
    """The names of one part of an index."""

    def __init__(self, terms: Iterable[str]) -> None:
        # Read back one by one when they are found: as objects they would take twenty times the memory.
        self._terms = list(terms)

    def __len__(self) -> int:
        return len(self._terms)

    def _name(self, number: int) -> Name:
        return Name.read(self._terms[number])

    def _all(self) -> Iterator[Name]:
        return map(Name.read, self._terms)

    @cached_property
    def _pieces(self) -> tuple[_Pieces, _Pieces, _Pieces, _Pieces]:
        """Of all names how they are spelled, how they sound, their initials, and how they sound nearly; read
        back once for all four."""
        spelled, lettered, initialled, nearly = [], [], [], []
        for name in self._all():
            letters_of = name.letters
            spelled.append("".join(name.units))
            lettered.append("".join(letters_of))
            initialled.append("".join(name.initials))
            nearly.append("".join(map(alike, letters_of)))
        return _Pieces(spelled), _Pieces(lettered), _Pieces(initialled), _Pieces(nearly)

    @property
    def _spelled(self) -> _Pieces:
        return self._pieces[0]

    @property
    def _lettered(self) -> _Pieces:
        return self._pieces[1]

    @property
    def _initialled(self) -> _Pieces:
        return self._pieces[2]

    @property
    def _alike(self) -> _Pieces:
        return self._pieces[3]

    def sounding(self, run: str) -> Iterator[NamePart]:
        """Whole units of names that are read like these letters, or begin with them."""
        joined = "".join(letters(run.replace("'", "")))
        for pieces, of in ((self._lettered, "letters"), (self._initialled, "initials")):
            for number, offset in pieces.places(joined):
                name = self._name(number)
                parts: tuple[str, ...] = getattr(name, of)
                start, end = _unit_at(parts, offset), _unit_at(parts, offset + len(joined))
                if start is None or end is None:
                    continue
                if sum(map(len, name.sounds[start:end])) >= FEWEST_SOUNDS:
                    yield NamePart(name, start, end)

    def beginning(self, typed: str) -> Iterator[tuple[Name, bool]]:
        """Names in which what is typed so far occurs, by characters, sound or initials; True: at their
        start."""
        spelled = "".join(unit for unit, _ in syllables(typed))
        lettered = "".join("".join(one) for _, one in syllables(typed))
        looked_up = [(self._spelled, "units", spelled)]
        # One letter is in every name; those that begin with it are enough.
        at_start = len(spelled) == 1 and spelled.isascii()
        if spelled.isascii() or not _is_all_han(spelled):
            looked_up += [(self._lettered, "letters", lettered), (self._initialled, "initials", lettered)]
        for pieces, of, piece in looked_up:
            for number, offset in pieces.places(piece, at_start=at_start) if piece else ():
                name = self._name(number)
                if _unit_at(getattr(name, of), offset) is not None:
                    yield name, offset == 0

    def near(self, word: str) -> Iterator[tuple[NamePart, float]]:
        """Pieces of names that a word may have been meant for, with how far they are (0: sounds the same)."""
        units, sound, nearly = _read(word)
        if len(sound) < 3 * FEWEST_SOUNDS - 1:
            return
        yield from self._same_sound(self._lettered, sound, units, 0.0)
        yield from self._same_sound(self._alike, nearly, units, 0.5)
        if len(units) >= 3:
            yield from self._one_off(self._spelled, units, 1.0)
        if "".join(units).isascii() and len(sound) >= 6:
            yield from self._one_off(self._lettered, tuple(sound), 1.5)

    def _same_sound(
        self, pieces: _Pieces, sound: str, units: tuple[str, ...], distance: float
    ) -> Iterator[tuple[NamePart, float]]:
        for number, offset in pieces.places(sound):
            name = self._name(number)
            parts = name.letters if pieces is self._lettered else tuple(map(alike, name.letters))
            start, end = _unit_at(parts, offset), _unit_at(parts, offset + len(sound))
            if start is not None and end is not None and name.units[start:end] != units:
                yield NamePart(name, start, end), distance

    def _one_off(
        self, pieces: _Pieces, typed: tuple[str, ...], distance: float
    ) -> Iterator[tuple[NamePart, float]]:
        """One of its letters or characters is wrong, missing or too many."""
        whole = "".join(typed)
        for number, offset, change in pieces.one_off(whole):
            name = self._name(number)
            parts = name.units if pieces is self._spelled else name.letters
            start, end = _unit_at(parts, offset), _unit_at(parts, offset + len(whole) + change)
            if start is not None and end is not None:
                yield NamePart(name, start, end), distance + (0.1 if change else 0.0)


class GrowingNames:
    """The names of all parts of an index seen so far, in few lists, because each is gone through for every
    word; names that are gone have no documents and show nowhere. Not for several threads at once."""

    def __init__(self) -> None:
        self._terms: set[str] = set()
        self._lists: list[Names] = []

    @property
    def lists(self) -> list[Names]:
        """All names."""
        return self._lists

    @property
    def is_full(self) -> bool:
        """Whether there are so many lists that all names should be read anew."""
        return len(self._lists) >= _MOST_LISTS

    def add(self, terms: Iterable[str]) -> None:
        """Take some names; those that are new are a list of their own."""
        new = [term for term in terms if term not in self._terms]
        if new:
            self._terms.update(new)
            self._lists = [*self._lists, Names(new)]


@lru_cache(maxsize=2_000)
def _read(word: str) -> tuple[tuple[str, ...], str, str]:
    """The units of a word, how it sounds, and how it sounds nearly; asked for in every part of an index."""
    heard = syllables(word)
    sounds = ["".join(one) for _, one in heard]
    return tuple(unit for unit, _ in heard), "".join(sounds), "".join(map(alike, sounds))


def names_of(texts: Iterable[str]) -> Names:
    """Texts that no document bears, to be found as titles are."""
    return Names(_term("t", text) for text in texts if text.strip())


def _is_all_han(text: str) -> bool:
    return not any(char.isascii() for char in text)


def is_one_off(one: str, other: str) -> bool:
    """Do two texts differ by one character more, less or otherwise, or by two neighbours changing places?"""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
    left, right = one[same:], other[same:]
    if len(left) == len(right):
        return left[1:] == right[1:] or (left[:2] == right[1::-1] and left[2:] == right[2:])
    return left[1:] == right if len(left) > len(right) else left == right[1:]
