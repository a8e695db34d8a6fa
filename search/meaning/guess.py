"""What a person meant who typed letters, half a name or a wrong character. Pure, the same for every engine.

``Look`` is what an engine tells about the documents that the searcher may see; nothing else is ever asked, so
nothing hidden can show.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from search.engine import Results, Suggestion
from search.meaning.dictionary import NO_DICTIONARY, Dictionary
from search.meaning.misspelt import OTHER, Said, slips
from search.meaning.names import FEWEST_SOUNDS, Heard, Name, Names
from search.query import Query
from search.ranking.plan import Sounding, whole_words
from search.text.analysis import STOP_WORDS, is_han, pairs, unit_texts
from search.text.fold import fold, spelling

# What letters may stand for at once: dsxx is 党史学习 and 大山小学.
MOST_TEXTS = 3
MOST_NAMES = 200
# How much of a long word is looked at for something that was meant otherwise.
LONGEST_WINDOW = 8
SHORTEST_WINDOW = 2
LONGEST_WORD = 16
# Two characters that are said side by side are a word that is said; three need not be.
LONGEST_PAIRED = 2
# As many stretches as the longest word has, of all words together: a pasted paragraph is no slip of a finger.
MOST_WINDOWS = 84

_Rating = tuple[float, int, int]
"""How far it is, how much of the word it replaces (less is more), how often it is there (likewise)."""

_RANK = {"topic": 0, "lecturer": 1, "title": 2}


@dataclass(frozen=True, slots=True)
class Look:
    """``names``: of all parts of the index. ``count``: how many visible documents bear a name (its term);
    ``has``: does a visible document hold this term of a field ("pairs", "units")? ``says``: how many visible
    documents hold these units in this order; ``beginning``: the pairs that begin so, of hidden ones too."""

    names: Callable[[], Sequence[Names]]
    count: Callable[[str], int]
    has: Callable[[str, str], bool]
    says: Callable[[tuple[str, ...]], int]
    beginning: Callable[[str], Iterable[str]]

    def said(self) -> Said:
        """For ``slips``, with an allowance for one query."""
        return Said(lambda term: self.has("pairs", term), self.says, self.beginning)


class Listener:
    """What letters stand for (``plan.Sounds``): characters, when no visible document has the letters as they
    are, and visible names sound so. ``texts`` gathers what was heard."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self.texts: tuple[str, ...] = ()

    def __call__(self, run: str) -> Sounding | None:
        """See plan.Sounds."""
        if len(run) < FEWEST_SOUNDS or self._look.has("units", run):
            return None
        texts: dict[str, int] = {}
        terms: dict[str, None] = {}
        for one in _some(heard for names in self._look.names() for heard in names.sounding(run)):
            seen = self._look.count(one.name.term)
            if seen:
                terms[one.name.term] = None
                texts[one.text] = texts.get(one.text, 0) + seen
        if not terms:
            return None
        best = tuple(sorted(texts, key=lambda text: (-texts[text], text))[:MOST_TEXTS])
        self.texts = tuple(dict.fromkeys(self.texts + best))
        return Sounding(best, tuple(terms))


def _some(found: Iterator[Heard]) -> list[Heard]:
    """Each name once, and not more of them than a search can bear."""
    by_name: dict[str, Heard] = {}
    for one in found:
        by_name.setdefault(one.name.term + "\0" + one.text, one)
        if len(by_name) >= MOST_NAMES:
            break
    return list(by_name.values())


def suggest(look: Look, typed: str, limit: int) -> list[Suggestion]:
    """Names in which what is typed so far occurs: those that begin with it first, topics before titles."""
    candidates: dict[str, tuple[Name, bool]] = {}
    for names in look.names():
        for name, at_start in names.beginning(typed):
            known = candidates.get(name.term)
            candidates[name.term] = (name, at_start or (known is not None and known[1]))
    ordered = sorted(
        candidates.values(),
        key=lambda pair: (not pair[1], _RANK[pair[0].kind], len(pair[0].units), pair[0].term),
    )
    found: dict[tuple[str, str], Suggestion] = {}
    for name, _ in ordered:
        if len(found) >= limit:
            break
        same = (name.kind, fold(name.text))
        if same not in found and (count := look.count(name.term)):
            found[same] = Suggestion(name.kind, name.text, count)
    return list(found.values())[: max(0, limit)]


def first_better(candidates: Iterable[Query], search: Callable[[Query], Results]) -> str | None:
    """The first candidate that finds something without being relaxed."""
    for candidate in candidates:
        results = search(candidate)
        if results.total and not results.relaxed:
            return candidate.text
    return None


def corrections(
    look: Look, query: Query, dictionary: Dictionary = NO_DICTIONARY, *, sounds_only: bool = False
) -> Iterator[Query]:
    """The query with its unknown words replaced by what is near them in visible names, in the dictionary and
    in what is said; the best first. ``sounds_only``: whole words that sound the same and are said."""
    changed: list[tuple[str, list[str]]] = []
    guesses = _Guesses(look, dictionary, sounds_only=sounds_only)
    for word in query.words:
        if new := guesses.of(word):
            changed.append((word, new))
    if not changed:
        return
    for n in range(max(len(new) for _, new in changed)):
        text, words = query.text, dict.fromkeys(query.words, "")
        for word, new in changed:
            chosen = new[min(n, len(new) - 1)]
            text = text.replace(word, chosen, 1)
            words[word] = chosen
        yield replace(query, text=text, words=tuple(new or word for word, new in words.items()))


class _Guesses:
    """What the words of one query may have been meant for."""

    def __init__(self, look: Look, dictionary: Dictionary, *, sounds_only: bool) -> None:
        self._look, self._dictionary, self._sounds_only = look, dictionary, sounds_only
        self._allowed = iter(range(MOST_WINDOWS))
        self._said = look.said()

    def of(self, word: str) -> list[str]:
        """The best first; none for a word that somebody says, or that holds only known ones."""
        found = tuple(unit_texts(fold(word)))
        if self._is_said(found):
            return []
        if self._sounds_only or self._is_known(word):
            # Its parts may have met for the first time: only what sounds like the whole is asked about.
            options = self._whole(word) if len(found) <= LONGEST_WINDOW else {}
        else:
            options = self._of_stretches(word)
        ordered = sorted(options, key=lambda new: (options[new], new))
        return [new for new in ordered if new not in STOP_WORDS and new != word][:4]

    def _is_said(self, found: tuple[str, ...]) -> bool:
        """Does somebody say all of it as it stands? What is too short or too long to be asked is."""
        if len(found) == 1:
            return is_han(found[0]) or self._look.has("units", found[0])
        if not all(self._look.has("pairs", one) for one in pairs(found)):
            return False
        return not LONGEST_PAIRED < len(found) <= LONGEST_WINDOW or self._said.count(found) != 0

    def _whole(self, word: str) -> dict[str, _Rating]:
        near = self._said_near(word, sounds_only=True)
        return {new: (distance, 0, -seen) for new, distance, seen in near if distance < OTHER}

    def _is_known(self, word: str) -> bool:
        found = unit_texts(fold(word))
        if len(found) == 1:
            return self._look.has("units", found[0])
        if all(self._look.has("pairs", pair) for pair in pairs(found)):
            return len(found) <= LONGEST_PAIRED
        # Words that are known by themselves may meet for the first time; lone characters always are known.
        cut = [unit_texts(one) for one in whole_words((word,))]
        return all(len(one) > 1 and all(self._look.has("pairs", pair) for pair in pairs(one)) for one in cut)

    def _of_stretches(self, word: str) -> dict[str, _Rating]:
        """The word with one stretch of it as it is written elsewhere; takes one of what is allowed for each
        stretch that is looked for, and looks no further when there is no more."""
        units = unit_texts(spelling(word))[:LONGEST_WORD]
        options: dict[str, _Rating] = {}
        for size in range(min(len(units), LONGEST_WINDOW), 0, -1):
            for start in range(len(units) - size + 1):
                window = units[start : start + size]
                if (size < SHORTEST_WINDOW and is_han(window[0])) or self._is_known("".join(window)):
                    continue
                if next(self._allowed, None) is None:
                    break
                # One slip in a word is looked for in the whole of it; in a part of it, only by its sound.
                for meant, distance, seen in self._near("".join(window), sounds_only=size < len(units)):
                    new = "".join(units[:start]) + meant + "".join(units[start + size :])
                    rating = (distance, -size, -seen)
                    options[new] = min(options.get(new, rating), rating)
            if options and min(options.values())[0] < OTHER:
                break
        return options

    def _near(self, window: str, *, sounds_only: bool) -> Iterator[tuple[str, float, int]]:
        """(what was meant, how far it is, how many visible documents have it)."""
        for names in self._look.names():
            for heard, distance in names.near(window):
                if seen := self._look.count(heard.name.term):
                    yield heard.text, distance, seen
        yield from self._said_near(window, sounds_only=sounds_only)

    def _said_near(self, window: str, *, sounds_only: bool) -> Iterator[tuple[str, float, int]]:
        for heard, distance in self._dictionary.names.near(window):
            # What the dictionary knows need not be said by anybody whom the searcher may hear.
            if seen := self._said.count(tuple(unit_texts(fold(heard.text)))):
                yield heard.text, distance, seen
        yield from slips(self._said, window, sounds_only=sounds_only)
