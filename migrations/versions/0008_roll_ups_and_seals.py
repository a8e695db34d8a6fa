"""roll-ups of closed days, the chain of seals, and when a viewer was last there"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import library.core.clock
import library.core.database

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_MOMENT = library.core.database.UtcDateTime(timezone=True)
_ID = sa.String(16)
_COUNTS = ("member_views", "visitor_views", "group_views", "group_people", "completes")
_SOURCES = ("from_feed", "from_search", "from_link", "from_qr", "from_next")
_NEW = ("new_members", "new_visitors")
_PEOPLE = ("members", "visitors")
# Table, index before, index after: what statistics of a span, first views and live curves look for.
_INDICES = (
    ("plays_day", ("lesson_id",), ("lesson_id", "day")),
    ("plays_view", ("lesson_id", "viewer"), ("lesson_id", "viewer", "day")),
    ("plays_view", ("clip_id", "viewer"), ("clip_id", "viewer", "day")),
    ("plays_view", ("day",), ("day", "id")),
    ("plays_view", (), ("lesson_id", "day")),
    ("plays_play", ("clip_id", "viewer"), ("clip_id", "started_at")),
)


def upgrade() -> None:
    """Apply. The days that are over are closed, rolled up and sealed by the next run of the job."""
    for table, before, after in _INDICES:
        if before:
            op.drop_index(_index(table, before), table)
        op.create_index(_index(table, after), table, list(after))
    with op.batch_alter_table("plays_watcher") as watcher:
        watcher.add_column(sa.Column("last_day", sa.Date(), nullable=False, server_default="1970-01-01"))
    viewed, completed = (_chinese_day(f"coalesce({name}, :now)") for name in ("viewed_at", "completed_at"))
    op.get_bind().execute(
        sa.text(
            "UPDATE plays_watcher SET last_day ="  # noqa: S608
            f" CASE WHEN viewed_at IS NOT NULL THEN {viewed} ELSE {completed} END"
        ).bindparams(sa.bindparam("now", library.core.clock.utc_now(), type_=_MOMENT))
    )
    op.create_index(op.f("ix_plays_watcher_last_day"), "plays_watcher", ["last_day"])
    _table("plays_lesson_day", _key("lesson_id"), _day(), *_figures(), *_counts(*_SOURCES, *_PEOPLE, *_NEW))
    _table("plays_branch_day", _key("branch_id"), _day(), *_figures())
    for table in ("plays_lesson_day", "plays_branch_day"):
        op.create_index(op.f(f"ix_{table}_day"), table, ["day"])
    _table("plays_lesson_sum", _key("lesson_id"), *_figures(), *_counts(*_PEOPLE))
    lesson = sa.Column("lesson_id", _ID, nullable=False)
    _table("plays_clip_sum", _key("clip_id"), lesson, *_figures(), *_counts(*_PEOPLE))
    op.create_index(op.f("ix_plays_clip_sum_lesson_id"), "plays_clip_sum", ["lesson_id"])
    _table(
        "plays_curve",
        _key("clip_id"),
        sa.Column("through", sa.Date(), nullable=False),
        sa.Column("step_s", sa.Double(), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("of", sa.Integer(), nullable=False),
    )
    _table(
        "plays_seal",
        _day(),
        sa.Column("closed_at", _MOMENT, nullable=False),
        *_counts("member_views", "visitor_views", "group_views"),
        sa.Column("digest", sa.String(64), nullable=True),
        sa.Column("link", sa.String(64), nullable=True),
        sa.Column("sealed_at", _MOMENT, nullable=True),
        sa.Column("curves_at", _MOMENT, nullable=True),
    )


def _index(table: str, columns: tuple[str, ...]) -> str:
    return op.f(f"ix_{table}_{'_'.join(columns)}")


def _key(name: str) -> sa.Column[str]:
    return sa.Column(name, _ID, nullable=False, primary_key=True)


def _day() -> sa.Column[object]:
    return sa.Column("day", sa.Date(), nullable=False, primary_key=True)


def _counts(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]


def _figures() -> list[sa.Column[object]]:
    return [*_counts(*_COUNTS), sa.Column("watched_s", sa.Double(), nullable=False)]


def _table(name: str, *columns: sa.Column[object]) -> None:
    keys = [column.name for column in columns if column.primary_key]
    op.create_table(name, *columns, sa.PrimaryKeyConstraint(*keys, name=op.f(f"pk_{name}")))


def _chinese_day(moment: str) -> str:
    if op.get_bind().dialect.name == "sqlite":
        return f"date({moment}, '+8 hours')"
    return f"({moment} AT TIME ZONE 'UTC' + interval '8 hours')::date"


def downgrade() -> None:
    """Undo. Seals that were printed can no longer be compared with anything, and plays taken away stay so."""
    for table in ("seal", "curve", "clip_sum", "lesson_sum", "branch_day", "lesson_day"):
        op.drop_table(f"plays_{table}")
    with op.batch_alter_table("plays_watcher") as watcher:
        watcher.drop_index(watcher.f("ix_plays_watcher_last_day"))
        watcher.drop_column("last_day")
    for table, before, after in reversed(_INDICES):
        op.drop_index(_index(table, after), table)
        if before:
            op.create_index(_index(table, before), table, list(before))
