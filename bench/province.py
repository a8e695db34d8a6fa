"""The extreme hour of a province: `python -m bench.province [--json]`.

First what requests cost is measured on this machine: CPU of the web process, of nginx and of PostgreSQL for a
page, a start, a beat, a playlist and a segment; how long the beats of one crowd wait for the same row; bytes
and memory. Then the hour is computed from that: what a crowd asks for in each second, what that takes with
several hit rates of a CDN, and what breaks first.

Not measured, because it is not here: a CDN, a network (all goes over loopback), TLS, many cores.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import sqlalchemy

from bench.delivery import version
from bench.extreme_hour.contention import contention
from bench.extreme_hour.costs import measure
from bench.extreme_hour.crowd import Crowd, Machine, Until, flow, ladder, needs
from bench.extreme_hour.hour import Hour, as_figures, as_tables
from bench.measure import go_first, machine
from tests.support.outside.postgres import running_server

HITS = (0.95, 0.97, 0.99, 0.995, 0.999)
PROCESSES = 4


def main() -> None:
    """Read the options, measure, compute, print."""
    chosen = _parser().parse_args()
    try:
        crowd, limits, hits = _crowd(chosen), _machine(chosen), _hits(chosen.hits)
        flow(crowd)
    except ValueError as error:
        raise SystemExit(f"bench.province: {error}") from error
    os.environ["PATH"] = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
    nginx = shutil.which("nginx")
    if nginx is None or shutil.which("wrk") is None:
        raise SystemExit("bench.province needs nginx and wrk (Debian: apt install nginx wrk)")
    if chosen.first:
        go_first([os.getpid()])
    about = f"{date.today()}; {machine()}; {version(nginx)}; "  # noqa: DTZ011 - the reader's day
    with (
        tempfile.TemporaryDirectory(prefix="bench-province-") as folder,
        running_server(durable=True) as server,
    ):
        address = server.url(server.create())
        about += f"{_version(address)}; {chosen.rounds} rounds of {chosen.seconds:g} s"
        turns = {"seconds": chosen.seconds, "rounds": chosen.rounds, "first": chosen.first}
        found = measure(Path(folder), address, crowd, _say, **turns)
        rows = contention(Path(folder), server.url(server.create()), PROCESSES, **turns)
    crowd = replace(crowd, files=round(found.beside["files"]))
    hour = Hour(
        crowd,
        limits,
        found,
        rows,
        PROCESSES,
        {hit: needs(crowd, found.costs, limits, hit) for hit in hits},
    )
    if chosen.json:
        print(json.dumps({key: round(value, 9) for key, value in as_figures(hour).items()}))
        print(about, file=sys.stderr)
    else:
        print("\n".join([about, "", *as_tables(hour)]))


# ---------------------------------------------------------------------- options


def _parser() -> argparse.ArgumentParser:
    usual, box = Crowd(), Machine()
    parser = argparse.ArgumentParser(prog="python -m bench.province", description=__doc__)
    add = parser.add_argument
    add("--json", action="store_true", help="one object of figure: value")
    add("--seconds", type=float, default=4, help="of each measurement (default 4)")
    add("--rounds", type=int, default=3, help="turns that each kind gets (default 3)")
    words = "put what is measured before everything else on this machine (Linux, root)"
    add("--first", action="store_true", help=words)
    add("--viewers", type=int, default=usual.people, help=f"who may come (default {usual.people})")
    add("--share", type=float, default=usual.share, help=f"of them do come (default {usual.share})")
    add("--minutes", type=float, default=usual.minutes, help=f"each watches (default {usual.minutes})")
    arrivals = ",".join(f"{at_s:g}:{part:g}" for at_s, part in usual.arrivals)
    words = "SECOND:PART,...: the part of them that has come by then"
    add("--arrivals", default=arrivals, help=f"{words} (default {arrivals})")
    mix = ",".join(f"{rung.name}:{rung.share:g}" for rung in usual.rungs)
    add("--ladder", default=mix, help=f"RUNG:PART,...: who watches which rendition (default {mix})")
    words = "of the highest rate of a rendition that lectures have on average"
    add("--bitrate", type=float, default=1.0, help=f"{words} (default 1)")
    add("--segment", type=float, default=usual.segment_s, help=f"seconds (default {usual.segment_s:g})")
    add("--clip", type=float, default=usual.clip_s, help=f"seconds (default {usual.clip_s:g})")
    add("--beat", type=float, default=usual.beat_s, help=f"seconds between (default {usual.beat_s:g})")
    words = "of the browsers have no scripts yet"
    add("--cold", type=float, default=usual.cold, help=f"{words} (default {usual.cold:g})")
    add("--branch", type=int, default=usual.branch_people, help=f"viewers in one ({usual.branch_people})")
    add("--hits", default=",".join(f"{hit:g}" for hit in HITS), help="of a CDN, 0 to 1")
    add("--cores", type=int, default=box.cores, help=f"of one machine (default {box.cores})")
    add("--gbit", type=float, default=box.gbit, help=f"out of one machine (default {box.gbit:g})")
    return parser


def _crowd(chosen: argparse.Namespace) -> Crowd:
    mix = dict(_pair(pair) for pair in chosen.ladder.split(","))
    rungs = tuple(rung._replace(bps=round(rung.bps * chosen.bitrate)) for rung in ladder(mix=mix))
    return Crowd(
        people=chosen.viewers,
        share=chosen.share,
        minutes=chosen.minutes,
        arrivals=tuple(Until(float(at_s), part) for at_s, part in map(_pair, chosen.arrivals.split(","))),
        clip_s=chosen.clip,
        segment_s=chosen.segment,
        beat_s=chosen.beat,
        cold=chosen.cold,
        branch_people=chosen.branch,
        rungs=rungs,
    )


def _pair(said: str) -> tuple[str, float]:
    name, colon, value = said.partition(":")
    if not colon:
        raise ValueError(f"{said!r} is not NAME:NUMBER")
    return name, float(value)


def _machine(chosen: argparse.Namespace) -> Machine:
    return Machine(cores=chosen.cores, gbit=chosen.gbit)


def _hits(said: str) -> tuple[float, ...]:
    hits = tuple(float(hit) for hit in said.split(","))
    if not all(0 <= hit <= 1 for hit in hits):
        raise ValueError("hit rates are between 0 and 1")
    return hits


def _version(address: str) -> str:
    engine = sqlalchemy.create_engine(address)
    try:
        with engine.connect() as connection:
            return f"PostgreSQL {connection.exec_driver_sql('SHOW server_version').scalar_one()}"
    finally:
        engine.dispose()


def _say(said: str) -> None:
    print(said, file=sys.stderr)


if __name__ == "__main__":
    main()
