"""What a piece of work costs: CPU of this process and of the children it waited for, and time on the wall."""

from __future__ import annotations

import os
import platform
import resource
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median


@dataclass(frozen=True)
class Cost:
    """CPU seconds (user and system, children included) and wall seconds."""

    cpu_s: float
    wall_s: float


def cost_of(work: Callable[[], object]) -> Cost:
    """Return what `work` cost. Its children must have been waited for when it returns."""
    cpu_s, began = _cpu_s(), time.monotonic()
    work()
    return Cost(_cpu_s() - cpu_s, time.monotonic() - began)


def side_by_side(works: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, list[Cost]]:
    """Return the costs of each work, measured in turns (A B C, A B C ...): a busy spell hits all of them."""
    costs: dict[str, list[Cost]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            costs[name].append(cost_of(work))
    return costs


def ratio(above: Sequence[float], below: Sequence[float]) -> float:
    """Return the median of the ratios of neighbours: each pair met the same weather."""
    return median(one / other for one, other in zip(above, below, strict=True))


def in_turns(queries: Sequence[str], works: Mapping[str, Callable[[str], object]]) -> dict[str, list[float]]:
    """CPU seconds of each query by each engine, asked one after the other."""
    times: dict[str, list[float]] = {name: [] for name in works}
    for query in queries:
        for name, work in works.items():
            began = time.process_time()
            work(query)
            times[name].append(time.process_time() - began)
    return times


def p95(times: Sequence[float]) -> float:
    """The time that 95 of 100 stay below."""
    return sorted(times)[int(len(times) * 0.95)]


def p95_ratio(times: Mapping[str, Sequence[float]], one: str, other: str) -> float:
    """One engine's p95 over the other's."""
    return p95(times[one]) / p95(times[other])


def machine() -> str:
    """Return the machine's size and how busy it is, for the line above a table."""
    load = os.getloadavg()[0]
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, load {load:.1f} at the beginning"
    )


def go_first(pids: Sequence[int]) -> None:
    """Put processes and the rest of their sessions before all else on this machine, for one that others
    use too. Stops the bench where that cannot be had (Linux's autogroups, as root).

    PostgreSQL gives each of its backends a session of its own: these stay where they are.
    """
    try:
        for pid in pids:
            Path(f"/proc/{pid}/autogroup").write_text("-19")
    except OSError as error:
        raise SystemExit(f"bench: cannot be put first here: {error}") from error


def _cpu_s() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)
