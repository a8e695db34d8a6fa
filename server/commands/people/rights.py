"""weike may: whether somebody may see a lesson, and why or what is missing."""

from __future__ import annotations

from typing import Annotated

import typer

from library.catalog import queries as catalog
from library.catalog.why import Reason
from library.core.clock import local_day
from library.core.errors import NotFound
from library.core.text import name_key
from library.people import queries as people
from server.commands.console import console_of
from server.commands.options import Json
from server.slices.rights.said import answer_for, said
from server.web.language.i18n import N_, Catalogue


def may(
    context: typer.Context,
    person: Annotated[str, typer.Argument(metavar="PERSON", help=N_("用户名。"))],
    lesson: Annotated[str, typer.Argument(metavar="LESSON", help=N_("课程的编号。"))],
    as_json: Json = False,
) -> None:
    """Say whether somebody may see a lesson, and why or what is missing."""
    console = console_of(context)
    console.log(quiet=True)
    with console.ports(must_exist=True) as ports, ports.db.read() as session:
        who = people.person_by_username(session, name_key(person))
        if who is None:
            raise NotFound("person_unknown", name=person)
        viewer = people.viewer_of(session, who, local_day(ports.clock()))
        found = answer_for(session, who, viewer, catalog.lesson(session, lesson))
        because = [_reason(one, console.catalogue) for one in found.because]
        missing = [_reason(one, console.catalogue) for one in found.missing]
    word = N_("看得到：") if found.may else N_("看不到：")
    lines = [f"  {one['text']}{one['todo']}" for one in (*because, *missing)]
    value = {"may": found.may, "because": because, "missing": missing}
    console.result(value, as_json, [console.say(word), *lines])


def _reason(reason: Reason, catalogue: Catalogue) -> dict[str, str]:
    told = said(reason, catalogue)
    return {"code": reason.code, "text": told.message, "todo": told.todo}
