"""A script's sentences get the seconds at which they were said.

The script and what was recognised are compared by sound (``sounds``, ``banding``). A sentence of which
enough was heard is said; its first and last syllables give its seconds, sharpened by the pauses of the
sound. What was not said is never placed, and what was said beyond the script is named.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from speech.banding import pairs
from speech.sounds import folded, syllables
from speech.words import Word

SAID = 0.5
"""The share of a sentence's syllables that must have been heard."""

SAID_SHORT, SHORT = 0.6, 10
"""The share of a sentence with fewer syllables than this, of which a few may fit by chance."""

GATHERED, MOST_LOOKED_AT = 0.7, 150
"""The share of a sentence that must stand together where it is looked for once more; among how many
syllables."""

LIKELY = 0.3
"""Enough where the sentences on both sides were said and there is just room for this one."""

SHORTEST_BEYOND = 4
"""Syllables of what counts as said beyond the script; less is a cough or a slip."""

SNAP_S = 0.35
"""How far a sentence's border may be from the pause that it is moved to."""

_USUAL_S = 0.22
"""A syllable, where the words around say nothing better."""


@dataclass(frozen=True)
class AlignedCue:
    """When a sentence was said. ``share``: of its syllables that were heard, 0 to 1."""

    start_s: float
    end_s: float
    share: float


@dataclass(frozen=True)
class Aligned:
    """``cues``: one for each sentence, None for what was not said; in order and without overlap.
    ``beyond``: spans of words, ``words[a:b]``, that were said and do not stand in the script."""

    cues: tuple[AlignedCue | None, ...]
    beyond: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class _Heard:
    """A syllable that was recognised: its sound, its word and its seconds."""

    sound: str
    word: int
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class _Match:
    """A sentence beside what was heard: pairs of (syllable of the sentence, syllable heard)."""

    length: int
    heard: tuple[tuple[int, int], ...]

    @property
    def share(self) -> float:
        return len(self.heard) / self.length if self.length else 0.0


def align(sentences: Sequence[str], words: Sequence[Word], pauses: Sequence[tuple[float, float]]) -> Aligned:
    """Return the sentences' seconds; ``pauses`` of the same recording, the finer the better
    (``pauses.find_pauses``)."""
    heard = _heard(words)
    written = [[one.sound for one in syllables(sentence)] for sentence in sentences]
    matches = _matched(written, heard)
    _gather(matches, written, heard)
    said = _said(matches, heard)
    cues: list[AlignedCue | None] = [None] * len(sentences)
    silences = _Silences(pauses)
    for n in said:
        start_s, end_s = _seconds(matches[n], heard)
        cues[n] = AlignedCue(start_s, end_s, round(matches[n].share, 3))
    return Aligned(_in_order(cues, silences), _beyond(said, matches, heard, len(words)))


def _heard(words: Sequence[Word]) -> list[_Heard]:
    """All syllables; a word's seconds are shared out among its own."""
    # Read as one text: how a character sounds depends on its neighbours, and words are mostly single ones.
    text = "".join(word.text + " " if word.text[-1:].isascii() else word.text for word in words)
    owner = [n for n, word in enumerate(words) for _ in range(len(word.text) + int(word.text[-1:].isascii()))]
    found: list[tuple[str, int]] = [(one.sound, owner[one.start]) for one in syllables(text)]
    counted: dict[int, int] = {}
    for _sound, word in found:
        counted[word] = counted.get(word, 0) + 1
    heard, seen = [], dict.fromkeys(counted, 0)
    for sound, n in found:
        part = max(0.0, words[n].end_s - words[n].start_s) / counted[n]
        start_s = words[n].start_s + part * seen[n]
        heard.append(_Heard(sound, n, start_s, start_s + part))
        seen[n] += 1
    return heard


def _matched(written: Sequence[Sequence[str]], heard: Sequence[_Heard]) -> list[_Match]:
    script = [sound for sentence in written for sound in sentence]
    place = [(n, k) for n, sentence in enumerate(written) for k in range(len(sentence))]
    said = [one.sound for one in heard]
    found: list[list[tuple[int, int]]] = [[] for _ in written]
    for row, column, _equal in pairs(script, said, [*map(folded, script)], [*map(folded, said)]):
        sentence, k = place[row]
        found[sentence].append((k, column))
    return [_Match(len(sounds), _together(some)) for sounds, some in zip(written, found, strict=True)]


def _gather(matches: list[_Match], written: Sequence[Sequence[str]], heard: Sequence[_Heard]) -> None:
    """Look again for sentences whose syllables were found scattered: the way through all of the text
    does not mind where in what was said beyond the script it finds them, though they were said in one
    breath."""
    sure = [n for n, match in enumerate(matches) if _is_sure(match)]
    for n, sounds in enumerate(written):
        if _is_sure(matches[n]) or len(sounds) < SHORTEST_BEYOND:
            continue
        place = bisect_left(sure, n)
        first = matches[sure[place - 1]].heard[-1][1] + 1 if place else 0
        last = matches[sure[place]].heard[0][1] if place < len(sure) else len(heard)
        if not len(sounds) / 2 <= last - first <= MOST_LOOKED_AT:
            continue
        said = [folded(one.sound) for one in heard[first:last]]
        near = [folded(sound) for sound in sounds]
        at = max(range(len(said)), key=lambda start: _hits(near, said, start))
        begin, end = max(0, at - 1), min(len(said), at + len(near) + 2)
        some = pairs(near, said[begin:end], near, said[begin:end])
        if len(some) >= GATHERED * len(near):
            matches[n] = _Match(len(near), _together([(k, first + begin + c) for k, c, _equal in some]))
            sure.insert(place, n)


def _hits(near: Sequence[str], said: Sequence[str], start: int) -> int:
    """How many syllables stand where they would, one to the left or right of it allowed."""
    return sum(sound in said[max(0, start + k - 1) : start + k + 2] for k, sound in enumerate(near))


def _together(some: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Without single syllables at the ends that lie far from the rest: they are some other sentence's."""
    kept = list(some)
    while len(kept) > 2 and _apart(kept[0], kept[1]):
        kept = kept[1:]
    while len(kept) > 2 and _apart(kept[-2], kept[-1]):
        kept = kept[:-1]
    return tuple(kept)


def _apart(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return (other[1] - one[1]) - (other[0] - one[0]) > 6


def _said(matches: Sequence[_Match], heard: Sequence[_Heard]) -> list[int]:
    """Which sentences were said, in order."""
    sure = [n for n, match in enumerate(matches) if _is_sure(match)]
    certain = set(sure)
    for n, match in enumerate(matches):
        if n in certain or match.share < LIKELY or len(match.heard) < 2:
            continue
        before, after = n - 1 in certain or n == 0, n + 1 in certain or n + 1 == len(matches)
        if before and after and _fits(n, matches, heard):
            sure.append(n)
    return sorted(sure)


def _is_sure(match: _Match) -> bool:
    if not match.heard or match.share < (SAID_SHORT if match.length < SHORT else SAID):
        return False
    if match.length <= 3 and len(match.heard) < min(2, match.length):
        return False
    # What was said in one breath does not take much longer than its syllables do.
    first, last = match.heard[0][1], match.heard[-1][1]
    return last - first + 1 <= 2 * match.length + 4


def _fits(n: int, matches: Sequence[_Match], heard: Sequence[_Heard]) -> bool:
    """Whether between its neighbours as much was heard as the sentence has syllables."""
    first = matches[n - 1].heard[-1][1] + 1 if n and matches[n - 1].heard else 0
    last = matches[n + 1].heard[0][1] if n + 1 < len(matches) and matches[n + 1].heard else len(heard)
    return 0.6 * matches[n].length <= last - first <= 1.5 * matches[n].length


def _seconds(match: _Match, heard: Sequence[_Heard]) -> tuple[float, float]:
    """From the first syllable to the last; those at the ends that were not recognised have their time
    too."""
    (first, begin), (last, end) = match.heard[0], match.heard[-1]
    start_s, end_s = heard[begin].start_s, heard[end].end_s
    each_s = (end_s - start_s) / (end - begin + 1) if end > begin else _USUAL_S
    each_s = min(max(each_s, 0.1), 0.35)
    for n in range(first):
        at = begin - n - 1
        near = at >= 0 and heard[at].end_s >= start_s - 0.3
        start_s = heard[at].start_s if near else start_s - each_s
    for n in range(match.length - last - 1):
        at = end + n + 1
        near = at < len(heard) and heard[at].start_s <= end_s + 0.3
        end_s = heard[at].end_s if near else end_s + each_s
    return max(0.0, start_s), max(end_s, start_s + 0.05)


class _Silences:
    """The pauses, to move borders to."""

    def __init__(self, pauses: Sequence[tuple[float, float]]) -> None:
        ordered = sorted(pauses)
        self._starts, self._ends = [a for a, _b in ordered], sorted(b for _a, b in ordered)
        self._pauses = ordered

    def end_near(self, at_s: float) -> float | None:
        """The end of the pause in whose reach a sentence's first sound is: the longest of them."""
        near = [
            pause
            for pause in self._around(at_s)
            if pause[0] - SNAP_S <= at_s <= pause[1] + SNAP_S
            and abs(pause[1] - at_s) <= max(SNAP_S, pause[1] - pause[0])
        ]
        if not near:
            return None
        return max(near, key=lambda pause: _weight(pause, pause[1] - at_s))[1]

    def start_near(self, at_s: float) -> float | None:
        """The beginning of the pause in whose reach a sentence's last sound is."""
        near = [
            pause
            for pause in self._around(at_s)
            if pause[0] - SNAP_S <= at_s <= pause[1] + SNAP_S
            and abs(pause[0] - at_s) <= max(SNAP_S, pause[1] - pause[0])
        ]
        if not near:
            return None
        return max(near, key=lambda pause: _weight(pause, pause[0] - at_s))[0]

    def _around(self, at_s: float) -> Sequence[tuple[float, float]]:
        first = bisect_left(self._ends, at_s - SNAP_S)
        last = bisect_left(self._starts, at_s + SNAP_S)
        return self._pauses[max(0, first - 1) : last + 1]


def _weight(pause: tuple[float, float], off_s: float) -> float:
    """Long pauses are borders of sentences, near ones are likelier meant."""
    return min(pause[1] - pause[0], 0.5) - abs(off_s)


def _in_order(cues: Sequence[AlignedCue | None], silences: _Silences) -> tuple[AlignedCue | None, ...]:
    """Move borders to the pauses, and let no sentence begin before the one before it ends."""
    said = [cue for cue in cues if cue is not None]
    placed: list[AlignedCue] = []
    last_end = 0.0
    for n, cue in enumerate(said):
        start_s = silences.end_near(cue.start_s)
        start_s = max(last_end, cue.start_s if start_s is None else start_s)
        end_s = silences.start_near(cue.end_s)
        end_s = cue.end_s if end_s is None or end_s <= start_s else end_s
        following = said[n + 1].start_s if n + 1 < len(said) else None
        if following is not None:
            moved = silences.end_near(following)
            end_s = min(end_s, max(following if moved is None else moved, start_s))
        end_s = max(end_s, start_s + 0.01)
        placed.append(AlignedCue(round(start_s, 3), round(end_s, 3), cue.share))
        last_end = placed[-1].end_s
    ready = iter(placed)
    return tuple(None if cue is None else next(ready) for cue in cues)


def _beyond(
    said: Sequence[int], matches: Sequence[_Match], heard: Sequence[_Heard], words: int
) -> tuple[tuple[int, int], ...]:
    """Runs of words that no said sentence holds."""
    taken = [False] * words
    for n in said:
        match = matches[n]
        (first, begin), (last, end) = match.heard[0], match.heard[-1]
        begin, end = max(0, begin - first), min(len(heard) - 1, end + match.length - last - 1)
        for column in range(begin, end + 1):
            taken[heard[column].word] = True
        _free_what_was_put_between(match, heard, taken)
    counted = [0] * words
    for one in heard:
        counted[one.word] += 1
    found: list[tuple[int, int]] = []
    free_from: int | None = None
    for n in range(words + 1):
        free = n < words and not taken[n]
        if free and free_from is None:
            free_from = n
        elif not free and free_from is not None:
            if sum(counted[free_from:n]) >= SHORTEST_BEYOND:
                found.append((free_from, n))
            free_from = None
    return tuple(found)


def _free_what_was_put_between(match: _Match, heard: Sequence[_Heard], taken: list[bool]) -> None:
    """Words in the middle of a sentence that are more than its own missing ones could be."""
    for (k, column), (next_k, next_column) in zip(match.heard, match.heard[1:], strict=False):
        if (next_column - column) - (next_k - k) >= SHORTEST_BEYOND:
            for between in range(column + 1 + (next_k - k - 1), next_column):
                taken[heard[between].word] = False
