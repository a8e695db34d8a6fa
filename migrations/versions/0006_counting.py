"""views of members, visitors and screenings apart; completion; counts that outlive what is deleted"""

from __future__ import annotations

from itertools import groupby
from typing import Any

import sqlalchemy as sa
from alembic import op

import library.core.database

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_MOMENT = library.core.database.UtcDateTime(timezone=True)
_ID = sa.String(16)
_COMPLETE_SHARE = 0.9
_CHUNK = 1000
# The foreign keys of 0001, by table: column and the table it pointed to.
_KEYS = {
    "plays_play": (("clip_id", "catalog_clip"), ("lesson_id", "catalog_lesson")),
    "plays_view": (("clip_id", "catalog_clip"), ("lesson_id", "catalog_lesson"), ("play_id", "plays_play")),
    "plays_day": (("clip_id", "catalog_clip"), ("lesson_id", "catalog_lesson")),
    "plays_last_view": (("clip_id", "catalog_clip"),),
}
_SUMS = ("member_views", "visitor_views", "group_views", "group_people", "completes")


def upgrade() -> None:
    """Apply. Where a person belonged was not noted before: those views are of no branch."""
    with op.batch_alter_table("plays_play") as play:
        _drop_keys(play, "plays_play")
        _describe(play)
        play.add_column(sa.Column("rate", sa.Double(), nullable=False, server_default="1.5"))
        play.add_column(sa.Column("doubted", sa.JSON(), nullable=False, server_default="[]"))
        play.add_column(sa.Column("capped_s", sa.Double(), nullable=False, server_default="0"))
        play.add_column(sa.Column("completed", sa.Boolean(), nullable=False, server_default=sa.false()))
        play.create_index(play.f("ix_plays_play_viewer_started_at"), ["viewer", "started_at"])
        play.create_index(play.f("ix_plays_play_started_at"), ["started_at"])
    with op.batch_alter_table("plays_view") as view:
        _drop_keys(view, "plays_view")
        _describe(view)
        view.add_column(sa.Column("day", sa.Date(), nullable=False, server_default="1970-01-01"))
        view.create_index(view.f("ix_plays_view_day"), ["day"])
    op.execute("UPDATE plays_play SET kind = 'member' WHERE viewer LIKE 'p:%'")
    op.execute("UPDATE plays_view SET kind = 'member' WHERE viewer LIKE 'p:%'")
    op.execute(f"UPDATE plays_view SET day = {_chinese_day('at')}")  # noqa: S608
    _make_watchers()
    _split_day_sums()
    op.drop_table("plays_last_view")


def _drop_keys(batch: Any, table: str) -> None:
    for column, target in _KEYS[table]:
        batch.drop_constraint(batch.f(f"fk_{table}_{column}_{target}"), type_="foreignkey")


def _describe(batch: Any) -> None:
    batch.add_column(sa.Column("kind", sa.String(8), nullable=False, server_default="visitor"))
    batch.add_column(sa.Column("people", sa.Integer(), nullable=False, server_default="1"))
    batch.add_column(sa.Column("source", sa.String(8), nullable=False, server_default="link"))
    batch.add_column(sa.Column("branch_id", _ID, nullable=True))


def _chinese_day(column: str) -> str:
    if op.get_bind().dialect.name == "sqlite":
        return f"date({column}, '+8 hours')"
    return f"({column} AT TIME ZONE 'UTC' + interval '8 hours')::date"


def _make_watchers() -> None:
    """Put together what each viewer has seen of each clip."""
    ranges, moment = sa.JSON(), _MOMENT
    watcher = op.create_table(
        "plays_watcher",
        sa.Column("clip_id", _ID, nullable=False),
        sa.Column("viewer", sa.String(40), nullable=False),
        sa.Column("lesson_id", _ID, nullable=False),
        sa.Column("viewed_at", moment, nullable=True),
        sa.Column("ranges", ranges, nullable=False),
        sa.Column("unique_s", sa.Double(), nullable=False),
        sa.Column("completed_at", moment, nullable=True),
        sa.PrimaryKeyConstraint("clip_id", "viewer", name=op.f("pk_plays_watcher")),
    )
    op.create_index(op.f("ix_plays_watcher_viewer"), "plays_watcher", ["viewer"])
    plays = sa.text(
        "SELECT p.clip_id, p.viewer, p.lesson_id, p.ranges, p.last_at, l.at AS viewed_at,"
        " coalesce(c.duration_s, c.end_s - c.start_s) AS clip_s FROM plays_play p"
        " JOIN catalog_clip c ON c.id = p.clip_id"
        " LEFT JOIN plays_last_view l ON l.clip_id = p.clip_id AND l.viewer = p.viewer"
        " ORDER BY p.clip_id, p.viewer, p.last_at"
    ).columns(ranges=ranges, last_at=moment, viewed_at=moment)
    rows = op.get_bind().execute(plays).all()
    made = [_watcher(list(its)) for _, its in groupby(rows, key=lambda play: (play.clip_id, play.viewer))]
    for first in range(0, len(made), _CHUNK):
        op.bulk_insert(watcher, made[first : first + _CHUNK])


def _watcher(plays: list[Any]) -> dict[str, Any]:
    seen: list[list[float]] = []
    completed_at = None
    for play in plays:
        joined: list[list[float]] = []
        for start, end in sorted([*seen, *play.ranges]):
            if joined and start <= joined[-1][1]:
                joined[-1][1] = max(joined[-1][1], end)
            else:
                joined.append([start, end])
        seen = joined
        # Looking over a draft never counted, so only who had a view has seen it to the end.
        if play.viewed_at and not completed_at and _total(seen) >= _COMPLETE_SHARE * play.clip_s:
            completed_at = play.last_at
    one = {name: getattr(plays[0], name) for name in ("clip_id", "viewer", "lesson_id", "viewed_at")}
    return {**one, "ranges": seen, "unique_s": _total(seen), "completed_at": completed_at}


def _total(ranges: list[list[float]]) -> float:
    return sum(end - start for start, end in ranges)


def _split_day_sums() -> None:
    op.execute("CREATE TEMPORARY TABLE day_before AS SELECT * FROM plays_day")
    op.drop_table("plays_day")
    op.create_table(
        "plays_day",
        sa.Column("clip_id", _ID, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("branch_id", _ID, nullable=False),
        sa.Column("lesson_id", _ID, nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in _SUMS),
        sa.Column("watched_s", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("clip_id", "day", "branch_id", name=op.f("pk_plays_day")),
    )
    op.create_index(op.f("ix_plays_day_lesson_id"), "plays_day", ["lesson_id"])
    op.create_index(op.f("ix_plays_day_day"), "plays_day", ["day"])
    done = _chinese_day("completed_at")
    views = "(SELECT count(*) FROM plays_view v WHERE v.clip_id = d.clip_id AND v.day = d.day AND v.kind ="
    op.execute(
        "INSERT INTO plays_day (clip_id, day, branch_id, lesson_id, member_views, visitor_views, group_views,"  # noqa: S608
        " group_people, completes, watched_s)"
        f" SELECT clip_id, day, '', max(lesson_id), {views} 'member'), {views} 'visitor'), 0, 0,"
        " sum(completes), sum(watched_s) FROM"
        " (SELECT clip_id, day, lesson_id, 0 AS completes, watched_s FROM day_before UNION ALL"
        f" SELECT clip_id, {done}, lesson_id, 1, 0 FROM plays_watcher WHERE completed_at IS NOT NULL) d"
        " GROUP BY clip_id, day"
    )
    op.execute("DROP TABLE day_before")


def downgrade() -> None:
    """Undo. Screenings, completions, and what was counted of lessons and clips that are gone, are lost."""
    op.create_table(
        "plays_last_view",
        sa.Column("clip_id", _ID, nullable=False),
        sa.Column("viewer", sa.String(40), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("clip_id", "viewer", name=op.f("pk_plays_last_view")),
    )
    op.execute(
        "INSERT INTO plays_last_view SELECT clip_id, viewer, viewed_at FROM plays_watcher"
        " WHERE viewed_at IS NOT NULL"
    )
    op.drop_table("plays_watcher")
    op.execute("CREATE TEMPORARY TABLE day_after AS SELECT * FROM plays_day")
    op.drop_table("plays_day")
    op.create_table(
        "plays_day",
        sa.Column("clip_id", _ID, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("lesson_id", _ID, nullable=False),
        sa.Column("views", sa.Integer(), nullable=False),
        sa.Column("watched_s", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("clip_id", "day", name=op.f("pk_plays_day")),
    )
    op.create_index(op.f("ix_plays_day_lesson_id"), "plays_day", ["lesson_id"])
    op.create_index(op.f("ix_plays_day_day"), "plays_day", ["day"])
    op.execute(
        "INSERT INTO plays_day SELECT clip_id, day, max(lesson_id), sum(member_views + visitor_views),"
        " sum(watched_s) FROM day_after GROUP BY clip_id, day"
    )
    op.execute("DROP TABLE day_after")
    for table in ("plays_last_view", "plays_day", "plays_view", "plays_play"):
        if table != "plays_day":
            op.execute(f"DELETE FROM {table} WHERE viewer LIKE 'g:%'")  # noqa: S608
        op.execute(f"DELETE FROM {table} WHERE clip_id NOT IN (SELECT id FROM catalog_clip)")  # noqa: S608
    op.execute("DELETE FROM plays_view WHERE play_id NOT IN (SELECT id FROM plays_play)")
    with op.batch_alter_table("plays_view") as view:
        view.drop_index(view.f("ix_plays_view_day"))
        for name in ("day", "branch_id", "source", "people", "kind"):
            view.drop_column(name)
    with op.batch_alter_table("plays_play") as play:
        play.drop_index(play.f("ix_plays_play_started_at"))
        play.drop_index(play.f("ix_plays_play_viewer_started_at"))
        for name in ("completed", "capped_s", "doubted", "rate", "branch_id", "source", "people", "kind"):
            play.drop_column(name)
    for table, keys in _KEYS.items():
        with op.batch_alter_table(table) as batch:
            for column, target in keys:
                name = batch.f(f"fk_{table}_{column}_{target}")
                batch.create_foreign_key(name, target, [column], ["id"], ondelete="CASCADE")
