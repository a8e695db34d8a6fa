"""OpenTelemetry, where it is asked for: a span for each request and each step of the worker, sent by OTLP.

The packages are an extra (`requirements/otel.txt`), so they are loaded by name and only with the setting.
Spans carry the templates of routes, the numbers of answers and the ids of requests and recordings; no path,
no query, no name, no address.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, ParamSpec, TypeVar

_P = ParamSpec("_P")
_R = TypeVar("_R")
_CARRIED = (b"traceparent", b"tracestate")
_NO_MESSAGES: dict[str, bool] = {"record_exception": False, "set_status_on_exception": False}
"""An error's own words may hold what people typed."""


class TracingMissing(Exception):
    """Traces are asked for, and the packages that send them are not installed; `name` is the missing one."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(name)


class RequestSpan:
    """The span of one request."""

    def __init__(self, span: Any, method: str, error: Any) -> None:
        """`error` is what OpenTelemetry calls the state of one that failed."""
        self._span, self._method, self._error = span, method, error

    def answered(self, route: str, status: int, request_id: object) -> None:
        """Say what came of it."""
        self._span.update_name(f"{self._method} {route}")
        self._span.set_attribute("http.route", route)
        self._span.set_attribute("http.response.status_code", status)
        if status >= 500:
            self._span.set_status(self._error)
        if isinstance(request_id, str):
            self._span.set_attribute("weike.request", request_id)


class Tracing:
    """Sends spans to a collector; made once a process."""

    def __init__(self, url: str, instance: str) -> None:
        """`url` is the collector's (http://host:4318), `instance` this process's name among others.

        Raises TracingMissing.
        """
        try:
            sdk = importlib.import_module("opentelemetry.sdk.trace")
            export = importlib.import_module("opentelemetry.sdk.trace.export")
            resources = importlib.import_module("opentelemetry.sdk.resources")
            otlp = importlib.import_module("opentelemetry.exporter.otlp.proto.http.trace_exporter")
            carrier = importlib.import_module("opentelemetry.trace.propagation.tracecontext")
            trace = importlib.import_module("opentelemetry.trace")
        except ModuleNotFoundError as error:
            raise TracingMissing(error.name or "opentelemetry") from error
        self._of_server, self._error = trace.SpanKind.SERVER, trace.StatusCode.ERROR
        about = resources.Resource.create({"service.name": "weike", "service.instance.id": instance})
        # No exit handler of its own: `close` is called by whoever closes the ports.
        self._provider: Any = sdk.TracerProvider(resource=about, shutdown_on_exit=False)
        exporter = otlp.OTLPSpanExporter(endpoint=f"{url.rstrip('/')}/v1/traces")
        self._provider.add_span_processor(export.BatchSpanProcessor(exporter))
        self._tracer: Any = self._provider.get_tracer("weike")
        self._context: Any = carrier.TraceContextTextMapPropagator()

    @contextmanager
    def request(self, method: str, headers: Iterable[tuple[bytes, bytes]]) -> Iterator[RequestSpan]:
        """Give the span of a request, which belongs to the trace that its headers name, if they do."""
        came_with = {name.decode(): value.decode("latin-1") for name, value in headers if name in _CARRIED}
        with self._tracer.start_as_current_span(
            method,
            context=self._context.extract(came_with),
            kind=self._of_server,
            attributes={"http.request.method": method},
            **_NO_MESSAGES,
        ) as span:
            yield RequestSpan(span, method, self._error)

    def step(self, work: Callable[_P, _R], name: str) -> Callable[_P, _R]:
        """Return a step of the worker with a span of its own; its first argument is the recording's id."""

        @wraps(work)
        def traced(*args: _P.args, **kwargs: _P.kwargs) -> _R:
            about = {"weike.step": name, "weike.recording": str(args[0]) if args else ""}
            named = f"step {name}"
            with self._tracer.start_as_current_span(named, attributes=about, **_NO_MESSAGES) as span:
                try:
                    return work(*args, **kwargs)
                except BaseException:
                    span.set_status(self._error)
                    raise

        return traced

    def close(self) -> None:
        """Send what is left."""
        self._provider.shutdown()
