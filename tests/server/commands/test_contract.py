"""What holds for every command: help, exit codes, one sentence per error, its place in docs/cli.md."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from server.cli import main
from server.command_tree import build
from tests.server.commands.conftest import ROOT, Weike

pytestmark = [pytest.mark.slow, pytest.mark.every]

DOCUMENT = ROOT / "docs" / "cli.md"


def commands(command: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Every command with its name: ("ingest", …), ("user add", …)."""
    inner = getattr(command, "commands", {})
    if name and not inner:
        yield name, command
    for word, its in inner.items():
        yield from commands(its, f"{name} {word}".strip())


COMMANDS = dict(commands(typer.main.get_command(build())))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_and_is_documented(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*name.split(), "--help"]) == 0
    assert "Usage: weike " + name in capsys.readouterr().out
    document = DOCUMENT.read_text("utf-8")
    assert f"weike {name}" in document
    for parameter in COMMANDS[name].params:
        assert parameter.help, f"{parameter.name} has no help"
        for option in parameter.opts:
            assert option.lstrip("-").upper() in document or option in document, f"{option} is not documented"


@pytest.mark.parametrize(
    "arguments",
    [("frobnicate",), ("ingest",), ("search", "x", "--nope"), ("search", "x", "--limit", "many"), ("user",)],
)
def test_a_mistake_in_the_command_ends_with_2_in_one_sentence(
    weike: Weike, arguments: tuple[str, ...]
) -> None:
    ran = weike(*arguments)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)


def test_no_command_shows_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert "ingest" in capsys.readouterr().out


def test_a_setting_that_cannot_be_used_is_named(weike: Weike, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEIKE_PORT", "many")
    ran = weike("user", "list")
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "WEIKE_PORT" in ran.err


def test_sentences_and_help_come_in_the_language_of_the_settings(
    weike: Weike, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert "找不到" in weike("ingest", tmp_path / "a.mp4", "--title", "x").err
    monkeypatch.setenv("WEIKE_LANGUAGE", "en")
    for ran in (
        weike("ingest", tmp_path / "a.mp4", "--title", "x"),
        weike("frobnicate"),
        weike("stats", "x"),
    ):
        assert ran.code == 2
        assert ran.err.isascii(), ran.err
    assert not any("\u4e00" <= letter <= "\u9fff" for letter in weike("ingest", "--help").out)


def test_a_data_folder_that_cannot_be_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("in the way")
    assert main(["--data", str(tmp_path / "file" / "data"), "user", "link"]) == 1
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
