"""Calls are made, changed and moved on, and judges invited, by whoever keeps them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from library.audit import actions as audit
from library.audit.rules import Deed, changes
from library.calls import queries, rules
from library.calls.demands import Demands
from library.calls.rules import MOST_JUDGES, CallDraft, Stage, StageAction
from library.calls.tables import Call, Judge, Score
from library.core.clock import local_day
from library.core.errors import Conflict, Forbidden, Invalid, NotFound
from library.core.ids import new_id
from library.core.permits import Viewer
from library.core.text import clean_line
from library.people import queries as people
from library.people.tables import Person


def make(session: Session, viewer: Viewer, node_id: str, draft: CallDraft, now: datetime) -> Call:
    """Make a call of a node, as a draft; raises NotFound, Conflict("node_closed"), and as `rules.cleaned`."""
    node = queries.node_to_call(session, viewer, node_id)
    if node.closed_at is not None:
        raise Conflict("node_closed", name=node.name)
    row = Call(
        id=new_id(),
        node_id=node.id,
        stage=Stage.DRAFT,
        version=1,
        created_at=now,
        changed_by=viewer.person_id,
        **_columns(rules.cleaned(draft)),
    )
    session.add(row)
    session.flush()
    audit.note(session, Deed.CALL, viewer.person_id, thing=row.id, what="made")
    return row


def change(
    session: Session, viewer: Viewer, call_id: str, version: int | None, draft: CallDraft, now: datetime
) -> Call:
    """Change a call; the same again changes nothing.

    Once works were entered their categories stay, once somebody scored also criteria, scale, what judges
    learn and how scores are put together. Raises NotFound, Forbidden, Conflict: call_changed,
    call_category_used, call_scored, call_stage; and as `rules.cleaned`.
    """
    row = keeping(session, viewer, call_id, version)
    if row.stage in rules.TOLD_STAGES:
        raise Conflict("call_stage", stage=row.stage.value)
    before, after = _told(row), _columns(rules.cleaned(draft))
    if before == after:
        return row
    if queries.standing(session, row.id).scores:
        for name in ("criteria", "scale", "blind", "trimmed"):
            if before[name] != after[name]:
                raise Conflict("call_scored", field=name)
    used = {work.entry.category for work in queries.works(session, row, named=False)}
    if missing := used - set(after["categories"]):
        raise Conflict("call_category_used", field="categories", name=min(missing))
    for name, value in after.items():
        setattr(row, name, value)
    _touch(row, viewer)
    session.flush()
    told = changes(before, after)
    audit.note(session, Deed.CALL, viewer.person_id, thing=row.id, changed=told, what="change")
    return row


def _columns(draft: CallDraft) -> dict[str, Any]:
    return {
        "title": draft.title,
        "text": draft.text,
        "body": draft.body,
        "categories": list(draft.categories),
        "demands": draft.demands.to_json(),
        "criteria": [[one.name, one.weight] for one in draft.criteria],
        "quota": draft.quota,
        "scale": draft.scale,
        "blind": draft.blind,
        "trimmed": draft.trimmed,
        "opens_on": draft.opens_on,
        "closes_on": draft.closes_on,
        "judged_until": draft.judged_until,
        "results_on": draft.results_on,
    }


def _told(row: Call) -> dict[str, Any]:
    return _columns(draft_of(row))


def draft_of(row: Call) -> CallDraft:
    """Return a call as a draft."""
    return CallDraft(
        title=row.title,
        opens_on=row.opens_on,
        closes_on=row.closes_on,
        judged_until=row.judged_until,
        results_on=row.results_on,
        text=row.text,
        body=row.body,
        categories=tuple(row.categories),
        quota=row.quota,
        demands=Demands.from_json(row.demands),
        criteria=row.criteria_of,
        scale=row.scale,
        blind=row.blind,
        trimmed=row.trimmed,
    )


def _touch(row: Call, viewer: Viewer) -> None:
    row.version += 1
    row.changed_by = viewer.person_id


def keeping(session: Session, viewer: Viewer, call_id: str, version: int | None = None) -> Call:
    """Return a call that the viewer keeps, held until the transaction ends; `version` None looks at none.

    Raises SignInNeeded, NotFound, Forbidden, Conflict("call_changed").
    """
    queries.call_for(session, viewer, call_id, keep=True)
    row = queries.held(session, call_id)
    if not queries.keeps(viewer, row):
        raise Forbidden
    if version is not None and row.version != version:
        raise Conflict("call_changed")
    return row


def move(
    session: Session, viewer: Viewer, call_id: str, version: int | None, action: StageAction, now: datetime
) -> Call:
    """Move a call on; raises NotFound, Forbidden, Conflict (call_changed, and as `rules.check_move`)."""
    row = keeping(session, viewer, call_id, version)
    before = row.stage
    row.stage = rules.check_move(before, action, queries.standing(session, row.id))
    _touch(row, viewer)
    session.flush()
    told = changes({"stage": before}, {"stage": row.stage})
    audit.note(session, Deed.CALL, viewer.person_id, thing=row.id, changed=told, what=action.value)
    return row


def remove(session: Session, viewer: Viewer, call_id: str, version: int | None) -> None:
    """Give up a draft; raises NotFound, Forbidden, Conflict: call_changed, call_stage."""
    row = keeping(session, viewer, call_id, version)
    if row.stage is not Stage.DRAFT:
        raise Conflict("call_stage", stage=row.stage.value)
    audit.note(session, Deed.CALL, viewer.person_id, thing=row.id, what="remove")
    session.delete(row)
    session.flush()


# ------------------------------------------------------------------ judges


def invite(session: Session, viewer: Viewer, call_id: str, name: str, now: datetime) -> Judge:
    """Make somebody a judge of a call, by what they sign in with or their name; who is one already stays one.

    Raises NotFound, Forbidden, Conflict("call_stage"), Invalid: empty, judge_unknown, judge_ambiguous,
    judges_many.
    """
    call = keeping(session, viewer, call_id)
    if call.stage in rules.TOLD_STAGES:
        raise Conflict("call_stage", stage=call.stage.value)
    person = _meant(session, name)
    known = session.scalars(
        select(Judge).where(Judge.call_id == call.id, Judge.person_id == person.id)
    ).first()
    if known is not None:
        return known
    count = session.scalar(select(func.count()).where(Judge.call_id == call.id)) or 0
    if count >= MOST_JUDGES:
        raise Invalid("judges_many", field="judge", most=MOST_JUDGES)
    row = Judge(id=new_id(), call_id=call.id, person_id=person.id, invited_at=now, handed_in_at=None)
    session.add(row)
    session.flush()
    audit.note(session, Deed.CALL, viewer.person_id, of=person.id, thing=call.id, what="judge")
    return row


def _meant(session: Session, text: str) -> Person:
    text = clean_line(text)
    if not text:
        raise Invalid("empty", field="judge")
    by_name = people.person_by_sign_in_name(session, text)
    if by_name is not None and by_name.active:
        return by_name
    found = [one for one in people.persons_called(session, text) if one.active]
    if not found:
        raise Invalid("judge_unknown", field="judge", text=text[:40])
    if len(found) > 1:
        raise Invalid("judge_ambiguous", field="judge", text=text[:40], count=len(found))
    return found[0]


def dismiss(session: Session, viewer: Viewer, call_id: str, judge_id: str) -> None:
    """Take a judge who has scored nothing from a call.

    Raises NotFound, Forbidden, Conflict: call_stage, judge_has_scored.
    """
    call = keeping(session, viewer, call_id)
    row = _judge(session, call, judge_id)
    if session.scalar(select(func.count()).where(Score.judge_id == row.id)):
        raise Conflict("judge_has_scored")
    session.execute(delete(Judge).where(Judge.id == row.id).execution_options(synchronize_session=False))
    audit.note(session, Deed.CALL, viewer.person_id, of=row.person_id, thing=call.id, what="judge_gone")


def give_back(session: Session, viewer: Viewer, call_id: str, judge_id: str, now: datetime) -> None:
    """Let a judge change what they handed in; raises NotFound, Forbidden, Conflict: call_not_judging,
    call_judged."""
    call = keeping(session, viewer, call_id)
    rules.check_judging(call.stage, call.judged_until, local_day(now))
    row = _judge(session, call, judge_id)
    row.handed_in_at = None
    session.flush()
    audit.note(session, Deed.CALL, viewer.person_id, of=row.person_id, thing=call.id, what="scores_back")


def _judge(session: Session, call: Call, judge_id: str) -> Judge:
    row = session.get(Judge, judge_id)
    if row is None or row.call_id != call.id:
        raise NotFound
    if call.stage in rules.TOLD_STAGES:
        raise Conflict("call_stage", stage=call.stage.value)
    return row
