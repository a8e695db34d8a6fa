"""Migrated databases for tests, on SQLite and on PostgreSQL: made once, then copied."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from library.core.database import Database, open_database
from server import migrate
from tests.support.outside.postgres import PostgresServer

ORGANISATION = "青溪县委党校"
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)  # a Monday, 17:30 in China
KINDS = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


class Databases:
    """Hands out databases with all tables and the root of the organisation tree, and nothing else."""

    def __init__(self, request: pytest.FixtureRequest, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self._request, self._folder = request, folder
        self._postgres_template: str | None = None
        self._made = 0

    @contextmanager
    def url(self, kind: str) -> Iterator[str]:
        """The address of a fresh database of `kind`, sqlite or postgres."""
        if kind == "sqlite":
            self._made += 1
            file = self._folder / str(self._made) / "weike.sqlite"
            file.parent.mkdir()
            shutil.copyfile(self._sqlite_template(), file)
            yield f"sqlite:///{file}"
            return
        server: PostgresServer = self._request.getfixturevalue("postgres_server")
        if self._postgres_template is None:
            self._postgres_template = server.template("weike_migrated", _fill)
        name = server.create(template=self._postgres_template)
        try:
            yield server.url(name)
        finally:
            server.drop(name)

    @contextmanager
    def open(self, kind: str) -> Iterator[Database]:
        """A fresh database of `kind`, open."""
        with self.url(kind) as url:
            db = open_database(url)
            try:
                yield db
            finally:
                db.close()

    def _sqlite_template(self) -> Path:
        file = self._folder / "template.sqlite"
        if not file.exists():
            _fill(f"sqlite:///{file}")
        return file


def _fill(url: str) -> None:
    db = open_database(url)
    migrate.prepare(db, ORGANISATION, NOW)
    if db.is_sqlite:
        with db.engine.connect() as connection:  # all of it into the one file that is copied
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("BEGIN")
    db.close()
