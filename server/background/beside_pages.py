"""What runs beside the pages for as long as the web application does, and how it begins and ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Protocol

import structlog

from server.background.choices import ChoicesThread
from server.background.database_check import DatabaseCheckThread
from server.background.index_follower import IndexThread
from server.background.keeping.history_keeping import HistoryKeepingThread
from server.background.keeping.list_keeping import ListKeepingThread
from server.background.keeping.suggestions_keeping import SuggestionsKeepingThread
from server.background.ledgers.audit_keeping import AuditKeepingThread, ChainThread, ReadingsThread
from server.background.ledgers.evidence_keeping import EvidenceThread
from server.background.mailing import LettersKeepingThread, MailingThread
from server.background.narrowing import NarrowingThread
from server.background.origins import OriginsThread, ShowingsThread
from server.background.query_counts import QueryCountsThread
from server.background.telling import NoticesKeepingThread, PushingThread
from server.background.upload_mending import UploadMendingThread
from server.background.week_release import WeekReleaseThread
from server.background.worker import Worker, WorkerBusy
from server.wiring import Ports
from transcode.errors import ToolMissing

log = structlog.get_logger()


class Beside(Protocol):
    """Something that runs beside the pages; starting and stopping it may take a while."""

    def start(self) -> None:
        """Begin."""

    def stop(self) -> None:
        """End; called once, and only when `start` returned."""


def beside_pages(ports: Ports) -> list[Beside]:
    """Return what runs beside the pages of a library, in the order of its beginning."""
    return [
        # First, since nothing may be served before it is known what has been withdrawn.
        NarrowingThread(ports.narrowed, ports.db),
        ChoicesThread(ports.in_force),
        WorkerElseIndex(ports),
        QueryCountsThread(ports.asked),
        WeekReleaseThread(ports.db, ports.clock),
        ShowingsThread(ports.db, ports.settings.view_rule, ports.clock),
        DatabaseCheckThread(ports.integrity, ports.clock, timedelta(hours=ports.settings.check_database_h)),
        OriginsThread(ports.db, ports.clock),
        ReadingsThread(ports.readings),
        ChainThread(ports.db),
        AuditKeepingThread(ports.db, ports.clock, timedelta(days=ports.settings.audit_keep_days)),
        EvidenceThread(ports.db, ports.clock),
        SuggestionsKeepingThread(ports.db, ports.clock, timedelta(days=ports.settings.suggestions_keep_days)),
        NoticesKeepingThread(ports.db, ports.clock),
        HistoryKeepingThread(ports.db, ports.clock),
        PushingThread(ports.db, ports.clock, ports.push_service),
        ListKeepingThread(ports.settings.data / "lists"),
        *([MailingThread(ports.db, ports.clock, ports.mail_server)] if ports.mail_server else []),
        LettersKeepingThread(ports.db, ports.clock),
        UploadMendingThread(ports.db, ports.uploads, ports.clock, days_kept=ports.settings.keep_uploads_days),
    ]


@asynccontextmanager
async def running(things: Sequence[Beside]) -> AsyncIterator[None]:
    """Start things one after the other, and stop them the other way round at the end of the block.

    What has been started is stopped whatever else fails: another thing that cannot begin, the block, another
    thing that cannot end. The error is then raised.
    """
    async with AsyncExitStack() as started:
        for thing in things:
            await asyncio.to_thread(thing.start)
            started.push_async_callback(asyncio.to_thread, thing.stop)
        yield


class WorkerElseIndex:
    """The worker when the settings ask for one here and it can be; without, an index kept up to date."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._running: Beside | None = None

    def start(self) -> None:
        """Begin to work, or else let whoever holds the index's lock write it."""
        worker = self._worker() if self._ports.settings.worker else None
        if worker is None:
            index = IndexThread(self._ports.indexer)
            index.start()
            self._running = index
        else:
            self._running = worker

    def stop(self) -> None:
        """End."""
        if self._running is not None:
            self._running.stop()

    def _worker(self) -> Worker | None:
        """Return the worker, at work; None when it cannot be."""
        worker = Worker(self._ports)
        try:
            worker.start()
        except WorkerBusy:
            log.warning("another process is this data folder's worker; pages only")
        except ToolMissing as error:
            log.error("no ffmpeg: lessons can be read and watched, recordings wait", why=str(error))
        else:
            return worker
        return None
