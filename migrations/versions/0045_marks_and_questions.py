"""marks: where people stopped, favourites, notes; questions to lecturers at a second"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import library.core.database

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

_ID = sa.String(16)
_MOMENT = library.core.database.UtcDateTime(timezone=True)
_INDEXES = (
    ("marks_seen", ["person_id", "at"]),
    ("marks_seen", ["clip_id"]),
    ("marks_seen", ["at"]),
    ("marks_favourite", ["person_id", "at"]),
    ("marks_favourite", ["lesson_id"]),
    ("marks_favourite", ["clip_id"]),
    ("marks_note", ["person_id", "lesson_id", "moment_s"]),
    ("marks_note", ["lesson_id"]),
    ("questions_question", ["lesson_id", "state", "moment_s"]),
    ("questions_question", ["person_id", "asked_at"]),
    ("questions_question", ["state", "asked_at"]),
    ("questions_question", ["answered_by"]),
)
_TABLES = ("questions_question", "marks_note", "marks_favourite", "marks_history_choice", "marks_seen")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "marks_seen",
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("clip_id", _ID, nullable=False),
        sa.Column("at_s", sa.Double(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        _key("marks_seen", "person_id", "people_person", "CASCADE"),
        _key("marks_seen", "clip_id", "catalog_clip", "CASCADE"),
        sa.PrimaryKeyConstraint("person_id", "clip_id", name=op.f("pk_marks_seen")),
    )
    op.create_table(
        "marks_history_choice",
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("forgotten_to", _MOMENT, nullable=True),
        _key("marks_history_choice", "person_id", "people_person", "CASCADE"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_marks_history_choice")),
    )
    op.create_table(
        "marks_favourite",
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("thing_id", _ID, nullable=False),
        sa.Column("lesson_id", _ID, nullable=False),
        sa.Column("clip_id", _ID, nullable=True),
        sa.Column("at", _MOMENT, nullable=False),
        _key("marks_favourite", "person_id", "people_person", "CASCADE"),
        _key("marks_favourite", "lesson_id", "catalog_lesson", "CASCADE"),
        _key("marks_favourite", "clip_id", "catalog_clip", "CASCADE"),
        sa.PrimaryKeyConstraint("person_id", "thing_id", name=op.f("pk_marks_favourite")),
    )
    op.create_table(
        "marks_note",
        sa.Column("id", _ID, nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("lesson_id", _ID, nullable=True),
        sa.Column("moment_s", sa.Double(), nullable=False),
        sa.Column("text", sa.String(1000), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("changed_at", _MOMENT, nullable=False),
        _key("marks_note", "person_id", "people_person", "CASCADE"),
        _key("marks_note", "lesson_id", "catalog_lesson", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_marks_note")),
    )
    op.create_table(
        "questions_question",
        sa.Column("id", _ID, nullable=False),
        sa.Column("lesson_id", _ID, nullable=False),
        sa.Column("moment_s", sa.Double(), nullable=False),
        sa.Column("person_id", _ID, nullable=True),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("text", sa.String(300), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("answer", sa.String(1000), nullable=False),
        sa.Column("answer_s", sa.Double(), nullable=True),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.Column("answered_by", _ID, nullable=True),
        _key("questions_question", "lesson_id", "catalog_lesson", "CASCADE"),
        _key("questions_question", "person_id", "people_person", "SET NULL"),
        _key("questions_question", "answered_by", "people_person", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions_question")),
    )
    for table, columns in _INDEXES:
        op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, columns)


def _key(table: str, column: str, to: str, on_delete: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{to}")
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, ondelete=on_delete)


def downgrade() -> None:
    """Undo."""
    for table in _TABLES:
        op.drop_table(table)
