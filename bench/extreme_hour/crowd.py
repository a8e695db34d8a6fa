"""The extreme hour on paper: how many people come when, what they ask for, and what that takes.

Assumptions and measured costs in, needs out; no clock, no files, no processes here. `bench.province` measures
the costs and prints what comes of them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from library.plays.view_counts import rest_s
from transcode.planning.ladder import Profile

KINDS = ("page", "static", "captions", "start", "beat", "playlist", "segment")
"""What a viewer asks for. "static": scripts and styles, of browsers that do not have them yet; "captions":
what is said in a clip, as a file; "start": POST .../plays; "playlist": the master playlist, the rung's, and
its first bytes (init.mp4)."""

WEB = ("page", "static", "captions", "start", "beat")
"""The kinds that only the web processes can answer: no CDN takes them off."""

PLAYLISTS = 3
BATCH = 500
"""How many beats one transaction holds at most (library/plays/counting.py)."""

CONNECTIONS = 30
"""What a web process may hold to the database at most, with WEIKE_THREADS=20 (server/settings.py)."""

GATHER_S = 0.1
"""How long beats wait for others (WEIKE_BEAT_GATHER_MS)."""

_MIX = {"1080p": 0.10, "720p": 0.35, "480p": 0.40, "360p": 0.10, "audio": 0.05}
PerSecond = NDArray[np.float64]


class Rung(NamedTuple):
    """A rendition, its bits per second with sound, and the share of viewers who watch it."""

    name: str
    bps: int
    share: float


class Until(NamedTuple):
    """A point of the curve of arrivals: by second `at_s`, `part` of all have come."""

    at_s: float
    part: float


def ladder(profile: Profile | None = None, mix: Mapping[str, float] | None = None) -> tuple[Rung, ...]:
    """Return the rungs of our own ladder at the highest rate that each may have, with who watches which.

    Raises ValueError when `mix` names other rungs or is not a whole.
    """
    profile, mix = profile or Profile(), mix or _MIX
    rates = {f"{step.short_side}p": step.maxrate_bps + step.audio_bps for step in profile.steps}
    rates["audio"] = profile.sound_only_bps
    if unknown := set(mix) - set(rates):
        raise ValueError(f"no such rung: {', '.join(sorted(unknown))} (there are {', '.join(rates)})")
    if not math.isclose(sum(mix.values()), 1.0, abs_tol=1e-6):
        raise ValueError(f"the shares of the rungs are {sum(mix.values()):g} together, not 1")
    return tuple(Rung(name, rates[name], share) for name, share in mix.items())


@dataclass(frozen=True)
class Crowd:
    """Who comes when, and what they watch. The defaults are the extreme hour: a lesson on Monday at eight."""

    people: int = 45_000_000
    share: float = 0.01
    minutes: float = 12.0
    arrivals: tuple[Until, ...] = (Until(600.0, 0.5), Until(3600.0, 1.0))
    """In between, as many come in each second: half in ten minutes, the others in the fifty after."""
    clip_s: float = 600.0
    """How long the clips are: who watches longer goes on to the next one."""
    segment_s: float = Profile().segment_s
    buffer_s: float = 30.0
    """How far ahead players load (frontend/src/shared/source.js)."""
    beat_s: float = 10.0
    cold: float = 0.5
    """The share of browsers that do not have the scripts yet."""
    files: int = 8
    """How many files these are."""
    branch_people: int = 50
    """How many viewers belong to one branch."""
    rungs: tuple[Rung, ...] = field(default_factory=ladder)

    @property
    def viewers(self) -> int:
        """How many come."""
        return round(self.people * self.share)

    @property
    def branches(self) -> float:
        """How many branches they may come from."""
        return max(1.0, self.people / self.branch_people)

    @property
    def bps(self) -> float:
        """Bits per second that one of them watches, on average."""
        return sum(rung.bps * rung.share for rung in self.rungs)

    @property
    def segment_bytes(self) -> float:
        """How large a segment is, on average."""
        return self.bps * self.segment_s / 8


def arriving(crowd: Crowd) -> PerSecond:
    """Return how many come in each second; raises ValueError when the curve goes back or ends below 1."""
    points = [Until(0.0, 0.0), *crowd.arrivals]
    for before, after in pairwise(points):
        if after.at_s <= before.at_s or after.part < before.part:
            raise ValueError(f"the curve of arrivals goes back at {after.at_s:g} s")
    if not math.isclose(points[-1].part, 1.0):
        raise ValueError("the curve of arrivals does not end with all of them (1)")
    seconds = np.arange(math.ceil(points[-1].at_s) + 1)
    come = np.interp(seconds, [point.at_s for point in points], [point.part for point in points])
    return np.asarray(np.diff(come) * crowd.viewers, dtype=np.float64)


def visit(crowd: Crowd) -> dict[str, PerSecond]:
    """Return what one viewer asks for in each second since they came."""
    watched_s = crowd.minutes * 60
    asked = {kind: np.zeros(math.ceil(watched_s) + 1) for kind in KINDS}
    asked["static"][0] = crowd.cold * crowd.files
    for n in range(math.ceil(watched_s / crowd.clip_s)):
        start_s = n * crowd.clip_s
        length_s = min(crowd.clip_s, watched_s - start_s)
        first = int(start_s)
        for kind in ("page", "captions", "start"):
            asked[kind][first] += 1
        asked["playlist"][first] += PLAYLISTS
        for beat in range(math.ceil(length_s / crowd.beat_s)):  # the last one comes with the end
            asked["beat"][int(start_s + min(length_s, (beat + 1) * crowd.beat_s))] += 1
        for number in range(math.ceil(length_s / crowd.segment_s)):
            # At first one in a second, as lines allow; once the buffer is full, one for each that was played.
            asked["segment"][int(start_s + max(number, number * crowd.segment_s - crowd.buffer_s))] += 1
    return asked


@dataclass(frozen=True)
class Flow:
    """What all viewers together do in each second of the hour and a little after it."""

    asked: Mapping[str, PerSecond]
    watching: PerSecond
    come: PerSecond

    def peak(self, kind: str) -> float:
        """Return the most requests of a kind in a second."""
        return float(self.asked[kind].max())

    def mean(self, kind: str) -> float:
        """Return requests of a kind per second, over the hour."""
        return float(self.asked[kind].sum() / 3600)


def flow(crowd: Crowd) -> Flow:
    """Return what the whole crowd does."""
    come, one = arriving(crowd), visit(crowd)
    asked = {kind: np.convolve(come, one[kind]) for kind in KINDS}
    stays = np.ones(max(1, math.ceil(crowd.minutes * 60)))
    watching = np.convolve(come, stays)
    length = len(asked["page"])
    return Flow(asked, _to(length, watching, 0.0), np.cumsum(_to(length, come, 0.0)))


def _to(length: int, values: PerSecond, fill: float) -> PerSecond:
    return np.concatenate([values, np.full(max(0, length - len(values)), fill)])[:length]


@dataclass(frozen=True)
class Costs:
    """What was measured: CPU seconds per request and per tier, bytes, and how long rows are held.

    `web_s`, `db_s` and `nginx_s` by kind; `nginx_s_per_byte` comes on top of a segment's own. `db_s_per_row`:
    what one branch's row adds to the sum of a clip's day. `held_s`: how long a batch of BATCH beats keeps the
    row that all batches of a clip need. `wal_bytes`: what a request adds to the database's log; `play_bytes`,
    `view_bytes`: what stays. `line_kb`: what an open line takes in nginx.
    """

    web_s: Mapping[str, float]
    db_s: Mapping[str, float]
    nginx_s: Mapping[str, float]
    nginx_s_per_byte: float
    db_s_per_row: float
    held_s: float
    page_bytes: float
    static_bytes: float
    wal_bytes: Mapping[str, float]
    play_bytes: float
    view_bytes: float
    web_mb: float
    line_kb: float


@dataclass(frozen=True)
class Machine:
    """One machine as it can be bought, and how much of it may be in use at the peak."""

    cores: int = 16
    gbit: float = 10.0
    memory_gb: float = 64.0
    lines: int = 16_384
    """Connections that nginx keeps for each core (worker_connections in deploy/nginx.conf)."""
    connections: int = 1_500
    """What PostgreSQL is told to take (max_connections)."""
    wal_mb: float = 200.0
    """What a disk takes of the database's log in a second, written through."""
    full: float = 0.7

    @property
    def usable_cores(self) -> float:
        """Cores that may be busy."""
        return self.cores * self.full


@dataclass(frozen=True)
class Need:
    """What one resource has to give at the peak and on average, and what one machine has of it.

    `alone`: it cannot be had from a second machine beside the first.
    """

    key: str
    words: str
    unit: str
    peak: float
    mean: float
    has: float
    alone: bool = False

    @property
    def machines(self) -> float:
        """How many machines it takes; for what stands alone, how much of the one."""
        return self.peak / self.has


def needs(crowd: Crowd, costs: Costs, machine: Machine, hit: float) -> list[Need]:
    """Return what the hour needs when a CDN answers `hit` (0 to 1) of all requests for media; what takes the
    most machines comes first, and what there can be only one of before everything that can be multiplied when
    one is not enough."""
    its = flow(crowd)
    web = sum((its.asked[kind] * costs.web_s[kind] for kind in WEB), np.zeros_like(its.come))
    missed = its.asked["segment"] * (1 - hit)
    lists = its.asked["playlist"] * (1 - hit)
    bytes_out = missed * crowd.segment_bytes
    small = its.asked["page"] * costs.page_bytes + its.asked["static"] * costs.static_bytes
    nginx = (
        sum((its.asked[kind] * costs.nginx_s[kind] for kind in WEB), np.zeros_like(its.come))
        + lists * costs.nginx_s["playlist"]
        + missed * costs.nginx_s["segment"]
        + bytes_out * costs.nginx_s_per_byte
    )
    log = sum(its.asked[kind] * costs.wal_bytes[kind] for kind in ("start", "beat")) / 1e6
    gbit = (bytes_out + small) * 8 / 1e9
    processes = float(web.max()) / machine.full
    summed = sums(its, processes) * day_rows(crowd, its) * costs.db_s_per_row
    counting = sum((its.asked[kind] * costs.db_s[kind] for kind in WEB), np.zeros_like(its.come))
    cores = machine.usable_cores
    memory = (processes * costs.web_mb + its.watching.max() * costs.line_kb / 1024) / 1024
    found = [
        _need("web", "cores of web processes", "cores", web, cores),
        _need("nginx", "cores of nginx at the origin", "cores", nginx, cores),
        _need("db", "cores of the database", "cores", counting + summed, cores, alone=True),
        _need("sums", "of the database's cores, those for sums", "cores", summed, cores, alone=True),
        _need(
            "row",
            "of each second, that a clip's most wanted row is locked",
            "s",
            its.asked["beat"] / BATCH * costs.held_s,
            machine.full,
            alone=True,
        ),
        _need("log", "MB/s of the database's log", "MB/s", log, machine.wal_mb * machine.full, alone=True),
        _need("gbit", "Gbit/s out of the origin", "Gbit/s", gbit, machine.gbit * machine.full),
        _need(
            "sockets",
            "open lines of viewers at the origin",
            "lines",
            its.watching,
            machine.cores * machine.lines,
        ),
        Need(
            "connections",
            "connections to the database",
            "connections",
            math.ceil(processes) * CONNECTIONS,
            math.ceil(processes) * CONNECTIONS,
            machine.connections,
            alone=True,
        ),
        Need("memory", "GB of memory, web processes and lines", "GB", memory, memory, machine.memory_gb),
    ]
    return breaks_first(found)


def sums(its: Flow, processes: float) -> PerSecond:
    """Return how often a clip's day is summed in each second.

    Twice for a page, once for a batch that counted a view; but each of the web processes uses each of these
    three again for a while (library/plays/view_counts.py).
    """
    batches = np.minimum(its.asked["beat"], np.maximum(its.asked["beat"] / BATCH, processes / GATHER_S))
    rests_s = np.array([rest_s(int(views)) for views in its.come])
    asked = 2 * its.asked["page"] + batches
    return np.where(rests_s > 0, np.minimum(asked, 3 * processes / np.maximum(rests_s, 1e-9)), asked)


def day_rows(crowd: Crowd, its: Flow) -> PerSecond:
    """Return how many rows a clip's day has: one for each branch of which somebody has come by then."""
    return np.asarray(crowd.branches * -np.expm1(-its.come / crowd.branches))


def _need(key: str, words: str, unit: str, values: PerSecond, has: float, *, alone: bool = False) -> Need:
    return Need(key, words, unit, float(values.max()), float(values.sum() / 3600), has, alone)


def breaks_first(found: Sequence[Need]) -> list[Need]:
    """Return needs in the order in which they stop the hour: first what there is not enough of and cannot be
    multiplied, then by how many machines are wanted."""
    return sorted(found, key=lambda need: (not (need.alone and need.machines > 1), -need.machines))


def verdict(found: Sequence[Need]) -> list[str]:
    """Return what breaks first in words; `found` in the order of `breaks_first`."""
    lone = [need for need in found if need.alone and need.machines > 1]
    more = [need for need in found if not need.alone and need.machines > 1]
    near = [need for need in found if need.alone and 0.5 < need.machines <= 1]
    said = []
    if lone:
        its = ", ".join(f"{need.words} ({need.machines:.1f} times what there is)" for need in lone)
        said.append(f"It breaks, and more machines do not help: {its}.")
    else:
        said.append("Nothing breaks of which there can be only one.")
    if near:
        said.append(f"Closest to it: {', '.join(f'{need.words} ({need.machines:.0%})' for need in near)}.")
    if more:
        its = ", ".join(f"{need.words}: {math.ceil(need.machines)}" for need in more)
        said.append(f"Machines to be had side by side: {its}.")
    return said
