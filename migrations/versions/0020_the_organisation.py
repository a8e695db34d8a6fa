"""nodes with kinds and codes, what lies below what, and what became of them"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import library.core.database

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. What there is becomes a branch, the root a committee; who typed pinyin finds them after a rename
    or `weike organisation spell`, since spelling needs a dictionary that a migration must not depend on."""
    columns = (
        sa.Column("short_name", sa.String(40), nullable=False, server_default=""),
        sa.Column("kind", sa.String(16), nullable=False, server_default="branch"),
        sa.Column("code", sa.String(40), nullable=True),
        sa.Column("spelled", sa.String(400), nullable=False, server_default=""),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("closed_at", library.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("merged_into_id", sa.String(16), nullable=True),
    )
    for column in columns:
        op.add_column("people_branch", column)
    op.create_index(op.f("ix_people_branch_parent_id_name"), "people_branch", ["parent_id", "name"])
    op.create_index(op.f("ix_people_branch_code"), "people_branch", ["code"], unique=True)
    op.create_table(
        "organisation_below",
        sa.Column("ancestor_id", sa.String(16), nullable=False),
        sa.Column("node_id", sa.String(16), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ancestor_id"],
            ["people_branch.id"],
            name=op.f("fk_organisation_below_ancestor_id_people_branch"),
        ),
        sa.ForeignKeyConstraint(
            ["node_id"], ["people_branch.id"], name=op.f("fk_organisation_below_node_id_people_branch")
        ),
        sa.PrimaryKeyConstraint("ancestor_id", "node_id", name=op.f("pk_organisation_below")),
    )
    op.create_index(op.f("ix_organisation_below_node_id_depth"), "organisation_below", ["node_id", "depth"])
    op.create_table(
        "organisation_change",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("node_id", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("at", library.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(16), nullable=True),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('made', 'renamed', 'moved', 'merged', 'took_over', 'closed', 'reopened')",
            name=op.f("ck_organisation_change_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["node_id"], ["people_branch.id"], name=op.f("fk_organisation_change_node_id_people_branch")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_change")),
    )
    op.create_index(op.f("ix_organisation_change_node_id_at"), "organisation_change", ["node_id", "at"])
    op.create_index(op.f("ix_organisation_change_changed_by"), "organisation_change", ["changed_by"])
    _lay_out(op.get_bind())


def _lay_out(bind: sa.Connection) -> None:
    """Write down what lies below what, from each node's parent."""
    parents = dict(bind.execute(sa.text("SELECT id, parent_id FROM people_branch")).all())
    rows = []
    for node_id in parents:
        above: str | None = node_id
        depth = 0
        while above is not None:
            rows.append({"ancestor_id": above, "node_id": node_id, "depth": depth})
            above, depth = parents[above], depth + 1
    if rows:
        bind.execute(
            sa.text("INSERT INTO organisation_below VALUES (:ancestor_id, :node_id, :depth)"),
            rows,
        )
    bind.execute(sa.text("UPDATE people_branch SET kind = 'committee' WHERE parent_id IS NULL"))


def downgrade() -> None:
    """Undo. Kinds, codes and history are given up; closed nodes are open again."""
    op.drop_table("organisation_change")
    op.drop_table("organisation_below")
    op.drop_index(op.f("ix_people_branch_code"), "people_branch")
    op.drop_index(op.f("ix_people_branch_parent_id_name"), "people_branch")
    for name in ("merged_into_id", "closed_at", "since", "spelled", "code", "kind", "short_name"):
        op.drop_column("people_branch", name)
