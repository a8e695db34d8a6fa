"""What Prometheus may read of this process and of the library, at an address of its own.

Beside the pages' address, so that nothing in front has to keep strangers away from it. What the library holds
is looked up when somebody reads, by one reader at a time: figures of several processes of one library are the
same, and are compared with `max`, never added up.
"""

from __future__ import annotations

import hmac
import shutil
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import structlog
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import make_wsgi_app
from prometheus_client.metrics_core import Metric

from library.core.clock import Clock
from library.core.database import Database, size_bytes
from library.finding.indexer import Indexer
from library.intake import queries as intake
from library.intake.rules import RecordingState
from server.addresses import host_and_port
from server.keeping import state as keeping
from server.metrics import Metrics
from server.wiring import Ports

log = structlog.get_logger()

LAST_BACKUP = "last_backup"
"""A file of the data folder whose time says when the last copy was finished that others made."""

_PATIENCE_S = 10.0
"""So long a reader may take to say what it wants: there is one at a time."""


def last_backup_at(data: Path) -> datetime | None:
    """Return when the last backup was finished, ours or one of others; None where there is none."""
    made = keeping.read(data).good_backup
    ours = [made.at] if made is not None else []
    with suppress(OSError):
        ours.append(datetime.fromtimestamp((data / LAST_BACKUP).stat().st_mtime, UTC))
    return max(ours, default=None)


class LibraryCollector:
    """Looks up what the library holds; a part that cannot be read is left out and told."""

    def __init__(self, db: Database, indexer: Indexer, data: Path, clock: Clock) -> None:
        self._db, self._indexer, self._data, self._clock = db, indexer, data, clock

    def describe(self) -> Iterable[Metric]:
        """Nothing, so that the registry does not look into the library only to learn names."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Look."""
        failed = GaugeMetricFamily(
            "weike_unreadable",
            "1 for a part of the library that could not be read just now.",
            labels=["part"],
        )
        parts: dict[str, Callable[[], list[Metric]]] = {
            "recordings": self._recordings,
            "disk": self._disk,
            "database": self._database,
            "index": self._index,
            "backup": self._backup,
        }
        for name, look in parts.items():
            try:
                found = look()
            except Exception as error:
                log.warning("figures cannot be read", part=name, why=type(error).__name__)
                failed.add_metric([name], 1)
            else:
                failed.add_metric([name], 0)
                yield from found
        yield failed

    def _recordings(self) -> list[Metric]:
        with self._db.read() as session:
            states = intake.count_by_state(session)
            steps = intake.steps_at_work(session)
            oldest = intake.oldest_since(session)
        recordings = GaugeMetricFamily("weike_recordings", "Recordings by state.", labels=["state"])
        for state, n in states.items():
            recordings.add_metric([state], n)
        jobs = GaugeMetricFamily(
            "weike_jobs", "Steps of recordings that are waiting or worked at.", labels=["step", "state"]
        )
        for (kind, step_state), n in steps.items():
            jobs.add_metric([kind, step_state], n)
        age = GaugeMetricFamily(
            "weike_job_oldest_seconds",
            "How long the oldest recording has been waiting, or at one step.",
            labels=["state"],
        )
        for state in (RecordingState.WAITING, RecordingState.WORKING):
            since = oldest.get(state)
            waited_s = max((self._clock() - since).total_seconds(), 0.0) if since else 0.0
            age.add_metric([state], waited_s)
        uploads = _gauge("weike_uploads_open", "Uploads that have begun.", states[RecordingState.RECEIVING])
        return [recordings, jobs, age, uploads]

    def _disk(self) -> list[Metric]:
        disk = shutil.disk_usage(self._data)
        return [
            _gauge("weike_disk_free_bytes", "Room left on the disk of the data folder.", disk.free),
            _gauge("weike_disk_bytes", "Size of the disk of the data folder.", disk.total),
        ]

    def _database(self) -> list[Metric]:
        return [_gauge("weike_database_bytes", "Size of the database.", size_bytes(self._db))]

    def _index(self) -> list[Metric]:
        with self._db.read() as session:
            behind = self._indexer.behind(session)
        return [_gauge("weike_index_behind", "Changes that this node's index has not seen.", behind)]

    def _backup(self) -> list[Metric]:
        at = last_backup_at(self._data)
        if at is None:
            return []
        age_s = max((self._clock() - at).total_seconds(), 0.0)
        return [_gauge("weike_backup_age_seconds", "Since the last backup was finished.", age_s)]


def _gauge(name: str, about: str, value: float) -> Metric:
    return GaugeMetricFamily(name, about, value=value)


class MetricsListener:
    """Answers GET /metrics, to who has the token where there is one."""

    def __init__(self, metrics: Metrics, library: LibraryCollector, address: str, token: str) -> None:
        """Listens at once; raises OSError."""
        host, port = host_and_port(address)
        metrics.registry.register(library)
        self._registry, self._library = metrics.registry, library
        kind = _Server6 if ":" in host else _Server
        try:
            self._server = make_server(
                host, port, _closed(make_wsgi_app(metrics.registry), token), kind, _Quiet
            )
        except OSError:
            self._registry.unregister(self._library)
            raise
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, name="metrics", daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._registry.unregister(self._library)


def metrics_listener(ports: Ports) -> MetricsListener | None:
    """Return what answers Prometheus, listening; None without the setting. Raises OSError."""
    settings = ports.settings
    if not settings.metrics:
        return None
    library = LibraryCollector(ports.db, ports.indexer, settings.data, ports.clock)
    return MetricsListener(
        ports.metrics, library, settings.metrics, settings.metrics_token.get_secret_value()
    )


def _closed(app: Callable[..., Any], token: str) -> Callable[..., Any]:
    """Return an application that answers /metrics alone, and only to who has the token."""
    wanted = f"Bearer {token}".encode()

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        given = str(environ.get("HTTP_AUTHORIZATION", "")).encode("utf-8", "replace")
        if environ.get("PATH_INFO") != "/metrics":
            status = "404 Not Found"
        elif environ.get("REQUEST_METHOD") != "GET":
            status = "405 Method Not Allowed"
        elif token and not hmac.compare_digest(given, wanted):
            status = "401 Unauthorized"
        else:
            # Names and formats are chosen by the reader's words; ours has one query: none.
            return app({**environ, "QUERY_STRING": ""}, start_response)
        start_response(status, [("Content-Type", "text/plain"), ("WWW-Authenticate", "Bearer")])
        return [f"{status}\n".encode()]

    return answer


class _Server(WSGIServer):
    # One at a time: a second reader waits and does not ask the database at the same time.
    def get_request(self) -> tuple[socket.socket, Any]:
        line, address = super().get_request()
        line.settimeout(_PATIENCE_S)
        return line, address

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A reader that went away or said nothing is no event."""


class _Server6(_Server):
    address_family = socket.AF_INET6


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """A line every few seconds tells nobody anything."""
