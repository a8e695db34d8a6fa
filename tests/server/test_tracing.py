"""Traces: sent when they are asked for, of few words, and said in a sentence when they cannot be."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from server.commands.failures import said
from server.slices import phrases
from server.tracing import Tracing, TracingMissing
from server.web.language.i18n import source_catalogue
from tests.support.server import in_thread, new_data

TRACE = "0af7651916cd43dd8448eb211c80319c"


class Collector(HTTPServer):
    """Takes what is sent by OTLP over HTTP."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        super().__init__(("127.0.0.1", 0), _Taking)

    def spans(self) -> list[Any]:
        """All spans that came."""
        found = []
        for body in self.bodies:
            for of_resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                for of_scope in of_resource.scope_spans:
                    found += of_scope.spans
        return found


class _Taking(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        self.server.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture
def collector() -> Iterator[Collector]:
    """A collector on this machine."""
    made = Collector()
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


@pytest.mark.slow
def test_a_request_is_a_span_of_its_route_in_the_proxys_trace(collector: Collector, tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{collector.server_port}"
    with in_thread(new_data(tmp_path / "data"), otel_url=url) as served:
        parent = {"traceparent": f"00-{TRACE}-b7ad6b7169203331-01"}
        answer = served.nobody().http.get("/search?q=张三", headers=parent)
    spans = [span for span in collector.spans() if span.name == "GET /search"]
    assert [span.trace_id.hex() for span in spans] == [TRACE]
    told = {one.key: one.value.string_value or one.value.int_value for one in spans[0].attributes}
    assert told["http.response.status_code"] == 200
    assert told["weike.request"] == answer.headers["x-request-id"]
    assert "张三".encode() not in b"".join(collector.bodies)


@pytest.mark.slow
def test_a_step_that_fails_tells_no_message(collector: Collector) -> None:
    tracing = Tracing(f"http://127.0.0.1:{collector.server_port}", "worker-1")

    def probe(recording: str) -> None:
        raise ValueError(f"张三.mp4 of {recording}")

    with pytest.raises(ValueError):
        tracing.step(probe, "probe")("06h0277bvnmgxjfr")
    tracing.close()
    assert [span.name for span in collector.spans()] == ["step probe"]
    assert "张三".encode() not in b"".join(collector.bodies)


def test_without_the_packages_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("opentelemetry.exporter")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter", None)
    with pytest.raises(TracingMissing) as missing:
        Tracing("http://127.0.0.1:4318", "local")
    told = said(missing.value, source_catalogue(phrases()))
    assert told.exit_code == 1
    assert "requirements/otel.txt" in told.line
