"""A proxy on the way to a server, as they stand before sites: it refuses, cuts and takes away."""

from __future__ import annotations

import contextlib
import http.client
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

Headers = list[tuple[str, str]]
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding"}


class ProxiedRequest(BaseHTTPRequestHandler):
    """One request on its way."""

    protocol_version = "HTTP/1.1"

    def refuse(self, status: int, reason: str = "Blocked by the gateway") -> None:
        """Answer as proxies and firewalls do, with a page of their own."""
        body = f"<html><h1>{status}</h1><p>{reason}</p></html>".encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.close_connection = True

    def cut(self) -> None:
        """Break the line off, without a word."""
        self.close_connection = True
        self.connection.close()

    @property
    def length(self) -> int:
        """How many bytes the request carries."""
        return int(self.headers.get("Content-Length") or 0)

    def log_message(self, *_: object) -> None:
        """Quiet."""


Rule = Callable[[ProxiedRequest], bool]
"""Refuses a request and returns True, or returns False to let it through."""


@contextlib.contextmanager
def proxy(
    upstream: str,
    rule: Rule = lambda request: False,
    *,
    there: Callable[[Headers], Headers] = lambda headers: headers,
    back: Callable[[Headers], Headers] = lambda headers: headers,
    takes_off: str = "",
) -> Iterator[str]:
    """Stand before `upstream`; yields the proxy's address.

    `there` and `back` change the headers of requests and answers; `takes_off` is taken off every path.
    """
    address = urlsplit(upstream)

    class Handler(ProxiedRequest):
        def _pass_on(self) -> None:
            if rule(self):
                return
            body = self.rfile.read(self.length)
            line = http.client.HTTPConnection(str(address.hostname), address.port or 80, timeout=60)
            try:
                path = self.path.removeprefix(takes_off) or "/"
                line.putrequest(self.command, path, skip_host=True, skip_accept_encoding=True)
                given = [(n, v) for n, v in self.headers.items() if n.lower() not in HOP_BY_HOP]
                for name, value in there(given):
                    line.putheader(name, value)
                line.endheaders(body)
                answer = line.getresponse()
                content = answer.read()
                self.send_response(answer.status)
                kept = [(n, v) for n, v in answer.getheaders() if n.lower() not in HOP_BY_HOP]
                for name, value in back(kept):
                    self.send_header(name, value)
                if "content-length" not in {n.lower() for n, _ in kept} and self.command != "HEAD":
                    self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
            finally:
                line.close()

        do_GET = do_HEAD = do_POST = do_PATCH = do_PUT = do_DELETE = _pass_on  # noqa: N815

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
