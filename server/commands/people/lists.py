"""weike people import, export, template: lists of people from the machine itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from library.core.clock import local_day
from library.core.errors import Invalid
from library.core.lists.outcomes import Choice, Outcome
from library.core.permits import Viewer
from library.people.lists.importing import Decision, Planned
from server.commands.administrator import machine
from server.commands.console import Console, console_of, write_whole
from server.commands.failures import FAILED
from server.commands.options import Json
from server.web.language.i18n import N_
from server.web.shown.remarks import warnings_of

IMPORT_HELP = N_(
    "从名册（.xlsx 或 .csv）导入或更新人员和组织关系。\n\n"
    "列：姓名、账号、党支部（编码、全名或“上级 / 名称”）、人员类别、加入日期、组织关系、"
    "班子成员（是、否，或从哪天起；也认“职务”一列里的书记、委员），也可以用英文表头"
    "（name、account、branch、state、since、kind、committee）。身份证号一律不收。同一份名册可以反复导入，只改动变了的；"
    "像是已有的人而账号不同的，先不导入，等您用 --decide 说明。"
)
_WIDTHS = (14, 20, 50, 14, 14, 14, 14)
File = Annotated[Path, typer.Argument(metavar="FILE", help=N_("名册，.xlsx 或 .csv。"))]
To = Annotated[Path, typer.Argument(metavar="FILE", help=N_("写到哪里，.xlsx 或 .csv。"))]


def add_commands(to: typer.Typer) -> None:
    """Add the sub-commands of `weike people` about lists."""
    to.command("import", help=IMPORT_HELP)(import_)
    to.command("export", help=N_("把所有人写成名册（.xlsx 或 .csv），可以再导入。"))(export)
    to.command("template", help=N_("写一份填好例子的空名册，照着填。"))(template)


def import_(
    context: typer.Context,
    file: File,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=N_("只说会怎样，什么都不改。"))] = False,
    decide: Annotated[
        list[str] | None,
        typer.Option(
            "--decide",
            metavar="ROW=WHO",
            help=N_("存疑的行是谁：已有的账号，或 another（另一个人），或 leave（先不导入）。可以写多次。"),
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Import a list of people in one transaction."""
    from library.people.lists import bringing_in
    from library.people.lists.reading import read_people

    console = _begin(context)
    if not file.is_file():
        raise Invalid("file_missing", field="manifest", found=str(file))
    listed = read_people(file.read_bytes(), file.name)
    if listed.ignored:
        console.note(N_("这些列不保存：%(columns)s"), columns=", ".join(listed.ignored))
    with console.ports() as ports, console.progress(console.say(N_("导入名册"))) as show:

        def tell(doing: str, done: int, of: int) -> None:
            show(100.0 * done / max(1, of), "")

        with ports.db.read() as session:
            decisions = _decisions(session, decide or [])
        if dry_run:
            with ports.db.read() as session:
                planned, _places = bringing_in.plan_for(
                    session, _viewer(session), listed.rows, ports.clock(), decisions, tell
                )
        else:
            with ports.db.write() as session:
                planned, _places = bringing_in.bring(
                    session, _viewer(session), listed.rows, ports.clock(), decisions, tell
                )
    value = _report(console, planned, listed.wrong)
    value["rows"] = len(listed.rows) + len(listed.wrong)
    value["not_kept"] = list(listed.ignored)
    value["dry_run"] = dry_run
    value["warnings"] = [one.model_dump() for one in warnings_of(listed.remarks, console.catalogue)]
    console.result(value, as_json, _lines(console, value))
    for said in value["warnings"]:
        console.note("%(text)s", **said)
    if value["wrong"]:
        raise typer.Exit(FAILED)


def _viewer(session: Any) -> Viewer:
    return machine(session)


def _decisions(session: Any, said: list[str]) -> dict[int, Decision]:
    """Read --decide; raises Invalid("decision_unreadable"), NotFound("person_unknown")."""
    from server.commands.people.belonging import person_named

    found: dict[int, Decision] = {}
    for one in said:
        row, sign, who = one.partition("=")
        if not sign or not row.strip().isdigit() or not who.strip():
            raise Invalid("decision_unreadable", field="decide", text=one[:40])
        if who in (Choice.ANOTHER, Choice.LEAVE):
            found[int(row)] = Decision(Choice(who))
        else:
            found[int(row)] = Decision(Choice.SAME, person_named(session, who).id)
    return found


def _report(console: Console, planned: list[Planned], unread: Any) -> dict[str, Any]:
    from library.people.lists.importing import counted

    counts = counted(planned)
    wrong = [
        *({"row": line, "reason": console.explain(error)} for line, _name, error in unread),
        *({"row": one.row.line, "reason": console.explain(one.reason)} for one in planned if one.reason),
    ]
    return {
        "rows": 0,
        "new": counts[Outcome.NEW],
        "changed": counts[Outcome.CHANGED],
        "unchanged": counts[Outcome.UNCHANGED],
        "doubtful": counts[Outcome.DOUBTFUL],
        "doubtful_rows": [
            {
                "row": one.row.line,
                "name": one.row.name,
                "candidates": [{"username": c.username, "name": c.name} for c in one.candidates],
            }
            for one in planned
            if one.outcome is Outcome.DOUBTFUL
        ],
        "wrong": sorted(wrong, key=lambda one: one["row"]),
    }


def _lines(console: Console, value: dict[str, Any]) -> Iterator[str]:
    sentence = (
        N_(
            "试算，什么都没有改：共 %(rows)s 行，新 %(new)s，变 %(changed)s，未变 %(unchanged)s，"
            "存疑 %(doubtful)s，有误 %(wrong)s。"
        )
        if value["dry_run"]
        else N_(
            "共 %(rows)s 行：新建 %(new)s，更新 %(changed)s，未变 %(unchanged)s，"
            "存疑没有导入 %(doubtful)s，有误没有导入 %(wrong)s。"
        )
    )
    yield console.say(sentence, **{**value, "wrong": len(value["wrong"])})
    for one in value["wrong"]:
        yield console.say(N_("第 %(row)s 行：%(reason)s"), **one)
    for one in value["doubtful_rows"]:
        known = "、".join(f"{c['username']}（{c['name']}）" for c in one["candidates"])
        doubt = N_("第 %(row)s 行 %(name)s 像是已有的 %(known)s：请用 --decide 说明是谁。")
        yield console.say(doubt, row=one["row"], name=one["name"], known=known)
    if value["new"]:
        yield console.say(N_("新建的人还没有密码，不能登录：下一步请邀请他们。"))


def export(context: typer.Context, file: To, as_json: Json = False) -> None:
    """Write everybody as a list that can be imported again."""
    from library.people.lists.exporting import exported

    console = _begin(context)
    with console.ports(must_exist=True) as ports, ports.db.read() as session:
        rows = list(exported(session, machine(session), local_day(ports.clock())))
    _write(console, file, rows, as_json)


def template(context: typer.Context, file: To, as_json: Json = False) -> None:
    """Write a list with examples."""
    from library.people.lists.exporting import EXAMPLES

    _write(_begin(context), file, EXAMPLES, as_json)


def _write(console: Console, file: Path, rows: Any, as_json: bool) -> None:
    from library.people.lists.reading import HEADINGS, MOST_CELLS
    from server.web.files.sheets import Sheet, csv_text, workbook

    suffix = file.suffix.lower()
    if suffix not in (".xlsx", ".csv"):
        raise Invalid("manifest_type", field="manifest", suffix=suffix, known=".xlsx, .csv")
    sheet = Sheet(console.say(N_("名册")), HEADINGS, rows, _WIDTHS, freeze=True)
    write_whole(file, csv_text([HEADINGS, *rows]) if suffix == ".csv" else workbook([sheet]))
    value = {"file": str(file), "rows": len(rows)}
    console.result(value, as_json, [console.say(N_("已写入 %(rows)s 人：%(file)s"), **value)])
    if suffix == ".xlsx" and sum(bool(cell) for row in (HEADINGS, *rows) for cell in row) > MOST_CELLS:
        console.note(N_("这张表太大，不能再导入；要能导入，请导出成 .csv。"))


def _begin(context: typer.Context) -> Console:
    console = console_of(context)
    console.log(quiet=True)
    return console
