"""The only writer of branch codes, and of those who asked with one to be taken in."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import delete, or_, update
from sqlalchemy.orm import Session

from library.access import queries
from library.access.actions import Why, end_all
from library.access.coming_in import codes
from library.access.coming_in import queries as start_queries
from library.access.coming_in.tables import BranchCode, JoinRequest, JoinState
from library.audit import actions as audit
from library.audit.rules import Deed
from library.core.clock import local_day
from library.core.errors import Conflict, Invalid, NotFound
from library.core.ids import new_id, new_secret
from library.core.permits import Role, Viewer
from library.core.text import NAME_MAX, required_line
from library.organisation import queries as organisation
from library.organisation.tables import Node
from library.people import actions as people
from library.people import queries as people_queries
from library.people import rules as people_rules
from library.people import sign_in_names
from library.people.name_rules import NameKind
from library.people.passwords import HashedPassword
from library.people.permits import keeps
from library.people.tables import Person

CODE_DAYS_MOST = 180
"""A branch's code ends after so many days at the latest."""
MOST_WAITING = 200
"""So many wait at one branch; more are told to speak to the secretary."""
ANSWERED_DAYS = 30
"""For so long whoever asked can look what became of it."""


def make_code(session: Session, viewer: Viewer, node: Node, ends_on: date, now: datetime) -> BranchCode:
    """Give a branch a code, good through a day; the one before stops working, and who waits goes on waiting.

    Raises Conflict("node_closed"), Invalid("join_day") for a day that has passed or is too far away.
    """
    today = local_day(now)
    if node.closed_at is not None:
        raise Conflict("node_closed")
    if not today <= ends_on <= today + timedelta(days=CODE_DAYS_MOST):
        raise Invalid("join_day", field="ends_on", most=CODE_DAYS_MOST)
    _end(session, node, now)
    made = BranchCode(
        id=new_id(),
        node_id=node.id,
        code=codes.new_code(),
        ends_on=ends_on,
        made_at=now,
        made_by=viewer.person_id,
        ended_at=None,
    )
    session.add(made)
    session.flush()
    audit.note(session, Deed.BRANCH_CODE, viewer.person_id, thing=node.id, what="made")
    return made


def revoke_code(session: Session, viewer: Viewer, node: Node, now: datetime) -> None:
    """Take a branch's code back; raises NotFound without one."""
    if not _end(session, node, now):
        raise NotFound
    audit.note(session, Deed.BRANCH_CODE, viewer.person_id, thing=node.id, what="revoked")


def _end(session: Session, node: Node, now: datetime) -> bool:
    ended = (
        update(BranchCode)
        .where(BranchCode.node_id == node.id, BranchCode.ended_at.is_(None))
        .values(ended_at=now)
    )
    return bool(session.scalars(ended.returning(BranchCode.id)).all())


def check_asking(name: str, username: str, password: str) -> str:
    """Return the clean name of somebody who asks; raises Invalid before anything is hashed."""
    clean = required_line(name, "name", NAME_MAX)
    people_rules.check_password(password, people_rules.clean_username(username))
    return clean


def ask(
    session: Session, code: str, name: str, username: str, password: HashedPassword, now: datetime
) -> str:
    """Let somebody wait for the secretary; returns the secret with which they ask what became of it.

    Whether an account of this name exists is told to nobody: two who chose the same are told apart when they
    are approved. Raises NotFound("join_code_ended"), Conflict("join_full"), Invalid.
    """
    node = start_queries.node_of_code(session, code, local_day(now))
    if start_queries.count_waiting(session, node.id) >= MOST_WAITING:
        raise Conflict("join_full")
    answered = delete(JoinRequest).where(
        JoinRequest.state != JoinState.WAITING, JoinRequest.answered_at < now - timedelta(days=ANSWERED_DAYS)
    )
    session.execute(answered)
    receipt = new_secret()
    session.add(
        JoinRequest(
            id=new_id(),
            node_id=node.id,
            receipt_hash=queries.hash_token(receipt),
            name=required_line(name, "name", NAME_MAX),
            username=people_rules.clean_username(username),
            password_hash=password,
            state=JoinState.WAITING,
            asked_at=now,
            answered_at=None,
            answered_by=None,
            person_id=None,
        )
    )
    return receipt


def _request(session: Session, viewer: Viewer, request_id: str) -> tuple[JoinRequest, Node]:
    """Return a request that the viewer may answer, held until the end of the transaction; raises NotFound,
    Conflict("join_answered")."""
    found = session.get(JoinRequest, request_id, with_for_update=True, populate_existing=True)
    node = organisation.node(session, found.node_id) if found is not None else None
    if found is None or node is None or not keeps(viewer, node.path):
        raise NotFound
    if found.state is not JoinState.WAITING:
        raise Conflict("join_answered")
    return found, node


def approve(
    session: Session,
    viewer: Viewer,
    request_id: str,
    known_id: str | None,
    username: str,
    now: datetime,
) -> Person:
    """Take somebody in: as the known person of the branch `known_id`, else as a new one called `username`
    (as they asked, or as the secretary wrote because it was taken).

    A known person keeps the account's name and signs in under the chosen one too. Where the branch was merged
    meanwhile, they come into the one that took over. Raises NotFound, Conflict (join_answered, node_closed,
    join_signs_in_already, username_taken), Invalid.
    """
    request, asked_at = _request(session, viewer, request_id)
    node = start_queries.taken_over_by(session, asked_at)
    if node.closed_at is not None:
        raise Conflict("node_closed")
    password = HashedPassword(request.password_hash)
    if known_id:
        person = _link(session, viewer, request, node, known_id, password, now)
    else:
        person = people.add_person(session, username or request.username, request.name, password, now)
        people.grant(session, person.id, Role.MEMBER, node, viewer.person_id, now)
    _answer(session, request, JoinState.APPROVED, viewer, now, person.id)
    by, known = viewer.person_id, bool(known_id)
    audit.note(session, Deed.JOIN_APPROVED, by, of=person.id, thing=request.id, known=known)
    return person


def _link(
    session: Session,
    viewer: Viewer,
    request: JoinRequest,
    node: Node,
    known_id: str,
    password: HashedPassword,
    now: datetime,
) -> Person:
    known = start_queries.comer(session, viewer, known_id)
    if not known.home.startswith(node.path) or not known.may_start:
        raise NotFound
    person = people_queries.locked(session, known_id)
    if person.password_hash:
        # Whoever signs in already is never handed to somebody who only typed the same name.
        raise Conflict("join_signs_in_already")
    people.set_password(person, password)
    end_all(session, person.id, Why.SET, viewer.person_id)
    if request.username != person.username:
        wanted = {NameKind.CHOSEN: request.username}
        try:
            with session.begin_nested():
                sign_in_names.set_aliases(session, person.id, wanted, viewer.person_id, now)
        except (Conflict, Invalid):
            pass  # it is somebody else's: they sign in by the name of the account, which they are told
    return person


def refuse(session: Session, viewer: Viewer, request_id: str, now: datetime) -> None:
    """Take somebody not in; raises NotFound, Conflict("join_answered")."""
    request, _node = _request(session, viewer, request_id)
    _answer(session, request, JoinState.REFUSED, viewer, now, None)
    audit.note(session, Deed.JOIN_REFUSED, viewer.person_id, thing=request.id)


def _answer(
    session: Session,
    request: JoinRequest,
    state: JoinState,
    viewer: Viewer,
    now: datetime,
    person_id: str | None,
) -> None:
    """Write what became of it, and forget what was typed."""
    request.state, request.answered_at, request.answered_by = state, now, viewer.person_id
    request.name = request.username = request.password_hash = ""
    request.person_id = person_id
    session.flush()


def erase(session: Session, person: Person) -> None:
    """Forget what somebody typed who asked under a name of the person's."""
    theirs = or_(JoinRequest.username == person.username, JoinRequest.name == person.name)
    session.execute(delete(JoinRequest).where(JoinRequest.state == JoinState.WAITING, theirs))
