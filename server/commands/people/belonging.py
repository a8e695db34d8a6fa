"""weike people: where people belong, from the machine itself: shown, listed by day, transferred."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session

from library.core.clock import local_day
from library.core.days import parse_date
from library.core.errors import Invalid, NotFound
from library.core.permits import Viewer
from library.core.text import name_key
from library.people import queries
from library.people.belonging import histories, members, transfers
from library.people.tables import Person
from server.commands.administrator import machine
from server.commands.administrator import node as meant
from server.commands.console import Console, console_of
from server.commands.options import Json
from server.slices.people.belonging_json import counts_object, person_object
from server.web.language.i18n import N_
from server.web.language.words import word

Username = Annotated[str, typer.Argument(metavar="NAME", help=N_("用户名。"))]
Day = Annotated[str, typer.Option("--day", metavar="D", help=N_("哪一天，如 2026-07-01；不写是今天。"))]


def add_commands(to: typer.Typer) -> None:
    """Add the sub-commands of `weike people` about persons and nodes."""
    to.command("show", help=N_("一个人的组织关系：在哪里、是什么、来历。"))(show)
    to.command("members", help=N_("一个党组织某一天有哪些人。"))(members_)
    to.command("transfer", help=N_("发起组织关系转接；接收方接收以前，人还在原支部。"))(transfer)
    to.command("accept", help=N_("接收转来的人：原支部的关系今天结束，新的今天开始。"))(accept)
    to.command("refuse", help=N_("不接收转来的人。"))(refuse)
    to.command("withdraw", help=N_("撤回还没有答复的转接。"))(withdraw)


def show(context: typer.Context, name: Username, as_json: Json = False) -> None:
    """Show where somebody belongs."""
    console = _begin(context)
    with console.ports(must_exist=True) as ports, ports.db.read() as session:
        value = person_object(histories.history_of(session, person_named(session, name).id))
    console.result(value, as_json, _lines(console, value))


def members_(
    context: typer.Context,
    node: Annotated[str, typer.Argument(metavar="NODE", help=N_("编码、全名，或“上级 / 全名”。"))],
    day: Day = "",
    below: Annotated[bool, typer.Option("--below", help=N_("连同下级。"))] = False,
    as_json: Json = False,
) -> None:
    """List who belongs to a node on a day."""
    console = _begin(context)
    with console.ports(must_exist=True) as ports, ports.db.read() as session:
        on = parse_date(day, "day") or local_day(ports.clock())
        found = meant(session, node)
        counts = members.counts_on(session, found.id, on, below=below)
        rows: list[members.MemberRow] = []
        number = last = 1
        while number <= last:
            page = members.members_on(session, found.id, on, number, below=below)
            rows += page.items
            number, last = number + 1, page.last
        value: dict[str, Any] = {
            "node": found.name,
            "code": found.code,
            "day": on.isoformat(),
            **counts_object(counts),
            "members": [
                {
                    "username": one.username,
                    "name": one.name,
                    "kind": str(one.kind),
                    "state": one.state,
                    "since": one.since.isoformat(),
                    "exempt": one.exempt,
                }
                for one in rows
            ],
        }
    console.result(value, as_json, _member_lines(console, value))


def transfer(
    context: typer.Context,
    name: Username,
    to: Annotated[
        str, typer.Option("--to", metavar="NODE", help=N_("转到哪里：编码、全名，或“上级 / 全名”。"))
    ],
    note: Annotated[str, typer.Option("--note", help=N_("附言。"))] = "",
    as_json: Json = False,
) -> None:
    """Ask a node to take somebody over."""

    def act(session: Session, person: Person, viewer: Viewer, now: datetime) -> None:
        transfers.ask(session, viewer, person.id, meant(session, to), now, note)

    _change(context, name, as_json, act)


def accept(context: typer.Context, name: Username, as_json: Json = False) -> None:
    """Take somebody over."""
    _answer(context, name, as_json, lambda s, by, asked, now: transfers.accept(s, by, asked, now))


def refuse(
    context: typer.Context,
    name: Username,
    why: Annotated[str, typer.Option("--why", help=N_("原因。"))] = "",
    as_json: Json = False,
) -> None:
    """Refuse to take somebody over."""
    _answer(context, name, as_json, lambda s, by, asked, now: transfers.refuse(s, by, asked, now, why))


def withdraw(context: typer.Context, name: Username, as_json: Json = False) -> None:
    """Take a transfer back."""
    _answer(context, name, as_json, lambda s, by, asked, now: transfers.withdraw(s, by, asked, now))


def _answer(
    context: typer.Context, name: str, as_json: bool, act: Callable[[Session, Viewer, str, datetime], object]
) -> None:
    def answered(session: Session, person: Person, viewer: Viewer, now: datetime) -> None:
        asked = transfers.asked_of(session, person.id)
        if asked is None:
            raise NotFound("no_transfer", name=person.username)
        act(session, viewer, asked.id, now)

    _change(context, name, as_json, answered)


def _change(
    context: typer.Context,
    name: str,
    as_json: bool,
    act: Callable[[Session, Person, Viewer, datetime], None],
) -> None:
    console = _begin(context)
    with console.ports(must_exist=True) as ports:
        with ports.db.write() as session:
            person = person_named(session, name)
            person_id = person.id
            act(session, person, machine(session), ports.clock())
        with ports.db.read() as session:
            value = person_object(histories.history_of(session, person_id))
    console.result(value, as_json, _lines(console, value))


def _begin(context: typer.Context) -> Console:
    console = console_of(context)
    console.log(quiet=True)
    return console


def person_named(session: Session, name: str) -> Person:
    """Return whose account it is, or who alone is called so; raises NotFound, Invalid("person_ambiguous")."""
    found = queries.person_by_username(session, name_key(name))
    if found is not None:
        return found
    called = queries.persons_called(session, name.strip())
    if len(called) > 1:
        names = "、".join(one.username for one in called)
        raise Invalid("person_ambiguous", field="name", name=name, names=names)
    if not called:
        raise NotFound("person_unknown", name=name)
    return called[0]


def _lines(console: Console, value: dict[str, Any]) -> Iterator[str]:
    yield f"{value['username']}  {value['name']}"
    for one in value["history"]:
        kind = word("membership_kind", one["kind"], console.catalogue)
        state = word("member_state", one["state"], console.catalogue) if one["state"] else ""
        until = one["until"] or console.say(N_("现在"))
        yield f"  {one['since']} – {until}  {one['node']['name']}  {kind}  {state}".rstrip()
    if value["transfer"] is not None:
        name = value["transfer"]["to"]["name"]
        yield "  " + console.say(N_("正在转往 %(name)s，等对方答复。"), name=name)
    if not value["can_sign_in"] and value["active"]:
        yield "  " + console.say(N_("还没有密码，不能登录；请发给本人邀请链接。"))


def _member_lines(console: Console, value: dict[str, Any]) -> Iterator[str]:
    sentence = N_("%(node)s，%(day)s：%(home)s 人，流动 %(guests)s 人，不计入应到 %(exempt)s 人。")
    yield console.say(sentence, **value)
    for one in value["members"]:
        kind = word("membership_kind", one["kind"], console.catalogue)
        state = word("member_state", one["state"], console.catalogue) if one["state"] else ""
        yield f"  {one['username']}  {one['name']}  {kind}  {state}".rstrip()
