"""What a version holds, what a draft changes of it, and how two differ. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any, Self

from library.catalog.actions import Details
from library.catalog.rules import Genre
from library.core.text import name_key

WHY_MAX = 500
"""Characters of why a version was published."""

FIELDS = ("title", "lecturer", "topics", "date", "summary", "language", "genre")
"""What people type of a lesson, in the order in which it is shown."""

Value = str | list[str]
"""Of a field: text ("" for nothing, a day as 2026-03-05), or the topics. Of what else a draft changes:
`cover` is the place of the lesson's cover ("" for none), `posters` are "clip/cover" of clips that get another
one, `materials_in`, `materials_out`, `honours_in` and `honours_out` the ids of what comes and goes."""

Values = Mapping[str, Value]
"""What a draft changes."""

ASIDE = ("cover", "posters", "materials", "honours")
"""What a draft changes beside FIELDS, in the order in which it is shown."""
COMING_AND_GOING = ("materials", "honours")
COVER_NAME = re.compile(r"[0-9a-f]{12}")
"""What a cover's folder is called; another picture of a clip is a file that its plan made."""


class Origin(StrEnum):
    """How a version came out: a lesson was published; the draft of a published one was; it was changed where
    it stood, by who runs the library; it was given an honour by a call, or lost it; or it was there when
    versions began to be kept."""

    PUBLISHED = "published"
    DRAFT = "draft"
    STRAIGHT = "straight"
    HONOURED = "honoured"
    FOUND = "found"


def values_of(details: Details) -> dict[str, Value]:
    """Return the fields that some cleaned details name."""
    said: dict[str, Value | None] = {
        "title": details.title,
        "lecturer": details.lecturer,
        "topics": None if details.topics is None else list(details.topics),
        "date": details.taught_on.isoformat() if details.taught_on else "" if details.clear_date else None,
        "summary": details.summary,
        "language": details.language,
        "genre": None if details.genre is None else str(details.genre),
    }
    return {field: value for field, value in said.items() if value is not None}


def details_of(values: Mapping[str, Value]) -> Details:
    """Return what `values_of` gave as details."""
    day, topics, genre = values.get("date"), values.get("topics"), values.get("genre")
    return Details(
        title=_text(values, "title"),
        lecturer=_text(values, "lecturer"),
        topics=None if topics is None else list(topics),
        taught_on=date.fromisoformat(str(day)) if day else None,
        clear_date=day == "",
        summary=_text(values, "summary"),
        language=_text(values, "language"),
        genre=Genre(str(genre)) if genre else None,
    )


def _text(values: Mapping[str, Value], field: str) -> str | None:
    value = values.get(field)
    return None if value is None else str(value)


def same(field: str, one: Value, other: Value) -> bool:
    """Tell whether two values of a field are one: names are compared as the catalogue compares them."""
    if field == "topics":
        return [name_key(name) for name in one] == [name_key(name) for name in other]
    if field == "lecturer":
        return name_key(str(one)) == name_key(str(other))
    return one == other


def changed(present: Mapping[str, Value], wanted: Mapping[str, Value]) -> dict[str, Value]:
    """Return what of `wanted` is other than what viewers see."""
    return {
        field: wanted[field]
        for field in FIELDS
        if field in wanted and not same(field, present[field], wanted[field])
    }


@dataclass(frozen=True)
class Standing:
    """What viewers see of what a draft changes beside the fields: the place of the lesson's cover, the covers
    of its clips by their ids ("" for none), the ids of its materials and honours."""

    cover: str
    posters: Mapping[str, str]
    materials: frozenset[str]
    honours: frozenset[str]

    def ids(self, what: str) -> frozenset[str]:
        """Return the ids of one of COMING_AND_GOING."""
        return self.materials if what == "materials" else self.honours


def changed_aside(standing: Standing, wanted: Mapping[str, Value]) -> dict[str, Value]:
    """Return what of `wanted` beside the fields is other than what viewers see."""
    found: dict[str, Value] = {}
    if "cover" in wanted and wanted["cover"] != standing.cover:
        found["cover"] = wanted["cover"]
    posters = posters_of(wanted)
    other = {i: name for i, name in posters.items() if standing.posters.get(i, name) != name}
    if other:
        found["posters"] = [f"{clip}/{name}" for clip, name in sorted(other.items())]
    for what in COMING_AND_GOING:
        seen = standing.ids(what)
        coming = [one for one in wanted.get(f"{what}_in", ()) if one not in seen]
        going = [one for one in wanted.get(f"{what}_out", ()) if one in seen]
        found |= {f"{what}_in": coming} if coming else {}
        found |= {f"{what}_out": going} if going else {}
    return found


def posters_of(values: Mapping[str, Value]) -> dict[str, str]:
    """Return the covers that clips get, by the clips' ids."""
    return {clip: name for clip, _, name in (one.partition("/") for one in values.get("posters", ()))}


def ids_of(values: Mapping[str, Value], name: str) -> list[str]:
    """Return the ids of one of the lists of what comes and goes."""
    return list(values.get(name, ()))


def moved(values: Mapping[str, Value], what: str, one: str, *, come: bool) -> dict[str, Value]:
    """Return what a draft changes with one more material or honour that comes, or goes."""
    coming, going = ([i for i in ids_of(values, f"{what}_{way}") if i != one] for way in ("in", "out"))
    (coming if come else going).append(one)
    return {**values, f"{what}_in": coming, f"{what}_out": going}


def named(values: Mapping[str, Value]) -> tuple[str, ...]:
    """Return what a draft changes, in the order in which it is shown."""
    told = {name.removesuffix("_in").removesuffix("_out") for name in values}
    return tuple(name for name in (*FIELDS, *ASIDE) if name in told)


@dataclass(frozen=True)
class ClipShown:
    """A clip as viewers saw it, in seconds of the lecture; `poster` is the file of its picture."""

    id: str
    title: str
    start_s: float
    end_s: float
    poster: str


@dataclass(frozen=True)
class WordsShown:
    """What was said: the transcript's version (None: one from before transcripts were kept), the digest of
    its lines, how well it is known (catalog.rules.TranscriptQuality), and how many lines it had."""

    n: int | None
    digest: str
    quality: str
    lines: int


@dataclass(frozen=True)
class Named:
    """A material, an honour or a site by its id, and what it was called."""

    id: str
    name: str


@dataclass(frozen=True)
class Snapshot:
    """Everything that viewers saw of a lesson. `values` has all of FIELDS; `tokens` are those of a chosen
    audience. `cover` is the place of the lesson's own cover, "" for none, None where it was not kept yet."""

    values: Mapping[str, Value]
    kind: str
    duration_s: float | None
    clips: tuple[ClipShown, ...]
    words: WordsShown | None
    materials: tuple[Named, ...]
    honours: tuple[Named, ...]
    site: Named | None
    audience: str
    tokens: tuple[str, ...]
    cover: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return it as its column keeps it."""
        return {
            "values": dict(self.values),
            "kind": self.kind,
            "duration_s": self.duration_s,
            "clips": [vars(one) for one in self.clips],
            "words": None if self.words is None else vars(self.words),
            "materials": [vars(one) for one in self.materials],
            "honours": [vars(one) for one in self.honours],
            "site": None if self.site is None else vars(self.site),
            "audience": self.audience,
            "tokens": list(self.tokens),
            "cover": self.cover,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Return what `to_json` gave."""
        words, site = kept["words"], kept["site"]
        return cls(
            values=kept["values"],
            kind=kept["kind"],
            duration_s=kept["duration_s"],
            clips=tuple(ClipShown(**one) for one in kept["clips"]),
            words=None if words is None else WordsShown(**words),
            materials=tuple(Named(**one) for one in kept["materials"]),
            honours=tuple(Named(**one) for one in kept["honours"]),
            site=None if site is None else Named(**site),
            audience=kept["audience"],
            tokens=tuple(kept["tokens"]),
            cover=kept.get("cover"),
        )


class Part(StrEnum):
    """What of a lesson differs between two versions beside what people type."""

    COVER = "cover"
    CLIPS = "clips"
    POSTERS = "posters"
    WORDS = "words"
    MATERIALS = "materials"
    HONOURS = "honours"
    SITE = "site"
    AUDIENCE = "audience"
    MEDIA = "media"


def parts_that_differ(old: Snapshot, new: Snapshot) -> tuple[Part, ...]:
    """Return what differs between two versions beside the fields."""
    sides: Mapping[Part, tuple[object, object]] = {
        Part.COVER: (old.cover, new.cover) if None not in (old.cover, new.cover) else ("", ""),
        Part.CLIPS: (_borders(old.clips), _borders(new.clips)),
        Part.POSTERS: _pictures(old.clips, new.clips),
        Part.WORDS: (old.words, new.words),
        Part.MATERIALS: (frozenset(old.materials), frozenset(new.materials)),
        Part.HONOURS: (frozenset(old.honours), frozenset(new.honours)),
        Part.SITE: (old.site, new.site),
        Part.AUDIENCE: ((old.audience, old.tokens), (new.audience, new.tokens)),
        Part.MEDIA: ((old.kind, old.duration_s), (new.kind, new.duration_s)),
    }
    return tuple(part for part, (one, other) in sides.items() if one != other)


def _borders(clips: Iterable[ClipShown]) -> list[tuple[float, float, str]]:
    return [(round(one.start_s, 3), round(one.end_s, 3), one.title) for one in clips]


def back_to(old: Snapshot, standing: Standing, there: Collection[str]) -> dict[str, Value]:
    """Return what a draft changes beside the fields so that an old version stands again. `there` are the ids
    of materials and honours and the places of covers that still are; what is gone for good does not come."""
    wanted: dict[str, Value] = {}
    if old.cover is not None and (not old.cover or old.cover in there):
        wanted["cover"] = old.cover
    posters = {one.id: one.poster if COVER_NAME.fullmatch(one.poster) else "" for one in old.clips}
    wanted["posters"] = [
        f"{clip}/{name}"
        for clip, name in posters.items()
        if clip in standing.posters and (not name or f"{clip}/{name}" in there)
    ]
    for what, then in (("materials", old.materials), ("honours", old.honours)):
        ids = [one.id for one in then]
        wanted[f"{what}_in"] = [one for one in ids if one in there]
        wanted[f"{what}_out"] = sorted(standing.ids(what) - set(ids))
    return wanted


def _pictures(old: Sequence[ClipShown], new: Sequence[ClipShown]) -> tuple[object, object]:
    """Return the pictures of the clips that both have."""
    of_old, of_new = ({one.id: one.poster for one in clips} for clips in (old, new))
    shared = of_old.keys() & of_new.keys()
    return {i: of_old[i] for i in shared}, {i: of_new[i] for i in shared}


class Mark(StrEnum):
    """Whether a piece of text is in both versions, in the old one alone, or in the new one alone."""

    SAME = "same"
    OUT = "out"
    IN = "in"


Piece = tuple[Mark, str]

_TOKENS = re.compile(r"[A-Za-z]+|[0-9]+|\s+|.", re.DOTALL)
_SENTENCES = re.compile(r"[^。！？；\n]*[。！？；\n]+|[^。！？；\n]+")
_CLOSELY = 400_000
"""Pairs of words that are compared with each other within what was rewritten: some hundredths of a second.
Beyond it a passage is shown as gone and come as a whole."""


def pieces(old: str, new: str) -> tuple[Piece, ...]:
    """Return two texts as one, what is gone and what is new marked: Chinese by the character, other words and
    numbers as a whole."""
    found: list[Piece] = []
    mine, theirs = _SENTENCES.findall(old), _SENTENCES.findall(new)
    for kind, a, b, c, d in SequenceMatcher(None, mine, theirs, autojunk=False).get_opcodes():
        gone, come = "".join(mine[a:b]), "".join(theirs[c:d])
        if kind == "equal":
            found.append((Mark.SAME, gone))
        else:
            found += _closely(_TOKENS.findall(gone), _TOKENS.findall(come))
    return _joined(found)


def _closely(mine: Sequence[str], theirs: Sequence[str]) -> Iterable[Piece]:
    if len(mine) * len(theirs) > _CLOSELY:
        yield Mark.OUT, "".join(mine)
        yield Mark.IN, "".join(theirs)
        return
    for kind, a, b, c, d in SequenceMatcher(None, mine, theirs, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Mark.SAME, "".join(mine[a:b])
        else:
            yield Mark.OUT, "".join(mine[a:b])
            yield Mark.IN, "".join(theirs[c:d])


def _joined(found: Iterable[Piece]) -> tuple[Piece, ...]:
    joined: list[Piece] = []
    for mark, text in found:
        if text and joined and joined[-1][0] is mark:
            joined[-1] = (mark, joined[-1][1] + text)
        elif text:
            joined.append((mark, text))
    return tuple(joined)
