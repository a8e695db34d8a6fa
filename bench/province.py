"""The extreme hour of a province: `python -m bench.province [--json]`.

First what requests cost is measured on this machine: CPU of the web process, of nginx and of PostgreSQL for a
page, a start, a beat, a playlist and a segment; how long the beats of one crowd wait for the same row; bytes and
memory. Then the hour is computed from that: what a crowd asks for in each second, what that takes with several
hit rates of a CDN, and what breaks first.

Not measured, because it is not here: a CDN, a network (all goes over loopback), TLS, many cores.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import sqlalchemy

from bench.contention import Contention, contention
from bench.costs import GUESTS, Measured, measure
from bench.crowd import (
    BATCH,
    KINDS,
    Costs,
    Crowd,
    Flow,
    Machine,
    Need,
    Until,
    day_rows,
    flow,
    ladder,
    needs,
    verdict,
)
from bench.delivery import version
from bench.measure import machine
from tests.support.postgres import running_server

HITS = (0.95, 0.97, 0.99, 0.995, 0.999)
TOLD = 0.99
"""The hit rate for which the order of what breaks is told."""

PROCESSES = 4
WORDS = {
    "page": "watch page",
    "static": "script or style",
    "captions": "captions",
    "start": "start of a play",
    "beat": "beat",
    "playlist": "playlist",
    "segment": "segment (its bytes apart)",
}


@dataclass(frozen=True)
class Hour:
    """What was assumed, what was measured, and what comes of it for each hit rate."""

    crowd: Crowd
    machine: Machine
    measured: Measured
    rows: Contention
    needs: dict[float, list[Need]]

    @property
    def costs(self) -> Costs:
        """What requests cost."""
        return self.measured.costs


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
    about = f"{date.today()}; {machine()}; {version(nginx)}; "  # noqa: DTZ011 - the reader's day
    with (
        tempfile.TemporaryDirectory(prefix="bench-province-") as folder,
        running_server(durable=True) as server,
    ):
        address = server.url(server.create())
        about += f"{_version(address)}; {chosen.rounds} rounds of {chosen.seconds:g} s"
        found = measure(Path(folder), address, crowd, chosen.seconds, chosen.rounds, _say)
        rows = contention(Path(folder), server.url(server.create()), PROCESSES, chosen.seconds, chosen.rounds)
    crowd = replace(crowd, files=round(found.beside["files"]))
    hour = Hour(crowd, limits, found, rows, {hit: needs(crowd, found.costs, limits, hit) for hit in hits})
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


# ---------------------------------------------------------------------- told


def as_figures(hour: Hour) -> dict[str, float]:
    """Return every figure by a name."""
    costs, its = hour.costs, flow(hour.crowd)
    figures = {f"{kind}_{name}_ms": 1e3 * tier[kind] for kind in KINDS for name, tier in _tiers(costs)}
    figures |= {f"{kind}_peak_per_s": its.peak(kind) for kind in KINDS}
    figures |= {f"{kind}_mean_per_s": its.mean(kind) for kind in KINDS}
    figures |= {
        "viewers": hour.crowd.viewers,
        "watching_peak": float(its.watching.max()),
        "nginx_s_per_gb": costs.nginx_s_per_byte * 1e9,
        "sum_us_per_row": costs.db_s_per_row * 1e6,
        "row_held_ms": costs.held_s * 1e3,
        "row_beats_per_s": BATCH / costs.held_s,
        "one_process_beats_per_s": hour.rows.alone_per_s,
        "one_clip_beats_per_s": hour.rows.together_per_s,
        "clips_apart_beats_per_s": hour.rows.apart_per_s,
        "one_clip_over_apart": hour.rows.ratio,
        "log_bytes_per_beat": costs.wal_bytes["beat"],
        "log_bytes_per_start": costs.wal_bytes["start"],
        "bytes_per_play": costs.play_bytes,
        "bytes_per_view": costs.view_bytes,
        **hour.measured.beside,
    }
    for hit, found in hour.needs.items():
        for need in found:
            figures[f"{need.key}_peak@{hit:g}"] = need.peak
            figures[f"{need.key}_machines@{hit:g}"] = need.machines
    return figures


def _tiers(costs: Costs) -> Sequence[tuple[str, dict[str, float]]]:
    return ("web", dict(costs.web_s)), ("db", dict(costs.db_s)), ("nginx", dict(costs.nginx_s))


def as_tables(hour: Hour) -> list[str]:
    """Return the Markdown that people read."""
    its = flow(hour.crowd)
    return [
        *_assumed(hour.crowd, its),
        "",
        *_asked(hour, its),
        "",
        *_origin(hour, its),
        "",
        *_order(hour),
    ]


def _assumed(crowd: Crowd, its: Flow) -> list[str]:
    curve = ", ".join(f"{part:.0%} by {at_s / 60:g} min" for at_s, part in crowd.arrivals)
    mix = ", ".join(f"{rung.name} {rung.share:.0%}" for rung in crowd.rungs)
    return [
        f"{crowd.viewers:,} viewers ({crowd.share:.1%} of {crowd.people:,}) watch {crowd.minutes:g} minutes each; "
        f"they come {curve}; clips of {crowd.clip_s / 60:g} min, segments of {crowd.segment_s:g} s, "
        f"a beat every {crowd.beat_s:g} s; {mix}: {crowd.bps / 1e6:.2f} Mbit/s on average; "
        f"{crowd.cold:.0%} of the browsers fetch the {crowd.files} scripts and styles.",
        f"At most {its.watching.max():,.0f} watch at once: {its.watching.max() * crowd.bps / 1e9:,.0f} Gbit/s "
        f"leave the CDN (on average {its.watching.sum() / 3600 * crowd.bps / 1e9:,.0f}).",
    ]


def _asked(hour: Hour, its: Flow) -> list[str]:
    lines = [
        "| request | peak/s | mean/s | web CPU ms | database CPU ms | nginx CPU ms |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for kind in KINDS:
        web, db, nginx = (tier[kind] * 1e3 for _, tier in _tiers(hour.costs))
        cells = "0 | 0" if kind in ("playlist", "segment") else f"{web:.2f} | {db:.2f}"
        lines.append(
            f"| {WORDS[kind]} | {its.peak(kind):,.0f} | {its.mean(kind):,.0f} | {cells} | {nginx:.3f} |"
        )
    return lines


def _origin(hour: Hour, its: Flow) -> list[str]:
    lines = [
        "| CDN answers | Gbit/s out of the origin | segments/s | cores of nginx | machines for it |",
        "| --- | --- | --- | --- | --- |",
    ]
    for hit, found in hour.needs.items():
        of = {need.key: need for need in found}
        most = max(of["gbit"].machines, of["nginx"].machines)
        segments = its.peak("segment") * (1 - hit)
        lines.append(
            f"| {hit:.1%} | {of['gbit'].peak:.2f} | {segments:,.0f} | {of['nginx'].peak:.1f} | {most:.1f} |"
        )
    return lines


def _order(hour: Hour) -> list[str]:
    hit = TOLD if TOLD in hour.needs else next(iter(hour.needs))
    found, costs, rows = hour.needs[hit], hour.costs, hour.rows
    box = hour.machine
    lines = [
        f"What breaks first, at {hit:.1%}: machines of {box.cores} cores and {box.gbit:g} Gbit/s, "
        f"{box.full:.0%} of which may be in use at the peak.",
        "",
        "| | resource | peak | mean | one machine has | machines |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for n, need in enumerate(found, 1):
        much = f"{need.machines:.2f}" + (" of the only one" if need.alone else "")
        lines.append(
            f"| {n} | {need.words} | {need.peak:,.2f} | {need.mean:,.2f} | {need.has:,.1f} {need.unit} | {much} |"
        )
    its = flow(hour.crowd)
    beside = hour.measured.beside
    return [
        *lines,
        "",
        *verdict(found),
        "",
        f"One row: a batch of {BATCH} beats ({GUESTS} of visitors, who share a row; members have one of their "
        f"branch) takes {beside['batch_s'] * 1e3:.0f} ms and keeps that row locked for {costs.held_s * 1e3:.1f} ms, "
        f"so one clip takes at most {BATCH / costs.held_s:,.0f} beats/s. Here {PROCESSES} processes on these cores "
        f"count {rows.together_per_s:,.0f} beats/s of one clip and {rows.apart_per_s:,.0f} of a clip each "
        f"(ratio {rows.ratio:.2f}); one alone {rows.alone_per_s:,.0f}.",
        f"A clip's day has up to {day_rows(hour.crowd, its).max():,.0f} rows, one for each branch; to sum them "
        f"takes {costs.db_s_per_row * 1e6:.2f} µs of the database for each.",
        f"The database keeps {costs.play_bytes:,.0f} bytes of a play and {costs.view_bytes:,.0f} of a view, "
        f"and logs {costs.wal_bytes['start']:,.0f} for a start and {costs.wal_bytes['beat']:,.0f} for a beat: "
        f"{_kept_gb(hour):.1f} GB more after the hour, {_logged_gb(hour):.0f} GB of log.",
        f"Memory: {costs.web_mb:.0f} MB a web process, {beside['web_kb']:.1f} kB for a line to it, "
        f"{costs.line_kb:.1f} kB for a line to nginx, {beside['db_mb']:.1f} MB for a connection of PostgreSQL.",
    ]


def _kept_gb(hour: Hour) -> float:
    starts = flow(hour.crowd).asked["start"].sum()
    return float(starts * (hour.costs.play_bytes + hour.costs.view_bytes) / 1e9)


def _logged_gb(hour: Hour) -> float:
    its = flow(hour.crowd)
    return float(sum(its.asked[kind].sum() * hour.costs.wal_bytes[kind] for kind in ("start", "beat")) / 1e9)


if __name__ == "__main__":
    main()
