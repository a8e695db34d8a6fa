"""weike declare, return, approve, select, withdraw: declarations by the same table as on pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session

from library.catalog import queries as catalog
from library.core.errors import Invalid, NotFound
from library.core.permits import Viewer
from library.declaring import actions, permits, queries, seen
from library.declaring.actions import Given
from library.declaring.rules import Check, read_remark
from library.declaring.states import Part, State, Step
from library.declaring.tables import Declaration
from server.commands.administrator import known_viewer, machine
from server.commands.administrator import node as node_meant
from server.commands.console import Console, console_of
from server.commands.options import Json
from server.web.language.i18n import N_
from server.web.language.words import word
from server.web.shown.declarations import declaration_object
from server.wiring import Ports

LessonId = Annotated[str, typer.Argument(metavar="LESSON", help=N_("课程的编号。"))]
As = Annotated[str | None, typer.Option("--as", metavar="PERSON", help=N_("以这个用户的名义；不写是系统。"))]
NodeName = Annotated[
    str,
    typer.Option(
        "--node", metavar="NODE", help=N_("它应当在哪一级：编码、全名，或“上级 / 全名”；不在那里就不做。")
    ),
]
Remarks = Annotated[
    list[str] | None,
    typer.Option(
        "--remark",
        metavar="TEXT",
        help=N_('一条意见，例如 "12.5 这里听不清"（前面是秒数），可以写几次。'),
    ),
]
Checked = Annotated[
    list[str] | None,
    typer.Option(
        "--checked",
        metavar="POINT",
        help=N_("看过的要点：content、sound、picture、sources、secrecy，可以写几次；不写就是都看过。"),
    ),
]
Why = Annotated[str, typer.Option("--reason", metavar="TEXT", help=N_("原因或说明。"))]


def declare(
    context: typer.Context,
    lesson: LessonId,
    as_person: As = None,
    node: NodeName = "",
    reason: Why = "",
    checked: Checked = None,
    as_json: Json = False,
) -> None:
    """Send a lesson up, or send it up again."""
    console = _begin(context)
    with console.ports(must_exist=True) as ports, ports.db.write() as session:
        viewer = _viewer(session, ports, as_person)
        given = Given(reason, checked=_points(checked), node_id=_node(session, node))
        row = actions.declare(session, viewer, lesson, ports.clock(), given)
        value = _value(session, viewer, row, ports)
    console.result(value, as_json, _lines(console, value))


def return_(
    context: typer.Context,
    lesson: LessonId,
    as_person: As = None,
    node: NodeName = "",
    remark: Remarks = None,
    reason: Why = "",
    as_json: Json = False,
) -> None:
    """Send a declaration back with remarks or a reason."""
    _step(context, lesson, as_person, node, reason, as_json, Step.RETURN, remark or ())


def approve(
    context: typer.Context,
    lesson: LessonId,
    as_person: As = None,
    node: NodeName = "",
    remark: Remarks = None,
    reason: Why = "",
    read: Annotated[bool, typer.Option("--read", help=N_("只记下审阅完毕，不作决定。"))] = False,
    checked: Checked = None,
    as_json: Json = False,
) -> None:
    """Approve a declaration at its present level."""
    step = Step.READ if read else Step.APPROVE
    _step(context, lesson, as_person, node, reason, as_json, step, remark or (), _points(checked))


def select(
    context: typer.Context,
    lesson: LessonId,
    as_person: As = None,
    node: NodeName = "",
    remark: Remarks = None,
    reason: Why = "",
    checked: Checked = None,
    as_json: Json = False,
) -> None:
    """Approve a declaration and choose it."""
    _step(context, lesson, as_person, node, reason, as_json, Step.SELECT, remark or (), _points(checked))


def withdraw(
    context: typer.Context,
    lesson: LessonId,
    as_person: As = None,
    node: NodeName = "",
    reason: Why = "",
    as_json: Json = False,
) -> None:
    """Take a declaration back, or stop it from above."""
    _step(context, lesson, as_person, node, reason, as_json, Step.WITHDRAW, ())


def _step(
    context: typer.Context,
    lesson: str,
    as_person: str | None,
    node: str,
    reason: str,
    as_json: bool,
    step: Step,
    remarks: Sequence[str],
    checked: tuple[str, ...] | None = None,
) -> None:
    console = _begin(context)
    said = tuple(read_remark(one) for one in remarks)
    with console.ports(must_exist=True) as ports, ports.db.write() as session:
        viewer = _viewer(session, ports, as_person)
        row = _declaration(session, viewer, lesson)
        given = Given(reason, said, checked=checked, node_id=_node(session, node))
        if step is Step.APPROVE and row.state is State.SELECTED:
            step = Step.PUBLISH
        elif step is Step.WITHDRAW and not _takes_back(session, viewer, row):
            step = Step.STOP
        row = actions.take(session, viewer, row.id, step, ports.clock(), given)
        value = _value(session, viewer, row, ports)
    console.result(value, as_json, _lines(console, value))


def _points(told: Sequence[str] | None) -> tuple[str, ...] | None:
    """Return the points that were ticked, None where nobody named any: then all were looked at.

    Raises Invalid("unknown_check") for what is no point.
    """
    if told is None:
        return None
    for one in told:
        if one not in tuple(Check):
            raise Invalid("unknown_check", field="--checked", point=one, points="、".join(Check))
    return tuple(told)


def _takes_back(session: Session, viewer: Viewer, row: Declaration) -> bool:
    """Tell whether a withdrawal is the lecturer's own: staff who review at its node stop it instead."""
    where = queries.standing(session, row)
    if permits.own(viewer, where):
        return True
    return Part.ABOVE not in permits.parts_of(viewer, where)


def _declaration(session: Session, viewer: Viewer, lesson_id: str) -> Declaration:
    """Return the declaration of a lesson that is meant: the latest; raises NotFound."""
    row = next(iter(queries.of_lesson(session, catalog.lesson(session, lesson_id).id, 1)), None)
    if row is None or not queries.sees(session, viewer, row):
        raise NotFound("declaration_none")
    return row


def _viewer(session: Session, ports: Ports, as_person: str | None) -> Viewer:
    return machine(session) if as_person is None else known_viewer(session, as_person, ports.clock())


def _node(session: Session, text: str) -> str | None:
    return node_meant(session, text).id if text.strip() else None


def _value(session: Session, viewer: Viewer, row: Declaration, ports: Ports) -> dict[str, Any]:
    found = seen.seen(session, viewer, row, ports.clock())
    lesson = catalog.lesson(session, row.lesson_id)
    return {**declaration_object(found), "lesson_state": str(lesson.state)}


def _lines(console: Console, value: dict[str, Any]) -> list[str]:
    catalogue = console.catalogue
    lines = [
        value["title"],
        f"  {word('declaration_state', value['state'], catalogue)}  "
        + console.say(N_("第 %(level)s 级，共 %(levels)s 级"), **value),
    ]
    lines += [
        f"  {one['n']}. {'' if one['at_s'] is None else one['at_s']} {one['text']}"
        for one in value["remarks"]
        if one["answer_kind"] is None
    ]
    return lines


def _begin(context: typer.Context) -> Console:
    console = console_of(context)
    console.log(quiet=True)
    return console
