"""What makes a good entry, and what is in the dictionary already. Pure.

Words are compared as the search folds them (`search.units_of`): 二十大 is 20大, 黨 is 党.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from library.core.errors import Conflict, Invalid
from library.core.text import clean_line
from search import MAX_SYNONYMS, MAX_WORD_UNITS, fold, units_of

WORD_MAX = 64
"""Letters. Of Chinese characters it may have what the search takes (`MAX_WORD_UNITS`), which is less."""
GROUP_MAX = MAX_SYNONYMS + 1
"""More would not all be looked for."""
WORDS_MAX = 5_000
GROUPS_MAX = 2_000

# What parts words wherever several may be typed. A colon parts too: searches read what stands before it as a
# field, so that a word with one could never be asked for.
_PARTS = re.compile(r"[、,，;；=＝\r\n]")
_NOT_IN_WORDS = re.compile(r"[、,，;；=＝:：]")
# A line that begins with it is a note (`lines.py`); to the search it says nothing.
_NOTE = "#＃ "

Units = tuple[str, ...]


class Change(StrEnum):
    """What was done with an entry; shipped ones can only be switched off and on."""

    ADD = "add"
    CHANGE = "change"
    REMOVE = "remove"
    OFF = "off"
    ON = "on"


@dataclass(frozen=True)
class Draft:
    """Words as they are kept, one or several that mean the same; `same`: those left out, because the search
    takes them for one that is kept."""

    words: tuple[str, ...]
    same: tuple[str, ...] = ()


@dataclass(frozen=True)
class Entry:
    """One entry of the dictionary. `id` is that of the row or, of a `shipped` one, made of its words.

    `on`: searches use it. `version` is 0 for shipped entries.
    """

    id: str
    words: tuple[str, ...]
    shipped: bool = False
    on: bool = True
    version: int = 0

    @property
    def is_group(self) -> bool:
        """Whether it holds words that mean the same, and not a single word."""
        return len(self.words) > 1

    @cached_property
    def units(self) -> frozenset[Units]:
        """Its words as the search compares them."""
        return frozenset(map(units_of, self.words))

    def holds(self, text: str) -> bool:
        """Tell whether one of its words holds `text`, however both are written; "" is in every word."""
        wanted = "".join(units_of(text)) or fold(text).strip()
        return any(wanted in "".join(units_of(word)) for word in self.words)


def shipped_id(words: Sequence[str]) -> str:
    """Return the id of a shipped entry: "s" and 15 digits; it stays the same when a group gets more words.

    Ids of rows begin with a digit, see `core.ids`.
    """
    kind = "group" if len(words) > 1 else "word"
    name = f"{kind} {' '.join(units_of(words[0]))}"
    return "s" + hashlib.sha256(name.encode()).hexdigest()[:15]


def clean_word(text: str) -> str:
    """Return a word as it is kept; raises Invalid when the search could do nothing with it."""
    word = clean_line(text).lstrip(_NOTE)
    if not word:
        raise Invalid("empty", field="words")
    if _NOT_IN_WORDS.search(word):
        raise Invalid("word_parted", field="words", word=word)
    units = units_of(word)
    if not units:
        raise Invalid("word_without_letters", field="words", word=word)
    if len(units) > MAX_WORD_UNITS:
        raise Invalid("word_of_many_units", field="words", word=word, most=MAX_WORD_UNITS, count=len(units))
    if len(word) > WORD_MAX:
        raise Invalid("word_of_many_letters", field="words", most=WORD_MAX, count=len(word))
    return word


def split_words(text: str) -> list[str]:
    """Return the words of a group as people type it: parted by 、 , ; = or line breaks."""
    return [part for part in _PARTS.split(text) if clean_line(part)]


def word_draft(text: str) -> Draft:
    """Return a single word, ready to be kept; raises Invalid."""
    return Draft((clean_word(text),))


def group_draft(words: Sequence[str]) -> Draft:
    """Return words that mean the same, ready to be kept; raises Invalid."""
    if len(words) > GROUP_MAX:
        raise Invalid("too_many", field="words", most=GROUP_MAX, count=len(words))
    kept: dict[Units, str] = {}
    same = []
    for word in map(clean_word, words):
        if kept.setdefault(units_of(word), word) != word:
            same.append(word)
    if not kept:
        raise Invalid("empty", field="words")
    if len(kept) < 2:
        raise Invalid("group_of_one", field="words", word=next(iter(kept.values())))
    return Draft(tuple(kept.values()), tuple(same))


def joined(entry: Entry, wanted: Draft) -> Draft:
    """Return the words of an entry and of a new group as one group."""
    return group_draft((*entry.words, *(word for word in wanted.words if units_of(word) not in entry.units)))


def draft(words: Sequence[str]) -> Draft:
    """Return one word or a group, whichever it is; raises Invalid."""
    return word_draft(words[0]) if len(words) == 1 else group_draft(words)


def shown(words: Iterable[str]) -> str:
    """Return an entry as one line that can be pasted: 二十大=党的二十大."""
    return "=".join(words)


class Entries:
    """All entries, looked up by their words; `put` and `drop` keep it true while many are added."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._by_word: dict[Units, dict[str, Entry]] = {}
        self._own = {False: 0, True: 0}
        for entry in entries:
            self.put(entry)

    def put(self, entry: Entry) -> None:
        """Add an entry; one that changes is dropped first."""
        for units in entry.units:
            self._by_word.setdefault(units, {})[entry.id] = entry
        self._own[entry.is_group] += not entry.shipped

    def drop(self, entry: Entry) -> None:
        """Take an entry out."""
        for units in entry.units:
            self._by_word[units].pop(entry.id, None)
        self._own[entry.is_group] -= not entry.shipped

    def check(self, wanted: Draft) -> None:
        """Raise Conflict when the words are there already (and where), Invalid when the dictionary is full.

        A word is there when any entry in use holds it, a group when another holds all its words. A shipped
        entry that is switched off is there only as itself: its words may be taught otherwise.
        """
        units = frozenset(map(units_of, wanted.words))
        word, is_group = shown(wanted.words), len(units) > 1
        if (there := self._holding(units)) is not None:
            code = "entry_there_shipped" if there.shipped else "entry_there"
            raise Conflict(code, field="words", word=word, where=shown(there.words))
        if (off := self.shipped_as(units)) is not None:
            raise Conflict("entry_there_off", field="words", word=shown(off.words))
        most = GROUPS_MAX if is_group else WORDS_MAX
        if self._own[is_group] >= most:
            raise Invalid("groups_full" if is_group else "words_full", field="words", most=most)

    def sharing(self, wanted: Draft) -> Entry | None:
        """Return a group of the staff's that shares a word with a new group and could take all of it; of
        several the one that shares most. Shipped ones take nothing."""
        units = frozenset(map(units_of, wanted.words))
        if len(units) < 2:
            return None
        groups = {e.id: e for word in units for e in self._by_word.get(word, {}).values()}
        own = (e for e in groups.values() if e.is_group and not e.shipped)
        found = [e for e in own if len(e.units | units) <= GROUP_MAX]
        return min(found, key=lambda e: (-len(e.units & units), e.id), default=None)

    def shipped_as(self, units: frozenset[Units]) -> Entry | None:
        """Return the shipped entry of exactly these words."""
        found = (e for e in self._of_rarest(units) if e.shipped and e.units == units)
        return next(found, None)

    def own_as(self, units: frozenset[Units]) -> Entry | None:
        """Return the staff's entry of exactly these words."""
        return next((e for e in self._of_rarest(units) if not e.shipped and e.units == units), None)

    def _holding(self, units: frozenset[Units]) -> Entry | None:
        return next((e for e in self._of_rarest(units) if e.on and e.units >= units), None)

    def _of_rarest(self, units: frozenset[Units]) -> Iterable[Entry]:
        """The entries that hold one of the words: the one that the fewest hold."""
        return min((self._by_word.get(word, {}).values() for word in units), key=len)
