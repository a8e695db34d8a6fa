"""One recording of this machine becomes a lesson: what `ingest` and `demo` share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from library.catalog import actions as catalog
from library.catalog import audiences
from library.catalog import queries as catalog_queries
from library.catalog.audience import Named, OpenTo
from library.catalog.permits import Audience, LessonState
from library.catalog.tables import Lesson
from library.core.clock import Clock
from library.core.database import Database
from library.core.errors import Invalid
from library.intake import actions
from library.intake.arriving import local
from library.intake.rules import TRANSCRIPT_MAX_BYTES, RecordingState
from library.intake.transcripts import taking
from library.people import queries as people
from library.review import actions as review
from library.versions import actions as versions
from server.commands.administrator import machine, root
from server.settings import Settings
from server.web.shown.recognition import ask_for_text
from transcode.remarks import Remark


@dataclass(frozen=True)
class About:
    """What is known of a recording when it comes in.

    `transcript` is (bytes, file name), `shift_s` what is added to its times (None: the rules decide); `owner`
    a user name, None for the machine itself.
    """

    title: str
    lecturer: str | None = None
    topics: Sequence[str] = ()
    taught_on: date | None = None
    summary: str | None = None
    transcript: tuple[bytes, str] | None = None
    shift_s: float | None = None
    audience: Audience | Named = Audience.EVERYONE
    key: str | None = None
    owner: str | None = None


@dataclass(frozen=True)
class Taken:
    """The lesson of a recording; `already_here` when it was there before.

    `remarks` say that the transcript was kept and not used, because it fits worse than the one that is there.
    """

    lesson_id: str
    recording_id: str
    already_here: bool
    remarks: tuple[Remark, ...] = ()


def read_transcript(file: Path) -> tuple[bytes, str]:
    """Return a transcript's bytes and name; raises Invalid."""
    if not file.is_file():
        raise Invalid("file_missing", field="transcript", found=str(file))
    if file.stat().st_size > TRANSCRIPT_MAX_BYTES:
        size_bytes = file.stat().st_size
        raise Invalid(
            "transcript_too_large",
            field="transcript",
            size_bytes=size_bytes,
            limit_bytes=TRANSCRIPT_MAX_BYTES,
        )
    return file.read_bytes(), file.name


def take(
    db: Database,
    settings: Settings,
    clock: Clock,
    file: Path,
    about: About,
    *,
    again: bool = False,
    on_progress: Callable[[int], None] | None = None,
) -> Taken:
    """Copy `file` in and make its lesson; from the commit on the pipeline works at it, whatever happens here.

    A file that is here already gives its lesson, unless `again`. Raises Invalid, TooLarge, Failed, OSError;
    then nothing is left.
    """
    uploads = settings.uploads_folder
    local.remove_leftovers(db, uploads)
    local.check_file(db, file, uploads, settings.limits)
    with local.copied(file, uploads, on_progress) as copy:
        taken: list[Taken] = []

        def write(session: Session) -> str:
            known = _known(session, copy, about, again, clock())
            taken.append(known or _new(session, copy, about, clock()))
            lesson = catalog_queries.lesson(session, taken[-1].lesson_id)
            if about.transcript is not None:
                ask_for_text(session, settings, lesson, None, clock())
            return taken[-1].lesson_id

        local.once_more(db, write)
        if taken[-1].already_here:
            local.drop(uploads, copy)
        return taken[-1]


def _known(session: Session, copy: local.Copied, about: About, again: bool, now: datetime) -> Taken | None:
    recording = None if again else local.same_bytes(session, copy.sha256)
    if recording is None:
        return None
    if recording.state is RecordingState.FAILED:
        actions.retry(session, recording)
    remarks: tuple[Remark, ...] = ()
    if about.transcript is not None:
        remarks = _give(session, catalog_queries.lesson(session, recording.lesson_id), about, now)
    return Taken(recording.lesson_id, recording.id, True, remarks)


def _give(session: Session, lesson: Lesson, about: About, now: datetime) -> tuple[Remark, ...]:
    words = taking.read(*about.transcript) if about.transcript is not None else None
    if words is None:
        return ()
    versions.keep_present(session, lesson)
    taken = taking.take(session, lesson, words, now, shift_s=about.shift_s)
    if taken.changed:
        versions.record_straight(session, lesson, now)
    return taken.remarks()


def _new(session: Session, copy: local.Copied, about: About, now: datetime) -> Taken:
    details = catalog.Details(
        about.title, about.lecturer, about.topics, about.taught_on, summary=about.summary
    )
    person = people.person_by_username(session, about.owner) if about.owner else None
    lesson = catalog.new_lesson(
        session,
        node_id=root(session).id,
        owner_id=person.id if person else None,
        details=details,
        now=now,
        key=about.key,
    )
    wanted = meant(session, about.audience)
    if wanted.audience is not Audience.EVERYONE:
        audiences.set_audience(session, lesson, wanted, now)
    _give(session, lesson, about, now)
    return Taken(lesson.id, local.attach(session, lesson, copy, now).id, False)


def meant(session: Session, audience: Audience | Named) -> OpenTo:
    """Return the audience that is named on this machine; raises Invalid (catalog.audiences.meant)."""
    named = Named(audience) if isinstance(audience, Audience) else audience
    return audiences.meant(session, named, machine(session))


def publish(session: Session, lesson: Lesson, now: datetime) -> None:
    """Publish a lesson in the machine's name; one that is published already stays so. Raises Conflict."""
    if lesson.state is not LessonState.PUBLISHED:
        review.move(session, lesson, None, "", now)
