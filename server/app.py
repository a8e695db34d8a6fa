"""The web application, put together from settings and open ports."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import structlog
from fastapi import Depends, FastAPI
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from library.catalog.narrowed import ClosingThread
from library.core.clock import CHINA
from library.core.ids import new_id
from library.finding.indexer import IndexThread
from library.plays.counting import Counting
from library.plays.view_counts import ViewCounts
from server.background.worker import Worker, WorkerBusy
from server.delivery.app import MediaApp
from server.logs import told_path
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
from server.slices.intake.uploads import reconcile_forever, upload_router
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
from server.web.state import hold, state_of
from server.web.templating import Renderer
from server.wiring import Ports
from transcode.errors import ToolMissing

_HERE = Path(__file__).parent
_ROOT = _HERE.parent

log = structlog.get_logger()


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
        dependencies=[Depends(guard)],
    )
    counts = ViewCounts()
    hold(app, ports, assets, renderer, counts)
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
    app.include_router(upload_router(settings), include_in_schema=False)
    app.state.media = MediaApp(ports.media_keys, ports.closed, ports.store, ports.clock)
    app.mount("/static", _Static(directory=_HERE / "static"))
    errors.install(app)
    app.add_middleware(_Requests)
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
    """Run the worker beside the pages when the settings say so, and mend uploads that a crash left.

    Without a worker here this process keeps its own index up to date, or lets whoever holds its lock do so.
    """
    state = state_of(app)
    ports = state.ports
    closing = ClosingThread(ports.closed, ports.db)
    await asyncio.to_thread(closing.start)
    worker: Worker | None = None
    if ports.settings.worker:
        worker = Worker(ports)
        try:
            await asyncio.to_thread(worker.start)
        except WorkerBusy:
            log.warning("another process is this data folder's worker; pages only")
            worker = None
        except ToolMissing as error:
            log.error("no ffmpeg: lessons can be read and watched, recordings wait", why=str(error))
            worker = None
    index = IndexThread(ports.indexer) if worker is None else None
    if index is not None:
        index.start()
    ports.asked.start()
    mending = asyncio.create_task(reconcile_forever(ports.db, ports.uploads, ports.clock))
    try:
        yield
    finally:
        state.stopping.set()
        await asyncio.to_thread(app.state.counting.stop)
        mending.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await mending
        await asyncio.to_thread(closing.stop)
        await asyncio.to_thread(ports.asked.stop)
        if worker is not None:
            await asyncio.to_thread(worker.stop)
        if index is not None:
            await asyncio.to_thread(index.stop)


class _Static(StaticFiles):
    """Built files carry a hash of their content in their names, so they may be kept for a year."""

    def file_response(self, *args: Any, **kwargs: Any) -> Any:
        answer = super().file_response(*args, **kwargs)
        answer.headers["cache-control"] = "public, max-age=31536000, immutable"
        answer.headers["x-content-type-options"] = "nosniff"
        return answer


class _Requests:
    """Gives every request an id, says in one log line what came of it, and adds the safe headers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id, began, status = new_id(), time.perf_counter(), 0
        scope.setdefault("state", {})["request_id"] = request_id
        quiet = scope["path"].startswith(("/static", "/healthz", "/readyz"))

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                if not quiet:
                    message["headers"] = [
                        *message["headers"],
                        (b"x-request-id", request_id.encode()),
                        (b"x-content-type-options", b"nosniff"),
                        (b"referrer-policy", b"same-origin"),
                    ]
            await send(message)

        with structlog.contextvars.bound_contextvars(request=request_id):
            try:
                await self._app(scope, receive, sending)
            finally:
                if not quiet or status >= 500:
                    took_ms = round((time.perf_counter() - began) * 1000, 1)
                    log.info(
                        "request",
                        method=scope["method"],
                        path=told_path(scope["path"]),
                        status=status or 500,
                        ms=took_ms,
                    )
