"""kinds of lessons; series, sites, honours, materials"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import library.core.database

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_CHECK = "ck_catalog_lesson_genre"
_TABLES = (
    "works_lesson_site",
    "works_site",
    "works_gone_file",
    "works_file",
    "works_honour",
    "works_episode",
    "works_series",
)
_MOMENT = library.core.database.UtcDateTime(timezone=True)
_GENRES = ("lecture", "testimony", "onsite", "staged", "film", "practical", "animation")


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("catalog_lesson") as lesson:
        lesson.add_column(sa.Column("genre", sa.String(16), nullable=False, server_default="lecture"))
        lesson.create_check_constraint(op.f(_CHECK), f"genre IN ({', '.join(map(repr, _GENRES))})")
    _make_series()
    _make_honours()
    _make_sites()


def _to(table: str, column: str, other: str, on_delete: str | None = None) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete=on_delete)


def _make_series() -> None:
    op.create_table(
        "works_series",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("branch_id", sa.String(16), nullable=False),
        sa.Column("owner_id", sa.String(16), nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("changed_at", _MOMENT, nullable=False),
        _to("works_series", "branch_id", "people_branch"),
        _to("works_series", "owner_id", "people_person", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_works_series")),
    )
    for column in ("changed_at", "owner_id", "branch_id"):
        op.create_index(op.f(f"ix_works_series_{column}"), "works_series", [column])
    op.create_table(
        "works_episode",
        sa.Column("lesson_id", sa.String(16), nullable=False),
        sa.Column("series_id", sa.String(16), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        _to("works_episode", "lesson_id", "catalog_lesson", "CASCADE"),
        _to("works_episode", "series_id", "works_series", "CASCADE"),
        sa.PrimaryKeyConstraint("lesson_id", name=op.f("pk_works_episode")),
    )
    op.create_index(op.f("ix_works_episode_series_id_n"), "works_episode", ["series_id", "n"])


def _make_honours() -> None:
    op.create_table(
        "works_honour",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("lesson_id", sa.String(16), nullable=False),
        sa.Column("award", sa.String(120), nullable=False),
        sa.Column("level", sa.String(16), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("body", sa.String(120), nullable=False),
        sa.Column("granted_at", _MOMENT, nullable=False),
        sa.Column("granted_by", sa.String(16), nullable=True),
        sa.CheckConstraint(
            "level IN ('national', 'provincial', 'city', 'county', 'town')",
            name=op.f("ck_works_honour_level"),
        ),
        _to("works_honour", "lesson_id", "catalog_lesson", "CASCADE"),
        _to("works_honour", "granted_by", "people_person", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_works_honour")),
    )
    op.create_table(
        "works_file",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("lesson_id", sa.String(16), nullable=False),
        sa.Column("honour_id", sa.String(16), nullable=True),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("format", sa.String(8), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("drawn", sa.Integer(), nullable=False),
        sa.Column("added_at", _MOMENT, nullable=False),
        sa.Column("added_by", sa.String(16), nullable=True),
        sa.CheckConstraint(
            "format IN ('pdf', 'docx', 'xlsx', 'pptx', 'png', 'jpeg', 'gif', 'webp')",
            name=op.f("ck_works_file_format"),
        ),
        _to("works_file", "lesson_id", "catalog_lesson", "CASCADE"),
        _to("works_file", "honour_id", "works_honour", "CASCADE"),
        _to("works_file", "added_by", "people_person", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_works_file")),
    )
    op.create_table(
        "works_gone_file",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("gone_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_works_gone_file")),
    )
    for table, columns in (
        ("works_honour", ("lesson_id", "granted_by")),
        ("works_file", ("lesson_id", "honour_id", "added_by")),
    ):
        for column in columns:
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _make_sites() -> None:
    op.create_table(
        "works_site",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("folded", sa.String(80), nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("branch_id", sa.String(16), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        _to("works_site", "branch_id", "people_branch"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_works_site")),
        sa.UniqueConstraint("folded", name=op.f("uq_works_site_folded")),
    )
    op.create_index(op.f("ix_works_site_branch_id"), "works_site", ["branch_id"])
    op.create_table(
        "works_lesson_site",
        sa.Column("lesson_id", sa.String(16), nullable=False),
        sa.Column("site_id", sa.String(16), nullable=False),
        _to("works_lesson_site", "lesson_id", "catalog_lesson", "CASCADE"),
        _to("works_lesson_site", "site_id", "works_site", "CASCADE"),
        sa.PrimaryKeyConstraint("lesson_id", name=op.f("pk_works_lesson_site")),
    )
    op.create_index(op.f("ix_works_lesson_site_site_id"), "works_lesson_site", ["site_id"])


def downgrade() -> None:
    """Undo."""
    for table in _TABLES:
        op.drop_table(table)
    with op.batch_alter_table("catalog_lesson") as lesson:
        lesson.drop_constraint(op.f(_CHECK), type_="check")
        lesson.drop_column("genre")
