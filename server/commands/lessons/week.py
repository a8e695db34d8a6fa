"""weike week: the weeks of a node, and a term's plan brought in from a list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from library.core.errors import Invalid, WeikeError
from library.core.lists.listed import Listed
from library.core.lists.outcomes import Outcome
from library.core.permits import node_chain
from library.organisation.tables import Node
from library.programme import importing, queries
from library.programme.actions import Desk
from library.programme.importing import Done, Row
from library.programme.lists import read_weeks
from library.programme.weeks import week_meant
from server.commands.administrator import machine
from server.commands.administrator import node as meant
from server.commands.console import Console, console_of
from server.commands.failures import FAILED
from server.commands.options import Json
from server.web.language.i18n import N_
from server.web.language.words import word
from server.web.shown.remarks import warnings_of
from server.web.shown.weeks import blank_week, no_card, present, week_object, week_views

NodeName = Annotated[
    str,
    typer.Option(
        "--node", metavar="NODE", help=N_("哪个党组织：编码、全名，或“上级 / 全名”；不写是最上面的。")
    ),
]

PLAN_HELP = N_(
    "从表格（.xlsx 或 .csv）导入一个党组织一个学期的计划，一行一周。\n\n"
    "列：周或日期、主题、说明、课程（编号或与标题一字不差，几节课用分号隔开）、阅读、发布时间"
    "（08:00、周三 19:30 或 2026-12-02 19:30；不写是周一 08:00）、方式（补充或替换），"
    "也可以用英文表头（week、theme、text、lessons、reading、release、mode）。"
    "没有的列不改；同一份表格可以反复导入，只改动变了的。"
)


class ShowByDefault(TyperGroup):
    """`weike week --node N` is `weike week show --node N`: `default` is the command that was left out."""

    default = "show"

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put in the command that was left out."""
        if not args or (args[0] not in self.commands and args[0] not in ctx.help_option_names):
            args = [self.default, *args]
        return super().parse_args(ctx, args)


def add_commands(to: typer.Typer) -> None:
    """Add the sub-commands of `weike week`."""
    to.command("show", help=N_("看一周：主题、课程、发布时间、来自哪一级。不写子命令时就是它。"))(show)
    to.command("plan", help=PLAN_HELP)(plan)


def show(
    context: typer.Context,
    node: NodeName = "",
    date: Annotated[
        str,
        typer.Option(
            "--date",
            metavar="D",
            help=N_("哪一周：里面的任何一天（例如 2026-11-30），或 2026 年第 49 周；不写是本周。"),
        ),
    ] = "",
    as_json: Json = False,
) -> None:
    """Show a week as the members of a node see it, with all its lessons."""
    console = _begin(context)
    with console.ports(must_exist=True) as ports, ports.db.read() as session:
        week = week_meant(date, "date") if date else present(ports.clock())
        branch = meant(session, node)
        chain = tuple(reversed(node_chain(branch.path)))
        found = queries.weeks_seen(session, chain, week, week)
        views = week_views(session, machine(session), chain[0], found, no_card)
        shown = week_object(views[week]) if week in views else blank_week(str(week), week.monday)
        value = {"node": branch.name, "code": branch.code, **shown}
    console.result(value, as_json, _lines(console, value))


def plan(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=N_("计划表，.xlsx 或 .csv。"))],
    node: NodeName = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help=N_("只说会怎样，什么都不改。"))] = False,
    as_json: Json = False,
) -> None:
    """Import a term's plan in one transaction."""
    console = _begin(context)
    if not file.is_file():
        raise Invalid("file_missing", field="manifest", found=str(file))
    listed = read_weeks(file.read_bytes(), file.name)
    if listed.ignored:
        console.note(N_("这些列不保存：%(columns)s"), columns=", ".join(listed.ignored))
    with console.ports(must_exist=True) as ports, ports.db.write() as session:
        branch = meant(session, node)
        done = importing.bring(session, Desk(machine(session), branch.id, ports.clock()), listed.rows)
        value = _report(console, branch, listed, done)
        if dry_run:
            session.rollback()
    value["dry_run"] = dry_run
    value["warnings"] = [one.model_dump() for one in warnings_of(listed.remarks, console.catalogue)]
    console.result(value, as_json, _report_lines(console, value))
    for said in value["warnings"]:
        console.note("%(text)s", **said)
    if value["wrong"]:
        raise typer.Exit(FAILED)


def _report(console: Console, branch: Node, listed: Listed[Row], done: Sequence[Done]) -> dict[str, Any]:
    counts = importing.counted(done)
    unread: list[tuple[int, WeikeError]] = list(listed.wrong)
    wrong = [*unread, *((one.row.line, one.reason) for one in done if one.reason is not None)]
    return {
        "node": branch.name,
        "code": branch.code,
        "rows": len(listed.rows) + len(listed.wrong),
        "new": counts[Outcome.NEW],
        "changed": counts[Outcome.CHANGED],
        "unchanged": counts[Outcome.UNCHANGED],
        "wrong": [
            {"row": line, "reason": console.explain(error)}
            for line, error in sorted(wrong, key=lambda one: one[0])
        ],
        "not_kept": list(listed.ignored),
    }


def _report_lines(console: Console, value: dict[str, Any]) -> Iterator[str]:
    sentence = (
        N_(
            "试算，什么都没有改：%(node)s，共 %(rows)s 行，新 %(new)s，变 %(changed)s，"
            "未变 %(unchanged)s，有误 %(wrong)s。"
        )
        if value["dry_run"]
        else N_(
            "%(node)s：共 %(rows)s 行，新安排 %(new)s 周，更新 %(changed)s，未变 %(unchanged)s，"
            "有误没有导入 %(wrong)s。"
        )
    )
    yield console.say(sentence, **{**value, "wrong": len(value["wrong"])})
    for one in value["wrong"]:
        yield console.say(N_("第 %(row)s 行：%(reason)s"), **one)


def _lines(console: Console, value: dict[str, Any]) -> Iterator[str]:
    yield f"{value['node']}  {value['week']}  {value['monday']} – {value['sunday']}"
    if not value["parts"]:
        yield console.say(N_("这一周没有安排"))
    for part in value["parts"]:
        origin = console.say(N_("来自 %(node)s"), node=part["node"]) if part["inherited"] else ""
        theme = part["theme"] or console.say(N_("没有写主题"))
        state = word("week_state", part["state"], console.catalogue)
        yield f"{theme}  {state}  {origin}".rstrip()
        yield "  " + _release(console, part)
        for lesson in part["lessons"]:
            name = lesson["title"] or console.say(N_("（这节课已被删除）"))
            waits = "" if lesson["published"] else console.say(N_("尚未发布"))
            yield f"  {lesson['id'] or '-'}  {name}  {waits}".rstrip()


def _release(console: Console, part: dict[str, Any]) -> str:
    planned, real = part["release_at"][:16].replace("T", " "), part["released_at"]
    if real is None:
        return console.say(N_("%(when)s 发布"), when=planned)
    real = real[:16].replace("T", " ")
    if part["late"]:
        return console.say(N_("原定 %(planned)s，实际 %(real)s 发布"), planned=planned, real=real)
    return console.say(N_("%(when)s 已发布"), when=real)


def _begin(context: typer.Context) -> Console:
    console = console_of(context)
    console.log(quiet=True)
    return console
