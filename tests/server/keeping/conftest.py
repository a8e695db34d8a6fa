"""Libraries in which every table has rows, on each database, and where to bring them."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from obstore.store import ObjectStore

from library.core.clock import utc_now
from library.core.database import Database, open_database
from server import migrate
from server.background.backing_up import maker_of, secret_files
from server.keeping.backup import BackupMaker
from server.keeping.restore import Restore
from server.keeping.shelf import Shelf
from server.settings import Settings
from server.wiring import open_store
from tests.support.databases import KINDS, NOW, Databases
from tests.support.full_library import fill, put_files
from tests.support.outside import postgres


@dataclass(frozen=True)
class Library:
    """A library with rows and files, closed: its settings say where it is."""

    settings: Settings

    @property
    def data(self) -> Path:
        """Its data folder."""
        return self.settings.data

    @property
    def store(self) -> ObjectStore:
        """Its objects."""
        return open_store(self.settings)

    @contextmanager
    def open(self) -> Iterator[Database]:
        """Its database."""
        db = open_database(self.settings.database)
        try:
            yield db
        finally:
            db.close()

    @contextmanager
    def backing_up(self, folder: Path) -> Iterator[BackupMaker]:
        """What backs it up."""
        with self.open() as db:
            yield maker_of(db, self.store, self.settings, utc_now, folder)

    def restore(self, folder: Path) -> Restore:
        """What brings a backup back into it."""
        settings = self.settings
        return Restore(
            shelf=Shelf(folder),
            data=settings.data,
            database_url=settings.database,
            store=self.store,
            uploads=settings.uploads_folder,
            index=settings.index_folder,
            secrets=secret_files(settings),
            clock=utc_now,
            postgres_folder=settings.postgres_tools,
        )


NewLibrary = Callable[..., Library]


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Which database a test is about."""
    return str(request.param)


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[NewLibrary]:
    """``place("sqlite")``: where a library may come to lie; nothing is there yet, or what a template has."""
    made: list[str] = []

    def new(kind: str, template: str = "template0", **settings: Any) -> Library:
        data = tmp_path / f"党课 100% {len(made)}" / "data"
        made.append("")
        if kind == "postgres":
            server: postgres.PostgresServer = request.getfixturevalue("postgres_server")
            made[-1] = server.create(template=template)
            settings |= {"database_url": server.url(made[-1]), "postgres_tools": postgres.client_tools()}
        return Library(Settings(data=data, worker=False, _env_file=None, **settings))  # type: ignore[call-arg]

    yield new
    for name in filter(None, made):
        request.getfixturevalue("postgres_server").drop(name)


def _full(db: Database) -> None:
    migrate.upgrade(db, NOW)
    fill(db)


FULL = ("weike_full", _full)
"""A database in which every table has rows."""


@pytest.fixture
def full(place: NewLibrary, databases: Databases) -> NewLibrary:
    """``full("sqlite")``: a library in which every table has rows and every file is there."""

    def new(kind: str, **settings: Any) -> Library:
        template = databases.postgres_template(*FULL) if kind == "postgres" else ""
        library = place(kind, template, **settings)
        library.settings.uploads_folder.mkdir(parents=True)
        if kind == "sqlite":
            shutil.copyfile(databases.sqlite_template(*FULL), library.data / "weike.sqlite")
        for name, file in secret_files(library.settings).items():
            file.write_text(hashlib.sha256(name.encode()).hexdigest())
            file.chmod(0o600)
        with library.open() as db:
            put_files(db, library.store)
        return library

    return new
