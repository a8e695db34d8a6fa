"""The extreme hour as people and programs read it: tables, sentences, figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bench.extreme_hour.contention import Contention
from bench.extreme_hour.costs import GUESTS, Measured
from bench.extreme_hour.crowd import BATCH, KINDS, Costs, Crowd, Flow, Machine, Need, day_rows, flow, verdict

TOLD = 0.99
"""The hit rate for which the order of what breaks is told."""

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
    processes: int
    needs: Mapping[float, list[Need]]

    @property
    def costs(self) -> Costs:
        """What requests cost."""
        return self.measured.costs

    @property
    def told(self) -> float:
        """The hit rate for which everything is told."""
        return TOLD if TOLD in self.needs else next(iter(self.needs))


def as_figures(hour: Hour) -> dict[str, float]:
    """Return every figure by a name."""
    costs, its, rows = hour.costs, flow(hour.crowd), hour.rows
    figures = {
        f"{kind}_{name}_ms": 1e3 * tier[kind] for kind in KINDS for name, tier in _tiers(costs).items()
    }
    figures |= {f"{kind}_peak_per_s": its.peak(kind) for kind in KINDS}
    figures |= {f"{kind}_mean_per_s": its.mean(kind) for kind in KINDS}
    figures |= {
        "viewers": hour.crowd.viewers,
        "watching_peak": float(its.watching.max()),
        "nginx_s_per_gb": costs.nginx_s_per_byte * 1e9,
        "sum_us_per_row": costs.db_s_per_row * 1e6,
        "row_held_ms": costs.held_s * 1e3,
        "row_beats_per_s": BATCH / costs.held_s,
        "one_process_beats_per_s": rows.alone_per_s,
        "one_clip_beats_per_s": rows.together_per_s,
        "clips_apart_beats_per_s": rows.apart_per_s,
        "one_clip_over_apart": rows.ratio,
        "log_bytes_per_beat": costs.wal_bytes["beat"],
        "log_bytes_per_start": costs.wal_bytes["start"],
        "bytes_per_play": costs.play_bytes,
        "bytes_per_view": costs.view_bytes,
        "kept_gb": _kept_gb(hour),
        "logged_gb": _logged_gb(hour),
        **hour.measured.beside,
    }
    for hit, found in hour.needs.items():
        figures |= {f"{need.key}_peak@{hit:g}": need.peak for need in found}
        figures |= {f"{need.key}_machines@{hit:g}": need.machines for need in found}
    return figures


def _tiers(costs: Costs) -> dict[str, Mapping[str, float]]:
    return {"web": costs.web_s, "db": costs.db_s, "nginx": costs.nginx_s}


def as_tables(hour: Hour) -> list[str]:
    """Return the Markdown that people read."""
    its = flow(hour.crowd)
    parts = [_assumed(hour.crowd, its), _asked(hour, its), _origin(hour, its), _order(hour)]
    parts += [verdict(hour.needs[hour.told]), _beside(hour, its)]
    return [line for part in parts for line in (*part, "")][:-1]


def _assumed(crowd: Crowd, its: Flow) -> list[str]:
    curve = ", ".join(f"{part:.0%} by {at_s / 60:g} min" for at_s, part in crowd.arrivals)
    mix = ", ".join(f"{rung.name} {rung.share:.0%}" for rung in crowd.rungs)
    who = f"{crowd.viewers:,} viewers ({crowd.share:.1%} of {crowd.people:,})"
    most, mean = its.watching.max(), its.watching.sum() / 3600
    return [
        f"{who} watch {crowd.minutes:g} minutes each and come {curve}. Clips of {crowd.clip_s / 60:g} "
        f"min, segments of {crowd.segment_s:g} s, a beat every {crowd.beat_s:g} s; {crowd.cold:.0%} of the "
        f"browsers fetch the {crowd.files} scripts and styles. {mix}: {crowd.bps / 1e6:.2f} Mbit/s on "
        "average.",
        f"At most {most:,.0f} watch at once, and {most * crowd.bps / 1e9:,.0f} Gbit/s reach them "
        f"(over the hour {mean * crowd.bps / 1e9:,.0f}).",
    ]


def _asked(hour: Hour, its: Flow) -> list[str]:
    lines = [
        "| request | peak/s | mean/s | web CPU ms | database CPU ms | nginx CPU ms |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for kind in KINDS:
        web, db, nginx = (tier[kind] * 1e3 for tier in _tiers(hour.costs).values())
        cells = "0 | 0" if kind in ("playlist", "segment") else f"{web:.2f} | {db:.2f}"
        rates = f"{its.peak(kind):,.0f} | {its.mean(kind):,.0f}"
        lines.append(f"| {WORDS[kind]} | {rates} | {cells} | {nginx:.3f} |")
    lines.append(f"| a GB of segments | | | 0 | 0 | {hour.costs.nginx_s_per_byte * 1e12:,.0f} |")
    return lines


def _origin(hour: Hour, its: Flow) -> list[str]:
    lines = [
        "| the CDN answers | Gbit/s out of the origin | segments/s | cores of nginx | machines for it |",
        "| --- | --- | --- | --- | --- |",
    ]
    for hit, found in hour.needs.items():
        gbit, nginx = (next(need for need in found if need.key == key) for key in ("gbit", "nginx"))
        segments = its.peak("segment") * (1 - hit)
        most = max(gbit.machines, nginx.machines)
        lines.append(f"| {hit:.1%} | {gbit.peak:.2f} | {segments:,.0f} | {nginx.peak:.1f} | {most:.1f} |")
    return lines


def _order(hour: Hour) -> list[str]:
    box = hour.machine
    lines = [
        f"What breaks first when the CDN answers {hour.told:.1%}, on machines of {box.cores} cores and "
        f"{box.gbit:g} Gbit/s of which {box.full:.0%} may be in use at the peak:",
        "",
        "| | resource | peak | mean | usable of one machine | machines |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for n, need in enumerate(hour.needs[hour.told], 1):
        much = f"{need.machines:.2f}" + (" of the only one" if need.alone else "")
        values = f"{need.peak:,.2f} | {need.mean:,.2f} | {need.has:,.1f} {need.unit}"
        lines.append(f"| {n} | {need.words} | {values} | {much} |")
    return lines


def _beside(hour: Hour, its: Flow) -> list[str]:
    costs, rows, beside = hour.costs, hour.rows, hour.measured.beside
    log = costs.wal_bytes
    return [
        f"- One row: a batch of {BATCH} beats takes {beside['batch_s'] * 1e3:.0f} ms. {GUESTS} of them are "
        f"visitors', who share a row of the clip's day, and it is locked for {costs.held_s * 1e3:.1f} ms: "
        f"one clip takes at most {BATCH / costs.held_s:,.0f} beats/s, however many processes there are.",
        f"- {hour.processes} processes on these cores count {rows.together_per_s:,.0f} visitors' beats/s of "
        f"one clip and {rows.apart_per_s:,.0f} of a clip each (ratio {rows.ratio:.2f}); one alone "
        f"{rows.alone_per_s:,.0f}.",
        f"- A clip's day gets {day_rows(hour.crowd, its).max():,.0f} rows, one for each branch; summing them "
        f"takes {costs.db_s_per_row * 1e6:.2f} µs of the database for each.",
        f"- The database keeps {costs.play_bytes:,.0f} bytes of a play and {costs.view_bytes:,.0f} of a "
        f"view, and logs {log['start']:,.0f} for a start and {log['beat']:,.0f} for a beat: "
        f"{_kept_gb(hour):.1f} GB more after the hour, {_logged_gb(hour):.0f} GB of log.",
        f"- Memory: {costs.web_mb:.0f} MB a web process, {beside['web_kb']:.1f} kB for a line to it, "
        f"{costs.line_kb:.1f} kB for a line to nginx, {beside['db_mb']:.1f} MB for a connection to "
        "PostgreSQL.",
    ]


def _kept_gb(hour: Hour) -> float:
    starts = flow(hour.crowd).asked["start"].sum()
    return float(starts * (hour.costs.play_bytes + hour.costs.view_bytes) / 1e9)


def _logged_gb(hour: Hour) -> float:
    its = flow(hour.crowd)
    return float(sum(its.asked[kind].sum() * each for kind, each in hour.costs.wal_bytes.items()) / 1e9)
