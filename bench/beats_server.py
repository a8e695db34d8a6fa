"""The server that `bench.beats` measures: Weike itself, with two routes beside that do nothing."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from server import logs
from server.app import create_app
from server.settings import Settings
from server.wiring import open_ports

EMPTY, BARE = "/bench/empty", "/bench/bare"


class _Bare:
    """Answers BARE at the place where beats are answered."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != BARE:
            await self._app(scope, receive, send)
            return
        while (await receive()).get("more_body", False):
            pass
        headers = [(b"content-type", b"application/json"), (b"content-length", b"2")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"{}"})


async def _empty() -> dict[str, str]:
    return {}


def main() -> None:
    """Serve until told to end."""
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("port", type=int)
    parser.add_argument("--database", default="")
    chosen = parser.parse_args()
    settings = Settings(  # type: ignore[call-arg]
        data=chosen.data,
        port=chosen.port,
        database_url=chosen.database,
        worker=False,
        # All players sit here, and none of them is to wait for its turn.
        view_address_minute=0,
        view_address_clip_hour=0,
        _env_file=None,
    )
    logs.configure("json")
    ports = open_ports(settings)
    app = create_app(settings, ports)
    app.get(EMPTY)(_empty)
    app.router.routes.insert(0, app.router.routes.pop())  # as soon found as a route can be
    app.add_middleware(_Bare)
    config = uvicorn.Config(
        app, host="127.0.0.1", port=chosen.port, log_config=None, access_log=False, backlog=4096
    )
    try:
        asyncio.run(uvicorn.Server(config).serve())
    finally:
        ports.close()


if __name__ == "__main__":
    main()
