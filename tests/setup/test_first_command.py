"""Each command as the first thing in a clone, on a machine that lacks everything a clone can do without."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.setup.small_project import SmallProject

pytestmark = [pytest.mark.slow, pytest.mark.dear(20)]

# apt-get that installs nothing: as root it is asked, and says yes or no.
SAYS = {
    "yes": '#!/bin/sh\necho "$@" >> {log}\n',
    "no": '#!/bin/sh\necho "$@" >> {log}\necho E: Unable to locate package\nexit 100\n',
}
DONE = {
    "demo": "weike was asked to demo",
    "test": "pytest was asked to -n",
    "check": "fast tests  pytest was asked to -m",
}


@pytest.fixture(scope="module")
def venvs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the venvs are made that clones share, as making one takes seconds: one for `test`, which is at
    apt-get before it is at its venv, and one for the others."""
    return tmp_path_factory.mktemp("shared")


@pytest.mark.parametrize("apt", ["yes", "no", "lacking"])
@pytest.mark.parametrize("command", DONE)
def test_the_first_command_in_a_clone(tmp_path: Path, venvs: Path, command: str, apt: str) -> None:
    clone, log = SmallProject(tmp_path), tmp_path / "apt.log"
    if apt in SAYS:
        clone.program("apt-get", SAYS[apt].format(log=log))
    venv = venvs / ("test" if command == "test" else "others")
    code, output = clone.run(command, WEIKE_VENV=str(venv))
    assert "Traceback" not in output
    assert code == 0, output
    assert DONE[command] in output
    assert (venv / "bin" / "weike").exists(), "the environment can lie elsewhere"
    assert ("Not installed: chromium-headless-shell; " in output) == (command == "test")
    assert log.exists() == (command == "test" and apt in SAYS and os.geteuid() == 0)
    if log.exists():
        assert log.read_text().startswith("-q update\n")
        assert ("System package lists failed (exit code 100)" in output) == (apt == "no")


@pytest.mark.parametrize("command", DONE)
def test_a_clone_that_cannot_be_written_to_is_one_sentence(tmp_path: Path, command: str) -> None:
    clone = SmallProject(tmp_path)
    clone.program("apt-get", SAYS["yes"].format(log=tmp_path / "apt.log"))
    (tmp_path / ".setup" / "lock").mkdir(
        parents=True
    )  # as root nothing else that a test may do is in the way
    code, output = clone.run(command)
    assert code == 1
    sentence = output.strip().splitlines()[-1]
    assert sentence.startswith(f"run.py: {tmp_path / '.setup'} cannot be written to (")
    assert sentence.endswith("make this folder yours, or clone it into your home folder.")
    assert "Traceback" not in output
    assert "..." not in output, "something was begun that has no place to be written to"
