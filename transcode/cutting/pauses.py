"""Hearing pauses: pure arithmetic over how loud the voice band is, every 50 ms.

A fixed threshold fails as soon as the room is noisier than it. Here each minute has its own, between the
quietest and the usual level around it, so that a fan, a far microphone or a recording at half volume change
nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

HOP_S = 0.05
SILENCE_DB = -100.0
"""What digital silence counts as."""

SHORTEST_PAUSE_S = 0.25
_CHUNK = 1200
"""Levels per chunk (a minute); each is judged together with its neighbours."""

_FLOOR_PART, _SPEECH_PART = 0.02, 0.75
_THRESHOLD_PART = 0.35
_LEAST_ABOVE_FLOOR_DB = 2.5
"""50 ms of steady band-limited noise vary by about 0.4 dB: this is far outside of that."""

_LEAST_RANGE_DB = 4.0
"""Less between floor and speech: there is only one kind of sound (all talk, all music, all silence)."""


@dataclass(frozen=True)
class Pause:
    """A stretch without speech. `depth`: how far below the speaker's level it lies, in dB."""

    start_s: float
    end_s: float
    depth: float

    @property
    def length_s(self) -> float:
        """How long it lasts."""
        return self.end_s - self.start_s


@dataclass(frozen=True)
class _Room:
    floor_db: float
    speech_db: float

    @property
    def threshold_db(self) -> float:
        return self.floor_db + max(_LEAST_ABOVE_FLOOR_DB, _THRESHOLD_PART * (self.speech_db - self.floor_db))

    @property
    def flat(self) -> bool:
        return self.speech_db - self.floor_db < _LEAST_RANGE_DB


def find_pauses(levels_db: Sequence[float]) -> tuple[Pause, ...]:
    """Return the pauses in levels taken every HOP_S from the lecture's first moment."""
    if not levels_db:
        return ()
    whole = _room(levels_db)
    quiet: list[bool] = []
    speech: list[float] = []
    for begin in range(0, len(levels_db), _CHUNK):
        around = levels_db[max(0, begin - _CHUNK) : begin + 2 * _CHUNK]
        room = _room(around)
        if room.flat:
            # One kind of sound for minutes: a break, if it is much quieter than the lecture; else all speech.
            room = whole
        quiet += [level < room.threshold_db for level in levels_db[begin : begin + _CHUNK]]
        speech += [room.speech_db] * len(levels_db[begin : begin + _CHUNK])
    if whole.flat and whole.speech_db > SILENCE_DB + 1:
        return ()
    return tuple(
        Pause(
            start_s=round(first * HOP_S, 3),
            end_s=round(last * HOP_S, 3),
            depth=round(speech[first] - sum(levels_db[first:last]) / (last - first), 1),
        )
        for first, last in _runs(_bridged(quiet))
        if (last - first) * HOP_S >= SHORTEST_PAUSE_S
    )


def _room(levels_db: Sequence[float]) -> _Room:
    ordered = sorted(levels_db)
    last = len(ordered) - 1
    return _Room(ordered[round(last * _FLOOR_PART)], ordered[round(last * _SPEECH_PART)])


def _bridged(quiet: list[bool]) -> list[bool]:
    """Fill a single loud step between two quiet ones (a click, a cough's edge) on each side."""
    filled = list(quiet)
    for n in range(2, len(quiet) - 2):
        if not quiet[n] and all(quiet[n - 2 : n]) and all(quiet[n + 1 : n + 3]):
            filled[n] = True
    return filled


def _runs(quiet: Sequence[bool]) -> list[tuple[int, int]]:
    runs, begin = [], None
    for n, is_quiet in enumerate([*quiet, False]):
        if is_quiet and begin is None:
            begin = n
        elif not is_quiet and begin is not None:
            runs.append((begin, n))
            begin = None
    return runs
