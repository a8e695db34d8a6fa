"""The server's search page when nothing is asked: what a search on it is compared with."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from pathlib import Path

import structlog

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
def requesting(ports: Ports) -> Iterator[Callable[[str], None]]:
    """Yield a function that asks the application of an open library for an address, without a network."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    app = create_app(ports.settings, ports)

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: MutableMapping[str, object]) -> None:
        assert message.get("status", 200) == 200, message

    with asyncio.Runner() as runner:
        yield lambda address: runner.run(app(_request(address), receive, send))


def _request(address: str) -> dict[str, object]:
    path, _, query = address.partition("?")
    headers = [(b"host", b"localhost"), (b"accept-language", b"zh-CN")]
    told: dict[str, object] = {"type": "http", "http_version": "1.1", "method": "GET", "scheme": "http"}
    told |= {
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": headers,
    }
    return told | {"client": ("127.0.0.1", 1), "server": ("localhost", 80), "asgi": {"version": "3.0"}}
