"""How a step of a run is marked: running, how far, done, failed and why; and when its run is over for it.

A run is one attempt at a recording. A newer attempt (a retry, other cuts, a cancel) ends it: from then on it
writes nothing, and what it is just doing is stopped.
"""

from __future__ import annotations

import errno
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from library.core.clock import Clock
from library.core.database import Database, is_busy, is_disk_full
from library.core.errors import NotFound
from library.intake import actions, queries
from library.intake.rules import StepKind, StepState
from library.intake.tables import Recording, Step
from transcode.encoding.package import Progress
from transcode.errors import Cancelled, Refused, TranscodeError

_PROGRESS_EVERY_S = 1.0
# A cancelled ffmpeg must be gone within two seconds, and it may take one to end.
_OVER_CHECK_EVERY_S = 0.5


class Stopped(Exception):
    """A step ended without success; why is on its row, and the run ends here."""


@dataclass(frozen=True)
class Run:
    """One attempt at one recording. `stopping` tells that the process is about to end."""

    db: Database
    clock: Clock
    stopping: Callable[[], bool]
    recording_id: str
    attempt: int

    def recording(self, session: Session) -> Recording:
        """Return the recording, held until the transaction ends; raises Stopped when this run is over.

        Whoever also changes the lesson calls `catalog.touch` before this: the counter is always first.
        """
        recording = queries.held(session, self.recording_id)
        if recording is None or recording.attempt != self.attempt:
            raise Stopped
        return recording

    def detached(self, session: Session, recording: Recording) -> Recording:
        """Return a recording as it is now, to be read when the transaction is over."""
        session.flush()
        session.refresh(recording)
        # Loaded when asked for, and they cannot be asked for once detached.
        _ = recording.profile, recording.look, recording.key_frames
        session.expunge(recording)
        return recording

    def is_done(self, kind: StepKind) -> bool:
        """Tell whether a step before the clips is done; a retry then leaves it and its times as they are."""
        with self.db.read() as session:
            step = session.get(Step, (self.recording_id, kind, 0))
            return step is not None and step.state is StepState.DONE

    @contextmanager
    def step(self, kind: StepKind, n: int = 0) -> Iterator[Recording]:
        """Mark a step running, then done; on an error write its reason and raise Stopped.

        Cancelled (the process is ending, or this run is over) leaves the step as it was, so that it is run
        again; an error nobody foresaw is written too and raised, because a log must show it.
        """
        try:
            with self.db.write() as session:
                recording = self.recording(session)
                actions.step_running(session, self.recording_id, kind, n, self.clock())
                recording = self.detached(session, recording)
            yield recording
            with self.db.write() as session:
                self.recording(session)
                actions.step_done(session, self.recording_id, kind, n, self.clock())
        except NotFound as gone:
            raise Stopped from gone
        except Cancelled:
            if self.stopping():
                raise
            raise Stopped from None
        except TranscodeError as error:
            self._failed(kind, n, error.code, dict(error.details), hopeless=isinstance(error, Refused))
            raise Stopped from error
        except OSError as error:
            code = "disk_full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "io_error"
            self._failed(kind, n, code, {"said": error.strerror or str(error)})
            raise Stopped from error
        except DBAPIError as error:
            known = "disk_full" if is_disk_full(error) else "database_busy" if is_busy(error) else None
            self._failed(kind, n, known or "unexpected", {})
            if known is None:
                raise
            raise Stopped from error
        except Stopped:
            raise
        except Exception:
            self._failed(kind, n, "unexpected", {})
            raise

    def _failed(
        self, kind: StepKind, n: int, code: str, values: dict[str, Any], *, hopeless: bool = False
    ) -> None:
        with suppress(Stopped), self.db.write() as session:
            self.recording(session)
            actions.step_failed(
                session,
                self.recording_id,
                kind,
                n,
                code=code,
                values=values,
                hopeless=hopeless,
                now=self.clock(),
            )

    def reporter(self, kind: StepKind, n: int = 0) -> Callable[[Progress], None]:
        """Return a callback that writes how far a step is, now and then."""
        last = 0.0

        def report(progress: Progress) -> None:
            nonlocal last
            if time.monotonic() - last < _PROGRESS_EVERY_S:
                return
            last = time.monotonic()
            # A number that cannot be written (a full disk, a long lock) must not end the work it counts.
            with suppress(OperationalError), self.db.write() as session:
                actions.step_progress(
                    session, self.recording_id, self.attempt, kind, n, progress.percent, progress.eta_s
                )

        return report

    def should_stop(self) -> Callable[[], bool]:
        """Return a cheap question: is the process ending, or is this run over?"""
        last, over = 0.0, False

        def should_stop() -> bool:
            nonlocal last, over
            if not over and time.monotonic() - last > _OVER_CHECK_EVERY_S:
                last = time.monotonic()
                over = self.is_over()
            return over or self.stopping()

        return should_stop

    def is_over(self) -> bool:
        """Tell whether the recording is gone or another run has begun."""
        with self.db.read() as session:
            return queries.attempt_of(session, self.recording_id) != self.attempt
