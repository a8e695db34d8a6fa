"""people: whatever a name is called by, it is found by an index"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

_MOST = 24
"""A name is found by what begins at one of its first so many letters."""

_PLACES = " UNION ALL ".join(f"SELECT {n} AS n" for n in range(1, _MOST + 1))
# One statement for both: the letters of a name from each place on, and the account as a whole.
_PARTS = (
    "SELECT lower(substr({row}.name, places.n)) AS name, {row}.id AS person_id"
    " FROM {rows}({places}) AS places"
    " WHERE places.n <= length({row}.name)"
    " UNION SELECT {row}.username, {row}.id{end}"
)
_FILL = "INSERT INTO people_name_part (name, person_id) " + _PARTS.format(
    row="people_person", rows="people_person, ", places=_PLACES, end=" FROM people_person"
)
_NEW = "INSERT {ignore}INTO people_name_part (name, person_id) " + _PARTS.format(
    row="NEW", rows="", places=_PLACES, end=""
)
_GONE = "DELETE FROM people_name_part WHERE person_id = OLD.id"
_SQLITE = (
    f"CREATE TRIGGER people_person_named AFTER INSERT ON people_person BEGIN {_NEW.format(ignore='')}; END",
    f"""CREATE TRIGGER people_person_renamed AFTER UPDATE OF name, username ON people_person
    BEGIN {_GONE}; {_NEW.format(ignore="")}; END""",
)
_POSTGRESQL = (
    f"""CREATE FUNCTION people_person_parts() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF TG_OP = 'UPDATE' THEN {_GONE}; END IF;
    {_NEW.format(ignore="")};
    RETURN NULL;
    END $$""",
    """CREATE TRIGGER people_person_named AFTER INSERT OR UPDATE OF name, username ON people_person
    FOR EACH ROW EXECUTE FUNCTION people_person_parts()""",
)


def upgrade() -> None:
    """Apply. The parts are in the order of their code points, or no index would find a beginning."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    op.create_table(
        "people_name_part",
        sa.Column("name", sa.String(80, collation=None if sqlite else "C"), nullable=False),
        sa.Column("person_id", sa.String(16), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people_person.id"],
            name=op.f("fk_people_name_part_person_id_people_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("name", "person_id", name=op.f("pk_people_name_part")),
    )
    op.execute(_FILL)
    op.create_index(op.f("ix_people_name_part_person_id"), "people_name_part", ["person_id"])
    for statement in _SQLITE if sqlite else _POSTGRESQL:
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
