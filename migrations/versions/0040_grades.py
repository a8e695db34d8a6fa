"""grades: rule sets, waivers of 减负, entries, periods, decisions, appeals"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import library.core.database

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

_ID = sa.String(16)
_MOMENT = library.core.database.UtcDateTime(timezone=True)

_FIGURES = (
    *("period_id", "n", "status", "facts", "lines", "daily", "appraisal", "score", "proposed", "band"),
    "without",
)
"""What nobody changes once it is frozen; the name and the words go when a person is erased."""
_FROZEN = "(SELECT state FROM grades_period WHERE id = OLD.period_id) = 'frozen'"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "grades_item",
        sa.Column("id", _ID, nullable=False),
        sa.Column("node_id", _ID, nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("period", sa.String(7), nullable=False),
        sa.Column("name", sa.String(24), nullable=False),
        sa.Column("cents", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("by_person", _ID, nullable=True),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["by_person"],
            ["people_person.id"],
            name=op.f("fk_grades_item_by_person_people_person"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["node_id"], ["people_branch.id"], name=op.f("fk_grades_item_node_id_people_branch")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people_person.id"],
            name=op.f("fk_grades_item_person_id_people_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grades_item")),
    )
    op.create_index(op.f("ix_grades_item_person_id_period"), "grades_item", ["person_id", "period"])
    op.create_index(
        "uq_grades_item_held",
        "grades_item",
        ["person_id", "period", "name"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "grades_rules",
        sa.Column("id", _ID, nullable=False),
        sa.Column("node_id", _ID, nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("valid_from", sa.String(7), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("tried_at", _MOMENT, nullable=True),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("made_by", _ID, nullable=True),
        sa.Column("decided_at", _MOMENT, nullable=True),
        sa.Column("decided_by", _ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["decided_by"],
            ["people_person.id"],
            name=op.f("fk_grades_rules_decided_by_people_person"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["made_by"],
            ["people_person.id"],
            name=op.f("fk_grades_rules_made_by_people_person"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["node_id"], ["people_branch.id"], name=op.f("fk_grades_rules_node_id_people_branch")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grades_rules")),
        sa.UniqueConstraint("node_id", "kind", "n", name=op.f("uq_grades_rules_node_id_kind_n")),
    )
    op.create_index(op.f("ix_grades_rules_node_id_state"), "grades_rules", ["node_id", "state"])
    op.create_table(
        "grades_waiver",
        sa.Column("id", _ID, nullable=False),
        sa.Column("node_id", _ID, nullable=False),
        sa.Column("point", sa.String(12), nullable=False),
        sa.Column("basis", sa.String(200), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("by_person", _ID, nullable=True),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.Column("ended_by", _ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["by_person"],
            ["people_person.id"],
            name=op.f("fk_grades_waiver_by_person_people_person"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["ended_by"],
            ["people_person.id"],
            name=op.f("fk_grades_waiver_ended_by_people_person"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["node_id"], ["people_branch.id"], name=op.f("fk_grades_waiver_node_id_people_branch")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grades_waiver")),
    )
    op.create_index(
        "uq_grades_waiver_held",
        "grades_waiver",
        ["node_id", "point"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "grades_period",
        sa.Column("id", _ID, nullable=False),
        sa.Column("node_id", _ID, nullable=False),
        sa.Column("period", sa.String(7), nullable=False),
        sa.Column("rules_id", _ID, nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("frozen_at", _MOMENT, nullable=True),
        sa.Column("frozen_by", _ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["frozen_by"],
            ["people_person.id"],
            name=op.f("fk_grades_period_frozen_by_people_person"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["node_id"], ["people_branch.id"], name=op.f("fk_grades_period_node_id_people_branch")
        ),
        sa.ForeignKeyConstraint(
            ["rules_id"], ["grades_rules.id"], name=op.f("fk_grades_period_rules_id_grades_rules")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grades_period")),
        sa.UniqueConstraint("node_id", "period", name=op.f("uq_grades_period_node_id_period")),
    )
    op.create_index(op.f("ix_grades_period_period_state"), "grades_period", ["period", "state"])
    op.create_table(
        "grades_grade",
        sa.Column("id", _ID, nullable=False),
        sa.Column("period_id", _ID, nullable=False),
        sa.Column("person_id", _ID, nullable=True),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(16), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("daily", sa.Integer(), nullable=False),
        sa.Column("appraisal", sa.Integer(), nullable=True),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("proposed", sa.String(12), nullable=True),
        sa.Column("band", sa.String(12), nullable=True),
        sa.Column("without", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("by_person", _ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["by_person"],
            ["people_person.id"],
            name=op.f("fk_grades_grade_by_person_people_person"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["period_id"],
            ["grades_period.id"],
            name=op.f("fk_grades_grade_period_id_grades_period"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people_person.id"],
            name=op.f("fk_grades_grade_person_id_people_person"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grades_grade")),
        sa.UniqueConstraint(
            "period_id", "person_id", "n", name=op.f("uq_grades_grade_period_id_person_id_n")
        ),
    )
    op.create_index(op.f("ix_grades_grade_person_id"), "grades_grade", ["person_id"])
    op.create_table(
        "grades_appeal",
        sa.Column("id", _ID, nullable=False),
        sa.Column("grade_id", _ID, nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("answer", sa.String(200), nullable=False),
        sa.Column("answered_at", _MOMENT, nullable=True),
        sa.Column("answered_by", _ID, nullable=True),
        sa.Column("corrected_id", _ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["answered_by"],
            ["people_person.id"],
            name=op.f("fk_grades_appeal_answered_by_people_person"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["corrected_id"],
            ["grades_grade.id"],
            name=op.f("fk_grades_appeal_corrected_id_grades_grade"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["grade_id"],
            ["grades_grade.id"],
            name=op.f("fk_grades_appeal_grade_id_grades_grade"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people_person.id"],
            name=op.f("fk_grades_appeal_person_id_people_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grades_appeal")),
    )
    op.create_index(op.f("ix_grades_appeal_person_id"), "grades_appeal", ["person_id"])
    op.create_index(
        "uq_grades_appeal_open",
        "grades_appeal",
        ["grade_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    _freeze()


def _freeze() -> None:
    """Let the database refuse that a frozen decision is changed or taken away."""
    columns = ", ".join(_FIGURES)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION grades_frozen() RETURNS trigger AS $$ BEGIN "
            f"IF {_FROZEN} THEN RAISE EXCEPTION 'a frozen grade is not changed'; END IF; "
            "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$ LANGUAGE plpgsql"
        )
        op.execute(
            f"CREATE TRIGGER grades_grade_frozen BEFORE UPDATE OF {columns} ON grades_grade "
            "FOR EACH ROW EXECUTE FUNCTION grades_frozen()"
        )
        op.execute(
            "CREATE TRIGGER grades_grade_kept BEFORE DELETE ON grades_grade "
            "FOR EACH ROW EXECUTE FUNCTION grades_frozen()"
        )
        return
    refuse = "SELECT RAISE(ABORT, 'a frozen grade is not changed')"
    op.execute(
        f"CREATE TRIGGER grades_grade_frozen BEFORE UPDATE OF {columns} ON grades_grade "
        f"WHEN {_FROZEN} BEGIN {refuse}; END"
    )
    op.execute(
        f"CREATE TRIGGER grades_grade_kept BEFORE DELETE ON grades_grade WHEN {_FROZEN} BEGIN {refuse}; END"
    )


def downgrade() -> None:
    """Undo."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER grades_grade_frozen ON grades_grade")
        op.execute("DROP TRIGGER grades_grade_kept ON grades_grade")
        op.execute("DROP FUNCTION grades_frozen()")
    else:
        op.execute("DROP TRIGGER grades_grade_frozen")
        op.execute("DROP TRIGGER grades_grade_kept")
    for table in (
        "grades_appeal",
        "grades_grade",
        "grades_period",
        "grades_waiver",
        "grades_rules",
        "grades_item",
    ):
        op.drop_table(table)
