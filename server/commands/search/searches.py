"""weike searches: what members search for as it is offered to others, and the stop list."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from library.core.errors import NotFound
from library.searches import actions, queries, rules
from library.searches.tables import StoppedSearch
from server.commands.console import Console, console_of
from server.commands.options import Json
from server.web.language.i18n import N_

_MOST = 200

Text = Annotated[str, typer.Argument(metavar="TEXT", help=N_("一个词，或一整条搜索。"))]


def add_commands(to: typer.Typer) -> None:
    """Add the sub-commands of `weike searches`."""
    to.command("list", help=N_("列出正在提供的搜索和不提供的词。"))(list_)
    to.command("stop", help=N_("停用一个词：含有它的搜索马上不再提供给任何人。"))(stop)
    to.command("lift", help=N_("恢复一个停用的词。"))(lift)


def list_(context: typer.Context, as_json: Json = False) -> None:
    """List what is offered, to whoever would find something with it, and what is stopped."""
    console = _begin(context)
    with console.ports(must_exist=True) as ports, ports.db.read() as session:
        offered = ports.frequent.counts(session)
        stopped = [_object(row) for row in queries.stopped(session, _MOST)]
    value = {
        "offered": [{"text": text, "searchers": n} for text, n in offered.items()],
        "stopped": stopped,
    }
    console.result(value, as_json, _lines(console, value))


def stop(context: typer.Context, text: Text, as_json: Json = False) -> None:
    """Let no query be offered that holds a text."""
    console = _begin(context)
    with console.ports(must_exist=True) as ports, ports.db.write() as session:
        value = _object(actions.stop(session, text, None, ports.clock()))
    console.result(value, as_json, [console.say(N_("已停用：%(text)s"), text=value["text"])])


def lift(context: typer.Context, text: Text, as_json: Json = False) -> None:
    """Let a text be offered again."""
    console = _begin(context)
    with console.ports(must_exist=True) as ports, ports.db.write() as session:
        _, key = rules.clean_stopped(text)
        held = [row for row in queries.stopped(session, _MOST) if row.folded == key and not row.lifted_at]
        if not held:
            raise NotFound
        value = _object(actions.lift(session, held[0].id, None, ports.clock()))
    console.result(value, as_json, [console.say(N_("已恢复：%(text)s"), text=value["text"])])


def _begin(context: typer.Context) -> Console:
    console = console_of(context)
    console.log(quiet=True)
    return console


def _object(row: StoppedSearch) -> dict[str, Any]:
    return {
        "id": row.id,
        "text": row.text,
        "stopped_at": row.stopped_at.isoformat(),
        "lifted_at": row.lifted_at.isoformat() if row.lifted_at else None,
    }


def _lines(console: Console, value: dict[str, Any]) -> Iterator[str]:
    for row in value["offered"]:
        yield console.say(N_("%(text)s  %(searchers)s 人次搜过"), **row)
    for row in value["stopped"]:
        held = N_("不提供：%(text)s") if row["lifted_at"] is None else N_("已恢复：%(text)s")
        yield console.say(held, **row)
