"""Commands while another program holds the SQLite file."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from library.core.patience import PATIENCE_S
from server.wiring import Ports
from tests.server.commands.conftest import Weike
from tests.support.outside.held import held
from tests.support.server import empty_data

pytestmark = pytest.mark.dear(19)


@pytest.mark.slow
@pytest.mark.parametrize(
    "command", [("user", "link", "--name", "新同志"), ("stats", "roll-up"), ("vocabulary", "add", "枫桥经验")]
)
def test_a_command_says_who_is_in_the_way(
    weike: Weike, ports: Ports, data: Path, command: tuple[str, ...]
) -> None:
    with held(data / "weike.sqlite"):
        began = time.monotonic()
        ran = weike(*command)
        took_s = time.monotonic() - began
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1), ran
    assert "资料库正被别的程序占用" in ran.err
    assert took_s < 3 * PATIENCE_S


@pytest.mark.slow
def test_a_command_that_only_reads_works_on(weike: Weike, ports: Ports, data: Path) -> None:
    with held(data / "weike.sqlite"):
        for command in (("user", "list", "--json"), ("stats", "overview", "--json")):
            ran = weike(*command)
            assert ran.code == 0, ran


@pytest.mark.slow
def test_a_library_that_nobody_may_even_read_is_told_too(weike: Weike, data: Path) -> None:
    empty_data(data)
    with held(data / "weike.sqlite", also_for_readers=True):
        ran = weike("user", "list")
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1), ran
    assert "资料库正被别的程序占用" in ran.err
