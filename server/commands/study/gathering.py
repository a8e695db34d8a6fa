"""weike gathering: a year of records brought in from a list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from library.core.errors import Invalid, WeikeError
from library.core.lists.listed import Listed
from library.core.lists.outcomes import Outcome
from library.gatherings.importing import actions as importing
from library.gatherings.importing.actions import Done
from library.gatherings.importing.lists import Row, read_records
from server.commands.administrator import machine
from server.commands.console import Console, console_of
from server.commands.failures import FAILED
from server.commands.options import Json
from server.web.language.i18n import N_
from server.web.shown.gatherings import desk_of
from server.web.shown.remarks import warnings_of

IMPORT_HELP = N_(
    "从表格（.xlsx 或 .csv）导入已经开过的会议和集中学习，一行一次。\n\n"
    "列：类型、党组织（或学习小组）、主题、时间（2026-03-05 19:30-21:00，也可以分成几列）、地点、"
    "主持人、记录人、"
    "到会人员（“全体”是都到了）、迟到、缺席人员及原因（张三（出差）、李四（病假））、补学、列席、议程，"
    "也可以用英文表头（kind、branch、group、title、time、place、chair、recorder、present、late、absent、made_up、"
    "guests、agenda）。合并的单元格每一行都算。对不上人的名字和同名的人不猜，逐行说明；同一份表格可以反复导入。"
)


def add_commands(to: typer.Typer) -> None:
    """Add the sub-commands of `weike gathering`."""
    to.command("import", help=IMPORT_HELP)(bring)


def bring(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=N_("记录表，.xlsx 或 .csv。"))],
    check: Annotated[bool, typer.Option("--check", help=N_("只说会怎样，什么都不改。"))] = False,
    as_json: Json = False,
) -> None:
    """Import records in one transaction."""
    console = console_of(context)
    console.log(quiet=True)
    if not file.is_file():
        raise Invalid("file_missing", field="manifest", found=str(file))
    listed = read_records(file.read_bytes(), file.name)
    with console.ports(must_exist=True) as ports, ports.db.write() as session:
        desk = desk_of(ports.in_force.look().settings, machine(session), ports.clock())
        done = importing.bring(session, desk, listed.rows)
        value = _report(console, listed, done)
        if check:
            session.rollback()
    value["check"] = check
    console.result(value, as_json, _lines(console, value))
    if value["wrong"]:
        raise typer.Exit(FAILED)


def _report(console: Console, listed: Listed[Row], done: Sequence[Done]) -> dict[str, Any]:
    counts = importing.counted(done)
    unread: list[tuple[int, WeikeError]] = list(listed.wrong)
    wrong = [*unread, *((one.row.line, one.reason) for one in done if one.reason is not None)]
    warnings = [
        {"row": one.row.line, **said.model_dump()}
        for one in done
        for said in warnings_of(one.told, console.catalogue)
    ]
    return {
        "rows": len(listed.rows) + len(listed.wrong),
        "new": counts[Outcome.NEW],
        "changed": counts[Outcome.CHANGED],
        "unchanged": counts[Outcome.UNCHANGED],
        "wrong": [
            {"row": line, "code": error.code, "reason": console.explain(error)}
            for line, error in sorted(wrong, key=lambda one: one[0])
        ],
        "warnings": warnings,
        "remarks": [one.model_dump() for one in warnings_of(listed.remarks, console.catalogue)],
        "not_kept": list(listed.ignored),
    }


def _lines(console: Console, value: dict[str, Any]) -> Iterator[str]:
    sentence = (
        N_(
            "试算，什么都没有改：共 %(rows)s 行，新 %(new)s，变 %(changed)s，未变 %(unchanged)s，"
            "有误 %(wrong)s。"
        )
        if value["check"]
        else N_(
            "共 %(rows)s 行，新记下 %(new)s 次，更新 %(changed)s，未变 %(unchanged)s，"
            "有误没有导入 %(wrong)s。"
        )
    )
    yield console.say(sentence, **{**value, "wrong": len(value["wrong"])})
    for one in value["wrong"]:
        yield console.say(N_("第 %(row)s 行：%(reason)s"), **one)
    for one in value["warnings"]:
        yield console.say(N_("第 %(row)s 行：%(reason)s"), row=one["row"], reason=one["text"])
    for one in value["remarks"]:
        yield one["text"]
    if value["not_kept"]:
        yield console.say(N_("这些列不保存：%(columns)s"), columns=", ".join(value["not_kept"]))
