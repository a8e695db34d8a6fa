"""weike people exemption, committee, group: what is dated of people, and learning groups."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session

from library.core.clock import local_day
from library.core.days import parse_date
from library.core.errors import NotFound
from library.people.belonging import committees, exemptions, group_queries, groups, histories
from library.people.belonging.timeline import holds_on
from library.people.rules import ExemptionReason
from library.people.tables import CommitteeTerm, Exemption, LearningGroup
from server.commands.administrator import node as meant
from server.commands.console import Console, console_of
from server.commands.options import Json
from server.commands.people.belonging import Day, Username, person_named
from server.slices.people.belonging_json import (
    committee_objects,
    exemption_objects,
    group_object,
    learner_object,
)
from server.web.language.i18n import N_
from server.web.language.words import word

NodeName = Annotated[str, typer.Argument(metavar="NODE", help=N_("编码、全名，或“上级 / 全名”。"))]
Group = Annotated[str, typer.Argument(metavar="GROUP", help=N_("学习小组的编号，或没有重名的名称。"))]
Reason = Annotated[
    ExemptionReason,
    typer.Argument(
        metavar="REASON",
        help=N_("frail（年老体弱）、leave（长期请假）、away（外出务工）或 other（其他原因）。"),
    ),
]

Act = Callable[[Session, str, datetime], None]
"""What is done about somebody, by the id of a person, at a moment."""


def add_commands(to: typer.Typer) -> None:
    """Add the sub-commands of `weike people` about exemptions and learning groups."""
    exempt = typer.Typer(help=N_("不计入应到的人：为什么、从哪天到哪天。"))
    exempt.command("list", help=N_("一个人的全部不计入应到。"))(list_exemptions)
    exempt.command("add", help=N_("让一个人不计入应到；日期可以在以后。"))(add_exemption)
    exempt.command("end", help=N_("让一个人重新计入应到。"))(end_exemption)
    to.add_typer(exempt, name="exemption")
    committee = typer.Typer(help=N_("班子成员：从哪天到哪天；他们的学时按班子成员算。"))
    committee.command("list", help=N_("一个人哪些时间是班子成员。"))(list_terms)
    committee.command("add", help=N_("登记一个人是班子成员。"))(add_term)
    committee.command("end", help=N_("登记一个人不再是班子成员。"))(end_term)
    to.add_typer(committee, name="committee")
    learning = typer.Typer(help=N_("学习小组：由一个党组织管理，人可以来自几个支部。"))
    learning.command("list", help=N_("一个党组织管理的学习小组。"))(list_groups)
    learning.command("show", help=N_("一个学习小组某一天有哪些人。"))(show_group)
    learning.command("add", help=N_("新建一个学习小组。"))(add_group)
    learning.command("rename", help=N_("给学习小组改名。"))(rename_group)
    learning.command("close", help=N_("结束一个学习小组：只给它看的课，组员从此看不到；以前有谁还查得到。"))(
        close_group
    )
    learning.command("join", help=N_("把一个人加进学习小组。"))(join)
    learning.command("leave", help=N_("让一个人不再在学习小组里。"))(leave)
    to.add_typer(learning, name="group")


# ---------------------------------------------------------------------- exemptions


def list_exemptions(context: typer.Context, name: Username, as_json: Json = False) -> None:
    """List somebody's exemptions."""
    _exemptions(context, name, as_json)


def add_exemption(
    context: typer.Context,
    name: Username,
    reason: Reason,
    since: Annotated[
        str, typer.Option("--since", metavar="D", help=N_("从哪天起，如 2026-07-01；不写是今天。"))
    ] = "",
    until: Annotated[
        str, typer.Option("--until", metavar="D", help=N_("从哪天起重新计入；不写是一直不计入。"))
    ] = "",
    as_json: Json = False,
) -> None:
    """Leave somebody out of who is due."""

    def act(session: Session, person_id: str, now: datetime) -> None:
        first = parse_date(since, "since") or local_day(now)
        exemptions.exempt(session, person_id, reason, first, parse_date(until, "until"), now, None)

    _exemptions(context, name, as_json, act)


def end_exemption(
    context: typer.Context,
    name: Username,
    exemption: Annotated[
        str, typer.Option("--exemption", metavar="ID", help=N_("哪一段的编号；不写是现在的那一段。"))
    ] = "",
    day: Day = "",
    as_json: Json = False,
) -> None:
    """Count somebody again among who is due."""

    def act(session: Session, person_id: str, now: datetime) -> None:
        on = parse_date(day, "day") or local_day(now)
        history = histories.history_of(session, person_id)
        found = _held(history, history.exemptions, exemption, on, "not_exempt")
        exemptions.end(session, found, on, None)

    _exemptions(context, name, as_json, act)


def _held(
    history: histories.History,
    rows: Sequence[Exemption] | Sequence[CommitteeTerm],
    row_id: str,
    on: date,
    code: str,
) -> str:
    """Return the id of one of somebody's rows, without `row_id` that of a day; raises NotFound(code)."""
    for one in rows:
        if one.id == row_id or (not row_id and holds_on(one, on)):
            return one.id
    raise NotFound(code, name=history.person.username, day=on.isoformat())


def _exemptions(context: typer.Context, name: str, as_json: bool, act: Act | None = None) -> None:
    _told(context, name, as_json, act, "exemptions", exemption_objects, _exemption_lines)


def _told(
    context: typer.Context,
    name: str,
    as_json: bool,
    act: Act | None,
    key: str,
    objects: Callable[[histories.History], list[dict[str, Any]]],
    lines: Callable[[Console, dict[str, Any]], Iterator[str]],
) -> None:
    """Do something about somebody, if anything, and tell what of their history is called `key`."""
    console = _begin(context)
    with console.ports(must_exist=True) as ports:
        if act is not None:
            with ports.db.write() as session:
                act(session, person_named(session, name).id, ports.clock())
        with ports.db.read() as session:
            history = histories.history_of(session, person_named(session, name).id)
            value: dict[str, Any] = {"username": history.person.username, key: objects(history)}
    console.result(value, as_json, lines(console, value))


def _exemption_lines(console: Console, value: dict[str, Any]) -> Iterator[str]:
    if not value["exemptions"]:
        yield console.say(N_("%(name)s 一直计入应到。"), name=value["username"])
    for one in value["exemptions"]:
        reason = word("exemption_reason", one["reason"], console.catalogue)
        until = one["until"] or console.say(N_("没有说到哪天"))
        yield f"  {one['id']}  {one['since']} – {until}  {reason}"


# ---------------------------------------------------------------------- members of a committee


def list_terms(context: typer.Context, name: Username, as_json: Json = False) -> None:
    """List when somebody is a member of a committee."""
    _terms(context, name, as_json)


def add_term(
    context: typer.Context,
    name: Username,
    since: Annotated[
        str, typer.Option("--since", metavar="D", help=N_("从哪天起，如 2026-07-01；不写是今天。"))
    ] = "",
    until: Annotated[
        str, typer.Option("--until", metavar="D", help=N_("从哪天起不再是；不写是一直是。"))
    ] = "",
    as_json: Json = False,
) -> None:
    """Note that somebody is a member of a committee."""

    def act(session: Session, person_id: str, now: datetime) -> None:
        first = parse_date(since, "since") or local_day(now)
        committees.begin(session, person_id, first, parse_date(until, "until"), now, None)

    _terms(context, name, as_json, act)


def end_term(
    context: typer.Context,
    name: Username,
    term: Annotated[
        str, typer.Option("--term", metavar="ID", help=N_("哪一段的编号；不写是现在的那一段。"))
    ] = "",
    day: Day = "",
    as_json: Json = False,
) -> None:
    """Note that somebody is a member of a committee no more."""

    def act(session: Session, person_id: str, now: datetime) -> None:
        on = parse_date(day, "day") or local_day(now)
        history = histories.history_of(session, person_id)
        found = _held(history, history.terms, term, on, "not_committee")
        committees.end(session, found, on, None)

    _terms(context, name, as_json, act)


def _terms(context: typer.Context, name: str, as_json: bool, act: Act | None = None) -> None:
    _told(context, name, as_json, act, "committee", committee_objects, _term_lines)


def _term_lines(console: Console, value: dict[str, Any]) -> Iterator[str]:
    if not value["committee"]:
        yield console.say(N_("%(name)s 没有登记为班子成员。"), name=value["username"])
    for one in value["committee"]:
        until = one["until"] or console.say(N_("没有说到哪天"))
        yield f"  {one['id']}  {one['since']} – {until}"


# ---------------------------------------------------------------------- learning groups


def list_groups(context: typer.Context, node: NodeName, as_json: Json = False) -> None:
    """List the open groups of a node."""
    console = _begin(context)
    with console.ports(must_exist=True) as ports, ports.db.read() as session:
        kept = histories.groups_of(session, meant(session, node).id)
        rows = [{**group_object(session, one), "members": count} for one, count in kept]
    lines = [f"  {one['id']}  {one['name']}  {one['members']}" for one in rows]
    console.result({"groups": rows}, as_json, lines)


def show_group(context: typer.Context, group: Group, day: Day = "", as_json: Json = False) -> None:
    """Show who is in a group on a day."""
    console = _begin(context)
    with console.ports(must_exist=True) as ports, ports.db.read() as session:
        on = parse_date(day, "day") or local_day(ports.clock())
        value = _group(session, group_queries.group_meant(session, group), on)
    console.result(value, as_json, _group_lines(console, value))


def add_group(
    context: typer.Context,
    node: NodeName,
    name: Annotated[str, typer.Argument(metavar="NAME", help=N_("学习小组的名称。"))],
    as_json: Json = False,
) -> None:
    """Make a group that a node keeps."""

    def act(session: Session, now: datetime) -> LearningGroup:
        return groups.make(session, meant(session, node), name, now, None)

    _change(context, as_json, act)


def rename_group(
    context: typer.Context,
    group: Group,
    name: Annotated[str, typer.Argument(metavar="NAME", help=N_("新的名称。"))],
    as_json: Json = False,
) -> None:
    """Give a group another name."""

    def act(session: Session, now: datetime) -> LearningGroup:
        one = group_queries.group_meant(session, group)
        groups.rename(session, one.id, name, None)
        return one

    _change(context, as_json, act)


def close_group(context: typer.Context, group: Group, as_json: Json = False) -> None:
    """Close a group."""

    def act(session: Session, now: datetime) -> LearningGroup:
        one = group_queries.group_meant(session, group)
        groups.close(session, one.id, now, None)
        return one

    _change(context, as_json, act)


def join(context: typer.Context, group: Group, name: Username, day: Day = "", as_json: Json = False) -> None:
    """Take somebody into a group."""

    def act(session: Session, now: datetime) -> LearningGroup:
        one, person = group_queries.group_meant(session, group), person_named(session, name)
        groups.join(session, one.id, person.id, parse_date(day, "day") or local_day(now), now, None)
        return one

    _change(context, as_json, act)


def leave(context: typer.Context, group: Group, name: Username, day: Day = "", as_json: Json = False) -> None:
    """Let somebody be in a group no more."""

    def act(session: Session, now: datetime) -> LearningGroup:
        one, person = group_queries.group_meant(session, group), person_named(session, name)
        on = parse_date(day, "day") or local_day(now)
        groups.leave(session, one.id, person.id, on, now, None)
        return one

    _change(context, as_json, act)


def _change(context: typer.Context, as_json: bool, act: Callable[[Session, datetime], LearningGroup]) -> None:
    console = _begin(context)
    with console.ports(must_exist=True) as ports, ports.db.write() as session:
        now = ports.clock()
        value = _group(session, act(session, now), local_day(now))
    console.result(value, as_json, _group_lines(console, value))


def _group(session: Session, group: LearningGroup, on: date) -> dict[str, Any]:
    rows: list[group_queries.Learner] = []
    number = last = 1
    while number <= last:
        page = group_queries.learners_on(session, group.id, on, number)
        rows += page.items
        number, last = number + 1, page.last
    members = [learner_object(one) for one in rows]
    return {**group_object(session, group), "day": on.isoformat(), "members": members}


def _group_lines(console: Console, value: dict[str, Any]) -> Iterator[str]:
    sentence = N_("%(name)s（%(node)s）：%(count)s 人")
    line = console.say(sentence, name=value["name"], node=value["node"]["name"], count=len(value["members"]))
    yield f"{value['id']}  {line}" + (console.say(N_("，已结束")) if value["closed"] else "")
    for one in value["members"]:
        yield f"  {one['username']}  {one['name']}  {one['since']}"


def _begin(context: typer.Context) -> Console:
    console = console_of(context)
    console.log(quiet=True)
    return console
