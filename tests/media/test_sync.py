"""Picture and sound stay together: a flash and a beep every ten seconds, in every clip, to its end.

The limit of 40 ms is that of ITU-R BT.1359 for what nobody notices. A run meets a share of the kinds of file
(tests/support/spreading.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.media.conftest import FAST, Maker
from tests.media.inspection import signal
from transcode.encoding.package import encode_clip
from transcode.planning.ladder import plan_clip
from transcode.reading.probe import probe
from transcode.tools import Tools

pytestmark = [pytest.mark.slow, pytest.mark.dear(23)]

LENGTH_S, EVERY_S = 63, 10
OFFSET_S = 0.04
FLASH = f"drawbox=t=fill:color=white:enable='between(mod(t,{EVERY_S}),2,2.5)'"


def film(*codec: str, rate: str = "25", hz: int = 48000, more: str = "", late_s: float = 0) -> list[str]:
    """Black with a white flash at 2, 12, 22 ... and a beep with each; `late_s`: the sound starts as late."""
    beep = f"0.5*sin(2*PI*1000*t)*between(mod(t+{late_s},{EVERY_S}),2,2.5)"
    shift = ["-itsoffset", str(late_s)] if late_s else []
    picture = f"color=black:s=64x48:r={rate}:d={LENGTH_S},{FLASH}{more}"
    sound = f"aevalsrc='{beep}':d={LENGTH_S - late_s}:s={hz}"
    inputs = ["-f", "lavfi", "-i", picture, *shift, "-f", "lavfi", "-i", sound]
    return [*inputs, *FAST, "-g", "60", *codec]


SOURCES: dict[str, list[str]] = {
    "plain.mp4": film(),
    "b frames.mp4": film("-preset", "veryfast", "-bf", "3", "-g", "125"),
    "ntsc.mov": film(rate="30000/1001"),
    "film.mkv": film(rate="24000/1001", hz=44100),
    "variable.mkv": film("-fps_mode", "vfr", more=",select='not(mod(n,7))+not(mod(n,5))'"),
    "slides.mkv": film("-fps_mode", "vfr", more=",select='eq(n,0)+between(mod(t,10),1.9,2.7)'"),
    "sound comes late.mkv": film(late_s=1.3),
    "sound comes late.mp4": film(late_s=1.3),
    "broadcast.ts": film("-c:v", "mpeg2video", "-c:a", "mp2"),
    "sound comes late.ts": film(late_s=1.3),
    "camera.m2ts": film("-c:a", "ac3"),
    "divx.avi": film("-c:v", "mpeg4", "-bf", "2", "-c:a", "libmp3lame"),
    "dvd.vob": film("-c:v", "mpeg2video", "-c:a", "ac3", "-f", "vob"),
    "windows.wmv": film("-c:v", "wmv2", "-c:a", "wmav2"),
    "web.flv": film("-ar", "44100"),
    "browser.webm": film("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus",
                         "-live", "1"),
    "telephone.avi": film("-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-c:a", "pcm_s16le", hz=8000),
    "fragments.mp4": film("-movflags", "frag_keyframe+empty_moov"),
    "sixty.mp4": film(rate="60"),
}  # fmt: skip

BOTH = {"plain.mp4", "variable.mkv", "sound comes late.ts", "divx.avi", "browser.webm"}
CUTS_S = ((0.0, 25.5), (25.5, 46.313), (46.313, LENGTH_S))


def starts(levels: Sequence[float], step_s: float, threshold: float, quiet_steps: int) -> list[float]:
    """When a level rises over the threshold after being below it for some steps."""
    return [
        n * step_s
        for n in range(1, len(levels))
        if levels[n] > threshold >= max(levels[max(0, n - quiet_steps) : n])
    ]


@pytest.mark.spread("name")
@pytest.mark.parametrize("name", SOURCES)
def test_every_flash_comes_with_its_beep(wheel_tools: Tools, make: Maker, tmp_path: Path, name: str) -> None:
    check(wheel_tools, make(name, *SOURCES[name]), tmp_path)


@pytest.mark.spread("name")
@pytest.mark.parametrize("name", sorted(BOTH))
def test_so_it_does_with_the_systems_ffmpeg(
    system_tools: Tools, make: Maker, tmp_path: Path, name: str
) -> None:
    check(system_tools, make(name, *SOURCES[name]), tmp_path)


def check(tools: Tools, source: Path, folder: Path) -> None:
    """Cut the film in three; in each clip every flash and its beep come together, and at the right time."""
    facts = probe(tools, source)
    assert facts.duration_s == pytest.approx(LENGTH_S, abs=0.3)
    seen = 0
    for n, (start_s, end_s) in enumerate(CUTS_S):
        plan = plan_clip(facts, start_s, min(end_s, facts.duration_s))
        output = encode_clip(tools, source, plan, folder / str(n))
        shown = signal(tools, folder / str(n) / output.renditions[0].playlist)
        assert plan.picture is not None
        flashes = starts(shown.luma, float(1 / plan.picture.fps), 128, 2)
        beeps = starts(shown.loud, 0.005, 0.15, 40)
        wanted = [at - plan.start_s for at in range(2, LENGTH_S, EVERY_S) if start_s < at < end_s - 0.2]
        assert len(flashes) == len(beeps) == len(wanted)
        offsets = [beep - flash for flash, beep in zip(flashes, beeps, strict=True)]
        assert max(map(abs, offsets)) <= OFFSET_S, offsets
        assert flashes == pytest.approx(wanted, abs=0.06)
        seen += len(wanted)
    assert seen == 7
