"""What doctor says of processes: workers that gave no sign of life, and who holds a lock and does nothing."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import psutil
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from library.core.clock import utc_now
from library.core.database import Database
from library.intake import queries as intake
from library.intake.queries import WorkerSeen
from server.commands.doctor.check import Check
from server.settings import Settings
from server.web.language.i18n import N_

_SIGNS_LATE = 2
"""A worker gives nine signs in the time after which it counts as dead; its clock may be another than ours."""

_FORGOTTEN = timedelta(days=7)
"""One that left nothing and was away for so long was taken out of use."""

_LOCK_S, _LOCK_LOOK_S = 3.0, 0.1
"""A lock of the index is held for moments, but while it is built anew."""

_FROZEN = {psutil.STATUS_STOPPED, psutil.STATUS_TRACING_STOP}


@dataclass(frozen=True)
class Holder:
    """Who holds the lock of a file; `pid` is None when the system does not tell."""

    pid: int | None
    name: str = ""
    frozen: bool = False


def holder_of(file: Path) -> Holder | None:
    """Return who holds the lock of a file, None when nobody does or the file is not there."""
    try:
        with file.open("r") as opened:
            fcntl.flock(opened, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        pass
    except OSError:
        return None
    else:
        return None
    pid = _pid_of(_read("/proc/locks"), file.stat().st_ino)
    try:
        process = psutil.Process(pid) if pid is not None else None
        if process is None:
            return Holder(None)
        return Holder(pid, process.name(), process.status() in _FROZEN)
    except psutil.Error:
        return Holder(pid)


def _pid_of(locks: str, inode: int) -> int | None:
    """Find who holds the lock of a file in what Linux says of all locks (proc_locks(5))."""
    for line in locks.splitlines():
        fields = line.split()
        # "5: FLOCK  ADVISORY  WRITE 1583 fe:00:2146360 0 EOF"; "->" are those who wait for it.
        if len(fields) == 8 and fields[1] == "FLOCK" and fields[5].rpartition(":")[2] == str(inode):
            return int(fields[4]) if int(fields[4]) > 0 else None
    return None


def _read(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:
        return ""


def check_index_locks(settings: Settings) -> Iterator[Check]:
    """Say who keeps others from writing to the index, by being frozen or for a suspiciously long time."""
    for name in ("writer.lock", "rebuild.lock"):
        file = settings.index_folder / name
        until = time.monotonic() + _LOCK_S
        while (holder := holder_of(file)) is not None and not holder.frozen and time.monotonic() < until:
            time.sleep(_LOCK_LOOK_S)
        if holder is not None:
            yield _held(file, holder)


def _held(file: Path, holder: Holder) -> Check:
    values = {"file": str(file), "pid": holder.pid or "?", "name": holder.name or "?"}
    if holder.frozen:
        return Check(
            "index_lock",
            "bad",
            N_("进程 %(pid)s（%(name)s）被冻结了，却占着搜索索引的锁（%(file)s），新的内容搜不到。"),
            N_("运行 kill -CONT %(pid)s 让它继续，或者 kill -9 %(pid)s 结束它再启动：索引会自己赶上。"),
            values,
        )
    return Check(
        "index_lock",
        "warn",
        N_("进程 %(pid)s（%(name)s）占着搜索索引的锁（%(file)s）已有几秒。"),
        N_("可能正在重建索引，请过几分钟再查；一直这样，就重启这个进程（不知是哪个：fuser -v %(file)s）。"),
        values,
    )


def frozen_worker(holder: Holder) -> Check:
    """Say that the worker of this machine is there and does nothing."""
    return Check(
        "worker",
        "bad",
        N_("处理进程（进程 %(pid)s）被冻结了，收进的录像会等着。"),
        N_("运行 kill -CONT %(pid)s 让它继续，或者 kill -9 %(pid)s 结束它再启动：没做完的会接着做。"),
        {"pid": holder.pid},
    )


# ---------------------------------------------------------------- workers everywhere


def check_workers(settings: Settings, db: Database) -> Iterator[Check]:
    """Name the workers that gave no sign of life, and what they left (PostgreSQL; a file has one worker)."""
    if not settings.jobs.startswith("postgresql"):
        return
    with db.read() as session:
        seen = intake.workers_seen(session)
    yield from workers_told(seen, utc_now(), settings.worker_dead_after_s, left_jobs(settings.jobs))


def workers_told(
    seen: Sequence[WorkerSeen], now: datetime, dead_after_s: float, left: Mapping[str, int] | None
) -> Iterator[Check]:
    """Yield what is to be said of workers last `seen` so; `left`: jobs they have begun, by worker."""
    silent_after = timedelta(seconds=_SIGNS_LATE * dead_after_s)
    dead = [one for one in seen if now - one.at > silent_after]
    alive = len(seen) - len(dead)
    for one in dead:
        jobs = (left or {}).get(one.name, 0)
        if not jobs and left is not None and now - one.at > _FORGOTTEN:
            continue
        values = {
            "worker": one.name,
            "at": one.at.isoformat(timespec="minutes"),
            "jobs": jobs if left is not None else "?",
            "alive": alive,
        }
        if alive:
            message = N_(
                "处理进程 %(worker)s 从 %(at)s 起没有动静，留下 %(jobs)s 项任务；"
                "还有 %(alive)s 个在运行，会接着做。"
            )
            todo = N_("看一看那台机器，再启动它；不再用它的话不必管，七天后不再提。")
            yield Check("dead_worker", "warn", message, todo, values)
        else:
            message = N_(
                "处理进程 %(worker)s 从 %(at)s 起没有动静，留下 %(jobs)s 项任务，没有别的处理进程接手。"
            )
            yield Check("dead_worker", "bad" if jobs else "warn", message, N_("运行 weike worker。"), values)
    if alive:
        names = "、".join(sorted(one.name for one in seen if one not in dead))
        message = N_("%(count)s 个处理进程在运行：%(names)s。")
        yield Check("workers", "ok", message, values={"count": alive, "names": names})


def left_jobs(jobs: str) -> dict[str, int] | None:
    """Return how many jobs each worker has begun and not ended; None when the job machinery does not tell.

    Asked of its table: to load DBOS takes longer than all else that doctor does.
    """
    engine = create_engine(make_url(jobs).set(drivername="postgresql+psycopg"))
    asked = text(
        "SELECT executor_id, count(*) FROM dbos.workflow_status WHERE status = 'PENDING' GROUP BY executor_id"
    )
    try:
        with engine.connect() as connection:
            return {str(name): int(count) for name, count in connection.execute(asked)}
    except SQLAlchemyError:
        return None
    finally:
        engine.dispose()
