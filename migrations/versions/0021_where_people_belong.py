"""roles that end and stay as history; memberships, transfers, exemptions, learning groups"""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from alembic import op

import library.core.database
from library.core.clock import local_day
from library.core.ids import new_id

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_MOMENT = library.core.database.UtcDateTime(timezone=True)
_OPEN = sa.text("ended_at IS NULL")
_HOME_NOW = sa.text("kind = 'home' AND until IS NULL")
_ASKED = sa.text("state = 'asked'")


def upgrade() -> None:
    """Apply. Everybody's home becomes the node at which they were first given a role: it counted as that."""
    with op.batch_alter_table("people_role") as role:
        role.add_column(sa.Column("until", sa.Date(), nullable=True))
        role.add_column(sa.Column("ended_at", _MOMENT, nullable=True))
        role.add_column(sa.Column("ended_by", sa.String(16), nullable=True))
        role.drop_constraint(op.f("uq_people_role_person_id_branch_id_role"), type_="unique")
    held = ["person_id", "branch_id", "role"]
    op.create_index(
        "uq_people_role_held", "people_role", held, unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN
    )
    op.create_index(op.f("ix_people_role_branch_id"), "people_role", ["branch_id"])
    _make_tables()
    _settle(op.get_bind())


def _make_tables() -> None:
    _table(
        "people_membership",
        *(_person(), _node("node_id"), _word("kind"), _word("state", nullable=True)),
        *(_day("since"), _day("until", nullable=True), _moment("noted_at"), _person("noted_by", "SET NULL")),
        indexes=(["person_id", "since"], ["node_id", "since"]),
    )
    op.create_index(
        "uq_people_membership_home",
        *("people_membership", ["person_id"]),
        unique=True,
        sqlite_where=_HOME_NOW,
        postgresql_where=_HOME_NOW,
    )
    _table(
        "people_transfer",
        *(_person(), _node("from_id"), _node("to_id"), _word("state")),
        *(sa.Column("note", sa.String(200), nullable=False), _moment("asked_at")),
        *(_person("asked_by", "SET NULL"), _moment("answered_at", nullable=True)),
        *(_person("answered_by", "SET NULL"), sa.Column("answer", sa.String(200), nullable=False)),
        indexes=(["to_id", "state"], ["from_id", "state"]),
    )
    op.create_index(
        "uq_people_transfer_asked",
        *("people_transfer", ["person_id"]),
        unique=True,
        sqlite_where=_ASKED,
        postgresql_where=_ASKED,
    )
    _table(
        "people_exemption",
        *(_person(), _word("reason"), _day("since"), _day("until", nullable=True)),
        *(_moment("noted_at"), _person("noted_by", "SET NULL")),
        indexes=(["person_id", "since"],),
    )
    _table(
        "people_group",
        *(_node("node_id"), sa.Column("name", sa.String(80), nullable=False)),
        *(_moment("created_at"), _moment("closed_at", nullable=True)),
        indexes=(["node_id"],),
    )
    _table(
        "people_group_member",
        *(_reference("group_id", "people_group"), _person(), _day("since"), _day("until", nullable=True)),
        indexes=(["person_id"], ["group_id", "since"]),
    )


_Column = tuple[
    sa.Column[object], str, str
]  # with the table it points to, and what happens when that row goes


def _reference(name: str, table: str, on_delete: str = "", *, nullable: bool = False) -> _Column:
    return sa.Column(name, sa.String(16), nullable=nullable), table, on_delete


def _person(name: str = "person_id", on_delete: str = "CASCADE") -> _Column:
    return _reference(name, "people_person", on_delete, nullable=on_delete == "SET NULL")


def _node(name: str) -> _Column:
    return _reference(name, "people_branch")


def _word(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.String(16), nullable=nullable)


def _day(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Date(), nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, _MOMENT, nullable=nullable)


def _table(table: str, *columns: sa.Column[object] | _Column, indexes: Iterable[list[str]]) -> None:
    made: list[sa.Column[object]] = []
    points: list[sa.ForeignKeyConstraint] = []
    for column in columns:
        if isinstance(column, tuple):
            one, to, on_delete = column
            made.append(one)
            name = op.f(f"fk_{table}_{one.name}_{to}")
            points.append(
                sa.ForeignKeyConstraint([one.name], [f"{to}.id"], name=name, ondelete=on_delete or None)
            )
        else:
            made.append(column)
    op.create_table(
        table,
        sa.Column("id", sa.String(16), nullable=False),
        *made,
        *points,
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    for names in indexes:
        op.create_index(op.f(f"ix_{table}_{'_'.join(names)}"), table, names)


def _settle(bind: sa.Connection) -> None:
    """Make the node at which everybody was first given a role their home."""
    role = sa.table(
        "people_role",
        *(sa.column(name) for name in ("id", "person_id", "branch_id", "granted_by")),
        sa.column("granted_at", _MOMENT),
    )
    membership = sa.table(
        "people_membership",
        *(sa.column(name) for name in ("id", "person_id", "node_id", "kind", "noted_by")),
        sa.column("since", sa.Date()),
        sa.column("noted_at", _MOMENT),
    )
    homes: dict[str, dict[str, object]] = {}
    for one in bind.execute(sa.select(role).order_by(role.c.granted_at, role.c.id)):
        home = {"id": new_id(), "person_id": one.person_id, "node_id": one.branch_id, "kind": "home"}
        noted = {"since": local_day(one.granted_at), "noted_at": one.granted_at, "noted_by": one.granted_by}
        homes.setdefault(one.person_id, home | noted)
    if homes:
        bind.execute(sa.insert(membership), list(homes.values()))


def downgrade() -> None:
    """Undo. Where people belong and roles that have ended are given up."""
    for table in (
        *("people_group_member", "people_group", "people_exemption", "people_transfer", "people_membership"),
    ):
        op.drop_table(table)
    op.execute(sa.text("DELETE FROM people_role WHERE ended_at IS NOT NULL"))
    op.execute(sa.text("DELETE FROM people_role WHERE role IN ('secretary', 'reviewer', 'auditor')"))
    op.drop_index(op.f("ix_people_role_branch_id"), "people_role")
    op.drop_index("uq_people_role_held", "people_role")
    with op.batch_alter_table("people_role") as role:
        for name in ("ended_by", "ended_at", "until"):
            role.drop_column(name)
        role.create_unique_constraint(
            op.f("uq_people_role_person_id_branch_id_role"), ["person_id", "branch_id", "role"]
        )
