"""notices: what people are told, have read, and want to be told; private links to feeds"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import library.core.database

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_ID = sa.String(16)
_MOMENT = library.core.database.UtcDateTime(timezone=True)
_PEOPLE = "people_person"
_WAITS = sa.text("spread_at IS NULL")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "notices_notice",
        sa.Column("id", _ID, nullable=False),
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("person_id", _ID, nullable=True),
        sa.Column("audience", sa.String(60), nullable=True),
        sa.Column("thing", sa.String(40), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("spread_at", _MOMENT, nullable=True),
        _key("notices_notice", "person_id", _PEOPLE),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices_notice")),
        sa.UniqueConstraint("key", name=op.f("uq_notices_notice_key")),
    )
    for columns in (["person_id", "at"], ["audience", "at"], ["at"]):
        op.create_index(op.f(f"ix_notices_notice_{'_'.join(columns)}"), "notices_notice", columns)
    op.create_index(
        "ix_notices_notice_waits",
        "notices_notice",
        ["at"],
        sqlite_where=_WAITS,
        postgresql_where=_WAITS,
    )
    op.create_table(
        "notices_read",
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("notice_id", _ID, nullable=False),
        sa.Column("read_at", _MOMENT, nullable=False),
        _key("notices_read", "person_id", _PEOPLE),
        _key("notices_read", "notice_id", "notices_notice"),
        sa.PrimaryKeyConstraint("person_id", "notice_id", name=op.f("pk_notices_read")),
    )
    op.create_index(op.f("ix_notices_read_notice_id"), "notices_read", ["notice_id"])
    op.create_table(
        "notices_reader",
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("all_read_to", _MOMENT, nullable=False),
        _key("notices_reader", "person_id", _PEOPLE),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_notices_reader")),
    )
    op.create_table(
        "notices_choice",
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("way", sa.String(8), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        _key("notices_choice", "person_id", _PEOPLE),
        sa.PrimaryKeyConstraint("person_id", "kind", "way", name=op.f("pk_notices_choice")),
    )
    op.create_table(
        "notices_push_subscription",
        sa.Column("id", _ID, nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("endpoint", sa.String(800), nullable=False),
        sa.Column("endpoint_hash", sa.String(64), nullable=False),
        sa.Column("public", sa.String(100), nullable=False),
        sa.Column("secret", sa.String(40), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        _key("notices_push_subscription", "person_id", _PEOPLE),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices_push_subscription")),
        sa.UniqueConstraint("endpoint_hash", name=op.f("uq_notices_push_subscription_endpoint_hash")),
    )
    op.create_index(
        op.f("ix_notices_push_subscription_person_id"), "notices_push_subscription", ["person_id"]
    )
    op.create_table(
        "notices_push",
        sa.Column("subscription_id", _ID, nullable=False),
        sa.Column("notice_id", _ID, nullable=False),
        sa.Column("due_at", _MOMENT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        _key("notices_push", "subscription_id", "notices_push_subscription"),
        _key("notices_push", "notice_id", "notices_notice"),
        sa.PrimaryKeyConstraint("subscription_id", "notice_id", name=op.f("pk_notices_push")),
    )
    op.create_index(op.f("ix_notices_push_due_at"), "notices_push", ["due_at"])
    op.create_index(op.f("ix_notices_push_notice_id"), "notices_push", ["notice_id"])
    op.create_table(
        "access_feed_link",
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("serial", _ID, nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        _key("access_feed_link", "person_id", _PEOPLE),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_access_feed_link")),
        sa.UniqueConstraint("serial", name=op.f("uq_access_feed_link_serial")),
    )


def _key(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{to}")
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, ondelete="CASCADE")


def downgrade() -> None:
    """Undo."""
    for table in (
        "access_feed_link",
        "notices_push",
        "notices_push_subscription",
        "notices_choice",
        "notices_reader",
        "notices_read",
        "notices_notice",
    ):
        op.drop_table(table)
