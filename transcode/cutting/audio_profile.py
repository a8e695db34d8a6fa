"""The audio pass: one audio-only decode that gives pauses, loudness, and on which side the sound is."""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Self

import ffmpeg

from transcode.cutting.pauses import HOP_S, SILENCE_DB, Pause, find_pauses
from transcode.errors import Refused, ToolFailed
from transcode.reading.facts import Facts, Side
from transcode.reading.ffmpeg_errors import ffmpeg_refusal
from transcode.remarks import Remark
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
"""Sound that changes on the way is an error: filters begin again and count from 0 (see ffmpeg_errors.py).

It is then heard once more, each level by its own time."""

ONE_SIDED_DB = 20.0
"""How far one side of a stereo sound must lie below the other to count as empty. Stereo microphones and rooms
keep both sides within 6 dB; a plug in one channel leaves 40 and more, or its hiss."""

BOTH_SIDES_LU = 3.01
"""What a sound gains in loudness when the empty side gets it too: twice the power (ITU-R BS.1770-4)."""

SIDES_S = 0.1
"""How long the parts are of which every tenth says on which side the sound is."""

_KEY = "lavfi.astats.Overall.RMS_level"
_SAID_OF_SOUND = {"sound_left_only", "sound_right_only", "sound_evened"}
_SIDES = re.compile(r"Channel: 1\n.*RMS level dB: (\S+)\n.*Channel: 2\n.*RMS level dB: (\S+)")
_TELL_EVERY = round(10 / HOP_S)


@dataclass(frozen=True)
class AudioProfile:
    """What the audio pass heard. Loudness is None where there is no sound to measure.

    `wave` draws the lecture: one byte per WAVE_STEP_S, 0 for silence, 255 for the loudest. `side`: on which
    side of a stereo sound all of it is; the loudness is then that of both sides having it. `changes`: its
    channels or its rate change on the way.
    """

    pauses: tuple[Pause, ...]
    integrated_lufs: float | None
    true_peak_db: float | None
    wave: bytes = b""
    side: Side | None = None
    changes: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return plain values for a JSON column (the wave in base64); `from_json` reads them back."""
        return {**asdict(self), "wave": base64.b64encode(self.wave).decode("ascii")}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Return what `to_json` wrote; what was written before there were waves has none."""
        pauses = tuple(Pause(**pause) for pause in value["pauses"])
        side = Side(value["side"]) if value.get("side") else None
        wave = base64.b64decode(value.get("wave", ""))
        return cls(**{**value, "pauses": pauses, "wave": wave, "side": side})


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
    try:
        return _listen(tools, path, facts, on_progress, should_stop, steady=True)
    except Refused as refused:
        if refused.code != "sound_changes":
            raise
    return _listen(tools, path, facts, on_progress, should_stop, steady=False)


def with_sound(facts: Facts, profile: AudioProfile) -> Facts:
    """Return the facts of a recording with what only listening tells, and what is said of it; pure."""
    if facts.audio is None:
        return facts
    said = [remark for remark in facts.remarks if remark.code not in _SAID_OF_SOUND]
    said += [Remark(f"sound_{profile.side}_only")] if profile.side else []
    said += [Remark("sound_evened")] if profile.changes else []
    audio = replace(facts.audio, side=profile.side, changes=profile.changes)
    return replace(facts, audio=audio, remarks=tuple(said))


class _Levels:
    """Takes the levels as they are printed: the n-th is at n * HOP_S, or where its own time says."""

    def __init__(self, length_s: float, tell: Callable[[float], None] | None, *, by_time: bool) -> None:
        self.levels: list[float] = []
        self._steps = max(1.0, length_s / HOP_S)
        self._tell, self._by_time, self._at = tell, by_time, 0

    def line(self, line: str) -> None:
        if self._by_time and line.startswith("frame:"):
            at_s = line.partition("pts_time:")[2].split()
            self._at = round(float(at_s[0]) / HOP_S) if at_s else self._at
            return
        key, _, value = line.partition("=")
        if key != _KEY:
            return
        if self._by_time:
            missing = min(self._at, round(self._steps)) - len(self.levels)
            self.levels += [SILENCE_DB] * max(0, missing)
            if missing < 0:  # the last moment of one sound and the first of the next
                return
        self.levels.append(parse_level(value))
        if self._tell is not None and len(self.levels) % _TELL_EVERY == 0:
            self._tell(round(min(100.0, 100 * len(self.levels) / self._steps), 1))


def _listen(
    tools: Tools,
    path: Path,
    facts: Facts,
    on_progress: Callable[[float], None] | None,
    should_stop: Callable[[], bool] | None,
    *,
    steady: bool,
) -> AudioProfile:
    levels = _Levels(facts.duration_s, on_progress, by_time=not steady)
    timeout_s = 60 + facts.duration_s / SLOWEST_SPEED
    args = pass_args(tools, path, facts, steady=steady)
    try:
        done = run(args, timeout_s=timeout_s, on_line=levels.line, should_stop=should_stop)
    except ToolFailed as error:
        raise ffmpeg_refusal(error) or error from error
    loudness, peak = parse_loudness(done.stderr_tail)
    side = parse_side(done.stderr_tail) if steady else None
    if side is not None and loudness is not None:
        loudness = round(loudness + BOTH_SIDES_LU, 1)
    loud = levels.levels
    return AudioProfile(find_pauses(loud), loudness, peak, draw_wave(loud), side, changes=not steady)


def pass_args(tools: Tools, path: Path, facts: Facts, *, steady: bool = True) -> list[str]:
    """Return the command of the audio pass: levels go to stdout, the loudness summary to stderr.

    `steady`: the sound is the same to its end, and one that is not is an error.
    """
    if facts.audio is None:
        raise ValueError("a recording without sound has no audio pass")
    options = STEADY if steady else {}
    media = ffmpeg.input(
        f"file:{path.absolute()}", format=facts.demuxer, protocol_whitelist="file", **options
    )
    is_stereo = steady and facts.audio.channels == 2
    ways = media[str(facts.audio.index)].filter_multi_output("asplit", 3 if is_stereo else 2)
    outputs = [ways[0].filter("ebur128", peak="true", framelog="verbose")]
    if is_stereo:
        outputs.append(_sides(ways[2], facts.audio.sample_rate_hz))
    # From the lecture's first moment and without holes, so that the n-th level is at n * HOP_S. Where the
    # sound changes filters begin anew, and only its own time says when a level was.
    grid = {"async": 1, "first_pts": 0} if steady else {"async": 1}
    band = ways[1].filter("aformat", channel_layouts="mono").filter("aresample", RATE_HZ, **grid)
    band = band.filter("highpass", f=BAND_HZ[0]).filter("lowpass", f=BAND_HZ[1])
    band = band.filter("asetnsamples", n=round(RATE_HZ * HOP_S), p=0)
    band = band.filter(
        "astats", metadata=1, reset=1, measure_perchannel="none", measure_overall="RMS_level"
    ).filter("ametadata", mode="print", key=_KEY, file="-")
    outputs.append(band)
    made: list[str] = ffmpeg.merge_outputs(
        *(ffmpeg.output(one, "-", format="null") for one in outputs)
    ).get_args()
    return [str(tools.ffmpeg), "-nostdin", "-hide_banner", "-nostats", "-loglevel", "info", *made]


def _sides(stream: Any, rate_hz: int) -> Any:
    """Return what sums up how loud each side of a stereo sound is, from a tenth of it: all would cost a third
    of the pass."""
    part = stream.filter("asetnsamples", n=round(rate_hz * SIDES_S), p=0).filter("aselect", "not(mod(n,10))")
    part = part.filter("highpass", f=BAND_HZ[0])
    return part.filter("astats", measure_perchannel="RMS_level", measure_overall="none")


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
    """Return (integrated LUFS, true peak dBFS) from ebur128's summaries; None for silence or no summary.

    Of a sound that changes on the way there are several, and the loudest counts: the gain must suit it.
    """
    summaries = said.split("Summary:")[1:]
    loudness = [float(found) for one in summaries for found in _numbers("I", "LUFS", one)]
    peaks = [float(found) for one in summaries for found in _numbers("Peak", "dBFS", one)]
    # ebur128 says -70 when nothing was loud enough to count.
    if max(loudness, default=-70.0) <= -70.0:
        return None, None
    return max(loudness), max(peaks, default=None)


def parse_side(said: str) -> Side | None:
    """Return the side that has all of a stereo sound, from astats' summary; None for both, or neither."""
    found = _SIDES.search(said)
    if found is None:
        return None
    left, right = (parse_level(level) for level in found.groups())
    if abs(left - right) < ONE_SIDED_DB:
        return None
    return Side.LEFT if left > right else Side.RIGHT


def _numbers(name: str, unit: str, said: str) -> list[str]:
    return re.findall(rf"^\s+{name}:\s+(-?[\d.]+) {unit}", said, re.MULTILINE)
