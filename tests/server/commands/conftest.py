"""The command line, run in this process (quick) or as a program of its own (for signals and servers)."""

from __future__ import annotations

import json
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from server.cli import main
from server.settings import Settings
from server.wiring import Ports, open_ports
from tests.flow import media
from tests.support.server import empty_data

ROOT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Ran:
    """What a command did: its exit code and what it said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, which must be one JSON object and nothing else."""
        return json.loads(self.out)


Weike = Callable[..., Ran]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The data folder of this test's library, as a first start leaves it."""
    return empty_data(tmp_path / "data")


@pytest.fixture
def no_data(data: Path) -> Path:
    """The same before the first start: it is not there."""
    shutil.rmtree(data)
    return data


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let no setting of the machine in, and put the log back as it was."""
    for name in [name for name in os.environ if name.startswith("WEIKE_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers, root.level = handlers, level
    # DBOS keeps a handler that writes to this test's standard error, which is closed now.
    logging.getLogger("dbos").handlers = []


@pytest.fixture
def weike(data: Path, capsys: pytest.CaptureFixture[str]) -> Weike:
    """``weike("search", "…", "--json")`` on this test's library, in this process."""

    def run(*arguments: object) -> Ran:
        capsys.readouterr()
        code = main(["--data", str(data), *(str(argument) for argument in arguments)])
        out, err = capsys.readouterr()
        return Ran(code, out, err)

    return run


@pytest.fixture
def ports(data: Path) -> Iterator[Ports]:
    """This test's library, open beside the commands."""
    opened = open_ports(Settings(data=data, _env_file=None))  # type: ignore[call-arg]
    yield opened
    opened.close()


def start(data: Path, *arguments: object, **settings: str) -> subprocess.Popen[str]:
    """Start a command as a program of its own."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("WEIKE_")}
    return subprocess.Popen(
        [sys.executable, "-m", "server.cli", "--data", str(data), *map(str, arguments)],
        cwd=ROOT,
        env={**environment, **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture(scope="session")
def short(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording of five seconds."""
    return media.make(tmp_path_factory.mktemp("recordings") / "第一课 -rf \"'.mp4", 5)


@pytest.fixture(scope="session")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another recording of five seconds, with sound only."""
    return media.make(tmp_path_factory.mktemp("recordings") / "sound.m4a", 5, picture=False)


@pytest.fixture(scope="session")
def words(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is said in a recording of five seconds."""
    file = tmp_path_factory.mktemp("words") / "words.srt"
    file.write_text(
        "1\n00:00:00,200 --> 00:00:02,000\n同志们好，今天讲绿水青山。\n\n"
        "2\n00:00:02,500 --> 00:00:04,500\n红船精神的由来。\n",
        "utf-8",
    )
    return file
