"""Recordings made by a real ffmpeg, small and cheap, and what ffmpeg says when it plays a clip."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path

from transcode.tools import Tools, find_tools

SENTENCE_S, PAUSE_S = 10.0, 1.4
"""The lecture speaks in sentences of this rhythm: sound for 8.6 s, then a pause."""


@cache
def tools() -> Tools:
    """The ffmpeg and ffprobe that the server would find."""
    return find_tools()


def ffmpeg(*args: str) -> None:
    """Run ffmpeg; raises with what it said."""
    command = [str(tools().ffmpeg), "-nostdin", "-v", "error", "-y", *args]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


_HELD = """#!{python} -IS
import os, sys, time
while os.path.exists({hold!r}) and "-version" not in sys.argv:
    time.sleep(0.01)
os.execv({real!r}, [{real!r}, *sys.argv[1:]])
"""


def held_ffprobe(folder: Path) -> tuple[Path, Path]:
    """Make another ffprobe in `folder`: it waits while the file returned as second is there."""
    program, hold = folder / "ffprobe", folder / "hold"
    program.write_text(_HELD.format(python=sys.executable, hold=str(hold), real=str(tools().ffprobe)))
    program.chmod(0o755)
    return program, hold


def make(
    file: Path,
    duration_s: float,
    *,
    picture: bool = True,
    sound: bool = True,
    fps: int = 2,
    size: str = "320x180",
    seed: int = 1,
) -> Path:
    """Make a recording that moves and sounds; another `seed` makes other bytes."""
    args, maps = [], []
    if picture:
        args += ["-f", "lavfi", "-i", f"testsrc2=s={size}:r={fps}:d={duration_s}"]
        maps += ["-map", "0:v", "-c:v", "libx264", "-preset", "ultrafast", "-g", str(10 * fps)]
    if sound:
        # Noise, because a tone in the band of speech would be taken for a hum and not for words.
        args += ["-f", "lavfi", "-i", f"anoisesrc=d={duration_s}:r=8000:a=0.2:seed={seed}"]
        speaks = f"volume='lt(mod(t,{SENTENCE_S}),{SENTENCE_S - PAUSE_S})':eval=frame"
        maps += ["-map", f"{int(picture)}:a", "-af", speaks, "-c:a", "aac", "-b:a", "32k"]
    ffmpeg(*args, *maps, "-metadata", f"comment={seed}", str(file))
    return file


def subtitles(file: Path, sentences: list[str]) -> Path:
    """Write sentences as .srt, one in each stretch of sound of `make`."""
    lines = []
    for n, text in enumerate(sentences):
        start_s, end_s = n * SENTENCE_S + 0.2, (n + 1) * SENTENCE_S - PAUSE_S
        lines += [str(n + 1), f"{_stamp(start_s)} --> {_stamp(end_s)}", text, ""]
    file.write_text("\n".join(lines), "utf-8")
    return file


def _stamp(at_s: float) -> str:
    ms = round(at_s * 1000)
    return f"{ms // 3600000:02}:{ms // 60000 % 60:02}:{ms // 1000 % 60:02},{ms % 1000:03}"


def played_s(url: str) -> float:
    """Let ffmpeg play a playlist over HTTP, without a complaint; returns the seconds played."""
    command = [str(tools().ffmpeg), "-nostdin", "-v", "error", "-xerror", "-f", "hls"]
    command += ["-protocol_whitelist", "http,tcp", "-allowed_extensions", "ALL", "-i", url]
    command += ["-progress", "pipe:1", "-f", "null", "-"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not done.stderr.strip(), done.stderr
    stamps = [line.partition("=")[2] for line in done.stdout.splitlines() if line.startswith("out_time_us=")]
    return int(stamps[-1]) / 1_000_000
