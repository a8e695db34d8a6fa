"""Wrong characters beside plain faster-whisper, and what a second of sound costs."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from bench.report import Figure
from bench.speech.hearing import Clip, Said
from speech.recogniser import Samples
from speech.sounds import sounds
from speech.words import plain
from speech.written_forms import simplified


def recognition(folder: Path, clip: Clip, ours: Said) -> list[Figure]:
    """Errors beside plain faster-whisper with the same model, and what a second of sound costs."""
    characters, left_out = errors(plain(clip.text), plain(ours.text))
    as_is, _ = errors(plain(clip.text), plain(simplified(plain_whisper(folder, clip.samples))))
    syllables, _ = errors(sounds(clip.text), sounds(ours.text))
    left = sum(one != new for one, new in zip(ours.text, simplified(ours.text), strict=True))
    return [
        Figure("cer", "wrong characters / characters", characters, 0.22),
        Figure("cer_plain", "wrong characters of plain faster-whisper", as_is, None),
        Figure("cer_over_plain", "wrong characters, ours - plain", characters - as_is, 0.02),
        Figure("per", "wrong toneless syllables / syllables", syllables, 0.09),
        Figure("deleted", "characters left out / characters", left_out, 0.01),
        Figure("traditional", "traditional characters left", left, 0),
        Figure("cpu", "CPU s per s of sound, loading the model included", ours.cpu_s / clip.length_s, 0.16),
        Figure("memory", "MB of memory", ours.memory_bytes / 2**20, 650),
    ]


def plain_whisper(folder: Path, samples: Samples) -> str:
    """What somebody gets who calls faster-whisper as its README says."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    from faster_whisper import WhisperModel

    model = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=2, local_files_only=True)
    segments, _about = model.transcribe(samples, language="zh", beam_size=5)
    return "".join(segment.text for segment in segments)


def errors(true: Sequence[str], found: Sequence[str]) -> tuple[float, float]:
    """Share of wrong items and of left out ones, by the shortest way from one to the other."""
    before = [(n, 0) for n in range(len(found) + 1)]
    for n, one in enumerate(true):
        row = [(n + 1, n + 1)]
        for k, other in enumerate(found):
            kept = (before[k][0] + (one != other), before[k][1])
            added = (row[k][0] + 1, row[k][1])
            left_out = (before[k + 1][0] + 1, before[k + 1][1] + 1)
            row.append(min(kept, added, left_out, key=lambda way: way[0]))
        before = row
    wrong, left_out_count = before[-1]
    return wrong / len(true), left_out_count / len(true)
