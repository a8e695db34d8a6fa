"""weike audit: who did what to whom, when and from where; and whether that is what was written down."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session
from typer.core import TyperGroup

from library.audit import actions, queries
from library.audit.chain import Chain
from library.audit.queries import Wanted
from library.audit.rules import Deed
from library.audit.sealing import written
from library.audit.verifying import Fault, Verdict, What, verify
from library.core.clock import utc_now
from server.commands.console import Console, absolute, console_of, write_whole
from server.commands.failures import BAD_INPUT, FAILED, Failure
from server.commands.options import Json
from server.slices.system.ledger import Asked, AuditRow, Who, rows_of, wanted
from server.web.language.i18n import N_, Catalogue

FAULTS = {
    What.BEGINNING: N_("开头不见了：第 %(n)s 条之前的记录还不到可以删除的时候，却没有了。"),
    What.MISSING: N_("少了第 %(n)s 条：有人删去了它。"),
    What.CHANGED: N_("第 %(n)s 条（%(id)s，%(at)s）的内容和写下时不一样。"),
    What.PERSON: N_("第 %(n)s 条（%(id)s，%(at)s）里的人或地址和写下时不一样。"),
    What.SEAL: N_("第 %(n)s 条为止的记录和 %(day)s 的封存对不上：整条链被重做过。"),
    What.END: N_("末尾不见了：第 %(n)s 条到 %(day)s 封存的那一条都没有了。"),
}


class ListByDefault(TyperGroup):
    """`weike audit --person NAME` is `weike audit list --person NAME`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put in the command that was left out."""
        if not args or (args[0] not in self.commands and args[0] not in ctx.help_option_names):
            args = ["list", *args]
        return super().parse_args(ctx, args)


def add_commands(to: typer.Typer) -> None:
    """Add the sub-commands of `weike audit`."""
    to.command("list", help=N_("列出一页记录，最新的在前。不写子命令时就是它。"))(audit)
    to.command("verify", help=N_("核对：从头跟着校验链走一遍，说出第一条对不上的。对不上时退出码为 1。"))(
        verify_
    )


def audit(
    context: typer.Context,
    person: Annotated[str, typer.Option("--person", metavar="NAME", help=N_("只看这个用户名的。"))] = "",
    deed: Annotated[str, typer.Option("--deed", metavar="DEED", help=N_("只看这一种操作。"))] = "",
    day: Annotated[
        str, typer.Option("--day", metavar="DAY", help=N_("只看这一天（2026-11-30），或从这一天起。"))
    ] = "",
    until: Annotated[str, typer.Option("--until", metavar="DAY", help=N_("看到这一天为止。"))] = "",
    thing: Annotated[
        str, typer.Option("--thing", metavar="ID", help=N_("只看对这一样东西做的：课、党组织等的编号。"))
    ] = "",
    address: Annotated[str, typer.Option("--address", metavar="IP", help=N_("只看从这个地址来的。"))] = "",
    page: Annotated[int, typer.Option("--page", metavar="N", help=N_("第几页，每页 50 条。"))] = 1,
    export: Annotated[
        Path | None,
        typer.Option("--export", metavar="FILE", help=N_("写进这个文件（.xlsx 或 .csv），而不是打印出来。")),
    ] = None,
    as_json: Json = False,
) -> None:
    """List one page of the ledger of deeds, or write all that is asked for into a file."""
    console = console_of(context)
    console.log(quiet=True)
    asked = Asked(person=person, deed=deed, day=day, until=until, thing=thing, address=address)
    if export is not None:
        _export(console, asked, absolute(export), as_json)
        return
    with console.ports(must_exist=True) as ports, ports.db.read() as session:
        found = queries.entries(session, wanted(session, asked), page)
        rows = rows_of(session, found.items)
    value = {
        "page": found.number,
        "pages": found.last,
        "total": found.total,
        "more": queries.is_cut(found),
        "entries": [_object(row) for row in rows],
    }
    console.result(value, as_json, _lines(console, value))


def _export(console: Console, asked: Asked, file: Path, as_json: bool) -> None:
    from server.slices.system.ledger_files import csv_file, workbook

    writers: dict[str, Callable[[Session, Wanted, Catalogue], bytes]] = {".xlsx": workbook, ".csv": csv_file}
    write = writers.get(file.suffix.lower())
    if write is None:
        raise Failure(N_("导出的文件请以 .xlsx 或 .csv 结尾。"), BAD_INPUT)
    with console.ports(must_exist=True) as ports:
        with ports.db.read() as session:
            made = write(session, wanted(session, asked), console.catalogue)
        write_whole(file, made)
        with ports.db.write() as session:
            actions.note(session, Deed.EXPORTED, None, what="audit", format=file.suffix[1:].lower())
    value = {"file": str(file), "size_bytes": len(made)}
    console.result(value, as_json, [console.say(N_("写好了：%(file)s。"), file=file)])


def verify_(
    context: typer.Context,
    seal: Annotated[
        str | None,
        typer.Option(
            "--seal", metavar="HEX", help=N_("导出的文件上写的校验码（至少前 16 位）：它还在不在。")
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Follow the chain of the ledger."""
    console = console_of(context)
    console.log(quiet=True)
    asked = written(seal) if seal is not None else ""
    with console.ports(must_exist=True) as ports:
        Chain(ports.db).run()
        with ports.db.read() as session:
            verdict = verify(session, utc_now(), asked)
    known = seal is None or verdict.link_at is not None
    value: dict[str, Any] = {
        "ok": known and verdict.fault is None,
        "entries": verdict.entries,
        "from": verdict.from_n,
        "through": verdict.through,
        "link": verdict.link,
        "seals": verdict.seals,
        "pending": verdict.pending,
        "ahead": verdict.ahead,
        "fault": None if verdict.fault is None else _fault(console, verdict.fault),
    }
    if seal is not None:
        value["seal_at"] = verdict.link_at
    console.result(value, as_json, _verdict_lines(console, verdict, asked=seal is not None))
    if not value["ok"]:
        raise typer.Exit(FAILED)


def _fault(console: Console, fault: Fault) -> dict[str, Any]:
    return {
        "what": fault.what.value,
        "n": fault.n,
        "id": fault.id,
        "at": fault.at and fault.at.isoformat(timespec="seconds"),
        "day": fault.day and fault.day.isoformat(),
        "message": _message(console, fault),
    }


def _message(console: Console, fault: Fault) -> str:
    at = fault.at.isoformat(timespec="seconds") if fault.at else ""
    return console.say(FAULTS[fault.what], n=fault.n, id=fault.id, at=at, day=fault.day or "")


def _verdict_lines(console: Console, verdict: Verdict, *, asked: bool) -> Iterator[str]:
    if verdict.fault is not None:
        yield _message(console, verdict.fault)
    else:
        yield console.say(
            N_("第 %(from)s 到第 %(through)s 条、%(seals)s 天的封存都与写下时一致。校验码 %(link)s。"),
            **{"from": verdict.from_n},
            through=verdict.through,
            seals=verdict.seals,
            link=verdict.link,
        )
    if verdict.ahead:
        yield console.say(
            N_("还有 %(count)s 条没有进链：它们的日期在以后，多半是时钟曾经走快。"), count=verdict.ahead
        )
    if verdict.pending > verdict.ahead:
        yield console.say(
            N_("还有 %(count)s 条刚刚写下，几分钟后进链。"), count=verdict.pending - verdict.ahead
        )
    if asked and verdict.link_at is not None:
        yield console.say(N_("这个校验码是第 %(n)s 条的，仍在链上。"), n=verdict.link_at)
    elif asked:
        yield console.say(N_("链上没有这个校验码：印它的时候，记录和现在的不一样，或那一天已经过了保留期。"))
    if verdict.fault is not None:
        yield console.say(N_("下一步：照运维手册（docs/runbook.md）“操作记录对不上”一节做。"))


def _object(row: AuditRow) -> dict[str, Any]:
    return {
        "at": row.at.isoformat(timespec="seconds"),
        "deed": row.deed,
        "by": _who(row.by),
        "of": None if row.of is None else _who(row.of),
        "thing": row.thing,
        "details": dict(row.details),
        "changed": [{"field": f, "before": b, "after": a} for f, b, a in row.changed],
        "program": row.program,
        "address": row.address,
        "n": row.n,
    }


def _who(one: Who) -> dict[str, str]:
    return {"kind": one.kind, "name": one.name, "id": one.id}


def _lines(console: Console, value: dict[str, Any]) -> Iterator[str]:
    for row in value["entries"]:
        by, of = (one["name"] or one["kind"] if one else "" for one in (row["by"], row["of"]))
        details = " ".join(f"{name}={said}" for name, said in row["details"].items())
        changed = " ".join(f"{one['field']}:{one['before']}→{one['after']}" for one in row["changed"])
        where = " ".join(filter(None, (row["program"], row["address"])))
        said = (row["at"], by, row["deed"], of, row["thing"], details, changed, where)
        yield "  ".join(filter(None, said))
    yield console.say(N_("第 %(page)s 页，共 %(pages)s 页，%(total)s 条。"), **value)
    if value["more"]:
        yield console.say(N_("可能还有更早的：请用 --day 或 --until 指明日期，或用 --export 导出。"))
