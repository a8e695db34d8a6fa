"""The documentation of the interface, and how it stands with backups: samples."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from library.audit.rules import Deed
from library.core.permits import Grant, Role, Viewer
from server.slices.system import contexts as c
from server.slices.system.ledger import Asked, AuditRow, Who
from server.slices.system.words import WORDS
from server.web.parts import Pager, Reason
from tests.server.pages.samples import Sample, frame

LAST = datetime(2026, 3, 12, 6, 28, tzinfo=UTC)
ADMIN = Viewer("p0", "管理员", (Grant(Role.ADMIN, "b1", "/b1/"),))


def pages() -> Iterator[Sample]:
    """The documentation; backups that are well, that are not, and that nobody makes."""
    yield "api_docs", c.ApiDocsPage(frame=frame(None, "/api/docs"), openapi_url="/api/openapi.json")
    fine = {"at": "2026-03-12 14:28", "files": 1481, "name": "20260312T062800.000Z"}
    yield (
        "system",
        _system(("backup", "ok", "backup_fine", fine), ("restore_test", "ok", "restore_test_fine", fine)),
    )
    room = {"folder": "/mnt/backup/weike", "need_bytes": 73_400_320_000, "free_bytes": 1_200_000_000}
    unfit = {"count": 2, "first": "objects/clips/06h0277q88y1fgqv/3cd914058319/master.m3u8"}
    yield (
        "system_bad",
        _system(("backup", "bad", "backup_no_room", room), ("restore_test", "bad", "backup_unfit", unfit)),
    )
    yield "audit", _audit(*_deeds())
    yield "audit_nobody", _audit(person="wangg", problem=Reason(code="audit_nobody", args={"name": "wangg"}))
    yield "system_without", _system(("backup", "warn", "backup_unset", {}), folder="")


def _deeds() -> Iterator[AuditRow]:
    li, wang = (
        Who(kind="person", name=name, id=f"0000000000000{n:03}") for n, name in enumerate(("李华", "王强"))
    )
    at = datetime(2026, 3, 12, 6, 28, tzinfo=UTC)
    machine, erased, unknown = (Who(kind=kind) for kind in ("machine", "erased", "unknown"))
    for n, (deed, by, of, thing, details) in enumerate(
        (
            (Deed.SIGN_IN_FAILED, unknown, wang, "", {}),
            (Deed.READ, li, None, "", {"what": "people_list", "more": "41"}),
            (Deed.SIGN_IN_THROTTLED, unknown, wang, "", {}),
            (Deed.ROLE_GIVEN, li, wang, "青溪县委党校", {"role": "lecturer"}),
            (Deed.LESSON_DELETED, erased, None, "06h0277q88y1fgqv", {"state": "draft"}),
            (Deed.EXPORTED, wang, None, "为人民服务", {"what": "stats", "format": "xlsx"}),
            (Deed.RESTORED, machine, None, "", {"backup": "20260312T062800.000Z"}),
        )
    ):
        machine_did = by.kind == "machine"
        yield AuditRow(
            at=at - timedelta(hours=n),
            deed=deed,
            by=by,
            of=of,
            thing=thing,
            details=details,
            program="command" if machine_did else "browser",
            address="" if machine_did or by.kind == "erased" else "2001:db8:85a3::8a2e:370:7334",
        )
    changed = (
        ("node", "余村党支部", "新余村党支部"),
        ("code", "", "330523102001"),
        ("parent", "梅溪镇党委", "天荒坪镇党委"),
    )
    yield AuditRow(
        at=at - timedelta(hours=9),
        deed=Deed.ORGANISATION,
        by=li,
        of=None,
        thing="新余村党支部",
        details={"what": "renamed"},
        changed=changed,
        program="token",
        address="10.20.30.40",
    )


def _audit(*rows: AuditRow, person: str = "", problem: Reason | None = None) -> c.AuditPage:
    return c.AuditPage(
        frame=frame(ADMIN, "/system/audit"),
        rows=rows,
        deeds=tuple(Deed),
        known_values=frozenset(WORDS["deed_value"]),
        known_details=frozenset(WORDS["deed_detail"]),
        asked=Asked(person=person),
        query="",
        problem=problem,
        pager=Pager(page=2, pages=7, total=340, url="/system/audit?"),
        keep_days=1096,
        sealed=date(2026, 3, 11),
        link="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    )


def _system(
    *rows: tuple[str, str, str, dict[str, object]], folder: str = "/mnt/backup/weike"
) -> c.SystemPage:
    return c.SystemPage(
        frame=frame(ADMIN, "/system"),
        rows=tuple(
            c.StandingRow(name=name, status=status, said=Reason(code=code, args=values))
            for name, status, code, values in rows
        ),
        folder=folder,
        every_min=4,
        keep=14,
        last=c.BackupFacts(
            at=LAST,
            name="20260312T062800.000Z",
            files=1481,
            size_bytes=73_400_320_000,
            seconds=41.5,
            tested_at=LAST if rows[1:] and rows[1][1] == "ok" else None,
            tested_name="20260312T062800.000Z",
        )
        if folder
        else None,
        next_at=LAST + timedelta(minutes=4) if folder else None,
    )
