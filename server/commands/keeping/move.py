"""weike move: the library in another database, another store, or both."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from obstore.store import LocalStore, ObjectStore, S3Store
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from library.core.clock import utc_now
from library.core.database import Base, sqlite_file
from server.commands.console import Console, absolute, console_of
from server.commands.failures import BAD_INPUT, Failure
from server.commands.options import Json
from server.keeping.moving import Move, Moved
from server.web.language.formats import size
from server.web.language.i18n import N_
from server.wiring import open_store


def move(
    context: typer.Context,
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="URL", help=N_("新的数据库：postgresql://… 或 sqlite:///文件。")),
    ] = None,
    objects: Annotated[
        str | None,
        typer.Option(
            "--objects", metavar="PLACE", help=N_("新的存储：s3 地址（s3://bucket/prefix），或本机的文件夹。")
        ),
    ] = None,
    options_file: Annotated[
        Path | None,
        typer.Option(
            "--objects-options",
            metavar="FILE",
            help=N_("新的 S3 的设置，JSON 文件，内容同 WEIKE_STORE_OPTIONS；不写就用 WEIKE_STORE_OPTIONS。"),
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Move the database, the objects, or both; what is left behind stays as it is."""
    console = console_of(context)
    console.log(quiet=True)
    settings = console.settings
    if not (to or objects):
        raise Failure(N_("没有说搬到哪里：写上 --to 或 --objects，或者都写。"), BAD_INPUT)
    file = sqlite_file(settings.database)
    if file is not None and not file.exists():
        raise Failure(
            N_("%(folder)s 里没有微课资料库。请用 --data 或 WEIKE_DATA 指明它在哪里。"),
            BAD_INPUT,
            folder=settings.data,
        )
    _load_tables()
    url = _database(to) if to else None
    options = _options(options_file) if options_file else settings.store_options
    work = Move(
        data=settings.data,
        database_url=settings.database,
        store=open_store(settings),
        to_url=url,
        to_store=_store(objects, options) if objects else None,
        to_store_name=objects or "",
        metadata=Base.metadata,
        clock=utc_now,
    )
    with console.progress(console.say(N_("搬家"))) as show:
        moved = work.run(show)
    lines = _settings(console, url, objects)
    console.result(
        _value(moved, lines),
        as_json,
        [
            _sentence(console, moved),
            console.say(N_("请把设置改成下面这样，再启动（数据文件夹和密钥照旧）：")),
            *lines,
        ],
    )
    console.note(N_("原来的数据库和文件都还在。运行 weike doctor、看过网页没有问题以后，再自己删去。"))


def _load_tables() -> None:
    """Let every slice bring its tables: `Base.metadata` knows those that were loaded."""
    from server import slices

    _ = slices.SLICES


def _database(to: str) -> str:
    """Return the address as SQLAlchemy takes it; raises Failure."""
    try:
        url = make_url(to)
    except ArgumentError as error:
        raise Failure(N_("看不懂数据库地址 %(url)s。"), BAD_INPUT, url=to) from error
    if url.drivername in ("postgresql", "postgres"):
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername not in ("postgresql+psycopg", "sqlite") or not url.database:
        raise Failure(N_("数据库只能是 postgresql:// 或 sqlite:///文件。"), BAD_INPUT)
    if url.drivername == "sqlite":
        url = url.set(database=str(absolute(Path(url.database))))
    return url.render_as_string(hide_password=False)


def _store(objects: str, options: dict[str, Any]) -> ObjectStore:
    if objects.startswith("s3://"):
        return S3Store.from_url(objects, **options)
    if "://" in objects:
        raise Failure(N_("存储只能是 s3 地址（s3://bucket/prefix），或者本机的文件夹。"), BAD_INPUT)
    folder = absolute(Path(objects))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return LocalStore(prefix=folder)


def _options(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text("utf-8"))
    except ValueError as error:
        raise Failure(N_("%(file)s 不是 JSON。"), BAD_INPUT, file=file) from error
    if not isinstance(found, dict):
        raise Failure(N_("%(file)s 里应当是一个 JSON 对象。"), BAD_INPUT, file=file)
    return found


def _settings(console: Console, url: str | None, objects: str | None) -> list[str]:
    """Return the settings that change, as lines of a .env file; passwords are not written out."""
    settings, lines = console.settings, []
    if url is not None:
        is_own = sqlite_file(url) == settings.data / "weike.sqlite"
        shown = make_url(url).render_as_string(hide_password=True)
        lines.append("WEIKE_DATABASE_URL=" + ("" if is_own else shown))
        if not is_own and sqlite_file(url) is None:
            jobs = make_url(url).set(database=f"{make_url(url).database}_jobs")
            lines.append(f"# WEIKE_JOBS_URL={jobs.render_as_string(hide_password=True)}")
    if objects is not None and objects.startswith("s3://"):
        lines += [f"WEIKE_STORE_URL={objects}", "WEIKE_STORE_OPTIONS={…}"]
    elif objects is not None:
        lines.append("WEIKE_STORE_URL=")
        folder = absolute(Path(objects))
        if folder != settings.data / "objects":
            # A store on this machine is always the folder `objects` of the data folder.
            lines.append(f"# {folder} -> {settings.data / 'objects'}")
    return lines


def _sentence(console: Console, moved: Moved) -> str:
    return console.say(
        N_("搬好了，也核对过了：%(tables)s 张表 %(rows)s 行，%(files)s 个文件共 %(size)s。"),
        tables=len(moved.tables),
        rows=sum(one.rows for one in moved.tables.values()),
        files=moved.files,
        size=size(moved.size_bytes),
    )


def _value(moved: Moved, settings: list[str]) -> dict[str, Any]:
    return {
        "tables": {name: {"rows": one.rows, "sha256": one.sha256} for name, one in moved.tables.items()},
        "files": moved.files,
        "size_bytes": moved.size_bytes,
        "settings": settings,
    }
