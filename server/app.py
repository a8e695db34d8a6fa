"""The web application, put together from settings and open ports."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
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
from server.slices.access import account
from server.slices.access import sign_in as signing_in
from server.slices.dictionary import api as vocabulary_api
from server.slices.dictionary import routes as dictionary
from server.slices.finding import api as searching
from server.slices.finding import export as exporting
from server.slices.finding import routes as find
from server.slices.finding import saved_searches as searches
from server.slices.intake import cut_editor as editing
from server.slices.intake import routes as intake
from server.slices.intake.uploads import upload_router
from server.slices.lessons import api
from server.slices.lessons import routes as catalog
from server.slices.people import routes as people
from server.slices.review import routes as review
from server.slices.statistics import api as statistics_api
from server.slices.statistics import routes as statistics
from server.slices.system import routes as system
from server.slices.watching import beats, counting_rule, downloads
from server.slices.watching import posters as pictures
from server.slices.watching import routes as watch
from server.slices.watching.beat_keys import BeatSigner
from server.web import errors
from server.web.assets import load_assets
from server.web.deps import guard
from server.web.i18n import load_catalogues
from server.web.pages import Pages
from server.web.requests import Requests
from server.web.templating import Renderer
from server.web.turns import Turns, turn
from server.wiring import Ports

_HERE = Path(__file__).parent
_ROOT = _HERE.parent


def create_app(settings: Settings, ports: Ports) -> FastAPI:
    """Return the application; it owns nothing: whoever opened the ports closes them.

    Raises AssetsMissingError when the front end has not been built.
    """
    assets = load_assets(_HERE / "static")
    renderer = Renderer(_ROOT / "templates", load_catalogues(_HERE / "locale"), assets, CHINA)
    app = _MediaFirst(
        title="微课 Weike",
        version="1",
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        dependencies=[Depends(guard), Depends(turn, scope="function")],
    )
    app.state.settings, app.state.ports, app.state.assets = settings, ports, assets
    counts = ViewCounts()
    app.state.pages = Pages(renderer, ports, counts)
    app.state.stopping = asyncio.Event()
    app.state.turns = Turns(settings.threads)
    for module in (
        system,
        catalog,
        pictures,
        watch,
        counting_rule,
        statistics,
        downloads,
        find,
        exporting,
        searches,
        intake,
        editing,
        review,
        signing_in,
        account,
        people,
        api,
        statistics_api,
        searching,
        dictionary,
        vocabulary_api,
    ):
        app.include_router(module.router)
    app.include_router(upload_router(ports), include_in_schema=False)
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
    app.state.turns.open_threads()
    async with running(beside_pages(app.state.ports)):
        try:
            yield
        finally:
            app.state.stopping.set()
            await asyncio.to_thread(app.state.counting.stop)


class _Static(StaticFiles):
    """Built files carry a hash of their content in their names, so they may be kept for a year."""

    def file_response(self, *args: Any, **kwargs: Any) -> Any:
        answer = super().file_response(*args, **kwargs)
        answer.headers["cache-control"] = "public, max-age=31536000, immutable"
        answer.headers["x-content-type-options"] = "nosniff"
        return answer
