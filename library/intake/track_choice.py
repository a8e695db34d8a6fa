"""Another picture or sound of a recording with several: its lecturer chooses, all clips are made again.

With `actions` and `arranging` a writer of the intake tables. The clips keep their places, borders and views,
and play as they are until each is made again beside: `Recording.remake` names those that are still to come.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import update
from sqlalchemy.orm import Session

from library.catalog import actions as catalog
from library.catalog.tables import Lesson
from library.core.errors import Conflict, Invalid, NotFound
from library.intake import actions, queries
from library.intake.rules import RecordingState, StepKind, StepState
from library.intake.tables import Recording, Step
from transcode.reading.facts import Facts, Track, TrackKind

_AGAIN = (StepKind.PROBE, StepKind.SPLIT, StepKind.CAPTIONS, StepKind.INDEX)


def choose_tracks(
    session: Session, recording: Recording, lesson: Lesson, chosen: Mapping[TrackKind, int | None]
) -> bool:
    """Take other tracks (their indexes in the file; None: as it is); returns whether anything has to be made.

    Raises Conflict("tracks_not_yet") before the recording has been looked at, Invalid("unknown_choice").
    """
    catalog.touch(session, lesson)
    if queries.held(session, recording.id) is None:
        raise NotFound
    if recording.state is RecordingState.RECEIVING or recording.facts is None:
        raise Conflict("tracks_not_yet")
    facts = Facts.from_json(recording.facts)
    present = queries.tracks_in_use(recording)
    wanted = dict(present)
    for kind, index in chosen.items():
        if index is not None and index != present.get(kind):
            if index not in [track.index for track in choices(facts, kind)]:
                raise Invalid("unknown_choice", field=kind.value)
            wanted[kind] = index
    if wanted == present:
        return False
    recording.tracks = {kind.value: index for kind, index in wanted.items()}
    recording.remake = [clip.id for clip in lesson.every_clip if clip.plan is not None] or None
    _restart(session, recording)
    return True


def choices(facts: Facts, kind: TrackKind) -> list[Track]:
    """Return the tracks of a kind among which somebody may choose; none where there is but one."""
    usable = [track for track in facts.tracks if track.kind is kind and track.usable]
    return usable if len(usable) > 1 else []


def made_again(session: Session, recording_id: str, attempt: int, clip_id: str) -> None:
    """Note that run `attempt` made a clip again; of a run that is over nothing is noted."""
    recording = queries.held(session, recording_id)
    if recording is None or recording.attempt != attempt or not (recording.remake or recording.lost):
        return
    recording.remake = [one for one in recording.remake or () if one != clip_id] or None
    recording.lost = [one for one in recording.lost or () if one != clip_id] or None


def _restart(session: Session, recording: Recording) -> None:
    """Begin a run that looks, listens and makes all clips again."""
    steps = (Step.recording_id == recording.id, Step.kind.in_((*_AGAIN, StepKind.CLIP)))
    session.execute(update(Step).where(*steps).values(state=StepState.WAITING, percent=0.0))
    actions.start_run(session, recording)
