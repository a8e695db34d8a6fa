"""the ledger of deeds: from where, what became other, a chain over it, and nothing changed in silence

and what people suggest
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import library.core.database

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_PLAIN = ("id", "at", "deed", "thing", "program")
_JSON = ("details", "changed")
_NEVER = "an entry of the ledger of deeds is never changed"
_KEPT = "an entry of the ledger of deeds is kept for 180 days"
_INDEXES = ("at", "by_person", "of_person")
_LOOKED_UP = (*_INDEXES, "deed", "thing", "address")

# What may be changed of an entry, in words of both databases; {same} is "is the same as", {json} reads JSON.
# The chain gives it its place, once; or a person is erased from it, and the salt of their mark goes.
_LINKED = (
    "OLD.n IS NULL AND NEW.n IS NOT NULL AND NEW.by_person {same} OLD.by_person"
    " AND NEW.of_person {same} OLD.of_person AND NEW.address {same} OLD.address"
)
_BY_STAYS = (
    "NEW.by_person {same} OLD.by_person AND NEW.address {same} OLD.address AND NEW.by_mark {same} OLD.by_mark"
)
_BY_GOES = (
    "NEW.address = '' AND NEW.by_mark {same} substr(OLD.by_mark, 17)"
    " AND (NEW.by_person = 'erased' OR (OLD.by_person IS NULL AND NEW.by_person IS NULL))"
)
_OF_STAYS = "NEW.of_person {same} OLD.of_person AND NEW.of_mark {same} OLD.of_mark"
_OF_GOES = "NEW.of_person = 'erased' AND NEW.of_mark {same} substr(OLD.of_mark, 17)"
_ERASED = (
    "NEW.n {same} OLD.n AND NEW.link {same} OLD.link"
    f" AND (({_BY_STAYS}) OR ({_BY_GOES})) AND (({_OF_STAYS}) OR ({_OF_GOES}))"
)


def _allowed(same: str, json: str) -> str:
    plain = [f"NEW.{name} {same} OLD.{name}" for name in _PLAIN]
    plain += [f"{json.format(f'NEW.{name}')} {same} {json.format(f'OLD.{name}')}" for name in _JSON]
    return f"{' AND '.join(plain)} AND (({_LINKED}) OR ({_ERASED}))".format(same=same)


_SQLITE = (
    f"""CREATE TRIGGER audit_entry_never_changed BEFORE UPDATE ON audit_entry
    WHEN NOT ({_allowed("IS", "{}")})
    BEGIN SELECT RAISE(ABORT, '{_NEVER}'); END""",
    f"""CREATE TRIGGER audit_entry_kept BEFORE DELETE ON audit_entry
    WHEN OLD.at > strftime('%Y-%m-%d %H:%M:%f', 'now', '-180 days')
    BEGIN SELECT RAISE(ABORT, '{_KEPT}'); END""",
    f"""CREATE TRIGGER audit_seal_never_changed BEFORE UPDATE ON audit_seal
    BEGIN SELECT RAISE(ABORT, '{_NEVER}'); END""",
    f"""CREATE TRIGGER audit_seal_kept BEFORE DELETE ON audit_seal
    BEGIN SELECT RAISE(ABORT, '{_NEVER}'); END""",
)
_POSTGRESQL = (
    f"""CREATE FUNCTION audit_entry_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NOT ({_allowed("IS NOT DISTINCT FROM", "{}::text")}) THEN RAISE EXCEPTION '{_NEVER}'; END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' THEN
        IF OLD.at > now() - interval '180 days' THEN RAISE EXCEPTION '{_KEPT}'; END IF;
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '{_NEVER}';
    END $$""",
    f"""CREATE FUNCTION audit_seal_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION '{_NEVER}';
    END $$""",
    """CREATE TRIGGER audit_entry_guarded BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_entry_guard()""",
    """CREATE TRIGGER audit_entry_not_emptied BEFORE TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_guard()""",
    """CREATE TRIGGER audit_seal_guarded BEFORE UPDATE OR DELETE ON audit_seal
    FOR EACH ROW EXECUTE FUNCTION audit_seal_guard()""",
    """CREATE TRIGGER audit_seal_not_emptied BEFORE TRUNCATE ON audit_seal
    FOR EACH STATEMENT EXECUTE FUNCTION audit_seal_guard()""",
)
_NO_TRIGGERS = {
    "sqlite": (
        "DROP TRIGGER audit_entry_never_changed",
        "DROP TRIGGER audit_entry_kept",
    ),
    "postgresql": (
        "DROP TRIGGER audit_entry_guarded ON audit_entry",
        "DROP TRIGGER audit_entry_not_emptied ON audit_entry",
    ),
}


def upgrade() -> None:
    """Apply. What was written down before has come from who knows where; the chain takes it up too."""
    for column in (
        sa.Column("changed", sa.JSON(), nullable=False, server_default="{}"),
        sa.Column("program", sa.String(16), nullable=False, server_default="unknown"),
        sa.Column("address", sa.String(45), nullable=False, server_default=""),
        sa.Column("n", sa.BigInteger(), nullable=True),
        sa.Column("link", sa.String(64), nullable=True),
        sa.Column("by_mark", sa.String(81), nullable=True),
        sa.Column("of_mark", sa.String(81), nullable=True),
    ):
        op.add_column("audit_entry", column)
    for column in _INDEXES:
        op.drop_index(op.f(f"ix_audit_entry_{column}"), "audit_entry")
    op.create_index(op.f("ix_audit_entry_at_id"), "audit_entry", ["at", "id"])
    for column in _LOOKED_UP[1:]:
        op.create_index(op.f(f"ix_audit_entry_{column}_at_id"), "audit_entry", [column, "at", "id"])
    op.create_index(op.f("ix_audit_entry_n"), "audit_entry", ["n"], unique=True)
    pending = sa.text("n IS NULL")
    op.create_index(
        "ix_audit_entry_pending",
        "audit_entry",
        ["at", "id"],
        sqlite_where=pending,
        postgresql_where=pending,
    )
    op.create_table(
        "audit_seal",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("through", sa.BigInteger(), nullable=False),
        sa.Column("link", sa.String(64), nullable=False),
        sa.Column("sealed_at", library.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_audit_seal")),
        sa.UniqueConstraint("through", name=op.f("uq_audit_seal_through")),
    )
    _suggestions()
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(statement)


def _suggestions() -> None:
    name = "suggestions_suggestion"
    moment = library.core.database.UtcDateTime(timezone=True)
    foreign = (
        ("person_id", "people_person", "SET NULL"),
        ("branch_id", "people_branch", None),
        ("lesson_id", "catalog_lesson", "SET NULL"),
        ("answered_by", "people_person", "SET NULL"),
    )
    op.create_table(
        name,
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("receipt", sa.String(32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("contact", sa.String(200), nullable=False),
        sa.Column("person_id", sa.String(16), nullable=True),
        sa.Column("origin", sa.String(32), nullable=False),
        sa.Column("branch_id", sa.String(16), nullable=False),
        sa.Column("lesson_id", sa.String(16), nullable=True),
        sa.Column("page", sa.String(200), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("done", sa.String(200), nullable=False),
        sa.Column("text_shown", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("changed_at", moment, nullable=False),
        sa.Column("answered_by", sa.String(16), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("receipt", name=op.f(f"uq_{name}_receipt")),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_{name}_{column}_{table}"), ondelete=ondelete
            )
            for column, table, ondelete in foreign
        ),
    )
    for columns in (
        ["state", "created_at"],
        ["branch_id", "state"],
        ["person_id"],
        ["lesson_id"],
        ["answered_by"],
        ["created_at"],
    ):
        op.create_index(op.f(f"ix_{name}_{'_'.join(columns)}"), name, columns)


def downgrade() -> None:
    """Undo. Chain, seals, suggestions, and from where deeds came are given up."""
    op.drop_table("suggestions_suggestion")
    for statement in _NO_TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)
    op.drop_table("audit_seal")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_entry_guard")
        op.execute("DROP FUNCTION audit_seal_guard")
    op.drop_index("ix_audit_entry_pending", "audit_entry")
    op.drop_index(op.f("ix_audit_entry_n"), "audit_entry")
    op.drop_index(op.f("ix_audit_entry_at_id"), "audit_entry")
    for column in _LOOKED_UP[1:]:
        op.drop_index(op.f(f"ix_audit_entry_{column}_at_id"), "audit_entry")
    for name in ("of_mark", "by_mark", "link", "n", "address", "program", "changed"):
        op.drop_column("audit_entry", name)
    for column in _INDEXES:
        op.create_index(op.f(f"ix_audit_entry_{column}"), "audit_entry", [column])
