"""Where a lecture could be cut, from all that is known of it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from library.catalog import cue_queries
from library.catalog.rules import CAPTIONED
from library.catalog.tables import Lesson
from library.intake.tables import Recording
from transcode.cutting.audio_profile import AudioProfile
from transcode.cutting.pauses import Pause
from transcode.cutting.split import Cut, choose_cuts, cuts_from_chapters
from transcode.pictures.overview import Overview
from transcode.planning.copying import KeyFrames
from transcode.reading.facts import Facts
from transcode.transcripts import captions
from transcode.transcripts.parsing import Cue


@dataclass(frozen=True)
class Signs:
    """What speaks for a cut: pauses, ends of sentences (None: nobody knows them), slide turns, chapters,
    and key frames between which a picture can be copied."""

    facts: Facts
    pauses: tuple[Pause, ...]
    sentence_ends_s: list[float] | None
    turns_s: tuple[float, ...]
    keys_s: tuple[float, ...]

    def by_pauses(self) -> list[Cut]:
        """Return the cuts that we would make."""
        return choose_cuts(
            self.facts.duration_s,
            self.pauses,
            self.sentence_ends_s,
            turns_s=self.turns_s,
            keys_s=self.keys_s,
        )

    def by_chapters(self) -> list[Cut]:
        """Return the cuts that the file's chapters suggest; none when they say nothing."""
        return cuts_from_chapters(
            self.facts.duration_s,
            self.facts.chapters,
            self.pauses,
            self.sentence_ends_s,
            turns_s=self.turns_s,
        )


def signs_of(session: Session, recording: Recording, lesson: Lesson) -> Signs:
    """Return the signs in a recording that has been probed and heard."""
    ends: list[float] | None = None
    if lesson.transcript in CAPTIONED:
        lines = cue_queries.cues(session, lesson.id)
        ends = captions.sentence_ends([Cue(c.start_s, c.end_s, c.text) for c in lines])
    return Signs(
        facts=Facts.from_json(recording.facts or {}),
        pauses=AudioProfile.from_json(recording.profile or {"pauses": ()}).pauses,
        sentence_ends_s=ends,
        turns_s=Overview.from_json(recording.look or {}).turns_s,
        keys_s=KeyFrames.from_json(recording.key_frames or {}).times_s,
    )
