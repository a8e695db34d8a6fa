"""Reads what a list of people meets, and does what its plan says, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from library.audit import actions as audit
from library.audit.rules import Deed
from library.core.clock import local_day
from library.core.database import Base, upsert
from library.core.errors import Conflict
from library.core.ids import new_id
from library.core.lists.outcomes import Outcome
from library.core.permits import Role, Viewer
from library.core.text import name_key
from library.organisation import actions as tree
from library.organisation import queries as organisation
from library.people import queries
from library.people.belonging import committees, memberships, transfers
from library.people.lists import accounts, importing
from library.people.lists.importing import Change, Decision, Home, Known, Planned, Row
from library.people.lists.places import Places
from library.people.passwords import NO_PASSWORD
from library.people.permits import administers_all
from library.people.rules import MembershipKind, TransferState
from library.people.tables import CommitteeTerm, Membership, Person, RoleGrant, Transfer

_AT_ONCE, _IDS_AT_ONCE, _READ_AT_ONCE = 2_000, 500, 5_000

Progress = Callable[[str, int, int], None]
"""Told what is done (read, plan, write), how many rows of it, and of how many."""


def plan_for(
    session: Session,
    viewer: Viewer,
    rows: Sequence[Row],
    now: datetime,
    decisions: Mapping[int, Decision] | None = None,
    progress: Progress | None = None,
) -> tuple[list[Planned], Places]:
    """Return what would become of a list that the viewer brings, and the tree by which it was read."""
    places = Places(organisation.known_nodes(session), organisation.outermost(viewer, Role.SECRETARY))
    known = known_people(session, viewer, places, rows, local_day(now))
    tell = (lambda done: progress("plan", done, len(rows))) if progress else None
    return importing.plan(known, rows, places, local_day(now), new_id, decisions, tell), places


def bring(
    session: Session,
    viewer: Viewer,
    rows: Sequence[Row],
    now: datetime,
    decisions: Mapping[int, Decision] | None = None,
    progress: Progress | None = None,
) -> tuple[list[Planned], Places]:
    """Plan a list and do what the plan says, all of it in this transaction.

    Who brings lists and who changes the tree come one after the other. Raises Conflict("changed_meanwhile")
    when somebody who is in the list was changed in the same moment.
    """
    tree.hold(session)
    planned, places = plan_for(session, viewer, rows, now, decisions, progress)
    by = queries.noted_by(session, viewer)
    new = [one for one in planned if one.outcome is Outcome.NEW]
    for at in range(0, len(new), _AT_ONCE):
        _add_all(session, new[at : at + _AT_ONCE], now, by)
        if progress:
            progress("write", at, len(planned))
    changed = [one for one in planned if one.outcome is Outcome.CHANGED]
    for n, one in enumerate(changed):
        _change(session, viewer, one, now, by)
        if progress and n % _IDS_AT_ONCE == 0:
            progress("write", len(new) + n, len(planned))
    if new or changed:
        audit.note(session, Deed.MEMBERSHIP, by, what="import", new=len(new), updated=len(changed))
    return planned, places


def known_people(
    session: Session, viewer: Viewer, places: Places, rows: Sequence[Row], today: date
) -> Iterator[Known]:
    """Yield those whom the rows may be about: by their accounts, names that are the same, accounts alike."""
    usernames = {name_key(row.account) for row in rows if row.account}
    names = {name_key(row.name) for row in rows}
    looks = {accounts.look_alike_key(one) for one in usernames}
    found: list[tuple[str, str, str]] = []
    taken: list[tuple[str, str, str]] = []
    some = select(Person.id, Person.username, Person.name).execution_options(yield_per=_READ_AT_ONCE)
    without = any(not row.account for row in rows)
    for person_id, username, name in session.execute(some):
        if username in usernames or name_key(name) in names or accounts.look_alike_key(username) in looks:
            found.append((person_id, username, name))
        elif without:
            taken.append((person_id, username, name))
    for at in range(0, len(found), _IDS_AT_ONCE):
        yield from _known(session, viewer, places, found[at : at + _IDS_AT_ONCE], today)
    # Of the others only the names of their accounts matter: what is proposed must be free.
    yield from (Known(i, username, name, is_kept=False) for i, username, name in taken)


def _known(
    session: Session, viewer: Viewer, places: Places, some: Sequence[tuple[str, str, str]], today: date
) -> Iterator[Known]:
    ids = [person_id for person_id, _username, _name in some]
    stays: dict[str, list[Any]] = {one: [] for one in ids}
    for row in session.execute(
        select(Membership.person_id, Membership.node_id, Membership.kind, Membership.state)
        .add_columns(Membership.since, Membership.until)
        .where(Membership.person_id.in_(ids))
        .order_by(Membership.since.desc(), Membership.until.is_not(None), Membership.until.desc())
    ):
        stays[row.person_id].append(row)
    held: dict[str, list[str]] = {one: [] for one in ids}
    for person_id, node_id in session.execute(
        select(RoleGrant.person_id, RoleGrant.node_id).where(
            RoleGrant.person_id.in_(ids), RoleGrant.ended_at.is_(None)
        )
    ):
        held[person_id].append(node_id)
    asked = dict(
        session.execute(
            select(Transfer.person_id, Transfer.to_id).where(
                Transfer.person_id.in_(ids), Transfer.state == TransferState.ASKED
            )
        ).all()
    )
    terms = _terms(session, ids, today)
    for person_id, username, name in some:
        home, gone = _home(stays[person_id])
        guests = frozenset(
            one.node_id for one in stays[person_id] if one.kind is MembershipKind.GUEST and one.until is None
        )
        there = {home.node_id} if home is not None else {*guests, *held[person_id]}
        kept = any(places.keeps(one) for one in there) or (not there and administers_all(viewer))
        since, over = terms.get(person_id, (None, None))
        yield Known(person_id, username, name, home, guests, gone, asked.get(person_id), kept, since, over)


def _terms(session: Session, ids: Sequence[str], today: date) -> dict[str, tuple[date | None, date | None]]:
    """Return by person since when they are a member of a committee, and when the term before ended."""
    found: dict[str, tuple[date | None, date | None]] = {}
    wanted = select(CommitteeTerm).where(CommitteeTerm.person_id.in_(ids), CommitteeTerm.since <= today)
    for one in session.scalars(wanted.order_by(CommitteeTerm.since)):
        since, over = found.get(one.person_id, (None, None))
        if one.until is None or one.until > today:
            since = one.since
        elif one.since != one.until:
            over = one.until
        found[one.person_id] = since, over
    return found


def _home(stays: Sequence[Any]) -> tuple[Home | None, date | None]:
    """Return somebody's home, and when the one before it ended; `stays` are the newest first.

    Other states at the same node, without a day between them, are one home.
    """
    homes = [one for one in stays if one.kind is MembershipKind.HOME and one.since != one.until]
    if not homes or homes[0].until is not None:
        return None, max((one.until for one in homes if one.until is not None), default=None)
    first, at = homes[0], 1
    while at < len(homes) and homes[at].node_id == first.node_id and homes[at].until == first.since:
        first, at = homes[at], at + 1
    gone = homes[at].until if at < len(homes) else None
    return Home(homes[0].node_id, first.since, homes[0].state, homes[0].since), gone


def _add_all(session: Session, some: Sequence[Planned], now: datetime, by: str | None) -> None:
    """Insert persons with their memberships and the role of a member, some thousand with one statement."""
    today = local_day(now)
    people, stays, roles, terms = [], [], [], []
    for one in some:
        values = one.values
        if values is None:
            continue
        person_id = one.person_id
        people.append(
            {
                "id": person_id,
                "username": one.username,
                "name": values.name,
                "password_hash": NO_PASSWORD,
                "language": None,
                "active": True,
                "created_at": now,
            }
        )
        stays.append(
            {
                "id": new_id(),
                "person_id": person_id,
                "node_id": values.place.id,
                "kind": MembershipKind.GUEST if values.guest else MembershipKind.HOME,
                "state": values.state,
                "since": values.since or today,
                "until": None,
                "noted_at": now,
                "noted_by": by,
            }
        )
        if values.committee is not None and values.committee.is_member and not values.guest:
            terms.append(
                {
                    "id": new_id(),
                    "person_id": person_id,
                    "since": values.committee.since or today,
                    "until": None,
                    "noted_at": now,
                    "noted_by": by,
                }
            )
        roles.append(
            {
                "id": new_id(),
                "person_id": person_id,
                "node_id": values.place.id,
                "role": Role.MEMBER,
                "granted_by": by,
                "granted_at": now,
            }
        )
    _insert(session, Person, people, unique=["username"])
    session.execute(insert(Membership), stays)
    session.execute(insert(RoleGrant), roles)
    if terms:
        session.execute(insert(CommitteeTerm), terms)


def _insert(
    session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]], unique: list[str]
) -> None:
    """Insert rows; raises Conflict("changed_meanwhile") when one of them has come from elsewhere."""
    wanted = upsert(session, table).on_conflict_do_nothing(index_elements=unique)
    # Past the session, which would put a statement of many thousand places together for each few rows.
    made = session.connection().execute(wanted.returning(table.__table__.c.id), list(rows)).all()
    if len(made) != len(rows):
        raise Conflict("changed_meanwhile")


def _change(session: Session, viewer: Viewer, one: Planned, now: datetime, by: str | None) -> None:
    values = one.values
    if values is None:
        return
    person = queries.locked(session, one.person_id)
    what = {change.what: change for change in one.changes}
    node = organisation.node(session, values.place.id)
    if "name" in what:
        if person.name != what["name"].before:
            raise Conflict("changed_meanwhile")
        person.name = values.name
        session.flush()
        audit.note(session, Deed.MEMBERSHIP, by, of=person.id, what="name")
    home = memberships.home_of(session, person.id)
    if ("since" in what or "state" in what) and (home is None or home.node_id != node.id):
        raise Conflict("changed_meanwhile")
    if "since" in what and values.since is not None:
        memberships.correct_since(session, _first(session, person.id, node.id), values.since, now, by)
    if "state" in what and values.state is not None and home is not None:
        _state(session, person.id, home, values, now, by)
    day = one.day or local_day(now)
    if "home" in what:
        if (home.node_id if home is not None else "") != what["home"].before:
            raise Conflict("changed_meanwhile")
        memberships.settle(session, person.id, node, day, now, by, values.state)
    if "transfer" in what:
        transfers.ask(session, viewer, person.id, node, now)
    if "committee" in what:
        _committee(session, person.id, what["committee"], now, by)
    if "guest" in what:
        memberships.receive_guest(session, person.id, node, day, now, by)


def _committee(session: Session, person_id: str, change: Change, now: datetime, by: str | None) -> None:
    """Begin or end a term, or put right since when it lasts."""
    today = local_day(now)
    open_term = committees.term_on(session, person_id, today)
    if (open_term.since.isoformat() if open_term is not None else "") != change.before:
        raise Conflict("changed_meanwhile")
    if open_term is None:
        committees.begin(session, person_id, date.fromisoformat(change.after), None, now, by)
    elif not change.after:
        committees.end(session, open_term.id, today, by)
    else:
        committees.correct_since(session, open_term.id, date.fromisoformat(change.after), now, by)


def _state(
    session: Session,
    person_id: str,
    home: Membership,
    values: importing.Values,
    now: datetime,
    by: str | None,
) -> None:
    """Note a state: where none was told before, from the beginning; else from today, since a list has no day
    for it."""
    if values.state is None:
        return
    day = home.since if home.state is None else local_day(now)
    memberships.change_state(session, person_id, values.state, day, now, by)


def _first(session: Session, person_id: str, node_id: str) -> str:
    """Return the id of the first row of the present home: other states at the node are rows of their own."""
    homes = [one for one in memberships.homes_of(session, person_id) if one.since != one.until]
    first = homes[-1]
    for one in reversed(homes[:-1]):
        if one.node_id != node_id or one.until != first.since:
            break
        first = one
    return first.id
