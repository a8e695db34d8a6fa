"""The only reader of what people suggest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from library.core.errors import NotFound
from library.core.paging import Page, clean_number
from library.core.permits import Role, Viewer
from library.organisation import queries as organisation
from library.suggestions.permits import may_answer
from library.suggestions.rules import RECEIPT_LENGTH, SuggestionState, receipt_hash
from library.suggestions.tables import Suggestion

PAGE_SIZE = 20


def suggestion_for(session: Session, viewer: Viewer, suggestion_id: str) -> Suggestion:
    """Return a suggestion that the viewer may answer; raises NotFound, also where they may not."""
    row = session.get(Suggestion, suggestion_id, with_for_update=True)
    if row is None or not may_answer(viewer, organisation.node(session, row.node_id).path):
        raise NotFound
    return row


def by_receipt(session: Session, receipt: str) -> Suggestion:
    """Return the suggestion of a receipt; raises NotFound("suggestion_receipt")."""
    found = None
    if len(receipt) >= RECEIPT_LENGTH:
        found = session.scalar(select(Suggestion).where(Suggestion.receipt == receipt_hash(receipt)))
    if found is None:
        raise NotFound("suggestion_receipt")
    return found


def own_answers(session: Session, person_id: str | None, ids: Sequence[str]) -> dict[str, str]:
    """Return the answers to those of some suggestions to which a person put their name."""
    theirs = (Suggestion.person_id == person_id, Suggestion.id.in_(ids), Suggestion.answer != "")
    rows = session.execute(select(Suggestion.id, Suggestion.answer).where(*theirs)).all()
    return {one.id: one.answer for one in rows}


def of_staff(session: Session, viewer: Viewer, state: SuggestionState, number: int = 1) -> Page[Suggestion]:
    """Return what the viewer may answer, of one state: waiting ones the oldest first, others the newest."""
    where = (_theirs(viewer), Suggestion.state == state)
    waiting = state is SuggestionState.RECEIVED
    moment = Suggestion.created_at if waiting else Suggestion.changed_at.desc()
    return _page(session, where, moment, number)


def count_waiting(session: Session, viewer: Viewer) -> int:
    """Return how many suggestions wait for the viewer's answer."""
    where = (_theirs(viewer), Suggestion.state == SuggestionState.RECEIVED)
    return session.scalar(select(func.count()).select_from(Suggestion).where(*where)) or 0


def released(session: Session, number: int = 1) -> Page[Suggestion]:
    """Return what is public, the newest first."""
    where = (Suggestion.state == SuggestionState.RELEASED,)
    return _page(session, where, Suggestion.changed_at.desc(), number)


def lately(session: Session, origin: str, since: datetime) -> tuple[int, int]:
    """Return how many were handed in since a moment: from one address, and in all."""
    here = func.count().filter(Suggestion.origin == origin)
    row = select(here, func.count()).where(Suggestion.created_at > since)
    from_here, in_all = session.execute(row).one()
    return (from_here if origin else 0), in_all


def is_repeated(session: Session, origin: str, text: str, since: datetime) -> bool:
    """Tell whether the same words came from the same address since a moment."""
    same = (Suggestion.created_at > since, Suggestion.origin == origin, Suggestion.text == text)
    return session.scalar(select(Suggestion.id).where(*same).limit(1)) is not None


def _theirs(viewer: Viewer) -> ColumnElement[bool]:
    if viewer.holds_at_root(Role.STAFF):
        return true()
    return Suggestion.node_id.in_(organisation.inside_of(organisation.outermost(viewer, Role.STAFF)))


def _page(
    session: Session,
    where: Sequence[ColumnElement[bool]],
    order: ColumnElement[datetime] | InstrumentedAttribute[datetime],
    number: int,
) -> Page[Suggestion]:
    number = clean_number(number)
    total = session.scalar(select(func.count()).select_from(Suggestion).where(*where)) or 0
    rows = select(Suggestion).where(*where).order_by(order, Suggestion.id)
    shown = session.scalars(rows.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)).all()
    return Page(shown, number, PAGE_SIZE, total)
