"""weike backup: a copy of the library beside it, while it goes on working."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy.exc import DBAPIError

from library.audit import actions as audit
from library.audit.rules import Deed
from library.core.clock import utc_now
from library.core.database import open_database, sqlite_file, trouble_of
from server import migrate
from server.background.backing_up import maker_of
from server.commands.console import Console, absolute, console_of
from server.commands.failures import BAD_INPUT, FAILED, Failure
from server.commands.options import Json
from server.keeping import state
from server.keeping.backup import BackupMaker, Estimate, Made
from server.web.language.formats import duration_words, size
from server.web.language.i18n import N_
from server.wiring import open_store


def backup(
    context: typer.Context,
    folder: Annotated[
        Path | None, typer.Argument(metavar="DIR", help=N_("放备份的文件夹，最好在另一块硬盘上。"))
    ] = None,
    keep: Annotated[
        int | None,
        typer.Option("--keep", min=1, help=N_("留下最新的 N 份，以及最近 N 天每天最后一份，其余删去。")),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=N_("只估计要复制多少、多久，不真的备份。"))
    ] = False,
    as_json: Json = False,
) -> None:
    """Make a backup, or say what one would take."""
    console = console_of(context)
    console.log(quiet=True)
    chosen = folder or console.settings.backup_to
    if chosen is None:
        raise Failure(N_("没有说备份放在哪里：写上文件夹，或设 WEIKE_BACKUP_TO。"), BAD_INPUT)
    where = absolute(chosen)
    _see_where(console, where)
    with _maker(console, where) as maker:
        if dry_run:
            _say_estimate(console, where, maker.estimate(), as_json)
            return
        with console.progress(console.say(N_("备份"))) as show:
            made = maker.make(keep, show, lambda estimate: _announce(console, estimate))
    outcome = made.outcome(utc_now())
    if console.settings.data.is_dir():
        state.note(console.settings.data, state.BACKUP, outcome)
    _note(console, made)
    _tell(console, made)
    facts = made.backup.facts
    value = {**facts, "folder": str(made.backup.folder), "removed": list(made.removed)}
    line = console.say(
        N_("备份好了：%(folder)s（%(files)s 个文件，共 %(size)s；新复制 %(copied)s，用了 %(time)s）。"),
        folder=made.backup.folder,
        files=facts["manifest"]["files"],
        size=size(facts["manifest"]["size_bytes"] + facts["database"]["size_bytes"]),
        copied=size(facts["copied"]["size_bytes"]),
        time=duration_words(facts["seconds"], console.catalogue),
    )
    console.result(value, as_json, [line])
    if outcome.code:
        raise typer.Exit(FAILED)


def _note(console: Console, made: Made) -> None:
    """Write into the ledger that somebody took all along; those that the worker makes are in its log.

    The tables of an older version are left as they are. The backup is made: what cannot be written is said.
    """
    try:
        with closing(open_database(console.settings.database)) as db:
            if migrate.current(db) != migrate.newest():
                return
            with db.write() as session:
                audit.note(session, Deed.BACKED_UP, None, backup=made.backup.name)
    except DBAPIError as error:
        if trouble_of(error) is None:
            raise
        console.note(N_("这次备份没有记进操作记录：数据库暂时不能写。"))


@contextmanager
def _maker(console: Console, where: Path) -> Iterator[BackupMaker]:
    """Open what is copied as it is: an older version's tables are not brought up to date by a backup."""
    settings = console.settings
    file = sqlite_file(settings.database)
    if file is not None and not file.exists():
        raise Failure(
            N_("%(folder)s 里没有微课资料库。请用 --data 或 WEIKE_DATA 指明它在哪里。"),
            BAD_INPUT,
            folder=settings.data,
        )
    db = open_database(settings.database)
    try:
        yield maker_of(db, open_store(settings), settings, utc_now, where)
    finally:
        db.close()


def _see_where(console: Console, where: Path) -> None:
    """Refuse a place that would be copied into itself; say so when one disk would lose both."""
    data = console.settings.data
    if where.resolve().is_relative_to(data.resolve()):
        raise Failure(
            N_("%(folder)s 在资料库自己的文件夹里：硬盘坏了会一起丢。请换一个地方。"),
            BAD_INPUT,
            folder=where,
        )
    there = where
    while not there.exists():
        there = there.parent
    if data.exists() and data.stat().st_dev == there.stat().st_dev:
        console.note(N_("提醒：备份和资料库在同一块硬盘上，硬盘坏了会一起丢。"))


def _announce(console: Console, estimate: Estimate) -> None:
    console.note(
        N_("要复制 %(files)s 个文件，共 %(size)s，大约要 %(time)s。"),
        files=estimate.files,
        size=size(estimate.size_bytes),
        time=duration_words(estimate.seconds, console.catalogue),
    )


def _say_estimate(console: Console, where: Path, estimate: Estimate, as_json: bool) -> None:
    value = {
        "folder": str(where),
        "files": estimate.files,
        "size_bytes": estimate.size_bytes,
        "free_bytes": estimate.free_bytes,
        "seconds": estimate.seconds,
    }
    line = console.say(
        N_("会复制 %(files)s 个文件和数据库，共 %(size)s，大约要 %(time)s；那里还剩 %(free)s。"),
        files=estimate.files,
        size=size(estimate.size_bytes),
        time=duration_words(estimate.seconds, console.catalogue),
        free=size(estimate.free_bytes),
    )
    console.result(value, as_json, [line])


def _tell(console: Console, made: Made) -> None:
    """Say what is in it, what is not, and what the library itself has lost."""
    facts: dict[str, Any] = made.backup.facts
    if facts["secrets"]:
        console.note(N_("备份里有密钥文件和全部姓名、密码摘要：只有所有者能读，请像资料库一样保管。"))
    console.note(
        N_("备份里没有设置（.env、scale.env）和处理任务：设置请另外保存，任务恢复后会自己重新排上。")
    )
    if facts["arriving_uploads"]:
        console.note(
            N_("有 %(count)s 个录像正在上传，没有进备份：恢复以后要重新传。"), count=facts["arriving_uploads"]
        )
    for code, sentence in (
        (
            "missing",
            N_("资料库自己缺了 %(count)s 个文件，备份里也没有，例如 %(first)s。请运行 weike doctor。"),
        ),
        ("damaged", N_("资料库里有 %(count)s 份录像的内容已经损坏，例如 %(first)s。请从更早的备份里找回。")),
    ):
        if facts[code]:
            console.note(sentence, count=facts[f"{code}_count"], first=facts[code][0])
    if made.removed:
        console.note(N_("按 --keep 删去了 %(count)s 份旧备份。"), count=len(made.removed))
