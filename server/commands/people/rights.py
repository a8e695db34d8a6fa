"""weike may: whether somebody may see a lesson, or what they may do at a node, and why or what is missing."""

from __future__ import annotations

from typing import Annotated

import typer
from sqlalchemy.orm import Session

from library.catalog import queries as catalog
from library.catalog.why import Reason
from library.core.clock import local_day
from library.core.errors import Invalid, NotFound
from library.core.text import name_key
from library.people import queries as people
from library.people.tables import Person
from server.commands.administrator import node as meant
from server.commands.console import Console, console_of
from server.commands.options import Json
from server.slices.rights.node_said import asked_at
from server.slices.rights.said import answer_for, said
from server.web.language.i18n import N_, Catalogue
from server.web.language.words import word


def may(
    context: typer.Context,
    person: Annotated[str, typer.Argument(metavar="PERSON", help=N_("用户名。"))],
    lesson: Annotated[str, typer.Argument(metavar="[LESSON]", help=N_("课程的编号。"))] = "",
    node: Annotated[
        str,
        typer.Option(
            "--node",
            metavar="NODE",
            help=N_("不问课程，问在这个党组织能做什么：编码、全名，或“上级 / 全名”。"),
        ),
    ] = "",
    as_json: Json = False,
) -> None:
    """Say whether somebody may see a lesson, or what they may do at a node, and why or what is missing."""
    console = console_of(context)
    console.log(quiet=True)
    if bool(lesson) is bool(node):
        raise Invalid("lesson_or_node", field="lesson")
    if node:
        _at_node(console, person, node, as_json)
        return
    with console.ports(must_exist=True) as ports, ports.db.read() as session:
        who = _person(session, person)
        viewer = people.viewer_of(session, who, local_day(ports.clock()))
        found = answer_for(session, who, viewer, catalog.lesson(session, lesson))
        because = [_reason(one, console.catalogue) for one in found.because]
        missing = [_reason(one, console.catalogue) for one in found.missing]
    seen = N_("看得到：") if found.may else N_("看不到：")
    lines = [f"  {one['text']}{one['todo']}" for one in (*because, *missing)]
    value = {"may": found.may, "because": because, "missing": missing}
    console.result(value, as_json, [console.say(seen), *lines])


def _at_node(console: Console, person: str, node: str, as_json: bool) -> None:
    catalogue = console.catalogue
    with console.ports(must_exist=True) as ports, ports.db.read() as session:
        found = meant(session, node)
        answers = asked_at(session, _person(session, person), found, local_day(ports.clock()))
        acts = [
            {
                "act": str(one.act),
                "may": one.may,
                "because": [_reason(reason, catalogue) for reason in one.because],
                "missing": [_reason(reason, catalogue) for reason in one.missing],
            }
            for one in answers
        ]
        value = {"node": {"id": found.id, "code": found.code, "name": found.name}, "acts": acts}
    lines = []
    for one in answers:
        can = console.say(N_("可以")) if one.may else console.say(N_("不可以"))
        told = [_reason(reason, catalogue) for reason in (*one.because, *one.missing)]
        why = "".join(reason["text"] + reason["todo"] for reason in told)
        lines.append(f"{word('act', one.act, catalogue)}  {can}  {why}")
    console.result(value, as_json, lines)


def _person(session: Session, name: str) -> Person:
    found = people.person_by_username(session, name_key(name))
    if found is None:
        raise NotFound("person_unknown", name=name)
    return found


def _reason(reason: Reason, catalogue: Catalogue) -> dict[str, str]:
    told = said(reason, catalogue)
    return {"code": reason.code, "text": told.message, "todo": told.todo}
