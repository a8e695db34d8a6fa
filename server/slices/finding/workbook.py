"""What a search found as a workbook: one row per moment, with a link that opens the clip at its second."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from library.core.clock import CHINA
from library.core.database import Database
from library.core.permits import Viewer
from library.finding.hits import MOST_MOMENTS, Finder, Found, FoundMoment, FoundRow
from search import Filters, Query, Sort, parse
from server.web.files import sheets
from server.web.files.sheets import XLSX, Link, Sheet, Value
from server.web.language.formats import filters as formats
from server.web.language.i18n import N_, Catalogue
from server.web.language.words import word

MEDIA_TYPE = XLSX
MOST_HITS = 2_000
"""More is not read but searched again."""

_CHUNK = 100
"""Hits whose lessons and words are in memory at once."""

_HEADINGS = (
    N_("标题"),
    N_("状态"),
    N_("讲师"),
    N_("讲课日期"),
    N_("第几段"),
    N_("在这一段里的时间"),
    N_("原话"),
    N_("找到的地方"),
    N_("链接"),
)
_WIDTHS = (36, 10, 12, 12, 26, 12, 80, 18, 46)
_FILTER_NAMES = {
    "topic": N_("专题"),
    "lecturer": N_("讲师"),
    "year": N_("年份"),
    "branch": N_("党组织"),
    "genre": N_("课型"),
    "kind": N_("类型"),
    "length": N_("时长"),
}


@dataclass(frozen=True)
class Line:
    """One moment. `at_s` counts from the clip's start; it is None and `quote` empty when nobody says the
    words. `found_in` names what holds them; `url` is a full address."""

    title: str
    state: str
    lecturer: str
    taught_on: date | None
    clip: str
    at_s: float | None
    quote: str
    found_in: str
    url: str


@dataclass(frozen=True)
class Gathered:
    """What goes into a workbook: the moments of the first `hits` of `total` hits; the rest as in Found."""

    total: int
    hits: int
    relaxed: bool
    lines: tuple[Line, ...]
    in_part: int = 0


@dataclass(frozen=True)
class About:
    """What the first lines of a workbook say. `chosen` is what the search is narrowed to, in words, by the
    filters' names."""

    query: str
    chosen: Mapping[str, str]
    sort: Sort
    at: datetime


def gather(
    db: Database,
    finder: Finder,
    viewer: Viewer,
    query: str,
    catalogue: Catalogue,
    *,
    base_url: str,
    filters: Filters | None = None,
    sort: Sort = "relevance",
    most: int = MOST_HITS,
) -> Gathered:
    """Search as `viewer`, at most `most` hits, a chunk and a transaction at a time; raises IndexUnavailable.

    Only the texts stay in memory: three moments of 2,000 hits are about 6 MB.
    """
    total, relaxed, in_part = 0, False, 0
    lines: dict[tuple[str, str | None], list[Line]] = {}
    for offset in range(0, most, _CHUNK):
        with db.read() as session:
            found = finder.find(
                session,
                viewer,
                query,
                limit=_CHUNK,
                offset=offset,
                filters=filters,
                sort=sort,
                moments=MOST_MOMENTS,
            )
            for row in found.rows[: most - offset]:
                # The index may learn something between two chunks, and what moved down would come twice.
                part = row.clip or row.material
                key = (row.lesson.id, part.id if part else None)
                lines.setdefault(key, _lines(row, base_url, catalogue))
        if offset == 0:
            total, relaxed, in_part = found.total, found.relaxed, found.in_part
        # `total` leaves out what this chunk lost, so the rows that are missing from it are added again.
        if offset + _CHUNK >= found.total + _CHUNK - len(found.rows):
            break
    every = tuple(line for some in lines.values() for line in some)
    return Gathered(max(total, len(lines)), len(lines), relaxed, every, in_part)


def _lines(row: FoundRow, base_url: str, catalogue: Catalogue) -> list[Line]:
    lesson, last = row.lesson, len(row.moments) - 1
    return [
        Line(
            title=lesson.title,
            state=word("state", lesson.state, catalogue),
            lecturer=lesson.lecturer.name if lesson.lecturer else "",
            taught_on=lesson.taught_on,
            clip=_clip_name(row, catalogue),
            at_s=moment.start_s if moment.is_said else None,
            quote=moment.quote if moment.is_said or row.material else "",
            found_in=_found_in(row, moment, row.more if n == last else 0, catalogue),
            url=base_url + row.path_to(moment),
        )
        for n, moment in enumerate(row.moments)
    ]


def _found_in(row: FoundRow, moment: FoundMoment, more: int, catalogue: Catalogue) -> str:
    found = [word("found_in", source, catalogue) for source in row.sources]
    if moment.recognition and moment.is_said:
        found.append(word("recognition", moment.recognition, catalogue))
    names = catalogue.say(N_("、")).join(found)
    if not more:
        return names
    return catalogue.say(N_("%(names)s（这一段还有 %(n)s 处）"), names=names, n=more)


def _clip_name(row: FoundRow, catalogue: Catalogue) -> str:
    if row.material is not None:
        return row.material.name
    if row.clip is None:
        return ""
    if row.clip.title:
        return catalogue.say(N_("第 %(n)s 段：%(title)s"), n=row.clip.number, title=row.clip.title)
    return catalogue.say(N_("第 %(n)s 段"), n=row.clip.number)


def workbook(gathered: Gathered, about: About, catalogue: Catalogue) -> bytes:
    """Return the file: what was searched for, how much of it is here, and the moments."""
    sheet = Sheet(
        name=catalogue.say(N_("搜索")),
        headings=[catalogue.say(heading) for heading in _HEADINGS],
        rows=map(_row, gathered.lines),
        widths=_WIDTHS,
        about=_about_lines(gathered, about, catalogue),
        freeze=True,
        wrap_rows=True,
    )
    return sheets.workbook([sheet])


def _row(line: Line) -> Sequence[Value | Link]:
    """Return a moment as a row of the sheet."""
    return (
        line.title,
        line.state,
        line.lecturer,
        line.taught_on,
        line.clip,
        None if line.at_s is None else timedelta(seconds=int(line.at_s)),
        line.quote,
        line.found_in,
        Link(line.url),
    )


def _about_lines(gathered: Gathered, about: About, catalogue: Catalogue) -> list[str]:
    chosen = [
        catalogue.say(N_("%(name)s：%(value)s"), name=catalogue.say(_FILTER_NAMES[name]), value=value)
        for name, value in about.chosen.items()
    ]
    when = formats(catalogue, CHINA)["moment"](about.at)
    numbers = {"when": when, "total": gathered.total, "hits": gathered.hits}
    return [
        catalogue.say(N_("搜索：%(query)s"), query=about.query),
        *chosen,
        catalogue.say(
            N_("%(name)s：%(value)s"),
            name=catalogue.say(N_("排序")),
            value=word("sort", about.sort, catalogue),
        ),
        catalogue.say(N_("导出于 %(when)s，共找到 %(total)s 段，这里有 %(hits)s 段。"), **numbers),
        *filter(None, [loosened(parse(about.query), gathered, catalogue) if gathered.hits else ""]),
    ]


def loosened(query: Query, found: Found | Gathered, catalogue: Catalogue) -> str:
    """Return what is to be said of hits that do not hold all the words of a query; "" where all do."""
    if found.relaxed and query.only_word:
        return catalogue.say(N_("没有找到“%(word)s”，下面是相近的。"), word=query.only_word)
    if found.relaxed:
        return catalogue.say(N_("没有一处同时讲到所有这些词，下面是讲到其中一些的。"))
    return catalogue.say(N_("其中 %(num)s 段只讲到一部分词。"), num=found.in_part) if found.in_part else ""
