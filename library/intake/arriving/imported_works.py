"""What a manifest says of works: series and episode, honours, materials. The same manifest again changes
nothing; what cannot be understood is a remark, and never stops a row."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from library.core.errors import Conflict, Invalid
from library.core.permits import Viewer
from library.core.text import clean_line
from library.intake.arriving.importing import find_file
from library.intake.arriving.manifest import Row
from library.works import honours, queries, series
from library.works.honours import Awarded
from library.works.rules import HonourLevel, Shown, honour_year
from library.works.tables import Honour, Series
from transcode.remarks import Remark

_PARTS = re.compile(r"[;；\n]+")
_EPISODE = re.compile(r"第?\s*(\d{1,4})\s*[集期讲课]?")
_YEAR = re.compile(r"(?<!\d)(\d{4})\s*年?")
_BODY = re.compile(r"[（(]([^（）()]*)[）)]\s*$")
_LEVELS: Mapping[HonourLevel, str] = {
    HonourLevel.NATIONAL: r"国家级|全国|national",
    HonourLevel.PROVINCIAL: r"省级|全省|自治区级|provincial",
    HonourLevel.CITY: r"地市级|市级|全市|city",
    HonourLevel.COUNTY: r"县区级|县级|区级|全县|全区|county",
    HonourLevel.TOWN: r"乡镇级|镇级|乡级|街道级|town",
}
_SHOWN = 80


@dataclass(frozen=True)
class WorksSaid:
    """What a row says: the name of a series and the place in it (None: none told), honours, files."""

    series: str
    episode: int | None
    honours: tuple[Awarded, ...]
    materials: tuple[Path, ...]

    @property
    def something(self) -> bool:
        """Whether the row says anything of works."""
        return bool(self.series or self.honours or self.materials)


def read_works(row: Row, folder: Path, this_year: int) -> tuple[WorksSaid, tuple[Remark, ...]]:
    """Read what a row says of works; files are named relative to `folder`."""
    said: list[Remark] = []
    name, number = clean_line(row.series or ""), clean_line(row.episode or "")
    match = _EPISODE.fullmatch(number)
    if number and match is None:
        said.append(Remark("import_episode", 1, {"text": number[:_SHOWN]}))
    awarded = [_honour(part, this_year, said) for part in _parts(row.honours)]
    materials = [_material(part, folder, said) for part in _parts(row.materials)]
    return (
        WorksSaid(
            name,
            int(match[1]) if match else None,
            tuple(one for one in awarded if one is not None),
            tuple(one for one in materials if one is not None),
        ),
        tuple(said),
    )


def _parts(text: str | None) -> list[str]:
    return [part.strip() for part in _PARTS.split(text or "") if part.strip()]


def _honour(text: str, this_year: int, said: list[Remark]) -> Awarded | None:
    """Read one honour: a year, a level and a name in any order, who gave it in brackets at the end."""
    body = _BODY.search(text)
    rest = text[: body.start()] if body else text
    year = _YEAR.search(rest)
    level = None
    if year is not None:
        rest = rest[: year.start()] + " " + rest[year.end() :]
    for one, words in _LEVELS.items():
        found = re.search(rf"(?:^|\s)(?:{words})(?=\s|$)", rest, re.IGNORECASE)
        if found is not None:
            level, rest = one, rest[: found.start()] + " " + rest[found.end() :]
            break
    award = clean_line(rest)
    try:
        if year is not None and level is not None and award:
            return Awarded(award, level, honour_year(year[1], this_year), clean_line(body[1]) if body else "")
    except Invalid:
        pass  # a year in which none was given: told below
    said.append(Remark("import_honour", 1, {"text": text[:_SHOWN]}))
    return None


def _material(name: str, folder: Path, said: list[Remark]) -> Path | None:
    try:
        return find_file(name, folder, "materials", (), said)
    except Invalid:
        said.append(Remark("import_material_missing", 1, {"name": name[:_SHOWN]}))
        return None


def put_works(
    session: Session, viewer: Viewer, lesson_id: str, works: WorksSaid, now: datetime
) -> tuple[bool, tuple[Remark, ...]]:
    """Note the honours of a lesson and put it into its series, which is made where there is none of that
    name; returns whether anything changed, and what could not be done."""
    said: list[Remark] = []
    before = _honours(session, lesson_id)
    for one in works.honours:
        if honours.was_taken_away(session, lesson_id, one):
            said.append(Remark("import_honour_removed", 1, {"text": one.award[:_SHOWN]}))
            continue
        try:
            with session.begin_nested():
                honours.grant(session, viewer, lesson_id, one, now)
        except Invalid:
            said.append(Remark("import_honour", 1, {"text": one.award[:_SHOWN]}))
    changed = _honours(session, lesson_id) != before
    if works.series:
        try:
            with session.begin_nested():
                row = series_called(session, works.series)
                row = row or series.make(session, viewer, works.series, "", now)
                if lesson_id not in queries.order_of(session, row.id):
                    series.add(session, viewer, row.id, lesson_id, now)
                    changed = True
        except (Conflict, Invalid):
            said.append(Remark("import_series", 1, {"name": works.series[:_SHOWN]}))
    return changed, tuple(said)


def _honours(session: Session, lesson_id: str) -> int:
    return (
        session.scalar(
            select(func.count()).where(Honour.lesson_id == lesson_id, Honour.standing == Shown.SHOWN)
        )
        or 0
    )


def series_called(session: Session, name: str) -> Series | None:
    """Return the oldest series of a name, None for none."""
    wanted = select(Series).where(Series.title == name).order_by(Series.created_at, Series.id)
    return session.scalars(wanted.limit(1)).first()


def order_series(
    session: Session, viewer: Viewer, name: str, places: Mapping[str, int], now: datetime
) -> None:
    """Put the episodes of a series whose places were told (by lesson) in their order; the others keep
    theirs, behind them. Nothing is written where they stand so already."""
    row = series_called(session, name)
    if row is None:
        return
    order = queries.order_of(session, row.id)
    told = sorted((one for one in order if one in places), key=lambda one: places[one])
    wanted = [*told, *(one for one in order if one not in places)]
    if wanted != order:
        series.arrange(session, viewer, row.id, wanted, now)
