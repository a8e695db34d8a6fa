"""tokens have a scope and an end, links know what they were made for, and guesses are counted by place too

Tokens that are there may look and work on lessons, and end in a year. Links for a new password that nobody
has used yet stop working: nobody knows for which roles they were made.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_TOKENS_LAST = timedelta(days=365)


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("people_token") as token:
        token.add_column(sa.Column("scope", sa.String(16), nullable=False, server_default="write"))
        token.add_column(sa.Column("expires_at", _MOMENT, nullable=True))
    tokens = sa.table("people_token", sa.column("expires_at", _MOMENT))
    op.execute(tokens.update().values(expires_at=datetime.now(UTC) + _TOKENS_LAST))
    with op.batch_alter_table("people_token") as token:
        token.alter_column("expires_at", existing_type=_MOMENT, nullable=False)
        token.alter_column("scope", existing_type=sa.String(16), server_default=None)
    with op.batch_alter_table("people_invitation") as link:
        link.add_column(sa.Column("purpose", sa.String(16), nullable=False, server_default="invite"))
        link.add_column(sa.Column("made_for", sa.String(64), nullable=False, server_default=""))
    links = sa.table(
        "people_invitation",
        *(sa.column(name) for name in ("purpose", "person_id", "role", "made_by", "used_at")),
    )
    op.execute(links.delete().where(links.c.person_id.is_not(None), links.c.used_at.is_(None)))
    op.execute(links.update().where(links.c.person_id.is_not(None)).values(purpose="reset"))
    by_the_machine = links.c.made_by.is_(None) & (links.c.role == "admin") & links.c.person_id.is_(None)
    op.execute(links.update().where(by_the_machine).values(purpose="first_admin"))
    with op.batch_alter_table("people_invitation") as link:
        link.alter_column("purpose", existing_type=sa.String(16), server_default=None)
        link.alter_column("made_for", existing_type=sa.String(64), server_default=None)
    op.drop_table("people_sign_in_failures")
    op.create_table(
        "people_sign_in_attempts",
        sa.Column("mark", sa.String(32), nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("last_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_people_sign_in_attempts")),
    )
    op.create_index(op.f("ix_people_sign_in_attempts_last_at"), "people_sign_in_attempts", ["last_at"])


def downgrade() -> None:
    """Undo; tokens then have no end and may do all that their person may, and guesses begin anew."""
    op.drop_index(op.f("ix_people_sign_in_attempts_last_at"), "people_sign_in_attempts")
    op.drop_table("people_sign_in_attempts")
    op.create_table(
        "people_sign_in_failures",
        sa.Column("username", sa.String(80), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("username", name=op.f("pk_people_sign_in_failures")),
    )
    with op.batch_alter_table("people_invitation") as link:
        link.drop_column("made_for")
        link.drop_column("purpose")
    with op.batch_alter_table("people_token") as token:
        token.drop_column("expires_at")
        token.drop_column("scope")
