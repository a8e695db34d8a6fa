"""organisation: a node is called node in tables and columns, too; the table stands under its own slice's name

Names alone: no row of what people watched is written or copied. SQLite names a constraint anew only by
copying its table: that is done for the nodes, whose unique path the models name; names of keys stay.
"""

from __future__ import annotations

from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

_TABLES = (("people_branch", "organisation_node"), ("plays_branch_day", "plays_node_day"))
_COLUMN_OF = (
    "catalog_lesson",
    "people_invitation",
    "people_role",
    "plays_day",
    "plays_node_day",
    "plays_play",
    "plays_view",
    "suggestions_suggestion",
    "works_series",
    "works_site",
)
# Name before and after, table, columns, whether unique: of tables that stay small.
_INDEXES = (
    ("ix_people_branch_code", "ix_organisation_node_code", "organisation_node", ("code",), True),
    (
        "ix_people_branch_parent_id_name",
        "ix_organisation_node_parent_id_name",
        "organisation_node",
        ("parent_id", "name"),
        False,
    ),
    ("ix_people_role_branch_id", "ix_people_role_node_id", "people_role", ("node_id",), False),
    ("ix_plays_branch_day_day", "ix_plays_node_day_day", "plays_node_day", ("day",), False),
    (
        "ix_suggestions_suggestion_branch_id_state",
        "ix_suggestions_suggestion_node_id_state",
        "suggestions_suggestion",
        ("node_id", "state"),
        False,
    ),
    ("ix_works_series_branch_id", "ix_works_series_node_id", "works_series", ("node_id",), False),
    ("ix_works_site_branch_id", "ix_works_site_node_id", "works_site", ("node_id",), False),
)


def _column(table: str, before: str, after: str) -> None:
    # Not by Alembic's batch: that would copy the table on SQLite.
    op.execute(f"ALTER TABLE {table} RENAME COLUMN {before} TO {after}")


def _index(before: str, after: str, table: str, columns: tuple[str, ...], unique: bool) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER INDEX {before} RENAME TO {after}")
    else:
        op.drop_index(before, table)
        op.create_index(after, table, list(columns), unique=unique)


def _unique_path(before: str, after: str) -> None:
    with op.batch_alter_table("organisation_node") as nodes:
        nodes.drop_constraint(before, type_="unique")
        nodes.create_unique_constraint(after, ["path"])


def upgrade() -> None:
    """Apply."""
    for before, after in _TABLES:
        op.rename_table(before, after)
    for table in _COLUMN_OF:
        _column(table, "branch_id", "node_id")
    for before, after, table, columns, unique in _INDEXES:
        _index(before, after, table, columns, unique)
    _unique_path("uq_people_branch_path", "uq_organisation_node_path")


def downgrade() -> None:
    """Undo."""
    _unique_path("uq_organisation_node_path", "uq_people_branch_path")
    for before, after, table, columns, unique in _INDEXES:
        _index(after, before, table, columns, unique)
    for table in _COLUMN_OF:
        _column(table, "node_id", "branch_id")
    for before, after in _TABLES:
        op.rename_table(after, before)
