"""The look for recordings that wait: what nobody works at is started.

It may be as simple as that because starting a run twice is starting it once, see server.background.worker.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from dbos import DBOS
from sqlalchemy.orm import Session

from library.core.clock import Clock
from library.core.database import Database
from library.core.errors import NotFound
from library.intake import actions, queries
from library.intake.rules import BUSY, RecordingState
from library.intake.tables import Recording
from server.background.recurring import RecurringThread

_EVERY_S = 0.5
# Every so many looks also runs that ended without a verdict are looked for, not only what waits.
_MEND_EVERY = 60


def workflow_of(recording_id: str, attempt: int) -> str:
    """Return the name of the workflow that does a run of a recording."""
    return f"{recording_id}-{attempt}"


class WaitingRecordingsThread(RecurringThread):
    """Starts a run of each recording that waits; at first and now and then also what was left half-way."""

    # Such as a database that is restarting.
    failed = "waiting recordings could not be looked for, it will be tried again"

    def __init__(self, db: Database, clock: Clock, start_run: Callable[[str, int], None]) -> None:
        """`start_run` enqueues the workflow of a recording's run."""
        super().__init__("waiting recordings", 0.0, _EVERY_S)
        self._db, self._clock, self._start_run = db, clock, start_run
        self._started: set[str] = set()
        self._looks = 0

    def work(self) -> None:
        """Look once."""
        self._look(mend=self._looks % _MEND_EVERY == 0)
        self._looks += 1

    def _look(self, *, mend: bool) -> None:
        """Start what waits; with `mend` also what was left half-way."""
        with self._db.read() as session:
            states = BUSY if mend else (RecordingState.WAITING,)
            found = [(r.id, r.attempt) for r in queries.in_state(session, *states)]
        for recording_id, attempt in found:
            workflow_id = workflow_of(recording_id, attempt)
            if workflow_id in self._started and not mend:
                continue
            status = DBOS.get_workflow_status(workflow_id)
            if status is None:
                self._start_run(recording_id, attempt)
                self._started.add(workflow_id)
            elif status.status in ("PENDING", "ENQUEUED", "DELAYED"):
                self._started.add(workflow_id)  # DBOS takes it up by itself
            elif status.status == "MAX_RECOVERY_ATTEMPTS_EXCEEDED":
                self._with_recording(recording_id, attempt, self._give_up)
            else:
                # It ended without a verdict: the process was stopped in the middle, or not even the verdict
                # could be written. A new run goes on there.
                self._with_recording(recording_id, attempt, actions.start_run)

    def _give_up(self, session: Session, recording: Recording) -> None:
        actions.give_up_run(session, recording, self._clock())

    def _with_recording(
        self, recording_id: str, attempt: int, act: Callable[[Session, Recording], Any]
    ) -> None:
        """Do `act` with a recording unless it came to an end, or was begun anew, since it was looked at."""
        with suppress(NotFound), self._db.write() as session:
            recording = queries.recording(session, recording_id)
            if recording.attempt == attempt and recording.state in BUSY:
                act(session, recording)
