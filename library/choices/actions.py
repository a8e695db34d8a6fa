"""The only writer of what is chosen. Every action locks the counter first and raises it when it changes
something: of two at once the second sees what the first did.

`by` is the person who does it, None for the command line. Whether a value may be chosen is the server's to
say.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from library.audit import actions as audit
from library.audit.rules import Deed
from library.choices.rules import Change
from library.choices.tables import Choice, ChoiceChange, ChoicesVersion, Emblem
from library.core.errors import Conflict


def choose(session: Session, by: str | None, name: str, value: str | None, now: datetime) -> bool:
    """Let a setting have a value, None: the one that the machine's settings say; returns whether it became
    another."""
    counter = session.scalars(select(ChoicesVersion).with_for_update()).one()
    row = session.get(Choice, name, populate_existing=True)
    before = row.value if row is not None else None
    if before == value:
        return False
    if value is None:
        session.delete(row)
    elif row is None:
        session.add(Choice(name=name, value=value, changed_by=by, changed_at=now))
    else:
        row.value, row.changed_by, row.changed_at = value, by, now
    what = Change.RESET if value is None else Change.SET
    session.add(ChoiceChange(at=now, person_id=by, name=name, what=what, before=before, after=value))
    counter.value += 1
    audit.note(session, Deed.SETTING, by, thing=name, what=what.value)
    session.flush()
    return True


def check_version(session: Session, version: int) -> None:
    """Let nobody else choose until the transaction ends; raises Conflict("setting_changed") where something
    was chosen since `version`."""
    counter = session.scalars(
        select(ChoicesVersion).with_for_update().execution_options(populate_existing=True)
    ).one()
    if counter.value != version:
        raise Conflict("setting_changed", field="version")


def keep_emblem(session: Session, data: bytes, now: datetime) -> str:
    """Keep a picture (PNG) and return its hash, which can be chosen."""
    sha256 = hashlib.sha256(data).hexdigest()
    if session.get(Emblem, sha256) is None:
        session.add(Emblem(sha256=sha256, data=data, made_at=now))
        session.flush()
    return sha256
