"""Looking at what takes space, once a day and when somebody asks; clearing what can go, when asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from library.intake.files.sweeping import SweepRefused
from library.upkeep import actions
from library.upkeep.actions import Taken
from library.upkeep.measuring import Measuring
from library.upkeep.rules import SPACE, Task
from server.background.looks.asked import EVERY_S, AskedThread, Failed
from server.background.store_sweep import sweep_of
from server.wiring import Ports


class UpkeepThread(AskedThread):
    """Measures and clears."""

    failed = "what takes space could not be looked at, it will be tried again"
    tasks = SPACE

    def __init__(self, ports: Ports, first_after_s: float = EVERY_S) -> None:
        super().__init__("upkeep", ports, first_after_s)
        self._sweep = sweep_of(ports.db, ports.store, ports.settings, ports.clock, self.over)
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
            stopping=self.over,
        )

    def work(self) -> None:
        """Do what is asked for, and the look of the day."""
        with self._db.write() as session:
            actions.ask_daily(session, self._clock())
        super().work()

    def do(self, taken: Taken) -> Mapping[str, Any] | None:
        """Measure, or clear."""
        if taken.task is Task.MEASURE:
            found = self._measuring.measure()
            return found.as_json() if found is not None else None
        try:
            gone = self._sweep.run()
        except SweepRefused:
            raise Failed("sweep_refused") from None
        return {"files": len(gone), "size_bytes": sum(one.size_bytes for one in gone)}

    def after(self, taken: Taken) -> None:
        """Measure anew what is left after a clearing."""
        if taken.task is Task.SWEEP:
            with self._db.write() as session:
                actions.ask(session, None, Task.MEASURE, self._clock())
