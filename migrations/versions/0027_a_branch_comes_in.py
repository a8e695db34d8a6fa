"""how a whole branch comes in: codes on paper, a branch's code and who asks with it; further names"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import library.core.database

revision = "0027"
down_revision = "0025"
branch_labels = None
depends_on = None

_MOMENT = library.core.database.UtcDateTime(timezone=True)
_OPEN = sa.text("ended_at IS NULL")
_HASHES = ("code_hash", "ticket_hash")


def upgrade() -> None:
    """Apply."""
    for name in _HASHES:
        op.add_column("people_invitation", sa.Column(name, sa.String(64), nullable=True))
        op.create_index(op.f(f"ix_people_invitation_{name}"), "people_invitation", [name], unique=True)
    op.create_index(op.f("ix_people_invitation_person_id"), "people_invitation", ["person_id"])
    op.add_column("people_sign_in", sa.Column("network", sa.String(48), nullable=False, server_default=""))
    _make_codes()
    _make_requests()
    op.create_table(
        "people_sign_in_name",
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("person_id", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("set_at", _MOMENT, nullable=False),
        sa.Column("set_by", sa.String(16), nullable=True),
        _person("people_sign_in_name", "person_id", "CASCADE"),
        _person("people_sign_in_name", "set_by", "SET NULL"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_people_sign_in_name")),
    )
    op.create_index(
        op.f("ix_people_sign_in_name_person_id_kind"),
        "people_sign_in_name",
        ["person_id", "kind"],
        unique=True,
    )


def _person(table: str, column: str, on_delete: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_people_person")
    return sa.ForeignKeyConstraint([column], ["people_person.id"], name=name, ondelete=on_delete)


def _node(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["node_id"], ["people_branch.id"], name=op.f(f"fk_{table}_node_id_people_branch")
    )


def _make_codes() -> None:
    op.create_table(
        "people_branch_code",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("node_id", sa.String(16), nullable=False),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("made_by", sa.String(16), nullable=True),
        sa.Column("ended_at", _MOMENT, nullable=True),
        _node("people_branch_code"),
        _person("people_branch_code", "made_by", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_branch_code")),
        sa.UniqueConstraint("code", name=op.f("uq_people_branch_code_code")),
    )
    op.create_index(
        "uq_people_branch_code_open",
        *("people_branch_code", ["node_id"]),
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )


def _make_requests() -> None:
    op.create_table(
        "people_join_request",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("node_id", sa.String(16), nullable=False),
        sa.Column("receipt_hash", sa.String(64), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("username", sa.String(80), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("answered_at", _MOMENT, nullable=True),
        sa.Column("answered_by", sa.String(16), nullable=True),
        sa.Column("person_id", sa.String(16), nullable=True),
        _node("people_join_request"),
        _person("people_join_request", "answered_by", "SET NULL"),
        _person("people_join_request", "person_id", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_join_request")),
        sa.UniqueConstraint("receipt_hash", name=op.f("uq_people_join_request_receipt_hash")),
    )
    op.create_index(op.f("ix_people_join_request_state_node_id"), "people_join_request", ["state", "node_id"])
    op.create_index(op.f("ix_people_join_request_person_id"), "people_join_request", ["person_id"])


def downgrade() -> None:
    """Undo. Codes, those who wait and further names are given up; first links nobody could open any more."""
    op.drop_table("people_sign_in_name")
    op.drop_table("people_join_request")
    op.drop_table("people_branch_code")
    op.drop_column("people_sign_in", "network")
    op.execute(sa.text("DELETE FROM people_invitation WHERE purpose = 'start'"))
    op.drop_index(op.f("ix_people_invitation_person_id"), "people_invitation")
    for name in _HASHES:
        op.drop_index(op.f(f"ix_people_invitation_{name}"), "people_invitation")
        op.drop_column("people_invitation", name)
