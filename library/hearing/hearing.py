"""Hearing a recording, as the worker does it: each stretch is kept as it comes, each clip shown when whole.

A process that is killed at any moment loses the stretch it was at; the next run goes on behind what is kept.
"""

from __future__ import annotations

import errno
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from obstore.store import ObjectStore
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from library.catalog import actions as catalog
from library.catalog import queries as catalog_queries
from library.catalog import transcript_versions as versions
from library.catalog.rules import TranscriptQuality
from library.catalog.tables import Lesson, TranscriptVersion
from library.core.clock import Clock
from library.core.database import Database, is_busy, is_disk_full
from library.core.errors import NotFound
from library.hearing import actions, queries, rules
from library.hearing.actions import NewChunk, Over
from library.hearing.recogniser import Recogniser
from library.hearing.rules import RecognitionState
from library.hearing.spoken import Undone, filled, missing, places, spoken, undone_of
from library.intake import queries as intake
from library.intake.files import objects
from library.intake.running import Stopped
from library.intake.tables import Original, Recording
from library.intake.transcripts import taking, telling
from speech.holes import Hole
from transcode.errors import Cancelled, Failed, ToolFailed, TranscodeError
from transcode.reading.facts import Facts

_LOOK_EVERY_S = 0.5
log = structlog.get_logger()

Terms = Callable[[Session, Lesson], list[str]]
"""Words that may be said in a lesson, as they are written."""


class Waits(Exception):
    """Other recordings go first: the run ends behind the last stretch, and another one goes on there."""


@dataclass(frozen=True)
class Hearing:
    """What hears recordings. `recogniser` is asked for each run, and raises Failed with why there is none.

    `work` is a folder of this machine, `stopping` tells that the process is about to end.
    """

    db: Database
    store: ObjectStore
    clock: Clock
    work: Path
    stopping: Callable[[], bool]
    recogniser: Callable[[], Recogniser]
    terms: Terms

    def hear(self, recording_id: str, run: int) -> None:
        """Hear a recording to its end, from where it was heard to; raises Stopped when that ends otherwise.

        Raises Cancelled when the process is ending or others go first: then it waits for another run.
        """
        try:
            self._hear(recording_id, run)
        except (Over, NotFound) as error:
            raise Stopped from error
        except Waits as error:
            with suppress(Over), self.db.write() as session:
                actions.let_wait(session, recording_id, run)
            raise Cancelled from error
        except Cancelled:
            if self.stopping():
                raise
            raise Stopped from None
        except TranscodeError as error:
            self._failed(recording_id, run, error.code, dict(error.details))
            raise Stopped from error
        except OSError as error:
            code = "disk_full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "io_error"
            self._failed(recording_id, run, code, {"said": error.strerror or str(error)})
            raise Stopped from error
        except DBAPIError as error:
            known = "disk_full" if is_disk_full(error) else "database_busy" if is_busy(error) else None
            self._failed(recording_id, run, known or "unexpected", {})
            if known is None:
                raise
            raise Stopped from error
        except Exception:
            self._failed(recording_id, run, "unexpected", {})
            raise

    def _hear(self, recording_id: str, run: int) -> None:
        recogniser = self.recogniser()
        with self.db.read() as session:
            if queries.others_first(session):
                raise Waits
        with self.db.write() as session:
            recording = intake.recording(session, recording_id)
            facts = Facts.from_json(recording.facts or {})
            if facts.audio is None:
                raise Failed("nothing_to_hear")
            one = actions.present_run(session, recording_id, run)
            track = facts.audio.index
            from_s, until_s = actions.begin(
                session, one, track=track, model=recogniser.model, now=self.clock()
            )
        folder = self.work / f"hear-{recording_id}-{run}"
        try:
            progress = _Progress(self, recording_id, run, from_s, until_s)
            if from_s < facts.duration_s:
                source = self._source(recording_id, folder)
                recogniser.hear(source, facts, from_s, progress.chunk, self._should_stop(recording_id, run))
            progress.show(facts.duration_s, whole=True)
            with self.db.write() as session:
                # In one transaction with the end: whoever sees it done finds no text laid over older words.
                lesson = catalog_queries.lesson(session, intake.recording(session, recording_id).lesson_id)
                catalog.touch(session, lesson)
                actions.done(session, recording_id, run, self.clock())
                versions.forget_places(session, lesson)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        self.align_texts(recording_id)

    def _source(self, recording_id: str, folder: Path) -> Path:
        with self.db.read() as session:
            recording = intake.recording(session, recording_id)
            original = session.get(Original, recording.sha256) if recording.sha256 else None
            if original is None:
                raise Failed("original_missing")
            key = original.key
        file = objects.file_for(self.store, key, folder)
        if not file.exists():
            raise Failed("original_missing")
        return file

    def _should_stop(self, recording_id: str, run: int) -> Callable[[], bool]:
        """Return a cheap question: is the process ending, or is this run over?"""
        last, over = 0.0, False

        def should_stop() -> bool:
            nonlocal last, over
            if not over and time.monotonic() - last > _LOOK_EVERY_S:
                last = time.monotonic()
                with self.db.read() as session:
                    over = queries.run_of(session, recording_id) != run
            return over or self.stopping()

        return should_stop

    def _failed(self, recording_id: str, run: int, code: str, values: dict[str, Any]) -> None:
        with suppress(Over), self.db.write() as session:
            actions.failed(session, recording_id, run, code, values, self.clock())

    # ------------------------------------------------------------------ texts

    def align_texts(self, recording_id: str | None = None) -> int:
        """Lay texts over recordings that were heard (all, or one's); returns how many were laid."""
        with self.db.read() as session:
            found = queries.unplaced(session)
        laid = 0
        for lesson_id, n, heard_id in found:
            if recording_id in (None, heard_id) and not self.stopping():
                laid += self._align(lesson_id, n, heard_id, fill=recording_id is not None)
        return laid

    def _align(self, lesson_id: str, n: int, recording_id: str, *, fill: bool) -> bool:
        with self.db.read() as session:
            version = session.get(TranscriptVersion, (lesson_id, n))
            one = queries.recognition(session, recording_id)
            if version is None or one is None:
                return False
            text, heard, run = versions.lines_of(version), queries.heard(session, recording_id), one.run
        found = places(text, heard)
        asked = missing(text, heard, found) if fill and found.figures.fits else ()
        if asked:
            found = filled(found, asked, self._likely(recording_id, asked))
        try:
            with self.db.write() as session:
                lesson = catalog_queries.lesson(session, lesson_id)
                catalog.touch(session, lesson)
                one = queries.held(session, recording_id)
                if one is None or one.run != run or one.state is not RecognitionState.DONE:
                    return False
                taking.place(session, lesson, n, found, self.clock())
        except NotFound:
            return False
        return True

    def _likely(self, recording_id: str, asked: Sequence[Hole]) -> Mapping[int, float]:
        """Return how likely the lines of holes are, by their numbers; none where that cannot be found out:
        then they stay unsaid."""
        folder = self.work / f"holes-{recording_id}"
        try:
            with self.db.read() as session:
                facts = Facts.from_json(intake.recording(session, recording_id).facts or {})
            source = self._source(recording_id, folder)
            return self.recogniser().probabilities(source, facts, asked, folder, self.stopping)
        except (Failed, ToolFailed, OSError) as error:
            log.warning("holes of a script were not filled", said=str(error)[:200])
            return {}
        finally:
            shutil.rmtree(folder, ignore_errors=True)


@dataclass
class _Progress:
    """What comes of a run. `until_s`: how much of the recording is shown."""

    hearing: Hearing
    recording_id: str
    run: int
    heard_s: float
    until_s: float

    def chunk(self, chunk: NewChunk) -> None:
        """Keep a stretch, show the clips that are whole now, and let others go first that wait."""
        with self.hearing.db.write() as session:
            actions.keep(session, self.recording_id, self.run, chunk)
        self.heard_s = max(self.heard_s, chunk.end_s)
        with self.hearing.db.read() as session:
            lesson = _lesson(session, self.recording_id)
            ends_s = [clip.end_s for clip in lesson.clips]
            waits = queries.others_first(session)
        self.show(rules.shown_until_s(ends_s, self.heard_s))
        if waits:
            raise Waits

    def show(self, until_s: float, *, whole: bool = False) -> None:
        """Show what was heard up to a moment, if that is more than is shown; `whole`: to the very end."""
        if until_s <= self.until_s:
            return
        hearing = self.hearing
        with hearing.db.read() as session:
            lesson = _lesson(session, self.recording_id)
            one = queries.recognition(session, self.recording_id)
            heard = queries.heard(session, self.recording_id, None if whole else until_s)
            terms = hearing.terms(session, lesson)
            undone = _undone(session, lesson, None if one is None else one.version_n)
        told = spoken(heard, terms, undone)
        new = versions.NewVersion(
            TranscriptQuality.RECOGNISED,
            told.lines,
            remarks=told.remarks,
            repairs=[one.to_json() for one in told.repairs],
        )
        _ = new.digest, new.words  # now, and not in the transaction
        with hearing.db.write() as session:
            lesson = _lesson(session, self.recording_id)
            catalog.touch(session, lesson)
            one = actions.present_run(session, self.recording_id, self.run)
            if told.lines or one.version_n is not None:
                version = taking.take_heard(session, lesson, one.version_n, new, hearing.clock())
                actions.note_shown(one, version.n, until_s)
        self.until_s = until_s


def _lesson(session: Session, recording_id: str) -> Lesson:
    recording: Recording = intake.recording(session, recording_id)
    return catalog_queries.lesson(session, recording.lesson_id)


def _undone(session: Session, lesson: Lesson, n: int | None) -> Undone:
    version = None if n is None else session.get(TranscriptVersion, (lesson.id, n))
    return () if version is None else undone_of(telling.repairs_of(version))
