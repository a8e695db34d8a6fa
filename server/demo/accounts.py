"""The demonstration's accounts: their passwords are made on this machine and kept in a private file."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from library.catalog.tables import Lesson
from library.core.clock import Clock
from library.core.database import Database
from library.core.errors import NotFound
from library.core.permits import MemberState, Role
from library.organisation import queries as organisation
from library.people import actions as people
from library.people import queries as people_queries
from library.people.belonging import memberships
from library.people.passwords import HashedPassword, hashed
from library.people.tables import Person
from server.commands.failures import BAD_INPUT, Failure
from server.demo import settling
from server.web.language.i18n import N_

LECTURER = "lecturer"


@dataclass(frozen=True)
class DemoAccount:
    """Whom one can sign in as: role, the code of the node at which they hold it, of their branch, name."""

    role: Role
    at: str
    home: str
    name: str


ACCOUNTS: Mapping[str, DemoAccount] = {
    "admin": DemoAccount(Role.ADMIN, "QH", "QH0102", "钱管理"),
    "staff": DemoAccount(Role.STAFF, "QH", "QH0102", "孙干事"),
    "reviewer": DemoAccount(Role.REVIEWER, "QH", "QH0103", "沈文静"),
    "auditor": DemoAccount(Role.AUDITOR, "QH", "QH010101", "许长青"),
    LECTURER: DemoAccount(Role.LECTURER, "QH", "QH0103", "陈晓梅"),
    "town-admin": DemoAccount(Role.ADMIN, "QH02", "QH0201", "方振华"),
    "town-staff": DemoAccount(Role.STAFF, "QH02", "QH0201", "胡海燕"),
    "town-reviewer": DemoAccount(Role.REVIEWER, "QH02", "QH0201", "罗国平"),
    "town-lecturer": DemoAccount(Role.LECTURER, "QH02", "QH0205", "叶思远"),
    "secretary": DemoAccount(Role.SECRETARY, "QH0202", "QH0202", "余松林"),
    "branch-lecturer": DemoAccount(Role.LECTURER, "QH0202", "QH0202", "潘玉兰"),
    "member": DemoAccount(Role.MEMBER, "QH0202", "QH0202", "李建国"),
}
"""By user name, from the county down to a branch."""

_SINCE = date(2019, 7, 1)
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # without those that look like others


def accounts(db: Database, clock: Clock, data: Path) -> dict[str, str]:
    """Return the accounts and their passwords, made on this machine at the first start and kept in `data`.

    Raises Failure for a library that was not made by the demonstration: its people and lessons are real.
    """
    file = data / "demo-accounts.json"
    if not file.exists():
        _refuse_real(db, data)
        write_private(file, "{}")
    passwords: dict[str, str] = json.loads(file.read_text("utf-8"))
    new = {name: _password() for name in ACCOUNTS if name not in passwords}
    if new:
        passwords |= new
        write_private(file, json.dumps(passwords, indent=1))
    with db.read() as session:
        lacking = [name for name in ACCOUNTS if people_queries.person_by_username(session, name) is None]
    hashes = {username: hashed(passwords[username]) for username in lacking}
    with db.write() as session:
        if not settling.stands(session):
            settling.settle(session, clock())
        for username in lacking:
            _add(session, username, hashes[username], clock())
    return {username: passwords[username] for username in ACCOUNTS}


def _add(session: Session, username: str, password: HashedPassword, now: datetime) -> None:
    its = ACCOUNTS[username]
    person = people.add_person(session, username, its.name, password, now)
    home = organisation.node_by_code(session, its.home)
    node = organisation.node_by_code(session, its.at)
    if home is None or node is None:
        raise NotFound  # somebody has given the county's nodes other codes
    memberships.settle(session, person.id, home, _SINCE, now, None, MemberState.FULL)
    people.grant(session, person.id, its.role, node, None, now)


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
