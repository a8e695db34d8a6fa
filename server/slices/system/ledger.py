"""The ledger of deeds in the words of a request, and with the names that people and things have now.

For the page and the command line: no web framework is loaded here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from library.audit.queries import Wanted
from library.audit.rules import SIGN_INS_OF_NOBODY, Deed
from library.audit.tables import AuditEntry
from library.catalog import queries as catalog
from library.core.days import parse_date
from library.core.errors import Invalid
from library.organisation import queries as organisation
from library.people import queries as people
from library.people.rules import clean_username

_OF_BRANCHES = (Deed.ROLE_GIVEN, Deed.ROLE_TAKEN, Deed.ORGANISATION)
_NODES = ("parent", "into")


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Who did something, or had it done to them: somebody, the machine itself, nobody knows whom, or one who
    has been erased since.
    """

    kind: Literal["person", "machine", "unknown", "erased"]
    name: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """A deed. `thing` is what it was done with: a title, a branch, or an id; `details` are codes.

    `changed` are fields with what they were and what they became, both "" where that is not told. `program`
    and `address` are from where it came; `n` is the place in the chain, None until it has one.
    """

    at: datetime
    deed: str
    by: Who
    of: Who | None
    thing: str
    details: Mapping[str, str]
    changed: tuple[tuple[str, str, str], ...] = ()
    program: str = ""
    address: str = ""
    n: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked for, as typed: a user name, a kind of deed, the first and the last day (one alone: that
    day; with `until` alone: all up to it), the id or the page of a thing, an address.
    """

    person: str = ""
    deed: str = ""
    day: str = ""
    until: str = ""
    thing: str = ""
    address: str = ""

    def given(self) -> dict[str, str]:
        """Return what is not empty, by its name."""
        return {name: text for name in self.__slots__ if (text := getattr(self, name))}


def wanted(session: Session, asked: Asked) -> Wanted:
    """Return what is asked for in words; raises Invalid for a user name, a kind or a day that is none."""
    person, deed = asked.person, asked.deed
    person_id: str | None = None
    if person.strip():
        found = people.person_by_username(session, clean_username(person))
        if found is None:
            raise Invalid("audit_nobody", field="person", name=person.strip())
        person_id = found.id
    if deed and deed not in [one.value for one in Deed]:
        raise Invalid("unknown_choice", field="deed")
    first, last = parse_date(asked.day, "day"), parse_date(asked.until, "until")
    # Of a page's address that was pasted the last part is the id.
    thing = asked.thing.strip().rstrip("/").rpartition("/")[2]
    return Wanted(
        person_id, Deed(deed) if deed else None, first, last or first, thing[:64], asked.address.strip()
    )


def _unnamed(deed: Deed) -> Who:
    return Who(kind="unknown" if deed in SIGN_INS_OF_NOBODY | {Deed.SECOND_FACTOR_FAILED} else "machine")


def _changed(field: str, values: Sequence[object], names: Mapping[str, str]) -> tuple[str, str, str]:
    """Return a field with what it was and what it became, nodes by their names; "" for nothing."""
    said = ["" if one is None else names.get(str(one), str(one)) for one in values]
    before, after = said if len(said) == 2 else ("", "")
    return field, before, after


def rows_of(session: Session, entries: Sequence[AuditEntry]) -> tuple[AuditRow, ...]:
    """Return entries with the names that people, lessons and branches have now."""
    ids = {one for entry in entries for one in (entry.by_person, entry.of_person) if one is not None}
    names = people.names_of(session, ids)
    nodes = {e.thing for e in entries if e.deed in _OF_BRANCHES}
    nodes |= {str(one) for e in entries for field in _NODES for one in e.changed.get(field, ()) if one}
    branches = organisation.node_names(session, nodes)
    titles = dict(catalog.titles_of(session, [e.thing for e in entries if e.deed not in _OF_BRANCHES]))

    def who(person_id: str | None, *, nobody: Who) -> Who:
        if person_id is None:
            return nobody
        if person_id not in names:
            return Who(kind="erased")
        return Who(kind="person", name=names[person_id], id=person_id)

    return tuple(
        AuditRow(
            at=entry.at,
            deed=entry.deed,
            by=who(entry.by_person, nobody=_unnamed(entry.deed)),
            of=None if entry.of_person is None else who(entry.of_person, nobody=Who(kind="unknown")),
            thing=branches.get(entry.thing) or titles.get(entry.thing) or entry.thing,
            details={name: str(value) for name, value in entry.details.items()},
            changed=tuple(_changed(field, values, branches) for field, values in entry.changed.items()),
            program=entry.program.value,
            address=entry.address,
            n=entry.n,
        )
        for entry in entries
    )
