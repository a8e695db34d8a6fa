"""Commands that only read are answered by the server of the same data folder, as by their own work."""

from __future__ import annotations

import os
import re
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from pathlib import Path

import pytest
from sqlalchemy import select

from library.catalog.permits import LessonState
from library.catalog.tables import Lesson
from library.people.tables import Person
from server.command_tree import performer
from server.commands.console import Console
from server.commands.running.answering import answering
from server.commands.running.asking import DATA, PATHS, SOCKET, TAKEN, address_in, asked, told
from server.settings import Settings
from server.slices import phrases
from server.web.language.i18n import source_catalogue
from server.web.language.phrases import LatePhrases
from server.wiring import Ports
from tests.server.commands.conftest import ROOT, Weike
from tests.support import factories as make

OTHERS = [
    ["user", "erase", "王芳"],
    ["user"],
    ["stats", "roll-up"],
    ["stats"],
    ["search", "x", "--xlsx", "x.xlsx"],
    ["search", "x", "--xlsx=x.xlsx"],
    ["stats", "overview", "--export=x.csv"],
    ["search", "--help"],
    ["-v", "search", "x"],
    ["doctor"],
    ["migrate"],
    [],
]
"""What the command does itself, whoever listens."""


def server(ports: Ports) -> AbstractContextManager[None]:
    """What `weike serve` does for commands."""
    console = Console(ports.settings, source_catalogue(LatePhrases(phrases)), performer=performer)
    return answering(console, ports)


def until(holds: Callable[[], bool]) -> None:
    """Look until it is so, at most half a minute."""
    for _ in range(1500):
        if holds():
            return
        time.sleep(0.02)
    pytest.fail("never came")


def listens(data: Path) -> None:
    """Wait until somebody listens."""
    until((data / SOCKET).is_socket)


@pytest.fixture
def library(ports: Ports) -> Ports:
    """A library of a lesson for everybody, a draft, and a person."""
    with ports.db.write() as session:
        make.lesson(session, "一课", spoken=["绿水青山就是金山银山。"], clips=1)
        make.lesson(session, "两课", spoken=["绿水青山在心里。"], clips=1, state=LessonState.DRAFT)
        person = make.person(session, name="王芳")
        session.get_one(Person, person.person_id).username = "wangfang"
    ports.indexer.catch_up()
    return ports


@pytest.fixture
def answered(library: Ports, data: Path) -> Iterator[Ports]:
    """The same with a server that answers."""
    with server(library):
        listens(data)
        yield library


@pytest.mark.slow
def test_what_is_answered_is_what_the_command_says_itself(
    library: Ports, data: Path, weike: Weike, capsys: pytest.CaptureFixture[str]
) -> None:
    with library.db.read() as session:
        lesson = session.scalars(select(Lesson.id).where(Lesson.title == "一课")).one()
    commands = [
        ["search", "绿水青山"],
        ["search", "绿水青山", "--json"],
        ["search", "绿水青山", "--json", "--as", "wangfang"],
        ["search", "绿水青山", "--as", "nobody"],
        ["search", "x", "--limit", "0"],
        ["search", "不曾说过"],
        ["search"],
        ["stats", "overview", "--json"],
        ["stats", lesson],
        ["stats", "lesson", "0" * 16],
        ["user", "list"],
        ["user", "list", "王", "--json"],
        ["user", "list", "--no-such"],
    ]
    own = [weike(*words) for words in commands]
    assert own[1].json["total"] == 2
    assert own[2].json["total"] == 1, "who asks as a person finds what the person may see"
    with server(library):
        listens(data)
        for words, expected in zip(commands, own, strict=True):
            capsys.readouterr()
            assert asked(["--data", str(data), *words]) == expected.code, words
            out, err = capsys.readouterr()
            assert (out, err) == (expected.out, expected.err), words


@pytest.mark.usefixtures("answered")
def test_what_writes_and_what_needs_more_is_not_asked(data: Path) -> None:
    assert [words for words in OTHERS if asked([f"--data={data}", *words]) is not None] == []


@pytest.mark.slow
@pytest.mark.usefixtures("answered")
def test_the_server_does_not_take_what_it_was_not_to_be_asked(data: Path) -> None:
    for what in (
        b'{"words": ["user", "erase", "wangfang"], "told": {"set": {}, "here": ""}}\n',
        b'{"words": ["search", "x"], "told": {"set": {"language": "en"}, "here": ""}}\n',
        b'{"words": [], "told": {"set": {}, "here": ""}}\n',
        b"{}\n",
        b"no json\n",
        b"x" * 100_000,
    ):
        with socket.socket(socket.AF_UNIX) as line, address_in(data) as address:
            line.settimeout(20)
            line.connect(address)
            line.sendall(what)
            line.shutdown(socket.SHUT_WR)
            with suppress(ConnectionResetError):  # what it did not read is thrown away
                assert line.recv(100) == b"", what
    assert asked(["--data", str(data), "user", "list"]) == 0, "it goes on"


@pytest.mark.usefixtures("answered")
def test_with_other_settings_the_command_works_itself(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["--data", str(data), "user", "list"]
    monkeypatch.setenv("WEIKE_LOG_FORMAT", "json")
    assert asked(words) == 0, "nothing that is printed depends on it"
    monkeypatch.setenv("WEIKE_LANGUAGE", "en")
    assert asked(words) is None
    monkeypatch.delenv("WEIKE_LANGUAGE")
    Path(".env").write_text("WEIKE_LANGUAGE=en\n")
    assert asked(words) is None


def test_a_path_that_begins_nowhere_belongs_to_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, relative, absolute in (
        ("WEIKE_INDEX", "index", "/index"),
        ("WEIKE_DATABASE_URL", "sqlite:///a.sqlite", "sqlite:////a.sqlite"),
        ("weike_jobs_url", "sqlite:///a.sqlite", "postgresql+psycopg://x/y"),
    ):
        monkeypatch.setenv(name, relative)
        assert told(tmp_path)["told"] != told(tmp_path.parent)["told"]
        monkeypatch.setenv(name, absolute)
        assert told(tmp_path)["told"] == told(tmp_path.parent)["told"]
    fields = Settings.model_fields
    assert {name for name in fields if "Path" in str(fields[name].annotation)} - {"data"} == PATHS
    assert Path(DATA) == fields["data"].default


@pytest.mark.slow
def test_who_listens_is_the_first_and_whoever_was_killed_is_followed(
    library: Ports, data: Path, weike: Weike
) -> None:
    words = ["--data", str(data), "user", "list"]
    with socket.socket(socket.AF_UNIX) as killed:
        killed.bind(str(data / SOCKET))
    assert asked(words) is None, "nobody is behind it"
    assert weike("user", "list").code == 0
    with server(library):
        until(lambda: asked(words) == 0)
        assert stat.S_IMODE((data / SOCKET).stat().st_mode) == 0o600
        with server(library):
            pass
        assert asked(words) == 0, "a second one neither takes nor removes it"
    assert not (data / SOCKET).exists()


@pytest.mark.slow
def test_a_server_that_does_not_answer_is_not_waited_for(data: Path, weike: Weike) -> None:
    with socket.socket(socket.AF_UNIX) as frozen:
        frozen.bind(str(data / SOCKET))
        frozen.listen()
        assert weike("user", "list", "--json").json == {"people": []}
        line, _ = frozen.accept()
        with line:
            assert line.recv(1000).endswith(b"\n")


def test_in_a_folder_whose_name_is_long(tmp_path: Path) -> None:
    folder = tmp_path / ("课" * 60)
    folder.mkdir()
    with socket.socket(socket.AF_UNIX) as one, socket.socket(socket.AF_UNIX) as other:
        with address_in(folder) as address:
            one.bind(address)
        one.listen()
        with address_in(folder) as address:
            other.connect(address)
    assert (folder / SOCKET).exists()


@pytest.mark.usefixtures("answered")
def test_who_asks_loads_nothing(data: Path) -> None:
    run = "import sys; from server.cli import main; main(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"
    words = ["--data", str(data), "search", "绿水青山"]
    ran = subprocess.run(
        [sys.executable, "-c", run, *words], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "绿水青山就是金山银山。" in ran.stdout
    ours = {"server", "library"}
    foreign = {name.partition(".")[0] for name in ran.stderr.split()} - set(sys.stdlib_module_names) - ours
    assert {one for one in foreign if not re.match(r"_|.*_pth$|editable", one)} == set()
    assert {name for name in ran.stderr.split() if name.startswith("library.")} == {
        "library.core",
        "library.core.modes",
    }
    assert not {"typing_extensions", "dataclasses", "inspect", "asyncio"} & set(ran.stderr.split())


def test_the_word_of_the_server_is_one(data: Path) -> None:
    """A server of an older or newer version, which answers otherwise, is not believed."""
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(str(data / SOCKET))
        other.listen()
        child = os.fork()
        if child == 0:
            line, _ = other.accept()
            line.recv(65536)
            line.sendall(b"hello\n" + TAKEN)
            os._exit(0)
        assert asked(["--data", str(data), "user", "list"]) is None
        os.waitpid(child, 0)
