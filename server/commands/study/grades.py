"""weike grades: check a rule set, propose, freeze and compare the grades of branches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session

from library.core.clock import Clock
from library.core.errors import Invalid, WeikeError
from library.core.text import decode
from library.grades import actions, facts, queries, rules
from library.grades.burden import Finding, check
from library.grades.language import RuleSet
from library.organisation import queries as organisation
from library.organisation.tables import Node
from server.commands.administrator import machine
from server.commands.administrator import node as meant
from server.commands.console import Console, console_of
from server.commands.failures import BAD_INPUT, FAILED
from server.commands.options import Json
from server.web.language.i18n import N_
from server.web.language.words import word
from server.wiring import Ports

AT_ONCE = 50
"""Branches of one transaction: what is done is kept when the rest fails, and others can write between."""

NodeArgument = Annotated[
    str,
    typer.Argument(metavar="NODE", help=N_("哪个党组织：编码、全名，或“上级 / 全名”；包括它的所有下级。")),
]
MonthArgument = Annotated[
    str, typer.Argument(metavar="MONTH", help=N_("月份 2026-11；年度民主评议写年份 2026。"))
]
RulesFile = Annotated[Path, typer.Argument(metavar="RULES.json", help=N_("评定规则的 JSON。"))]


def add_commands(to: typer.Typer) -> None:
    """Add the sub-commands of `weike grades`."""
    to.command(
        "check",
        help=N_("检查一份评定规则：写得对不对，有没有违反减负要求。违反的退出码是 2，并说出依据。"),
    )(check_rules)
    to.command("propose", help=N_("算出一个党组织和下级各支部一个月的评定建议；已定稿的不动。"))(propose)
    to.command("freeze", help=N_("把算好的建议定稿：限额、缺的档次、过期的建议都会查。"))(freeze)
    to.command(
        "difference",
        help=N_("看评定和现在的学习记录有什么不同；带 --rules 则看换一份规则会怎样。什么都不改。"),
    )(difference)


def _read(file: Path) -> str:
    if not file.is_file():
        raise Invalid("file_missing", field="manifest", found=str(file))
    try:
        return decode(file.read_bytes())
    except UnicodeDecodeError:
        raise Invalid("grades_rule_json", field="document", problem="json", where="") from None


def check_rules(context: typer.Context, file: RulesFile, as_json: Json = False) -> None:
    """Check a rule set under the whole 减负 profile, whatever some node has switched off."""
    console = _begin(context)
    verdict = check(_read(file))
    ruled = verdict.rules
    value = {
        "allowed": ruled is not None,
        "name": ruled.name if ruled is not None else None,
        "kind": str(ruled.kind) if ruled is not None else None,
        "found": [_finding(console, one) for one in verdict.found],
    }
    console.result(value, as_json, _verdict_lines(console, value))
    if ruled is None:
        raise typer.Exit(BAD_INPUT)


def _finding(console: Console, one: Finding) -> dict[str, Any]:
    return {
        "point": str(one.point),
        "where": one.where,
        "text": one.text,
        "article": word("burden_article", one.point, console.catalogue),
    }


def _verdict_lines(console: Console, value: dict[str, Any]) -> Iterator[str]:
    if value["allowed"]:
        yield console.say(N_("可以用：%(name)s"), **value)
    for one in value["found"]:
        yield console.say(N_("不可以：%(where)s 里的“%(text)s”。%(article)s"), **one)


def propose(context: typer.Context, node: NodeArgument, month: MonthArgument, as_json: Json = False) -> None:
    """Propose the grades of all branches at and below a node."""
    console = _begin(context)
    period = rules.read_period(month)
    found: list[dict[str, Any]] = []
    with console.ports(must_exist=True) as ports, console.progress(console.say(N_("计算"))) as show:
        branches = _branches(ports, node, period)
        for n, some in _parts(branches):
            with ports.db.write() as session:
                nodes = _nodes(session, some)
                # A node without rules says so, and the others go on.
                ruled = queries.in_force(session, nodes, period)
                done = actions.propose_all(
                    session,
                    machine(session),
                    [one for one in nodes if one.id in ruled],
                    period,
                    ports.clock(),
                )
                by_id = {one.node_id: one for one in done}
                found += [_proposed(one, by_id.get(one.id)) for one in nodes]
            show(100 * n / len(branches), "")
    value = {
        "month": period,
        "branches": found,
        "people": sum(one["people"] for one in found),
        "without_rules": sum(one["state"] == "no_rules" for one in found),
    }
    console.result(value, as_json, _proposed_lines(console, value))


def _proposed(node: Node, done: actions.Proposed | None) -> dict[str, Any]:
    state = "no_rules" if done is None else "frozen" if done.frozen else "open"
    return {
        "node": node.name,
        "code": node.code,
        "state": state,
        "people": done.people if done is not None else 0,
        "elsewhere": list(done.elsewhere) if done is not None else [],
        "without_appraisal": done.lacking if done is not None else 0,
    }


def _proposed_lines(console: Console, value: dict[str, Any]) -> Iterator[str]:
    states = {
        "open": N_("%(node)s：%(people)s 人的建议已算好"),
        "frozen": N_("%(node)s：已定稿，没有动"),
        "no_rules": N_("%(node)s：没有生效的规则，没有算"),
    }
    for one in value["branches"]:
        yield console.say(states[one["state"]], **one)
        if one["without_appraisal"]:
            yield console.say(N_("  其中 %(without_appraisal)s 人还缺测评。"), **one)
        if one["elsewhere"]:
            yield console.say(N_("  已由别的支部评定：%(names)s"), names="、".join(one["elsewhere"]))
    yield console.say(N_("共 %(people)s 人。"), **value)


def freeze(context: typer.Context, node: NodeArgument, month: MonthArgument, as_json: Json = False) -> None:
    """Freeze what was proposed at and below a node; a branch that cannot be frozen says why."""
    console = _begin(context)
    period = rules.read_period(month)
    found: list[dict[str, Any]] = []
    with console.ports(must_exist=True) as ports, console.progress(console.say(N_("定稿"))) as show:
        branches = _branches(ports, node, period)
        for n, node_id in enumerate(branches, 1):
            found.append(_freeze_one(console, ports, node_id, period))
            show(100 * n / len(branches), "")
    value = {"month": period, "branches": found, "frozen": sum(one["frozen"] for one in found)}
    console.result(value, as_json, _frozen_lines(console, value))
    if value["frozen"] < len(found):
        raise typer.Exit(FAILED)


def _freeze_one(console: Console, ports: Ports, node_id: str, period: str) -> dict[str, Any]:
    with ports.db.read() as session:
        branch = session.get_one(Node, node_id)
        said = {"node": branch.name, "code": branch.code}
        known = queries.period_of(session, node_id, period)
        if known is None:
            return {**said, "frozen": False, "reason": console.say(N_("还没有算出建议。"))}
        if known.state is rules.PeriodState.FROZEN:
            return {**said, "frozen": True, "reason": None}
        period_id = known.id
    try:
        with ports.db.write() as session:
            actions.freeze(session, machine(session), period_id, None, ports.clock())
    except WeikeError as error:
        return {**said, "frozen": False, "reason": console.explain(error)}
    return {**said, "frozen": True, "reason": None}


def _frozen_lines(console: Console, value: dict[str, Any]) -> Iterator[str]:
    for one in value["branches"]:
        if one["frozen"]:
            yield console.say(N_("%(node)s：已定稿"), **one)
        else:
            yield console.say(N_("%(node)s：没有定稿。%(reason)s"), **one)


def difference(
    context: typer.Context,
    node: NodeArgument,
    month: MonthArgument,
    file: Annotated[
        Path | None,
        typer.Option("--rules", metavar="RULES.json", help=N_("换成这份规则会怎样，和现在生效的规则比。")),
    ] = None,
    as_json: Json = False,
) -> None:
    """Show what would be other: by what the ledger says now, or by another rule set."""
    console = _begin(context)
    period = rules.read_period(month)
    ruled = _allowed(console, file) if file is not None else None
    found: list[dict[str, Any]] = []
    people = 0
    with console.ports(must_exist=True) as ports, console.progress(console.say(N_("比较"))) as show:
        branches = _branches(ports, node, period)
        for n, some in _parts(branches):
            with ports.db.read() as session:
                nodes = _nodes(session, some)
                names = {one.id: one.name for one in nodes}
                if ruled is not None:
                    tried = queries.try_rules(session, ruled, nodes, period, ports.clock())
                    people += len(tried)
                    found += [_tried(one, names[one.node_id]) for one in tried if one.other]
                else:
                    other = queries.differences(session, nodes, period, ports.clock())
                    found += [_changed(one, names[one.node_id]) for one in other]
            show(100 * n / len(branches), "")
    value: dict[str, Any] = {"month": period, "branches": len(branches), "changed": found}
    if ruled is not None:
        value |= {"rules": ruled.name, "people": people}
    console.result(value, as_json, _difference_lines(console, value))


def _allowed(console: Console, file: Path) -> RuleSet:
    verdict = check(_read(file))
    if verdict.rules is None:
        for one in verdict.found:
            console.note(N_("不可以：%(where)s 里的“%(text)s”。%(article)s"), **_finding(console, one))
        raise typer.Exit(BAD_INPUT)
    return verdict.rules


def _changed(one: queries.Changed, node: str) -> dict[str, Any]:
    return {
        "person": one.name,
        "node": node,
        "facts": {key: list(pair) for key, pair in one.facts.items()},
        "points": [rules.shown(points) for points in one.score],
        "band": list(one.band),
        "came": one.came,
        "went": one.went,
    }


def _tried(one: queries.Tried, node: str) -> dict[str, Any]:
    before = one.before
    was = (rules.shown(before.score), before.band) if before is not None else ("", None)
    return {
        "person": one.name,
        "node": node,
        "points": [was[0], rules.shown(one.after.score)],
        "band": [was[1], one.after.band],
    }


def _difference_lines(console: Console, value: dict[str, Any]) -> Iterator[str]:
    for one in value["changed"]:
        was, now = (
            f"{points} {band or ''}".strip() or "—"
            for points, band in zip(one["points"], one["band"], strict=True)
        )
        yield console.say(N_("%(node)s %(person)s：%(was)s → %(now)s"), was=was, now=now, **one)
    yield console.say(N_("共 %(count)s 人不同。"), count=len(value["changed"]))


# ------------------------------------------------------------------ which branches


def _branches(ports: Ports, node: str, period: str) -> list[str]:
    """Return the ids of the branches that grade somebody, at and below a node."""
    clock: Clock = ports.clock
    with ports.db.read() as session:
        top = meant(session, node)
        day = facts.count_day(rules.days_of(period)[1], clock())
        return facts.grading_nodes(session, top.id, day)


def _parts(ids: Sequence[str]) -> Iterator[tuple[int, Sequence[str]]]:
    """Give some ids at a time, each with how many are done with them."""
    for n in range(0, len(ids), AT_ONCE):
        some = ids[n : n + AT_ONCE]
        yield n + len(some), some


def _nodes(session: Session, ids: Sequence[str]) -> list[Node]:
    return organisation.nodes(session, ids)


def _begin(context: typer.Context) -> Console:
    console = console_of(context)
    console.log(quiet=True)
    return console
