"""Letters are sent: those that are due, one after the other, each at least once."""

from __future__ import annotations

import structlog

from library.access import mail
from library.core.clock import Clock
from library.core.database import Database
from library.outbox import actions, queries
from library.outbox.actions import Taken
from server.background.recurring import RecurringThread
from server.mail_server import MailServer, NotTaken

_FIRST_S, _EVERY_S, _AT_MOST_S = 2.0, 5.0, 300.0

log = structlog.get_logger()


class MailingThread(RecurringThread):
    """Looks every few seconds whether a letter is due, and sends it."""

    failed = "letters could not be looked at, it will be tried again"

    def __init__(self, db: Database, clock: Clock, server: MailServer) -> None:
        super().__init__("mailing", _FIRST_S, _EVERY_S, _AT_MOST_S)
        self._db, self._clock, self._server = db, clock, server

    def work(self) -> None:
        """Send what is due, one letter taken at a time: what a killed process held waits for rules.HELD."""
        while not self.stopping():
            with self._db.read() as session:
                if not queries.due(session, self._clock(), 1):
                    return
            with self._db.write() as session:
                taken = actions.take(session, self._clock())
            if taken is not None:
                self._send(taken)

    def _send(self, letter: Taken) -> None:
        try:
            self._server.send(letter.address, letter.words)
        except NotTaken as error:
            with self._db.write() as session:
                again = actions.note_failed(
                    session, letter.id, error.said, self._clock(), for_good=error.for_good
                )
            # Never the address: the log is read by more people than the letter.
            log.warning("a letter was not taken", letter=letter.id, said=error.said, again=again)
            return
        with self._db.write() as session:
            actions.note_sent(session, letter.id, self._clock())


class LettersKeepingThread(RecurringThread):
    """Forgets letters that were closed long ago, and addresses that nobody confirmed."""

    failed = "old letters could not be forgotten, it will be tried again"

    def __init__(self, db: Database, clock: Clock) -> None:
        super().__init__("letters keeping", 900.0, 3600.0)
        self._db, self._clock = db, clock

    def work(self) -> None:
        """Forget once."""
        with self._db.write() as session:
            gone = actions.forget(session, self._clock())
            mail.drop_wanted(session, self._clock())
        if gone:
            log.info("old letters were forgotten", letters=gone)
