"""What is said in a clip, on the clip's own clock."""

from __future__ import annotations

from sqlalchemy.orm import Session

from library.catalog import cue_queries
from library.catalog.tables import Clip
from transcode.transcripts import captions
from transcode.transcripts.parsing import Cue


def cues_of(session: Session, clip: Clip) -> tuple[Cue, ...]:
    """Return the lines said in a clip, cut at its ends, with times from its beginning."""
    lines = cue_queries.cues(session, clip.lesson_id, clip.start_s, clip.end_s)
    cues = [Cue(line.start_s, line.end_s, line.text, line.speaker) for line in lines]
    return captions.cut_cues(cues, clip.start_s, clip.end_s)
