"""Taking data along is a deed that is written down, once the answer is sent: a request has one connection."""

from __future__ import annotations

import structlog
from sqlalchemy.exc import DBAPIError
from starlette.background import BackgroundTask

from library.audit import actions as audit
from library.audit.rules import Deed
from library.core.database import Database, trouble_of
from library.core.patience import waiting_at_most
from server.web.who import Who

_WAIT_S = 5.0

log = structlog.get_logger()


def noted(db: Database, who: Who, what: str, kind: str, thing: str = "") -> BackgroundTask:
    """Return what writes down that `who` took `what` along as a file of a `kind`; `thing` is the lesson's id.

    A database that cannot be written to then is said in the log: the data have left already.
    """
    return BackgroundTask(_note, db, who.viewer.person_id, what, kind, thing)


def _note(db: Database, by: str | None, what: str, kind: str, thing: str) -> None:
    try:
        with waiting_at_most(_WAIT_S), db.write() as session:
            audit.note(session, Deed.EXPORTED, by, thing=thing, what=what, format=kind)
    except DBAPIError as error:
        if trouble_of(error) is None:
            raise
        log.error("an export could not be written down", by=by or "-", what=what, why=trouble_of(error))
