"""weike stats roll-up and verify: the night's work on what was counted, and whether it is what was sealed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer

from library.core.days import parse_date
from library.plays.rolling import Rolled
from library.plays.verifying import Fault, Verdict, What, verify
from server.background.roll_up import rolls_of
from server.commands.console import Console, console_of
from server.commands.failures import FAILED
from server.commands.options import Json
from server.web.language.i18n import N_

_FAULTS = {
    What.VIEWS_MISSING: N_("%(day)s：封存时有 %(sealed)s 次观看，现在只有 %(found)s 次。"),
    What.VIEWS_ADDED: N_("%(day)s：封存时有 %(sealed)s 次观看，现在有 %(found)s 次。"),
    What.VIEWS_CHANGED: N_("%(day)s：观看的次数没有变，内容被改过。"),
    What.SEAL_CHANGED: N_("%(day)s：校验码与前一天的接不上，或被改过。"),
    What.DAY_MISSING: N_("%(day)s：没有这一天的校验码。"),
    What.SEAL_MISSING: N_("%(day)s：这一天已经汇总，校验码却不在了：有人删去了它。"),
    What.NOT_SEALED: N_("%(day)s：这一天已经过完，还没有封存。"),
    What.SUMS_DIFFER: N_("%(day)s：当天的合计与逐次的记录不符。"),
    What.ROLL_UP_DIFFERS: N_("%(day)s：网页读取的汇总与当天的合计不符。"),
    What.TOTAL_DIFFERS: N_("全部时间的合计与各天的汇总不符。"),
    What.CURVE_DIFFERS: N_("观看曲线与它汇总的播放不符。"),
}
_ROWS = {
    "lesson": N_("课 %(id)s 的 %(number)s 应为 %(expected)s，现在是 %(found)s。"),
    "clip": N_("短视频 %(id)s 的 %(number)s 应为 %(expected)s，现在是 %(found)s。"),
    "branch": N_("党组织 %(id)s 的 %(number)s 应为 %(expected)s，现在是 %(found)s。"),
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
        done = rolls_of(ports.db, ports.settings, ports.clock).run()
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
        str | None,
        typer.Option("--seal", metavar="HEX", help=N_("报表上印的校验码（至少前 16 位）：它还在不在。")),
    ] = None,
    as_json: Json = False,
) -> None:
    """Compare what was counted with its seals."""
    console = console_of(context)
    console.log(quiet=True)
    with console.ports(must_exist=True) as ports:
        rolls = rolls_of(ports.db, ports.settings, ports.clock)
        verdict = verify(
            ports.db,
            day=parse_date(day),
            seal=seal,
            now=ports.clock(),
            keep_plays=rolls.keep_plays,
            late_h=rolls.late_h,
        )
    known = seal is None or verdict.seal_day is not None
    value = {
        "ok": known and not verdict.faults,
        "days": verdict.days,
        "through": verdict.through and verdict.through.isoformat(),
        "seal": verdict.seal,
        "faults": [
            {
                "day": fault.day and fault.day.isoformat(),
                "what": str(fault.what),
                **(fault.row._asdict() if fault.row else {"sealed": fault.sealed, "found": fault.found}),
                "message": _message(console, fault),
            }
            for fault in verdict.faults
        ],
    }
    if seal is not None:
        value["seal_day"] = verdict.seal_day and verdict.seal_day.isoformat()
    console.result(value, as_json, _verdict_lines(console, verdict, asked=seal is not None, one=bool(day)))
    if not value["ok"]:
        raise typer.Exit(FAILED)


def _message(console: Console, fault: Fault) -> str:
    day = fault.day.isoformat() if fault.day else ""
    said = console.say(_FAULTS[fault.what], day=day, sealed=fault.sealed, found=fault.found)
    row = fault.row
    if row is None:
        return said
    numbers = {"expected": f"{row.expected:.10g}", "found": f"{row.found:.10g}"}
    more = [said, console.say(_ROWS[row.of], id=row.id or "-", number=row.number, **numbers)]
    if row.rows > 1:
        more.append(console.say(N_("这样的一共 %(rows)s 处。"), rows=row.rows))
    return ("" if console.catalogue.language == "zh-CN" else " ").join(more)


def _verdict_lines(console: Console, verdict: Verdict, *, asked: bool, one: bool) -> Iterator[str]:
    for fault in verdict.faults:
        yield _message(console, fault)
    if verdict.through is None:
        yield console.say(N_("还没有封存过任何一天。"))
    elif not verdict.faults:
        yield console.say(
            N_("%(days)s 天与封存时一致。封存到 %(through)s，校验码 %(seal)s。"),
            days=verdict.days,
            through=verdict.through.isoformat(),
            seal=verdict.seal,
        )
    if asked and verdict.seal_day is not None:
        yield console.say(
            N_("这个校验码是 %(day)s 的，仍在链上：到那一天为止的记录没有变。")
            if not verdict.faults
            else N_("这个校验码是 %(day)s 的，仍在链上。"),
            day=verdict.seal_day.isoformat(),
        )
    elif asked:
        yield console.say(N_("链上没有这个校验码：印它的时候，记录和现在的不一样。"))
    if {fault.what for fault in verdict.faults} == {What.NOT_SEALED}:
        yield console.say(N_("下一步：运行 weike stats roll-up，再核对一次。"))
    elif verdict.faults or (asked and verdict.seal_day is None):
        yield console.say(N_("下一步：照运维手册（docs/runbook.md）“核对不符”一节做。"))
    elif one:
        yield console.say(N_("只核对了这一天；全部时间的合计和观看曲线不在内。"))
    else:
        yield console.say(
            N_(
                "不在核对之内：还没有封存的日子的看完人次和时长，观看曲线的形状，播放记录删去以后曲线的播放次数。"
            )
        )
