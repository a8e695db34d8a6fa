"""what was published of lessons, and what waits to be"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

import library.core.database

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_MOMENT = library.core.database.UtcDateTime(timezone=True)
_BATCH = 500


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "versions_published",
        sa.Column("lesson_id", sa.String(16), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("person_id", sa.String(16), nullable=True),
        sa.Column("origin", sa.String(16), nullable=False),
        sa.Column("why", sa.String(500), nullable=False),
        sa.Column("snapshot", sa.JSON(), nullable=False),
        _to("versions_published", "lesson_id", "catalog_lesson", "CASCADE"),
        _to("versions_published", "person_id", "people_person", "SET NULL"),
        sa.PrimaryKeyConstraint("lesson_id", "n", name=op.f("pk_versions_published")),
    )
    op.create_index(op.f("ix_versions_published_person_id"), "versions_published", ["person_id"])
    op.create_table(
        "versions_draft",
        sa.Column("lesson_id", sa.String(16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("words_version", sa.Integer(), nullable=False),
        sa.Column("values", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("words", sa.Integer(), nullable=True),
        sa.Column("based_on", sa.Integer(), nullable=False),
        sa.Column("restored", sa.Integer(), nullable=True),
        sa.Column("begun_at", _MOMENT, nullable=True),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.Column("person_id", sa.String(16), nullable=True),
        _to("versions_draft", "lesson_id", "catalog_lesson", "CASCADE"),
        _to("versions_draft", "person_id", "people_person", "SET NULL"),
        sa.PrimaryKeyConstraint("lesson_id", name=op.f("pk_versions_draft")),
    )
    for column in ("begun_at", "person_id"):
        op.create_index(op.f(f"ix_versions_draft_{column}"), "versions_draft", [column])
    with op.batch_alter_table("catalog_transcript") as transcript:
        transcript.add_column(sa.Column("waits", sa.Boolean(), nullable=False, server_default=sa.false()))
        transcript.add_column(sa.Column("waiting", sa.JSON(none_as_null=True), nullable=True))
        transcript.add_column(sa.Column("kept", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(
        "UPDATE catalog_transcript SET kept = true WHERE in_use AND lesson_id IN"
        " (SELECT id FROM catalog_lesson WHERE state = 'published')"
    )
    _keep_what_is_published(op.get_bind())


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("catalog_transcript") as transcript:
        for column in ("kept", "waiting", "waits"):
            transcript.drop_column(column)
    op.drop_table("versions_draft")
    op.drop_table("versions_published")


def _to(table: str, column: str, other: str, on_delete: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete=on_delete)


# ---------------------------------------------------------------- what viewers see now is version 1


def _keep_what_is_published(db: sa.Connection) -> None:
    lesson = sa.table(
        "catalog_lesson",
        *(sa.column(name) for name in ("id", "title", "summary", "language", "genre", "kind", "lecturer_id")),
        *(sa.column(name) for name in ("state", "audience", "duration_s", "transcript")),
        sa.column("taught_on", sa.Date()),
        sa.column("chosen", sa.JSON()),
        sa.column("created_at", _MOMENT),
        sa.column("published_at", _MOMENT),
    )
    lecturer = sa.table("catalog_lecturer", sa.column("id"), sa.column("name"))
    kept = sa.table(
        "versions_published",
        *(sa.column(name) for name in ("lesson_id", "n", "person_id", "origin", "why")),
        sa.column("at", _MOMENT),
        sa.column("snapshot", sa.JSON()),
    )
    wanted = (
        sa.select(lesson, lecturer.c.name.label("lecturer"))
        .select_from(lesson.outerjoin(lecturer, lecturer.c.id == lesson.c.lecturer_id))
        .where(lesson.c.state == "published")
        .order_by(lesson.c.id)
        .limit(_BATCH)
    )
    last = ""
    while rows := db.execute(wanted.where(lesson.c.id > last)).mappings().all():
        last = rows[-1]["id"]
        beside = _Beside(db, [row["id"] for row in rows])
        db.execute(
            sa.insert(kept),
            [
                {
                    "lesson_id": row["id"],
                    "n": 1,
                    "at": row["published_at"] or row["created_at"],
                    "person_id": None,
                    "origin": "found",
                    "why": "",
                    "snapshot": beside.snapshot(row),
                }
                for row in rows
            ],
        )


class _Beside:
    """What stands in other tables of some lessons."""

    def __init__(self, db: sa.Connection, ids: Sequence[str]) -> None:
        self._db, self._ids = db, ids
        self._topics = self._of(
            "SELECT link.lesson_id, topic.name FROM catalog_lesson_topic link"
            " JOIN catalog_topic topic ON topic.id = link.topic_id"
            " WHERE link.lesson_id IN :ids ORDER BY link.n"
        )
        self._clips = self._of(
            "SELECT lesson_id, id, title, start_s, end_s, poster FROM catalog_clip"
            " WHERE n IS NOT NULL AND lesson_id IN :ids ORDER BY n"
        )
        self._words = self._of(
            "SELECT lesson_id, n, digest FROM catalog_transcript WHERE in_use AND lesson_id IN :ids"
        )
        self._lines = self._of(
            "SELECT lesson_id, count(*) AS lines FROM catalog_cue WHERE lesson_id IN :ids GROUP BY lesson_id"
        )
        self._materials = self._of(
            "SELECT lesson_id, id, name FROM works_file"
            " WHERE honour_id IS NULL AND lesson_id IN :ids ORDER BY added_at, id"
        )
        self._honours = self._of(
            "SELECT lesson_id, id, award AS name FROM works_honour"
            " WHERE lesson_id IN :ids ORDER BY year DESC, id"
        )
        self._sites = self._of(
            "SELECT held.lesson_id, site.id, site.name FROM works_lesson_site held"
            " JOIN works_site site ON site.id = held.site_id WHERE held.lesson_id IN :ids"
        )

    def _of(self, query: str) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = defaultdict(list)
        text = sa.text(query).bindparams(sa.bindparam("ids", expanding=True))
        for row in self._db.execute(text, {"ids": self._ids}).mappings():
            found[row["lesson_id"]].append({name: row[name] for name in row if name != "lesson_id"})
        return found

    def snapshot(self, row: sa.RowMapping) -> dict[str, Any]:
        lesson_id = row["id"]
        lines, used = self._lines.get(lesson_id), self._words.get(lesson_id)
        words = None
        if row["transcript"] != "none":
            words = {
                "n": used[0]["n"] if used else None,
                "digest": used[0]["digest"] if used else "",
                "quality": row["transcript"],
                "lines": lines[0]["lines"] if lines else 0,
            }
        return {
            "values": {
                "title": row["title"],
                "lecturer": row["lecturer"] or "",
                "topics": [one["name"] for one in self._topics.get(lesson_id, ())],
                "date": row["taught_on"].isoformat() if row["taught_on"] else "",
                "summary": row["summary"],
                "language": row["language"],
                "genre": row["genre"],
            },
            "kind": row["kind"],
            "duration_s": row["duration_s"],
            "clips": self._clips.get(lesson_id, []),
            "words": words,
            "materials": self._materials.get(lesson_id, []),
            "honours": self._honours.get(lesson_id, []),
            "site": next(iter(self._sites.get(lesson_id, ())), None),
            "audience": row["audience"],
            "tokens": row["chosen"],
        }
