"""What an application holds for all its requests; routes ask for it by name, see `server.web.deps`."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import FastAPI

from library.intake.transcripts.reading.reader import TranscriptReader
from library.plays.view_counts import ViewCounts
from library.records.picturing.drawer import PhotoDrawer
from library.records.writing.writer import RecordWriter
from library.studio.covering.painter import CoverPainter
from library.works.reading.reader import FileReader
from server.keeping.shelf_looks import ShelfLooks
from server.web.doors.hashing import MOST_AT_ONCE, PLACES_PER_CORE, Hashing, cores
from server.web.doors.visitors import Visitors
from server.web.files.assets import Assets
from server.web.navigation import NavigationEntry
from server.web.pages import Pages
from server.web.shown.lesson_cards import LessonCards
from server.web.shown.media_urls import MediaUrls
from server.web.templating import Renderer
from server.web.turns import Turns
from server.wiring import Ports


@dataclass(frozen=True)
class AppState:
    """What is open, and what makes answers of it; `stopping` is set when the server ends."""

    ports: Ports
    assets: Assets
    pages: Pages
    media: MediaUrls
    cards: LessonCards
    stopping: asyncio.Event
    turns: Turns
    hashing: Hashing
    visitors: Visitors
    reader: TranscriptReader
    files: FileReader
    records: RecordWriter
    covers: CoverPainter
    photos: PhotoDrawer
    shelf_looks: ShelfLooks


def hold(
    app: FastAPI,
    ports: Ports,
    assets: Assets,
    renderer: Renderer,
    counts: ViewCounts,
    navigation: Sequence[NavigationEntry],
) -> None:
    """Let an application hold what its requests need."""
    settings = ports.settings
    hashes = min(MOST_AT_ONCE, cores())
    visitors = Visitors(lambda: ports.site_keys.in_use, ports.clock, settings.visitors_address_minute)
    media = MediaUrls(ports.media_keys, ports.clock, settings.media_life_s, settings.prefix)
    app.state.weike = AppState(
        ports=ports,
        assets=assets,
        pages=Pages(
            renderer,
            navigation,
            visitors,
            prefix=settings.prefix,
            secure=settings.base_url.startswith("https://"),
        ),
        media=media,
        cards=LessonCards(media, counts),
        stopping=asyncio.Event(),
        turns=Turns(settings.threads),
        hashing=Hashing(hashes, PLACES_PER_CORE * hashes),
        visitors=visitors,
        reader=TranscriptReader(),
        files=FileReader(),
        records=RecordWriter(),
        covers=CoverPainter(),
        photos=PhotoDrawer(),
        shelf_looks=ShelfLooks(),
    )


def state_of(app: FastAPI) -> AppState:
    """Return what an application holds."""
    state: AppState = app.state.weike
    return state
