"""Migrated databases for tests, on SQLite and on PostgreSQL, also with rows: made once, then copied."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from library.core.database import Database, open_database
from server import migrate
from tests.support.outside.postgres import PostgresServer

ORGANISATION = "青溪县委党校"
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)  # a Monday, 17:30 in China
KINDS = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


Template = tuple[str, Callable[[Database], object]]
"""The name of a database that is made once, and what fills it, with tables and all."""


@dataclass(frozen=True)
class _Place:
    """Where databases lie one after another: a file or a name, and the engine that knows it."""

    kind: str
    name: str
    db: Database
    heard: tuple[int, ...]
    """How many listeners its engine was made with: one to which a test has added is not used again."""


class Databases:
    """Hands out databases with all tables and the root of the organisation tree, and nothing else."""

    def __init__(self, request: pytest.FixtureRequest, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self._request, self._folder = request, folder
        self._postgres_templates: dict[str, str] = {}
        self._made = 0
        self._resting: dict[str, list[_Place]] = {"sqlite": [], "postgres": []}

    @contextmanager
    def url(self, kind: str, template: Template | None = None) -> Iterator[str]:
        """The address of a fresh database of `kind`, sqlite or postgres; a copy of `template`, if given."""
        name, fill = template or MIGRATED
        if kind == "sqlite":
            self._made += 1
            file = self._folder / str(self._made) / "weike.sqlite"
            file.parent.mkdir()
            shutil.copyfile(self.sqlite_template(name, fill), file)
            yield f"sqlite:///{file}"
            return
        server: PostgresServer = self._request.getfixturevalue("postgres_server")
        made = server.create(template=self.postgres_template(name, fill))
        try:
            yield server.url(made)
        finally:
            server.drop(made)

    @contextmanager
    def open(self, kind: str, template: Template | None = None) -> Iterator[Database]:
        """A fresh database of `kind`, open.

        Its address may be that of one which a test before has given back: the engine has then learned the
        statements already, and to learn them takes a tenth of what tests of the library compute.
        """
        name, fill = template or MIGRATED
        place = self._resting[kind].pop() if self._resting[kind] else self._new_place(kind)
        self._lay(place, name, fill)
        try:
            yield place.db
        finally:
            place.db.close()
            place.db.policy.clear()
            if _heard(place.db) == place.heard:
                self._resting[kind].append(place)

    def _new_place(self, kind: str) -> _Place:
        if kind == "sqlite":
            self._made += 1
            file = self._folder / str(self._made) / "weike.sqlite"
            file.parent.mkdir()
            return _place(kind, str(file), f"sqlite:///{file}")
        server: PostgresServer = self._request.getfixturevalue("postgres_server")
        name = server.new_name()
        return _place(kind, name, server.url(name))

    def _lay(self, place: _Place, name: str, fill: Callable[[Database], object]) -> None:
        """Put a copy of a template where the place is."""
        if place.kind == "sqlite":
            shutil.rmtree(Path(place.name).parent)  # also what a test has put beside it
            Path(place.name).parent.mkdir()
            shutil.copyfile(self.sqlite_template(name, fill), place.name)
            return
        server: PostgresServer = self._request.getfixturevalue("postgres_server")
        server.drop(place.name)
        server.create(template=self.postgres_template(name, fill), name=place.name)

    def sqlite_template(self, name: str, fill: Callable[[Database], object]) -> Path:
        """The file, to be copied, of what `fill` makes of an empty database; once for each test process."""
        file = self._folder / f"{name}.sqlite"
        if not file.exists():
            _made(f"sqlite:///{file}", fill)
        return file

    def postgres_template(self, name: str, fill: Callable[[Database], object]) -> str:
        """The same as the name of a database of `postgres_server`; once for all test processes."""
        server: PostgresServer = self._request.getfixturevalue("postgres_server")
        if name not in self._postgres_templates:
            self._postgres_templates[name] = server.template(name, lambda url: _made(url, fill))
        return self._postgres_templates[name]


def _place(kind: str, name: str, url: str) -> _Place:
    db = open_database(url)
    return _Place(kind, name, db, _heard(db))


def _heard(db: Database) -> tuple[int, ...]:
    events = ("before_cursor_execute", "after_cursor_execute", "begin", "commit", "rollback")
    return tuple(len(tuple(getattr(db.engine.dispatch, name))) for name in events)


def migrated(db: Database) -> None:
    """Make all tables and the root in an empty database."""
    migrate.prepare(db, ORGANISATION, NOW)


MIGRATED: Template = ("weike_migrated", migrated)


def _made(url: str, fill: Callable[[Database], object]) -> None:
    db = open_database(url)
    fill(db)
    if db.is_sqlite:
        with db.engine.connect() as connection:  # all of it into the one file that is copied
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("BEGIN")
    db.close()
