"""After the freezing: a member appeals, the branch answers; a correction is a new decision beside the old."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from library.audit import actions as audit
from library.audit.rules import Deed
from library.core.clock import local_day
from library.core.errors import Conflict, Forbidden, Invalid, NotFound
from library.core.ids import new_id
from library.core.permits import Viewer
from library.core.text import clean_block, required_line
from library.grades import actions, burden, facts, queries, rules
from library.grades.rules import AppealState, PeriodState
from library.grades.tables import Appeal, Grade, Period, Rules
from library.notices import actions as notices
from library.notices.actions import News
from library.notices.rules import Kind
from library.organisation.tables import Node


def appeal(session: Session, viewer: Viewer, grade_id: str, text: str, now: datetime) -> Appeal:
    """Appeal against one's own frozen grade; the branch is told.

    Raises NotFound, Forbidden where it is not the viewer's own, Conflict: grades_appealed, grades_superseded;
    Invalid: empty, too_long.
    """
    seen = queries.grade_for(session, viewer, grade_id)
    if not seen.own or viewer.person_id is None:
        raise Forbidden
    if not seen.holds:
        raise Conflict("grades_superseded")
    if seen.period.state is not PeriodState.FROZEN:
        raise NotFound
    words = clean_block(text, "text", rules.APPEAL_MAX)
    if not words:
        raise Invalid("empty", field="text")
    session.get_one(Grade, grade_id, with_for_update=True, populate_existing=True)
    waits = select(func.count()).where(Appeal.grade_id == grade_id, Appeal.state == AppealState.OPEN)
    if session.scalar(waits.select_from(Appeal)):
        raise Conflict("grades_appealed", field="text")
    row = Appeal(
        id=new_id(),
        grade_id=grade_id,
        person_id=viewer.person_id,
        text=words,
        state=AppealState.OPEN,
        at=now,
    )
    session.add(row)
    session.flush()
    audit.note(session, Deed.GRADES, viewer.writer_id, of=viewer.person_id, thing=row.id, what="appealed")
    whom = queries.secretaries(session, seen.node, local_day(now))
    notices.tell(
        session,
        [one for one in whom if one != viewer.person_id],
        News(Kind.GRADE_APPEALED, grade_id, key=f"appeal:{row.id}"),
        now,
    )
    return row


def uphold(session: Session, viewer: Viewer, appeal_id: str, answer: str, now: datetime) -> Appeal:
    """Let a grade stay as it is, and say why; raises NotFound, Forbidden("grades_own"),
    Conflict("grades_answered"), Invalid."""
    row, grade, node = _open(session, viewer, appeal_id)
    why = required_line(answer, "answer", rules.REASON_MAX)
    burden.check_text(why, "answer", queries.waived(session, node))
    _close(row, AppealState.UPHELD, why, viewer, now)
    session.flush()
    audit.note(session, Deed.GRADES, viewer.writer_id, of=row.person_id, thing=row.id, what="upheld")
    news = News(Kind.GRADE_DECIDED, grade.id, key=f"answer:{row.id}")
    notices.tell(session, [row.person_id], news, now)
    return row


def _open(session: Session, viewer: Viewer, appeal_id: str) -> tuple[Appeal, Grade, Node]:
    row = session.get(Appeal, appeal_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound
    grade = session.get_one(Grade, row.grade_id)
    period = session.get_one(Period, grade.period_id)
    node = queries.node_kept(session, viewer, period.node_id)
    if row.person_id == viewer.person_id:
        raise Forbidden("grades_own", field="answer")
    if row.state is not AppealState.OPEN:
        raise Conflict("grades_answered")
    return row, grade, node


def _close(row: Appeal, state: AppealState, answer: str, viewer: Viewer, now: datetime) -> None:
    row.state, row.answer, row.answered_at, row.answered_by = state, answer, now, viewer.writer_id


def correct(session: Session, viewer: Viewer, grade_id: str, band: str, reason: str, now: datetime) -> Grade:
    """Decide a frozen grade anew, from what the ledger says now; the decision before stays to be seen.

    An open appeal against it is answered with that. Raises NotFound, Forbidden("grades_own"), Conflict:
    grades_superseded, grades_open, grades_without, grades_quota; Invalid: grades_band_unknown, empty.
    """
    old = session.get(Grade, grade_id)
    if old is None or old.person_id is None:
        raise NotFound
    period, node = actions.held(session, viewer, old.period_id)
    if viewer.person_id == old.person_id:
        raise Forbidden("grades_own", field="band")
    if period.state is not PeriodState.FROZEN:
        raise Conflict("grades_open")
    newest = select(func.max(Grade.n)).where(Grade.period_id == period.id, Grade.person_id == old.person_id)
    if session.scalar(newest) != old.n:
        raise Conflict("grades_superseded")
    if old.without:
        raise Conflict("grades_without")
    ruled = queries.read(session.get_one(Rules, period.rules_id))
    rules.check_band(ruled, band)
    why = required_line(reason, "reason", rules.REASON_MAX)
    burden.check_text(why, "reason", queries.waived(session, node))
    others = [one.grade.band for one in queries.holding(session, [period.id]) if one.grade.id != old.id]
    rules.check_quotas(ruled, [*others, band])
    first, last = rules.days_of(period.period)
    happened = facts.facts_of(session, [old.person_id], first, last, now)[old.person_id]
    entered = facts.entered_of(session, [old.person_id], period.period).get(old.person_id, {})
    made = rules.score(ruled, happened, entered)
    row = Grade(
        id=new_id(),
        period_id=period.id,
        person_id=old.person_id,
        n=old.n + 1,
        status=old.status,
        facts=dict(happened),
        lines=[one.to_json() for one in made.lines],
        daily=made.daily,
        appraisal=made.appraisal,
        score=made.score,
        proposed=made.band,
        band=band,
        reason=why,
        at=now,
        by_person=viewer.writer_id,
    )
    session.add(row)
    period.version += 1
    session.flush()
    for one in session.scalars(
        select(Appeal).where(Appeal.grade_id == old.id, Appeal.state == AppealState.OPEN).with_for_update()
    ):
        _close(one, AppealState.CORRECTED, why, viewer, now)
        one.corrected_id = row.id
    session.flush()
    audit.note(session, Deed.GRADES, viewer.writer_id, of=old.person_id, thing=row.id, what="corrected")
    actions.tell(session, row, now)
    return row
