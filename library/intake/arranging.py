"""Other cuts for a lesson: asked for, made while the old clips play, adopted in one transaction; or given up.

With `actions` the only writer of the intake tables. Every action here takes the catalogue's counter first and
the recording's row after it, so that it and a running step cannot wait for each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from library.catalog import actions as catalog
from library.catalog.tables import Clip, Lesson
from library.core.errors import Conflict, NotFound
from library.intake import actions, queries
from library.intake.cutting import CHOSEN, WantedCut, check_cuts, is_same
from library.intake.rules import BUSY, RecordingState, StepKind, StepState
from library.intake.tables import Recording, Step
from transcode.reading.facts import Facts


def rearrange(
    session: Session,
    recording: Recording,
    lesson: Lesson,
    wanted: Sequence[WantedCut],
    base_version: str,
    now: datetime,
) -> None:
    """Cut a lesson as its lecturer wants it; `base_version` names the arrangement that they saw.

    Clips whose borders did not move are kept and get their new titles at once; one that was replaced earlier
    and still plays comes back. When nothing that plays falls out, or nothing has to be made, the arrangement
    is the lesson's at once; else it becomes so when all its clips play (`adopt_when_ready`), and until then
    the old ones stay. A run that is going on for another arrangement ends.

    Raises Conflict("cuts_not_yet", "cuts_changed"), Invalid as in `check_cuts`.
    """
    _hold(session, recording, lesson)
    if recording.state is RecordingState.RECEIVING or recording.facts is None or not lesson.clips:
        raise Conflict("cuts_not_yet")
    present = queries.arrangement(recording, lesson)
    if queries.version_of(recording, present) != base_version:
        raise Conflict("cuts_changed")
    cuts = check_cuts(wanted, Facts.from_json(recording.facts).duration_s)
    order = [_clip_for(session, recording, lesson, cut, now) for cut in cuts]
    if [clip.id for clip in order] == [clip.id for clip in present]:
        session.flush()
        return  # only names changed: whatever is being done goes on
    again = set(recording.remake or ())
    makes = any(clip.plan is None or clip.id in again for clip in order)
    keeps = {clip.id for clip in order}
    if makes and any(clip.plan for clip in lesson.clips if clip.id not in keeps):
        recording.wanted = [clip.id for clip in order]
        catalog.drop_unplaced(session, lesson, keep=keeps)
    else:
        recording.wanted = None
        catalog.arrange(session, lesson, order, now)
    actions.plan_steps(session, recording, order)
    _restart_last_steps(session, recording, StepState.WAITING if makes else StepState.DONE)
    actions.start_run(session, recording)
    if not makes:
        recording.state = RecordingState.READY
    session.flush()


def _clip_for(session: Session, recording: Recording, lesson: Lesson, cut: WantedCut, now: datetime) -> Clip:
    """Return the clip with these borders: the lesson's, one being made, a replaced one, else a new one."""
    same = [clip for clip in lesson.every_clip if is_same(clip, cut)]
    being_made = set(recording.wanted or ())
    same.sort(key=lambda clip: (clip.n is None, clip.id not in being_made, clip.plan is None))
    if not same:
        return catalog.new_clip(session, lesson, catalog.Cut(cut.start_s, cut.end_s, CHOSEN), cut.title)
    catalog.want_again(same[0], cut.title, now)
    return same[0]


def adopt_when_ready(session: Session, recording: Recording, lesson: Lesson, now: datetime) -> bool:
    """Make the wanted arrangement the lesson's when every clip of it plays; returns whether it did."""
    if recording.wanted is None:
        return False
    order = queries.arrangement(recording, lesson)
    if len(order) != len(recording.wanted) or any(clip.plan is None for clip in order):
        return False
    catalog.arrange(session, lesson, order, now)
    recording.wanted = None
    session.flush()
    return True


def discard(session: Session, recording: Recording, lesson: Lesson, now: datetime) -> None:
    """Give up an arrangement that is being made or could not be made; raises Conflict("nothing_to_discard").

    The lesson stays as it plays; a run for the other arrangement ends.
    """
    _hold(session, recording, lesson)
    if recording.wanted is None:
        raise Conflict("nothing_to_discard")
    order = list(lesson.clips)
    catalog.arrange(session, lesson, order, now)
    recording.wanted = None
    actions.plan_steps(session, recording, order)
    actions.start_run(session, recording)
    again = set(recording.remake or ())
    if all(clip.plan and clip.id not in again for clip in order):
        _restart_last_steps(session, recording, StepState.DONE)
        recording.state = RecordingState.READY
    else:
        # What was not made before is still to be made, when somebody says so.
        recording.state = RecordingState.CANCELLED
    session.flush()


def cancel(session: Session, recording: Recording, lesson: Lesson, now: datetime) -> None:
    """Stop what is being done for a recording; raises Conflict("nothing_to_cancel").

    Other cuts that are being made are given up; a first run can be taken up again with `actions.retry`.
    """
    _hold(session, recording, lesson)
    if recording.wanted is not None:
        discard(session, recording, lesson, now)
        return
    if recording.state not in BUSY:
        raise Conflict("nothing_to_cancel")
    actions.start_run(session, recording)  # a number of its own, so that the present run knows it is over
    recording.state = RecordingState.CANCELLED
    catalog.forget_previews(session, lesson)
    session.flush()


def _hold(session: Session, recording: Recording, lesson: Lesson) -> None:
    """Let nobody else change the lesson or the recording until the transaction ends."""
    catalog.touch(session, lesson)
    if queries.held(session, recording.id) is None:
        raise NotFound
    session.expire(lesson, ["clips", "every_clip"])


def _restart_last_steps(session: Session, recording: Recording, state: StepState) -> None:
    session.execute(
        update(Step)
        .where(Step.recording_id == recording.id, Step.kind.in_((StepKind.CAPTIONS, StepKind.INDEX)))
        .values(state=state, percent=100.0 if state is StepState.DONE else 0.0)
    )
