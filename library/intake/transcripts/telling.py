"""What is to be said of the transcripts of a lesson, and what was heard of its recording. Reads only."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from library.catalog import transcript_queries as given
from library.catalog import transcript_versions as versions
from library.catalog.rules import ShiftReason, TranscriptQuality
from library.catalog.tables import Lesson, TranscriptVersion
from library.intake import queries
from library.intake.tables import Recording
from library.intake.transcripts import aligning
from library.intake.transcripts.aligning import Places
from library.intake.transcripts.repairing import Repaired
from library.intake.transcripts.rules import Figures, Fitting, Heard, Told, account, shown, worse
from transcode.cutting.audio_profile import AudioProfile
from transcode.reading.facts import Facts
from transcode.remarks import Remark


def account_of(given_ones: Sequence[TranscriptVersion], recording: Recording | None) -> tuple[Remark, ...]:
    """Return the account of a lesson, from the transcripts it was given (newest first) and its recording."""
    present = next((version for version in given_ones if version.in_use), None)
    # Nobody gave the machine's own draft, which lies beside the text that was laid over what was heard.
    newest = next((one for one in given_ones if one.quality is not TranscriptQuality.RECOGNISED), None)
    # One that was in use and then exchanged has been decided about.
    waits = newest is not None and present is not None and newest.n > present.n and newest.used_at is None
    waiting = newest if waits else None
    told = None if present is None else told_of(present, waiting)
    media = (recording.facts or {}).get("remarks", ()) if recording is not None else ()
    return account(told, [Remark.from_json(value) for value in media])


def lesson_account(session: Session, lesson: Lesson) -> tuple[Remark, ...]:
    """Return `account_of` for one lesson."""
    return account_of(given.versions(session, lesson.id), queries.recording_of(session, lesson.id))


def told_of(version: TranscriptVersion, waiting: TranscriptVersion | None = None) -> Told:
    """Return what is to be said of a transcript, and of one that waits for somebody's decision."""
    return Told(
        cues=version.cues,
        reading=tuple(Remark.from_json(value) for value in version.remarks),
        shift_s=version.shift_s,
        reason=version.shift_reason,
        fitting=fitting_of(version),
        places=figures_of(version),
        waiting_n=waiting.n if waiting is not None else None,
        waiting_name=waiting.file_name if waiting is not None else "",
    )


def fitting_of(version: TranscriptVersion) -> Fitting | None:
    """Return how a version lies over its recording; None when it has no times, or nothing was heard yet."""
    return None if version.fit is None else Fitting.from_json(version.fit)


def figures_of(version: TranscriptVersion) -> aligning.Figures | None:
    """Return how much of a text is said in its recording; None while no machine has heard it."""
    return None if version.alignment is None else aligning.Figures.from_json(version.alignment)


def places_of(version: TranscriptVersion) -> Places | None:
    """Return where the lines of a text are said; None while no machine has heard it."""
    kept = None if version.alignment is None else version.places
    return None if kept is None else Places.from_json(kept)


def repairs_of(version: TranscriptVersion) -> list[Repaired]:
    """Return the words of a recognised transcript that were exchanged for others."""
    return [Repaired.from_json(value) for value in version.repairs or ()]


def compared(session: Session, lesson: Lesson, n: int) -> tuple[Remark, ...]:
    """Return why one of a lesson's transcripts fits worse than the one in use; raises NotFound."""
    version, present = given.version(session, lesson.id, n), given.version_in_use(session, lesson.id)
    if present is None or present.n == n:
        return ()
    heard = heard_of(session, lesson.id)
    return worse(figures_for(version, heard), figures_for(present, heard))


def heard_of(session: Session, lesson_id: str) -> Heard | None:
    """Return what was heard of a lesson's recording; None before it was."""
    return heard_in(queries.recording_of(session, lesson_id))


def heard_in(recording: Recording | None) -> Heard | None:
    """Return what was heard; None before that, for times are moved once and not again with every step."""
    if recording is None or recording.facts is None or recording.profile is None:
        return None
    facts = Facts.from_json(recording.facts)
    pauses = AudioProfile.from_json(recording.profile).pauses
    return Heard(facts.duration_s, pauses, facts.demuxer, facts.start_s)


def figures_for(version: TranscriptVersion, heard: Heard | None = None) -> Figures:
    if version.fit is None and heard is not None and version.shift_reason is ShiftReason.OPEN:
        became = shown(version.quality, versions.lines_of(version), heard)
        return Figures(version.quality, version.words, became.fitting.fit if became.fitting else None)
    laid = fitting_of(version)
    return Figures(version.quality, version.words, None if laid is None else laid.fit)


def beginning(session: Session, lesson: Lesson, n: int, most: int = 3) -> tuple[str, ...]:
    """Return the first lines of one of a lesson's transcripts; raises NotFound."""
    return tuple(line.text for line in versions.lines_of(given.version(session, lesson.id, n))[:most])
