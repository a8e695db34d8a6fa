"""Versions of a lesson, and how two of them differ, as pages show them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date

from library.catalog.rules import CueLine
from library.correcting import comparing
from library.versions import rules
from library.versions.queries import Version
from library.versions.rules import FIELDS, ClipShown, Named, Part, Snapshot, Value
from server.slices.versions.contexts import (
    ClipBar,
    CoverChange,
    CueChange,
    Differences,
    FieldChange,
    OldValues,
    PartChange,
    VersionLine,
    WordsChange,
)
from server.web.parts import Picture

_WORDS = {"genre": "genre", "language": "language"}
_BETWEEN = "、"


def line_of(version: Version) -> VersionLine:
    """Return a version as lists show it."""
    return VersionLine(n=version.n, at=version.at, who=version.who, origin=version.origin, why=version.why)


def values_of(snapshot: Snapshot) -> OldValues:
    """Return what people had typed."""
    values = snapshot.values
    day = _said(values["date"])
    return OldValues(
        title=_said(values["title"]),
        lecturer=_said(values["lecturer"]),
        topics=tuple(values["topics"]),
        date=date.fromisoformat(day) if day else None,
        summary=_said(values["summary"]),
        language=_said(values["language"]),
        genre=_said(values["genre"]),
    )


def _said(value: Value) -> str:
    return value if isinstance(value, str) else _BETWEEN.join(value)


Pictured = Callable[[str], Picture | None]
"""Gives the picture of a cover by its place; None for one that is no more."""


def differences(old: Snapshot, new: Snapshot, pictured: Pictured) -> Differences:
    """Return how two versions differ."""
    fields = tuple(_field(name, old.values[name], new.values[name]) for name in FIELDS)
    parts = tuple(_part(part, old, new, pictured) for part in rules.parts_that_differ(old, new))
    return Differences(fields=tuple(one for one in fields if one is not None), parts=parts)


_ROWS = 60
"""Lines that differ and are shown; how many more there are is said."""


def words(old: Sequence[CueLine], new: Sequence[CueLine]) -> WordsChange:
    """Return how what is said differs."""
    if not comparing.comparable(old, new):
        return WordsChange(whole=True, old=len(old), new=len(new))
    found = [row for row in comparing.rows(old, new) if _text(row.left) != _text(row.right)]
    rows = []
    for row in found[:_ROWS]:
        mine, theirs = comparing.changes(_text(row.left), _text(row.right))
        rows.append(CueChange(moment_s=row.start_s, old=mine, new=theirs))
    return WordsChange(rows=tuple(rows), more=len(found) - len(rows), old=len(old), new=len(new))


def _text(lines: Iterable[CueLine]) -> str:
    return "\n".join(line.text for line in lines)


def _field(name: str, old: Value, new: Value) -> FieldChange | None:
    if rules.same(name, old, new):
        return None
    before, after = _said(old), _said(new)
    if name in _WORDS:
        return FieldChange(field=name, kind=_WORDS[name], old=before, new=after)
    return FieldChange(field=name, pieces=rules.pieces(before, after), old=before, new=after)


def _covers(part: Part, old: Snapshot, new: Snapshot, pictured: Pictured) -> Iterator[CoverChange]:
    if part is Part.COVER:
        yield CoverChange(old=pictured(old.cover or ""), new=pictured(new.cover or ""))
        return
    before = {one.id: one for one in old.clips}
    for n, one in enumerate(new.clips, start=1):
        was = before.get(one.id)
        if was is not None and was.poster != one.poster:
            sides = [f"{one.id}/{side.poster}" for side in (was, one)]
            yield CoverChange(n=n, old=pictured(sides[0]), new=pictured(sides[1]))


def _part(part: Part, old: Snapshot, new: Snapshot, pictured: Pictured) -> PartChange:
    if part in (Part.COVER, Part.POSTERS):
        return PartChange(part=part, covers=tuple(_covers(part, old, new, pictured)))
    if part is Part.CLIPS:
        length_s = max((clip.end_s for clip in (*old.clips, *new.clips)), default=1.0)
        return PartChange(
            part=part,
            old_clips=bars(old.clips, new.clips, length_s),
            new_clips=bars(new.clips, old.clips, length_s),
        )
    names = {
        Part.MATERIALS: (old.materials, new.materials),
        Part.HONOURS: (old.honours, new.honours),
        Part.SITE: (_one(old.site), _one(new.site)),
    }
    if part not in names:
        return PartChange(part=part)
    gone, come = names[part]
    return PartChange(
        part=part,
        gone=tuple(one.name for one in gone if one not in come),
        come=tuple(one.name for one in come if one not in gone),
    )


def _one(named: Named | None) -> tuple[Named, ...]:
    return () if named is None else (named,)


def bars(
    clips: Sequence[ClipShown], others: Sequence[ClipShown] = (), length_s: float = 0.0
) -> tuple[ClipBar, ...]:
    """Return clips on a time line of `length_s` (0: their own); those that `others` have too are kept."""
    length_s = length_s or max((clip.end_s for clip in clips), default=1.0)
    known = {(round(one.start_s, 3), round(one.end_s, 3), one.title) for one in others}
    return tuple(
        ClipBar(
            x=round(1000 * clip.start_s / length_s, 1),
            width=max(1.0, round(1000 * (clip.end_s - clip.start_s) / length_s - 2, 1)),
            start_s=clip.start_s,
            end_s=clip.end_s,
            title=clip.title,
            kept=(round(clip.start_s, 3), round(clip.end_s, 3), clip.title) in known,
        )
        for clip in clips
    )
