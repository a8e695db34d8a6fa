"""weike jobs: everything that somebody waits for, of the whole house; begun again or given up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from library.core.errors import Invalid, NotFound
from library.upkeep import again, waiting
from library.upkeep.waiting import Kind, Line, Standing
from server.commands.administrator import machine
from server.commands.console import Console, console_of
from server.commands.lessons.week import ShowByDefault
from server.commands.options import Json
from server.web.language.i18n import N_
from server.web.language.words import explain, word

PER_PAGE = 50

KindArgument = Annotated[
    Kind, typer.Argument(metavar="KIND", help=N_("种类：recording、speech、letter、asked。"))
]
IdArgument = Annotated[str, typer.Argument(metavar="JOB", help=N_("编号，在 weike jobs 的清单里。"))]


class ListByDefault(ShowByDefault):
    """`weike jobs --json` is `weike jobs list --json`."""

    default = "list"


def add_commands(to: typer.Typer) -> None:
    """Add the sub-commands of `weike jobs`."""
    to.command("list", help=N_("列出有人在等的事，等得最久的在前。不写子命令时就是它。"))(list_jobs)
    to.command("retry", help=N_("再做一次：写种类和编号，或用 --failed 重试失败的录像。"))(retry)
    to.command("give-up", help=N_("不再等：在等的或正在做的一件。"))(give_up)


def list_jobs(
    context: typer.Context,
    kind: Annotated[Kind | None, typer.Option("--kind", metavar="KIND", help=N_("只列这一种。"))] = None,
    state: Annotated[
        Standing | None,
        typer.Option(
            "--state",
            metavar="STATE",
            help=N_("只列这种状态：waiting、working、failed、refused、cancelled。"),
        ),
    ] = None,
    page: Annotated[int, typer.Option("--page", metavar="N", help=N_("第几页。"))] = 1,
    as_json: Json = False,
) -> None:
    """List what is at work, what waits and what failed, the oldest first."""
    console = console_of(context)
    with console.ports(must_exist=True) as ports, ports.db.read() as session:
        found = waiting.lines(session, ports.clock(), kind, state, page, PER_PAGE)
        jobs = [_job(console, one) for one in found.items]
        value = {"total": found.total, "page": found.number, "pages": found.last, "jobs": jobs}
    console.result(value, as_json, _lines(console, value))


def retry(
    context: typer.Context,
    kind: Annotated[
        Kind | None, typer.Argument(metavar="KIND", help=N_("种类：recording、speech、letter、asked。"))
    ] = None,
    job: Annotated[str, typer.Argument(metavar="JOB", help=N_("编号，在 weike jobs 的清单里。"))] = "",
    failed: Annotated[
        bool, typer.Option("--failed", help=N_("失败的录像全部重试，一次最多 200 份，失败最久的在前。"))
    ] = False,
    as_json: Json = False,
) -> None:
    """Begin one again, or all recordings that failed; doing it twice is doing it once."""
    console = console_of(context)
    if failed == (kind is not None):
        raise Invalid("jobs_one_or_failed", field="kind")
    with console.ports(must_exist=True) as ports, ports.db.write() as session:
        viewer = machine(session)
        if kind is None:
            value = {"changed": True, "all": again.retry_failed(session, viewer)}
        else:
            value = {"changed": again.retry(session, viewer, kind, _id(job), ports.clock())}
    if not value["changed"]:
        said = console.say(N_("它已经在等或正在做，没有改动。"))
    elif value.get("all", True):
        said = console.say(N_("会再做一次。"))
    else:
        said = console.say(N_("失败的太多，只重试了最早的一部分；过一会儿再运行一次。"))
    console.result(value, as_json, [said])


def give_up(context: typer.Context, kind: KindArgument, job: IdArgument, as_json: Json = False) -> None:
    """Give one up."""
    console = console_of(context)
    with console.ports(must_exist=True) as ports, ports.db.write() as session:
        again.give_up(session, machine(session), kind, _id(job), ports.clock())
    console.result({"given_up": job.strip()}, as_json, [console.say(N_("不再等了。"))])


def _id(text: str) -> str:
    if not text.strip():
        raise NotFound
    return text.strip()


def _job(console: Console, line: Line) -> dict[str, Any]:
    why = explain(line.reason, line.reason_args, console.catalogue) if line.reason else None
    return {
        "kind": str(line.kind),
        "id": line.id,
        "state": str(line.standing),
        "since": line.since.isoformat(),
        "lesson": line.lesson_id or None,
        "title": line.title if line.lesson_id else _what(console, line),
        "about": line.about if line.kind is not Kind.LETTER else "",
        "size_bytes": line.size_bytes,
        "percent": line.percent,
        "reason": line.reason,
        "message": f"{why.message} {why.todo}".strip() if why else "",
        "tries": line.tries,
        "next_at": line.next_at.isoformat() if line.next_at else None,
        "may_retry": line.may_retry,
        "may_give_up": line.may_give_up,
    }


def _what(console: Console, line: Line) -> str:
    if line.kind is Kind.LETTER:
        return word("letter_about", line.about, console.catalogue)
    return word("job_what", line.title, console.catalogue) if line.kind is Kind.ASKED else line.title


def _lines(console: Console, value: dict[str, Any]) -> Iterator[str]:
    if not value["jobs"]:
        yield console.say(N_("没有在等的，也没有失败的。"))
    for one in value["jobs"]:
        kind = word("job", one["kind"], console.catalogue)
        state = word("job_state", one["state"], console.catalogue)
        far = "" if one["percent"] is None else f"  {one['percent']:.0f}%"
        yield f"{one['kind']} {one['id']}  {kind}  {state}{far}  {one['title']}  {one['about']}".rstrip()
        if one["message"]:
            yield f"    {one['message']}"
    if value["pages"] > 1:
        yield console.say(
            N_("第 %(page)s 页，共 %(pages)s 页，%(total)s 件。"),
            page=value["page"],
            pages=value["pages"],
            total=value["total"],
        )
