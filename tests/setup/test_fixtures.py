"""The shared fixtures do what their names say: separate databases, a working bucket, a closed network."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import obstore
import pytest
from obstore.store import from_url
from sqlalchemy import create_engine, text

from tests.support import needs
from tests.support.outside.postgres import PostgresServer
from tests.support.server import ROOT


@pytest.mark.postgres
@pytest.mark.parametrize("round_", [1, 2])
def test_each_test_gets_an_empty_database(postgres_url: str, round_: int) -> None:
    engine = create_engine(postgres_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE only_here (id integer)"))
    engine.dispose()


@pytest.mark.postgres
def test_a_template_is_copied(postgres_server: PostgresServer) -> None:
    template = postgres_server.create()
    engine = create_engine(postgres_server.url(template))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE migrated AS SELECT 7 AS n"))
    engine.dispose()
    copy = postgres_server.create(template=template)
    engine = create_engine(postgres_server.url(copy))
    with engine.begin() as connection:
        assert connection.execute(text("SELECT n FROM migrated")).scalar() == 7
    postgres_server.drop(copy)  # although the engine's pool still holds a connection
    engine.dispose()
    postgres_server.drop(template)


@pytest.mark.slow
def test_a_bucket_takes_and_gives_bytes(s3_url: str, s3_options: dict[str, Any]) -> None:
    store = from_url(s3_url, **s3_options)
    obstore.put(store, "clips/a/master.m3u8", b"#EXTM3U")
    assert bytes(obstore.get(store, "clips/a/master.m3u8").bytes()) == b"#EXTM3U"


def test_the_network_is_closed() -> None:
    with socket.socket() as client, pytest.raises(RuntimeError, match="this machine only"):
        client.connect(("192.0.2.1", 80))


STARTER = """
import signal, subprocess, sys
from tests.support.signals import give_children_the_defaults
give_children_the_defaults()
signal.raise_signal(signal.SIGINT)
print("it goes on itself")
asked = "import signal; print(signal.getsignal(signal.SIGINT) == signal.default_int_handler)"
subprocess.run([sys.executable, "-c", asked], check=True)
"""


def test_what_tests_start_can_be_interrupted_also_when_they_run_in_the_background() -> None:
    """A shell starts what it puts there with SIGINT ignored, and that is handed down."""
    ignoring = ["/bin/sh", "-c", 'trap "" INT; exec "$0" -c "$1"', sys.executable, STARTER]
    said = subprocess.run(ignoring, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert said.splitlines() == ["it goes on itself", "True"]


def test_a_lack_is_a_skip_here_and_a_failure_on_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="apt install no-such-package"):
        needs.program("no-such-program", package="no-such-package")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="apt install no-such-package"):
        needs.program("no-such-program", package="no-such-package")


def test_a_program_is_found_by_its_second_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool = tmp_path / "second-name"
    tool.write_text("#!/bin/sh\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert needs.program("first-name", "second-name", package="any") == tool
