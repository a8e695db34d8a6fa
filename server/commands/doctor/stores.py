"""What doctor looks at beside the database: where jobs and files are kept."""

from __future__ import annotations

from typing import Any

import obstore
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from library.core.database import sqlite_file
from library.core.ids import new_id
from server.commands.doctor.check import Check
from server.commands.doctor.files import (
    check_jobs,
)
from server.settings import Settings
from server.web.language.i18n import N_
from server.wiring import open_store


def check_jobs_database(settings: Settings) -> Check:
    """Look at the database of the jobs."""
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


def check_store(settings: Settings) -> Check:
    """Look whether the object store keeps what it is given."""
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
