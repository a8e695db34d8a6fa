"""What this process counts for Prometheus: requests and beats. What the library holds is asked for when it is
read (`server.background.measuring`).

Each process counts for itself and is read by itself: Prometheus adds up. Labels are names of routes, methods
and outcomes, of which there are few; none is a person, an address, an id or anything that somebody typed.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

NO_ROUTE = "none"
"""The route of a request that nothing answers: what was asked for may be anything."""

MEDIA_ROUTE = "/media"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SECONDS = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class BeatOutcome(StrEnum):
    """What came of a beat: all of it believed, a part held back, not taken, or told to come again."""

    CREDITED = "credited"
    HELD_BACK = "held_back"
    REFUSED = "refused"
    LATER = "later"


class Metrics:
    """The figures of one process, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        for make in (ProcessCollector, PlatformCollector, GCCollector):
            make(registry=self.registry)
        about = Gauge("weike_info", "This version of Weike; always 1.", ["version"], registry=self.registry)
        about.labels(_own_version()).set(1)
        self._requests = Counter(
            "weike_requests",
            "Requests that were answered.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self._seconds = Histogram(
            "weike_request_seconds",
            "From a request's head to the last byte of its answer; streams that stay open are left out.",
            ["route"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._at_work = Gauge(
            "weike_requests_open", "Requests that are being answered.", registry=self.registry
        )
        self._beats = Counter("weike_beats", "Beats of players.", ["outcome"], registry=self.registry)
        self._held_back_s = Counter(
            "weike_beat_held_back_seconds",
            "Seconds that players reported and that the clock does not allow.",
            registry=self.registry,
        )
        for outcome in BeatOutcome:
            self._beats.labels(outcome)

    def begun(self) -> None:
        """Note that a request has come."""
        self._at_work.inc()

    def answered(self, method: str, route: str, status: int, took_s: float | None) -> None:
        """Note an answer; `took_s` is None for one that stays open for as long as somebody listens."""
        self._at_work.dec()
        known = method if method in _METHODS else "other"
        self._requests.labels(known, route, str(status)).inc()
        if took_s is not None:
            self._seconds.labels(route).observe(took_s)

    def beat(self, outcome: BeatOutcome, held_back_s: float = 0.0) -> None:
        """Note a beat, and how many of its seconds were not believed."""
        self._beats.labels(outcome).inc()
        if held_back_s > 0:
            self._held_back_s.inc(held_back_s)


def route_of(state: Mapping[str, object]) -> str:
    """Return the route that answered a request, as the application wrote it into the request's state."""
    route = state.get("route")
    return route if isinstance(route, str) else NO_ROUTE


def _own_version() -> str:
    try:
        return version("weike")
    except PackageNotFoundError:  # started from its folder without having been set up
        return "unknown"
