"""The only writer of what people suggest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from library.audit import actions as audit
from library.audit.rules import Deed, changes
from library.core.errors import Conflict, Invalid
from library.core.ids import new_id
from library.core.permits import Viewer
from library.core.text import clean_block, short_line
from library.notices import actions as notices
from library.notices.actions import News
from library.notices.rules import Kind
from library.people.tables import Person
from library.suggestions import queries, rules
from library.suggestions.rules import SuggestionAction, SuggestionState
from library.suggestions.tables import Suggestion


@dataclass(frozen=True)
class Written:
    """What somebody writes: the words, how to reach them ("" not at all), and the page it is about."""

    text: str
    contact: str = ""
    page: str = ""


def hand_in(
    session: Session,
    written: Written,
    node_id: str,
    lesson_id: str | None,
    person_id: str | None,
    origin: str,
    now: datetime,
) -> tuple[Suggestion, str]:
    """Take a suggestion for a node's staff; returns it and its receipt, which is stored nowhere.

    `person_id` is who puts their name to it, None for nobody; `origin` a keyed hash of the address.
    Nothing of it goes into the ledger of deeds, which knows addresses: who writes without a name has none
    there either.
    Raises Invalid, Throttled (suggestions_from_here, suggestions_in_all), Conflict("suggestion_again").
    """
    text = _required(written.text, "text", rules.TEXT_MAX)
    contact = short_line(written.contact, "contact", rules.CONTACT_MAX)
    since = now - rules.ORIGIN_KEPT
    if queries.is_repeated(session, origin, text, since):
        raise Conflict("suggestion_again", field="text")
    rules.check_room(*queries.lately(session, origin, since))
    receipt = rules.new_receipt()
    row = Suggestion(
        id=new_id(),
        receipt=rules.receipt_hash(receipt),
        text=text,
        contact=contact,
        person_id=person_id,
        origin=origin,
        node_id=node_id,
        lesson_id=lesson_id,
        page=rules.page_of(written.page),
        state=SuggestionState.RECEIVED,
        answer="",
        done="",
        text_shown=False,
        version=1,
        created_at=now,
        changed_at=now,
        answered_by=None,
    )
    session.add(row)
    session.flush()
    return row, receipt


def _required(text: str, field: str, most: int) -> str:
    block = clean_block(text, field, most)
    if not block:
        raise Invalid("empty", field=field)
    return block


def answer(
    session: Session,
    viewer: Viewer,
    suggestion_id: str,
    version: int,
    text: str,
    done: str,
    now: datetime,
) -> Suggestion:
    """Answer a suggestion, and say what was done ("" nothing yet); raises NotFound, Conflict, Invalid."""
    row = _held(session, viewer, suggestion_id, version)
    said, what = _required(text, "answer", rules.ANSWER_MAX), short_line(done, "done", rules.DONE_MAX)
    row.answer, row.done, row.answered_by = said, what, viewer.person_id
    _move(session, row, SuggestionAction.ANSWER, viewer, now)
    if row.person_id != viewer.person_id:
        notices.tell(session, [row.person_id], News(Kind.SUGGESTION_ANSWERED, row.id), now)
    return row


def release(
    session: Session, viewer: Viewer, suggestion_id: str, version: int, with_text: bool, now: datetime
) -> Suggestion:
    """Let everybody read the answer and what was done, with or without the suggestion's own words.

    Raises NotFound, Conflict.
    """
    row = _held(session, viewer, suggestion_id, version)
    row.text_shown = with_text
    _move(session, row, SuggestionAction.RELEASE, viewer, now)
    return row


def change(
    session: Session,
    viewer: Viewer,
    suggestion_id: str,
    version: int,
    action: SuggestionAction,
    now: datetime,
) -> Suggestion:
    """Take it back from the public, set it aside, or take it up again; raises NotFound, Conflict."""
    row = _held(session, viewer, suggestion_id, version)
    row.text_shown = False
    _move(session, row, action, viewer, now)
    return row


def _held(session: Session, viewer: Viewer, suggestion_id: str, version: int) -> Suggestion:
    """Return a suggestion, held until the transaction ends; raises Conflict where another has changed it."""
    row = queries.suggestion_for(session, viewer, suggestion_id)
    if row.version != version:
        raise Conflict("suggestion_changed")
    return row


def _move(session: Session, row: Suggestion, action: SuggestionAction, viewer: Viewer, now: datetime) -> None:
    before = row.state
    row.state = rules.following(before, action)
    row.version += 1
    row.changed_at = now
    told = changes({"state": before}, {"state": row.state})
    audit.note(session, Deed.SUGGESTION, viewer.person_id, thing=row.id, changed=told, what=action.value)
    session.flush()


def forget_origins(session: Session, now: datetime) -> None:
    """Forget from where suggestions came an hour ago."""
    old = (Suggestion.origin != "", Suggestion.created_at <= now - rules.ORIGIN_KEPT)
    session.execute(update(Suggestion).where(*old).values(origin=""))


def forget(session: Session, before: datetime) -> int:
    """Forget what was answered or set aside and not changed since a moment; returns how many those were.

    Of what is public the writer's words and contact go, and what was done stays. What waits for an answer
    stays: nobody gets rid of a complaint by waiting.
    """
    closed = Suggestion.state.in_((SuggestionState.ANSWERED, SuggestionState.ASIDE))
    gone = delete(Suggestion).where(closed, Suggestion.changed_at < before).returning(Suggestion.id)
    count = len(session.scalars(gone).all())
    public = (Suggestion.state == SuggestionState.RELEASED, Suggestion.changed_at < before)
    session.execute(update(Suggestion).where(*public).values(_NO_WORDS))
    return count


_NO_WORDS = {"text": "", "contact": "", "text_shown": False}


def erase(session: Session, person: Person) -> None:
    """Forget the words and the contact of what a person put their name to; answers stay without them.

    What nobody has answered yet is of no use without its words, and goes.
    """
    theirs = Suggestion.person_id == person.id
    session.execute(delete(Suggestion).where(theirs, Suggestion.state == SuggestionState.RECEIVED))
    session.execute(update(Suggestion).where(theirs).values({**_NO_WORDS, "person_id": None}))
