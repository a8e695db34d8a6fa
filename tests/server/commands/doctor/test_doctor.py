"""weike doctor: what is wrong and what to do, line by line."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from sqlalchemy import delete

from library.core.clock import local_day, utc_now
from library.plays import closing
from library.plays.tables import Seal
from server.commands.doctor.uploads import PROBE_BYTES, scheme_check, visitors_check
from server.web.forms.csrf import PROBE_HEADERS
from server.wiring import Ports
from tests.server.commands.conftest import Ran, Weike
from tests.support import factories
from tests.support.server import in_thread
from tests.support.views import watch

pytestmark = pytest.mark.dear(12)


def status(ran: Ran) -> dict[str, str]:
    return {check["name"]: check["status"] for check in ran.json["checks"]}


@contextmanager
def proxy(answer: Callable[[BaseHTTPRequestHandler, int], None]) -> Iterator[str]:
    """A web server on this machine that answers a POST of some length as `answer` does."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            answer(self, int(self.headers["Content-Length"]))

        def do_PATCH(self) -> None:
            answer(self, int(self.headers["Content-Length"]))

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def says(number: int) -> Callable[[BaseHTTPRequestHandler, int], None]:
    def answer(handler: BaseHTTPRequestHandler, length: int) -> None:
        handler.rfile.read(length)
        body = b'{"received": %d}' % number
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def refuses(handler: BaseHTTPRequestHandler, length: int) -> None:
    handler.rfile.read(length)
    handler.send_error(413)


@pytest.mark.slow
def test_a_new_library_is_well(weike: Weike, ports: Ports) -> None:
    ports.indexer.catch_up()
    ran = weike("doctor", "--json")
    assert ran.code == 0, ran.out
    assert ran.json["ok"] is True
    found = status(ran)
    assert set(found) >= {"ffmpeg", "ffprobe", "codecs", "disk", "database", "migrations", "index", "worker"}
    assert set(found) >= {"jobs", "store", "secret", "media_secret", "uploads", "address", "recordings"}
    assert found["secret"] == found["media_secret"] == found["index"] == "ok"
    assert all(check["message"] for check in ran.json["checks"])
    assert all(check["todo"] for check in ran.json["checks"] if check["name"] == "worker")


@pytest.mark.slow
def test_days_that_are_not_sealed_and_days_closed_too_early_are_told(weike: Weike, ports: Ports) -> None:
    def told() -> str:
        ran = weike("doctor", "--json")
        [check] = [check for check in ran.json["checks"] if check["name"] == "counting"]
        return str(check["status"])

    assert told() == "ok", "nothing was played yet"
    now = utc_now()
    with ports.db.write() as session:
        watch(session, factories.lesson(session, clips=1).clips[0], 1, now - timedelta(days=9))
        closing.close(session, local_day(now) - timedelta(days=5), now)
    assert told() == "warn"
    assert weike("stats", "roll-up").code == 0
    assert told() == "ok"
    with ports.db.write() as session:
        closing.close(session, local_day(now) + timedelta(days=9), now)
    assert told() == "bad"
    with ports.db.write() as session:  # as the runbook says
        session.execute(delete(Seal).where(Seal.day >= local_day(now)))
    assert told() == "ok"


@pytest.mark.slow
def test_seals_that_were_deleted_are_bad_and_a_missed_night_is_a_warning(weike: Weike, ports: Ports) -> None:
    def told() -> tuple[str, str]:
        ran = weike("doctor", "--json")
        [check] = [check for check in ran.json["checks"] if check["name"] == "counting"]
        return str(check["status"]), str(check["message"])

    now = utc_now()
    day = local_day(now - timedelta(days=3))
    with ports.db.write() as session:
        watch(session, factories.lesson(session, clips=1).clips[0], 1, now - timedelta(days=3))
    status_, message = told()
    assert status_ == "warn"
    assert day.isoformat() in message
    assert weike("stats", "roll-up").code == 0
    assert told()[0] == "ok"
    with ports.db.write() as session:
        session.execute(delete(Seal))
    status_, message = told()
    assert status_ == "bad"
    assert day.isoformat() in message


@pytest.mark.slow
def test_it_makes_nothing(weike: Weike, no_data: Path) -> None:
    ran = weike("doctor", "--json")
    assert status(ran)["database"] == "warn"
    assert not no_data.exists()


@pytest.mark.slow
def test_an_open_secret_is_bad(weike: Weike, ports: Ports, data: Path) -> None:
    (data / "secret").chmod(0o604)
    (data / "media_secret").chmod(0o640)
    ran = weike("doctor", "--json")
    assert (ran.code, ran.json["ok"]) == (1, False)
    assert (status(ran)["secret"], status(ran)["media_secret"]) == ("bad", "warn")
    assert "chmod 600" in weike("doctor").out


@pytest.mark.slow
def test_a_file_of_two_media_secrets_is_well(weike: Weike, ports: Ports, data: Path) -> None:
    assert weike("media-key", "rotate").code == 0
    assert status(weike("doctor", "--json"))["media_secret"] == "ok"
    (data / "media_secret").write_text(f"{'a' * 43}\nshort\n")
    assert status(weike("doctor", "--json"))["media_secret"] == "bad"


def test_what_is_missing_is_named(weike: Weike, ports: Ports, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEIKE_FFMPEG", "/nowhere/ffmpeg")
    monkeypatch.setenv("WEIKE_KEEP_FREE_BYTES", str(2**60))
    monkeypatch.setenv("WEIKE_STORE_URL", "s3://nowhere")
    monkeypatch.setenv(
        "WEIKE_STORE_OPTIONS",
        '{"endpoint": "http://127.0.0.1:1", "access_key_id": "a", "secret_access_key": "secret-b",'
        ' "region": "x", "client_options": {"allow_http": true}, "retry_config": {"max_retries": 0}}',
    )
    ran = weike("doctor", "--json")
    assert ran.code == 1
    assert {name for name, found in status(ran).items() if found == "bad"} == {"ffmpeg", "disk", "store"}
    assert "secret-b" not in ran.out


@pytest.mark.slow
def test_a_database_that_is_away_is_bad_and_its_password_stays_hidden(
    weike: Weike, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEIKE_DATABASE_URL", "postgresql+psycopg://weike:top-secret@127.0.0.1:1/weike")
    ran = weike("doctor", "--json")
    assert status(ran)["database"] == "bad"
    assert "top-secret" not in ran.out + ran.err


@pytest.mark.slow
def test_an_index_that_is_behind_and_tables_that_are_old(weike: Weike, ports: Ports) -> None:
    ports.indexer.catch_up()
    with ports.db.write() as session:
        factories.lesson(session, "红船精神", clips=1)
    assert status(weike("doctor", "--json"))["index"] == "warn"
    with ports.db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'old'")
    assert status(weike("doctor", "--json"))["migrations"] == "warn"


@pytest.mark.parametrize(
    ("answer", "found"),
    [(says(PROBE_BYTES), "ok"), (says(1024 * 1024), "bad"), (refuses, "bad")],
    ids=["all", "cut", "refused"],
)
@pytest.mark.slow
def test_a_proxy_that_cuts_uploads_is_found(
    weike: Weike,
    ports: Ports,
    monkeypatch: pytest.MonkeyPatch,
    answer: Callable[[BaseHTTPRequestHandler, int], None],
    found: str,
) -> None:
    with proxy(answer) as url:
        monkeypatch.setenv("WEIKE_PUBLIC_URL", url)
        assert status(weike("doctor", "--json"))["uploads"] == found


def as_a_site(
    refused: tuple[str, ...] = (), dropped: tuple[str, ...] = ()
) -> Callable[[BaseHTTPRequestHandler, int], None]:
    """A site behind a proxy that refuses methods ("as PATCH": carried by POST, too) and drops headers."""

    def answer(handler: BaseHTTPRequestHandler, length: int) -> None:
        received = len(handler.rfile.read(length))
        meant = handler.headers.get("X-HTTP-Method-Override", handler.command)
        if handler.command in refused or f"as {meant}" in refused:
            handler.send_error(405)
            return
        known = [name for name in PROBE_HEADERS if name in handler.headers and name not in dropped]
        said = {"received": received, "method": meant, "scheme": "http", "headers": known}
        body = json.dumps(said).encode()
        handler.send_response(200)
        for name, value in (("Upload-Offset", str(received)), ("Location", "/")):
            if name.lower() not in dropped:
                handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (as_a_site(), {"patch": "ok", "headers": "ok"}),
        (as_a_site(refused=("PATCH",)), {"patch": "warn"}),
        (as_a_site(refused=("PATCH", "as PATCH")), {"patch": "bad"}),
        (as_a_site(dropped=("x-csrf-token",)), {"headers": "bad"}),
        (as_a_site(dropped=("upload-offset",)), {"headers": "bad"}),
    ],
    ids=["well", "no PATCH", "no way", "headers there", "headers back"],
)
@pytest.mark.slow
def test_what_a_proxy_does_to_uploads_is_found(
    weike: Weike,
    ports: Ports,
    monkeypatch: pytest.MonkeyPatch,
    answer: Callable[[BaseHTTPRequestHandler, int], None],
    found: dict[str, str],
) -> None:
    with proxy(answer) as url:
        monkeypatch.setenv("WEIKE_PUBLIC_URL", url)
        ran = weike("doctor", "--json")
    assert status(ran).items() >= {"uploads": "ok", **found}.items()
    assert all(check["todo"] for check in ran.json["checks"] if check["status"] == "bad")


def test_an_https_site_that_is_told_of_http_is_found(ports: Ports) -> None:
    settings = ports.settings.model_copy(update={"public_url": "https://weike.example"})
    assert scheme_check(settings, {"scheme": "http"}).status == "warn"
    assert scheme_check(settings, {"scheme": "https"}).status == "ok"
    for forwarded, status in (("absent", "warn"), ("ignored", "warn"), ("believed", "ok")):
        assert visitors_check(settings, {"forwarded": forwarded}).status == status
    plain = ports.settings.model_copy(update={"public_url": "http://weike.example"})
    assert scheme_check(plain, {"scheme": "http"}).status == "ok"


@pytest.mark.slow
def test_the_probe_of_a_running_site_tells_all_that_doctor_asks(
    weike: Weike, ports: Ports, monkeypatch: pytest.MonkeyPatch, data: Path
) -> None:
    with in_thread(data) as served:
        monkeypatch.setenv("WEIKE_PUBLIC_URL", served.base_url)
        found = status(weike("doctor", "--json"))
    assert [found[name] for name in ("uploads", "patch", "headers", "scheme")] == ["ok"] * 4


@pytest.mark.slow
def test_an_address_where_nobody_answers_is_only_a_warning(
    weike: Weike, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEIKE_PUBLIC_URL", "http://127.0.0.1:1")
    assert status(weike("doctor", "--json"))["uploads"] == "warn"
