"""Finding ffmpeg and ffprobe: a setting, then PATH, then the wheels that carry them."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Tools:
    """The two programs and the versions they name themselves."""

    ffmpeg: Path
    ffprobe: Path
    ffmpeg_version: str
    ffprobe_version: str


def find_tools(ffmpeg: str | None = None, ffprobe: str | None = None) -> Tools:
    """Return working tools. `ffmpeg`, `ffprobe`: what the settings name. Raises ToolMissing."""
    raise NotImplementedError
