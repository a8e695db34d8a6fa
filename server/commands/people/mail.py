"""weike mail test, weike user mail: whether letters get away, and where somebody's go."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session

from library.access import mail
from library.access.mail_rules import clean_address
from library.core.errors import NotFound
from library.core.text import name_key
from library.outbox.rules import Words
from library.people import queries
from library.people.tables import Person
from server.commands.console import console_of
from server.commands.failures import BAD_INPUT, FAILED, Failure
from server.commands.options import Json
from server.mail_server import NotTaken
from server.web.language.i18n import N_
from server.wiring import open_mail_server

Address = Annotated[str, typer.Argument(metavar="ADDRESS", help=N_("寄到哪里。"))]
Username = Annotated[str, typer.Argument(metavar="NAME", help=N_("用户名。"))]
Set = Annotated[str | None, typer.Option("--set", metavar="ADDRESS", help=N_("登记这个邮箱，当作已确认。"))]
Remove = Annotated[bool, typer.Option("--remove", help=N_("删除登记的邮箱。"))]


def add_commands(to: typer.Typer) -> None:
    """Add the sub-commands of `weike mail`."""
    to.callback()(_letters)
    to.command("test", help=N_("马上寄一封试验的信，看邮件服务器怎么说。"))(send_test)


def add_user_commands(to: typer.Typer) -> None:
    """Add `weike user mail`."""
    to.command("mail", help=N_("看、登记或删除一个人的邮箱。"))(user_mail)


def _letters() -> None:
    """What is about letters has sub-commands."""


def send_test(context: typer.Context, address: Address, as_json: Json = False) -> None:
    """Send one letter at once, without the queue."""
    console = console_of(context)
    console.log(quiet=True)
    cleaned = clean_address(address)
    server = open_mail_server(console.settings)
    if server is None:
        raise Failure(N_("没有设 WEIKE_MAIL_SERVER，微课不寄信。"), BAD_INPUT)
    words = Words(
        console.say(N_("微课的试验邮件")),
        console.say(N_("这封信到了，说明微课的邮件设置是好的。")),
    )
    try:
        server.send(cleaned, words)
    except NotTaken as error:
        raise Failure(N_("没有寄出：%(said)s"), FAILED, said=error.said) from error
    sent = {"address": cleaned, "sent": True}
    console.result(
        sent, as_json, [console.say(N_("邮件服务器收下了寄给 %(address)s 的信。"), address=cleaned)]
    )


def user_mail(
    context: typer.Context, name: Username, set_to: Set = None, remove: Remove = False, as_json: Json = False
) -> None:
    """Show somebody's address, after setting or removing it."""
    console = console_of(context)
    console.log(quiet=True)
    if set_to is not None and remove:
        raise Failure(N_("--set 和 --remove 只能用一个。"), BAD_INPUT)
    with console.ports(must_exist=True) as ports:
        if set_to is not None or remove:
            with ports.db.write() as session:
                person = _person(session, name)
                if set_to is not None:
                    mail.set_by_machine(session, person.id, set_to, ports.clock())
                else:
                    mail.remove(session, person.id, None)
        with ports.db.read() as session:
            person = _person(session, name)
            row = mail.address_of(session, person.id)
            value: dict[str, Any] = {
                "username": person.username,
                "address": row.address if row else "",
                "wanted": row.wanted if row else "",
            }
    line = value["address"] or console.say(N_("没有登记邮箱。"))
    console.result(value, as_json, [line])


def _person(session: Session, name: str) -> Person:
    person = queries.person_by_username(session, name_key(name))
    if person is None:
        raise NotFound("person_unknown", name=name)
    return person
