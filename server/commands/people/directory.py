"""weike directory: who is listed at 企业微信, compared with who is here, and written as a list to import."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import select
from sqlalchemy.orm import Session

from library.core.errors import Away, Invalid
from library.core.text import name_key
from library.organisation import queries as organisation
from library.people.tables import Person
from server.commands.administrator import node as meant
from server.commands.console import Console, console_of, write_whole
from server.commands.failures import BAD_INPUT, FAILED, Failure
from server.commands.options import Json
from server.identity import directory
from server.identity.directory import HEADINGS, Row
from server.identity_settings import ProviderSettings
from server.web.language.i18n import N_
from server.wiring import Ports

Provider = Annotated[
    str, typer.Option("--provider", metavar="KEY", help=N_("哪一个企业微信；只设了一个可以不写。"))
]
_SHOWN = 20


def add_commands(to: typer.Typer) -> None:
    """Add the sub-commands of `weike directory`."""
    to.command(
        "sync",
        help=N_(
            "把企业微信通讯录和这里的账号对照。只支持 --dry-run：先看结果，再用 export 写成清单，"
            "由 weike people import 导入。"
        ),
    )(sync)
    to.command("export", help=N_("把企业微信通讯录写成人员清单（.xlsx 或 .csv），可以导入。"))(export)


def sync(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=N_("只对照，不改动。"))] = False,
    provider: Provider = "",
    as_json: Json = False,
) -> None:
    """Compare the directory with the accounts here; nothing is changed."""
    console = _begin(context)
    if not dry_run:
        raise Failure(
            N_(
                "这条命令只对照，请加 --dry-run。要导入：weike directory export 名单.xlsx，"
                "再 weike people import 名单.xlsx --dry-run。"
            ),
            BAD_INPUT,
        )
    with console.ports(must_exist=True) as ports:
        found = _rows(ports, provider)
        with ports.db.read() as session:
            value = _compared(console, session, found)
    console.result(value, as_json, _lines(console, value))
    if value["wrong"]:
        raise typer.Exit(FAILED)


def export(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=N_("写到哪里，.xlsx 或 .csv。"))],
    provider: Provider = "",
    as_json: Json = False,
) -> None:
    """Write the directory as a list of people; who has no node here is left out, and said."""
    from server.web.files.sheets import Sheet, csv_text, workbook

    console = _begin(context)
    suffix = file.suffix.lower()
    if suffix not in (".xlsx", ".csv"):
        raise Invalid("manifest_type", field="manifest", suffix=suffix, known=".xlsx, .csv")
    with console.ports(must_exist=True) as ports:
        found = _rows(ports, provider)
    rows = [(row.name, row.account, row.node) for row in found if not row.doubt]
    data = (
        csv_text([HEADINGS, *rows])
        if suffix == ".csv"
        else workbook([Sheet(console.say(N_("人员")), HEADINGS, rows, (16, 24, 40), freeze=True)])
    )
    write_whole(file, data)
    wrong = _wrong(console, found)
    value = {"file": str(file), "rows": len(rows), "wrong": wrong}
    console.result(value, as_json, [console.say(N_("已写入 %(rows)s 人：%(file)s"), **value)])
    if wrong:
        said = N_("有 %(count)s 人没有写进去，weike directory sync --dry-run 列出原因。")
        console.note(said, count=len(wrong))


def _rows(ports: Ports, key: str) -> list[Row]:
    chosen = _chosen(ports.settings.identity_providers, key)
    from server.identity.wecom import WecomApi

    try:
        departments, people = asyncio.run(directory.read(WecomApi(chosen)))
    except (KeyError, TypeError, ValueError) as error:
        raise Away("provider_away", provider=chosen.label) from error
    with ports.db.read() as session:
        return directory.rows(departments, people, lambda number, path: _node(session, number, path))


def _chosen(providers: Sequence[ProviderSettings], key: str) -> ProviderSettings:
    known = [one for one in providers if one.kind == "wecom" and key in ("", one.key)]
    if len(known) != 1:
        raise Failure(
            N_("WEIKE_IDENTITY_PROVIDERS 里没有设企业微信，或者不止一个：用 --provider 说是哪一个。"),
            BAD_INPUT,
        )
    return known[0]


def _node(session: Session, number: str, path: str) -> str | None:
    """Return the code, else the path of names, of the node that a department is here; None for none or many.

    A node whose code is the department's number, else one of the same path of names; the top of the
    directory, which is called after the organisation, may be missing in it. Nothing more is guessed.
    """
    by_code = organisation.node_by_code(session, number)
    if by_code is not None and by_code.closed_at is None:
        return number
    names = path.split(" / ")
    for start in range(min(2, len(names))):
        try:
            node = meant(session, " / ".join(names[start:]))
        except Invalid:
            continue
        if node.closed_at is None:
            return node.code or " / ".join(names[start:])
    return None


def _compared(console: Console, session: Session, found: Sequence[Row]) -> dict[str, Any]:
    accounts = {name_key(row.account) for row in found}
    known: set[str] = set()
    wanted = sorted(accounts)
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        known.update(session.scalars(select(Person.username).where(Person.username.in_(part))))
    sound = [row for row in found if not row.doubt]
    return {
        "rows": len(found),
        "new": sum(name_key(row.account) not in known for row in sound),
        "known": sum(name_key(row.account) in known for row in sound),
        "wrong": _wrong(console, found),
    }


def _wrong(console: Console, found: Sequence[Row]) -> list[dict[str, Any]]:
    reasons = {
        "directory_no_node": N_("这里没有和它的部门对应的党组织：让编码等于部门编号，或名称相同。"),
        "directory_no_name": N_("通讯录没有给出姓名或账号：应用的可见范围不够。"),
    }
    return [
        {
            "row": at,
            "account": row.account,
            "name": row.name,
            "department": row.department,
            "reason": console.say(reasons[row.doubt]),
        }
        for at, row in enumerate(found, start=1)
        if row.doubt
    ]


def _lines(console: Console, value: dict[str, Any]) -> list[str]:
    said = N_("通讯录 %(rows)s 人：新的 %(new)s，已有账号 %(known)s。没有改动任何东西。")
    lines = [console.say(said, **value)]
    for one in value["wrong"][:_SHOWN]:
        lines.append(f"{one['account']}  {one['name']}  {one['department']}  {one['reason']}")
    more = len(value["wrong"]) - _SHOWN
    if more > 0:
        lines.append(console.say(N_("……还有 %(more)s 人，用 --json 看全部。"), more=more))
    return lines


def _begin(context: typer.Context) -> Console:
    console = console_of(context)
    console.log(quiet=True)
    return console
