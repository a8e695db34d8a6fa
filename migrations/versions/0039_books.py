"""books: rules of the year's hours, self-study and practice; the ledger of evidence is sealed, and nothing of
it changed in silence
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import library.core.database

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

_ID = sa.String(16)
_MOMENT = library.core.database.UtcDateTime(timezone=True)
_NEVER = "a row of the ledger of evidence is never changed"
_KEPT = "a row of the ledger of evidence is kept"
_COLUMNS = (
    *("id", "node_id", "kind", "form", "amount", "day", "source", "source_id", "lesson_id", "made_up"),
    *("rule_version", "reverses_id", "recorded_at"),
)

# What may be changed of a row, in words of both databases ({same} is "is the same as"): a person is erased,
# and what stands for them takes the place of their id.
_PEOPLE = " AND ".join(
    f"(NEW.{name} {{same}} OLD.{name} OR (NEW.{name} LIKE '~%' AND OLD.{name} NOT LIKE '~%'))"
    for name in ("person_id", "recorded_by")
)


def _allowed(same: str) -> str:
    plain = " AND ".join(f"NEW.{name} {same} OLD.{name}" for name in _COLUMNS)
    return f"{plain} AND {_PEOPLE.format(same=same)}"


_SQLITE = (
    f"""CREATE TRIGGER evidence_entry_never_changed BEFORE UPDATE ON evidence_entry
    WHEN NOT COALESCE({_allowed("IS")}, 0)
    BEGIN SELECT RAISE(ABORT, '{_NEVER}'); END""",
    f"""CREATE TRIGGER evidence_entry_kept BEFORE DELETE ON evidence_entry
    BEGIN SELECT RAISE(ABORT, '{_KEPT}'); END""",
    f"""CREATE TRIGGER evidence_seal_never_changed BEFORE UPDATE ON evidence_seal
    BEGIN SELECT RAISE(ABORT, '{_NEVER}'); END""",
    f"""CREATE TRIGGER evidence_seal_kept BEFORE DELETE ON evidence_seal
    BEGIN SELECT RAISE(ABORT, '{_KEPT}'); END""",
)
_POSTGRESQL = (
    f"""CREATE FUNCTION evidence_entry_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NOT COALESCE({_allowed("IS NOT DISTINCT FROM")}, FALSE) THEN RAISE EXCEPTION '{_NEVER}'; END IF;
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '{_KEPT}';
    END $$""",
    f"""CREATE FUNCTION evidence_seal_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION '{_NEVER}';
    END $$""",
    """CREATE TRIGGER evidence_entry_guarded BEFORE UPDATE OR DELETE ON evidence_entry
    FOR EACH ROW EXECUTE FUNCTION evidence_entry_guard()""",
    """CREATE TRIGGER evidence_entry_not_emptied BEFORE TRUNCATE ON evidence_entry
    FOR EACH STATEMENT EXECUTE FUNCTION evidence_entry_guard()""",
    """CREATE TRIGGER evidence_seal_guarded BEFORE UPDATE OR DELETE ON evidence_seal
    FOR EACH ROW EXECUTE FUNCTION evidence_seal_guard()""",
    """CREATE TRIGGER evidence_seal_not_emptied BEFORE TRUNCATE ON evidence_seal
    FOR EACH STATEMENT EXECUTE FUNCTION evidence_seal_guard()""",
)


def upgrade() -> None:
    """Apply."""
    _evidence()
    _tables()
    _entries()
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(statement)


def _evidence() -> None:
    op.create_table(
        "evidence_correction",
        sa.Column("entry_id", _ID, nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_evidence_correction")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["evidence_entry.id"], name=op.f("fk_evidence_correction_entry_id_evidence_entry")
        ),
    )
    op.create_table(
        "evidence_seal",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("link", sa.String(64), nullable=False),
        sa.Column("sealed_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_evidence_seal")),
    )


def _foreign(table: str, column: str, referred: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{referred}")
    return sa.ForeignKeyConstraint([column], [f"{referred}.id"], name=name, ondelete=ondelete)


def _tables() -> None:
    name = "books_table"
    op.create_table(
        name,
        sa.Column("id", _ID, nullable=False),
        sa.Column("node_id", _ID, nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("made_by", _ID, nullable=True),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_books_table")),
        _foreign(name, "node_id", "people_branch"),
        _foreign(name, "made_by", "people_person", "SET NULL"),
        sa.UniqueConstraint("node_id", "first", name=op.f("uq_books_table_node_id_first")),
    )
    op.create_index(op.f("ix_books_table_made_by"), name, ["made_by"])
    op.create_table(
        "books_watched_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.Column("ran_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_books_watched_day")),
    )


def _entries() -> None:
    name = "books_study"
    op.create_table(
        name,
        sa.Column("id", _ID, nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("lesson_id", _ID, nullable=True),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_books_study")),
        _foreign(name, "person_id", "people_person", "CASCADE"),
        _foreign(name, "lesson_id", "catalog_lesson", "SET NULL"),
    )
    op.create_index(op.f("ix_books_study_person_id_first"), name, ["person_id", "first"])
    op.create_index(op.f("ix_books_study_lesson_id"), name, ["lesson_id"])
    name = "books_practice"
    op.create_table(
        name,
        sa.Column("id", _ID, nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("node_id", _ID, nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("place", sa.String(80), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("answer", sa.String(200), nullable=False),
        sa.Column("answered_by", _ID, nullable=True),
        sa.Column("said_at", _MOMENT, nullable=False),
        sa.Column("answered_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_books_practice")),
        _foreign(name, "person_id", "people_person", "CASCADE"),
        _foreign(name, "node_id", "people_branch"),
        _foreign(name, "answered_by", "people_person", "SET NULL"),
    )
    op.create_index(op.f("ix_books_practice_person_id_day"), name, ["person_id", "day"])
    op.create_index(op.f("ix_books_practice_node_id_state"), name, ["node_id", "state"])
    op.create_index(op.f("ix_books_practice_answered_by"), name, ["answered_by"])


def downgrade() -> None:
    """Undo. Rules, plans, accounts and seals are given up; what the ledger says stays."""
    for table in ("books_practice", "books_study", "books_watched_day", "books_table", "evidence_seal"):
        op.drop_table(table)
    op.drop_table("evidence_correction")
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER evidence_entry_never_changed")
        op.execute("DROP TRIGGER evidence_entry_kept")
        return
    op.execute("DROP TRIGGER evidence_entry_guarded ON evidence_entry")
    op.execute("DROP TRIGGER evidence_entry_not_emptied ON evidence_entry")
    op.execute("DROP FUNCTION evidence_entry_guard")
    op.execute("DROP FUNCTION evidence_seal_guard")
