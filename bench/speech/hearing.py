"""A recording with its truth, and what the child process makes of a sound."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from speech import launch
from speech.recogniser import RATE_HZ, Samples
from speech.words import Word
from transcode.tools import find_tools


@dataclass(frozen=True)
class Clip:
    """A recording with its truth: sentences as ``{"start_s", "end_s", "text"}``."""

    samples: Samples
    truth: Sequence[dict[str, Any]]

    @property
    def text(self) -> str:
        return "".join(one["text"] for one in self.truth)

    @property
    def length_s(self) -> float:
        return len(self.samples) / RATE_HZ


@dataclass(frozen=True)
class Said:
    """What the child process made of a sound."""

    words: tuple[Word, ...]
    pauses: tuple[tuple[float, float], ...]
    cpu_s: float
    memory_bytes: int

    @property
    def text(self) -> str:
        return "".join(word.text for word in self.words)


def sound_of(path: Path) -> Samples:
    """The clip as samples, decoded by ffmpeg."""
    command = [str(find_tools().ffmpeg), "-v", "error", "-i", str(path), "-ac", "1", "-ar", str(RATE_HZ)]
    raw = subprocess.run([*command, "-f", "s16le", "-"], check=True, capture_output=True).stdout
    return np.frombuffer(raw, dtype="<i2").astype(np.float32) / 32768


def raw(samples: Samples) -> bytes:
    """Samples as the child reads them."""
    return np.clip(np.round(samples * 32768), -32768, 32767).astype("<i2").tobytes()


def recognised(folder: Path, samples: Samples) -> Said:
    """What the child process says to a sound."""
    child = subprocess.run(
        launch.command(folder),
        input=raw(samples),
        capture_output=True,
        check=True,
        env={**os.environ, **launch.environment()},
    )
    return said([json.loads(line) for line in child.stdout.splitlines()])


def said(lines: Sequence[dict[str, Any]]) -> Said:
    """The lines of the child put together."""
    chunks = [line for line in lines if line["kind"] == "chunk"]
    end = next((line for line in lines if line["kind"] == "end"), {"cpu_s": 0.0, "memory_bytes": 0})
    return Said(
        tuple(Word(*word) for chunk in chunks for word in chunk["words"]),
        tuple((a, b) for chunk in chunks for a, b in chunk["pauses"]),
        end["cpu_s"],
        end["memory_bytes"],
    )
