"""Notices are pushed to browsers, from the queue of each that wants them; old ones are forgotten."""

from __future__ import annotations

import structlog
from sqlalchemy import Select, select

from library.core.clock import Clock, local_day
from library.core.database import Database
from library.core.permits import group_token, node_token
from library.notices import actions, pushing
from library.notices.pushing import Taken
from library.people.belonging import members
from library.people.rules import MembershipKind
from library.people.tables import GroupMember, Membership
from server.background.recurring import RecurringThread
from server.push_service import Answer, PushService, To

_FIRST_S, _EVERY_S, _AT_MOST_S = 3.0, 3.0, 300.0
_KEEPING_FIRST_S, _KEEPING_EVERY_S = 1200.0, 6 * 3600.0

log = structlog.get_logger()


class PushingThread(RecurringThread):
    """Looks every few seconds for notices that came, and for what is to be pushed, at least once each.

    Without a push service notices are passed over, so that nobody is told of old ones when there is one.
    """

    failed = "notices could not be pushed, it will be tried again"

    def __init__(self, db: Database, clock: Clock, service: PushService | None) -> None:
        super().__init__("pushing", _FIRST_S, _EVERY_S, _AT_MOST_S)
        self._db, self._clock, self._service = db, clock, service

    def work(self) -> None:
        """Spread what came, and push what is due."""
        while not self.stopping() and self._spread():
            pass
        while self._service is not None and not self.stopping():
            with self._db.read() as session:
                if not pushing.due(session, self._clock()):
                    return
            with self._db.write() as session:
                taken = pushing.take(session, self._clock())
            if taken is not None:
                self._push(self._service, taken)

    def _spread(self) -> int:
        with self._db.read() as session:
            if not pushing.waits(session):
                return 0
        with self._db.write() as session:
            return pushing.spread(session, self._clock(), self._reach)

    def _reach(self, token: str) -> Select[str]:
        """Return the ids of the people of a node and below, by their homes, or of a learning group."""
        today = local_day(self._clock())
        where, _, thing = token.partition(":")
        if token == node_token(thing):
            home = (Membership.kind == MembershipKind.HOME, members.on_day(today))
            return select(Membership.person_id).where(members.at(thing, below=True), *home)
        if token == group_token(thing):
            now = (GroupMember.since <= today, (GroupMember.until.is_(None)) | (GroupMember.until > today))
            return select(GroupMember.person_id).where(GroupMember.group_id == thing, *now)
        log.warning("an audience that cannot be pushed to", of=where)
        return select(Membership.person_id).where(Membership.person_id.is_(None))

    def _push(self, service: PushService, taken: Taken) -> None:
        browser = taken.browser
        answer = service.push(To(browser.endpoint, browser.public, browser.secret), {"kind": taken.kind})
        with self._db.write() as session:
            if answer is Answer.TAKEN:
                pushing.note_done(session, taken)
            elif answer is Answer.GONE:
                pushing.note_gone(session, taken)
            elif not pushing.note_failed(session, taken, self._clock()):
                log.warning("a push was given up", kind=taken.kind)


class NoticesKeepingThread(RecurringThread):
    """Sweeps notices a few times a day."""

    failed = "old notices could not be forgotten, it will be tried again"

    def __init__(self, db: Database, clock: Clock) -> None:
        super().__init__("notices keeping", _KEEPING_FIRST_S, _KEEPING_EVERY_S)
        self._db, self._clock = db, clock

    def work(self) -> None:
        """Forget once."""
        with self._db.write() as session:
            gone = actions.sweep(session, self._clock())
        if gone:
            log.info("old notices were forgotten", notices=gone)
