"""Where people belong under /api/v1: shown, changed, transferred; lists brought in."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, File, Query, UploadFile
from pydantic import BaseModel
from sqlalchemy.orm import Session

from library.core.clock import local_day
from library.core.errors import NotFound
from library.core.lists.outcomes import Outcome
from library.core.permits import MemberState
from library.people.belonging import histories, members, memberships, transfers
from server.slices.people.belonging_json import counts_object, person_object
from server.slices.people.list_jobs import PeopleListJobs
from server.slices.people.members_routes import kept
from server.slices.people.person_desk import any_node, check_keeps, kept_node, kept_stay
from server.web.deps import ClockDep, DatabaseDep, Reading, Secretary, SettingsDep, SignedIn, Writing
from server.web.limits.fields import LineText, WordText
from server.web.lists.jobs import ListJob
from server.web.lists.shown import brought
from server.web.routing.reading import reads

router = APIRouter(prefix="/api/v1", tags=["people"])


class WhereIn(BaseModel):
    """A node by its code, its name or its path of names, and from which day on (today)."""

    to: LineText
    day: date | None = None
    state: MemberState | None = None


class StateIn(BaseModel):
    """What somebody is to the party from a day on (today)."""

    state: MemberState
    day: date | None = None


class EndIn(BaseModel):
    """A membership, and the first day on which it holds no more (today)."""

    membership: WordText
    day: date | None = None


class TransferIn(BaseModel):
    """Where somebody is to be transferred to."""

    to: LineText
    note: LineText = ""


class AnswerIn(BaseModel):
    """The answer to the transfer that waits."""

    answer: Literal["accept", "refuse", "withdraw"]
    why: LineText = ""


def _person(session: Session, person_id: str) -> dict[str, Any]:
    session.expire_all()
    return person_object(histories.history_of(session, person_id))


@router.get("/people/{person_id}", dependencies=[reads("person", of="person_id")])
def get_person(session: Reading, who: SignedIn, person_id: str) -> dict[str, Any]:
    """Where somebody belongs and belonged: yourself, or a person of a node whose people you keep."""
    return person_object(histories.history_for(session, who.viewer, person_id))


@router.get("/organisation/nodes/{node_id}/members", dependencies=[reads("members")])
def get_members(
    session: Reading,
    who: Secretary,
    clock: ClockDep,
    node_id: str,
    day: date | None = None,
    below: bool = False,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> dict[str, Any]:
    """Who belongs to a node on a day (today), fifty a page; with `below` to all below it as well."""
    node = kept(session, who.viewer, node_id)
    on = day or local_day(clock())
    shown = members.members_on(session, node.id, on, page, below=below)
    return {
        "node": node.name,
        "code": node.code,
        "day": on.isoformat(),
        **counts_object(members.counts_on(session, node.id, on, below=below)),
        "total": shown.total,
        "page": shown.number,
        "members": [
            {
                "id": one.person_id,
                "username": one.username,
                "name": one.name,
                "kind": str(one.kind),
                "state": one.state,
                "since": one.since.isoformat(),
                "exempt": one.exempt,
            }
            for one in shown.items
        ],
    }


@router.post("/people/{person_id}/home")
def post_home(
    session: Writing, who: Secretary, clock: ClockDep, person_id: str, body: WhereIn
) -> dict[str, Any]:
    """Make a node somebody's home: you keep the people of both."""
    check_keeps(who.viewer, histories.history_for(session, who.viewer, person_id))
    node, now = kept_node(session, who.viewer, body.to), clock()
    day = body.day or local_day(now)
    memberships.settle(session, person_id, node, day, now, who.viewer.person_id, body.state)
    return _person(session, person_id)


@router.post("/people/{person_id}/state")
def post_state(
    session: Writing, who: Secretary, clock: ClockDep, person_id: str, body: StateIn
) -> dict[str, Any]:
    """Note what somebody is to the party from a day on."""
    check_keeps(who.viewer, histories.history_for(session, who.viewer, person_id))
    now = clock()
    day = body.day or local_day(now)
    memberships.change_state(session, person_id, body.state, day, now, who.viewer.person_id)
    return _person(session, person_id)


@router.post("/people/{person_id}/guest")
def post_guest(
    session: Writing, who: Secretary, clock: ClockDep, person_id: str, body: WhereIn
) -> dict[str, Any]:
    """Take somebody in as a guest of a node whose people you keep."""
    histories.history_for(session, who.viewer, person_id)
    node, now = kept_node(session, who.viewer, body.to), clock()
    day = body.day or local_day(now)
    memberships.receive_guest(session, person_id, node, day, now, who.viewer.person_id)
    return _person(session, person_id)


@router.post("/people/{person_id}/end")
def post_end(
    session: Writing, who: Secretary, clock: ClockDep, person_id: str, body: EndIn
) -> dict[str, Any]:
    """End a membership."""
    history = histories.history_for(session, who.viewer, person_id)
    which, now = kept_stay(session, who.viewer, history, body.membership), clock()
    memberships.end(session, which, body.day or local_day(now), now, who.viewer.person_id)
    return _person(session, person_id)


@router.post("/people/{person_id}/transfer")
def post_transfer(
    session: Writing, who: Secretary, clock: ClockDep, person_id: str, body: TransferIn
) -> dict[str, Any]:
    """Ask a node to take somebody over; until it accepts, they stay where they are."""
    check_keeps(who.viewer, histories.history_for(session, who.viewer, person_id))
    transfers.ask(session, who.viewer, person_id, any_node(session, body.to), clock(), body.note)
    return _person(session, person_id)


@router.post("/people/{person_id}/transfer/answer")
def post_answer(
    session: Writing, who: Secretary, clock: ClockDep, person_id: str, body: AnswerIn
) -> dict[str, Any]:
    """Accept or refuse somebody (the receiver), or withdraw the transfer (the sender)."""
    history = histories.history_for(session, who.viewer, person_id)
    asked = transfers.asked_of(session, person_id)
    if asked is None:
        raise NotFound("no_transfer", name=history.person.username)
    now = clock()
    if body.answer == "accept":
        transfers.accept(session, who.viewer, asked.id, now)
    elif body.answer == "refuse":
        transfers.refuse(session, who.viewer, asked.id, now, body.why)
    else:
        transfers.withdraw(session, who.viewer, asked.id, now)
    return _person(session, person_id)


def _jobs(db: DatabaseDep, clock: ClockDep, settings: SettingsDep) -> PeopleListJobs:
    return PeopleListJobs(settings.data / "lists", db, clock)


JobsDep = Annotated[PeopleListJobs, Depends(_jobs)]


@router.post("/people/lists", status_code=202)
def post_list(who: Secretary, jobs: JobsDep, file: Annotated[UploadFile, File()]) -> dict[str, Any]:
    """Bring a list (.xlsx or .csv) and look what would become of it; nothing is changed yet."""
    return _job(jobs.begin(who.viewer.person_id or "", *brought(file)))


@router.get("/people/lists/{job_id}")
def get_list(
    who: Secretary,
    jobs: JobsDep,
    job_id: str,
    show: Outcome = Outcome.WRONG,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> dict[str, Any]:
    """How far a list is, and fifty of the rows of which becomes `show`."""
    job = jobs.job(who.viewer.person_id or "", job_id)
    return {**_job(job), "rows": job.rows(show, page)}


@router.post("/people/lists/{job_id}/apply", status_code=202)
def apply_list(who: Secretary, jobs: JobsDep, job_id: str) -> dict[str, Any]:
    """Bring a list in, in one transaction."""
    job = jobs.job(who.viewer.person_id or "", job_id)
    jobs.apply(job)
    return _job(job)


def _job(job: ListJob) -> dict[str, Any]:
    progress = job.progress()
    return {
        "id": job.id,
        "doing": progress.doing,
        "percent": progress.percent,
        "counts": progress.counts,
        "not_kept": progress.not_kept,
        "reason": progress.code or None,
    }
