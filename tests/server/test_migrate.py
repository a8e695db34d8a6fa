"""Migrations: from nothing, several at once, with a copy before, and nothing lost on the way."""

from __future__ import annotations

import multiprocessing
import shutil
import sqlite3
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import bindparam, event, func, select, text
from sqlalchemy.exc import IntegrityError

from library.catalog.tables import Clip, Lesson
from library.core.database import Database, UtcDateTime, copy_sqlite, open_database, sqlite_file
from library.core.partial_indexes import with_partial_indexes
from library.intake.tables import Recording, Step
from library.organisation import queries as organisation
from library.organisation.tables import Node
from library.plays.tables import DaySum, Play, View, Watcher
from server import migrate
from server.slices import SLICES
from tests.support import factories as make
from tests.support.databases import KINDS, NOW, ORGANISATION
from tests.support.processes import FORKS
from tests.support.together import together

pytestmark = pytest.mark.dear(13)


@pytest.fixture(params=KINDS)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without a table; the folder's name is one that URLs escape."""
    if request.param == "sqlite":
        (tmp_path / "党课 100%").mkdir()
        return f"sqlite:///{tmp_path}/党课 100%/weike.sqlite"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def empty(empty_url: str) -> Iterator[Database]:
    db = open_database(empty_url)
    yield db
    db.close()


@pytest.fixture
def next_migrations(tmp_path: Path) -> Path:
    """Our migrations and one more, which changes a table as SQLite must: copy, drop, rename."""
    folder = tmp_path / "migrations"
    shutil.copytree(migrate.MIGRATIONS, folder)
    (folder / "versions" / "9999_next.py").write_text(
        "import sqlalchemy as sa\n"
        "from alembic import op\n"
        f"revision, down_revision, branch_labels, depends_on = '9999', '{migrate.newest()}', None, None\n"
        "def upgrade():\n"
        "    with op.batch_alter_table('catalog_lesson', recreate='auto') as table:\n"
        "        table.add_column(sa.Column('colour', sa.String(8)))\n"
        "        table.alter_column('title', type_=sa.String(201))\n"
    )
    return folder


def copies(db: Database) -> list[Path]:
    file = sqlite_file(str(db.engine.url))
    assert file is not None
    return sorted(file.parent.glob("*-before-*"))


@pytest.mark.slow
def test_from_nothing_to_the_newest_and_then_nothing_to_do(empty: Database) -> None:
    assert migrate.current(empty) is None
    assert migrate.prepare(empty, ORGANISATION, NOW) is True
    assert migrate.current(empty) == migrate.newest()
    assert migrate.prepare(empty, "另一个名字", NOW) is False
    with empty.read() as session:
        assert organisation.root_node(session).name == ORGANISATION


@pytest.mark.slow
def test_the_migrations_make_what_the_models_say(db: Database) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert SLICES, "they bring the tables"
        assert compare_metadata(context, with_partial_indexes()) == []


@pytest.mark.slow
def test_the_check_finds_a_difference_when_there_is_one(db: Database) -> None:
    with db.write() as session:
        session.execute(text("ALTER TABLE catalog_lesson ADD COLUMN colour VARCHAR(8)"))
    with db.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), with_partial_indexes()) != []


def _prepare(
    url: str, ready: multiprocessing.synchronize.Barrier, results: multiprocessing.Queue[object]
) -> None:
    db = open_database(url)
    ready.wait(60)
    try:
        results.put(migrate.prepare(db, ORGANISATION, NOW))
    except Exception as error:
        results.put(repr(error))
    db.close()


@pytest.mark.slow
def test_two_processes_at_once_migrate_once_and_make_one_root(empty_url: str) -> None:
    ready, results = FORKS.Barrier(2), FORKS.Queue()
    started = [FORKS.Process(target=_prepare, args=(empty_url, ready, results)) for _ in range(2)]
    for process in started:
        process.start()
    assert sorted([results.get(timeout=60), results.get(timeout=60)], key=str) == [False, True]
    for process in started:
        process.join(30)
    db = open_database(empty_url)
    with db.read() as session:
        assert session.scalar(select(func.count()).select_from(Node)) == 1
    db.close()


@pytest.mark.slow
def test_two_first_starts_at_once_make_one_root(empty: Database) -> None:
    migrate.upgrade(empty, NOW)

    def linger(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("INSERT INTO organisation_node"):
            time.sleep(0.3)  # long enough for the other to look and find no root

    event.listen(empty.engine, "before_cursor_execute", linger)
    assert together([lambda: migrate.prepare(empty, ORGANISATION, NOW)] * 3) == [False] * 3
    with empty.read() as session:
        assert session.scalar(select(func.count()).select_from(Node)) == 1


_FIRST_ROWS = (
    "INSERT INTO people_branch (id, name, path, created_at) VALUES ('b', '县', '/b/', '2026-01-01')",
    "INSERT INTO catalog_lesson (id, title, summary, language, kind, branch_id, state, audience, transcript,"
    " created_at, revision) VALUES"
    " ('l', '课', '', 'zh-CN', 'video', 'b', 'draft', 'everyone', 'none', '2026-01-01', 1)",
    "INSERT INTO catalog_clip (id, lesson_id, n, start_s, end_s, reason, size_bytes, poster) VALUES"
    " ('p', 'l', 1, 0, 5, '', 7, true), ('s', 'l', 2, 5, 9, '', 7, false)",
    "INSERT INTO intake_recording (id, lesson_id, file_name, size_bytes, state, reason_args, accepted_twin,"
    " attempt, created_at) VALUES ('r', 'l', '课.mp4', 9, 'ready', '{}', false, 1, '2026-01-01')",
    "INSERT INTO intake_step (recording_id, kind, n, clip_id, state, percent, reason_args, hopeless) VALUES"
    " ('r', 'clip', 1, 'p', 'done', 100, '{}', false)",
)


@pytest.mark.slow
def test_what_the_first_tables_held_is_still_there_after_every_migration(empty: Database) -> None:
    with migrate._alone(empty) as connection:
        config = migrate.alembic_config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    with empty.write() as session:
        for statement in _FIRST_ROWS:
            session.execute(text(statement))
    assert migrate.upgrade(empty, NOW) is True
    with empty.write() as session:
        lesson = session.get(Lesson, "l")
        assert lesson is not None
        assert [(c.id, c.n, c.poster, c.stills, c.strip, c.title) for c in lesson.clips] == [
            ("p", 1, "poster.jpg", 0, False, ""),
            ("s", 2, "", 0, False, ""),
        ]
        recording = session.scalars(select(Recording)).one()
        assert (recording.state, recording.wanted) == ("ready", None)
        assert session.scalar(select(func.count()).select_from(Step)) == 1
        recording.state, recording.size_bytes = "cancelled", 5 * 2**30  # both were too much for 0001
    with pytest.raises(IntegrityError), empty.write() as session:
        session.execute(text("UPDATE catalog_clip SET start_s = end_s"))


_FIRST_PLAYS = (
    "INSERT INTO plays_play (id, clip_id, lesson_id, viewer, started_at, last_at, ranges, credited_s,"
    " counted) VALUES ('1', 'p', 'l', 'p:one', :morning, :morning, '[[0, 2.5]]', 2.5, true),"
    " ('2', 'p', 'l', 'p:one', :evening, :evening, '[[2, 4.6]]', 2.6, true),"
    " ('3', 'p', 'l', 'v:two', :evening, :evening, '[[0, 4]]', 4, true),"
    " ('4', 's', 'l', 'p:own', :evening, :evening, '[[0, 4]]', 4, false)",  # looked over a draft
    "INSERT INTO plays_last_view (clip_id, viewer, at) VALUES"
    " ('p', 'p:one', :evening), ('p', 'v:two', :evening)",
    "INSERT INTO plays_view (id, play_id, clip_id, lesson_id, viewer, at) VALUES"
    " ('1', '1', 'p', 'l', 'p:one', :morning), ('2', '2', 'p', 'l', 'p:one', :evening),"
    " ('3', '3', 'p', 'l', 'v:two', :evening)",
    "INSERT INTO plays_day (clip_id, day, lesson_id, views, watched_s) VALUES"
    " ('p', '2026-01-01', 'l', 1, 2.5), ('p', '2026-01-02', 'l', 2, 6.6)",
)
_DAYS = [(date(2026, 1, 1), "", 1, 0, 0, 0, 2.5), (date(2026, 1, 2), "", 1, 1, 0, 1, 6.6)]


def _to(empty: Database, revision: str) -> None:
    with migrate._alone(empty) as connection:
        config = migrate.alembic_config()
        config.attributes["connection"] = connection
        (command.downgrade if revision == "0003" else command.upgrade)(config, revision)


@pytest.mark.slow
def test_what_was_counted_at_first_is_split_by_who_watched_and_can_be_put_together_again(
    empty: Database,
) -> None:
    _to(empty, "0001")
    # Two minutes apart, on two Chinese days and on one of Greenwich's.
    moments = {
        "morning": datetime(2026, 1, 1, 15, 59, tzinfo=UTC),
        "evening": datetime(2026, 1, 1, 16, 1, tzinfo=UTC),
    }
    with empty.write() as session:
        for statement in _FIRST_ROWS:
            session.execute(text(statement))
        for statement in _FIRST_PLAYS:
            values = {name: at for name, at in moments.items() if f":{name}" in statement}
            session.execute(
                text(statement).bindparams(*(bindparam(n, v, UtcDateTime()) for n, v in values.items()))
            )
    for _ in range(2):
        migrate.upgrade(empty, NOW)
        with empty.read() as session:
            views = session.execute(select(View.id, View.kind, View.day, View.people).order_by(View.id)).all()
            assert views == [
                ("1", "member", date(2026, 1, 1), 1),
                ("2", "member", date(2026, 1, 2), 1),
                ("3", "visitor", date(2026, 1, 2), 1),
            ]
            sums = [
                (d.day, d.node_id, d.member_views, d.visitor_views, d.group_views, d.completes, d.watched_s)
                for d in session.scalars(select(DaySum).order_by(DaySum.day))
            ]
            assert sums == _DAYS
            assert [
                (w.viewer, w.ranges, w.viewed_at, w.completed_at)
                for w in session.scalars(select(Watcher).order_by(Watcher.viewer))
            ] == [
                ("p:one", [[0, 4.6]], moments["evening"], moments["evening"]),
                ("p:own", [[0, 4]], None, None),
                ("v:two", [[0, 4]], moments["evening"], None),
            ]
            last = dict(session.execute(select(Watcher.viewer, Watcher.last_day)).all())
            assert last.pop("p:own") >= date(2026, 1, 2), "nobody knows: kept from now on"
            assert set(last.values()) == {date(2026, 1, 2)}
            kinds = session.execute(select(Play.id, Play.kind, Play.doubted).order_by(Play.id)).all()
            assert kinds == [
                ("1", "member", []),
                ("2", "member", []),
                ("3", "visitor", []),
                ("4", "member", []),
            ]
        _to(empty, "0003")
        with empty.read() as session:
            assert session.execute(text("SELECT views, watched_s FROM plays_day ORDER BY day")).all() == [
                (1, 2.5),
                (2, 6.6),
            ]
            assert session.scalar(text("SELECT count(*) FROM plays_last_view")) == 2
            assert session.scalar(text("SELECT count(*) FROM plays_view")) == 3


def test_a_migration_that_rebuilds_a_table_deletes_nothing_that_points_to_it(
    db: Database, next_migrations: Path
) -> None:
    with db.write() as session:
        made = make.lesson(session, "迁移前", clips=2, spoken=["一", "二"])
        lesson_id = made.id
    assert migrate.upgrade(db, NOW, next_migrations) is True
    with db.read() as session:
        assert session.scalar(select(func.count()).select_from(Clip).where(Clip.lesson_id == lesson_id)) == 2
    with db.write() as session:  # and rows that point nowhere are refused again
        if db.is_sqlite:
            assert session.scalar(text("PRAGMA foreign_keys")) == 1


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
class TestCopies:
    """SQLite only: PostgreSQL's owners have their own backups."""

    def test_the_file_is_copied_before_it_is_changed_wherever_it_lies(
        self, db: Database, next_migrations: Path, tmp_path: Path
    ) -> None:
        folder = tmp_path / "党课 100%"
        folder.mkdir()
        file = sqlite_file(str(db.engine.url))
        assert file is not None
        copy_sqlite(file, folder / "weike.sqlite")
        moved = open_database(f"sqlite:///{folder}/weike.sqlite")
        with moved.write() as session:
            make.lesson(session, "迁移前")
        migrate.upgrade(moved, NOW, next_migrations)
        [copy] = copies(moved)
        assert copy.name == "weike-before-9999-20261123093000.sqlite"
        moved.close()
        with sqlite3.connect(copy) as old:
            assert old.execute("SELECT title FROM catalog_lesson").fetchall() == [("迁移前",)]
            assert "colour" not in [c[1] for c in old.execute("PRAGMA table_info(catalog_lesson)")]

    def test_a_new_library_has_nothing_to_copy(self, db: Database) -> None:
        assert copies(db) == []

    def test_two_that_migrate_at_once_make_one_copy(self, db: Database, next_migrations: Path) -> None:
        results = together([lambda: migrate.upgrade(db, NOW, next_migrations)] * 3)
        assert sorted(results, key=str) == [False, False, True]
        assert len(copies(db)) == 1

    def test_three_copies_are_kept(self, db: Database, next_migrations: Path) -> None:
        file = sqlite_file(str(db.engine.url))
        assert file is not None
        for day in range(5):
            at = NOW - timedelta(days=day + 1)
            file.with_name(f"{file.stem}-before-0000-{at:%Y%m%d%H%M%S}.sqlite").touch()
        migrate.upgrade(db, NOW, next_migrations)
        assert [c.name.split("-")[-2] for c in copies(db)] == ["0000", "0000", "9999"]

    def test_a_migration_that_leaves_orphans_changes_nothing(
        self, db: Database, next_migrations: Path
    ) -> None:
        with db.write() as session:
            make.lesson(session, clips=1)
        script = next_migrations / "versions" / "9999_next.py"
        head = script.read_text().split("def upgrade")[0]
        script.write_text(head + "def upgrade():\n    op.execute('DELETE FROM catalog_lesson')\n")  # noqa: S608
        with pytest.raises(migrate.RowsOrphaned):
            migrate.upgrade(db, NOW, next_migrations)
        assert migrate.current(db) == migrate.newest()
        with db.read() as session:
            assert session.scalar(select(func.count()).select_from(Lesson)) == 1
