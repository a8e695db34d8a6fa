"""What Prometheus reads: true, of few series, and of nobody."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import ValidationError

from library.catalog.permits import LessonState
from library.core.database import open_database
from library.intake import queries as intake
from library.intake.rules import RecordingState
from server import migrate
from server.background.measuring import LAST_BACKUP, LibraryCollector, MetricsListener
from server.keeping import state
from server.keeping.state import Outcome
from server.settings import Settings
from tests.server.conftest import Shelf
from tests.server.routes import all_routes
from tests.support import factories as make
from tests.support.client import PLAIN
from tests.support.server import MovableClock, Served

TOKEN = "a-token-of-prometheus"
Figures = dict[tuple[str, tuple[tuple[str, str], ...]], float]


@pytest.fixture
def listener(served: Served) -> Iterator[MetricsListener]:
    """What answers Prometheus, of the module's server."""
    ports = served.ports
    library = LibraryCollector(ports.db, ports.indexer, served.data, ports.clock)
    found = MetricsListener(ports.metrics, library, "127.0.0.1:0", TOKEN)
    found.start()
    yield found
    found.stop()


def read(listener: MetricsListener, token: str = TOKEN) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx.get(f"http://127.0.0.1:{listener.port}/metrics", headers=headers, verify=PLAIN)


def figures(listener: MetricsListener) -> Figures:
    """Every sample: (name, labels) -> value."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(read(listener).text)
        for sample in family.samples
    }


def value(found: Figures, name: str, **labels: str) -> float:
    return found[name, tuple(sorted(labels.items()))]


@pytest.mark.slow
def test_figures_are_for_who_has_the_token(listener: MetricsListener) -> None:
    assert read(listener).status_code == 200
    assert [read(listener, token).status_code for token in ("", "wrong", TOKEN[:-1])] == [401, 401, 401]
    base = f"http://127.0.0.1:{listener.port}"
    assert (
        httpx.get(f"{base}/other", headers={"Authorization": f"Bearer {TOKEN}"}, verify=PLAIN).status_code
        == 404
    )
    assert (
        httpx.post(f"{base}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}, verify=PLAIN).status_code
        == 405
    )


@pytest.mark.slow
def test_a_reader_that_says_nothing_does_not_shut_the_others_out_for_good(listener: MetricsListener) -> None:
    with socket.create_connection(("127.0.0.1", listener.port)) as silent:
        silent.sendall(b"GET /metrics HTTP/1.1\r\n")
        silent.shutdown(socket.SHUT_RDWR)
    assert read(listener).status_code == 200


@pytest.mark.slow
def test_requests_are_counted_by_their_route_and_nothing_else(
    served: Served, shelf: Shelf, listener: MetricsListener
) -> None:
    before = figures(listener)
    put = shelf.lesson(LessonState.PUBLISHED)
    http = served.nobody().http
    lesson = http.get(f"/api/v1/lessons/{put.lesson}").json()
    assert http.get(lesson["clips"][0]["master"]).status_code == 200
    for path in (f"/lessons/{put.lesson}", "/nowhere/张三", "/search?q=张三", "/static/nothing.js"):
        http.get(path)
    http.request("PROPFIND", "/")
    now = figures(listener)

    def more(**labels: str) -> float:
        key = ("weike_requests_total", tuple(sorted(labels.items())))
        return now[key] - before.get(key, 0)

    assert more(method="GET", route="/api/v1/lessons/{lesson_id}", status="200") == 1
    assert more(method="GET", route="/media", status="200") == 1
    assert more(method="GET", route="/lessons/{lesson_id}", status="200") == 1
    assert more(method="GET", route="none", status="404") == 1
    assert more(method="GET", route="/search", status="200") == 1
    assert more(method="GET", route="/static", status="404") == 1
    assert more(method="other", route="/", status="405") == 1
    assert "张三" not in read(listener).text
    assert put.lesson not in read(listener).text


@pytest.mark.slow
def test_labels_are_few_and_known(served: Served, listener: MetricsListener) -> None:
    known = {route.partition(" ")[2] for route in all_routes(served)} | {
        "none",
        "/media",
        "/api/openapi.json",
    }
    routes = {dict(labels)["route"] for _name, labels in figures(listener) if "route" in dict(labels)}
    assert routes <= known
    allowed = {"method", "route", "status", "le", "outcome", "state", "step", "part", "version", "generation"}
    python = {"implementation", "major", "minor", "patchlevel"}
    assert {name for _name, labels in figures(listener) for name, _ in labels} <= allowed | python


@pytest.mark.slow
def test_beats_are_counted_by_what_came_of_them(
    served: Served, shelf: Shelf, clock: MovableClock, listener: MetricsListener
) -> None:
    before = figures(listener)
    put = shelf.lesson(LessonState.PUBLISHED)
    member = served.signed_in("member")
    play = member.play(put.clip)
    clock.forward(seconds=10)
    member.beat(play, (0, 8))
    member.beat(play, (8, 60))
    member.http.post(f"/api/v1/plays/{play['play']}/beats", json={"key": "wrong", "ranges": []})
    now = figures(listener)

    def more(outcome: str) -> float:
        return value(now, "weike_beats_total", outcome=outcome) - value(
            before, "weike_beats_total", outcome=outcome
        )

    assert [more(outcome) for outcome in ("credited", "held_back", "refused", "later")] == [1, 1, 1, 0]
    assert value(now, "weike_beat_held_back_seconds_total") > value(
        before, "weike_beat_held_back_seconds_total"
    )


@pytest.mark.slow
def test_what_the_library_holds_is_looked_up(
    served: Served, shelf: Shelf, clock: MovableClock, listener: MetricsListener
) -> None:
    shelf.lesson(recording="failed")
    shelf.lesson(recording="working")
    clock.forward(minutes=5)
    found = figures(listener)
    assert value(found, "weike_recordings", state="failed") == 1
    assert value(found, "weike_job_oldest_seconds", state="working") >= 300
    assert value(found, "weike_job_oldest_seconds", state="waiting") == 0
    assert 0 < value(found, "weike_disk_free_bytes") < value(found, "weike_disk_bytes")
    assert value(found, "weike_database_bytes") >= (served.data / "weike.sqlite").stat().st_size
    shelf.index()
    assert value(figures(listener), "weike_index_behind") == 0


@pytest.mark.slow
def test_the_age_of_a_backup_is_told_once_there_was_one(
    served: Served, clock: MovableClock, listener: MetricsListener
) -> None:
    assert not [name for name, _ in figures(listener) if name == "weike_backup_age_seconds"]
    mark = served.data / LAST_BACKUP
    mark.touch()
    hour_ago = (clock() - timedelta(hours=1)).timestamp()
    os.utime(mark, (hour_ago, hour_ago))
    assert 3600 <= value(figures(listener), "weike_backup_age_seconds") < 3700
    state.note(
        served.data, state.BACKUP, Outcome(clock() - timedelta(minutes=5), name="20260305T083000.123Z")
    )
    assert 300 <= value(figures(listener), "weike_backup_age_seconds") < 400
    state.note(served.data, state.BACKUP, Outcome(clock(), code="keeping_failed"))
    assert value(figures(listener), "weike_backup_age_seconds") >= 300, "one that failed is none"


@pytest.mark.slow
def test_a_part_that_cannot_be_read_is_told_and_hides_no_other(
    served: Served, shelf: Shelf, listener: MetricsListener
) -> None:
    with shelf.broken_index():
        found = figures(listener)
    assert value(found, "weike_unreadable", part="index") == 1
    assert value(found, "weike_unreadable", part="database") == 0
    assert value(found, "weike_database_bytes") > 0


@pytest.mark.postgres
@pytest.mark.slow
def test_postgresql_answers_the_same_questions(postgres_url: str, served: Served, tmp_path: Path) -> None:
    db = open_database(postgres_url)
    try:
        migrate.prepare(db, "党组织", served.ports.clock())
        with db.write() as session:
            viewer = make.person(session)
            lesson = make.lesson(session, "一课", owner=viewer)
            make.recording(session, lesson, viewer).state = RecordingState.WAITING
        with db.read() as session:
            assert intake.count_by_state(session)[RecordingState.WAITING] == 1
            assert set(intake.oldest_since(session)) == {RecordingState.WAITING}
        found = list(LibraryCollector(db, served.ports.indexer, tmp_path, served.ports.clock).collect())
    finally:
        db.close()
    sizes = [m.samples[0].value for m in found if m.name == "weike_database_bytes"]
    assert sizes[0] > 1_000_000


@pytest.mark.parametrize("address", ["127.0.0.1:9464", "[::1]:9464", "localhost:9464"])
def test_loopback_needs_no_token(address: str) -> None:
    assert Settings(metrics=address, _env_file=None).metrics == address  # type: ignore[call-arg]


@pytest.mark.parametrize("address", ["0.0.0.0:9464", "10.0.0.1:9464", "[::]:9464", "weike.example:9464"])
def test_figures_were_open_to_every_machine(address: str) -> None:
    with pytest.raises(ValidationError, match="WEIKE_METRICS_TOKEN"):
        Settings(metrics=address, _env_file=None)  # type: ignore[call-arg]
    Settings(metrics=address, metrics_token=TOKEN, _env_file=None)  # type: ignore[call-arg, arg-type]


@pytest.mark.parametrize("address", ["9464", "127.0.0.1", "127.0.0.1:x", "::1:9464", "127.0.0.1:70000"])
def test_an_address_without_a_port_is_refused(address: str) -> None:
    with pytest.raises(ValidationError, match="address and a port"):
        Settings(metrics=address, _env_file=None)  # type: ignore[call-arg]


@pytest.mark.slow
def test_names_are_those_that_prometheus_takes(listener: MetricsListener) -> None:
    names = {name for name, _ in figures(listener)}
    assert all(re.fullmatch(r"[a-z_]+", name) for name in names if name.startswith("weike_"))
    assert {"process_resident_memory_bytes", "process_open_fds"} <= names
