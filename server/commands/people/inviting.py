"""weike user invite, weike user names: a whole branch is let in, and people sign in by their numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from library.access.coming_in import codes, starting
from library.access.coming_in.starting import Card
from library.core.errors import NotFound
from library.core.text import name_key
from library.people import queries
from library.people.name_rules import NameKind, masked
from library.people.sign_in_names import rows_of, set_aliases
from server.commands.administrator import machine, node
from server.commands.console import absolute, console_of, write_whole
from server.commands.failures import BAD_INPUT, Failure
from server.commands.options import Json
from server.web.language.i18n import N_


def add_commands(to: typer.Typer) -> None:
    """Add these sub-commands of `weike user`."""
    to.command("invite", help=N_("给一个党组织里还没有密码的人做一次性链接和开通码。"))(invite)
    to.command("names", help=N_("设一个人登录用的工号、手机号。"))(names)


def invite(
    context: typer.Context,
    at: Annotated[
        str, typer.Option("--at", metavar="NODE", help=N_("哪个党组织：编码、全名，或“上级 / 全名”。"))
    ],
    all_: Annotated[bool, typer.Option("--all", help=N_("所有没有密码的人；以前的邀请作废。"))] = False,
    new: Annotated[bool, typer.Option("--new", help=N_("只给还没有邀请的人。"))] = False,
    xlsx: Annotated[
        Path | None, typer.Option("--xlsx", metavar="FILE", help=N_("另外写成 Excel 表格。"))
    ] = None,
    as_json: Json = False,
) -> None:
    """Make the first links and codes of a node and of all below it."""
    console = console_of(context)
    console.log(quiet=True)
    if all_ == new:
        raise Failure(N_("请写 --all 或 --new 中的一个。"), BAD_INPUT)
    with console.ports(must_exist=True) as ports:
        days, address = ports.in_force.now.settings.invitation_days, ports.settings.base_url
        with ports.db.write() as session:
            where = node(session, at)
            name = where.name
            made = starting.make_sheet(
                *(session, machine(session), where, days, ports.clock()), by=None, new_only=new
            )
    if xlsx is not None:
        from server.slices.invitations.workbook import workbook

        write_whole(absolute(xlsx), workbook(made, name, address, console.catalogue))
    cards = [_card(card, address) for card in made.cards]
    if made.voided:
        console.note(N_("以前发出的 %(count)s 张已经作废。"), count=made.voided)
    lines = [f"{card['name']}  {card['username']}  {card['code']}  {card['url']}" for card in cards]
    value = {"node": name, "cards": cards, "voided": made.voided, "left_out": made.left_out}
    console.result(value, as_json, lines)


def _card(card: Card, address: str) -> dict[str, str]:
    return {
        "name": card.name,
        "username": card.username,
        "node": card.node,
        "url": f"{address}/welcome/{card.secret}",
        "code": codes.shown(card.code),
        "expires_at": card.expires_at.isoformat(),
    }


def names(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help=N_("用户名。"))],
    staff_number: Annotated[
        str | None, typer.Option("--staff-number", metavar="N", help=N_("工号；空的去掉。"))
    ] = None,
    phone: Annotated[
        str | None, typer.Option("--phone", metavar="N", help=N_("手机号，不发短信；空的去掉。"))
    ] = None,
    as_json: Json = False,
) -> None:
    """Let somebody sign in by a staff number or a phone number, and show what they have (masked)."""
    console = console_of(context)
    console.log(quiet=True)
    given = {NameKind.STAFF_NUMBER: staff_number, NameKind.PHONE: phone}
    wanted = {kind: text for kind, text in given.items() if text is not None}
    with console.ports(must_exist=True) as ports, ports.db.write() as session:
        person = queries.person_by_username(session, name_key(name))
        if person is None:
            raise NotFound("person_unknown", name=name)
        if wanted:
            set_aliases(session, person.id, wanted, None, ports.clock())
        session.flush()
        shown = {row.kind.value: masked(row.key) for row in rows_of(session, [person.id])}
        username = person.username
    value = {"username": username, "names": shown}
    console.result(value, as_json, [f"{kind}  {key}" for kind, key in shown.items()])
