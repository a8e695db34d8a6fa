"""Backups every few minutes, and now and then one is tried out; only where the settings name a folder."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import structlog
from obstore.store import ObjectStore

from library.core.clock import Clock
from library.core.database import Database
from server.background.recurring import RecurringThread
from server.keeping import rules, state
from server.keeping.backup import BackupMaker
from server.keeping.checking import RestoreTest
from server.keeping.errors import KeepingFailed
from server.keeping.shelf import Shelf
from server.settings import Settings

FIRST_AFTER_S = 60.0
_LOOK_EVERY_S = 15.0
_LOOK_FOR_TEST_EVERY_S = 3600.0

log = structlog.get_logger()


def secret_files(settings: Settings) -> dict[str, Path]:
    """Return the files of the secrets, by what they are called in a backup."""
    return {
        "secret": settings.site_keys_file,
        "media_secret": settings.media_keys_file,
        "second_factor_secret": settings.sealing_keys_file,
    }


def maker_of(
    db: Database,
    store: ObjectStore,
    settings: Settings,
    clock: Clock,
    folder: Path,
    stopping: Callable[[], bool] = lambda: False,
) -> BackupMaker:
    """Return what makes backups of a library in `folder`."""
    return BackupMaker(
        db=db,
        store=store,
        uploads=settings.uploads_folder,
        secrets=secret_files(settings),
        shelf=Shelf(folder),
        clock=clock,
        postgres_folder=settings.postgres_tools,
        stopping=stopping,
    )


def restore_test_of(
    settings: Settings, clock: Clock, folder: Path, stopping: Callable[[], bool] = lambda: False
) -> RestoreTest:
    """Return what tries out the backups in `folder`."""
    return RestoreTest(
        shelf=Shelf(folder),
        scratch=settings.work_folder / "restore-test",
        database_url=settings.database,
        clock=clock,
        postgres_folder=settings.postgres_tools,
        stopping=stopping,
    )


class BackupThread(RecurringThread):
    """Makes a backup whenever the newest is old enough. Of several workers whoever comes first does."""

    # Such as a disk that is full, or one that is not mounted.
    failed = "no backup could be made, it will be tried again"

    def __init__(
        self,
        db: Database,
        store: ObjectStore,
        settings: Settings,
        clock: Clock,
        folder: Path,
        first_after_s: float = FIRST_AFTER_S,
        look_every_s: float = _LOOK_EVERY_S,
    ) -> None:
        every_s = settings.backup_every_min * 60.0
        super().__init__("backup", first_after_s, min(look_every_s, every_s), at_most_s=every_s)
        self._maker = maker_of(db, store, settings, clock, folder, self.stopping)
        self._settings, self._clock = settings, clock

    def work(self) -> None:
        """Make one if it is time."""
        every = timedelta(minutes=self._settings.backup_every_min)
        if not rules.is_due(self._maker.shelf.last_made(), self._clock(), every):
            return
        try:
            made = self._maker.make(self._settings.backup_keep)
        except KeepingFailed as error:
            if error.code not in ("backup_busy", "backup_stopped"):
                state.note(self._settings.data, state.BACKUP, state.failed(error, self._clock()))
                raise
        except Exception as error:
            state.note(self._settings.data, state.BACKUP, state.failed(error, self._clock()))
            raise
        else:
            state.note(self._settings.data, state.BACKUP, made.outcome(self._clock()))
            facts = made.backup.facts
            log.info("backup made", backup=made.backup.name, seconds=facts["seconds"], **facts["copied"])


class RestoreTestThread(RecurringThread):
    """Tries the newest backup out whenever the last trial is old enough."""

    # Such as a backup folder that is not mounted.
    failed = "no backup could be tried out, it will be tried again"

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        folder: Path,
        first_after_s: float = _LOOK_FOR_TEST_EVERY_S / 4,
        look_every_s: float = _LOOK_FOR_TEST_EVERY_S,
    ) -> None:
        super().__init__("restore test", first_after_s, look_every_s)
        self._test = restore_test_of(settings, clock, folder, self.stopping)
        self._settings, self._clock = settings, clock

    def work(self) -> None:
        """Try one out if it is time."""
        last = state.read(self._settings.data).test
        every = timedelta(days=self._settings.restore_test_days)
        if not every or not rules.is_due(last.at if last else None, self._clock(), every):
            return
        try:
            outcome = self._test.run().outcome(self._clock())
        except KeepingFailed as error:
            if error.code in ("backup_stopped", "no_backup_folder", "backup_none"):
                return  # the first is still to be made
            outcome = state.failed(error, self._clock())
        except Exception as error:
            state.note(self._settings.data, state.TEST, state.failed(error, self._clock()))
            raise
        state.note(self._settings.data, state.TEST, outcome)
        (log.error if outcome.code else log.info)("backup tried out", backup=outcome.name, code=outcome.code)
