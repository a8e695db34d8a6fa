"""What several web processes that count for one clip lose by it: they all raise the same row of its day.

Beats of visitors, who share one row, go straight to the processes: first all on one clip, then each process
on a clip of its own. Both ways meet the same machine, so what is missing in the first is the row.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.extreme_hour.asking import Asking
from bench.extreme_hour.site import add_clips, begin_plays, visitors
from bench.measure import go_first, ratio
from server.settings import Settings
from server.wiring import open_ports
from tests.support.server import process

PLAYS, CONNECTIONS = 2048, 256


@dataclass(frozen=True)
class Contention:
    """Beats per second: of one process alone, of all on one clip, and of all with a clip each; and the ratio
    of the last two, turn by turn."""

    alone_per_s: float
    together_per_s: float
    apart_per_s: float
    ratio: float


def contention(
    work: Path, url: str, processes: int, *, seconds: float, rounds: int, first: bool
) -> Contention:
    """Measure with so many processes; `url` is an empty PostgreSQL database; `first` as for `measure`."""
    data = work / "shared"
    settings = Settings(data=data, database_url=url, worker=False, _env_file=None)  # type: ignore[call-arg]
    with ExitStack() as stack:
        ports = open_ports(settings)
        stack.callback(ports.close)
        clips = add_clips(ports, processes)[1]
        webs = [
            stack.enter_context(
                process(
                    data,
                    WEIKE_DATABASE_URL=url,
                    WEIKE_WORKER="false",
                    WEIKE_VIEW_ADDRESS_MINUTE="0",
                    WEIKE_VIEW_ADDRESS_CLIP_HOUR="0",
                )
            )
            for _ in range(processes)
        ]
        if first:
            go_first([web.pid for web in webs])
        listening = [web.port for web in webs]
        ways = {
            name: [
                Asking(work, f"{name}-{n}", begin_plays(ports, [clip], visitors(PLAYS)), laps=True)
                for n, clip in enumerate(chosen)
            ]
            for name, chosen in (("alone", clips[:1]), ("together", clips[:1] * processes), ("apart", clips))
        }
        found: dict[str, list[float]] = {name: [] for name in ways}
        for n in range(rounds + 1):  # the first turn warms everything and does not count
            for name, asking in ways.items():
                rate = _at_once(asking, listening, seconds)
                if n:
                    found[name].append(rate)
    middle = {name: median(rates) for name, rates in found.items()}
    return Contention(
        middle["alone"], middle["together"], middle["apart"], ratio(found["together"], found["apart"])
    )


def _at_once(asking: Sequence[Asking], ports: Sequence[int], seconds: float) -> float:
    running = [one.begin(port, seconds, CONNECTIONS) for one, port in zip(asking, ports, strict=False)]
    return sum(one.end(its, CONNECTIONS).per_s for one, its in zip(asking, running, strict=True))
