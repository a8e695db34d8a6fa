"""calls for works: entries, judges, scores, certificates; looks at the edges of recordings"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import library.core.database

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_TABLES = ("calls_look", "calls_certificate", "calls_score", "calls_judge", "calls_entry", "calls_call")
_MOMENT = library.core.database.UtcDateTime(timezone=True)
_STAGES = ("draft", "open", "judging", "results", "closed")


def _column(name: str, kind: sa.types.TypeEngine[object], *, empty: bool = False) -> sa.Column[object]:
    return sa.Column(name, kind, nullable=empty)


def _to(table: str, column: str, other: str, on_delete: str | None = None) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete=on_delete)


def _index(table: str, *columns: str) -> None:
    op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, list(columns))


def upgrade() -> None:
    """Apply."""
    _make_call()
    _make_entry()
    _make_judging()
    _make_certificate()
    op.create_table(
        "calls_look",
        _column("recording_id", sa.String(16)),
        _column("state", sa.String(8)),
        _column("bars", sa.JSON(), empty=True),
        _column("tries", sa.Integer()),
        _column("asked_at", _MOMENT),
        _column("taken_at", _MOMENT, empty=True),
        _to("calls_look", "recording_id", "intake_recording", "CASCADE"),
        sa.PrimaryKeyConstraint("recording_id", name=op.f("pk_calls_look")),
    )
    _index("calls_look", "state")


def _make_call() -> None:
    op.create_table(
        "calls_call",
        _column("id", sa.String(16)),
        _column("node_id", sa.String(16)),
        _column("title", sa.String(120)),
        _column("text", sa.Text()),
        _column("body", sa.String(120)),
        _column("categories", sa.JSON()),
        _column("demands", sa.JSON()),
        _column("criteria", sa.JSON()),
        _column("quota", sa.Integer(), empty=True),
        _column("scale", sa.Integer()),
        _column("blind", sa.Boolean()),
        _column("trimmed", sa.Boolean()),
        _column("stage", sa.String(8)),
        _column("opens_on", sa.Date()),
        _column("closes_on", sa.Date()),
        _column("judged_until", sa.Date()),
        _column("results_on", sa.Date()),
        _column("version", sa.Integer()),
        _column("created_at", _MOMENT),
        _column("changed_by", sa.String(16), empty=True),
        sa.CheckConstraint(f"stage IN ({', '.join(map(repr, _STAGES))})", name=op.f("ck_calls_call_stage")),
        _to("calls_call", "node_id", "people_branch"),
        _to("calls_call", "changed_by", "people_person", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls_call")),
    )
    _index("calls_call", "node_id", "stage")
    _index("calls_call", "changed_by")


def _make_entry() -> None:
    op.create_table(
        "calls_entry",
        _column("id", sa.String(16)),
        _column("call_id", sa.String(16)),
        _column("n", sa.Integer()),
        _column("lesson_id", sa.String(16), empty=True),
        _column("title", sa.String(200)),
        _column("category", sa.String(40)),
        _column("unit_id", sa.String(16)),
        _column("slot", sa.Integer()),
        _column("report", sa.JSON()),
        _column("prize", sa.String(40)),
        _column("entered_at", _MOMENT),
        _column("entered_by", sa.String(16), empty=True),
        sa.CheckConstraint("slot >= 1", name=op.f("ck_calls_entry_slot")),
        _to("calls_entry", "call_id", "calls_call", "CASCADE"),
        _to("calls_entry", "lesson_id", "catalog_lesson", "SET NULL"),
        _to("calls_entry", "unit_id", "people_branch"),
        _to("calls_entry", "entered_by", "people_person", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls_entry")),
        sa.UniqueConstraint("call_id", "n", name=op.f("uq_calls_entry_call_id_n")),
        sa.UniqueConstraint("call_id", "lesson_id", name=op.f("uq_calls_entry_call_id_lesson_id")),
        sa.UniqueConstraint("call_id", "unit_id", "slot", name=op.f("uq_calls_entry_call_id_unit_id_slot")),
    )
    _index("calls_entry", "lesson_id")
    _index("calls_entry", "entered_by")


def _make_judging() -> None:
    op.create_table(
        "calls_judge",
        _column("id", sa.String(16)),
        _column("call_id", sa.String(16)),
        _column("person_id", sa.String(16), empty=True),
        _column("invited_at", _MOMENT),
        _column("handed_in_at", _MOMENT, empty=True),
        _to("calls_judge", "call_id", "calls_call", "CASCADE"),
        _to("calls_judge", "person_id", "people_person", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls_judge")),
        sa.UniqueConstraint("call_id", "person_id", name=op.f("uq_calls_judge_call_id_person_id")),
    )
    _index("calls_judge", "person_id")
    op.create_table(
        "calls_score",
        _column("entry_id", sa.String(16)),
        _column("judge_id", sa.String(16)),
        _column("points", sa.JSON()),
        _column("why", sa.String(500)),
        _column("scored_at", _MOMENT),
        _to("calls_score", "entry_id", "calls_entry", "CASCADE"),
        _to("calls_score", "judge_id", "calls_judge", "CASCADE"),
        sa.PrimaryKeyConstraint("entry_id", "judge_id", name=op.f("pk_calls_score")),
    )
    _index("calls_score", "judge_id")


def _make_certificate() -> None:
    op.create_table(
        "calls_certificate",
        _column("id", sa.String(16)),
        _column("code", sa.String(24)),
        _column("call_id", sa.String(16), empty=True),
        _column("entry_id", sa.String(16), empty=True),
        _column("honour_id", sa.String(16), empty=True),
        _column("title", sa.String(200)),
        _column("lecturer_id", sa.String(16), empty=True),
        _column("unit", sa.String(80)),
        _column("award", sa.String(120)),
        _column("year", sa.Integer()),
        _column("body", sa.String(120)),
        _column("issued_on", sa.Date()),
        _column("withdrawn_at", _MOMENT, empty=True),
        _to("calls_certificate", "call_id", "calls_call", "SET NULL"),
        _to("calls_certificate", "entry_id", "calls_entry", "SET NULL"),
        _to("calls_certificate", "honour_id", "works_honour", "SET NULL"),
        _to("calls_certificate", "lecturer_id", "catalog_lecturer", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls_certificate")),
        sa.UniqueConstraint("code", name=op.f("uq_calls_certificate_code")),
    )
    for column in ("entry_id", "honour_id", "call_id", "lecturer_id"):
        _index("calls_certificate", column)


def downgrade() -> None:
    """Undo."""
    for table in _TABLES:
        op.drop_table(table)
