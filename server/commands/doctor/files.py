"""What doctor says of files: pages of databases, what is gone from the store, who may read what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from library.core.clock import utc_now
from library.core.database import Database
from library.core.integrity import Checked, check_sqlite
from library.intake.files.remaking import Lost, LostKind, examine
from library.intake.files.small_pictures import left
from server.commands.doctor.check import Check
from server.settings import Settings
from server.web.language.i18n import N_
from server.wiring import open_integrity, open_store

_PAGES_S = 120.0
"""How long doctor reads pages of a database."""

_FILES_S = 60.0
"""How long doctor looks at files of clips."""

_NAMED = 5


def check_pages(settings: Settings, db: Database) -> Check:
    """Look at the pages of the library's database."""
    integrity = open_integrity(settings, db, utc_now)
    found = integrity.look(_PAGES_S)
    if not found.able:
        return Check(
            "pages_of_database",
            "warn",
            N_("这个 PostgreSQL 没有开启校验和，损坏的数据页要到读它时才看得出来。"),
            N_("停下 PostgreSQL 运行 pg_checksums --enable；平时可以运行 pg_amcheck。"),
        )
    if found.well and not found.complete:
        last = integrity.last()
        seen = "-" if last is None else last.at.isoformat(timespec="minutes")
        message = N_("%(seconds)s 秒里没有看完所有数据页，看过的都完好（网站上次看完：%(seen)s）。")
        return Check("pages_of_database", "ok", message, values={"seconds": round(_PAGES_S), "seen": seen})
    return _pages("pages_of_database", found)


def check_jobs(file: Path) -> Check:
    """Look at the pages of the SQLite file of jobs."""
    found = check_sqlite(file, utc_now, _PAGES_S)
    if found.well:
        return Check("jobs", "ok", "%(url)s", values={"url": str(file)})
    return Check(
        "jobs",
        "bad",
        N_("%(file)s 损坏了（%(said)s）。"),
        N_("停下服务，把这个文件移走再启动：会建立新的，没做完的录像会接着处理。"),
        {"file": str(file), "said": found.faults[0][:200]},
    )


def _pages(name: str, found: Checked) -> Check:
    if found.well:
        message = N_("所有数据页都完好（看了 %(seconds)s 秒）。")
        return Check(name, "ok", message, values={"seconds": round(found.took_s, 1)})
    return Check(
        name,
        "bad",
        N_("资料库的文件损坏了（%(said)s；这样的至少 %(count)s 处）。"),
        N_("停下服务，留一份现在的文件，照运维手册（docs/runbook.md）“资料库损坏”一节换回备份。"),
        {"said": found.faults[0][:200], "count": len(found.faults)},
    )


def check_files(settings: Settings, db: Database) -> Iterator[Check]:
    """Compare what lies in the store with what the database says."""
    if not settings.store_url and not (settings.data / "objects").exists():
        return  # said already
    try:
        found = examine(db, open_store(settings), _FILES_S)
    except Exception:  # obstore raises its own kinds; the store's own line says why it cannot be read
        return
    gone = [one for one in found.lost if one.kind is LostKind.ORIGINAL]
    remade = [one for one in found.lost if one.kind is not LostKind.ORIGINAL]
    if gone:
        yield Check(
            "originals",
            "bad",
            N_("%(count)s 份原始录像丢失或损坏：%(which)s。短视频照常播放，但不能再制作。"),
            N_("从备份取回这些文件，放回原来的位置。"),
            {"count": len(gone), "which": _which(gone)},
        )
    else:
        yield Check("originals", "ok", N_("原始录像都在。"))
    if remade:
        yield Check(
            "clips",
            "bad",
            N_("%(count)s 处制作好的文件丢失或损坏：%(which)s。"),
            N_("运行 weike remake --lost，会用原始录像重新制作。"),
            {"count": len(remade), "which": _which(remade)},
        )
    elif found.looked_at < found.clips:
        message = N_("%(looked)s 个短视频（共 %(clips)s 个）的文件都在；其余的再运行一次会看到。")
        values: dict[str, Any] = {"looked": found.looked_at, "clips": found.clips}
        yield Check("clips", "ok", message, values=values)
    else:
        message = N_("%(clips)s 个短视频的文件都在。")
        yield Check("clips", "ok", message, values={"clips": found.clips})


def check_small_pictures(db: Database) -> Check:
    """Count the clips of which lists still show large pictures."""
    with db.read() as session:
        count = left(session)
    if not count:
        return Check("small_pictures", "ok", N_("列表里用的都是小图。"))
    return Check(
        "small_pictures",
        "ok",
        N_("%(count)s 个旧的短视频在列表里还用大图；处理进程空闲时会逐个做成小图。"),
        values={"count": count},
    )


def _which(lost: Sequence[Lost]) -> str:
    """Return the names of what is lost as people and `weike remake` know them, the first few."""
    named = [_name(one) for one in lost[:_NAMED]]
    return "、".join(named) + ("……" if len(lost) > _NAMED else "")


def _name(one: Lost) -> str:
    if one.clip_id is None:
        return f"《{one.title}》{one.lesson_id}（{one.key}）"
    return f"《{one.title}》{one.n}：{one.clip_id}（{one.key}）"
