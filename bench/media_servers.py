"""What bench.delivery asks, each a process of its own: `python -m bench.media_servers KIND FOLDER PORT`.

"weike": the whole application as `weike serve` runs it, with one empty route more. "starlette": files through
FileResponse. "fastapi": an empty route and nothing else. All run in uvicorn with the same options.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from fastapi.responses import Response
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.routing import Route

from server.app import create_app
from server.commands.running.serving import config_of
from server.logs import configure
from server.settings import Settings
from server.wiring import open_ports

EMPTY = "/bench/empty"


def main() -> None:
    """Read the arguments and serve until a signal comes."""
    kind, folder, port = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    settings = Settings(data=folder, port=port, worker=False, _env_file=None)  # type: ignore[call-arg]
    config = config_of(APPS[kind](settings), settings)
    config.host, config.port = "127.0.0.1", port
    uvicorn.Server(config).run()


def _weike(settings: Settings) -> FastAPI:
    configure("json")
    return _with_empty(create_app(settings, open_ports(settings)))


def _starlette(settings: Settings) -> Starlette:
    async def send_file(request: Request) -> FileResponse:
        return FileResponse(settings.data / request.path_params["path"])

    return Starlette(routes=[Route("/{path:path}", send_file)])


def _fastapi(_settings: Settings) -> FastAPI:
    return _with_empty(FastAPI())


def _with_empty(app: FastAPI) -> FastAPI:
    async def empty() -> Response:
        return Response()

    app.add_api_route(EMPTY, empty)
    return app


APPS: dict[str, Callable[[Settings], Starlette]] = {
    "weike": _weike,
    "starlette": _starlette,
    "fastapi": _fastapi,
}

if __name__ == "__main__":
    main()
