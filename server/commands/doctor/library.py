"""What doctor looks at of the library: its database, and what only that can be compared with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from typing import Any

from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from library.catalog import change_queries
from library.core.clock import local_day, utc_now
from library.core.database import Database, open_database, sqlite_file
from library.finding.indexer import IndexUnavailable
from library.intake import queries as intake
from library.intake.arriving.unfinished_uploads import received_bytes, touched_at
from library.intake.rules import BUSY, RecordingState
from library.plays import queries as plays
from library.plays.verifying import What, unsealed
from server import migrate
from server.commands.doctor.check import Check
from server.commands.doctor.files import (
    check_files,
    check_pages,
    check_small_pictures,
)
from server.commands.doctor.ledger import check_ledger
from server.commands.doctor.mail import check_letters
from server.commands.doctor.processes import (
    check_index_locks,
    check_workers,
)
from server.settings import Settings
from server.web.language.formats import size
from server.web.language.i18n import N_
from server.wiring import open_indexer


def check_database(settings: Settings) -> Iterator[Check]:
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
        if settings.mail_server:
            yield check_letters(db)
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
