"""Judges score works, and hand their scores in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from library.audit import actions as audit
from library.audit.rules import Deed
from library.calls import queries, rules, scoring
from library.calls.rules import WHY_MAX
from library.calls.tables import Call, Judge, Score
from library.core.clock import local_day
from library.core.errors import Conflict, Forbidden
from library.core.permits import Viewer
from library.core.text import short_line


def score(
    session: Session,
    viewer: Viewer,
    call_id: str,
    n: int,
    points: Sequence[int | None],
    why: str,
    now: datetime,
) -> Score:
    """Score the n-th work of a call, or score it otherwise.

    Raises NotFound, Forbidden: not_a_judge, judge_has_stake; Conflict: call_not_judging, call_judged,
    scores_handed_in; Invalid: score_missing, score_beyond, too_long.
    """
    call, judge = _place(session, viewer, call_id, now)
    entry = queries.entry_of(session, call, n)
    (work,) = queries.works(session, call, named=True, only=[entry.id])
    why_not = rules.stake(viewer, work.origin)
    if why_not is not None:
        raise Forbidden("judge_has_stake", stake=why_not.value)
    given = scoring.check_points(points, call.criteria_of, call.scale)
    word = short_line(why, "why", WHY_MAX)
    row = session.get(Score, (entry.id, judge.id))
    if row is None:
        row = Score(entry_id=entry.id, judge_id=judge.id)
        session.add(row)
    row.points, row.why, row.scored_at = list(given), word, now
    session.flush()
    return row


def hand_in(session: Session, viewer: Viewer, call_id: str, now: datetime) -> Judge:
    """Make a judge's scores final: from then on they see what the others who handed in gave.

    Raises NotFound, Forbidden("not_a_judge"), Conflict: call_not_judging, call_judged, scores_handed_in,
    scores_missing.
    """
    call, judge = _place(session, viewer, call_id, now)
    its = queries.works(session, call, named=True)
    kept_out, given = queries.stakes(viewer, its), queries.scores_of(session, judge.id)
    # Of a lesson that was deleted there is nothing to judge.
    due = [one.entry for one in its if one.lesson is not None and one.entry.id not in kept_out]
    missing = [one.n for one in due if one.id not in given]
    if missing:
        raise Conflict("scores_missing", count=len(missing), first=missing[0])
    judge.handed_in_at = now
    session.flush()
    audit.note(session, Deed.CALL, viewer.person_id, thing=call.id, what="handed_in", count=len(given))
    return judge


def _place(session: Session, viewer: Viewer, call_id: str, now: datetime) -> tuple[Call, Judge]:
    """Return a call and the viewer's place among its judges, which is held until the transaction ends."""
    call, judge = queries.place_of(session, viewer, call_id)
    # No score and no hand-in slips in beside a move of the call: who moves it waits for this row's lock no
    # longer than for one score.
    call = queries.held(session, call.id)
    wanted = select(Judge).where(Judge.id == judge.id).with_for_update()
    judge = session.scalars(wanted.execution_options(populate_existing=True)).one()
    rules.check_judging(call.stage, call.judged_until, local_day(now))
    if judge.handed_in_at is not None:
        raise Conflict("scores_handed_in")
    return call, judge
