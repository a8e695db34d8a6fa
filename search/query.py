"""Our own small query language. Anything that is not one of its forms is text; nothing is an error.

    words                 all of them, or failing that the rarest
    "a phrase"            these characters in this order; also “…” and 「…」
    -word  -"a phrase"    without it
    lecturer:name         also 讲师:
    topic:name            also 主题: and 专题:
    year:2023             also 年份: and year:2021-2023
    branch:name           also 支部: and 党支部:
    kind:video            also 类型:; what kind of lesson is asked for so, too

``branches`` and ``kinds`` are compared as a whole with what the index was given; who asks replaces a name by
its key, and moves those of ``kinds`` that are ``genres``. A field takes a word or a phrase (lecturer:"Li
Ming"); one without a value, or with a year that is none, narrows nothing and is kept in ``misread``, for
whoever wants to say so. A raw engine query is never taken from a person, so the engine can be changed without
translating anything that people stored.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from search.text.analysis import unit_texts
from search.text.fold import fold

# Longer than any sentence a person types; what follows is left out, so that no query costs much.
MAX_QUERY_CHARACTERS = 300

# A range is looked up year by year.
MAX_YEARS = 120

_FIELDS = {
    "lecturer": "lecturer",
    "讲师": "lecturer",
    "topic": "topic",
    "主题": "topic",
    "专题": "topic",
    "year": "year",
    "年份": "year",
    "branch": "branch",
    "支部": "branch",
    "党支部": "branch",
    "kind": "kind",
    "类型": "kind",
}
_FIELD_ALONE = re.compile(r"([^\W\d_]+)[:：]")
_YEARS = re.compile(r"(\d{4})年?(?:[-~–—−至到]{1,2}(\d{4})年?)?", re.ASCII)
_QUOTED = '["“”„‟＂](?P<quoted>[^"“”„‟＂]*)["“”„‟＂]|「(?P<corner>[^「」]*)」|『(?P<double>[^『』]*)』'
_PART = re.compile(
    # A minus counts at the start of a word only: covid-19 and 1921-1949 are text.
    r"(?P<minus>(?:(?<!\S)[-－−–])?)(?:(?P<field>[^\W\d_]+)[:：]\s*)?(?:"
    + _QUOTED
    + r"|(?P<word>[^\s\"“”„‟＂「」『』]+))"
)


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query. ``text`` is what was typed; the parts hold original (unfolded) text.

    ``misread``: (field as it was typed, value) of fields whose value is missing ("") or not understood.
    """

    text: str = ""
    words: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    lecturers: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    branches: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    genres: tuple[str, ...] = ()
    misread: tuple[tuple[str, str], ...] = ()

    @property
    def only_word(self) -> str:
        """The one word that is looked for; "" when there are several, or phrases."""
        return self.words[0] if len(self.words) == 1 and not self.phrases else ""

    @property
    def length(self) -> int:
        """How many characters and letters its words and phrases have, folded; punctuation counts for none."""
        texts = (fold(text) for text in (*self.words, *self.phrases))
        return sum(len(unit) for text in texts for unit in unit_texts(text))

    @property
    def is_empty(self) -> bool:
        """Nothing to look for (exclusions alone find nothing)."""
        named = self.lecturers or self.topics or self.years or self.branches or self.kinds or self.genres
        return not (self.words or self.phrases or named)


@dataclass(slots=True)
class _Parts:
    words: list[str] = field(default_factory=list)
    phrases: list[str] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)
    lecturers: list[str] = field(default_factory=list)
    topics: list[str] = field(default_factory=list)
    years: list[int] = field(default_factory=list)
    branches: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    misread: list[tuple[str, str]] = field(default_factory=list)

    def take_field(self, typed: str, value: str) -> None:
        """Put a field's value where it belongs; ``typed``: what stands before the colon."""
        name = _FIELDS[fold(typed)]
        if not value.strip():
            self.misread.append((typed, ""))
        elif name == "year":
            found = _years(value)
            self.years += found
            if not found:
                self.misread.append((typed, value))
        else:
            of_field = {
                "lecturer": self.lecturers,
                "topic": self.topics,
                "branch": self.branches,
                "kind": self.kinds,
            }
            of_field[name].append(value)

    def take(self, match: re.Match[str]) -> None:
        quoted = next((g for g in match.group("quoted", "corner", "double") if g is not None), None)
        value = (match["word"] or "") if quoted is None else quoted
        name = match["field"]
        if match["minus"]:
            # What stands before the colon only names where it must not be; it must not be anywhere.
            self.excluded.append(value)
        elif name is not None and fold(name) in _FIELDS:
            self.take_field(name, value)
        elif quoted is None and (alone := _FIELD_ALONE.fullmatch(value)) and fold(alone[1]) in _FIELDS:
            self.take_field(alone[1], "")
        else:
            # A colon that names no field of ours is text: http://…, 时间：三点.
            self.words += [name] if name else []
            (self.words if quoted is None else self.phrases).append(value)

    def build(self, text: str) -> Query:
        """The query, without the parts that hold nothing to look for (a lone dash, empty quotes)."""
        return Query(
            text=text,
            words=_with_text(self.words),
            phrases=_with_text(self.phrases),
            excluded=_with_text(self.excluded),
            lecturers=_with_text(self.lecturers),
            topics=_with_text(self.topics),
            years=tuple(dict.fromkeys(self.years)),
            branches=_with_text(self.branches),
            kinds=_with_text(self.kinds),
            misread=tuple(dict.fromkeys(self.misread)),
        )


def _years(value: str) -> list[int]:
    """The years that a value names, one or from one to another; none when it names no years."""
    match = _YEARS.fullmatch(fold(value))
    if match is None:
        return []
    first, last = sorted((int(match[1]), int(match[2] or match[1])))
    return list(range(first, last + 1)) if last - first < MAX_YEARS else []


def _with_text(values: list[str]) -> tuple[str, ...]:
    return tuple(value for value in dict.fromkeys(values) if unit_texts(fold(value)))


def parse(text: str) -> Query:
    """Read what a person typed. Never raises."""
    text = text[:MAX_QUERY_CHARACTERS]
    parts = _Parts()
    for match in _PART.finditer(text):
        parts.take(match)
    return parts.build(text)
