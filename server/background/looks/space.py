"""Looking at what takes space, once a day and when somebody asks; clearing what can go, when asked."""

from __future__ import annotations

import structlog

from library.intake.files.sweeping import SweepRefused
from library.upkeep import actions
from library.upkeep.measuring import Measuring
from library.upkeep.rules import Task
from server.background.recurring import RecurringThread
from server.background.store_sweep import sweep_of
from server.wiring import Ports

EVERY_S = 5.0
"""Somebody may sit before the page and wait."""

log = structlog.get_logger()


class UpkeepThread(RecurringThread):
    """Takes what is asked for, one after the other."""

    failed = "what takes space could not be looked at, it will be tried again"

    def __init__(self, ports: Ports, first_after_s: float = EVERY_S, every_s: float = EVERY_S) -> None:
        super().__init__("upkeep", first_after_s, every_s, 300.0)
        self._db, self._clock = ports.db, ports.clock
        self._sweep = sweep_of(ports.db, ports.store, ports.settings, ports.clock, self.stopping)
        settings = ports.settings
        folders = {
            "uploads": settings.uploads_folder,
            "work": settings.work_folder,
            "index": settings.index_folder,
        }
        if settings.backup_to is not None:
            folders["backups"] = settings.backup_to
        self._measuring = Measuring(
            ports.db,
            ports.store,
            settings.data,
            folders,
            self._sweep,
            far=bool(settings.store_url),
            stopping=self.stopping,
        )

    def work(self) -> None:
        """Do what is asked for."""
        with self._db.write() as session:
            actions.ask_daily(session, self._clock())
        while not self.stopping():
            with self._db.write() as session:
                taken = actions.take(session, self._clock())
            if taken is None:
                return
            self._do(*taken)

    def _do(self, look_id: int, task: Task) -> None:
        figures, reason = None, ""
        try:
            if task is Task.MEASURE:
                found = self._measuring.measure()
                figures = found.as_json() if found is not None else None
            else:
                gone = self._sweep.run()
                figures = {"files": len(gone), "size_bytes": sum(one.size_bytes for one in gone)}
        except SweepRefused:
            reason = "sweep_refused"
        except Exception:
            log.exception("upkeep failed", task=task.value)
            reason = "upkeep_failed"
        with self._db.write() as session:
            if self.stopping():
                # Half of it is done at most: without this nobody could ask again for hours.
                actions.let_go(session, look_id)
                return
            actions.end(session, look_id, self._clock(), figures, reason)
            if task is Task.SWEEP and not reason:
                actions.ask(session, None, Task.MEASURE, self._clock())
