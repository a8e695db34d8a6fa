"""Very many people with a home and a role each, for benches."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import insert

from library.core.clock import utc_now
from library.core.ids import new_id
from library.core.permits import MemberState, Role
from library.organisation import queries
from library.people.rules import MembershipKind
from library.people.tables import Membership, Person, RoleGrant
from server.wiring import Ports

_GIVEN = "芳伟娜敏静强磊洋艳勇军杰娟涛明超秀英华玉"
_FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"


def name_of(n: int) -> str:
    """Return a plausible name; some four thousand are all there are, as in a county."""
    return _FAMILY[n % 20] + _GIVEN[n // 20 % 20] + (_GIVEN[n // 400 % 20] if n % 3 else "")


def fill(ports: Ports, members: int) -> None:
    """Write persons with a home each, straight into the tables: it is the pages that are measured."""
    with ports.db.read() as session:
        nodes = [one.id for one in queries.known_nodes(session) if one.code and one.code.startswith("V")]
    now = utc_now()
    for at in range(0, members, 20_000):
        ids = [new_id() for _ in range(min(20_000, members - at))]
        with ports.db.write() as session:
            session.execute(insert(Person), list(_persons(ids, at, now)))
            session.execute(insert(Membership), list(_stays(ids, at, nodes, now)))
            session.execute(
                insert(RoleGrant),
                [
                    {
                        "id": new_id(),
                        "person_id": one,
                        "node_id": nodes[(at + n) % len(nodes)],
                        "role": Role.MEMBER,
                        "granted_at": now,
                    }
                    for n, one in enumerate(ids)
                ],
            )


def _persons(ids: list[str], at: int, now: object) -> Iterator[dict[str, object]]:
    for n, one in enumerate(ids, at):
        yield {
            "id": one,
            "username": f"m{n:07d}",
            "name": name_of(n),
            "password_hash": "",
            "active": True,
            "created_at": now,
        }


def _stays(ids: list[str], at: int, nodes: list[str], now: object) -> Iterator[dict[str, object]]:
    for n, one in enumerate(ids, at):
        yield {
            "id": new_id(),
            "person_id": one,
            "node_id": nodes[n % len(nodes)],
            "kind": MembershipKind.HOME,
            "state": MemberState.FULL,
            "since": date(2020, 1, n % 28 + 1),
            "noted_at": now,
        }
