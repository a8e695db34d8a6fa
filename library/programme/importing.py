"""A term's plan from a list: first a word on every row, then one transaction. The same list again changes
nothing."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from library.catalog import queries as catalog
from library.core.errors import Conflict, Invalid, WeikeError
from library.core.ids import ID_LENGTH
from library.core.lists.outcomes import Outcome
from library.core.permits import Viewer
from library.core.text import clean_line
from library.programme import actions, queries, rules
from library.programme.actions import Desk
from library.programme.rules import Draft, Plan, WeekMode
from library.programme.weeks import Week, read_release, week_meant


@dataclass(frozen=True)
class Row:
    """One week of a list, as written; None: the list has no such column."""

    line: int
    week: str
    theme: str | None = None
    text: str | None = None
    lessons: str | None = None
    reading: str | None = None
    release_at: str | None = None
    mode: str | None = None


@dataclass(frozen=True)
class Done:
    """What became of a row, or would."""

    row: Row
    outcome: Outcome
    week: Week | None = None
    reason: WeikeError | None = None


MOST_ROWS = 500
_PARTS = re.compile(r"[;；\n|]")
_QUOTED = re.compile(r"《[^《》]+》")
_BETWEEN = re.compile(r"[\s、，,。;；]*")
_ID = re.compile(rf"[0-9a-z]{{{ID_LENGTH}}}")
_REPLACES = frozenset({"replace", "替换", "替代", "代替", "取代"})
_ADDS = frozenset({"add", "补充", "增加", "附加", "沿用"})


def bring(session: Session, desk: Desk, rows: Sequence[Row]) -> list[Done]:
    """Plan the weeks of a list at a node; rows that are wrong change nothing, and stop no other.

    A column that the list does not have leaves what is planned. Whoever only wants to know what would become
    of it gives the session up. Raises Invalid("list_long"), Conflict("node_closed").
    """
    if len(rows) > MOST_ROWS:
        raise Invalid("list_long", field="manifest", most=MOST_ROWS, count=len(rows))
    titles = catalog.lessons_titled(session, desk.viewer, sorted(_named(rows)))
    ids = _visible(session, desk.viewer, rows)
    seen: dict[Week, int] = {}
    return [_row(session, desk, row, titles, ids, seen) for row in rows]


def _row(
    session: Session,
    desk: Desk,
    row: Row,
    titles: Mapping[str, Sequence[str]],
    ids: Collection[str],
    seen: dict[Week, int],
) -> Done:
    week = None
    try:
        week = week_meant(row.week)
        if week in seen:
            raise Conflict("week_twice", field="week", week=str(week), line=seen[week])
        rules.check_range(week, desk.week)
        seen[week] = row.line
        known = queries.plan_of(session, desk.node_id, week)
        wanted = _draft(row, week, known, titles, ids, desk)
        made = actions.put(session, desk, week, wanted)
    except WeikeError as error:
        if error.code == "node_closed":
            raise
        return Done(row, Outcome.WRONG, week, error)
    if known is None:
        return Done(row, Outcome.NEW, week)
    return Done(row, Outcome.UNCHANGED if made.version == known.version else Outcome.CHANGED, week)


def _draft(
    row: Row,
    week: Week,
    known: Plan | None,
    titles: Mapping[str, Sequence[str]],
    ids: Collection[str],
    desk: Desk,
) -> Draft:
    draft = actions.draft_of(known) if known is not None else Draft()
    if row.theme is not None:
        draft = replace(draft, theme=row.theme)
    if row.text is not None:
        draft = replace(draft, text=row.text)
    if row.lessons is not None:
        draft = replace(draft, lessons=tuple(lessons_meant(row.lessons, titles, ids)))
    if row.reading is not None:
        draft = replace(draft, reading=rules.reading_lines(row.reading.replace("；", "\n")))
    if row.mode is not None and clean_line(row.mode):
        draft = replace(draft, mode=mode_meant(row.mode))
    if row.release_at is not None and row.release_at.strip():
        draft = replace(draft, due_at=read_release(row.release_at, week, desk.zone))
    return draft


def mode_meant(text: str) -> WeekMode:
    """Read what a plan does with what is above it; raises Invalid("week_mode")."""
    typed = clean_line(text).casefold()
    if typed in _REPLACES:
        return WeekMode.REPLACE
    if typed in _ADDS:
        return WeekMode.ADD
    raise Invalid("week_mode", field="mode", text=typed[:40])


def lessons_meant(text: str, titles: Mapping[str, Sequence[str]], ids: Collection[str]) -> list[str]:
    """Return the ids of the lessons that a cell names, by id or exact title, apart by ; or in lines of their
    own, or each in 《》. Raises Invalid: lesson_unknown, lesson_ambiguous."""
    found: list[str] = []
    for part in filter(None, map(clean_line, _PARTS.split(text))):
        names = [part] if part in titles or part in ids else _in_quotes(part)
        for name in names:
            found += [_lesson(name, titles, ids)]
    return found


def _lesson(name: str, titles: Mapping[str, Sequence[str]], ids: Collection[str]) -> str:
    if name in ids:
        return name
    called = titles.get(name) or titles.get(name.strip("《》")) or ()
    if len(called) > 1:
        some = "、".join(called[:5])
        raise Invalid("lesson_ambiguous", field="lessons", text=name[:80], count=len(called), ids=some)
    if not called:
        raise Invalid("lesson_unknown", field="lessons", text=name[:80])
    return called[0]


def _in_quotes(part: str) -> list[str]:
    """Return the names of a part that is nothing but names in 《》, else the part."""
    quoted = _QUOTED.findall(part)
    if len(quoted) > 1 and all(map(_BETWEEN.fullmatch, _QUOTED.split(part))):
        return quoted
    return [part]


def _parts(rows: Iterable[Row]) -> Iterable[str]:
    for row in rows:
        for part in filter(None, map(clean_line, _PARTS.split(row.lessons or ""))):
            yield from {part, *_in_quotes(part)}


def _named(rows: Iterable[Row]) -> set[str]:
    return {name for part in _parts(rows) for name in (part, part.strip("《》"))}


def _visible(session: Session, viewer: Viewer, rows: Iterable[Row]) -> set[str]:
    wanted = sorted({part for part in _parts(rows) if _ID.fullmatch(part)})
    return {one.id for one in catalog.lessons_by_ids(session, viewer, wanted)} if wanted else set()


def counted(done: Iterable[Done]) -> dict[Outcome, int]:
    """Return how many rows became what."""
    counts = dict.fromkeys(Outcome, 0)
    for one in done:
        counts[one.outcome] += 1
    return counts
