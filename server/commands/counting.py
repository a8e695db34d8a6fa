"""weike stats roll-up and verify: the night's work on what was counted, and whether it is what was sealed."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated

import typer

from library.catalog.rules import parse_date
from library.plays.rolling import Rolled
from library.plays.verifying import Verdict, What, verify
from server.commands.console import Console, console_of
from server.commands.failures import FAILED
from server.commands.options import Json
from server.i18n import N_
from server.rolling import rolls_of

_FAULTS = {
    What.VIEWS_MISSING: N_("%(day)s：封存时有 %(sealed)s 次观看，现在只有 %(found)s 次。"),
    What.VIEWS_ADDED: N_("%(day)s：封存时有 %(sealed)s 次观看，现在有 %(found)s 次。"),
    What.VIEWS_CHANGED: N_("%(day)s：观看的次数没有变，内容被改过。"),
    What.SEAL_CHANGED: N_("%(day)s：校验码与前一天的接不上，或被改过。"),
    What.DAY_MISSING: N_("%(day)s：没有这一天的校验码。"),
    What.SUMS_DIFFER: N_("%(day)s：当天的合计与逐次的记录不符。"),
    What.ROLL_UP_DIFFERS: N_("%(day)s：网页读取的汇总与当天的合计不符。"),
}


def add_commands(to: typer.Typer) -> None:
    """Add the sub-commands of `weike stats` that keep what was counted in order."""
    to.command("roll-up", help=N_("汇总并封存过去的日子，删去过期的记录。处理进程每天夜里也会自己做。"))(
        roll_up
    )
    to.command("verify", help=N_("核对：记录与封存时的校验码是否一致。不一致时退出码为 1。"))(verify_)


def roll_up(context: typer.Context, as_json: Json = False) -> None:
    """Do the night's work now."""
    console = console_of(context)
    console.log(quiet=True)
    with console.ports(must_exist=True) as ports:
        done = rolls_of(ports).run()
    value = {
        "busy": done.busy,
        "sealed": [day.isoformat() for day in done.sealed],
        "curves": [day.isoformat() for day in done.curves],
        "plays_forgotten": done.plays_forgotten,
        "watchers_forgotten": done.watchers_forgotten,
    }
    console.result(value, as_json, _roll_up_lines(console, done))


def _roll_up_lines(console: Console, done: Rolled) -> Iterator[str]:
    if done.busy:
        yield console.say(N_("另一个进程正在做这件事。"))
        return
    yield console.say(N_("汇总并封存了 %(days)s 天。"), days=len(done.sealed))
    if done.plays_forgotten or done.watchers_forgotten:
        yield console.say(
            N_("删去了过期的记录：%(plays)s 次播放，%(watchers)s 条看过的部分。"),
            plays=done.plays_forgotten,
            watchers=done.watchers_forgotten,
        )


def verify_(
    context: typer.Context,
    day: Annotated[str, typer.Option("--day", metavar="D", help=N_("只核对这一天，例如 2026-03-05。"))] = "",
    seal: Annotated[
        str, typer.Option("--seal", metavar="HEX", help=N_("报表上印的校验码（至少前 16 位）：它还在不在。"))
    ] = "",
    as_json: Json = False,
) -> None:
    """Compare what was counted with its seals."""
    console = console_of(context)
    console.log(quiet=True)
    with console.ports(must_exist=True) as ports:
        verdict = verify(ports.db, day=parse_date(day), seal=seal or None)
    known = not seal or verdict.seal_day is not None
    value = {
        "ok": known and not verdict.faults,
        "days": verdict.days,
        "through": verdict.through and verdict.through.isoformat(),
        "seal": verdict.seal,
        "faults": [
            {
                "day": fault.day.isoformat(),
                "what": str(fault.what),
                "sealed": fault.sealed,
                "found": fault.found,
                "message": _message(console, fault.day, fault.what, fault.sealed, fault.found),
            }
            for fault in verdict.faults
        ],
    }
    if seal:
        value["seal_day"] = verdict.seal_day and verdict.seal_day.isoformat()
    console.result(value, as_json, _verdict_lines(console, verdict, seal))
    if not value["ok"]:
        raise typer.Exit(FAILED)


def _message(console: Console, day: date, what: What, sealed: int, found: int) -> str:
    return console.say(_FAULTS[what], day=day.isoformat(), sealed=sealed, found=found)


def _verdict_lines(console: Console, verdict: Verdict, seal: str) -> Iterator[str]:
    for fault in verdict.faults:
        yield _message(console, fault.day, fault.what, fault.sealed, fault.found)
    if verdict.through is None:
        yield console.say(N_("还没有封存过任何一天。"))
    elif not verdict.faults:
        yield console.say(
            N_("%(days)s 天与封存时一致。封存到 %(through)s，校验码 %(seal)s。"),
            days=verdict.days,
            through=verdict.through.isoformat(),
            seal=verdict.seal,
        )
    if seal and verdict.seal_day is not None:
        yield console.say(
            N_("这个校验码是 %(day)s 的，仍在链上：到那一天为止的记录没有变。")
            if not verdict.faults
            else N_("这个校验码是 %(day)s 的，仍在链上。"),
            day=verdict.seal_day.isoformat(),
        )
    elif seal:
        yield console.say(N_("链上没有这个校验码：印它的时候，记录和现在的不一样。"))
