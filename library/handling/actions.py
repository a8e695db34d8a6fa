"""The only writer of batches: does something with each of several lessons, by the actions that do it with
one, and takes it back by those that undo it. Each is asked for its own permit; one that is refused stops no
other.

The way back is a deed of its own: a lesson that was withdrawn is published again, with a version and a line
in its history. It goes no further than what the batch did: a lesson that was changed since is left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from library.catalog import actions as catalog_actions
from library.catalog import audiences
from library.catalog import queries as catalog
from library.catalog.actions import Details
from library.catalog.audience import OpenTo
from library.catalog.permits import Action, Audience, LessonState
from library.catalog.tables import Lesson
from library.core.errors import Conflict, Invalid, WeikeError
from library.core.ids import new_id
from library.core.permits import MemberState, Viewer
from library.core.text import name_key, required_name
from library.handling import queries, weeks
from library.handling.rules import KEEP_DAYS, MOST, Outcome, Spread, What, may_undo
from library.handling.tables import Batch, BatchItem
from library.programme import queries as programme
from library.programme.weeks import Week
from library.review import actions as review
from library.versions import actions as versions
from library.versions import queries as version_queries
from library.versions.actions import Saved

_Done = tuple[Outcome, dict[str, Any]]


def handle(
    session: Session, viewer: Viewer, what: What, value: str, lesson_ids: Sequence[str], now: datetime
) -> str:
    """Do something with each of some lessons and return the batch's id.

    Raises Invalid: handling_none, handling_many, unknown_choice, and what the value's own check raises.
    """
    ids = sorted(_few(lesson_ids))  # always in one order: two batches never wait for each other
    if what is What.WEEK:  # it has a door of its own: `place`
        raise Invalid("unknown_choice", field="what")
    value = _checked(what, value)
    _lock(session)
    act = _ACTS[what]
    done = [(one, *_each(session, partial(act, session, viewer, one, value, now))) for one in ids]
    return _written(session, viewer, what, value, done, now)


def place(
    session: Session,
    viewer: Viewer,
    node_id: str,
    first: Week,
    spread: Spread,
    lesson_ids: Sequence[str],
    now: datetime,
    count: int | None = None,
) -> str:
    """Put lessons into weeks of a node, in their order, and return the batch's id; one that is refused stops
    no other, and leaves its week as it was.

    `count` is how many whoever confirmed it has seen go in. Raises Invalid: handling_none, handling_many;
    NotFound where the viewer does not plan; Conflict("handling_counted").
    """
    placed = _placed(session, viewer, node_id, first, spread, lesson_ids, now)
    done = sum(outcome is Outcome.DONE for _, outcome, _, _ in placed)
    if count is not None and count != done:
        raise Conflict("handling_counted", count=done, confirmed=count)
    return _written(session, viewer, What.WEEK, f"{node_id} {first} {spread}", placed, now)


Placed = tuple[str, Outcome, dict[str, Any], str]
"""A lesson, what becomes of it, where ("week", "node"; of another batch: what was before), and why nothing
does."""


def _few(lesson_ids: Sequence[str]) -> list[str]:
    """Return each lesson once, in their order; raises Invalid: handling_none, handling_many."""
    ids = list(dict.fromkeys(lesson_ids))
    if not ids:
        raise Invalid("handling_none", field="lesson")
    if len(ids) > MOST:
        raise Invalid("handling_many", field="lesson", most=MOST, count=len(ids))
    return ids


def _written(
    session: Session, viewer: Viewer, what: What, value: str, done: Sequence[Placed], now: datetime
) -> str:
    """Write down what became of each, and forget what is too old; returns the batch's id."""
    session.execute(delete(Batch).where(Batch.at < now - timedelta(days=KEEP_DAYS)))
    batch = Batch(id=new_id(), person_id=str(viewer.person_id), what=what, value=value, at=now)
    session.add(batch)
    session.flush()
    session.add_all(
        BatchItem(batch_id=batch.id, lesson_id=lesson_id, outcome=outcome, before=before, reason=reason)
        for lesson_id, outcome, before, reason in done
    )
    session.flush()
    return batch.id


def place_preview(
    session: Session,
    viewer: Viewer,
    node_id: str,
    first: Week,
    spread: Spread,
    lesson_ids: Sequence[str],
    now: datetime,
) -> list[Placed]:
    """Return what `place` would do: it is done, looked at and rolled back, so that nothing is guessed."""
    trial = session.begin_nested()
    try:
        return _placed(session, viewer, node_id, first, spread, lesson_ids, now)
    finally:
        trial.rollback()
        session.expire_all()


def _placed(
    session: Session,
    viewer: Viewer,
    node_id: str,
    first: Week,
    spread: Spread,
    lesson_ids: Sequence[str],
    now: datetime,
) -> list[Placed]:
    ids = _few(lesson_ids)
    programme.node_to_plan(session, viewer, node_id)
    _lock(session)
    placed = []
    for n, lesson_id in enumerate(ids):
        week = first.after(n) if spread is Spread.EACH else first
        outcome, where, reason = _each(
            session, partial(weeks.put_in, session, viewer, node_id, week, lesson_id, now)
        )
        placed.append((lesson_id, outcome, where or {"week": str(week), "node": node_id}, reason))
    return placed


def undo(session: Session, viewer: Viewer, batch_id: str, now: datetime) -> None:
    """Take back what a batch did, as far as nobody has changed it since; raises NotFound, and
    Conflict("handling_late") when it is too late or has been taken back."""
    _lock(session)
    batch = queries.batch_for(session, viewer, batch_id, held=True)
    if not may_undo(batch.at, batch.undone_at, now):
        raise Conflict("handling_late")
    batch.undone_at = now
    back = _WAYS_BACK[batch.what]
    for item in queries.items(session, batch_id):
        if item.outcome in (Outcome.DONE, Outcome.DRAFTED):
            outcome, _, reason = _each(session, partial(back, session, viewer, item, batch.value, now))
            item.outcome = Outcome.UNDONE if outcome is not Outcome.REFUSED else Outcome.KEPT
            item.reason = reason
    session.flush()


def _lock(session: Session) -> None:
    """Take the counter that every writer of lessons takes, before any row: none that is read from now on is
    changed by another (catalog.actions.touch)."""
    catalog_actions.next_revision(session)
    session.flush()
    session.expire_all()


def _each(session: Session, act: Callable[[], _Done]) -> tuple[Outcome, dict[str, Any], str]:
    """Do it with one, in a savepoint of its own."""
    try:
        with session.begin_nested():
            outcome, before = act()
    except WeikeError as error:
        session.expire_all()
        return Outcome.REFUSED, {}, error.code
    return outcome, before, ""


def _checked(what: What, value: str) -> str:
    if what in (What.TOPIC_ADD, What.TOPIC_REMOVE):
        return required_name(value, "value")[0]
    if what is What.AUDIENCE:
        if value not in (Audience.EVERYONE, Audience.SIGNED_IN, Audience.ORGANISATION):
            raise Invalid("unknown_choice", field="value")
        return value
    return ""


# ---------------------------------------------------------------------- topics


def _topics(session: Session, lesson: Lesson) -> list[str]:
    """Return the topics that whoever edits the lesson has before them."""
    waiting = version_queries.draft(session, lesson.id)
    values = {**version_queries.present_values(lesson), **(waiting.values if waiting is not None else {})}
    return [str(one) for one in values["topics"]]


def _set_topics(
    session: Session, viewer: Viewer, lesson_id: str, now: datetime, change: Callable[[list[str]], list[str]]
) -> _Done:
    lesson = catalog.lesson_for(session, viewer, lesson_id, Action.EDIT)
    seen = version_queries.standing(session, lesson.id)  # drafts are saved without the counter
    before = _topics(session, lesson)
    after = change(before)
    if _keys(after) == _keys(before):
        return Outcome.SAME, {}
    saved = versions.edit(session, lesson, Details(topics=after), viewer.person_id, now, seen=seen)
    outcome = Outcome.DRAFTED if saved is Saved.DRAFT else Outcome.DONE
    return outcome, {"topics": before, "after": after}


def _with_topic(session: Session, viewer: Viewer, lesson_id: str, value: str, now: datetime) -> _Done:
    return _set_topics(session, viewer, lesson_id, now, lambda known: _added(known, value))


def _without_topic(session: Session, viewer: Viewer, lesson_id: str, value: str, now: datetime) -> _Done:
    key = name_key(value)

    def without(known: list[str]) -> list[str]:
        return [one for one in known if name_key(one) != key]

    return _set_topics(session, viewer, lesson_id, now, without)


def _keys(topics: list[str]) -> list[str]:
    return list(map(name_key, topics))


def _added(known: list[str], value: str) -> list[str]:
    return known if name_key(value) in _keys(known) else [*known, value]


def _topics_back(session: Session, viewer: Viewer, item: BatchItem, value: str, now: datetime) -> _Done:
    lesson = catalog.lesson_for(session, viewer, item.lesson_id, Action.EDIT)
    seen = version_queries.standing(session, lesson.id)
    if _keys(_topics(session, lesson)) != _keys(
        item.before["after"]
    ):  # a topic is kept as it was first named
        raise Conflict("handling_changed")
    details = Details(topics=item.before["topics"])
    versions.edit(session, lesson, details, viewer.person_id, now, seen=seen)
    return Outcome.UNDONE, {}


# ---------------------------------------------------------------------- for whom


def _open(session: Session, viewer: Viewer, lesson_id: str, value: str, now: datetime) -> _Done:
    lesson = catalog.lesson_for(session, viewer, lesson_id, Action.AUDIENCE)
    before = audiences.open_to(lesson)
    if before == OpenTo(Audience(value)):
        return Outcome.SAME, {}
    review.set_audience(session, viewer, lesson_id, Audience(value), now)
    return Outcome.DONE, {
        "audience": before.audience.value,
        "nodes": list(before.nodes),
        "groups": list(before.groups),
        "kinds": [kind.value for kind in before.kinds],
    }


def _open_back(session: Session, viewer: Viewer, item: BatchItem, value: str, now: datetime) -> _Done:
    lesson = catalog.lesson_for(session, viewer, item.lesson_id, Action.AUDIENCE)
    if audiences.open_to(lesson) != OpenTo(Audience(value)):
        raise Conflict("handling_changed")
    told = item.before
    before = OpenTo(
        Audience(told["audience"]),
        tuple(told["nodes"]),
        tuple(told["groups"]),
        tuple(map(MemberState, told["kinds"])),
    )
    review.set_audience(session, viewer, item.lesson_id, before, now)
    return Outcome.UNDONE, {}


# ---------------------------------------------------------------------- published or not


def _publish(session: Session, viewer: Viewer, lesson_id: str, value: str, now: datetime) -> _Done:
    lesson = catalog.lesson_for(session, viewer, lesson_id, Action.PUBLISH)
    if lesson.state is LessonState.PUBLISHED:  # its draft is looked at before it is let out, one by one
        raise Conflict("already_published")
    review.publish(session, viewer, lesson_id, "", now)
    return Outcome.DONE, _standing(session, lesson)


def _withdraw(session: Session, viewer: Viewer, lesson_id: str, value: str, now: datetime) -> _Done:
    lesson = review.withdraw(session, viewer, lesson_id, "", now)
    return Outcome.DONE, _standing(session, lesson)


def _standing(session: Session, lesson: Lesson) -> dict[str, Any]:
    """Return by what it is known later that nobody has changed a lesson since."""
    session.flush()
    return {
        "version": version_queries.last_number(session, lesson.id),
        "audience": [lesson.audience.value, *lesson.chosen],
        "revision": lesson.revision,
    }


def _unmoved(session: Session, viewer: Viewer, item: BatchItem) -> Lesson:
    """Return the lesson, if it is as the batch left it; raises Conflict("handling_changed")."""
    lesson = catalog.lesson_for(session, viewer, item.lesson_id, Action.PUBLISH)
    if _standing(session, lesson) != item.before:
        raise Conflict("handling_changed")
    return lesson


def _publish_back(session: Session, viewer: Viewer, item: BatchItem, value: str, now: datetime) -> _Done:
    """Take back what was published: it is withdrawn, also where it was a draft before; its version stays."""
    _unmoved(session, viewer, item)
    review.withdraw(session, viewer, item.lesson_id, "", now)
    return Outcome.UNDONE, {}


def _withdraw_back(session: Session, viewer: Viewer, item: BatchItem, value: str, now: datetime) -> _Done:
    lesson = _unmoved(session, viewer, item)
    if lesson.state is not LessonState.WITHDRAWN or version_queries.draft(session, lesson.id) is not None:
        raise Conflict("handling_changed")
    review.publish(session, viewer, item.lesson_id, "", now)
    return Outcome.UNDONE, {}


def _week_back(session: Session, viewer: Viewer, item: BatchItem, value: str, now: datetime) -> _Done:
    weeks.take_out(session, viewer, item.lesson_id, item.before, now)
    return Outcome.UNDONE, {}


_ACTS: dict[What, Callable[[Session, Viewer, str, str, datetime], _Done]] = {
    What.TOPIC_ADD: _with_topic,
    What.TOPIC_REMOVE: _without_topic,
    What.AUDIENCE: _open,
    What.PUBLISH: _publish,
    What.WITHDRAW: _withdraw,
}
_WAYS_BACK: dict[What, Callable[[Session, Viewer, BatchItem, str, datetime], _Done]] = {
    What.TOPIC_ADD: _topics_back,
    What.TOPIC_REMOVE: _topics_back,
    What.AUDIENCE: _open_back,
    What.PUBLISH: _publish_back,
    What.WITHDRAW: _withdraw_back,
    What.WEEK: _week_back,
}
