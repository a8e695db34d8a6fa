"""A lecture of 26 minutes as the page that cuts it sees it: what GET /api/v1/lessons/{id}/cuts answers."""

from __future__ import annotations

import base64
import itertools
import math
import random
from collections.abc import Sequence
from functools import cache

DURATION_S = 1561.2
WAVE_STEP_S = 0.1
BORDERS_S = (0.0, 512.45, 1043.9, DURATION_S)


def _speech(sentences: Sequence[str], rng: random.Random) -> list[tuple[float, float, str]]:
    """Sentences one after the other, a second and more between them."""
    said, at_s, n = [], 41.0, 0
    while at_s < DURATION_S - 20:
        text = sentences[n % len(sentences)]
        end_s = at_s + 0.22 * len(text)
        said.append((round(at_s, 2), round(end_s, 2), text))
        at_s, n = end_s + rng.choice((0.5, 0.7, 0.9, 2.4)), n + 1
    return said


def _wave(said: Sequence[tuple[float, float, str]], rng: random.Random) -> bytes:
    levels = bytearray(rng.randrange(4, 14) for _ in range(int(DURATION_S / WAVE_STEP_S)))
    for start_s, end_s, _ in said:
        for n in range(int(start_s / WAVE_STEP_S), int(end_s / WAVE_STEP_S)):
            syllable = abs(math.sin(n * 0.9)) * 0.5 + 0.5
            levels[n] = min(255, int(190 * syllable * rng.uniform(0.6, 1.25)))
    return bytes(levels)


@cache
def _sound(texts: tuple[str, ...]) -> tuple[list[tuple[float, float, str]], bytes]:
    """What is said, and how loud; the same whenever it is asked for."""
    rng = random.Random(7)
    said = _speech(texts, rng)
    return said, _wave(said, rng)


def cuts(texts: Sequence[str], **more: object) -> dict[str, object]:
    """The sample, with the fields in `more` exchanged."""
    said, wave = _sound(tuple(texts))
    pauses = [(one[1], other[0]) for one, other in itertools.pairwise(said) if other[0] - one[1] > 0.25]
    points = [max((start + end) / 2, end - 0.5) for start, end in pauses]
    inner = [round(min(points, key=lambda at: abs(at - border)), 3) for border in BORDERS_S[1:-1]]
    borders = [0.0, *inner, DURATION_S]
    spans = list(itertools.pairwise(borders))
    made = {
        "version": "v1",
        "duration_s": DURATION_S,
        "state": "ready",
        "pending": False,
        "clips": [
            {
                "id": f"clip{n}",
                "n": n,
                "title": ("余村的选择", "", "")[n - 1],
                "start_s": start_s,
                "end_s": end_s,
                "reason": "pause",
                "ready": True,
                "poster": f"/poster/{n % 3}.jpg",
                "master": f"/media/sig/1/everyone/clip{n}/plan/master.m3u8",
                "copied": "",
            }
            for n, (start_s, end_s) in enumerate(spans, 1)
        ],
        "playing": [
            {"start_s": start_s, "end_s": end_s, "master": f"/media/sig/1/everyone/clip{n}/plan/master.m3u8"}
            for n, (start_s, end_s) in enumerate(spans, 1)
        ],
        "pauses": pauses,
        "sentences": list(said),
        "turns": [round(45.0 + 97.3 * n, 1) for n in range(16)],
        "chapters": [{"start_s": 0.0, "end_s": 700.0, "title": "余村的故事"}],
        "proposals": {
            "pauses": [
                {"start_s": start_s, "end_s": end_s, "title": "", "reason": "pause"}
                for start_s, end_s in spans
            ],
            "chapters": None,
        },
        "wave": {"step_s": WAVE_STEP_S, "levels": base64.b64encode(wave).decode()},
        "storyboard": {
            "tile_width": 160,
            "tile_height": 90,
            "columns": 10,
            "rows": 10,
            "step_s": 10.0,
            "times_s": [10.0 * n for n in range(int(DURATION_S / 10) + 1)],
            "sheets": [f"/lessons/lesson0/storyboard/{n}.jpg" for n in (1, 2)],
        },
        "limits": {"max_s": 600, "min_s": 3},
    }
    return {**made, **more}
