"""The writer of declarations: every step goes through the table of states."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from library.audit import actions as audit
from library.audit.rules import Deed, changes
from library.catalog import actions as catalog_actions
from library.catalog import queries as catalog
from library.catalog.permits import LessonState
from library.catalog.rules import TranscriptQuality
from library.catalog.tables import Cue, Lesson
from library.core.errors import Conflict, Forbidden, Invalid, NotFound
from library.core.ids import new_id
from library.core.permits import Viewer, node_chain
from library.core.rights import Act, Thing, allowed
from library.core.text import required_line, short_line
from library.declaring import permits, queries, rules, states
from library.declaring.queries import Votes
from library.declaring.rules import REASON_MAX, REMARK_MAX, AnswerKind, Check, Level, Said
from library.declaring.states import REASONED, State, Step, Then
from library.declaring.tables import Declaration, DeclarationStep, Remark
from library.notices import actions as notices
from library.notices.actions import News
from library.notices.rules import Kind
from library.organisation.tables import Node
from library.people import queries as people
from library.review import actions as review
from library.versions import queries as versions

_VOTES = (Step.APPROVE, Step.SELECT)


@dataclass(frozen=True)
class Given:
    """What comes with a step. `checked` are the points that were ticked, None for all; `moves` is the number
    of the state that was looked at, None where nobody looked; `node_id` the level meant, None for any."""

    reason: str = ""
    remarks: tuple[Said, ...] = ()
    checked: tuple[str, ...] | None = ()
    moves: int | None = None
    node_id: str | None = None


NOTHING_GIVEN = Given()


def points_of(levels: Iterable[Level]) -> tuple[Check, ...]:
    """Return what the lecturer looks at before declaring: all that any level will ask for."""
    asked = {check for level in levels for check in level.checklist}
    return tuple(check for check in Check if check in asked)


def route_of(session: Session, node: Node) -> tuple[Level, ...]:
    """Return the levels through which a lesson of a node would climb now; raises Conflict("no_levels")."""
    chain = node_chain(node.path)
    return rules.route(chain, queries.said_by(session, chain), queries.closed_among(session, chain))


# ------------------------------------------------------------------ the lecturer's side


def declare(
    session: Session, viewer: Viewer, lesson_id: str, now: datetime, given: Given = NOTHING_GIVEN
) -> Declaration:
    """Send a lesson up, or send it up again after it was returned: then to the level that returned it.

    Raises NotFound, Forbidden, Invalid("checklist_open"), Conflict: no_levels, not_ready, quota_full,
    already_declared, remarks_open, declaration_elsewhere.
    """
    lesson = catalog.lesson_for(session, viewer, lesson_id)
    if not allowed(viewer, Act.DECLARATION_MAKE, Thing(lesson.node.path, lesson.owner_id)):
        raise Forbidden
    # Of one node nobody else declares until the transaction ends: the quota counts, and one lesson has one.
    session.execute(select(Node.id).where(Node.id == lesson.node_id).with_for_update(key_share=True, of=Node))
    if not any(clip.plan for clip in lesson.clips) and lesson.transcript is TranscriptQuality.NONE:
        raise Conflict("not_ready")
    row = queries.open_of(session, lesson_id, lock=True)
    note = short_line(given.reason, "reason", REASON_MAX)
    if row is None:
        levels, before = _levels_for(session, lesson, given, now), State.DRAFT
        checked = _looked_at(levels, given)
        row = _first(session, viewer, lesson, levels, now)
    else:
        levels, before = rules.levels_of(row.route), row.state
        state = _check_again(session, viewer, row, given)
        checked = _looked_at(levels, given)
        row.state, row.round, row.moves = state, row.round + 1, row.moves + 1
        row.declared_by = people.noted_by(session, viewer)
        row.due_at = now + timedelta(days=levels[row.level].due_days)
    _log(session, viewer, row, Step.DECLARE, before, now, reason=note, checked=checked)
    return row


def _looked_at(levels: tuple[Level, ...], given: Given) -> tuple[Check, ...]:
    points = points_of(levels)
    return rules.check_answers(points, points if given.checked is None else given.checked)


def _levels_for(session: Session, lesson: Lesson, given: Given, now: datetime) -> tuple[Level, ...]:
    node = lesson.node
    chain = node_chain(node.path)
    most, period = rules.quota_of(chain, queries.said_by(session, chain))
    if most:
        count = queries.declared_in_period(session, node.id, period, now)
        if count >= most:
            raise Conflict("quota_full", most=most, period=str(period), count=count)
    levels = route_of(session, node)
    if given.node_id not in (None, node.id, levels[0].node_id):
        raise Conflict("declaration_elsewhere")
    return levels


def _first(
    session: Session, viewer: Viewer, lesson: Lesson, levels: tuple[Level, ...], now: datetime
) -> Declaration:
    row = Declaration(
        id=new_id(),
        lesson_id=lesson.id,
        node_id=lesson.node_id,
        owner_id=lesson.owner_id,
        declared_by=people.noted_by(session, viewer),
        state=State.DECLARED,
        route=rules.levels_json(levels),
        level=0,
        level_node_id=levels[0].node_id,
        round=1,
        moves=1,
        declared_at=now,
        due_at=now + timedelta(days=levels[0].due_days),
    )
    session.add(row)
    session.flush()
    return row


def _check_again(session: Session, viewer: Viewer, row: Declaration, given: Given) -> State:
    """Return the state of a declaration once it is sent up again."""
    _check_moves(row, given)
    if not states.parts_for(row.state, Step.DECLARE):
        raise Conflict("already_declared")
    parts = permits.parts_of(viewer, queries.standing(session, row))
    state = states.after(row.state, Step.DECLARE, parts)
    waiting = sum(one.answer_kind is None for one in queries.remarks_of(session, row.id))
    if waiting:
        raise Conflict("remarks_open", count=waiting)
    if given.node_id not in (None, row.node_id, row.level_node_id):
        raise Conflict("declaration_elsewhere")
    return state


def answer(
    session: Session,
    viewer: Viewer,
    declaration_id: str,
    n: int,
    kind: AnswerKind,
    text: str,
    now: datetime,
) -> Declaration:
    """Answer the n-th remark: in words, or by saying that the lesson was changed (words may be left out).

    Raises NotFound, Forbidden, Invalid, Conflict("declaration_state").
    """
    row, parts = _held(session, viewer, declaration_id)
    row.state = states.after(row.state, Step.ANSWER, parts)
    remark = session.scalars(
        select(Remark).where(Remark.declaration_id == row.id, Remark.n == n)
    ).one_or_none()
    if remark is None:
        raise NotFound
    measure = required_line if kind is AnswerKind.ANSWERED else short_line
    remark.answer, remark.answer_kind, remark.answered_at = measure(text, "text", REMARK_MAX), kind, now
    by = people.noted_by(session, viewer)
    audit.note(session, Deed.DECLARATION, by, thing=row.id, what=f"declaration_{Step.ANSWER}", n=n)
    session.flush()
    return row


# ------------------------------------------------------------------ the reviewers' side


def remark(
    session: Session,
    viewer: Viewer,
    declaration_id: str,
    said: Said,
    now: datetime,
    moves: int | None = None,
) -> Declaration:
    """Remark something; raises NotFound, Forbidden, Invalid, Conflict: declaration_state, declaration_moved,
    remarks_many."""
    row, parts = _held(session, viewer, declaration_id)
    _check_moves(row, Given(moves=moves))
    row.state = states.after(row.state, Step.REMARK, parts)
    _add_remarks(session, viewer, row, (said,), now)
    return row


def take(
    session: Session,
    viewer: Viewer,
    declaration_id: str,
    step: Step,
    now: datetime,
    given: Given = NOTHING_GIVEN,
) -> Declaration:
    """Take a step of a reviewer, or take a declaration back: `read` to `stop` of the table of states.

    The last approval publishes the lesson where its level says so, a stop takes the lesson back at once.
    Raises NotFound, Forbidden, Invalid: checklist_open, return_why, empty, and Conflict: declaration_state,
    declaration_moved, declaration_elsewhere, already_read, already_approved, readings_missing,
    read_not_decide, already_selected, and what library.review raises.
    """
    _lesson_first(session, declaration_id, step)
    row, parts = _held(session, viewer, declaration_id)
    _check_moves(row, given)
    if given.node_id is not None and step not in (Step.WITHDRAW, Step.STOP):
        _check_level(row, given.node_id)
    levels = rules.levels_of(row.route)
    level = levels[row.level]
    votes = queries.votes_of(row, queries.steps_of(session, row.id))
    is_last = row.level == len(levels) - 1
    then = Then.STAYS
    if row.state is State.DECLARED:
        then = rules.then_of(step, level, is_last=is_last, reads=len(votes.read), votes=len(votes.approved))
    before = row.state
    state = states.after(before, step, parts, then)
    by = people.noted_by(session, viewer)
    if before is State.DECLARED:
        _check_vote(by, step, level, votes)
    if before is State.PUBLISHED and step is Step.SELECT and row.chosen_at_node:
        raise Conflict("already_selected")
    reason = (required_line if step in REASONED else short_line)(given.reason, "reason", REASON_MAX)
    if step is Step.RETURN and not (reason or given.remarks or _remarked_now(session, row)):
        raise Invalid("return_why", field="reason")
    checked: tuple[Check, ...] = ()
    if step in _VOTES and before is State.DECLARED:
        checked = rules.check_answers(
            level.checklist, level.checklist if given.checked is None else given.checked
        )
    if before is State.DECLARED and step not in (Step.WITHDRAW, Step.STOP) and given.remarks:
        _add_remarks(session, viewer, row, given.remarks, now)
    row.state = state
    _log(session, viewer, row, step, before, now, reason=reason, checked=checked)
    _choose(row, step, then, before, votes, now)
    if then is Then.CLIMBS:
        _climb(row, levels, now)
    elif state is not before:
        row.moves += 1
    if state not in (State.DECLARED, State.RETURNED, State.SELECTED) and row.ended_at is None:
        row.ended_at = now
    lesson = catalog.lesson(session, row.lesson_id)
    if state is State.PUBLISHED and before is not State.PUBLISHED:
        if lesson.state is not LessonState.PUBLISHED or versions.draft(session, lesson.id) is not None:
            review.move(session, lesson, by, reason, now)
    elif step is Step.STOP and lesson.state is LessonState.PUBLISHED:
        review.withdraw(session, viewer, lesson.id, reason, now)
    told = _TOLD.get(state) if state is not before else None
    if told is not None and lesson.owner_id != by:
        notices.tell(session, [lesson.owner_id], News(told, lesson.id), now)
    session.flush()
    return row


_TOLD = {
    State.RETURNED: Kind.DECLARATION_RETURNED,
    State.DECLINED: Kind.DECLARATION_DECIDED,
    State.SELECTED: Kind.DECLARATION_DECIDED,
}
"""What a lecturer is told of; that a lesson is published or taken back library.review tells."""


def _lesson_first(session: Session, declaration_id: str, step: Step) -> None:
    """Hold the lesson before its declaration where a step may publish it or take it back: whoever deletes a
    lesson goes the same way, and two who went opposite ones would wait for each other."""
    row = queries.declaration(session, declaration_id)
    last = row.level == len(row.route) - 1
    if step in (Step.PUBLISH, Step.STOP) or (last and step in _VOTES and row.state is State.DECLARED):
        catalog_actions.touch(session, catalog.lesson(session, row.lesson_id))


def _check_vote(by: str | None, step: Step, level: Level, votes: Votes) -> None:
    if step is Step.READ and by is not None and by in votes.read:
        raise Conflict("already_read")
    if step not in _VOTES:
        return
    if by is not None and by in votes.approved:
        raise Conflict("already_approved")
    if len(votes.read) < level.readers:
        raise Conflict("readings_missing", count=level.readers - len(votes.read))
    if level.readers and by is not None and by in votes.read:
        raise Conflict("read_not_decide")


def _choose(row: Declaration, step: Step, then: Then, before: State, votes: Votes, now: datetime) -> None:
    """Note that a level chose it: all who approved it there chose it, or its approval is the choice."""
    over = then is not Then.STAYS or before is State.PUBLISHED
    all_chose = step is Step.SELECT and votes.chose == len(votes.approved)
    if over and (then is Then.CHOOSES or all_chose or (before is State.PUBLISHED and step is Step.SELECT)):
        row.chosen_at_node, row.chosen_at = row.level_node_id, now


def _climb(row: Declaration, levels: tuple[Level, ...], now: datetime) -> None:
    row.level += 1
    row.moves += 1
    row.level_node_id = levels[row.level].node_id
    row.due_at = now + timedelta(days=levels[row.level].due_days)


# ------------------------------------------------------------------ what they share


def _held(
    session: Session, viewer: Viewer, declaration_id: str
) -> tuple[Declaration, frozenset[states.Part]]:
    """Return a declaration that nobody else changes now, and the viewer's parts in it; raises NotFound."""
    row = queries.declaration(session, declaration_id, lock=True)
    where = queries.standing(session, row)
    if not permits.may_see(viewer, where):
        raise NotFound
    return row, permits.parts_of(viewer, where)


def _check_moves(row: Declaration, given: Given) -> None:
    if given.moves is not None and given.moves != row.moves:
        raise Conflict("declaration_moved", state=str(row.state))


def _check_level(row: Declaration, node_id: str) -> None:
    if node_id != row.level_node_id:
        raise Conflict("declaration_elsewhere")


def _remarked_now(session: Session, row: Declaration) -> bool:
    wanted = select(func.count()).where(
        Remark.declaration_id == row.id, Remark.round == row.round, Remark.level == row.level
    )
    return bool(session.scalar(wanted))


def _add_remarks(
    session: Session, viewer: Viewer, row: Declaration, said: Iterable[Said], now: datetime
) -> None:
    by = people.noted_by(session, viewer)
    number = session.scalar(select(func.count()).where(Remark.declaration_id == row.id)) or 0
    for one in said:
        number += 1
        if number > rules.MOST_REMARKS:
            raise Conflict("remarks_many", most=rules.MOST_REMARKS)
        at_s, cue = _spot(session, row.lesson_id, one)
        session.add(
            Remark(
                id=new_id(),
                declaration_id=row.id,
                n=number,
                round=row.round,
                level=row.level,
                person_id=by,
                at_s=at_s,
                cue_n=cue.n if cue else None,
                quote=cue.text[:200] if cue else "",
                text=required_line(one.text, "text", REMARK_MAX),
                made_at=now,
                answer="",
            )
        )
        audit.note(session, Deed.DECLARATION, by, thing=row.id, what=f"declaration_{Step.REMARK}", n=number)
    session.flush()


def _spot(session: Session, lesson_id: str, said: Said) -> tuple[float | None, Cue | None]:
    """Return the second at which a remark stands, and the line that is said there; raises Invalid."""
    lines = select(Cue).where(Cue.lesson_id == lesson_id)
    if said.cue_n is not None:
        cue = session.scalars(lines.where(Cue.n == said.cue_n)).first()
        if cue is None:
            raise Invalid("remark_spot", field="cue")
        return cue.start_s, cue
    if said.at_s is None:
        return None, None
    lesson = catalog.lesson(session, lesson_id)
    ends = [clip.end_s for clip in lesson.clips] or [lesson.duration_s or 0.0]
    if not 0 <= said.at_s <= max(ends) + 1:
        raise Invalid("remark_spot", field="at")
    spoken = lines.where(Cue.start_s <= said.at_s, Cue.end_s > said.at_s)
    return said.at_s, session.scalars(spoken.order_by(Cue.start_s.desc()).limit(1)).first()


def _log(
    session: Session,
    viewer: Viewer,
    row: Declaration,
    step: Step,
    before: State,
    now: datetime,
    *,
    reason: str = "",
    checked: Iterable[Check] = (),
) -> None:
    by = people.noted_by(session, viewer)
    number = session.scalar(select(func.count()).where(DeclarationStep.declaration_id == row.id)) or 0
    session.add(
        DeclarationStep(
            id=new_id(),
            declaration_id=row.id,
            n=number + 1,
            round=row.round,
            level=row.level,
            step=step,
            state=row.state,
            person_id=by,
            reason=reason,
            checked=[str(one) for one in checked],
            at=now,
        )
    )
    told = changes({"state": before}, {"state": row.state})
    audit.note(
        session, Deed.DECLARATION, by, thing=row.id, changed=told, what=f"declaration_{step}", round=row.round
    )
    session.flush()
