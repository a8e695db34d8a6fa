"""Waiting until recordings play: beside the worker that runs, or with one of our own."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from library.core.database import Database
from library.core.errors import NotFound
from library.intake import queries
from library.intake.queries import Work
from library.intake.rules import ENDED, RecordingState, StepState
from server.background.worker import Worker, WorkerBusy
from server.commands.console import Console
from server.web.language.words import word
from server.wiring import Ports

_POLL_S = 0.25
_TRY_AGAIN_S = 3.0


@dataclass(frozen=True)
class Ended:
    """How a recording ended: its state, and the reason when it does not play."""

    recording_id: str
    state: RecordingState
    reason: str | None
    reason_args: dict[str, object]


class OwnWorker:
    """A worker in this process for as long as nobody else is one for the data folder."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._worker: Worker | None = None
        self._tried_at = float("-inf")

    def ensure(self) -> None:
        """Be the worker unless another process is; raises ToolMissing.

        Asked again and again, because the other process may end while somebody waits for its work. Where the
        settings say that workers run elsewhere, it is theirs.
        """
        if self._worker is not None or not self._ports.settings.worker:
            return
        if time.monotonic() - self._tried_at < _TRY_AGAIN_S:
            return
        self._tried_at = time.monotonic()
        worker = Worker(self._ports)
        try:
            worker.start()
        except WorkerBusy:
            return
        self._worker = worker

    def stop(self) -> None:
        """End; what is unfinished is taken up by the next worker."""
        if self._worker is not None:
            self._worker.stop()
            self._worker = None


@contextmanager
def own_worker(ports: Ports) -> Iterator[OwnWorker]:
    """Give a worker of one's own where none runs; it is stopped at the end of the block."""
    worker = OwnWorker(ports)
    try:
        worker.ensure()
        yield worker
    finally:
        worker.stop()


def follow(
    db: Database,
    worker: OwnWorker,
    recording_ids: Sequence[str],
    on_progress: Callable[[float, str], None],
    on_end: Callable[[Ended], None],
    doing: Callable[[Work], str],
) -> None:
    """Return when every recording has ended; `on_end` is told once about each, as it happens.

    `on_progress` gets the percent over all and what `doing` calls the step that runs.
    """
    left = list(dict.fromkeys(recording_ids))
    total = max(1, len(left))
    while left:
        worker.ensure()
        percent, said = 0.0, ""
        for recording_id in list(left):
            work = _work(db, recording_id)
            if work is None:
                on_end(Ended(recording_id, RecordingState.FAILED, "recording_gone", {}))
                left.remove(recording_id)
            elif work.state in ENDED:
                on_end(Ended(recording_id, work.state, work.reason, dict(work.reason_args)))
                left.remove(recording_id)
            else:
                percent += work.percent
                said = said or doing(work)
        on_progress((100.0 * (total - len(left)) + percent) / total, said)
        if left:
            time.sleep(_POLL_S)


def _work(db: Database, recording_id: str) -> Work | None:
    with db.read() as session:
        try:
            return queries.work(session, queries.recording(session, recording_id))
        except NotFound:
            return None


def step_word(console: Console, work: Work) -> str:
    """Return what the step that runs is called, "" when none does."""
    step = next((s for s in work.steps if s.state is StepState.RUNNING), None)
    return word("step", step.kind, console.catalogue, n=step.n) if step else ""
