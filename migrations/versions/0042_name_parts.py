"""people: whatever a name is called by, it is found by an index"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

_MOST = 80
"""As long as a name may be: it is found by what begins at any of its letters."""

_PLACES = " UNION ALL ".join(f"SELECT {n} AS n" for n in range(1, _MOST + 1))
# Small letters that both databases make alike: SQLite's lower() knows no others than these.
_SMALL = {
    "sqlite": "lower({part})",
    "postgresql": "translate({part}, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')",
}
_GONE = "DELETE FROM people_name_part WHERE person_id = OLD.id"


def _insert(dialect: str, row: str, everybody: str = "") -> str:
    """Return what writes the parts of the names of `row`: what begins at each letter of the name, and the
    account as a whole. `everybody` is the table from which rows come, "" in a trigger."""
    part = _SMALL[dialect].format(part=f"substr({row}.name, places.n)")
    rows, end = (f"{everybody}, ", f" FROM {everybody}") if everybody else ("", "")
    return (
        f"INSERT INTO people_name_part (name, person_id) SELECT {part}, {row}.id"  # noqa: S608
        f" FROM {rows}({_PLACES}) AS places WHERE places.n <= length({row}.name)"
        f" UNION SELECT {row}.username, {row}.id{end}"
    )


def _triggers(dialect: str) -> tuple[str, ...]:
    new = _insert(dialect, "NEW")
    if dialect == "sqlite":
        return (
            f"CREATE TRIGGER people_person_named AFTER INSERT ON people_person BEGIN {new}; END",
            f"""CREATE TRIGGER people_person_renamed AFTER UPDATE OF name, username ON people_person
            BEGIN {_GONE}; {new}; END""",
        )
    return (
        f"""CREATE FUNCTION people_person_parts() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF TG_OP = 'UPDATE' THEN {_GONE}; END IF;
        {new};
        RETURN NULL;
        END $$""",
        """CREATE TRIGGER people_person_named AFTER INSERT OR UPDATE OF name, username ON people_person
        FOR EACH ROW EXECUTE FUNCTION people_person_parts()""",
    )


def upgrade() -> None:
    """Apply. The parts are in the order of their code points, or no index would find a beginning."""
    dialect = op.get_bind().dialect.name
    op.create_table(
        "people_name_part",
        sa.Column("name", sa.String(80, collation=None if dialect == "sqlite" else "C"), nullable=False),
        sa.Column("person_id", sa.String(16), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people_person.id"],
            name=op.f("fk_people_name_part_person_id_people_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("name", "person_id", name=op.f("pk_people_name_part")),
    )
    op.execute(_insert(dialect, "people_person", "people_person"))
    op.create_index(op.f("ix_people_name_part_person_id"), "people_name_part", ["person_id"])
    for statement in _triggers(dialect):
        op.execute(statement)


def downgrade() -> None:
    """Undo."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER people_person_named")
        op.execute("DROP TRIGGER people_person_renamed")
    else:
        op.execute("DROP TRIGGER people_person_named ON people_person")
        op.execute("DROP FUNCTION people_person_parts()")
    op.drop_table("people_name_part")
