"""The demonstration's accounts: their passwords are made on this machine and kept in a private file."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import func, select

from library.catalog.tables import Lesson
from library.core.clock import Clock
from library.core.database import Database
from library.core.permits import Role
from library.people import actions as people
from library.people import queries as people_queries
from library.people.tables import Person
from server.commands.administrator import root
from server.commands.failures import BAD_INPUT, Failure
from server.web.language.i18n import N_

LECTURER = "lecturer"
ACCOUNTS: Mapping[str, tuple[Role, str]] = {
    "admin": (Role.ADMIN, "钱管理"),
    "staff": (Role.STAFF, "孙干事"),
    LECTURER: (Role.LECTURER, "陈晓梅"),
    "member": (Role.MEMBER, "李建国"),
}
"""By user name: the role and the name shown on the pages."""

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # without those that look like others


def accounts(db: Database, clock: Clock, data: Path) -> dict[str, str]:
    """Return the accounts and their passwords, made on this machine at the first start and kept in `data`.

    Raises Failure for a library that was not made by the demonstration: its people and lessons are real.
    """
    file = data / "demo-accounts.json"
    if not file.exists():
        _refuse_real(db, data)
        write_private(file, json.dumps({name: _password() for name in ACCOUNTS}, indent=1))
    passwords: dict[str, str] = json.loads(file.read_text("utf-8"))
    with db.write() as session:
        now = clock()
        for username, (role, name) in ACCOUNTS.items():
            if people_queries.person_by_username(session, username) is None:
                person = people.add_person(session, username, name, passwords[username], now)
                people.grant(session, person.id, role, root(session), None, now)
    return passwords


def _refuse_real(db: Database, data: Path) -> None:
    with db.read() as session:
        rows = session.scalar(select(func.count()).select_from(Person)) or 0
        rows += session.scalar(select(func.count()).select_from(Lesson)) or 0
    if rows:
        raise Failure(
            N_("%(folder)s 里已有真实的资料，示例不会混进去。请用 --data 指定另一个文件夹。"),
            BAD_INPUT,
            folder=data,
        )


def _password() -> str:
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))


def write_private(file: Path, written: str) -> None:
    beside = file.with_name(f".{file.name}.partial")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write(written)
        out.flush()
        os.fsync(out.fileno())
    beside.replace(file)
