"""Series: made, described and put in order by who teaches and by the staff."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from library.audit import actions as audit
from library.audit.rules import Deed
from library.catalog import queries as catalog
from library.catalog.permits import Action, may
from library.core.errors import Conflict, Forbidden, Invalid, NotFound, SignInNeeded
from library.core.ids import new_id
from library.core.permits import Viewer
from library.core.text import clean_block, required_line
from library.people.rules import teaches_for
from library.works import queries
from library.works.rules import MOST_EPISODES, TEXT_MAX, TITLE_MAX, Move, arranged, moved
from library.works.tables import Episode, Series


def make(session: Session, viewer: Viewer, title: str, text: str, now: datetime) -> Series:
    """Make a series without episodes, of the node for which the viewer teaches; raises Invalid, Forbidden."""
    home = teaches_for(viewer)
    if home is None:
        raise Forbidden
    row = Series(
        id=new_id(),
        title=required_line(title, "title", TITLE_MAX),
        text=clean_block(text, "text", TEXT_MAX),
        node_id=home,
        owner_id=viewer.writer_id,
        created_at=now,
        changed_at=now,
    )
    session.add(row)
    session.flush()
    audit.note(session, Deed.SERIES, viewer.writer_id, thing=row.id, what="made")
    return row


def describe(
    session: Session, viewer: Viewer, series_id: str, title: str, text: str, now: datetime
) -> Series:
    """Change what a series is called and what is written about it; raises NotFound, Forbidden, Invalid."""
    row = _held(session, viewer, series_id)
    row.title, row.text = required_line(title, "title", TITLE_MAX), clean_block(text, "text", TEXT_MAX)
    _changed(session, viewer, row, "described", now)
    return row


def remove(session: Session, viewer: Viewer, series_id: str) -> None:
    """Take a series away; its lessons stay. Raises NotFound, Forbidden."""
    row = _held(session, viewer, series_id)
    session.delete(row)
    audit.note(session, Deed.SERIES, viewer.writer_id, thing=series_id, what="deleted")
    session.flush()


def add(session: Session, viewer: Viewer, series_id: str, lesson_id: str, now: datetime) -> None:
    """Put a lesson that the viewer may change at the end of a series that they may change.

    One that is in it already stays where it is. Raises NotFound, Forbidden, Conflict("in_another_series"),
    Invalid("too_many").
    """
    row = _held(session, viewer, series_id)
    try:
        lesson = catalog.lesson_for(session, viewer, lesson_id, Action.EDIT)
    except NotFound:
        raise Invalid("episode_unknown", field="lesson") from None
    known = session.get(Episode, lesson.id)
    if known is not None and known.series_id == row.id:
        return
    if known is not None:
        raise Conflict("in_another_series", field="lesson")
    of_it = Episode.series_id == row.id
    count, last = session.execute(select(func.count(), func.max(Episode.n)).where(of_it)).one()
    if count >= MOST_EPISODES:
        raise Invalid("too_many", field="lesson", most=MOST_EPISODES, count=count + 1)
    session.add(Episode(lesson_id=lesson.id, series_id=row.id, n=(last or 0) + 1))
    _changed(session, viewer, row, "added", now)


def move(session: Session, viewer: Viewer, series_id: str, lesson_id: str, how: Move, now: datetime) -> None:
    """Move an episode among those that the viewer sees, or take it out; raises NotFound, Forbidden.

    Who may change a lesson may also take it out of a series of others.
    """
    row = session.get(Series, series_id, with_for_update=True)
    episode = session.get(Episode, lesson_id)
    if row is None or episode is None or episode.series_id != series_id:
        raise NotFound
    lesson = catalog.lesson_for(session, viewer, lesson_id)
    takes_out = how is Move.OUT and may(viewer, Action.EDIT, catalog.facts(lesson))
    if not (takes_out or queries.may_edit(viewer, row)):
        raise Forbidden if viewer.signed_in else SignInNeeded
    order = queries.order_of(session, series_id)
    seen = {one.id for one in catalog.lessons_by_ids(session, viewer, order)}
    _put_order(session, row, moved(order, seen, lesson_id, how))
    _changed(session, viewer, row, str(how), now)


def arrange(session: Session, viewer: Viewer, series_id: str, wanted: Sequence[str], now: datetime) -> None:
    """Put the episodes that the viewer sees in an order; raises NotFound, Forbidden,
    Conflict("episodes_changed") where those are others than the ones named."""
    row = _held(session, viewer, series_id)
    order = queries.order_of(session, series_id)
    seen = {one.id for one in catalog.lessons_by_ids(session, viewer, order)}
    if len(wanted) != len(seen) or set(wanted) != seen:
        raise Conflict("episodes_changed", field="lessons")
    _put_order(session, row, arranged(order, seen, wanted))
    _changed(session, viewer, row, "arranged", now)


def _put_order(session: Session, row: Series, order: Sequence[str]) -> None:
    kept = (Episode.series_id == row.id, Episode.lesson_id.not_in(order))
    session.execute(delete(Episode).where(*kept))
    for n, lesson_id in enumerate(order, start=1):
        session.execute(update(Episode).where(Episode.lesson_id == lesson_id).values(n=n))


def _held(session: Session, viewer: Viewer, series_id: str) -> Series:
    """Return a series that the viewer may change, held until the transaction ends."""
    row = queries.series_for(session, viewer, series_id, edit=True)
    session.refresh(row, with_for_update=True)
    return row


def _changed(session: Session, viewer: Viewer, row: Series, what: str, now: datetime) -> None:
    row.changed_at = now
    session.flush()
    audit.note(session, Deed.SERIES, viewer.writer_id, thing=row.id, what=what)
