"""A lesson's transcripts as the API and the page's script speak of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy.orm import Session

from library.catalog import transcript_versions as versions
from library.catalog.rules import ShiftReason, TranscriptQuality
from library.catalog.tables import Lesson, TranscriptVersion
from library.intake import queries
from library.intake.transcripts import telling
from library.intake.transcripts.rules import account
from server.web.language.i18n import Catalogue
from server.web.shown.remarks import WarningOut, warnings_of
from transcode.cutting.audio_profile import WAVE_STEP_S
from transcode.remarks import Remark

_MOST_SHOWN = 3000
"""Lines that are drawn on the wave: an hour has about a thousand."""


class ShiftOut(BaseModel):
    """A shift that seems to fit better: what to add to the times of the file; how sure that is, 0 to 1."""

    shift_s: float
    confidence: float


class VersionOut(BaseModel):
    """One transcript that a lesson was given. `n` counts from 1; `cues` are the lines that were read.

    `inside` and `covered`: the part of its lines within the recording, the part of the talk that they lie
    over (0 to 1), null for text without times and before the recording was heard. `shift_s` is added to its
    times, for `shift_reason`: open (not looked at yet), none, hours, stream, chosen. `waits`: it is in use
    for those who work on the lesson, and viewers see other words until it is published.
    """

    n: int
    in_use: bool
    waits: bool
    made_at: datetime
    by: str | None
    file_name: str
    quality: TranscriptQuality
    cues: int
    inside: float | None
    covered: float | None
    shift_s: float
    shift_reason: ShiftReason
    offered_shift: ShiftOut | None
    warnings: list[WarningOut]


class TranscriptOut(BaseModel):
    """What a transcript file held: kind `timed` or `plain`, how many lines, and what is to be known of it.

    `version` is its number among the lesson's transcripts; `shift_s` and `offered_shift` as in `VersionOut`.
    """

    kind: str
    cues: int
    warnings: list[WarningOut]
    version: int
    shift_s: float
    offered_shift: ShiftOut | None


class VersionsOut(BaseModel):
    """The transcripts that a lesson was given, newest first."""

    versions: list[VersionOut]


def version_out(version: TranscriptVersion, catalogue: Catalogue) -> VersionOut:
    """Return a version as the API gives it."""
    laid = telling.fitting_of(version)
    return VersionOut(
        n=version.n,
        in_use=version.in_use,
        waits=version.waits,
        made_at=version.made_at,
        by=version.person.name if version.person else None,
        file_name=version.file_name,
        quality=version.quality,
        cues=version.cues,
        inside=None if laid is None else round(laid.fit.inside, 4),
        covered=None if laid is None else laid.fit.covered,
        shift_s=version.shift_s,
        shift_reason=version.shift_reason,
        offered_shift=_offered(version),
        warnings=warnings_of(account(telling.told_of(version)), catalogue),
    )


def transcript_out(
    version: TranscriptVersion, catalogue: Catalogue, beside: Sequence[Remark] = ()
) -> TranscriptOut:
    """Return what a file held, as the answer to whoever sent it; `beside`: what else is to be said of it."""
    return TranscriptOut(
        kind="timed" if version.quality is TranscriptQuality.EXACT else "plain",
        cues=version.cues,
        warnings=warnings_of((*account(telling.told_of(version)), *beside), catalogue),
        version=version.n,
        shift_s=version.shift_s,
        offered_shift=_offered(version),
    )


def _offered(version: TranscriptVersion) -> ShiftOut | None:
    laid = telling.fitting_of(version)
    if laid is None or laid.offered is None:
        return None
    return ShiftOut(shift_s=laid.offered.by_s, confidence=laid.offered.confidence)


def shift_board(
    session: Session, lesson: Lesson, given: Sequence[TranscriptVersion]
) -> dict[str, Any] | None:
    """Return what the page draws to move the times of the transcript in use; None when it has none.

    `lines` are [start, end, text] as in the file, without the shift; `left_out`: how many more there are.
    """
    version = next((one for one in given if one.in_use), None)
    recording = queries.recording_of(session, lesson.id)
    if version is None or version.quality is not TranscriptQuality.EXACT:
        return None
    if recording is None or recording.profile is None or not lesson.duration_s:
        return None
    pauses = recording.profile.get("pauses", [])
    return {
        "n": version.n,
        "shift_s": version.shift_s,
        "duration_s": lesson.duration_s,
        "left_out": max(0, version.cues - _MOST_SHOWN),
        "lines": [[c.start_s, c.end_s, c.text] for c in versions.lines_of(version)[:_MOST_SHOWN]],
        "pauses": [[round(p["start_s"], 3), round(p["end_s"], 3)] for p in pauses],
        "wave": {"step_s": WAVE_STEP_S, "levels": recording.profile.get("wave", "")},
    }
