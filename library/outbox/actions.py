"""The only writer of letters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from library.core.database import upsert
from library.core.errors import Conflict, NotFound
from library.core.ids import new_id
from library.core.text import clean_line
from library.outbox import rules
from library.outbox.queries import due
from library.outbox.rules import LetterState, Words
from library.outbox.tables import Letter

_WORDLESS = {"subject": "", "text": ""}


@dataclass(frozen=True)
class Taken:
    """A letter that a process has taken to send it."""

    id: str
    address: str
    words: Words


def write(session: Session, key: str, person_id: str, address: str, words: Words, now: datetime) -> None:
    """Write a letter in the transaction of what it tells; a second one of the same key changes nothing."""
    row = {
        "id": new_id(),
        "key": key,
        "person_id": person_id,
        "address": address,
        "subject": clean_line(words.subject)[:200],
        "text": words.text,
        "state": LetterState.WAITING,
        "tries": 0,
        "written_at": now,
        "due_at": now,
        "closed_at": None,
        "held_until": None,
        "problem": "",
    }
    session.execute(upsert(session, Letter).values(row).on_conflict_do_nothing(index_elements=["key"]))


def take(session: Session, now: datetime) -> Taken | None:
    """Take the letter that has been due for the longest; nobody else gets it within rules.HELD.

    None where there is none, or another process was quicker. A process that is killed between sending one and
    writing that down sends it a second time: at least once.
    """
    for letter in due(session, now, 1):
        # One statement decides between two processes that look at once.
        won = session.scalar(
            update(Letter)
            .where(
                Letter.id == letter.id, Letter.due_at == letter.due_at, Letter.state == LetterState.WAITING
            )
            .values(due_at=now + rules.HELD, held_until=now + rules.HELD, tries=Letter.tries + 1)
            .returning(Letter.id)
        )
        if won is not None:
            return Taken(letter.id, letter.address, Words(letter.subject, letter.text))
    return None


def note_sent(session: Session, letter_id: str, now: datetime) -> None:
    """Write down that the mail server has taken a letter."""
    done = update(Letter).where(Letter.id == letter_id)
    session.execute(done.values(state=LetterState.SENT, closed_at=now, problem="", **_WORDLESS))


def note_failed(session: Session, letter_id: str, problem: str, now: datetime, *, for_good: bool) -> bool:
    """Write down why a letter was not taken, `for_good` or for now; returns whether it is tried again."""
    letter = session.get(Letter, letter_id)
    if letter is None or letter.state is not LetterState.WAITING:
        return False
    letter.problem = clean_line(problem)[:200]
    pause = None if for_good else rules.pause_after(letter.tries)
    if pause is not None:
        letter.due_at, letter.held_until = now + pause, None
        return True
    _close(letter, now)
    return False


def hurry(session: Session, letter_id: str, now: datetime) -> bool:
    """Let a letter that waits for its next try be tried now; returns whether that changed anything: not where
    it is due, or being sent at this moment. Raises NotFound, Conflict("letter_closed")."""
    letter = _open(session, letter_id)
    if letter.due_at <= now or (letter.held_until is not None and letter.held_until > now):
        return False
    letter.due_at = now
    session.flush()
    return True


def give_up(session: Session, letter_id: str, now: datetime) -> None:
    """Try a letter no more; its words go. Raises NotFound, Conflict("letter_closed")."""
    _close(_open(session, letter_id), now)
    session.flush()


def _open(session: Session, letter_id: str) -> Letter:
    letter = session.get(Letter, letter_id, with_for_update=True, populate_existing=True)
    if letter is None:
        raise NotFound
    if letter.state is not LetterState.WAITING:
        raise Conflict("letter_closed")
    return letter


def _close(letter: Letter, now: datetime) -> None:
    letter.state, letter.closed_at, letter.subject, letter.text = LetterState.GIVEN_UP, now, "", ""


def forget(session: Session, now: datetime) -> int:
    """Forget letters that were closed long ago (rules.KEPT); returns how many."""
    old = delete(Letter).where(Letter.closed_at < now - rules.KEPT).returning(Letter.id)
    return len(session.scalars(old).all())
