"""The given recording as samples, with what was really said, and how far something else is from that."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from speech.recogniser import RATE_HZ, Samples
from transcode.tools import find_tools

CLIP = Path(__file__).with_name("lecture_1.ogg")


def truth() -> list[dict[str, Any]]:
    """The sentences, each with ``start_s``, ``end_s`` and ``text``."""
    found: list[dict[str, Any]] = json.loads(CLIP.with_suffix(".json").read_text(encoding="utf-8"))
    return found


@cache
def clip() -> Samples:
    """The recording, 89 s."""
    command = [str(find_tools().ffmpeg), "-v", "error", "-i", str(CLIP), "-ac", "1", "-ar", str(RATE_HZ)]
    raw = subprocess.run([*command, "-f", "s16le", "-"], check=True, capture_output=True).stdout
    return np.frombuffer(raw, dtype="<i2").astype(np.float32) / 32768


def as_bytes(samples: Samples) -> bytes:
    """As the child process reads them."""
    return np.clip(np.round(samples * 32768), -32768, 32767).astype("<i2").tobytes()


def room(length_s: float, level: float, seed: int = 7) -> Samples:
    """The noise of a room."""
    white = np.random.default_rng(seed).normal(size=round(length_s * RATE_HZ))
    soft = np.convolve(white, np.ones(8) / 8, mode="same")
    return (soft / soft.std() * level).astype(np.float32)


def distance(one: Sequence[str], other: Sequence[str]) -> int:
    """How many items must be changed, added or left out."""
    row = list(range(len(other) + 1))
    for n, item in enumerate(one):
        before, row = row, [n + 1]
        for k, another in enumerate(other):
            row.append(min(before[k] + (item != another), before[k + 1] + 1, row[k] + 1))
    return row[-1]
