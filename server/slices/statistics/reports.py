"""Statistics as a workbook or as CSV: the figures, and what is needed to defend them.

Both begin with what they are about: whose figures, which days, the counting rule, how far they are sealed,
and the day they were made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from library.core.clock import CHINA
from library.plays.figures import (
    ClipFigures,
    DayFigures,
    Figures,
    LessonFigures,
    NodeFigures,
    Overview,
    Proof,
    Span,
)
from server.slices.statistics.charts import retention
from server.slices.statistics.presentation import clip_completion, whole_completion
from server.web.files import sheets
from server.web.files.sheets import Sheet, Value, csv_text
from server.web.language.formats import clock
from server.web.language.formats import filters as formats
from server.web.language.i18n import N_, Catalogue
from server.web.language.words import rule_sentences, word
from server.web.parts import CountingRule

MOST_LESSONS = 20_000
"""An export of all lessons lists no more; it then says so."""

Row = Sequence[Value]


@dataclass(frozen=True)
class Table:
    """A named table: one sheet of the workbook, one block of the CSV."""

    name: str
    headings: Sequence[str]
    rows: Sequence[Row]


@dataclass(frozen=True)
class Report:
    """A title, lines that say what it is, and tables."""

    title: str
    about: Sequence[str]
    tables: Sequence[Table]
    catalogue: Catalogue


@dataclass(frozen=True)
class Making:
    """What every report needs: the rule that counted, the moment it is made, the language."""

    rule: CountingRule
    at: datetime
    catalogue: Catalogue


_LENGTH, _SECONDS = N_("观看时长"), N_("观看时长（秒）")
"""What a workbook, which knows lengths of time, and what CSV, which does not, say above them."""
_FIGURES = (
    N_("观看次数"),
    N_("党员观看次数"),
    N_("未登录观看次数"),
    N_("看完人次"),
    N_("集体观看次数"),
    N_("集体观看人次"),
    _LENGTH,
)


class _Lengths:
    """Rounds the lengths of one table to whole seconds so that they add up to the whole table's."""

    def __init__(self) -> None:
        self._exact_s, self._said_s = 0.0, 0

    def next(self, length_s: float) -> timedelta:
        """Return the next length, at most a second away from what it is."""
        self._exact_s += length_s
        # Sums of seconds differ a little in another order; a thousandth decides no rounding.
        whole_s = round(round(self._exact_s, 3))
        length_s, self._said_s = whole_s - self._said_s, whole_s
        return timedelta(seconds=length_s)


_HELD_BACK = N_("没有计入的未登录观看（同一网络地址太多）")


def _cells(figures: Figures, lengths: _Lengths) -> list[Value]:
    """The values under _FIGURES."""
    return [
        figures.views,
        figures.member_views,
        figures.visitor_views,
        figures.completes,
        figures.screenings,
        figures.screened_people,
        lengths.next(figures.watched_s),
    ]


def lesson_report(
    title: str, lecturer: str, figures: LessonFigures, day_people: Mapping[date, int], making: Making
) -> Report:
    """Return the report of one lesson; `day_people` are the viewers of each day."""
    say = making.catalogue.say
    share = whole_completion(figures)
    totals: list[Row] = [
        *zip(map(say, _FIGURES), _cells(figures.total, _Lengths()), strict=True),
        (say(N_("党员人数")), figures.people.members),
        (say(N_("未登录人数")), figures.people.visitors),
        (say(N_("看完的百分比")), None if share is None else round(share, 1)),
        (say(_HELD_BACK), figures.held_back),
    ]
    about = [f"{say(N_('讲师'))}{say(N_('：'))}{lecturer}"] if lecturer else []
    return Report(
        say(N_("学习统计：%(title)s"), title=title),
        [*about, *_about(figures.span, figures.proof, making)],
        (
            _table(making, N_("合计"), (N_("项目"), N_("数字")), totals),
            _days(figures.days, making, day_people),
            _clips(figures, making),
            _branches(figures.branches, making),
            _table(
                making,
                N_("来源"),
                (N_("来处"), N_("观看次数")),
                [(word("source", s.source, making.catalogue), s.views) for s in figures.sources],
            ),
        ),
        making.catalogue,
    )


def overview_report(figures: Overview, making: Making, *, own: bool) -> Report:
    """Return the report of all lessons in somebody's scope; `own`: of a lecturer's own."""
    say = making.catalogue.say
    scope = say(N_("您自己的课程。")) if own else say(N_("您所在党组织和下级党组织的课程。"))
    about = [scope, *_about(figures.span, figures.proof, making)]
    if figures.lesson_count > len(figures.lessons):
        about.append(
            say(
                N_("共 %(all)s 节课，这里列出前 %(some)s 节。"),
                all=figures.lesson_count,
                some=len(figures.lessons),
            )
        )
    lengths = _Lengths()
    lessons = [
        (line.title or say(N_("已删除的课程")), line.lecturer, *_cells(line.figures, lengths))
        for line in figures.lessons
    ]
    totals: list[Row] = [
        *zip(map(say, _FIGURES), _cells(figures.total, _Lengths()), strict=True),
        (say(_HELD_BACK), figures.held_back),
    ]
    return Report(
        say(N_("统计")),
        about,
        (
            _table(making, N_("合计"), (N_("项目"), N_("数字")), totals),
            _table(making, N_("课程"), (N_("标题"), N_("讲师"), *_FIGURES), lessons),
            _days(figures.days, making),
            *([_branches(figures.branches, making)] if figures.branches is not None else []),
        ),
        making.catalogue,
    )


def _about(span: Span, proof: Proof, making: Making) -> list[str]:
    say, shown = making.catalogue.say, formats(making.catalogue, CHINA)
    first, last = span.first, span.last
    days = (
        say(N_("%(first)s 至 %(last)s"), first=shown["day"](first), last=shown["day"](last))
        if first
        else say(N_("从开始到 %(last)s"), last=shown["day"](last))
    )
    sealed = (
        say(
            N_("到 %(day)s 为止的数字已经封存，校验码：%(seal)s"),
            day=shown["day"](proof.through),
            seal=proof.seal,
        )
        if proof.through
        else say(N_("数字每天夜里封存一次，现在还没有封存过。"))
    )
    return [
        days,
        *rule_sentences(making.rule, making.catalogue),
        sealed,
        say(N_("导出于 %(when)s"), when=shown["moment"](making.at)),
    ]


def _table(making: Making, name: str, headings: Iterable[str], rows: Sequence[Row]) -> Table:
    say = making.catalogue.say
    return Table(say(name), [say(heading) for heading in headings], rows)


def _days(days: Sequence[DayFigures], making: Making, people: Mapping[date, int] | None = None) -> Table:
    lengths = _Lengths()
    rows = [(day.day, *_cells(day.figures, lengths)) for day in days]
    headings = (N_("日期"), *_FIGURES)
    if people is None:
        return _table(making, N_("每天"), headings, rows)
    rows = [(*row, people.get(day.day, 0)) for row, day in zip(rows, days, strict=True)]
    return _table(making, N_("每天"), (*headings, N_("观看人数")), rows)


def _clips(of_lesson: LessonFigures, making: Making) -> Table:
    lengths = _Lengths()
    rows = [_clip(clip, making, lengths) for clip in of_lesson.clips]
    if of_lesson.replaced:
        gone = making.catalogue.say(N_("以前的短视频"))
        people = of_lesson.replaced.people
        figures = _cells(of_lesson.replaced.figures, lengths)
        rows.append((None, gone, *figures, people.members, people.visitors, None, None))
    headings = (
        *(N_("第几段"), N_("标题"), *_FIGURES, N_("党员人数"), N_("未登录人数")),
        *(N_("看完的百分比"), N_("最多的人离开的时间")),
    )
    return _table(making, N_("短视频"), headings, rows)


def _clip(clip: ClipFigures, making: Making, lengths: _Lengths) -> Row:
    share = clip_completion(clip)
    drawn = retention(clip.curve, clip.length_s, making.rule.complete_share)
    leave = drawn.leave if drawn and not drawn.few else None
    return (
        clip.n,
        clip.title,
        *_cells(clip.figures, lengths),
        clip.people.members,
        clip.people.visitors,
        None if share is None else round(share, 1),
        clock(leave.at_s) if leave else None,
    )


def _branches(branches: Sequence[NodeFigures], making: Making) -> Table:
    say = making.catalogue.say

    def name(branch: NodeFigures) -> str:
        nobodys = N_("已撤销的党组织") if branch.node_id else N_("未登录，或没有加入党组织")
        return branch.name or say(nobodys)

    lengths = _Lengths()
    rows = [(name(branch), *_cells(branch.figures, lengths)) for branch in branches]
    return _table(making, N_("各党组织"), (N_("党组织"), *_FIGURES), rows)


# ---------------------------------------------------------------- files

_NAMES_WIDTH, _WIDTH = 40, 16


def workbook(report: Report) -> bytes:
    """Return the report as a workbook: what it is and the sums on the first sheet, a sheet for each table."""
    return sheets.workbook(
        Sheet(
            name=table.name,
            headings=table.headings,
            rows=table.rows,
            widths=[
                _NAMES_WIDTH if isinstance(value, str) else _WIDTH
                for value in (table.rows[0] if table.rows else [""])
            ],
            about=[report.title, *report.about] if n == 0 else (),
            freeze=n > 0,
            wrap_headings=True,
        )
        for n, table in enumerate(report.tables)
    )


def csv_file(report: Report) -> bytes:
    """Return the report as CSV: the lines that say what it is, then the tables, each after an empty line.

    Lengths of time are whole seconds, and their heading says so: what can be added up anywhere.
    """
    length, seconds = report.catalogue.say(_LENGTH), report.catalogue.say(_SECONDS)

    def plain(row: Row, *, heading: bool = False) -> Row:
        if not heading and not any(isinstance(value, timedelta) for value in row):
            return row
        # In the table of totals the name stands beside the number, else above it; a title is no name.
        names = heading or len(row) == 2
        return [
            int(value.total_seconds())
            if isinstance(value, timedelta)
            else seconds
            if names and value == length
            else value
            for value in row
        ]

    rows: list[Row] = [(report.title,), *((line,) for line in report.about)]
    for table in report.tables:
        rows += [(), (table.name,), plain(table.headings, heading=True), *map(plain, table.rows)]
    return csv_text(rows)
