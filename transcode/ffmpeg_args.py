"""What stands in every command: how ffmpeg and ffprobe are called, and how they open a recording.

They are told the demuxer, to open files only, and no name is ever an option or a pattern.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ffmpeg

COMMON = ["-nostdin", "-hide_banner", "-nostats", "-loglevel", "error", "-y"]
"""Before every command: ask nothing, say only what is wrong."""

MAX_PIXELS = 7680 * 4320
"""Of a picture that we take; also told to ffmpeg's decoders."""


def input_args(demuxer: str, path: Path) -> list[str]:
    """Arguments that open a recording: the demuxer is told, only files are opened, no name is an option."""
    return ["-protocol_whitelist", "file", "-f", demuxer, "-i", f"file:{path.absolute()}"]


def open_source(source: Path, demuxer: str, seek_s: float, **decoding: Any) -> Any:
    """Return ffmpeg-python's input node for a recording, opened at `seek_s`; `decoding`: further options."""
    options: dict[str, Any] = {
        **decoding,
        "format": demuxer,  # never let ffmpeg guess: see sniff.py
        "protocol_whitelist": "file",
        "max_pixels": MAX_PIXELS,  # a size that comes later than the probe looked is an error, not memory
    }
    if (
        seek_s > 0
    ):  # "-ss 0" is not nothing: a Flash video whose first key frame is at 0.025 then ends at once
        # Keep the frames between the key frame and the start: the fps filter shows the last of them until the
        # next one comes. With accurate seeking a slide that stands for minutes would be missing.
        options |= {"ss": number(seek_s), "noaccurate_seek": None}
    # A name behind "file:" is never an option and never another protocol.
    return ffmpeg.input(f"file:{source.absolute()}", **options)


def number(value: float) -> str:
    """Return a number as ffmpeg reads it: never in exponents, no needless zeros."""
    return f"{value:.6f}".rstrip("0").rstrip(".")
