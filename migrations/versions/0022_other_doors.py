"""second factors, sign-ins that are half done, and links to accounts at identity providers"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import library.core.database

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_MOMENT = library.core.database.UtcDateTime(timezone=True)


def upgrade() -> None:
    """Apply. Whoever is signed in is so by a password, and stays so while nothing more is asked of them."""
    op.add_column("people_sign_in", sa.Column("second_at", _MOMENT, nullable=True))
    op.add_column("people_sign_in", sa.Column("provider", sa.String(40), nullable=False, server_default=""))
    op.create_table(
        "access_second_factor",
        sa.Column("person_id", sa.String(16), nullable=False),
        sa.Column("sealed", sa.String(400), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("confirmed_at", _MOMENT, nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        _of_person("access_second_factor"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_access_second_factor")),
    )
    op.create_table(
        "access_recovery_code",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("person_id", sa.String(16), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("used_at", _MOMENT, nullable=True),
        _of_person("access_recovery_code"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_recovery_code")),
    )
    op.create_index(op.f("ix_access_recovery_code_person_id"), "access_recovery_code", ["person_id"])
    op.create_table(
        "access_half_sign_in",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("person_id", sa.String(16), nullable=False),
        sa.Column("missing", sa.String(16), nullable=False),
        sa.Column("provider", sa.String(40), nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        _of_person("access_half_sign_in"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_half_sign_in")),
    )
    op.create_index(op.f("ix_access_half_sign_in_person_id"), "access_half_sign_in", ["person_id"])
    op.create_index(op.f("ix_access_half_sign_in_expires_at"), "access_half_sign_in", ["expires_at"])
    _links()


def _links() -> None:
    op.create_table(
        "access_identity_link",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("person_id", sa.String(16), nullable=False),
        sa.Column("provider", sa.String(40), nullable=False),
        sa.Column("issuer", sa.String(300), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("how", sa.String(16), nullable=False),
        sa.Column("made_by", sa.String(16), nullable=True),
        sa.Column("since", _MOMENT, nullable=False),
        sa.Column("used_at", _MOMENT, nullable=False),
        sa.Column("until", _MOMENT, nullable=True),
        _of_person("access_identity_link"),
        sa.ForeignKeyConstraint(
            ["made_by"],
            ["people_person.id"],
            name=op.f("fk_access_identity_link_made_by_people_person"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_identity_link")),
    )
    of_those_that_hold = sa.text("until IS NULL")
    for name, columns in (("account", ["issuer", "subject"]), ("person", ["person_id", "issuer"])):
        op.create_index(
            op.f(f"ix_access_identity_link_{name}"),
            "access_identity_link",
            columns,
            unique=True,
            sqlite_where=of_those_that_hold,
            postgresql_where=of_those_that_hold,
        )
    op.create_index(op.f("ix_access_identity_link_made_by"), "access_identity_link", ["made_by"])


def _of_person(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["person_id"],
        ["people_person.id"],
        name=op.f(f"fk_{table}_person_id_people_person"),
        ondelete="CASCADE",
    )


def downgrade() -> None:
    """Undo. Second factors and links are given up."""
    for table in (
        "access_identity_link",
        "access_half_sign_in",
        "access_recovery_code",
        "access_second_factor",
    ):
        op.drop_table(table)
    op.drop_column("people_sign_in", "provider")
    op.drop_column("people_sign_in", "second_at")
