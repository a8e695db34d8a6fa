"""Terms that were heard right and written wrong: 三会议课 is 三会一课 where the dictionary has that.

Only what sounds the same, syllable for syllable, and only characters for characters. A term of two
characters, of whose sound there are many words, is put only where the recogniser was in doubt.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from speech.sounds import folded, syllables
from speech.words import SURE, Word, is_han

SHORTEST, SHORTEST_SURE = 2, 3
"""Characters of a term that is looked for; of one that is put where the recogniser was sure."""


@dataclass(frozen=True)
class Repair:
    """From the word ``at`` on (its place among the words) ``now`` stands where ``was`` was recognised."""

    at: int
    was: str
    now: str


def repair(words: Sequence[Word], terms: Iterable[str]) -> tuple[tuple[Word, ...], tuple[Repair, ...]]:
    """Return the words with the terms in their places, as many words as before, and what was changed."""
    known = _by_sound(terms)
    if not known or not words:
        return tuple(words), ()
    text = list("".join(word.text for word in words))
    owner = [n for n, word in enumerate(words) for _ in word.text]
    said = _han_runs("".join(text))
    longest = max(len(sound) for sound in known)
    repairs, at = [], 0
    while at < len(said):
        for length in range(min(longest, len(said) - at), SHORTEST - 1, -1):
            part = said[at : at + length]
            places = [place for place, _sound in part]
            term = known.get(tuple(sound for _place, sound in part))
            if term is None or places[-1] - places[0] != length - 1:
                continue
            was = "".join(text[place] for place in places)
            doubtful = any(words[owner[place]].probability < SURE for place in places)
            if was != term and (length >= SHORTEST_SURE or doubtful):
                repairs.append(Repair(owner[places[0]], was, term))
                for place, character in zip(places, term, strict=True):
                    text[place] = character
            at += length - 1
            break
        at += 1
    return _put_back(words, "".join(text)), tuple(repairs)


def _by_sound(terms: Iterable[str]) -> dict[tuple[str, ...], str]:
    """Terms by their folded sounds; of two that sound the same none is known better, so neither is put."""
    found: dict[tuple[str, ...], str | None] = {}
    for term in dict.fromkeys(terms):
        if len(term) < SHORTEST or not all(map(is_han, term)):
            continue
        sound = tuple(folded(one.sound) for one in syllables(term))
        if len(sound) == len(term):
            found[sound] = term if sound not in found else None
    return {sound: term for sound, term in found.items() if term is not None}


def _han_runs(text: str) -> list[tuple[int, str]]:
    """Each Chinese character's place and folded sound."""
    return [(one.start, folded(one.sound)) for one in syllables(text) if is_han(text[one.start])]


def _put_back(words: Sequence[Word], text: str) -> tuple[Word, ...]:
    found, at = [], 0
    for word in words:
        part = text[at : at + len(word.text)]
        found.append(word if part == word.text else replace(word, text=part))
        at += len(word.text)
    return tuple(found)
