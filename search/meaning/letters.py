"""What letters stand for, as pinyin or initials: dsxx is 党史学习."""

from __future__ import annotations

from collections.abc import Iterator

from search.meaning.visible_terms import VisibleTerms
from search.ranking.plan import Sounding
from search.text.names import FEWEST_SOUNDS, NamePart

# What letters may stand for at once: dsxx is 党史学习 and 大山小学.
MOST_TEXTS = 3
MOST_NAMES = 200


class LetterReader:
    """What letters stand for (``plan.Sounds``): characters, when no visible document has the letters as they
    are, and visible names sound so. ``texts`` gathers what was read."""

    def __init__(self, terms: VisibleTerms) -> None:
        self._terms = terms
        self.texts: tuple[str, ...] = ()

    def __call__(self, run: str) -> Sounding | None:
        """See plan.Sounds."""
        if len(run) < FEWEST_SOUNDS or self._terms.has("units", run):
            return None
        texts: dict[str, int] = {}
        names: dict[str, None] = {}
        for part in _some(part for known in self._terms.names() for part in known.sounding(run)):
            seen = self._terms.count_named(part.name.term)
            if seen:
                names[part.name.term] = None
                texts[part.text] = texts.get(part.text, 0) + seen
        if not names:
            return None
        best = tuple(sorted(texts, key=lambda text: (-texts[text], text))[:MOST_TEXTS])
        self.texts = tuple(dict.fromkeys(self.texts + best))
        return Sounding(best, tuple(names))


def _some(found: Iterator[NamePart]) -> list[NamePart]:
    """Each name once, and not more of them than a search can bear."""
    by_name: dict[str, NamePart] = {}
    for part in found:
        by_name.setdefault(part.name.term + "\0" + part.text, part)
        if len(by_name) >= MOST_NAMES:
            break
    return list(by_name.values())
