"""The look for workers that died and do not come back: what they had begun goes on with another one.

A worker that starts again under its name takes up its own jobs (server.background.worker). This is for the
one that does not: every worker counts up in its row, and whoever sees a row stand still for long cancels what
that worker had begun. The look for waiting recordings then begins a new run, which goes on from what is done,
and the old one is over, should its worker only have been frozen.
"""

from __future__ import annotations

from collections.abc import Mapping

import structlog
from dbos import DBOS

from library.core.clock import Clock
from library.core.database import Database
from library.intake import actions, queries
from server.background.recurring import RecurringThread

_BEATS_BEFORE_DEAD = 9
"""So many looks in a row a row must stand still: a worker under load may be late for a few."""

log = structlog.get_logger()


class Liveness:
    """Tells from what several looks saw which workers are dead.

    Nobody's clock is compared with another's: a worker is dead when its count has stood still over
    `most_looks` looks of this one. Looks that failed are none, so that a database that was away kills nobody.
    """

    def __init__(self, most_looks: int) -> None:
        self._most_looks = most_looks
        self._seen: dict[str, tuple[int, int]] = {}

    def look(self, counts: Mapping[str, int]) -> list[str]:
        """Return the workers of `counts` (name: how often it has counted) that are dead, by name."""
        seen = {}
        for name, count in counts.items():
            before, still = self._seen.get(name, (count, 0))
            seen[name] = (count, still + 1 if count == before and name in self._seen else 0)
        self._seen = seen
        return sorted(name for name, (_, still) in seen.items() if still >= self._most_looks)


class DeadWorkersThread(RecurringThread):
    """Counts up for its worker, and lets go of what dead ones had begun."""

    failed = "the other workers could not be looked at, it will be tried again"

    def __init__(self, db: Database, clock: Clock, executor_id: str, dead_after_s: float) -> None:
        """`executor_id`: this worker's name; `dead_after_s`: how long a row stands still of a dead one."""
        super().__init__("dead workers", 0.0, dead_after_s / _BEATS_BEFORE_DEAD)
        self._db, self._clock, self._executor_id = db, clock, executor_id
        self._liveness = Liveness(_BEATS_BEFORE_DEAD)

    def work(self) -> None:
        """Look once."""
        with self._db.write() as session:
            actions.worker_lives(session, self._executor_id, self._clock())
            counts = queries.worker_signs(session)
        for name in self._liveness.look(counts):
            if name != self._executor_id and not self.stopping():
                _let_go(name)


def _let_go(executor_id: str) -> None:
    begun = DBOS.list_workflows(
        status="PENDING", executor_id=executor_id, load_input=False, load_output=False
    )
    for workflow in begun:
        # Who waits for it learns that it was let go; waiting_recordings begins the recording again.
        DBOS.cancel_workflow(workflow.workflow_id)
    if begun:
        log.warning("a worker is dead, its jobs are begun again", worker=executor_id, jobs=len(begun))
