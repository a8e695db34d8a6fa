"""Two slices that bring the same are told by the command line in a sentence, not as a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi import APIRouter

from server.cli import main
from server.commands.failures import said
from server.settings import Settings
from server.web.language.phrases import Phrases, SlicesClash, Spoken, together
from server.web.routing.registry import routers_of
from server.web.slice import Slice
from tests.support.registry import read_catalogues


def clash() -> Phrases:
    """What the slices say, where two of them have a sentence for one code."""
    return together([Spoken("garden", {"too_wet": ("", "")}), Spoken("field", {"too_wet": ("", "")})])


@pytest.mark.parametrize(
    ("language", "beginning"),
    [("zh-CN", "weike: 这份程序自己有冲突"), ("en", "weike: This copy of the program")],
)
def test_a_command_that_failed_for_another_reason_said_a_traceback_of_slices_that_clash(
    data: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    language: str,
    beginning: str,
) -> None:
    monkeypatch.setenv("WEIKE_LANGUAGE", language)
    assert main(["--data", str(data), "vocabulary", "add", "党" * 500], clash) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(beginning)
    assert err.count("\n") == 1
    assert "'too_wet' is of the slice garden and of field" in err


def test_a_route_of_two_slices_is_told_in_a_sentence() -> None:
    routers = []
    for _ in range(2):
        router = APIRouter()
        router.add_api_route("/beds", lambda: None)
        routers.append(router)
    garden, field = (Slice(name=n, routers=(r,)) for n, r in zip(("garden", "field"), routers, strict=True))
    settings = Settings(_env_file=None)  # type: ignore[call-arg]
    with pytest.raises(SlicesClash) as raised:
        routers_of([garden, field], settings)
    told = said(raised.value, read_catalogues().of("zh-CN"))
    assert told.exit_code == 1
    assert told.line.startswith("这份程序自己有冲突，不能启动：GET /beds of the slice field")
    assert "重新安装" in told.line
