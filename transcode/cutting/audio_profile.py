"""The audio pass: one audio-only decode that gives pauses and loudness."""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import ffmpeg

from transcode.cutting.pauses import HOP_S, SILENCE_DB, Pause, find_pauses
from transcode.errors import ToolFailed
from transcode.reading.facts import Facts
from transcode.reading.ffmpeg_errors import ffmpeg_refusal
from transcode.run import run
from transcode.tools import Tools

BAND_HZ = (200, 3400)
"""Where speech is and a fan, a hum or a hiss mostly are not."""

RATE_HZ = 8000
SLOWEST_SPEED = 2.0
"""The pass runs at 200 to 300 times real time; slower than this is taken for hung."""

WAVE_STEP_S = 2 * HOP_S
"""Time per byte of a profile's wave: fine enough to see a pause, small enough to send (36 kB an hour)."""

WAVE_RANGE_DB = 45.0
"""From the loudest down to what is drawn as silence: speech moves within 30 dB, the rest is the room."""

STEADY = {"reinit_filter:a": 0}
"""Sound that changes on the way is an error: filters begin again and count from 0 (see ffmpeg_errors.py)."""

_KEY = "lavfi.astats.Overall.RMS_level"
_TELL_EVERY = round(10 / HOP_S)


@dataclass(frozen=True)
class AudioProfile:
    """What the audio pass heard. Loudness is None where there is no sound to measure.

    `wave` draws the lecture: one byte per WAVE_STEP_S, 0 for silence, 255 for the loudest.
    """

    pauses: tuple[Pause, ...]
    integrated_lufs: float | None
    true_peak_db: float | None
    wave: bytes = b""

    def to_json(self) -> dict[str, Any]:
        """Return plain values for a JSON column (the wave in base64); `from_json` reads them back."""
        return {**asdict(self), "wave": base64.b64encode(self.wave).decode("ascii")}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Return what `to_json` wrote; what was written before there were waves has none."""
        pauses = tuple(Pause(**pause) for pause in value["pauses"])
        return cls(**{**value, "pauses": pauses, "wave": base64.b64decode(value.get("wave", ""))})


def audio_pass(
    tools: Tools,
    path: Path,
    facts: Facts,
    on_progress: Callable[[float], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> AudioProfile:
    """Return the pauses and the loudness of a recording; `on_progress` is told percent (0..100).

    Costs about half a percent of the lecture's length. Raises Refused (unsupported_codec, damaged), Failed or
    Cancelled.
    """
    if facts.audio is None:
        return AudioProfile((), None, None)
    levels: list[float] = []
    steps = max(1.0, facts.duration_s / HOP_S)

    def hear(line: str) -> None:
        key, _, value = line.partition("=")
        if key != _KEY:
            return
        levels.append(parse_level(value))
        if on_progress is not None and len(levels) % _TELL_EVERY == 0:
            on_progress(round(min(100.0, 100 * len(levels) / steps), 1))

    timeout_s = 60 + facts.duration_s / SLOWEST_SPEED
    try:
        done = run(pass_args(tools, path, facts), timeout_s=timeout_s, on_line=hear, should_stop=should_stop)
    except ToolFailed as error:
        raise ffmpeg_refusal(error) or error from error
    loudness, peak = parse_loudness(done.stderr_tail)
    return AudioProfile(find_pauses(levels), loudness, peak, draw_wave(levels))


def pass_args(tools: Tools, path: Path, facts: Facts) -> list[str]:
    """Return the command of the audio pass: levels go to stdout, the loudness summary to stderr."""
    if facts.audio is None:
        raise ValueError("a recording without sound has no audio pass")
    media = ffmpeg.input(f"file:{path.absolute()}", format=facts.demuxer, protocol_whitelist="file", **STEADY)
    both = media[str(facts.audio.index)].filter_multi_output("asplit", 2)
    loudness = both[0].filter("ebur128", peak="true", framelog="verbose")
    band = both[1].filter("aformat", channel_layouts="mono")
    # From the lecture's first moment and without holes, so that the n-th level is at n * HOP_S.
    band = band.filter("aresample", RATE_HZ, **{"async": 1, "first_pts": 0})
    band = band.filter("highpass", f=BAND_HZ[0]).filter("lowpass", f=BAND_HZ[1])
    band = band.filter("asetnsamples", n=round(RATE_HZ * HOP_S), p=0)
    band = band.filter(
        "astats", metadata=1, reset=1, measure_perchannel="none", measure_overall="RMS_level"
    ).filter("ametadata", mode="print", key=_KEY, file="-")
    outputs = [ffmpeg.output(stream, "-", format="null") for stream in (loudness, band)]
    made: list[str] = ffmpeg.merge_outputs(*outputs).get_args()
    return [str(tools.ffmpeg), "-nostdin", "-hide_banner", "-nostats", "-loglevel", "info", *made]


def draw_wave(levels_db: Sequence[float]) -> bytes:
    """Return the wave of levels taken every HOP_S: of each two the louder, against the lecture's loudest.

    Against the loudest but for one in a thousand: a single clap must not make all speech look small.
    """
    if not levels_db:
        return b""
    top_db = sorted(levels_db)[round((len(levels_db) - 1) * 0.999)]
    louder = (max(levels_db[n : n + 2]) for n in range(0, len(levels_db), 2))
    if top_db <= SILENCE_DB:
        return bytes(len(range(0, len(levels_db), 2)))
    return bytes(round(255 * min(1.0, max(0.0, 1 + (level - top_db) / WAVE_RANGE_DB))) for level in louder)


def parse_level(value: str) -> float:
    """Return a level in dB; SILENCE_DB for -inf and nan, which is how ffmpeg writes digital silence."""
    level = float(value)
    return max(SILENCE_DB, level) if math.isfinite(level) else SILENCE_DB


def parse_loudness(said: str) -> tuple[float | None, float | None]:
    """Return (integrated LUFS, true peak dBFS) from ebur128's summary; None for silence or no summary."""
    summary = said.rpartition("Summary:")[2]
    loudness = re.search(r"^\s+I:\s+(-?[\d.]+) LUFS", summary, re.MULTILINE)
    peak = re.search(r"^\s+Peak:\s+(-?[\d.]+) dBFS", summary, re.MULTILINE)
    integrated = float(loudness[1]) if loudness else None
    # ebur128 says -70 when nothing was loud enough to count.
    heard = integrated is not None and integrated > -70.0
    return (integrated if heard else None), (float(peak[1]) if peak and heard else None)
