"""weike user speech: whether somebody's own lessons are heard."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session

from library.core.errors import NotFound
from library.core.text import name_key
from library.people import queries
from library.people.tables import Person
from server.commands.console import console_of
from server.commands.options import Json
from server.web.language.i18n import N_
from server.web.language.words import word

Username = Annotated[str, typer.Argument(metavar="NAME", help=N_("用户名。"))]
Choose = Annotated[
    str | None,
    typer.Option(
        "--choose",
        metavar="MODE",
        help=N_("替本人选：always（总是）、on-request（要的时候）、never（从不），server：按服务器的设置。"),
    ),
]


def add_commands(to: typer.Typer) -> None:
    """Add `weike user speech`."""
    to.command("speech", help=N_("看一个人的课听写不听写，或替本人选。"))(speech)


def speech(context: typer.Context, name: Username, choose: Choose = None, as_json: Json = False) -> None:
    """Show whether somebody's own lessons are heard, after choosing it."""
    # Loaded where it is used: the other commands of `weike user` hear nothing.
    from library.hearing import actions
    from library.hearing.rules import what_holds
    from server.web.shown.recognition import speech_choice_part, speech_mode

    console = console_of(context)
    console.log(quiet=True)
    mode = None if choose is None else speech_mode(choose)
    with console.ports(must_exist=True) as ports:
        stopped = 0
        if choose is not None:
            with ports.db.write() as session:
                stopped = actions.choose(session, _person(session, name).id, mode, ports.clock())
        with ports.db.read() as session:
            person = _person(session, name)
            part = speech_choice_part(session, ports.settings, person.id)
            value: dict[str, Any] = {
                "username": person.username,
                "choice": part.chosen,
                "server": part.server,
                "holds": part.mode,
                "stopped": stopped,
            }
    held = word("speech_holds", part.mode, console.catalogue)
    is_own = what_holds(part.server, part.chosen).by_lecturer
    by = N_("本人选的") if is_own else N_("按服务器的设置")
    lines = [console.say(N_("%(held)s（%(by)s）"), held=held, by=console.say(by))]
    if stopped:
        lines.append(console.say(N_("停下了 %(count)s 个听写。"), count=stopped))
    console.result(value, as_json, lines)


def _person(session: Session, name: str) -> Person:
    person = queries.person_by_username(session, name_key(name))
    if person is None:
        raise NotFound("person_unknown", name=name)
    return person
