"""Following the times of a file's packets, of which one may be wrong: where a stream really ends. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

JUMP_S = 10.0
"""ffmpeg takes a larger step of a transport stream's clock for a new beginning (its dts_delta_threshold)."""

_REORDERED = 16
"""Frames are stored in the order of decoding: H.264 shows one at most so many later."""

_STRAY_PACKETS = 20
"""So few packets, far away from those around them in the file, are damage; more are a recording."""


@dataclass
class _Run:
    first_s: float
    end_s: float
    packets: int = 1
    earlier_since: int = 0
    went_back_at_s: float = 0.0
    behind: int = 0
    """How many of its packets are long before its end: it was gone through a second time."""

    def take(self, at_s: float, end_s: float) -> None:
        if at_s < self.end_s - JUMP_S:
            self.went_back_at_s = self.went_back_at_s or self.end_s
            self.behind += 1
        self.first_s, self.end_s = min(self.first_s, at_s), max(self.end_s, end_s)
        self.packets += 1


@dataclass
class PacketTimes:
    """The packets of a stream (or of several), in the order of the file, as runs without a jump between them.

    A slide that stands for minutes is a jump like any other: the next packets are behind it. A wrong time is
    left again at once, and then many packets come that are earlier.
    """

    _runs: list[_Run] = field(default_factory=list)

    def take(self, at_s: float, end_s: float) -> None:
        """Take the next packet."""
        runs = self._runs
        if runs and runs[-1].first_s <= at_s <= runs[-1].end_s + JUMP_S:  # as nearly always
            runs[-1].take(at_s, end_s)
            return
        near = [run for run in runs if run.first_s - JUMP_S <= at_s <= run.end_s + JUMP_S]
        if near:
            near[0].take(at_s, end_s)
        for run in runs:
            run.earlier_since += at_s < run.first_s - JUMP_S
        if not near:
            runs.append(_Run(at_s, end_s))
        self._runs = [run for run in runs if not _is_stray(run)]
        self._runs.sort(key=lambda run: run.first_s)

    @property
    def end_s(self) -> float:
        """Where the last packet ends."""
        return max((run.end_s for run in self._runs), default=0.0)

    @property
    def sure_end_s(self) -> float:
        """Where the last packet ends that is not alone; `end_s` when all are."""
        return max((run.end_s for run in self._runs if run.packets > _STRAY_PACKETS), default=self.end_s)

    def end_beside(self, others_end_s: float) -> float:
        """Where the last packet ends, given where the other streams do.

        A few packets far behind all others (a wrong time near the file's end) do not count.
        """
        ends = (run.end_s for run in self._runs if run.first_s <= others_end_s + JUMP_S)
        return max(ends, default=self.sure_end_s) if self.end_s > self.sure_end_s else self.end_s

    @property
    def broken_at_s(self) -> float | None:
        """Where the clock jumped and did not come back; None for one that never did."""
        long = [run for run in self._runs if run.packets > _STRAY_PACKETS]
        again = [run.went_back_at_s for run in long if run.behind > _REORDERED]
        return again[0] if again else long[0].end_s if len(long) > 1 else None


def _is_stray(run: _Run) -> bool:
    return run.packets <= _STRAY_PACKETS and run.earlier_since > _REORDERED
