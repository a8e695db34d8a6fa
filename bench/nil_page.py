"""The server's search page when nothing is asked: what a search on it is compared with."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from pathlib import Path

import structlog
from anyio.from_thread import start_blocking_portal

from server.app import create_app
from server.settings import Settings
from server.wiring import Ports, open_ports
from tests.support.server import new_data


@contextmanager
def nil_page(folder: Path) -> Iterator[Callable[[], None]]:
    """Yield a function that asks for the page, without a network; the library lies in `folder`."""
    data = folder if folder.exists() else new_data(folder)
    settings = Settings(data=data, worker=False, _env_file=None)  # type: ignore[call-arg]
    ports = open_ports(settings)
    try:
        with requesting(ports) as ask:
            yield lambda: ask("/search")
    finally:
        ports.close()


@contextmanager
def requesting(ports: Ports, token: str = "") -> Iterator[Callable[[str], None]]:
    """Yield a function that asks the application of an open library for an address, without a network; with
    an API token as the person whose it is."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    app = create_app(ports.settings, ports)

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: MutableMapping[str, object]) -> None:
        assert message.get("status", 200) == 200, message

    # One loop that goes on, as in a server: a loop that ends takes its threads along, and the next request
    # would pay for new ones.
    with start_blocking_portal() as portal:
        yield lambda address: portal.call(app, _request(address, token), receive, send)


def _request(address: str, token: str) -> dict[str, object]:
    path, _, query = address.partition("?")
    headers = [(b"host", b"localhost"), (b"accept-language", b"zh-CN")]
    if token:
        headers.append((b"authorization", f"Bearer {token}".encode()))
    told: dict[str, object] = {"type": "http", "http_version": "1.1", "method": "GET", "scheme": "http"}
    told |= {
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": headers,
    }
    return told | {"client": ("127.0.0.1", 1), "server": ("localhost", 80), "asgi": {"version": "3.0"}}
