"""Following the times of a file's packets, of which one may be wrong: where a stream really ends. Pure."""

from dataclasses import dataclass, field

JUMP_S = 10.0
"""ffmpeg takes a larger step of a transport stream's clock for a new beginning (its dts_delta_threshold)."""

_BACK_S = 1.0
"""Frames are stored in the order of decoding: shown times go back and forth within less than this."""

_STRAY_PACKETS = 20
"""So many packets far away, before the clock is back where it was, are damage; more are a recording."""


@dataclass
class _Run:
    first_s: float
    end_s: float
    packets: int = 1


@dataclass
class Clock:
    """The packets of a stream (or of several), in the order of the file, as runs without a jump between them.

    `broken_at_s`: where the clock was when it jumped and did not come back.
    """

    _runs: list[_Run] = field(default_factory=list)
    _went_back_at_s: float | None = None

    def tick(self, at_s: float, end_s: float) -> None:
        """Take the next packet."""
        while len(self._runs) > 1 and at_s < self._runs[-1].first_s - _BACK_S:
            if self._runs[-1].packets > _STRAY_PACKETS:
                break
            self._runs.pop()
        run = self._runs[-1] if self._runs else None
        if run is None or at_s > run.end_s + JUMP_S:
            self._runs.append(_Run(at_s, end_s))
            return
        if at_s < run.end_s - JUMP_S and self._went_back_at_s is None:
            self._went_back_at_s = run.end_s
        run.end_s = max(run.end_s, end_s)
        run.packets += 1

    @property
    def end_s(self) -> float:
        """Where the last packet ends."""
        return self._runs[-1].end_s if self._runs else 0.0

    @property
    def broken_at_s(self) -> float | None:
        """Where the clock jumped for good; None for one that never did."""
        if len(self._runs) > 1:
            return self._runs[0].end_s
        return self._went_back_at_s
