"""The sound that a recogniser gets begins at the second that was asked for, whatever the file is like."""

from __future__ import annotations

import array
import subprocess
from dataclasses import replace

import pytest

from tests.media.conftest import Maker
from transcode.reading.facts import Side
from transcode.reading.probe import probe
from transcode.reading.samples import SAMPLES_HZ, samples_args
from transcode.tools import Tools

pytestmark = pytest.mark.slow

TONE = "aevalsrc='if(between(t,3,4),0.5*sin(880*PI*t),0)|0':d=6:s=44100"
"""On the left side alone, a tone from second 3 to second 4."""


@pytest.mark.parametrize("late_s", [0.0, 0.5], ids=["whole", "late"])
def test_samples_begin_at_their_second(wheel_tools: Tools, make: Maker, late_s: float) -> None:
    # `late`: the sound begins after the picture, as cameras write it; the lecture's clock is the picture's.
    file = make(
        "tone.mp4",
        *(
            "-f",
            "lavfi",
            "-i",
            "color=s=64x48:r=10:d=6",
            "-itsoffset",
            str(late_s),
            "-f",
            "lavfi",
            "-i",
            TONE,
        ),
        *("-c:a", "aac", "-shortest"),
    )
    facts = probe(wheel_tools, file)
    assert facts.audio is not None
    facts = replace(facts, audio=replace(facts.audio, side=Side.LEFT))
    for from_s in (0.0, 2.25):
        raw = subprocess.run(samples_args(wheel_tools, file, facts, from_s), capture_output=True, check=True)
        samples = array.array("h", raw.stdout)
        loud = [n for n, value in enumerate(samples) if abs(value) > 6000]
        assert loud[0] / SAMPLES_HZ == pytest.approx(3.0 + late_s - from_s, abs=0.05)
        assert max(samples) > 12_000, "one side alone is not halved"
