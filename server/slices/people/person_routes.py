"""One person's page and its forms: home, state, guest, transfer, exemption, committee, learning groups."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.core.days import parse_date
from library.core.errors import Invalid, NotFound
from library.core.permits import MemberState
from library.people.belonging import committees, exemptions, groups, memberships, transfers
from library.people.belonging.histories import History
from library.people.rules import ExemptionReason
from server.slices.people.person_desk import (
    PersonDeskDep,
    any_node,
    check_keeps,
    kept_group,
    kept_node,
    kept_stay,
)
from server.web.deps import Reading
from server.web.limits.fields import LineForm, WordForm
from server.web.routing.reading import reads

router = APIRouter(include_in_schema=False)

Word = TypeVar("Word", bound=StrEnum)


def chosen(words: type[Word], text: str, field: str) -> Word:
    """Return what was chosen of a list; raises Invalid("unknown_choice")."""
    if text not in tuple(words):
        raise Invalid("unknown_choice", field=field)
    return words(text)


@router.get("/people/{person_id}", dependencies=[reads("person", of="person_id")])
def person(desk: PersonDeskDep, session: Reading, person_id: str) -> Response:
    """Where a person belongs and belonged."""
    return desk.page(session, person_id)


@router.post("/people/{person_id}/home")
def put_home(
    desk: PersonDeskDep, person_id: str, to: LineForm = "", day: WordForm = "", state: WordForm = ""
) -> Response:
    """Make a node the home of a person: of nobody's, or of one whose people the viewer keeps as well."""

    def act(session: Session, history: History) -> None:
        check_keeps(desk.viewer, history)
        node = kept_node(session, desk.viewer, to)
        known = chosen(MemberState, state, "state") if state else None
        memberships.settle(session, person_id, node, desk.day(day), desk.clock(), desk.by, known)

    return desk.change(person_id, "home", act, "home_set", to=to, day=day, state=state)


@router.post("/people/{person_id}/state")
def put_state(desk: PersonDeskDep, person_id: str, state: WordForm = "", day: WordForm = "") -> Response:
    """Note what a person is to the party from a day on."""

    def act(session: Session, history: History) -> None:
        check_keeps(desk.viewer, history)
        known = chosen(MemberState, state, "state")
        memberships.change_state(session, person_id, known, desk.day(day), desk.clock(), desk.by)

    return desk.change(person_id, "state", act, "belonging_saved", state=state, day=day)


@router.post("/people/{person_id}/guest")
def put_guest(desk: PersonDeskDep, person_id: str, to: LineForm = "", day: WordForm = "") -> Response:
    """Take a person in as a guest at a node whose people the viewer keeps."""

    def act(session: Session, history: History) -> None:
        node = kept_node(session, desk.viewer, to)
        memberships.receive_guest(session, person_id, node, desk.day(day), desk.clock(), desk.by)

    return desk.change(person_id, "guest", act, "belonging_saved", to=to, day=day)


@router.post("/people/{person_id}/end")
def end_stay(desk: PersonDeskDep, person_id: str, membership: WordForm = "", day: WordForm = "") -> Response:
    """End a membership; the day is the first on which it holds no more."""

    def act(session: Session, history: History) -> None:
        which = kept_stay(session, desk.viewer, history, membership)
        memberships.end(session, which, desk.day(day), desk.clock(), desk.by)

    return desk.change(person_id, "end", act, "belonging_saved", membership=membership, day=day)


@router.post("/people/{person_id}/since")
def put_since(desk: PersonDeskDep, person_id: str, membership: WordForm = "", day: WordForm = "") -> Response:
    """Put right since when a person has been somewhere."""

    def act(session: Session, history: History) -> None:
        which = kept_stay(session, desk.viewer, history, membership)
        memberships.correct_since(session, which, desk.day(day), desk.clock(), desk.by)

    return desk.change(person_id, "since", act, "belonging_saved", membership=membership, day=day)


@router.post("/people/{person_id}/transfer")
def ask_transfer(desk: PersonDeskDep, person_id: str, to: LineForm = "", note: LineForm = "") -> Response:
    """Ask a node to take a person over."""

    def act(session: Session, history: History) -> None:
        check_keeps(desk.viewer, history)
        transfers.ask(session, desk.viewer, person_id, any_node(session, to), desk.clock(), note)

    return desk.change(person_id, "transfer", act, "transfer_asked_done", to=to, note=note)


@router.post("/people/{person_id}/answer")
def answer_transfer(
    desk: PersonDeskDep,
    person_id: str,
    transfer: WordForm = "",
    answer: WordForm = "",
    why: LineForm = "",
) -> Response:
    """Accept, refuse or withdraw a transfer."""

    def act(session: Session, history: History) -> None:
        if transfer not in {one.id for one in history.transfers}:
            raise NotFound
        now = desk.clock()
        if answer == "accept":
            transfers.accept(session, desk.viewer, transfer, now)
        elif answer == "refuse":
            transfers.refuse(session, desk.viewer, transfer, now, why)
        elif answer == "withdraw":
            transfers.withdraw(session, desk.viewer, transfer, now)
        else:
            raise Invalid("unknown_choice", field="answer")

    return desk.change(person_id, "answer", act, "transfer_answered", transfer=transfer, why=why)


@router.post("/people/{person_id}/exempt")
def exempt(
    desk: PersonDeskDep,
    person_id: str,
    reason: WordForm = "",
    since: WordForm = "",
    until: WordForm = "",
) -> Response:
    """Leave a person out of who is due."""

    def act(session: Session, history: History) -> None:
        check_keeps(desk.viewer, history)
        why, end = chosen(ExemptionReason, reason, "reason"), parse_date(until, "until")
        first = desk.day(since, "since")
        exemptions.exempt(session, person_id, why, first, end, desk.clock(), desk.by)

    return desk.change(person_id, "exempt", act, "belonging_saved", reason=reason, since=since, until=until)


@router.post("/people/{person_id}/exempt-end")
def end_exemption(
    desk: PersonDeskDep, person_id: str, exemption: WordForm = "", day: WordForm = ""
) -> Response:
    """Count a person again among who is due."""

    def act(session: Session, history: History) -> None:
        check_keeps(desk.viewer, history)
        if exemption not in {one.id for one in history.exemptions}:
            raise NotFound
        exemptions.end(session, exemption, desk.day(day), desk.by)

    return desk.change(person_id, "exempt-end", act, "belonging_saved", exemption=exemption, day=day)


@router.post("/people/{person_id}/committee")
def begin_term(desk: PersonDeskDep, person_id: str, since: WordForm = "", until: WordForm = "") -> Response:
    """Note that a person is a member of a committee."""

    def act(session: Session, history: History) -> None:
        check_keeps(desk.viewer, history)
        first, end = desk.day(since, "since"), parse_date(until, "until")
        committees.begin(session, person_id, first, end, desk.clock(), desk.by)

    return desk.change(person_id, "committee", act, "belonging_saved", since=since, until=until)


@router.post("/people/{person_id}/committee-end")
def end_term(desk: PersonDeskDep, person_id: str, term: WordForm = "", day: WordForm = "") -> Response:
    """Note that a person is a member of a committee no more."""

    def act(session: Session, history: History) -> None:
        check_keeps(desk.viewer, history)
        if term not in {one.id for one in history.terms}:
            raise NotFound
        committees.end(session, term, desk.day(day), desk.by)

    return desk.change(person_id, "committee-end", act, "belonging_saved", term=term, day=day)


@router.post("/people/{person_id}/join")
def join_group(desk: PersonDeskDep, person_id: str, group: WordForm = "", day: WordForm = "") -> Response:
    """Take a person into a learning group that the viewer keeps."""

    def act(session: Session, history: History) -> None:
        which = kept_group(session, desk.viewer, group)
        groups.join(session, which, person_id, desk.day(day), desk.clock(), desk.by)

    return desk.change(person_id, "join", act, "belonging_saved", group=group, day=day)


@router.post("/people/{person_id}/leave")
def leave_group(desk: PersonDeskDep, person_id: str, group: WordForm = "", day: WordForm = "") -> Response:
    """Let a person be in a learning group no more."""

    def act(session: Session, history: History) -> None:
        which = kept_group(session, desk.viewer, group)
        groups.leave(session, which, person_id, desk.day(day), desk.clock(), desk.by)

    return desk.change(person_id, "leave", act, "belonging_saved", group=group, day=day)
