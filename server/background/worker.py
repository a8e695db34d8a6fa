"""The worker: durable workflows around the pipeline's steps (DBOS), one per recording, one per clip.

The database says what is to be done (a recording that waits), DBOS remembers how far it is. A workflow's id
is the recording's id and the number of the run, so starting it twice is starting it once; therefore a short
look (server.background.waiting_recordings) may start whatever waits, and no crash between "row written" and
"job enqueued" can lose anything.
"""

from __future__ import annotations

import fcntl
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from functools import partial
from typing import Any, ParamSpec, TextIO, TypeVar

import structlog
from dbos import DBOS, DBOSConfig, SetEnqueueOptions, SetWorkflowID, WorkflowHandle, error
from sqlalchemy import make_url

from library.core.errors import NotFound
from library.core.far_database import patience
from library.correcting.terms import terms_of
from library.hearing.hearing import Hearing
from library.hearing.rules import SpeechMode
from library.intake.pipeline import Pipeline
from library.intake.running import Stopped
from server.background.backing_up import BackupThread, RestoreTestThread
from server.background.dead_workers import DeadWorkersThread
from server.background.index_follower import IndexThread
from server.background.looks.edges import EdgesThread
from server.background.looks.prints import PrintsThread
from server.background.looks.sounds import SoundsThread
from server.background.looks.space import UpkeepThread
from server.background.looks.trying import TryingThread
from server.background.material_words import MaterialWordsThread
from server.background.recurring import RecurringThread
from server.background.roll_up import RollThread
from server.background.small_pictures import SmallPicturesThread
from server.background.store_sweep import SweepThread
from server.background.waiting_recordings import WaitingRecordingsThread, workflow_of
from server.background.waiting_speech import WaitingSpeechThread
from server.background.waiting_speech import workflow_of as workflow_of_speech
from server.settings import PARALLEL_RECORDINGS
from server.wiring import Ports
from transcode.errors import Cancelled, TranscodeError

# Constant, because a workflow is only recovered by the version that began it, and our steps stay compatible.
APPLICATION_VERSION = "1"
_RECOVERIES = 10
# Children are ended by then, and what they were at is left to the next start.
_FINISH_S = 15
RECORDINGS, CLIPS, SPEECH = "recordings", "clips", "speech"
DONE, STOPPED, INTERRUPTED = "done", "stopped", "interrupted"

log = structlog.get_logger()
_P = ParamSpec("_P")
_R = TypeVar("_R")


class WorkerBusy(Exception):
    """Another process on this machine is the worker of this data folder."""


class Worker:
    """Runs the pipeline. One per executor id; on one machine, one per data folder."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._stopping = threading.Event()
        self._awaited: set[str] = set()
        self._running = ExitStack()

    def start(self) -> None:
        """Take up what is left and what comes; raises WorkerBusy, ToolMissing, and then nothing runs."""
        ports = self._ports
        tools, settings = ports.tools, ports.settings
        with ExitStack() as started:
            started.enter_context(self._hold_lock())
            log.info(
                "worker starts",
                ffmpeg=tools.ffmpeg_version,
                ffprobe=tools.ffprobe_version,
                id=settings.executor_id,
            )
            for thread in (
                *self._backing_up(),
                RollThread(ports.db, settings, ports.clock),
                SweepThread(ports.db, ports.store, settings, ports.clock),
                UpkeepThread(ports),
                MaterialWordsThread(ports.db, ports.store, ports.work),
                SmallPicturesThread(ports.db, ports.store, tools, ports.work),
                EdgesThread(ports.db, ports.store, tools, ports.work, ports.clock),
                SoundsThread(
                    ports.db,
                    ports.store,
                    tools,
                    ports.work,
                    ports.clock,
                    60 * settings.reflection_sound_max_min,
                ),
                PrintsThread(ports.db),
                IndexThread(ports.indexer),
            ):
                thread.start()
                started.callback(thread.stop)
            hearing = self._hearing()
            process, hear = self._launch(started, hearing)
            started.callback(self._let_waiting_go)
            looks: list[RecurringThread] = [
                WaitingRecordingsThread(ports.db, ports.clock, partial(_start_run, process))
            ]
            if settings.speech is not SpeechMode.NEVER:
                enqueue = partial(_start_hearing, hear)
                looks.append(
                    WaitingSpeechThread(
                        ports.db,
                        ports.clock,
                        settings.speech,
                        enqueue,
                        hearing.align_texts,
                        partial(_can_hear, hearing),
                    )
                )
            for look in looks:
                look.start()
                started.callback(look.stop)
            if settings.jobs.startswith("postgresql"):  # in a file they have one worker, this one
                dead_after_s = settings.worker_dead_after_s
                others = DeadWorkersThread(ports.db, ports.clock, settings.executor_id, dead_after_s)
                others.start()
                started.callback(others.stop)
            self._running = started.pop_all()

    def stop(self) -> None:
        """End: children are ended, steps are left to be taken up at the next start."""
        self._stopping.set()
        self._running.close()

    def _backing_up(self) -> list[RecurringThread]:
        """Return what makes backups and tries them, when the settings name a folder for them."""
        ports = self._ports
        folder = ports.settings.backup_to
        if folder is None:
            return []
        return [
            BackupThread(ports.db, ports.store, ports.settings, ports.clock, folder),
            RestoreTestThread(ports.settings, ports.clock, folder),
            TryingThread(ports, folder),
        ]

    def _launch(
        self, started: ExitStack, hearing: Hearing
    ) -> tuple[Callable[[str, int], str], Callable[[str, int], str]]:
        """Start DBOS with our workflows and queues; returns those of a run, and of hearing."""
        settings = self._ports.settings
        config: DBOSConfig = {
            "name": "weike",
            "system_database_url": _jobs_url(settings.jobs),
            "application_version": APPLICATION_VERSION,
            "executor_id": settings.executor_id,
            "log_level": "ERROR",
        }
        DBOS(config=config)
        started.callback(DBOS.destroy, destroy_registry=True, workflow_completion_timeout_sec=_FINISH_S)
        process = self._register(self._pipeline())
        hear = self._register_hearing(hearing)
        DBOS.launch()
        DBOS.register_queue(RECORDINGS, worker_concurrency=PARALLEL_RECORDINGS, polling_interval_sec=0.2)
        DBOS.register_queue(CLIPS, worker_concurrency=settings.parallel_clips, polling_interval_sec=0.2)
        # One at a time: each takes all the threads that speech may have.
        DBOS.register_queue(SPEECH, worker_concurrency=1, polling_interval_sec=0.5)
        return process, hear

    def _let_waiting_go(self) -> None:
        """Cancel the clips that still queue here: nobody takes them up any more, and their recording waits.

        The recording then ends as interrupted, and the next start begins a new run with what is left.
        """
        for clip_workflow in list(self._awaited):
            status = DBOS.get_workflow_status(clip_workflow)
            if status is not None and status.status in ("ENQUEUED", "DELAYED"):
                DBOS.cancel_workflow(clip_workflow)

    def _pipeline(self) -> Pipeline:
        ports = self._ports
        return Pipeline(
            db=ports.db,
            store=ports.store,
            tools=ports.tools,
            clock=ports.clock,
            uploads=ports.uploads,
            work=ports.work,
            stopping=self._stopping.is_set,
            threads=1 if ports.settings.parallel_clips > 1 else None,
        )

    def _hearing(self) -> Hearing:
        ports = self._ports
        return Hearing(
            db=ports.db,
            store=ports.store,
            clock=ports.clock,
            work=ports.work,
            stopping=self._stopping.is_set,
            recogniser=ports.recogniser,
            terms=terms_of,
        )

    def _hold_lock(self) -> TextIO:
        """Make sure that two processes with one executor id never take up the same jobs."""
        settings = self._ports.settings
        file = (settings.data / f"worker-{settings.executor_id}.lock").open("w")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            raise WorkerBusy from None
        return file

    # ------------------------------------------------------------------ workflows

    def _register(self, pipeline: Pipeline) -> Callable[[str, int], str]:
        """Register the workflows; their names and arguments are what lies in the jobs database."""
        traced = self._traced

        @DBOS.workflow(name="clip", max_recovery_attempts=_RECOVERIES)
        def clip(recording_id: str, clip_id: str, attempt: int | None = None) -> str:
            # Without its number is what an older version queued: it belongs to the present run.
            return _step("encode", traced("encode", pipeline.encode), recording_id, clip_id, attempt)

        @DBOS.workflow(name="recording", max_recovery_attempts=_RECOVERIES)
        def recording(recording_id: str, attempt: int) -> str:
            first: list[tuple[str, Callable[[str, int], object]]] = [
                ("receive", traced("receive", pipeline.receive)),
                ("probe", traced("probe", pipeline.probe)),
                ("split", traced("split", pipeline.split)),
            ]
            for name, step in first:
                outcome = _step(name, step, recording_id, attempt)
                if outcome != DONE:
                    return _finish(pipeline, recording_id, attempt, outcome)
            clip_ids = DBOS.run_step({"name": "clip_ids"}, _ids, pipeline, recording_id, attempt)
            handles = []
            for n, clip_id in enumerate(clip_ids, start=1):
                # First clips of all lessons before second ones: somebody waits for each of them.
                self._awaited.add(f"{clip_id}-{attempt}")
                with SetWorkflowID(f"{clip_id}-{attempt}"), SetEnqueueOptions(priority=n):
                    handles.append(DBOS.enqueue_workflow(CLIPS, clip, recording_id, clip_id, attempt))
            outcomes = [_result(handle) for handle in handles]
            self._awaited.difference_update(f"{clip_id}-{attempt}" for clip_id in clip_ids)
            if INTERRUPTED in outcomes:
                return INTERRUPTED
            # What plays gets its words and can be found, even when another clip failed.
            outcomes.append(_step("captions", traced("captions", pipeline.captions), recording_id, attempt))
            outcomes.append(
                _step("index", traced("index", self._index_step(pipeline)), recording_id, attempt)
            )
            worst = next((o for o in (INTERRUPTED, STOPPED) if o in outcomes), DONE)
            return _finish(pipeline, recording_id, attempt, worst)

        return recording

    def _register_hearing(self, hearing: Hearing) -> Callable[[str, int], str]:
        @DBOS.workflow(name="hear", max_recovery_attempts=_RECOVERIES)
        def hear(recording_id: str, run: int) -> str:
            return _step("hear", self._traced("hear", hearing.hear), recording_id, run)

        return hear

    def _traced(self, name: str, step: Callable[_P, _R]) -> Callable[_P, _R]:
        tracing = self._ports.tracing
        return step if tracing is None else tracing.step(step, name)

    def _index_step(self, pipeline: Pipeline) -> Callable[[str, int], None]:
        def index(recording_id: str, attempt: int) -> None:
            pipeline.index(recording_id, self._ports.indexer.catch_up, attempt)

        return index


def _start_run(process: Callable[[str, int], str], recording_id: str, attempt: int) -> None:
    """Enqueue the workflow of a recording's run."""
    with SetWorkflowID(workflow_of(recording_id, attempt)):
        DBOS.enqueue_workflow(RECORDINGS, process, recording_id, attempt)


def _can_hear(hearing: Hearing) -> bool:
    try:
        hearing.recogniser()
    except TranscodeError:
        return False
    return True


def _start_hearing(hear: Callable[[str, int], str], recording_id: str, run: int) -> None:
    """Enqueue the workflow of a recognition's run."""
    with SetWorkflowID(workflow_of_speech(recording_id, run)):
        DBOS.enqueue_workflow(SPEECH, hear, recording_id, run)


def _result(handle: WorkflowHandle[str]) -> str:
    """Wait for a clip; returns its outcome, INTERRUPTED when it was let go before it began."""
    try:
        return handle.get_result()
    except error.DBOSAwaitedWorkflowCancelledError:
        return INTERRUPTED


def _step(name: str, step: Callable[..., Any], *args: str | int | None) -> str:
    """Run a step of the pipeline as a durable step; returns DONE, STOPPED or INTERRUPTED.

    Outcomes are values and not exceptions, because a workflow that raises is over for good, and a step that
    was interrupted by a shutdown must be taken up again.
    """
    return DBOS.run_step({"name": name}, _outcome, step, *args)


def _outcome(step: Callable[..., Any], *args: str | int | None) -> str:
    with structlog.contextvars.bound_contextvars(job=args[0]):
        try:
            step(*args)
        except Stopped as stopped:
            log.info("step stopped", step=step.__name__, why=str(stopped.__cause__))
            return STOPPED
        except Cancelled:
            return INTERRUPTED
        except Exception:
            log.exception("step failed", step=step.__name__)
            return STOPPED
        return DONE


def _ids(pipeline: Pipeline, recording_id: str, attempt: int) -> list[str]:
    try:
        return pipeline.clip_ids(recording_id, attempt)
    except NotFound:
        return []


def _finish(pipeline: Pipeline, recording_id: str, attempt: int, outcome: str) -> str:
    if outcome != INTERRUPTED:
        with suppress(NotFound):
            DBOS.run_step({"name": "finish"}, pipeline.finish, recording_id, attempt)
    return outcome


def _jobs_url(url: str) -> str:
    """Return the URL in the form DBOS takes: a plain postgresql:// or sqlite:///, as impatient as ours."""
    parsed = make_url(url)
    if parsed.drivername.startswith("postgresql"):
        patient = parsed.set(drivername="postgresql").update_query_dict(patience(url))
        return patient.render_as_string(hide_password=False)
    return url
