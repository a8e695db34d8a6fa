"""weike restore: a backup brought back, or only tried out."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from library.audit import actions as audit
from library.audit.rules import Deed
from library.core.clock import utc_now
from library.core.database import open_database
from server import migrate
from server.background.backing_up import restore_test_of, secret_files
from server.commands.console import Console, absolute, console_of
from server.commands.failures import BAD_INPUT, FAILED, Failure
from server.commands.options import Json
from server.keeping import state
from server.keeping.checking import Tried
from server.keeping.restore import Restore, Restored
from server.keeping.shelf import Shelf
from server.settings import Settings
from server.web.language.formats import duration_words, size
from server.web.language.i18n import N_
from server.wiring import open_store


def restore(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help=N_("放备份的文件夹。"))],
    into: Annotated[
        Path | None, typer.Option("--into", metavar="DATA", help=N_("恢复到哪个资料库文件夹。"))
    ] = None,
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="WHEN", help=N_("用这一刻（或这一天）之前最新的一份；不写用最新的。")),
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help=N_("那里已经有资料库也照样恢复；原来的数据库留在旁边。"))
    ] = False,
    test: Annotated[
        bool, typer.Option("--test", help=N_("只演练：在临时文件夹里恢复数据库，读遍文件，什么都不留。"))
    ] = False,
    as_json: Json = False,
) -> None:
    """Bring a backup back, or try whether it could be."""
    console = console_of(context)
    console.log(quiet=True)
    shelf = Shelf(absolute(folder))
    shelf.open()
    shelf.newest(at)
    if test:
        _try(console, shelf, at, as_json)
        return
    if into is None:
        raise Failure(N_("请用 --into 指明恢复到哪个文件夹（只想演练，请用 --test）。"), BAD_INPUT)
    console = console.with_settings(data=absolute(into))
    settings = console.settings
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    work = _restore_into(settings, shelf)
    with console.progress(console.say(N_("恢复"))) as show:
        done = work.run(at, replace=replace, progress=show)
    _note(console, settings.database, done)
    _tell(console, done)
    line = console.say(
        N_("恢复好了：%(name)s 的备份在 %(data)s，%(files)s 个文件，共 %(size)s。"),
        name=done.backup.name,
        data=settings.data,
        files=done.files,
        size=size(done.size_bytes),
    )
    console.result(_facts(done, settings.data), as_json, [line])
    if done.missing or done.damaged:
        raise typer.Exit(FAILED)


def _restore_into(settings: Settings, shelf: Shelf) -> Restore:
    """Return what brings backups of `shelf` back into the library that `settings` name."""
    return Restore(
        shelf=shelf,
        data=settings.data,
        database_url=settings.database,
        store=open_store(settings),
        uploads=settings.uploads_folder,
        index=settings.index_folder,
        secrets=secret_files(settings),
        clock=utc_now,
        postgres_folder=settings.postgres_tools,
    )


def _note(console: Console, database: str, done: Restored) -> None:
    """Write it into the ledger of the library that is there now: what was done since is not in it any more.

    A backup of an older version has other columns, and its tables are brought up to date by the next start.
    """
    with closing(open_database(database)) as db:
        if migrate.current(db) == migrate.newest():
            with db.write() as session:
                audit.note(session, Deed.RESTORED, None, backup=done.backup.name)
        else:
            console.note(N_("这份备份是旧版本的：这次恢复没有记进操作记录。"))


def _facts(done: Restored, data: Path) -> dict[str, object]:
    """Return what --json says."""
    return {
        "backup": done.backup.name,
        "made_at": done.backup.facts["made_at"],
        "data": str(data),
        "files": done.files,
        "size_bytes": done.size_bytes,
        "revision": done.revision,
        "put_away": done.put_away or None,
        "missing": list(done.missing),
        "damaged": list(done.damaged),
        "library_missing": done.backup.facts["missing"],
    }


def _tell(console: Console, done: Restored) -> None:
    """Say what is to be done now, and what could not be brought back."""
    if done.put_away:
        console.note(N_("原来的数据库在 %(file)s，确认无误后可以删去。"), file=done.put_away)
    for names, sentence in (
        (done.missing, N_("备份里少了 %(count)s 个文件，例如 %(first)s：用到它们的地方放不出来。")),
        (done.damaged, N_("备份里有 %(count)s 个文件已经损坏，没有放回，例如 %(first)s。")),
        (
            done.backup.facts["missing"],
            N_("备份的时候资料库自己就缺 %(count)s 个文件，例如 %(first)s。"),
        ),
    ):
        if names:
            console.note(sentence, count=len(names), first=names[0])
    console.note(
        N_("搜索索引会在启动后自己重建；现在就要，请运行 weike reindex。请再运行 weike doctor 看一遍。")
    )


def _try(console: Console, shelf: Shelf, at: str | None, as_json: bool) -> None:
    work = restore_test_of(console.settings, utc_now, shelf.folder)
    with console.progress(console.say(N_("演练恢复"))) as show:
        tried = work.run(at, show)
    if console.settings.data.is_dir():
        state.note(console.settings.data, state.TEST, tried.outcome(utc_now()))
    value = {
        "backup": tried.name,
        "ok": tried.well,
        "files": tried.files,
        "size_bytes": tried.size_bytes,
        "revision": tried.revision or None,
        "seconds": tried.seconds,
        "faults": {code: list(names) for code, names in tried.faults.items()},
    }
    console.result(value, as_json, [*_faults(console, tried), _sentence(console, tried)])
    if not tried.well:
        raise typer.Exit(FAILED)


def _sentence(console: Console, tried: Tried) -> str:
    if not tried.well:
        return console.say(N_("备份 %(name)s 不能完整恢复。"), name=tried.name)
    if not tried.revision:
        sentence = N_("备份 %(name)s 的文件都完好；数据库只通读了一遍，因为没有建临时数据库的权限。")
        return console.say(sentence, name=tried.name)
    return console.say(
        N_("备份 %(name)s 可以完整恢复：数据库恢复过，%(files)s 个文件都核对过，用了 %(time)s。"),
        name=tried.name,
        files=tried.files,
        time=duration_words(tried.seconds, console.catalogue),
    )


def _faults(console: Console, tried: Tried) -> list[str]:
    sentences = {
        "rows_differ": N_("行数和备份时不同的表：%(names)s"),
        "orphans": N_("数据库里有指向不存在的行：%(names)s"),
        "files_missing": N_("备份里少了文件：%(names)s"),
        "files_damaged": N_("备份里损坏的文件：%(names)s"),
        "needed_missing": N_("数据库用到、备份里没有的文件：%(names)s"),
    }
    return [console.say(sentences[code], names="、".join(names[:10])) for code, names in tried.faults.items()]
