"""weike user second-factor, weike user links: ways in besides a password, from the machine itself."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session

from library.access import second_factor
from library.access.identities import linking
from library.access.identities.queries import links_of
from library.access.second_factor_queries import factor_of
from library.core.errors import NotFound
from library.core.text import name_key
from library.people import queries
from library.people.tables import Person
from server.commands.console import Console, console_of
from server.commands.options import Json
from server.web.language.i18n import N_
from server.web.language.words import word

Username = Annotated[str, typer.Argument(metavar="NAME", help=N_("用户名。"))]


def add_commands(to: typer.Typer) -> None:
    """Add the sub-commands to `weike user`."""
    factor = typer.Typer(help=N_("两步验证：查看，或替丢了手机的人取消。"))
    factor.command("show", help=N_("看一个人有没有设置两步验证。"))(show)
    factor.command("off", help=N_("取消一个人的两步验证；请先确认是本人。"))(off)
    to.add_typer(factor, name="second-factor")
    to.command("links", help=N_("列出一个人关联的外部账号，或解除其中一个。"))(links)


def show(context: typer.Context, name: Username, as_json: Json = False) -> None:
    """Tell whether somebody has a second factor."""
    console = _begin(context)
    with console.ports(must_exist=True) as ports, ports.db.read() as session:
        value = _factor_object(session, _person(session, name))
    console.result(value, as_json, [_factor_line(console, value)])


def off(context: typer.Context, name: Username, as_json: Json = False) -> None:
    """Take somebody's second factor off."""
    console = _begin(context)
    with console.ports(must_exist=True) as ports:
        with ports.db.write() as session:
            second_factor.turn_off(session, _person(session, name).id, None)
        with ports.db.read() as session:
            value = _factor_object(session, _person(session, name))
    console.result(value, as_json, [_factor_line(console, value)])


def links(
    context: typer.Context,
    name: Username,
    end: Annotated[str | None, typer.Option("--end", metavar="ID", help=N_("解除这个编号的关联。"))] = None,
    as_json: Json = False,
) -> None:
    """List somebody's accounts elsewhere, after ending one."""
    console = _begin(context)
    with console.ports(must_exist=True) as ports:
        if end is not None:
            with ports.db.write() as session:
                linking.end_by(session, _person(session, name).id, end, None, ports.clock())
        with ports.db.read() as session:
            rows = [
                {
                    "id": link.id,
                    "provider": link.provider,
                    "issuer": link.issuer,
                    "subject": link.subject,
                    "linked_by": link.how.value,
                    "since": link.since.isoformat(),
                    "used_at": link.used_at.isoformat(),
                }
                for link in links_of(session, _person(session, name).id)
            ]
    lines = [
        f"{row['id']}  {row['provider']}  {row['subject']}  "
        f"{word('linked_by', row['linked_by'], console.catalogue)}  {row['since']}"
        for row in rows
    ]
    console.result({"links": rows}, as_json, lines or [console.say(N_("没有关联的账号。"))])


def _factor_object(session: Session, person: Person) -> dict[str, Any]:
    factor = factor_of(session, person.id)
    return {
        "username": person.username,
        "second_factor": factor is not None,
        "since": factor.confirmed_at.isoformat() if factor is not None else None,
        "codes_left": factor.codes_left if factor is not None else 0,
    }


def _factor_line(console: Console, value: dict[str, Any]) -> str:
    if not value["second_factor"]:
        return console.say(N_("%(username)s 没有两步验证。"), **value)
    return console.say(N_("%(username)s 从 %(since)s 起用两步验证，还有 %(codes_left)s 个恢复码。"), **value)


def _person(session: Session, name: str) -> Person:
    person = queries.person_by_username(session, name_key(name))
    if person is None:
        raise NotFound("person_unknown", name=name)
    return person


def _begin(context: typer.Context) -> Console:
    console = console_of(context)
    console.log(quiet=True)
    return console
