"""The look for recordings that are to be heard: once no recording is made into clips, they get their turn.

As in server.background.waiting_recordings, starting a run twice is starting it once.
"""

from __future__ import annotations

from collections.abc import Callable

from dbos import DBOS

from library.core.clock import Clock
from library.core.database import Database
from library.hearing import actions, queries
from library.hearing.rules import SpeechMode
from server.background.recurring import RecurringThread

_EVERY_S = 1.0
# Every so many looks those are found that are always heard (by their lecturers or the settings), and texts
# without places.
_GATHER_EVERY = 10


def workflow_of(recording_id: str, run: int) -> str:
    """Return the name of the workflow that does a run of a recognition."""
    return f"hear-{recording_id}-{run}"


class WaitingSpeechThread(RecurringThread):
    """Starts a run of each recognition that is to be done, while no recording is made into clips."""

    failed = "recordings to be heard could not be looked for, it will be tried again"

    def __init__(
        self,
        db: Database,
        clock: Clock,
        mode: SpeechMode,
        start_run: Callable[[str, int], None],
        align_texts: Callable[[], int],
        is_usable: Callable[[], bool],
    ) -> None:
        """`start_run` enqueues the workflow of a run, `align_texts` lays texts over what was heard,
        `is_usable` tells whether there is a recogniser: without one nothing is asked for."""
        super().__init__("waiting speech", 0.0, _EVERY_S)
        self._db, self._clock, self._mode = db, clock, mode
        self._start_run, self._align_texts, self._is_usable = start_run, align_texts, is_usable
        self._looks = 0

    def work(self) -> None:
        """Look once."""
        if self._looks % _GATHER_EVERY == 0:
            with self._db.read() as session:
                are_some = bool(queries.always_heard(session, self._mode, 1))
            if are_some and self._is_usable():
                with self._db.write() as session:
                    actions.want_those_without_words(session, self._mode, self._clock())
            self._align_texts()
        self._looks += 1
        with self._db.read() as session:
            found = [] if queries.others_first(session) else queries.to_do(session)
        for recording_id, run in found:
            if self.stopping():
                return
            self._look(recording_id, run)

    def _look(self, recording_id: str, run: int) -> None:
        status = DBOS.get_workflow_status(workflow_of(recording_id, run))
        if status is None:
            self._start_run(recording_id, run)
        elif status.status in ("PENDING", "ENQUEUED", "DELAYED"):
            return  # DBOS takes it up by itself
        elif status.status == "MAX_RECOVERY_ATTEMPTS_EXCEEDED":
            with self._db.write() as session:
                actions.give_up_run(session, recording_id, run, self._clock())
        else:
            # It ended without a verdict: others went first, or the process was stopped in the middle.
            with self._db.write() as session:
                actions.start_run(session, recording_id, run)
