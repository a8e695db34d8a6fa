"""PostgreSQL's own pg_dump and pg_restore: found, compared with the server, run."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.engine import Connection

from server.keeping.errors import BAD_INPUT, KeepingFailed
from transcode import run
from transcode.errors import Failed, ToolFailed, ToolMissing

_TIMEOUT_S = 24 * 3600.0
_LIMITS = run.Limits(file_size_bytes=16 * 2**40, open_files=1024, network=True)
JOBS_SCHEMA = "dbos"
"""Where jobs are kept when they share a database with the library: they are made anew of the rows."""


@dataclass(frozen=True)
class PostgresTools:
    """pg_dump and pg_restore of one version that the server lets talk to it."""

    dump: Path
    restore: Path


def find_tools(folder: Path | None, connection: Connection) -> PostgresTools:
    """Return the programs of `folder`, or of the PATH; raises KeepingFailed.

    pg_dump refuses a server that is newer than itself, so that is found out before anything else.
    """
    found = []
    for name in ("pg_dump", "pg_restore"):
        path = shutil.which(name, path=str(folder) if folder else None)
        if path is None:
            raise KeepingFailed("pg_tools_missing", tool=name, server=_server_major(connection))
        found.append(Path(path).absolute())
    ours, servers = _major(found[0]), _server_major(connection)
    if ours < servers:
        raise KeepingFailed("pg_tools_old", tool=str(found[0]), version=ours, server=servers)
    return PostgresTools(*found)


def _server_major(connection: Connection) -> int:
    return int(connection.exec_driver_sql("SHOW server_version_num").scalar_one()) // 10_000


def _major(program: Path) -> int:
    said = run.run([str(program), "--version"], timeout_s=60, limits=_LIMITS).stdout.decode()
    number = re.search(r"\)\s*(\d+)", said)
    if number is None:
        raise KeepingFailed("pg_tool_failed", tool=program.name, said=said.strip()[:200])
    return int(number[1])


def dump(tools: PostgresTools, url: str, file: Path, snapshot: str | None = None) -> None:
    """Write a database into `file` in pg_dump's custom format, as of an exported `snapshot`.

    Raises KeepingFailed.
    """
    address, environment = _address(url)
    command = [
        *(str(tools.dump), "--format=custom", "--no-owner", "--no-privileges", "--no-password"),
        *(f"--exclude-schema={JOBS_SCHEMA}", f"--file={file.name}", f"--dbname={address}"),
        *([f"--snapshot={snapshot}"] if snapshot else []),
    ]
    _run(command, environment, cwd=file.parent)


def restore(tools: PostgresTools, file: Path, url: str) -> None:
    """Bring a dump into a database that has none of its tables, whole or not at all; raises KeepingFailed."""
    address, environment = _address(url)
    command = [
        *(str(tools.restore), "--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges"),
        *("--no-password", f"--dbname={address}", str(file)),
    ]
    _run(command, environment, cwd=None)


def read_through(tools: PostgresTools, file: Path) -> None:
    """Read all of a dump and write nothing; raises KeepingFailed."""
    _run([str(tools.restore), "--file=/dev/null", str(file)], {}, cwd=None)


def _run(command: list[str], environment: dict[str, str], cwd: Path | None) -> None:
    tool = Path(command[0]).name
    try:
        run.run(command, timeout_s=_TIMEOUT_S, cwd=cwd, limits=_LIMITS, environment=environment)
    except (ToolFailed, ToolMissing) as error:
        said = str(error.details.get("said", error.details)).strip().splitlines()[-1:]
        raise KeepingFailed("pg_tool_failed", tool=tool, said="".join(said)[:300]) from error
    except Failed as error:
        if error.code == "disk_full":
            raise KeepingFailed("disk_full") from error
        raise KeepingFailed("pg_tool_failed", tool=tool, said=error.code) from error


def _address(url: str) -> tuple[str, dict[str, str]]:
    """Return the address as libpq takes it, without the password, and the environment that holds it.

    What stands in a command line is seen by everybody on the machine.
    """
    parsed = make_url(url)
    environment = {name: value for name, value in os.environ.items() if name.startswith("PG")}
    environment["HOME"] = os.environ.get("HOME", "/nonexistent")  # .pgpass, .postgresql/root.crt
    if parsed.password is not None:
        environment["PGPASSWORD"] = str(parsed.password)
    plain = URL.create(
        "postgresql", parsed.username, None, parsed.host, parsed.port, parsed.database, parsed.query
    )
    return plain.render_as_string(hide_password=False), environment


def require_postgres(url: str, what: str) -> None:
    """Raise KeepingFailed unless `url` is PostgreSQL's."""
    if not make_url(url).drivername.startswith("postgresql"):
        raise KeepingFailed("other_database", BAD_INPUT, kind=what)
