"""The web application, put together from settings and open ports."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from library.core.clock import CHINA
from library.plays.counting import Counting
from library.plays.view_counts import ViewCounts
from server import private
from server.background.beside_pages import beside_pages, running
from server.delivery.app import MediaApp
from server.metrics import MEDIA_ROUTE
from server.settings import Settings
from server.slices import SLICES
from server.slices.watching import beats
from server.slices.watching.beat_keys import signer_of
from server.web import errors
from server.web.doors.networks import origin_key, origin_of
from server.web.files.assets import load_assets
from server.web.language.i18n import load_catalogues
from server.web.limits.bodies import Bodies
from server.web.limits.sizes import FORM_LIMITS
from server.web.middleware.bodies import BodyLimits
from server.web.middleware.compression import Compression
from server.web.middleware.edge import Edge, KeptOnHttps
from server.web.middleware.measured import Measured, RouteNamed
from server.web.middleware.methods import HeadAsGet, MethodOverride
from server.web.middleware.prefix import Locations, check_prefix, inside
from server.web.middleware.requests import Requests
from server.web.routing.guarded_routes import guarded, guarded_once, guards
from server.web.routing.registry import gather, paths_of, routers_of
from server.web.slice import Slice
from server.web.state import hold, state_of
from server.web.static_files import StaticFilesOfBuilds, keep_this_build
from server.web.templating import Renderer
from server.wiring import Ports

_HERE = Path(__file__).parent
_ROOT = _HERE.parent
_BUILT = _HERE / "static"


def create_app(settings: Settings, ports: Ports, slices: Sequence[Slice] = SLICES) -> FastAPI:
    """Return the application of `slices`; it owns nothing: whoever opened the ports closes them.

    Raises SlicesClash, PrefixTaken, and AssetsMissingError when the front end has not been built.
    """
    registry = gather(slices)
    prefix = settings.prefix
    assets = load_assets(_BUILT, f"{prefix}/static/")
    catalogues = load_catalogues(_HERE / "locale", registry.phrases)
    in_force = ports.in_force
    renderer = Renderer(_ROOT / "templates", catalogues, assets, CHINA, prefix, lambda: in_force.now.brand)
    app = _MediaFirst(
        title="微课 Weike",
        servers=[{"url": prefix}] if prefix else None,
        version="1",
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        dependencies=guards(),
        form_limits=FORM_LIMITS,
    )
    counts = ViewCounts()
    hold(app, ports, assets, renderer, counts, registry.navigation)
    routers = routers_of(slices, settings)
    check_prefix(prefix, (*_BY_ITSELF, *paths_of(routers)))
    stay = {id(router) for one in slices for router in one.routers}
    for router in routers:
        app.router.routes.extend(guarded_once(router) if id(router) in stay else guarded(router))
    app.state.prefix = prefix
    app.state.https = KeptOnHttps(https=settings.base_url.startswith("https://"), hsts_s=settings.hsts_s)
    app.state.measured = Measured(app.answer, ports.metrics, ports.tracing)
    app.state.media = MediaApp(ports.media_keys, ports.narrowed, ports.store, ports.clock)
    app.mount("/static", StaticFilesOfBuilds(_BUILT, settings.assets_folder))
    errors.install(app)
    # Each is around those before it.
    app.add_middleware(RouteNamed)
    app.add_middleware(Locations, prefix=prefix)
    app.add_middleware(Compression)
    app.add_middleware(BodyLimits, bodies=Bodies(registry.bodies))
    app.add_middleware(HeadAsGet)
    app.add_middleware(MethodOverride)
    app.add_middleware(Edge)
    app.add_middleware(Requests, addresses=settings.log_addresses)
    app.state.counting = Counting(
        ports.db,
        settings.view_rule,
        counts,
        gather_s=settings.beat_gather_ms / 1000,
        most_waiting=settings.beat_queue,
        clock=ports.clock,
    )
    beats.describe(app)
    # Added last, so that beats come here first.
    app.add_middleware(
        beats.Beats,
        counting=app.state.counting,
        signer=signer_of(lambda: ports.site_keys.in_use),
        origin=lambda scope: origin_key(ports.secret, origin_of(scope), "views"),
        clock=ports.clock,
        explain=renderer.explain,
        metrics=ports.metrics,
    )
    return app


_BY_ITSELF = ("/media/x", "/static/x", "/api/openapi.json")
"""Paths that no router has."""


class _MediaFirst(FastAPI):
    """The application, with media served before any of it: a segment costs no framework. All is measured."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.state.measured(scope, receive, send)

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or run what runs beside the pages."""
        if scope["type"] == "http":
            scope = inside(scope, self.state.prefix)
            if scope["path"].startswith("/media/"):
                scope["state"]["route"] = MEDIA_ROUTE
                await self.state.media(scope, receive, send)
                return
            send = self.state.https.sender(scope, send)
        await super().__call__(scope, receive, send)


@contextlib.asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Run what runs beside the pages; at the end let go who follows a stream, and write the last beats."""
    state = state_of(app)
    state.turns.open_threads()
    await asyncio.to_thread(keep_this_build, _BUILT, state.ports.settings.assets_folder)
    await asyncio.to_thread(private.close_all, state.ports.settings)
    async with running(beside_pages(state.ports)):
        try:
            yield
        finally:
            state.stopping.set()
            await asyncio.to_thread(state.reader.close)
            await asyncio.to_thread(state.files.close)
            await asyncio.to_thread(state.covers.close)
            await asyncio.to_thread(state.photos.close)
            await asyncio.to_thread(state.records.close)
            await asyncio.to_thread(app.state.counting.stop)
