"""weike reindex: its bar, its list of what is missing, and a kill -9 in the middle."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from library.catalog import actions as catalog
from library.catalog import queries
from library.catalog.permits import LessonState
from search.disk import generations
from server.wiring import Ports
from tests.server.commands.conftest import ROOT, Weike, start
from tests.support import factories

pytestmark = pytest.mark.dear(11)

EVERYONE = frozenset({"everyone"})
# A lesson takes some ten milliseconds, so that there is time to look at what happens meanwhile.
MANY, CHARACTERS = 300, 2000


def found(ports: Ports, query: str) -> int:
    """How many hits a query has in the index in use."""
    return ports.indexer.reader().search(query, EVERYONE, limit=0).total


@pytest.fixture
def library(ports: Ports) -> Path:
    """An index of many lessons; its folder."""
    with ports.db.write() as session:
        text = "".join(chr(0x4E00 + (n * 7919) % 5000) for n in range(CHARACTERS))
        for n in range(MANY):
            factories.lesson(session, f"红船精神{n}", spoken=[text[n:] + text[:n]])
    ports.indexer.catch_up()
    return ports.settings.index_folder


def until_it_builds(running: subprocess.Popen[str], folder: Path) -> str:
    """Wait for the generation that is being built; returns its name."""
    end = time.monotonic() + 60
    while time.monotonic() < end and running.poll() is None:
        names = generations.names(folder)
        if names[-1] != generations.current(folder):
            return names[-1]
        time.sleep(0.002)
    raise AssertionError(f"no new generation: {running.poll()}")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="stops and kills a process")
def test_search_goes_on_while_it_builds_and_a_kill_leaves_the_old_index_in_use(
    weike: Weike, ports: Ports, library: Path, data: Path
) -> None:
    before = generations.current(library)
    running = start(data, "reindex", "--json")
    half = until_it_builds(running, library)
    running.send_signal(signal.SIGSTOP)
    try:
        assert found(ports, "红船精神") == MANY
        with ports.db.write() as session:
            new = factories.lesson(session, "延安窑洞", clips=1, now=ports.clock())
            catalog.set_state(session, new, LessonState.WITHDRAWN, ports.clock())
            catalog.set_state(session, new, LessonState.PUBLISHED, ports.clock())
        ports.indexer.catch_up(timeout_s=30)
        assert found(ports, "延安窑洞") == 1, "what is published meanwhile is found at once"
        assert generations.current(library) == before
    finally:
        running.kill()
        running.communicate(timeout=60)
    assert running.returncode == -signal.SIGKILL
    assert generations.current(library) == before
    assert found(ports, "红船精神") == MANY
    assert weike("search", "延安窑洞", "--json").json["total"] == 1
    again = weike("reindex", "--json").json
    assert (again["documents"], again["generation"]) == (MANY + 1, half), "what was left is built anew"
    assert generations.names(library) == [before, half], "one old generation is kept"
    assert found(ports, "红船精神") == MANY
    assert found(ports, "延安窑洞") == 1


@pytest.mark.slow
def test_a_terminal_shows_a_bar(ports: Ports, library: Path, data: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("WEIKE_")}
    command = [sys.executable, "-m", "server.cli", "--data", str(data), "reindex"]
    terminal, its_end = pty.openpty()
    running = subprocess.Popen(
        command, cwd=ROOT, env={**environment, "TERM": "xterm"}, stdout=subprocess.PIPE, stderr=its_end
    )
    os.close(its_end)
    shown = b""
    try:
        while block := os.read(terminal, 4096):
            shown += block
    except OSError:
        pass  # how Linux says that nobody has the other end open any more
    finally:
        os.close(terminal)
    said, _ = running.communicate(timeout=60)
    assert running.returncode == 0, shown
    text = shown.decode("utf-8", "replace")
    percents = [int(percent) for percent in re.findall(r"(\d+)%", text)]
    assert "重建索引" in text
    assert percents == sorted(percents)
    assert {0, 100} < set(percents)
    assert f"{MANY} 篇" in said.decode()


@pytest.mark.slow
def test_lessons_that_cannot_be_read_are_listed_by_their_titles(weike: Weike, ports: Ports) -> None:
    with ports.db.write() as session:
        for title in ("完好的一课", "坏掉的一课", "也坏掉的一课"):
            factories.lesson(session, title, clips=2)
    with ports.db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE catalog_lesson SET taught_on = 'x' WHERE title LIKE '%坏掉%'")
    ran = weike("reindex")
    assert (ran.code, "%" in ran.err) == (0, False)
    lines = ran.out.splitlines()
    assert "2 篇" in lines[0]
    assert "读不出来" in lines[1]
    assert [line.split()[0] for line in lines[2:]] == ["也坏掉的一课", "坏掉的一课"]
    value = weike("reindex", "--json").json
    assert value["documents"] == 2
    assert [its["title"] for its in value["unreadable"]] == ["也坏掉的一课", "坏掉的一课"]
    with ports.db.read() as session:
        titles = dict(queries.titles_of(session, [its["lesson"] for its in value["unreadable"]]))
    assert set(titles.values()) == {"也坏掉的一课", "坏掉的一课"}
    with ports.db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE catalog_lesson SET taught_on = NULL")
    assert weike("reindex", "--json").json["unreadable"] == []
