"""The steps between an uploaded file and clips that play. Each is idempotent and leaves a durable mark.

A step reads what it needs, works outside any transaction, and writes what it found in one. A process killed
inside a step leaves nothing that the same step, run again, would trip over: files are made in a private
folder and renamed, rows are written at the end. The order and the durability of the whole are the worker's
(`server/worker.py`); here stands what each step does.
"""

import errno
import hashlib
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from obstore.store import ObjectStore
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from library.catalog import actions as catalog
from library.catalog import queries as catalog_queries
from library.catalog.tables import Lesson
from library.core.clock import Clock
from library.core.database import Database, is_disk_full
from library.core.errors import NotFound
from library.core.permits import NOBODY, Viewer
from library.intake import actions, objects, queries
from library.intake.previews import Preview
from library.intake.tables import Original, Recording, Step
from library.people import queries as people
from library.people.tables import Person
from transcode import captions, ladder, package, split
from transcode.errors import Cancelled, Failed, Refused, TranscodeError
from transcode.looking import Look, look_over
from transcode.probe import Facts, probe
from transcode.split import AudioProfile
from transcode.tools import Tools

_PROGRESS_EVERY_S = 1.0
_GONE_CHECK_EVERY_S = 1.0


class Stopped(Exception):
    """A step ended without success; why is on its row, and the run ends here."""


@dataclass(frozen=True)
class Pipeline:
    """The steps, with what they work on. `uploads` and `work` are folders on this machine."""

    db: Database
    store: ObjectStore
    tools: Tools
    clock: Clock
    uploads: Path
    work: Path
    stopping: Callable[[], bool]
    threads: int | None = None

    # ------------------------------------------------------------------ the steps

    def receive(self, recording_id: str) -> None:
        """Take the uploaded file in: hash it, link a twin, move it among the originals."""
        if self._is_done(recording_id, "receive"):
            return
        with self._step(recording_id, "receive") as recording:
            file = self.uploads / str(recording.upload_id)
            digest = recording.sha256 or self._sha256(recording_id, file)
            key = objects.original_key(digest)
            # The row first: killed between the two, the next run knows the name and only has to move.
            self._take_in(recording_id, digest, key)
            if not objects.exists(self.store, key):
                if not file.exists():
                    raise Failed("original_missing")
                objects.keep_file(self.store, file, key)
            file.unlink(missing_ok=True)
            file.with_name(file.name + ".info").unlink(missing_ok=True)
            self._check_twin(recording_id)

    def probe(self, recording_id: str) -> None:
        """Find out what the recording is; refuse with a reason what can never play."""
        if self._is_done(recording_id, "probe"):
            return
        with self._step(recording_id, "probe") as recording:
            if recording.facts is not None:
                return
            facts = probe(self.tools, self._source(recording), self._should_stop(recording_id))
            with self.db.write() as session:
                row = queries.recording(session, recording_id)
                lesson = catalog_queries.lesson(session, row.lesson_id)
                kind = "video" if facts.video is not None else "sound"
                catalog.set_media(session, lesson, kind=kind, duration_s=facts.duration_s)
                row.facts = facts.to_json()

    def split(self, recording_id: str) -> list[str]:
        """Listen for pauses, look for slide turns and cut; returns the ids of the clips in order."""
        if self._is_done(recording_id, "split"):
            return self.clip_ids(recording_id)
        with self._step(recording_id, "split") as recording:
            if recording.profile is None:
                profile = self._listen(recording)
                with self.db.write() as session:
                    queries.recording(session, recording_id).profile = profile.to_json()
            if recording.look is None:
                look = self._look_over(recording)
                with self.db.write() as session:
                    queries.recording(session, recording_id).look = look.to_json()
            with self.db.write() as session:
                row = queries.recording(session, recording_id)
                lesson = catalog_queries.lesson(session, row.lesson_id)
                clips = lesson.clips or catalog.put_clips(session, lesson, _cuts(session, row, lesson))
                actions.plan_steps(session, row, clips)
        return self.clip_ids(recording_id)

    def clip_ids(self, recording_id: str) -> list[str]:
        """Return the ids of a recording's clips in order."""
        with self.db.read() as session:
            row = queries.recording(session, recording_id)
            return [c.id for c in catalog_queries.lesson(session, row.lesson_id).clips]

    def encode(self, recording_id: str, clip_id: str) -> None:
        """Make a clip play: every rendition in a private folder, then published, then the row switched."""
        with self.db.read() as session:
            clip = catalog_queries.clip(session, clip_id)
            n, start_s, end_s, present = clip.number, clip.start_s, clip.end_s, clip.plan
            # Clips side by side get a thread each; a clip that is alone would leave the other cores idle.
            threads = None if len(clip.lesson.clips) == 1 else self.threads
        with self._step(recording_id, "clip", n) as recording:
            facts = Facts.from_json(recording.facts or {})
            profile = AudioProfile.from_json(recording.profile or {})
            plan = ladder.plan_clip(
                facts,
                start_s,
                end_s,
                integrated_lufs=profile.integrated_lufs,
                true_peak_db=profile.true_peak_db,
            )
            prefix = objects.clip_prefix(clip_id, plan.digest)
            if present == plan.digest and objects.exists(self.store, f"{prefix}/master.m3u8"):
                return
            folder = self.work / f"clip-{clip_id}"
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            try:
                output = package.encode_clip(
                    self.tools,
                    self._source(recording),
                    plan,
                    folder,
                    on_progress=self._reporter(recording_id, "clip", n),
                    should_stop=self._should_stop(recording_id),
                    threads=threads,
                    on_segments=Preview(self.db, self.store, clip_id, plan, folder),
                )
                objects.publish_folder(self.store, folder, prefix, output.files)
            finally:
                shutil.rmtree(folder, ignore_errors=True)
            with self.db.write() as session:
                catalog.clip_ready(
                    session,
                    catalog_queries.clip(session, clip_id),
                    plan=plan.digest,
                    duration_s=output.duration_s,
                    size_bytes=output.bytes_total,
                    poster=output.poster or "",
                    stills=len(output.stills),
                    strip=output.strip is not None,
                    now=self.clock(),
                )

    def captions(self, recording_id: str) -> None:
        """Fit what is said to the recording: late cues cut, plain text given estimated times."""
        with self._step(recording_id, "captions"), self.db.write() as session:
            row = queries.recording(session, recording_id)
            actions.fit_transcript(session, catalog_queries.lesson(session, row.lesson_id), row)

    def index(self, recording_id: str, catch_up: Callable[[int], None]) -> None:
        """Make the lesson findable: `catch_up` returns once the index has seen the given revision."""
        with self._step(recording_id, "index"):
            with self.db.read() as session:
                revision = catalog_queries.latest_revision(session)
            catch_up(revision)

    def finish(self, recording_id: str) -> None:
        """Close the run and sweep what it worked with."""
        with self.db.write() as session:
            actions.finish(session, queries.recording(session, recording_id))
        shutil.rmtree(self.work / f"recording-{recording_id}", ignore_errors=True)

    # ------------------------------------------------------------------ how a step runs

    def _is_done(self, recording_id: str, kind: str) -> bool:
        """Tell whether a step before the clips is done; a retry then leaves it and its times as they are."""
        with self.db.read() as session:
            step = session.get(Step, (recording_id, kind, 0))
            return step is not None and step.state == "done"

    @contextmanager
    def _step(self, recording_id: str, kind: str, n: int = 0) -> Iterator[Recording]:
        """Mark a step running, then done; on an error write its reason and raise Stopped.

        Cancelled (the process is ending, or the lesson was deleted) leaves the step as it was, so that it is
        run again; an error nobody foresaw is written too and raised, because a log must show it.
        """
        try:
            with self.db.write() as session:
                recording = queries.recording(session, recording_id)
                actions.step_running(session, recording_id, kind, n, self.clock())
                session.flush()
                session.refresh(recording)
                # Loaded when asked for, and they cannot be asked for once detached.
                _ = recording.profile, recording.look, recording.key_frames
                session.expunge(recording)
            yield recording
            with self.db.write() as session:
                queries.recording(session, recording_id)
                actions.step_done(session, recording_id, kind, n, self.clock())
        except NotFound as gone:
            raise Stopped from gone
        except Cancelled:
            if self.stopping():
                raise
            raise Stopped from None
        except TranscodeError as error:
            self._failed(recording_id, kind, n, error.code, dict(error.details), isinstance(error, Refused))
            raise Stopped from error
        except OSError as error:
            code = "disk_full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "io_error"
            self._failed(recording_id, kind, n, code, {"said": error.strerror or str(error)}, hopeless=False)
            raise Stopped from error
        except DBAPIError as error:
            if not is_disk_full(error):
                self._failed(recording_id, kind, n, "unexpected", {}, hopeless=False)
                raise
            self._failed(recording_id, kind, n, "disk_full", {}, hopeless=False)
            raise Stopped from error
        except Stopped:
            raise
        except Exception:
            self._failed(recording_id, kind, n, "unexpected", {}, hopeless=False)
            raise

    def _failed(
        self, recording_id: str, kind: str, n: int, code: str, values: dict[str, Any], hopeless: bool
    ) -> None:
        with self.db.write() as session:
            if session.get(Recording, recording_id) is not None:
                actions.step_failed(
                    session,
                    recording_id,
                    kind,
                    n,
                    code=code,
                    values=values,
                    hopeless=hopeless,
                    now=self.clock(),
                )

    def _reporter(self, recording_id: str, kind: str, n: int) -> Callable[[package.Progress], None]:
        last = 0.0

        def report(progress: package.Progress) -> None:
            nonlocal last
            if time.monotonic() - last < _PROGRESS_EVERY_S:
                return
            last = time.monotonic()
            # A number that cannot be written (a full disk, a long lock) must not end the work it counts.
            with suppress(OperationalError), self.db.write() as session:
                actions.step_progress(session, recording_id, kind, n, progress.percent, progress.eta_s)

        return report

    def _should_stop(self, recording_id: str) -> Callable[[], bool]:
        """Return a cheap question: is the process ending, or has the lesson been deleted meanwhile?"""
        last, gone = 0.0, False

        def should_stop() -> bool:
            nonlocal last, gone
            if not gone and time.monotonic() - last > _GONE_CHECK_EVERY_S:
                last = time.monotonic()
                with self.db.read() as session:
                    gone = session.get(Recording, recording_id) is None
            return gone or self.stopping()

        return should_stop

    # ------------------------------------------------------------------ parts of steps

    def _source(self, recording: Recording) -> Path:
        with self.db.read() as session:
            original = session.get(Original, recording.sha256)
            if original is None:
                raise Failed("original_missing")
            key = original.key
        file = objects.file_for(self.store, key, self.work / f"recording-{recording.id}")
        if not file.exists():
            raise Failed("original_missing")
        return file

    def _sha256(self, recording_id: str, file: Path) -> str:
        if not file.exists():
            raise Failed("original_missing")
        digest, done, size = hashlib.sha256(), 0, max(1, file.stat().st_size)
        report, should_stop = self._reporter(recording_id, "receive", 0), self._should_stop(recording_id)
        with file.open("rb") as stream:
            while chunk := stream.read(objects.CHUNK_BYTES):
                digest.update(chunk)
                done += len(chunk)
                report(package.Progress(100.0 * done / size, None, None))
                if should_stop():
                    raise Cancelled
        if done == 0:
            raise Refused("empty_file")
        return digest.hexdigest()

    def _take_in(self, recording_id: str, digest: str, key: str) -> None:
        """Link the recording to its original; of two with the same bytes at once, one is the first."""
        with self.db.write() as session:
            recording = queries.recording(session, recording_id)
            first_time = recording.sha256 is None
            actions.take_in(session, recording, digest, key, self.clock())
            if first_time and not _twins(session, recording):
                recording.accepted_twin = True

    def _check_twin(self, recording_id: str) -> None:
        """Stop when the uploader sees another lesson of the same bytes and has not yet said "again"."""
        with self.db.read() as session:
            recording = queries.recording(session, recording_id)
            twins = [] if recording.accepted_twin else _twins(session, recording)
            if twins:
                raise Refused("already_here", {"title": twins[0].title, "lesson": twins[0].id})

    def _listen(self, recording: Recording) -> AudioProfile:
        facts = Facts.from_json(recording.facts or {})
        report = self._reporter(recording.id, "split", 0)
        return split.audio_pass(
            self.tools,
            self._source(recording),
            facts,
            on_progress=lambda percent: report(package.Progress(percent, None, None)),
            should_stop=self._should_stop(recording.id),
        )

    def _look_over(self, recording: Recording) -> Look:
        """Look over the picture; what is to be seen of it lies in the store afterwards."""
        facts, folder = Facts.from_json(recording.facts or {}), self.work / f"look-{recording.id}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        try:
            source, should_stop = self._source(recording), self._should_stop(recording.id)
            look = look_over(self.tools, source, facts, folder, should_stop)
            if look.storyboard is not None:
                prefix = objects.storyboard_prefix(recording.id)
                objects.publish_folder(self.store, folder, prefix, look.storyboard.sheets)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        return look


def _twins(session: Session, recording: Recording) -> list[Lesson]:
    """Return the other lessons of the same bytes that the uploader may see."""
    person = session.get(Person, recording.uploaded_by) if recording.uploaded_by else None
    viewer: Viewer = people.viewer_of(session, person) if person else NOBODY
    return queries.twins(session, viewer, recording)


def _cuts(session: Session, recording: Recording, lesson: Lesson) -> list[catalog.Cut]:
    facts = Facts.from_json(recording.facts or {})
    pauses = AudioProfile.from_json(recording.profile or {}).pauses
    ends: list[float] | None = None
    if lesson.transcript == "exact":
        lines = catalog_queries.cues(session, lesson.id)
        ends = captions.sentence_ends([captions.Cue(c.start_s, c.end_s, c.text) for c in lines])
    turns_s = Look.from_json(recording.look or {}).turns_s
    cuts = split.choose_cuts(facts.duration_s, pauses, ends, turns_s=turns_s)
    return [catalog.Cut(c.start_s, c.end_s, c.reason) for c in cuts]
