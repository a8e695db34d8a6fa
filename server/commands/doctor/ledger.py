"""Whether the ledger of deeds is linked and sealed, as far as that is seen without following its chain."""

from __future__ import annotations

from library.audit.verifying import standing
from library.core.clock import utc_now
from library.core.database import Database
from server.commands.doctor.check import Check
from server.web.language.i18n import N_


def check_ledger(db: Database) -> Check:
    """Look at the ends of the chain, its places and its last seal."""
    with db.read() as session:
        found = standing(session, utc_now())
    if found.fault is not None:
        message = N_("操作记录的校验链在第 %(n)s 条断了：有人删去或改过记录。")
        todo = N_("运行 weike audit verify，再照运维手册（docs/runbook.md）“操作记录对不上”一节做。")
        return Check("audit", "bad", message, todo, {"n": found.fault.n})
    todo = N_("网站运行时会自己补上；也可以运行 weike audit verify。")
    if found.late:
        message = N_("有 %(count)s 条操作记录还没有进校验链。")
        return Check("audit", "warn", message, todo, {"count": found.late})
    if found.unsealed is not None:
        message = N_("%(day)s 的操作记录还没有封存。")
        return Check("audit", "warn", message, todo, {"day": found.unsealed.isoformat()})
    if found.sealed is None:
        return Check("audit", "ok", N_("操作记录还没有封存过任何一天。"))
    return Check("audit", "ok", N_("操作记录封存到 %(day)s。"), values={"day": found.sealed.isoformat()})
