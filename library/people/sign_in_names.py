"""The only writer of the further names with which people sign in."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from library.audit import actions as audit
from library.audit.rules import Deed
from library.core.database import insert_new
from library.core.errors import Conflict
from library.people import queries
from library.people.name_rules import NameKind, clean_name
from library.people.name_tables import SignInName
from library.people.tables import Person


def set_aliases(
    session: Session, person_id: str, names: Mapping[NameKind, str], by: str | None, now: datetime
) -> bool:
    """Let a person sign in under further names; returns whether anything changed.

    A kind that is not in `names` stays as it is, "" takes its name away. For forms and imports. Raises
    NotFound, Invalid (name_rules.clean_name), Conflict("sign_in_name_taken") for one that is somebody's
    already, be it as their user name: whose it is is not told.
    """
    queries.person(session, person_id)
    known = {row.kind: row.key for row in rows_of(session, [person_id])}
    wanted = {kind: clean_name(kind, text) if text.strip() else "" for kind, text in names.items()}
    changed = {kind: key for kind, key in wanted.items() if known.get(kind, "") != key}
    for kind, key in changed.items():
        session.execute(delete(SignInName).where(SignInName.person_id == person_id, SignInName.kind == kind))
        if key and not _add(session, person_id, kind, key, by, now):
            raise Conflict("sign_in_name_taken", field=kind.value)
    if changed:
        kinds = ".".join(sorted(changed))
        audit.note(session, Deed.SIGN_IN_NAMES, by, of=person_id, kinds=kinds)
    return bool(changed)


def _add(session: Session, person_id: str, kind: NameKind, key: str, by: str | None, now: datetime) -> bool:
    of_others = select(Person.id).where(Person.username == key, Person.id != person_id)
    if session.scalars(of_others).first() is not None:
        return False
    values = {"key": key, "person_id": person_id, "kind": kind, "set_at": now, "set_by": by}
    return insert_new(session, SignInName, ["key"], values)


def rows_of(session: Session, person_ids: Collection[str]) -> list[SignInName]:
    """Return the further names of people."""
    wanted = select(SignInName).where(SignInName.person_id.in_(person_ids))
    return list(session.scalars(wanted.order_by(SignInName.person_id, SignInName.kind)))
