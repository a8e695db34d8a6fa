"""What doctor looks at. Each check answers with facts; none changes anything that is there."""

from __future__ import annotations

import shutil
import stat
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import obstore
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from library.catalog import change_queries
from library.core.clock import local_day, utc_now
from library.core.database import Database, open_database, sqlite_file
from library.core.ids import new_id
from library.finding.indexer import IndexUnavailable
from library.intake import queries as intake
from library.intake.arriving.unfinished_uploads import received_bytes, touched_at
from library.intake.rules import BUSY, RecordingState
from library.plays import queries as plays
from library.plays.verifying import What, unsealed
from server import migrate
from server.addresses import bare_host
from server.commands.doctor.check import Check
from server.commands.doctor.files import (
    check_files,
    check_jobs,
    check_modes,
    check_pages,
    check_small_pictures,
)
from server.commands.doctor.ledger import check_ledger
from server.commands.doctor.processes import (
    check_index_locks,
    check_workers,
    frozen_worker,
    holder_of,
)
from server.commands.doctor.speech import check_speech
from server.commands.doctor.uploads import probe_uploads
from server.keeping import state
from server.keeping.standing import standings
from server.settings import Settings
from server.slices.system.sentences import SENTENCES
from server.web.files.assets import AssetsMissingError, load_assets
from server.web.language.formats import size
from server.web.language.i18n import N_
from server.wiring import open_indexer, open_store
from transcode.errors import TranscodeError
from transcode.tools import find_tools, missing_encoders

_MUCH_FREE = 5
_STATIC = Path(__file__).parents[2] / "static"


def examine(settings: Settings) -> Iterator[Check]:
    """Yield what is found, the cheap and fundamental things first."""
    yield Check("python", "ok", N_("Python %(version)s"), values={"version": sys.version.partition(" ")[0]})
    yield from _tools(settings)
    yield check_speech(settings)
    yield _pages()
    yield _folder(settings)
    yield _disk(settings)
    for name, file in (
        ("secret", settings.site_keys_file),
        ("media_secret", settings.media_keys_file),
    ):
        yield _secret(name, file)
    if settings.sealing_keys_file.exists():
        yield _secret("second_factor_secret", settings.sealing_keys_file)
    if settings.identity_providers:
        from server.commands.doctor.identity import check_identity  # what signs in needs its libraries

        yield from check_identity(settings)
    yield check_modes(settings)
    yield from _database(settings)
    yield _jobs(settings)
    yield _store(settings)
    yield _worker(settings)
    yield from _keeping(settings)
    yield _address(settings)
    yield from probe_uploads(settings)


def _tools(settings: Settings) -> Iterator[Check]:
    todo = N_("安装 ffmpeg（Debian：sudo apt install ffmpeg），或运行 python3 run.py setup。")
    try:
        tools = find_tools(settings.ffmpeg, settings.ffprobe)
        missing = missing_encoders(tools)
    except TranscodeError as error:
        tool = str(error.details.get("tool", "ffmpeg"))
        yield Check("ffmpeg", "bad", N_("找不到能用的 %(tool)s。"), todo, {"tool": tool})
        return
    for name, path, version in (
        ("ffmpeg", tools.ffmpeg, tools.ffmpeg_version),
        ("ffprobe", tools.ffprobe, tools.ffprobe_version),
    ):
        yield Check(name, "ok", N_("%(version)s（%(path)s）"), values={"version": version, "path": str(path)})
    if missing:
        yield Check(
            "codecs",
            "bad",
            N_("这个 ffmpeg 缺少编码器：%(missing)s。"),
            N_("换一个完整的 ffmpeg，或不设 WEIKE_FFMPEG，改用自带的。"),
            {"missing": ", ".join(missing)},
        )
    else:
        yield Check("codecs", "ok", N_("需要的编码器都有。"))


def _pages() -> Check:
    try:
        load_assets(_STATIC)
    except AssetsMissingError:
        return Check("pages", "bad", N_("网页的脚本和样式还没有生成。"), N_("运行 python3 run.py setup。"))
    return Check("pages", "ok", N_("网页的脚本和样式已生成。"))


def _folder(settings: Settings) -> Check:
    folder = settings.data
    values = {"folder": str(folder.absolute())}
    if not folder.exists():
        return Check("data", "warn", N_("%(folder)s 还不存在，第一次启动时会建立。"), values=values)
    probe = folder / f".doctor-{new_id()}"
    try:
        probe.touch()
        probe.unlink()
    except OSError:
        return Check(
            "data",
            "bad",
            N_("%(folder)s 不能写入。"),
            N_("把它的所有者改为运行微课的用户。"),
            values,
        )
    if folder.stat().st_mode & stat.S_IWOTH:
        return Check("data", "bad", N_("%(folder)s 谁都可以写入。"), N_("运行 chmod o-w %(folder)s"), values)
    return Check("data", "ok", N_("%(folder)s 可以写入。"), values=values)


def _disk(settings: Settings) -> Check:
    folder = settings.data
    while not folder.exists():
        folder = folder.absolute().parent
    free = shutil.disk_usage(folder).free
    values = {"free": size(free), "keep": size(settings.keep_free_bytes)}
    if free <= settings.keep_free_bytes:
        return Check(
            "disk",
            "bad",
            N_("只剩 %(free)s，低于保留的 %(keep)s，不再收录像。"),
            N_("腾出空间，或换更大的磁盘。"),
            values,
        )
    if free < _MUCH_FREE * settings.keep_free_bytes:
        return Check("disk", "warn", N_("还剩 %(free)s。"), N_("请尽快腾出空间。"), values)
    return Check("disk", "ok", N_("还剩 %(free)s。"), values=values)


def _secret(name: str, file: Path) -> Check:
    values = {"file": str(file)}
    try:
        mode = file.stat().st_mode
        # The present secret, and the one before.
        lines = file.read_text().strip().splitlines()
        readable = 1 <= len(lines) <= 2 and all(len(line) >= 32 for line in lines)
    except FileNotFoundError:
        return Check(name, "warn", N_("%(file)s 还没有，第一次启动时会生成。"), values=values)
    except OSError:
        return Check(name, "bad", N_("%(file)s 读不了。"), N_("把它的所有者改为运行微课的用户。"), values)
    if not readable:
        return Check(name, "bad", N_("%(file)s 里没有可用的密钥。"), N_("删去这个文件，会重新生成。"), values)
    if mode & stat.S_IRWXO:
        return Check(name, "bad", N_("%(file)s 谁都可以读取。"), N_("运行 chmod 600 %(file)s"), values)
    if mode & stat.S_IRWXG:
        return Check(
            name,
            "warn",
            N_("%(file)s 同组的用户可以读取。"),
            N_("除非 nginx 要读它，请运行 chmod 600 %(file)s"),
            values,
        )
    return Check(name, "ok", N_("只有所有者能读取。"), values=values)


# ---------------------------------------------------------------- what is kept


def _database(settings: Settings) -> Iterator[Check]:
    """Look at the database, and at the index beside it, which only the database can be compared with."""
    url = make_url(settings.database)
    values: dict[str, Any] = {"url": url.render_as_string(hide_password=True)}
    file = sqlite_file(settings.database)
    if file is not None and not file.exists():
        message = N_("还没有资料库（%(url)s），第一次启动时会建立。")
        yield Check("database", "warn", message, N_("运行 weike serve。"), values)
        return
    db = open_database(settings.database)
    with closing(db):
        try:
            at = migrate.current(db)
        except SQLAlchemyError as error:
            said = str(getattr(error, "orig", error)).strip().splitlines()[0]
            yield Check(
                "database",
                "bad",
                N_("打不开 %(url)s（%(said)s）。"),
                N_("检查 WEIKE_DATABASE_URL，以及数据库是否在运行。"),
                {**values, "said": said},
            )
            return
        yield Check("database", "ok", "%(url)s", values=values)
        pages = check_pages(settings, db)
        yield pages
        if pages.status == "bad":
            return  # nothing that is read of it can be relied on
        values = {"at": at or "-", "newest": migrate.newest()}
        if at != migrate.newest():
            message = N_("数据库是 %(at)s，这一版程序需要 %(newest)s。")
            yield Check("migrations", "warn", message, N_("运行 weike migrate。"), values)
            return
        yield Check("migrations", "ok", N_("数据库已是最新（%(at)s）。"), values=values)
        yield _index(settings, db)
        yield from check_index_locks(settings)
        yield _recordings(db)
        yield _unfinished(settings, db)
        yield _counting(db)
        yield check_ledger(db)
        yield from check_workers(settings, db)
        yield from check_files(settings, db)
        yield check_small_pictures(db)


def _index(settings: Settings, db: Database) -> Check:
    if not settings.index_folder.exists():
        return Check("index", "warn", N_("还没有搜索索引，启动后会建立。"), N_("运行 weike serve。"))
    indexer = open_indexer(settings, db)
    try:
        reader = indexer.reader()
        mark, documents = reader.mark(), reader.doc_count()
    except IndexUnavailable as error:
        return Check(
            "index",
            "bad",
            N_("搜索索引不能用（%(said)s）。"),
            N_("运行 weike reindex。"),
            {"said": str(error.__cause__ or error)},
        )
    finally:
        indexer.close()
    with db.read() as session:
        behind = change_queries.latest_revision(session) - mark
    values = {"documents": documents, "behind": behind}
    if behind > 0:
        message = N_("%(documents)s 篇，落后 %(behind)s 处改动。")
        return Check("index", "warn", message, N_("网站或处理进程运行时会自己赶上。"), values)
    return Check("index", "ok", N_("%(documents)s 篇，是最新的。"), values=values)


def _recordings(db: Database) -> Check:
    with db.read() as session:
        failed = len(intake.in_state(session, RecordingState.FAILED))
        waiting = len(intake.in_state(session, *BUSY))
    values = {"failed": failed, "waiting": waiting}
    if failed:
        message = N_("%(failed)s 份录像处理失败，%(waiting)s 份正在等候或处理。")
        return Check("recordings", "warn", message, N_("在网页上查看原因，然后点“重试”。"), values)
    return Check("recordings", "ok", N_("没有失败的；%(waiting)s 份正在等候或处理。"), values=values)


def _unfinished(settings: Settings, db: Database) -> Check:
    """Look at uploads that have begun and not ended, and at what they still need of the disk."""
    uploads = settings.uploads_folder
    with db.read() as session:
        found = [
            (
                row.size_bytes,
                received_bytes(uploads, row.upload_id),
                touched_at(uploads, row.upload_id, row.created_at),
            )
            for row in intake.in_state(session, RecordingState.RECEIVING)
            if row.upload_id is not None
        ]
    if not found:
        return Check("unfinished", "ok", N_("没有传了一半的录像。"))
    oldest = min(at for _size, _received, at in found)
    values = {
        "count": len(found),
        "received": size(sum(received for _size, received, _at in found)),
        "missing": size(sum(max(0, of - received) for of, received, _at in found)),
        "days": max(0, (utc_now() - oldest).days),
        "kept": settings.keep_uploads_days,
    }
    message = N_(
        "%(count)s 份录像传了一半，已收到 %(received)s，还要 %(missing)s；最久的 %(days)s 天没有动，"
        "满 %(kept)s 天会自动放弃。"
    )
    return Check("unfinished", "ok", message, values=values)


def _counting(db: Database) -> Check:
    """Look at the days that are over: beats that fall on a closed day are refused."""
    with db.read() as session:
        closed, sealed = plays.closed_through(session), plays.sealed_through(session)
        wrong = unsealed(session, utc_now())
    today = local_day(utc_now())
    gone = [fault.day.isoformat() for fault in wrong if fault.day and fault.what is What.SEAL_MISSING]
    if gone:
        message = N_("%(day)s 已经汇总，校验码却不在了（这样的一共 %(days)s 天）：有人删去了它。")
        todo = N_("运行 weike stats verify，再照运维手册（docs/runbook.md）“核对不符”一节做。")
        return Check("counting", "bad", message, todo, {"day": gone[0], "days": len(gone)})
    missed = [fault.day.isoformat() for fault in wrong if fault.day and fault.what is What.NOT_SEALED]
    todo = N_("处理进程运行时会自己补上；也可以运行 weike stats roll-up。")
    if missed and (closed is None or closed < today):
        message = N_("%(day)s 已经过完，还没有封存（这样的一共 %(days)s 天）。")
        return Check("counting", "warn", message, todo, {"day": missed[0], "days": len(missed)})
    if closed is None:
        return Check("counting", "ok", N_("还没有封存过任何一天。"))
    values = {"day": (sealed or closed).isoformat()}
    if closed >= today:
        return Check(
            "counting",
            "bad",
            N_("%(day)s 已经封存，在那之前的观看都记不进来：这台机器的时间曾经走快。"),
            N_("先校准时间，再按运维手册（docs/runbook.md）删去多出来的日子。"),
            {"day": closed.isoformat()},
        )
    if sealed is None or sealed < today - timedelta(days=2):
        return Check("counting", "warn", N_("只封存到 %(day)s。"), todo, values)
    return Check("counting", "ok", N_("封存到 %(day)s。"), values=values)


def _jobs(settings: Settings) -> Check:
    url = make_url(settings.jobs)
    values = {"url": url.render_as_string(hide_password=True)}
    file = sqlite_file(settings.jobs)
    if file is not None and not file.exists():
        return Check("jobs", "warn", N_("%(url)s 还没有，处理进程启动时会建立。"), values=values)
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        said = str(getattr(error, "orig", error)).strip().splitlines()[0]
        return Check(
            "jobs",
            "bad",
            N_("打不开 %(url)s（%(said)s）。"),
            N_("检查 WEIKE_JOBS_URL，以及数据库是否在运行。"),
            {**values, "said": said},
        )
    finally:
        engine.dispose()
    return Check("jobs", "ok", "%(url)s", values=values) if file is None else check_jobs(file)


def _store(settings: Settings) -> Check:
    where = settings.store_url or str((settings.data / "objects").absolute())
    values: dict[str, Any] = {"where": where}
    if not settings.store_url and not (settings.data / "objects").exists():
        return Check("store", "warn", N_("%(where)s 还不存在，第一次启动时会建立。"), values=values)
    key = f"doctor/{new_id()}"
    try:
        store = open_store(settings)
        obstore.put(store, key, b"weike")
        same = bytes(obstore.get(store, key).bytes()) == b"weike"
        obstore.delete(store, key)
    except Exception as error:  # obstore raises its own kinds, and the system's
        values["said"] = str(error).strip().splitlines()[0][:200]
        return Check(
            "store",
            "bad",
            N_("%(where)s 不能读写（%(said)s）。"),
            N_("检查 WEIKE_STORE_URL、WEIKE_STORE_OPTIONS 和密钥。"),
            values,
        )
    if not same:
        return Check("store", "bad", N_("%(where)s 读出的与写入的不同。"), N_("检查存储服务。"), values)
    return Check("store", "ok", N_("%(where)s 可以读写。"), values=values)


# ---------------------------------------------------------------- what runs


def _worker(settings: Settings) -> Check:
    if not settings.worker:
        return Check("worker", "ok", N_("处理进程在别处运行（WEIKE_WORKER=false）。"))
    running = N_("处理进程正在运行。")
    idle = N_("处理进程没有运行，收进的录像会等着。")
    holder = holder_of(settings.data / f"worker-{settings.executor_id}.lock")
    if holder is not None:
        return frozen_worker(holder) if holder.frozen else Check("worker", "ok", running)
    return Check("worker", "warn", idle, N_("运行 weike serve 或 weike worker。"))


def _keeping(settings: Settings) -> Iterator[Check]:
    """Say how it stands with backups, and with trying them out."""
    found = standings(
        state.read(settings.data),
        settings.backup_to,
        timedelta(minutes=settings.backup_every_min),
        timedelta(days=settings.restore_test_days),
        utc_now(),
    )
    for one in found:
        message, todo = SENTENCES[one.code]
        values = {k: size(v) if k.endswith("_bytes") else v for k, v in one.values.items()}
        yield Check(one.name, one.status, message, todo, values)


def _address(settings: Settings) -> Check:
    values = {"url": settings.base_url}
    if settings.public_url:
        return Check("address", "ok", N_("链接以 %(url)s 开头。"), values=values)
    if bare_host(settings.host) in ("127.0.0.1", "localhost", "::1"):
        message = N_("只有这台机器能打开 %(url)s。")
        todo = N_("要让别人打开，请设 WEIKE_HOST=0.0.0.0，并把 WEIKE_PUBLIC_URL 设为他们用的网址。")
        return Check("address", "warn", message, todo, values)
    message = N_("没有设 WEIKE_PUBLIC_URL，打印的链接会以 %(url)s 开头，别人未必打得开。")
    return Check("address", "warn", message, N_("把 WEIKE_PUBLIC_URL 设为人们打开的网址。"), values)
