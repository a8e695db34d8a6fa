"""The steps between an uploaded file and clips that play. Each is idempotent and leaves a durable mark.

A step reads what it needs, works outside any transaction, and writes what it found in one. A process killed
inside a step leaves nothing that the same step, run again, would trip over: files are made in a private
folder and renamed, rows are written at the end. The order and the durability of the whole are the worker's
(`server/background/worker.py`); here stands what each step does.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from obstore.store import ObjectStore
from sqlalchemy.orm import Session

from library.catalog import actions as catalog
from library.catalog import change_queries
from library.catalog import queries as catalog_queries
from library.catalog.tables import Lesson
from library.core.clock import Clock, local_day
from library.core.database import Database
from library.core.permits import NOBODY, Viewer
from library.intake import actions, arranging, queries, track_choice
from library.intake.files import objects, remaking
from library.intake.files.previews import Preview
from library.intake.proposing import signs_of
from library.intake.rules import StepKind, StepState
from library.intake.running import Run, Stopped
from library.intake.surveying import Survey
from library.intake.tables import Original, Recording
from library.intake.transcripts import taking
from library.people import queries as people
from library.people.tables import Person
from transcode.cutting.audio_profile import AudioProfile
from transcode.encoding import package
from transcode.errors import Cancelled, Failed, Refused
from transcode.pictures.overview import Overview
from transcode.planning import ladder
from transcode.planning.copying import KeyFrames
from transcode.planning.plan import Plan
from transcode.reading.facts import Facts, TrackKind
from transcode.reading.probe import probe
from transcode.tools import Tools


@dataclass(frozen=True)
class Pipeline:
    """The steps, with what they work on. `uploads` and `work` are folders on this machine.

    Each step belongs to a run, whose number is `attempt` (None: the present one), and ends with Stopped when
    another run has begun.
    """

    db: Database
    store: ObjectStore
    tools: Tools
    clock: Clock
    uploads: Path
    work: Path
    stopping: Callable[[], bool]
    threads: int | None = None

    # ------------------------------------------------------------------ the steps

    def receive(self, recording_id: str, attempt: int | None = None) -> None:
        """Take the uploaded file in: hash it, link a twin, move it among the originals."""
        run = self._run(recording_id, attempt)
        if run.is_done(StepKind.RECEIVE):
            return
        with run.step(StepKind.RECEIVE) as recording:
            file = self.uploads / str(recording.upload_id)
            digest = recording.sha256 or _sha256(run, file)
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

    def probe(self, recording_id: str, attempt: int | None = None) -> None:
        """Find out what the recording is; refuse with a reason what can never play."""
        run = self._run(recording_id, attempt)
        if run.is_done(StepKind.PROBE):
            return
        with run.step(StepKind.PROBE) as recording:
            if recording.facts is not None and queries.is_of_chosen_tracks(recording):
                return
            chosen = {TrackKind(kind): index for kind, index in (recording.tracks or {}).items()}
            facts = probe(self.tools, self._source(recording), run.should_stop(), chosen)
            with self.db.write() as session:
                row = queries.recording(session, recording_id)
                lesson = catalog_queries.lesson(session, row.lesson_id)
                actions.note_facts(session, row, lesson, facts)

    def split(self, recording_id: str, attempt: int | None = None) -> list[str]:
        """Listen for pauses, look for slide turns and key frames, cut; returns the clips' ids in order."""
        run = self._run(recording_id, attempt)
        if run.is_done(StepKind.SPLIT):
            return self.clip_ids(recording_id, run.attempt)
        with run.step(StepKind.SPLIT) as recording:
            try:
                self._survey(run, recording)
            except Refused as refused:
                recording = self._without_the_lost(run, recording, refused)
                self._survey(run, recording)
            with self.db.read() as session:
                row = queries.recording(session, recording_id)
                laid = taking.lay_all(session, catalog_queries.lesson(session, row.lesson_id), row)
            with self.db.write() as session:
                lesson = catalog_queries.lesson(session, recording.lesson_id)
                catalog.touch(session, lesson)
                row = run.recording(session)
                # Before the cuts, which heed where sentences end.
                taking.fit(session, lesson, row, self.clock(), laid)
                clips = lesson.clips or catalog.put_clips(session, lesson, _cuts(session, row, lesson))
                actions.plan_steps(session, row, clips)
        return self.clip_ids(recording_id, run.attempt)

    def clip_ids(self, recording_id: str, attempt: int | None = None) -> list[str]:
        """Return the ids of the clips that are wanted, in order; none when another run has begun."""
        with self.db.read() as session:
            row = queries.recording(session, recording_id)
            if attempt not in (None, row.attempt):
                return []
            lesson = catalog_queries.lesson(session, row.lesson_id)
            return [c.id for c in queries.arrangement(row, lesson)]

    def encode(self, recording_id: str, clip_id: str, attempt: int | None = None) -> None:
        """Make a clip play: every rendition in a private folder, then published, then the row switched."""
        run = self._run(recording_id, attempt)
        with self.db.read() as session:
            step = queries.clip_step(session, recording_id, clip_id)
            if step is None:
                raise Stopped
            clip = catalog_queries.clip(session, clip_id)
            n, start_s, end_s, present = step.n, clip.start_s, clip.end_s, clip.plan
            # What plays is not made again because a newer version would plan it otherwise.
            if step.state is StepState.DONE and present is not None and self._is_published(clip_id, present):
                return
            # Clips side by side get a thread each; a clip that is alone would leave the other cores idle.
            threads = None if queries.clips_to_make(session, recording_id) == 1 else self.threads
        with run.step(StepKind.CLIP, n) as recording:
            plan = _plan(recording, start_s, end_s)
            whole = not remaking.is_lost(recording, clip_id) and self._is_published(clip_id, plan.digest)
            if present == plan.digest and whole:
                with self.db.write() as session:
                    track_choice.made_again(session, recording_id, run.attempt, clip_id)
                return
            try:
                output = self._make(run, recording, clip_id, n, plan, threads)
            except Refused as refused:
                recording = self._without_the_lost(run, recording, refused)
                plan = _plan(recording, start_s, end_s)
                output = self._make(run, recording, clip_id, n, plan, threads)
            with self.db.write() as session:
                catalog.clip_ready(
                    session,
                    catalog_queries.clip(session, clip_id),
                    plan=plan.digest,
                    duration_s=output.duration_s,
                    size_bytes=output.bytes_total,
                    poster=output.poster or "",
                    stills=len(output.stills),
                    small=output.small,
                    strip=output.strip is not None,
                    copied=output.copy_reason,
                    sizes={one.name: one.size_bytes for one in output.renditions},
                    now=self.clock(),
                )
                track_choice.made_again(session, recording_id, run.attempt, clip_id)

    def captions(self, recording_id: str, attempt: int | None = None) -> None:
        """Adopt the clips that were wanted, and fit what is said: late cues cut, plain text given times."""
        run = self._run(recording_id, attempt)
        with run.step(StepKind.CAPTIONS) as recording, self.db.write() as session:
            lesson = catalog_queries.lesson(session, recording.lesson_id)
            catalog.touch(session, lesson)
            row = run.recording(session)
            arranging.adopt_when_ready(session, row, lesson, self.clock())
            taking.fit(session, lesson, row, self.clock())

    def index(self, recording_id: str, catch_up: Callable[[int], None], attempt: int | None = None) -> None:
        """Make the lesson findable: `catch_up` returns once the index has seen the given revision."""
        with self._run(recording_id, attempt).step(StepKind.INDEX):
            with self.db.read() as session:
                revision = change_queries.latest_revision(session)
            catch_up(revision)

    def finish(self, recording_id: str, attempt: int | None = None) -> None:
        """Close the run, unless another has begun, and take away what it and those before it worked with."""
        run = self._run(recording_id, attempt)
        with suppress(Stopped), self.db.write() as session:
            actions.finish(session, run.recording(session), self.clock())
        for number in range(run.attempt + 1):
            shutil.rmtree(self._run_folder(recording_id, number), ignore_errors=True)

    # ------------------------------------------------------------------ parts of steps

    def _run(self, recording_id: str, attempt: int | None) -> Run:
        if attempt is None:
            with self.db.read() as session:
                attempt = queries.attempt_of(session, recording_id)
        if attempt is None:
            raise Stopped
        return Run(self.db, self.clock, self.stopping, recording_id, attempt)

    def _run_folder(self, recording_id: str, attempt: int) -> Path:
        return self.work / f"recording-{recording_id}-{attempt}"

    def _is_published(self, clip_id: str, plan: str) -> bool:
        return objects.exists(self.store, f"{objects.clip_prefix(clip_id, plan)}/master.m3u8")

    def _source(self, recording: Recording) -> Path:
        with self.db.read() as session:
            original = session.get(Original, recording.sha256)
            if original is None:
                raise Failed("original_missing")
            key = original.key
        file = objects.file_for(self.store, key, self._run_folder(recording.id, recording.attempt))
        if not file.exists():
            raise Failed("original_missing")
        return file

    def _take_in(self, recording_id: str, digest: str, key: str) -> None:
        """Link the recording to its original; of two with the same bytes at once, one is the first."""
        with self.db.write() as session:
            recording = queries.recording(session, recording_id)
            first_time = recording.sha256 is None
            actions.take_in(session, recording, digest, key, self.clock())
            if first_time and not _twins(session, recording, local_day(self.clock())):
                actions.accept_twin(recording)

    def _check_twin(self, recording_id: str) -> None:
        """Stop when the uploader sees another lesson of the same bytes and has not yet said "again"."""
        with self.db.read() as session:
            recording = queries.recording(session, recording_id)
            today = local_day(self.clock())
            twins = [] if recording.accepted_twin else _twins(session, recording, today)
            if twins:
                raise Refused("already_here", {"title": twins[0].title, "lesson": twins[0].id})

    def _without_the_lost(self, run: Run, recording: Recording, why: Refused) -> Recording:
        """Return the recording as it is known without its picture or its sound, of which nothing can be read.

        Every track is tried for it, once one has failed. Raises `why` when none is to be left out, or nothing
        would remain.
        """
        before = Facts.from_json(recording.facts or {})
        chosen = {TrackKind(kind): index for kind, index in (recording.tracks or {}).items()}
        source = self._source(recording)
        facts = probe(self.tools, source, run.should_stop(), chosen, try_every_track=True)
        if (facts.video is None, facts.audio is None) == (before.video is None, before.audio is None):
            raise why
        with self.db.write() as session:
            lesson = catalog_queries.lesson(session, recording.lesson_id)
            catalog.touch(session, lesson)
            row = run.recording(session)
            actions.note_facts(session, row, lesson, facts)
            if facts.video is None:
                actions.note_look(row, Overview())
                actions.note_key_frames(row, KeyFrames())
            return run.detached(session, row)

    def _make(
        self, run: Run, recording: Recording, clip_id: str, n: int, plan: Plan, threads: int | None
    ) -> package.ClipOutput:
        """Make a clip's files and publish them; nothing of them is left when that fails."""
        # A folder of this run's own: the one before may still be ending.
        folder = self.work / f"clip-{clip_id}-{run.attempt}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        preview = Preview(run, self.store, clip_id, plan, folder)
        try:
            output = package.encode_clip(
                self.tools,
                self._source(recording),
                plan,
                folder,
                on_progress=run.reporter(StepKind.CLIP, n),
                should_stop=run.should_stop(),
                threads=threads,
                on_segments=preview,
            )
            if run.is_over():
                raise Cancelled
            objects.publish_folder(
                self.store, folder, objects.clip_prefix(clip_id, plan.digest), output.files
            )
        except BaseException:
            preview.take_back()
            raise
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        return output

    def _survey(self, run: Run, recording: Recording) -> None:
        Survey(self.db, self.store, self.tools, self.work, run).make(recording, self._source)


def _plan(recording: Recording, start_s: float, end_s: float) -> Plan:
    profile = AudioProfile.from_json(recording.profile or {})
    return ladder.plan_clip(
        Facts.from_json(recording.facts or {}),
        start_s,
        end_s,
        integrated_lufs=profile.integrated_lufs,
        true_peak_db=profile.true_peak_db,
        key_frames=KeyFrames.from_json(recording.key_frames or {}),
    )


def _sha256(run: Run, file: Path) -> str:
    if not file.exists():
        raise Failed("original_missing")
    digest, done, size = hashlib.sha256(), 0, max(1, file.stat().st_size)
    report, should_stop = run.reporter(StepKind.RECEIVE), run.should_stop()
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


def _twins(session: Session, recording: Recording, today: date) -> list[Lesson]:
    """Return the other lessons of the same bytes that the uploader may see."""
    person = session.get(Person, recording.uploaded_by) if recording.uploaded_by else None
    viewer: Viewer = people.viewer_of(session, person, today) if person else NOBODY
    return queries.twins(session, viewer, recording)


def _cuts(session: Session, recording: Recording, lesson: Lesson) -> list[catalog.Cut]:
    cuts = signs_of(session, recording, lesson).by_pauses()
    return [catalog.Cut(c.start_s, c.end_s, c.reason) for c in cuts]
