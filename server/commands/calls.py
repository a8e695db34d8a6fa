"""weike calls: the calls for works, and what came of one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from library.calls import queries
from library.calls.tables import Call
from library.core.errors import NotFound
from server.commands.administrator import machine
from server.commands.console import Console, console_of
from server.commands.lessons.week import ShowByDefault
from server.commands.options import Json
from server.slices.calls.results import result_rows
from server.web.language.i18n import N_
from server.web.language.words import word


class ListByDefault(ShowByDefault):
    """`weike calls --json` is `weike calls list --json`."""

    default = "list"


def add_commands(to: typer.Typer) -> None:
    """Add the sub-commands of `weike calls`."""
    to.command("list", help=N_("列出征集：收作品的在前。不写子命令时就是它。"))(list_calls)
    to.command("results", help=N_("看一次征集的评选结果：名次、得分、荣誉。"))(results)


def list_calls(
    context: typer.Context,
    page: Annotated[int, typer.Option("--page", metavar="N", help=N_("第几页。"))] = 1,
    as_json: Json = False,
) -> None:
    """List the calls, those that take works first."""
    console = console_of(context)
    with console.ports(must_exist=True) as ports, ports.db.read() as session:
        shown = queries.calls_page(session, machine(session), page)
        value = {
            "calls": [_call(one, queries.standing(session, one.id).entries) for one in shown.items],
            "page": shown.number,
            "pages": shown.last,
        }
    console.result(value, as_json, _lines(console, value))


def _call(call: Call, entries: int) -> dict[str, Any]:
    return {
        "id": call.id,
        "title": call.title,
        "node": call.node.name,
        "stage": str(call.stage),
        "opens_on": call.opens_on.isoformat(),
        "closes_on": call.closes_on.isoformat(),
        "judged_until": call.judged_until.isoformat(),
        "results_on": call.results_on.isoformat(),
        "quota": call.quota,
        "blind": call.blind,
        "works": entries,
    }


def results(
    context: typer.Context,
    call: Annotated[str, typer.Argument(metavar="CALL", help=N_("征集的编号，在它的网址里。"))],
    as_json: Json = False,
) -> None:
    """Show what came of a call, from the scores that were handed in so far."""
    console = console_of(context)
    with console.ports(must_exist=True) as ports, ports.db.read() as session:
        row = session.get(Call, call.strip())
        if row is None:
            raise NotFound("call_unknown", call=call[:40])
        works = {one.entry.id: one for one in queries.works(session, row, named=True)}
        found = queries.result(session, row)
        value = {
            "call": row.id,
            "title": row.title,
            "stage": str(row.stage),
            "judges_in": found.judges_in,
            "judges_out": found.judges_out,
            "works": [
                {
                    "n": one.n,
                    "rank": one.rank,
                    "tied": one.tied,
                    "title": one.title,
                    "category": one.category,
                    "unit": one.unit,
                    "lesson": one.lesson_id or None,
                    "mean": one.mean or None,
                    "lowest": one.lowest or None,
                    "highest": one.highest or None,
                    "judges": one.judges,
                    "trimmed": one.trimmed,
                    "prize": one.prize or None,
                    "certificate": one.code or None,
                }
                for one in result_rows(session, row, found, works, {})
            ],
        }
    console.result(value, as_json, _result_lines(console, value))


def _lines(console: Console, value: dict[str, Any]) -> Iterator[str]:
    if not value["calls"]:
        yield console.say(N_("现在没有征集"))
    for one in value["calls"]:
        stage = word("call_stage", one["stage"], console.catalogue)
        yield f"{one['id']}  {one['title']}  {one['node']}  {stage}  {one['opens_on']} – {one['closes_on']}"


def _result_lines(console: Console, value: dict[str, Any]) -> Iterator[str]:
    stage = word("call_stage", value["stage"], console.catalogue)
    yield f"{value['title']}  {stage}"
    yield console.say(
        N_("交分的评委 %(judges_in)s 位，没有交分的 %(judges_out)s 位不计入。"),
        judges_in=value["judges_in"],
        judges_out=value["judges_out"],
    )
    for one in value["works"]:
        mean = one["mean"] or console.say(N_("没有评分"))
        rank = one["rank"] or "—"
        if one["tied"]:
            rank = console.say(N_("并列 %(rank)s"), rank=one["rank"])
        yield f"{rank}  {mean}  {one['title']}  {one['unit']}  {one['prize'] or ''}".rstrip()
