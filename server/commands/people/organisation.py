"""weike organisation: the tree from the machine itself: shown, imported from a list, exported, changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session

from library.catalog import audiences
from library.core.clock import local_day
from library.core.errors import Conflict, Invalid
from library.core.ids import new_id
from library.core.lists.outcomes import Outcome
from library.organisation import actions, importing, queries
from library.organisation.actions import NodeDetails
from library.organisation.importing import Planned
from library.organisation.rules import kind_called
from library.organisation.tables import Node
from library.people.belonging import members, reorganising
from server.commands.administrator import node as meant
from server.commands.console import Console, console_of, write_whole
from server.commands.failures import FAILED
from server.commands.options import Json
from server.slices.people.belonging_json import counts_object
from server.web.language.i18n import N_
from server.web.language.words import word
from server.web.shown.remarks import warnings_of

IMPORT_HELP = N_(
    "从清单（.xlsx 或 .csv）导入或更新党组织。\n\n"
    "列：编码、名称、上级（编码、全名或“上级 / 名称”）、类别、简称、成立日期，也可以用英文表头"
    "（code、name、parent、kind、short_name、since）。行的先后不论；同一份清单可以反复导入，只改动变了的。"
)

Which = Annotated[
    str, typer.Argument(metavar="NODE", help=N_("编码、全名，或“上级 / 全名”；不写是最上面的。"))
]
_WIDTHS = (16, 30, 50, 12, 16, 14)
To = Annotated[str, typer.Argument(metavar="TO", help=N_("另一个党组织：编码、全名，或“上级 / 全名”。"))]


def add_commands(to: typer.Typer) -> None:
    """Add the sub-commands of `weike organisation`."""
    to.command("show", help=N_("显示一个党组织：上级、下级、编码。"))(show)
    to.command("import", help=IMPORT_HELP)(import_)
    to.command("export", help=N_("把整个组织树写成清单（.xlsx 或 .csv），可以再导入。"))(export)
    to.command("template", help=N_("写一份填好例子的空清单，照着填。"))(template)
    to.command("add", help=N_("在一个党组织下面新建一个。"))(add)
    to.command("rename", help=N_("改名称、简称、类别或编码。"))(rename)
    to.command("move", help=N_("调整上级；下面的党组织跟着走。"))(move)
    to.command("merge", help=N_("并入另一个党组织；课程和次数都留着。"))(merge)
    to.command("close", help=N_("撤销一个党组织；课程和次数都留着。"))(close)
    to.command("reopen", help=N_("恢复一个撤销了的党组织（用编码或编号）。"))(reopen)


def show(context: typer.Context, node: Which = "", as_json: Json = False) -> None:
    """Show a node."""
    console = _begin(context)
    with console.ports(must_exist=True) as ports, ports.db.read() as session:
        value = _object(session, meant(session, node), ports.clock())
    console.result(value, as_json, _lines(console, value))


def add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help=N_("名称。"))],
    below: Annotated[str, typer.Option("--below", metavar="NODE", help=N_("上级；不写是最上面的。"))] = "",
    kind: Annotated[str, typer.Option("--kind", help=N_("类别；不写看名称。"))] = "",
    code: Annotated[str, typer.Option("--code", help=N_("编码。"))] = "",
    short_name: Annotated[str, typer.Option("--short", metavar="NAME", help=N_("简称。"))] = "",
    as_json: Json = False,
) -> None:
    """Add a node."""
    details = NodeDetails(name, short_name, kind_called(kind) if kind else None, code)

    def act(session: Session, parent: Node, now: datetime) -> Node:
        return actions.add_node(session, parent, details, now, None)

    _change(context, below, act, as_json)


def rename(
    context: typer.Context,
    node: Which,
    name: Annotated[str | None, typer.Option("--name", help=N_("名称。"))] = None,
    kind: Annotated[str | None, typer.Option("--kind", help=N_("类别。"))] = None,
    code: Annotated[str | None, typer.Option("--code", help=N_("编码；写 '' 去掉。"))] = None,
    short_name: Annotated[str | None, typer.Option("--short", metavar="NAME", help=N_("简称。"))] = None,
    as_json: Json = False,
) -> None:
    """Give a node another name, kind or code."""

    def act(session: Session, found: Node, now: datetime) -> Node:
        details = NodeDetails(
            found.name if name is None else name,
            found.short_name if short_name is None else short_name,
            found.kind if kind is None else kind_called(kind),
            (found.code or "") if code is None else code,
            found.since,
        )
        actions.change_details(session, found, details, now, None)
        return found

    _change(context, node, act, as_json)


def move(context: typer.Context, node: Which, to: To, as_json: Json = False) -> None:
    """Put a node below another."""

    def act(session: Session, found: Node, now: datetime) -> Node:
        actions.move(session, found, meant(session, to), now, None)
        return found

    _change(context, node, act, as_json)


def merge(context: typer.Context, node: Which, to: To, as_json: Json = False) -> None:
    """Let another node take over one."""

    def act(session: Session, found: Node, now: datetime) -> Node:
        into = meant(session, to)
        audiences.merge(session, found, into, now, None)
        return into

    _change(context, node, act, as_json)


def close(context: typer.Context, node: Which, as_json: Json = False) -> None:
    """Close a node."""

    def act(session: Session, found: Node, now: datetime) -> Node:
        reorganising.close(session, found, now, None)
        return found

    _change(context, node, act, as_json)


def reopen(context: typer.Context, node: Which, as_json: Json = False) -> None:
    """Open a closed node again."""

    def act(session: Session, found: Node, now: datetime) -> Node:
        actions.reopen(session, found, now, None)
        return found

    _change(context, node, act, as_json)


def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=N_("清单文件，.xlsx 或 .csv。"))],
    dry_run: Annotated[bool, typer.Option("--dry-run", help=N_("只说会怎样，什么都不改。"))] = False,
    as_json: Json = False,
) -> None:
    """Import a list of organisations in one transaction."""
    from library.organisation.lists import read_organisations

    console = _begin(context)
    if not file.is_file():
        raise Invalid("file_missing", field="manifest", found=str(file))
    listed = read_organisations(file.read_bytes(), file.name)
    if listed.ignored:
        console.note(N_("这些列没有用上：%(columns)s"), columns=", ".join(listed.ignored))
    with console.ports() as ports:
        if dry_run:
            with ports.db.read() as session:
                planned = importing.plan(queries.known_nodes(session), listed.rows, new_id)
        else:
            with ports.db.write() as session:
                actions.hold(session)
                planned = importing.plan(queries.known_nodes(session), listed.rows, new_id)
                actions.apply(session, planned, ports.clock(), None)
    wrong = [
        *({"row": line, "reason": console.explain(error)} for line, error in listed.wrong),
        *(_wrong(console, one) for one in importing.wrong(planned)),
    ]
    wrong.sort(key=lambda one: one["row"])
    counts = importing.counted(planned)
    value: dict[str, Any] = {
        "rows": len(listed.rows) + len(listed.wrong),
        "new": counts[Outcome.NEW],
        "changed": counts[Outcome.CHANGED],
        "unchanged": counts[Outcome.UNCHANGED],
        "wrong": wrong,
        "dry_run": dry_run,
        "warnings": [one.model_dump() for one in warnings_of(listed.remarks, console.catalogue)],
    }
    told = _planned_lines(console, planned) if dry_run else ()
    console.result(value, as_json, [*told, _summary(console, value)])
    for said in value["warnings"]:
        console.note("%(text)s", **said)
    for one in wrong if not as_json else ():
        console.note(N_("第 %(row)s 行：%(reason)s"), **one)
    if wrong:
        raise typer.Exit(FAILED)


def export(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=N_("写到哪里，.xlsx 或 .csv。"))],
    as_json: Json = False,
) -> None:
    """Write the whole tree as a list that can be imported again."""
    from library.organisation.lists import HEADINGS, MOST_CELLS, exported

    console = _begin(context)
    with console.ports(must_exist=True) as ports, ports.db.read() as session:
        known = queries.known_nodes(session)
        rows = list(exported(known, (), lambda kind: word("node_kind", kind, console.catalogue)))
    suffix = _write(console, file, rows, as_json)
    if suffix == ".xlsx" and len(rows) * len(HEADINGS) > MOST_CELLS:
        console.note(N_("这张表太大，不能再导入；要能导入，请导出成 .csv。"))


def template(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=N_("写到哪里，.xlsx 或 .csv。"))],
    as_json: Json = False,
) -> None:
    """Write a list with examples."""
    from library.organisation.lists import EXAMPLES

    _write(_begin(context), file, EXAMPLES, as_json)


def _write(console: Console, file: Path, rows: Sequence[Sequence[str]], as_json: bool) -> str:
    """Write a list and say so; returns the suffix of its name."""
    from library.core.lists.listed import suffix_of
    from library.organisation.lists import HEADINGS
    from server.web.files.sheets import Sheet, csv_text, workbook

    suffix = suffix_of(file.name)
    sheet = Sheet(console.say(N_("党组织")), HEADINGS, rows, _WIDTHS, freeze=True)
    write_whole(file, csv_text([HEADINGS, *rows]) if suffix == ".csv" else workbook([sheet]))
    value = {"file": str(file), "rows": len(rows)}
    console.result(value, as_json, [console.say(N_("已写入 %(rows)s 个党组织：%(file)s"), **value)])
    return suffix


def _begin(context: typer.Context) -> Console:
    console = console_of(context)
    console.log(quiet=True)
    return console


def _change(
    context: typer.Context, node: str, act: Callable[[Session, Node, datetime], Node], as_json: bool
) -> None:
    console = _begin(context)
    with console.ports(must_exist=True) as ports:
        with ports.db.write() as session:
            shown = act(session, meant(session, node), ports.clock()).id
        with ports.db.read() as session:
            value = _object(session, queries.node(session, shown), ports.clock())
    console.result(value, as_json, _lines(console, value))


def _object(session: Session, node: Node, now: datetime) -> dict[str, Any]:
    above = queries.chains(session, [node])[node.id]
    below = queries.children(session, node.id)
    today = local_day(now)
    there = members.counts_on(session, node.id, today)
    return {
        "id": node.id,
        "code": node.code,
        "name": node.name,
        "short_name": node.short_name,
        "kind": str(node.kind),
        "path": [*(one.name for one in above), node.name],
        "since": node.since.isoformat() if node.since else None,
        "closed_at": node.closed_at.isoformat() if node.closed_at else None,
        "merged_into": node.merged_into_id,
        "inside": queries.count_inside(session, node.id),
        "members": members.counts_on(session, node.id, today, below=True).home,
        "member_counts": counts_object(there),
        "children_total": below.total,
        "children": [
            {"id": row.node.id, "code": row.node.code, "name": row.node.name, "kind": str(row.node.kind)}
            for row in below.items
        ],
    }


def _lines(console: Console, value: dict[str, Any]) -> Iterator[str]:
    kind = word("node_kind", value["kind"], console.catalogue)
    closed = "  " + console.say(N_("（已撤销）")) if value["closed_at"] else ""
    yield f"{' / '.join(value['path'])}  {kind}  {value['code'] or ''}{closed}".rstrip()
    yield "  " + console.say(N_("连同下级共 %(count)s 人。"), count=value["members"])
    for child in value["children"]:
        kind = word("node_kind", child["kind"], console.catalogue)
        yield f"  {child['name']}  {kind}  {child['code'] or ''}".rstrip()
    more = value["children_total"] - len(value["children"])
    if more:
        yield "  " + console.say(N_("另有 %(count)s 个没有列出。"), count=more)


def _wrong(console: Console, one: Planned) -> dict[str, Any]:
    error = one.reason or Conflict()
    return {"row": one.row.line, "reason": console.explain(error)}


def _planned_lines(console: Console, planned: Sequence[Planned]) -> Iterator[str]:
    """Yield what would become of every row that changes something, in the order of the list."""
    for one in sorted(planned, key=lambda one: one.row.line):
        if one.outcome is Outcome.NEW:
            yield console.say(N_("第 %(row)s 行：新建 %(name)s"), row=one.row.line, name=one.row.name)
        elif one.moves:
            said = N_("第 %(row)s 行：%(name)s 换到 %(parent)s 下面")
            yield console.say(said, row=one.row.line, name=one.row.name, parent=one.row.parent or "")
        elif one.outcome is Outcome.CHANGED:
            yield console.say(N_("第 %(row)s 行：更新 %(name)s"), row=one.row.line, name=one.row.name)


def _summary(console: Console, value: dict[str, Any]) -> str:
    sentence = (
        N_(
            "试算，什么都没有改：共 %(rows)s 行，新 %(new)s，变 %(changed)s，"
            "未变 %(unchanged)s，有误 %(wrong)s。"
        )
        if value["dry_run"]
        else N_(
            "共 %(rows)s 行：新建 %(new)s，更新 %(changed)s，未变 %(unchanged)s，有误没有导入 %(wrong)s。"
        )
    )
    return console.say(sentence, **{**value, "wrong": len(value["wrong"])})
