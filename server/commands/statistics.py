"""weike stats: what was watched, of one lesson and of all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from library.catalog import queries as catalog
from library.core.clock import Clock, local_day
from library.plays.queries import people_of_days
from library.plays.statistics import Sort, lesson_figures, overview
from server.commands.administrator import machine
from server.commands.console import Console, absolute, console_of, write_whole
from server.commands.failures import BAD_INPUT, Failure
from server.commands.options import Json
from server.slices.statistics.presentation import lesson_object, overview_object
from server.slices.statistics.reports import (
    MOST_LESSONS,
    Making,
    Report,
    csv_file,
    lesson_report,
    overview_report,
    workbook,
)
from server.slices.statistics.spans import Chosen, choose
from server.web.language.formats import clock, watched_words
from server.web.language.i18n import N_
from server.web.language.words import word
from server.web.shown.made_parts import counting_rule

_LISTED = 20

Range = Annotated[
    str, typer.Option("--range", help=N_("时间范围：7 或 30（最近几天），year 今年，all 全部。"))
]
First = Annotated[str, typer.Option("--from", metavar="DAY", help=N_("从哪一天起，例如 2026-03-05。"))]
Last = Annotated[str, typer.Option("--to", metavar="DAY", help=N_("到哪一天为止。"))]
Export = Annotated[
    Path | None,
    typer.Option("--export", metavar="FILE", help=N_("写进这个文件（.xlsx 或 .csv），而不是打印出来。")),
]

_WRITERS: dict[str, Callable[[Report], bytes]] = {".xlsx": workbook, ".csv": csv_file}


class LessonByDefault(TyperGroup):
    """`weike stats LESSON` is `weike stats lesson LESSON`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put in the command that was left out."""
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = ["lesson", *args]
        return super().parse_args(ctx, args)


def add_commands(to: typer.Typer) -> None:
    """Add the sub-commands of `weike stats` about figures."""
    to.command("lesson", help=N_("一课的统计：按短视频、按天、按党组织、按来源。"))(lesson)
    to.command("overview", help=N_("全部课程的统计：合计、每课、按天、按党组织。"))(all_lessons)


def lesson(
    context: typer.Context,
    lesson: Annotated[
        str, typer.Argument(metavar="LESSON", help=N_("课的编号（ingest 和 search 会给出）。"))
    ],
    range_: Range = "all",
    first: First = "",
    last: Last = "",
    export: Export = None,
    as_json: Json = False,
) -> None:
    """Print what a lesson collected."""
    console = console_of(context)
    console.log(quiet=True)
    write = _writer(export)
    with console.ports(must_exist=True) as ports, ports.db.read() as session:
        found = catalog.lesson_for(session, machine(session), lesson)
        figures = lesson_figures(session, found.id, _chosen(ports.clock, range_, first, last).span)
        people = people_of_days(session, found.id)
        if write and export:
            lecturer = found.lecturer.name if found.lecturer else ""
            _export(
                console,
                export,
                write,
                lesson_report(found.title, lecturer, figures, people, _making(console, ports.clock)),
                as_json,
            )
            return
        numbers = lesson_object(figures, people, counting_rule(ports.settings), clip_key="id")
        value = {"lesson": found.id, "title": found.title, **numbers}
    console.result(value, as_json, _lesson_lines(console, value))


def all_lessons(
    context: typer.Context,
    range_: Range = "30",
    first: First = "",
    last: Last = "",
    sort: Annotated[
        Sort,
        typer.Option("--sort", help=N_("次序：views 党员观看和集体观看，watched 它们的时长，title 标题。")),
    ] = "views",
    limit: Annotated[
        int, typer.Option("--limit", min=1, max=MOST_LESSONS, help=N_("最多列出几课。"))
    ] = _LISTED,
    export: Export = None,
    as_json: Json = False,
) -> None:
    """Print what all lessons collected."""
    console = console_of(context)
    console.log(quiet=True)
    write = _writer(export)
    with console.ports(must_exist=True) as ports, ports.db.read() as session:
        span = _chosen(ports.clock, range_, first, last).span
        most = MOST_LESSONS if write else limit
        figures = overview(session, machine(session), span, sort=sort, limit=most)
        if write and export:
            _export(
                console,
                export,
                write,
                overview_report(figures, _making(console, ports.clock), own=False),
                as_json,
            )
            return
        value = overview_object(figures, console.settings.base_url)
    console.result(value, as_json, _overview_lines(console, value))


def _chosen(clock: Clock, name: str, first: str, last: str) -> Chosen:
    return choose(name, first, last, local_day(clock()), default="all").checked()


def _making(console: Console, clock: Clock) -> Making:
    return Making(counting_rule(console.settings), clock(), console.catalogue)


def _writer(export: Path | None) -> Callable[[Report], bytes] | None:
    if export is None:
        return None
    write = _WRITERS.get(export.suffix.lower())
    if write is None:
        raise Failure(N_("文件名要以 .xlsx 或 .csv 结尾：%(file)s"), BAD_INPUT, file=export)
    return write


def _export(
    console: Console, export: Path, write: Callable[[Report], bytes], report: Report, as_json: bool
) -> None:
    file = absolute(export)
    write_whole(file, write(report))
    console.result({"file": str(file)}, as_json, [console.say(N_("已写进 %(file)s"), file=file)])


def _lesson_lines(console: Console, value: dict[str, Any]) -> Iterator[str]:
    say = console.say
    yield f"{value['title']}  {_period(console, value)}"
    yield _numbers(console, value)
    for clip in value["clips"]:
        leave = clip["most_leave_s"]
        left = "" if leave is None else "  " + say(N_("最多的人在 %(at)s 离开"), at=clock(leave))
        yield f"  {clip['n']:>3}  {_numbers(console, clip)}{left}"
    if value["replaced"]:
        yield f"  {say(N_('以前的短视频'))}  {_numbers(console, value['replaced'])}"
    for source in value["sources"]:
        yield f"  {word('source', source['source'], console.catalogue)}  {source['views']}"
    yield from _branch_lines(console, value["branches"])
    for day in value["days"]:
        yield f"  {day['day']}  {_numbers(console, day)}"
    yield from _held_back(console, value)
    yield _sealed(console, value)


def _overview_lines(console: Console, value: dict[str, Any]) -> Iterator[str]:
    yield _period(console, value)
    yield _numbers(console, value)
    for line in value["lessons"]:
        title = line["title"] or console.say(N_("已删除的课程"))
        yield f"  {title}  {_numbers(console, line)}\n    {line['url']}"
    if value["total"] > len(value["lessons"]):
        yield "  …"
    yield from _branch_lines(console, value["branches"] or [])
    for day in value["days"]:
        yield f"  {day['day']}  {_numbers(console, day)}"
    yield from _held_back(console, value)
    yield _sealed(console, value)


def _held_back(console: Console, value: dict[str, Any]) -> Iterator[str]:
    if value["held_back"]:
        yield console.say(N_("同一个网络地址太多、没有计入的未登录观看：%(held_back)s 次"), **value)


def _period(console: Console, value: dict[str, Any]) -> str:
    if value["from"]:
        return console.say(N_("%(first)s 至 %(last)s"), first=value["from"], last=value["to"])
    return console.say(N_("从开始到 %(last)s"), last=value["to"])


def _sealed(console: Console, value: dict[str, Any]) -> str:
    sealed = value["sealed"]
    if sealed is None:
        return console.say(N_("数字每天夜里封存一次，现在还没有封存过。"))
    sentence = N_("到 %(day)s 为止的数字已经封存，校验码：%(seal)s")
    return console.say(sentence, day=sealed["through"], seal=sealed["seal"])


def _branch_lines(console: Console, branches: list[dict[str, Any]]) -> Iterator[str]:
    for row in branches:
        nobodys = N_("已撤销的党组织") if row["branch"] else N_("未登录，或没有加入党组织")
        yield f"  {row['name'] or console.say(nobodys)}  {_numbers(console, row)}"


def _numbers(console: Console, row: dict[str, Any]) -> str:
    watched = watched_words(row["watched_s"], console.catalogue)
    if "people" in row:
        sentence = N_("观看 %(views)s 次，%(people)s 人，看完 %(completes)s 人次，共 %(watched)s")
    else:
        sentence = N_("观看 %(views)s 次，看完 %(completes)s 人次，共 %(watched)s")
    said = console.say(sentence, **{**row, "watched": watched})
    if row["views"]:
        apart = N_("其中党员 %(member_views)s 次，未登录 %(visitor_views)s 次")
        said = f"{said}  {console.say(apart, **row)}"
    if not row["screenings"]:
        return said
    held = console.say(N_("集体观看 %(screenings)s 次 %(screened_people)s 人次"), **row)
    return f"{said}  {held}"
