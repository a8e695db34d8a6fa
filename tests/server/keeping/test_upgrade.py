"""From an older version with rows in every table: forward, killed on the way, and back by the copy."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from alembic import command as alembic
from sqlalchemy import inspect

from library.core.database import open_database
from server import migrate
from tests.server.keeping.conftest import Library, NewLibrary
from tests.server.keeping.test_backup import command
from tests.support.databases import NOW
from tests.support.full_library import ROWS
from tests.support.outside.postgres import client_tools
from tests.support.processes import FORKS

pytestmark = [pytest.mark.slow, pytest.mark.dear(29)]

OLD = "0008"
LET_GO = {"people_sign_in_failures", "searches_asker", "searches_day"}
"""Tables whose rows a later version lets go of on purpose (migrations 0012 and 0014)."""
FEWER = {"people_invitation", "people_role"}
"""Of these some rows are of kinds that the older version does not know."""
_OPEN_ROLES = "UPDATE people_role SET ended_at = NULL"
"""The older version knows no roles that have ended, and lets them go."""
_RESET_LINKS = "DELETE FROM people_invitation WHERE person_id IS NOT NULL AND used_at IS NULL"
"""Links to reset a password that nobody has used: 0012 lets go of them, they do not say what they open."""

ANEW = {"people_branch": "organisation_node", "plays_branch_day": "plays_node_day", "branch_id": "node_id"}
"""What tables and columns of the older version are called now (migration 0049)."""

Rows = dict[str, list[dict[str, Any]]]


def older(library: Library) -> Rows:
    """Bring a full library to the tables of an older version; returns its rows."""
    with library.open() as db, migrate._alone(db) as connection:
        config = migrate.alembic_config()
        config.attributes["connection"] = connection
        connection.exec_driver_sql(_OPEN_ROLES)
        alembic.downgrade(config, OLD)
        connection.exec_driver_sql(_RESET_LINKS)
    return rows(library)


def rows(library: Library) -> Rows:
    """Every row of the tables that are there, whatever their version."""
    with library.open() as db, db.engine.connect() as connection:
        names = [name for name in inspect(connection).get_table_names() if name != "alembic_version"]
        return {
            name: sorted(
                (dict(row) for row in connection.exec_driver_sql(f'SELECT * FROM "{name}"').mappings()),  # noqa: S608
                key=lambda row: repr(sorted(row.items())),
            )
            for name in names
        }


def held(before: Rows, after: Rows) -> bool:
    """Whether every row of before is there, with every column that both versions have."""
    before = {
        ANEW.get(table, table): [{ANEW.get(name, name): row[name] for name in row} for row in found]
        for table, found in before.items()
    }

    def common(table: str, found: Rows) -> list[str]:
        columns = before[table][0].keys() & after[table][0].keys()
        return sorted(repr(sorted((c, row[c]) for c in columns)) for row in found[table])

    return all(common(table, before) == common(table, after) for table in before.keys() - LET_GO)


def revision(library: Library) -> str | None:
    with library.open() as db:
        return migrate.current(db)


def migrated(library: Library) -> tuple[dict[str, Any], str]:
    """Run `weike migrate`; returns what it said, to programs and to people."""
    child = command(library, "migrate", "--json")
    out, err = child.communicate(timeout=120)
    assert child.returncode == 0, err.decode()
    said: dict[str, Any] = json.loads(out)
    return said, err.decode()


def test_forward_with_everything_held_and_back_by_the_copy(
    full: NewLibrary, kind: str, request: pytest.FixtureRequest
) -> None:
    library = full(kind)
    before = older(library)
    assert len(before) > 25
    assert {len(before[name]) for name in before.keys() - LET_GO - FEWER} == {ROWS}
    assert all(before[name] for name in FEWER)
    said, told = migrated(library)
    assert (said["changed"], said["before"], said["revision"]) == (True, OLD, migrate.newest())
    copy = Path(said["copy"])
    assert str(copy) in told
    assert copy.stat().st_mode & 0o077 == 0 or kind == "sqlite"  # as the file that was copied
    assert held(before, rows(library))
    # Back, by the commands of docs/runbook.md, "Back to the older version".
    if kind == "sqlite":
        script = (
            "mkdir after && mv weike.sqlite after/"
            " && (mv weike.sqlite-wal weike.sqlite-shm after/ 2>/dev/null; true)"
            f" && cp -p {copy.name} weike.sqlite"
        )
        subprocess.run(["sh", "-ec", script], cwd=library.data, check=True)
    else:
        server = request.getfixturevalue("postgres_server")
        fresh = server.url(server.create())
        words = (client_tools() / "pg_restore", "--no-owner", "--dbname", fresh.replace("+psycopg", ""), copy)
        subprocess.run(words, check=True)
        library = Library(library.settings.model_copy(update={"database_url": fresh}))
    assert revision(library) == OLD
    assert rows(library) == before
    assert migrated(library)[0]["changed"]
    assert held(before, rows(library))


@pytest.mark.postgres
def test_without_pg_dump_it_says_that_there_is_no_copy_and_goes_on(full: NewLibrary, tmp_path: Path) -> None:
    library = full("postgres")
    before = older(library)
    (tmp_path / "nothing").mkdir()
    other = Library(library.settings.model_copy(update={"postgres_tools": tmp_path / "nothing"}))
    said, told = migrated(other)
    assert said["copy"] is None
    assert "pg_dump" in told
    assert held(before, rows(library))


def _migrate(url: str, migrations: str) -> None:
    db = open_database(url)
    migrate.upgrade(db, NOW, Path(migrations))


def test_killed_in_the_middle_nothing_has_happened(full: NewLibrary, kind: str, tmp_path: Path) -> None:
    library = full(kind)
    before = older(library)
    folder, reached = tmp_path / "migrations", tmp_path / "reached"
    shutil.copytree(migrate.MIGRATIONS, folder)
    (folder / "versions" / "9999_next.py").write_text(
        "import pathlib, time\n"
        "from alembic import op\n"
        f"revision, down_revision, branch_labels, depends_on = '9999', '{migrate.newest()}', None, None\n"
        "def upgrade():\n"
        "    op.drop_table('plays_view')\n"
        f"    pathlib.Path({str(reached)!r}).touch()\n"
        "    time.sleep(600)\n"
    )
    process = FORKS.Process(target=_migrate, args=(library.settings.database, str(folder)))
    process.start()
    end = time.monotonic() + 60
    while not reached.exists():
        assert process.is_alive()
        assert time.monotonic() < end
        time.sleep(0.01)
    os.kill(process.pid or 0, signal.SIGKILL)
    process.join()
    assert revision(library) == OLD
    assert rows(library) == before
    assert migrated(library)[0]["changed"]
    assert held(before, rows(library))


def test_half_a_copy_that_a_kill_left_goes_with_the_next(full: NewLibrary) -> None:
    library = full("sqlite")
    older(library)
    half = library.data / "weike-before-0010-20260101000000.partial"
    half.write_bytes(b"half")
    migrated(library)
    assert not half.exists()
    assert len(list(library.data.glob("weike-before-*"))) == 1
