"""weike evidence and weike books: what the ledger has of somebody, whether it is what it was, and a year's
books with every item's reason."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from library.audit.sealing import written
from library.books import queries
from library.core.clock import local_day
from library.core.days import parse_date
from library.evidence import chain
from library.evidence import queries as evidence
from library.evidence.chain import Fault, Verdict, What
from server.commands.console import Console, console_of
from server.commands.failures import BAD_INPUT, FAILED, Failure
from server.commands.options import Json
from server.commands.people.belonging import person_named
from server.slices.books.export import books_json, piece_json
from server.slices.books.shown import names_of
from server.web.language.i18n import N_
from server.web.language.words import word

FAULTS = {
    What.CHANGED: N_("%(day)s 写下的 %(expected)s 条里，有的内容和封存时不一样。"),
    What.MISSING: N_("%(day)s 封存时有 %(expected)s 条，现在只有 %(found)s 条：有人删去了。"),
    What.ADDED: N_("%(day)s 封存时有 %(expected)s 条，现在有 %(found)s 条：有人添进去了。"),
    What.BEFORE: N_("%(day)s 之前多出 %(found)s 条，那时还没有台账；或者开头的封存被删去了。"),
    What.SEAL: N_("%(day)s 的封存和前一天接不上：整条链被重做过。"),
    What.GAP: N_("%(day)s 的封存不见了。"),
}


class ShowByDefault(TyperGroup):
    """`weike evidence NAME` is `weike evidence show NAME`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put in the command that was left out."""
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = ["show", *args]
        return super().parse_args(ctx, args)


def add_commands(to: typer.Typer) -> None:
    """Add the sub-commands of `weike evidence`."""
    to.command("show", help=N_("一个人的学习台账，按日期，撤销的也在内。不写子命令时就是它。"))(show)
    to.command("verify", help=N_("核对：从头逐日核对封存，说出第一天对不上的。对不上时退出码为 1。"))(verify)


Name = Annotated[str, typer.Argument(metavar="PERSON", help=N_("用户名，或没有重名的姓名。"))]


def show(
    context: typer.Context,
    name: Name,
    first: Annotated[
        str, typer.Option("--from", metavar="D", help=N_("从这一天起（2026-11-30）；不写是一年前。"))
    ] = "",
    last: Annotated[str, typer.Option("--to", metavar="D", help=N_("到这一天为止；不写是今天。"))] = "",
    as_json: Json = False,
) -> None:
    """List what the ledger has of somebody."""
    console = console_of(context)
    console.log(quiet=True)
    with console.ports(must_exist=True) as ports, ports.db.read() as session:
        person = person_named(session, name)
        until = parse_date(last, "--to") or local_day(ports.clock())
        since = parse_date(first, "--from") or until - timedelta(days=365)
        rows = evidence.of_person(session, person.id, since, until)
        value = {
            "person_id": person.id,
            "name": person.name,
            "from": since.isoformat(),
            "to": until.isoformat(),
            "evidence": [
                {
                    "id": row.id,
                    **piece_json(evidence.piece_of(row)),
                    "reverses": row.reverses_id,
                    "rule_version": row.rule_version,
                    "recorded_at": row.recorded_at.isoformat(),
                    "recorded_by": row.recorded_by,
                }
                for row in rows
            ],
        }
    console.result(value, as_json, _rows(console, value))


def _rows(console: Console, value: dict[str, Any]) -> Iterator[str]:
    for row in value["evidence"]:
        kind = word("evidence_kind", row["kind"], console.catalogue)
        amount = f"{row['amount'] / 60:g} min" if row["unit"] == "s" else f"{row['amount']}"
        yield f"{row['day']}  {kind}  {amount}  {row['source']} {row['source_id']}"
    if not value["evidence"]:
        yield console.say(N_("这段时间没有记录。"))


def verify(
    context: typer.Context,
    seal: Annotated[
        str | None,
        typer.Option("--seal", metavar="HEX", help=N_("学时表上印的校验码（至少前 16 位）：它还在不在。")),
    ] = None,
    as_json: Json = False,
) -> None:
    """Follow the chain of the ledger of evidence."""
    console = console_of(context)
    console.log(quiet=True)
    asked = written(seal) if seal is not None else ""
    with console.ports(must_exist=True) as ports, ports.db.read() as session:
        verdict = chain.verify(session)
        at = chain.seal_like(session, asked) if asked else None
    ok = verdict.fault is None and (seal is None or at is not None)
    value: dict[str, Any] = {
        "ok": ok,
        "days": verdict.days,
        "rows": verdict.rows,
        "through": verdict.through.isoformat() if verdict.through else None,
        "link": verdict.link,
        "unsealed": verdict.unsealed,
        "fault": None if verdict.fault is None else _fault(console, verdict.fault),
    }
    if seal is not None:
        value["seal_day"] = at.isoformat() if at is not None else None
    console.result(value, as_json, _verdict(console, verdict, value))
    if not ok:
        raise typer.Exit(FAILED)


def _fault(console: Console, fault: Fault) -> dict[str, Any]:
    day = fault.day.isoformat()
    said = console.say(FAULTS[fault.what], day=day, expected=fault.expected, found=fault.found)
    return {
        "what": str(fault.what),
        "day": day,
        "expected": fault.expected,
        "found": fault.found,
        "message": said,
    }


def _verdict(console: Console, verdict: Verdict, value: dict[str, Any]) -> Iterator[str]:
    if value["fault"] is not None:
        yield value["fault"]["message"]
        yield console.say(N_("下一步：照运维手册（docs/runbook.md）“核对不符”一节做。"))
    elif verdict.through is None:
        yield console.say(N_("还没有封存过任何一天。"))
    else:
        yield console.say(
            N_("%(days)s 天、%(rows)s 条与封存时一致。封存到 %(through)s，校验码 %(link)s。"),
            days=verdict.days,
            rows=verdict.rows,
            through=value["through"],
            link=verdict.link,
        )
    if "seal_day" in value:
        if value["seal_day"]:
            yield console.say(N_("这个校验码是 %(day)s 的，仍在链上。"), day=value["seal_day"])
        else:
            yield console.say(N_("链上没有这个校验码：印它的时候，记录和现在的不一样。"))


def books(
    context: typer.Context,
    name: Name,
    year: Annotated[
        int | None, typer.Option("--year", metavar="Y", help=N_("哪一年度；不写是本年度。"))
    ] = None,
    as_json: Json = False,
) -> None:
    """Count somebody's year."""
    console = console_of(context)
    console.log(quiet=True)
    if year is not None and not 2000 <= year <= 2199:
        raise Failure(N_("年度请写 2000 到 2199 之间的数。"), BAD_INPUT)
    with console.ports(must_exist=True) as ports, ports.db.read() as session:
        person = person_named(session, name)
        found = queries.person_books(session, person.id, year, local_day(ports.clock()))
        names = names_of(session, [piece for line in found.books.lines for piece in line.pieces])
        value = {"username": person.username, **books_json(found, names, console.catalogue)}
    console.result(value, as_json, _books(console, value))


def _books(console: Console, value: dict[str, Any]) -> Iterator[str]:
    yield console.say(N_("%(name)s，%(year)s 年度"), name=value["name"], year=value["year"])
    if value["asked"] and value["leads_as"]:
        lead = word("lead", value["leads_as"], console.catalogue)
        yield console.say(N_("学时按“%(lead)s”计算。"), lead=lead)
    for one in value["books"]:
        aim = f" / {one['aim']}" if one["aim"] else ""
        yield f"{word('book', one['book'], console.catalogue)}  {one['value']}{aim}"
    for item in value["items"]:
        why = " ".join(one["said"] for one in item["why"])
        yield f"{item['day']}  {item['what'] or item['rule']}  +{item['value']}  {why}".rstrip()
