"""The web application, put together from settings and open ports."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

from fastapi import Depends, FastAPI
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from library.core.clock import CHINA
from library.plays.counting import Counting
from library.plays.view_counts import ViewCounts
from server.background.beside_pages import beside_pages, running
from server.delivery.app import MediaApp
from server.settings import Settings
from server.slices import SLICES
from server.slices.watching import beats
from server.slices.watching.beat_keys import BeatSigner
from server.web import errors
from server.web.assets import load_assets
from server.web.deps import guard, turn
from server.web.language.i18n import load_catalogues
from server.web.registry import gather, routers_of
from server.web.requests import Requests
from server.web.slice import Slice
from server.web.state import hold, state_of
from server.web.templating import Renderer
from server.wiring import Ports

_HERE = Path(__file__).parent
_ROOT = _HERE.parent


def create_app(settings: Settings, ports: Ports, slices: Sequence[Slice] = SLICES) -> FastAPI:
    """Return the application of `slices`; it owns nothing: whoever opened the ports closes them.

    Raises SlicesClash, and AssetsMissingError when the front end has not been built.
    """
    registry = gather(slices)
    assets = load_assets(_HERE / "static")
    catalogues = load_catalogues(_HERE / "locale", registry.phrases)
    renderer = Renderer(_ROOT / "templates", catalogues, assets, CHINA)
    app = _MediaFirst(
        title="微课 Weike",
        version="1",
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        dependencies=[Depends(guard), Depends(turn, scope="function")],
    )
    counts = ViewCounts()
    hold(app, ports, assets, renderer, counts, registry.navigation)
    for router in routers_of(slices, settings):
        app.include_router(router)
    app.state.media = MediaApp(ports.media_keys, ports.narrowed, ports.store, ports.clock)
    app.mount("/static", _Static(directory=_HERE / "static"))
    errors.install(app)
    app.add_middleware(Requests)
    app.state.counting = Counting(
        ports.db,
        settings.view_rule,
        counts,
        gather_s=settings.beat_gather_ms / 1000,
        most_waiting=settings.beat_queue,
    )
    beats.describe(app)
    # Added last, so that beats come here first.
    app.add_middleware(
        beats.Beats,
        counting=app.state.counting,
        signer=BeatSigner(ports.secret),
        clock=ports.clock,
        explain=renderer.explain,
    )
    return app


class _MediaFirst(FastAPI):
    """The application, with media served before any of it: a segment costs no framework."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith("/media/"):
            await self.state.media(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


@contextlib.asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Run what runs beside the pages; at the end let go who follows a stream, and write the last beats."""
    state = state_of(app)
    state.turns.open_threads()
    async with running(beside_pages(state.ports)):
        try:
            yield
        finally:
            state.stopping.set()
            await asyncio.to_thread(app.state.counting.stop)


class _Static(StaticFiles):
    """Built files carry a hash of their content in their names, so they may be kept for a year."""

    def file_response(self, *args: Any, **kwargs: Any) -> Any:
        answer = super().file_response(*args, **kwargs)
        answer.headers["cache-control"] = "public, max-age=31536000, immutable"
        answer.headers["x-content-type-options"] = "nosniff"
        return answer
