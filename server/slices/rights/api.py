"""Rights under /api/v1: for whom a lesson is, why somebody sees it, and roles that are handed over."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from library.catalog import audiences
from library.catalog import queries as catalog
from library.catalog.audience import read_words
from library.catalog.permits import Action, Audience
from library.catalog.tables import Lesson
from library.catalog.why import Reason
from library.core.clock import local_day
from library.core.days import parse_date
from library.core.errors import Forbidden
from library.core.rights import Act, somewhere
from library.organisation import queries as organisation
from library.people import queries as people
from library.people import roles
from library.review import actions as review
from server.slices.rights.acting import handed_over
from server.slices.rights.node_said import asked_at
from server.slices.rights.said import answer_for, said, seen_by
from server.web.deps import ClockDep, PagesDep, Reading, SignedIn, Staff, WhoDep, Writing
from server.web.language.i18n import Catalogue
from server.web.limits.fields import LineQuery, LineText, WordText
from server.web.limits.sizes import ITEMS

router = APIRouter(prefix="/api/v1", tags=["rights"])


class AudienceIn(BaseModel):
    """For whom a lesson is to be: everyone, signed_in, organisation, or node:CODE, group:ID, kind:full."""

    audience: Annotated[list[WordText], Field(max_length=ITEMS)]


class AudienceOut(BaseModel):
    """For whom a lesson is; nodes and groups by their ids and names."""

    audience: Audience
    nodes: dict[str, str]
    groups: dict[str, str]
    kinds: list[str]


class ReasonOut(BaseModel):
    """One reason: its code, what it says, and what can be done about it."""

    code: str
    text: str
    todo: str


class SeenByOut(BaseModel):
    """By what people see a lesson, and how many they are (null: nobody counts them)."""

    text: str
    count: int | None


class WhyOut(BaseModel):
    """Who may see a lesson; asked for a person, whether they may, because of what, or what is missing."""

    seen_by: list[SeenByOut]
    may: bool | None = None
    because: list[ReasonOut] = Field(default_factory=list)
    missing: list[ReasonOut] = Field(default_factory=list)


class ActOut(BaseModel):
    """Whether a person may do one thing at a node, because of what, or what is missing."""

    act: Act
    may: bool
    because: list[ReasonOut]
    missing: list[ReasonOut]


class NodeWhyOut(BaseModel):
    """What a person may do at a node, and why."""

    acts: list[ActOut]


class HandOverIn(BaseModel):
    """A role that passes from `holder` to `to` (accounts or names) on a day; "" is today."""

    role: WordText
    holder: LineText
    to: LineText
    day: WordText = ""


class HolderOut(BaseModel):
    """Who holds a role at a node; `until` is the last day."""

    username: str
    name: str
    role: str
    since: date
    until: date | None


class HoldersOut(BaseModel):
    """Who holds which role at a node."""

    holders: list[HolderOut]


def _audience(session: Reading, lesson: Lesson) -> AudienceOut:
    told = audiences.told(session, audiences.open_to(lesson))
    return AudienceOut(
        audience=told.audience,
        nodes=dict(told.nodes),
        groups=dict(told.groups),
        kinds=[str(kind) for kind in told.kinds],
    )


@router.get("/lessons/{lesson_id}/audience")
def get_audience(session: Reading, who: WhoDep, lesson_id: str) -> AudienceOut:
    """For whom a lesson is that you may see."""
    return _audience(session, catalog.lesson_for(session, who.viewer, lesson_id))


@router.put("/lessons/{lesson_id}/audience")
def put_audience(
    session: Writing, who: SignedIn, clock: ClockDep, lesson_id: str, body: AudienceIn
) -> AudienceOut:
    """Say for whom a lesson is (staff, and its owner while it is not published)."""
    catalog.lesson_for(session, who.viewer, lesson_id, Action.AUDIENCE)
    wanted = audiences.meant(session, read_words(body.audience), who.viewer)
    return _audience(session, review.set_audience(session, who.viewer, lesson_id, wanted, clock()))


@router.get("/lessons/{lesson_id}/why")
def why(
    session: Reading, who: SignedIn, pages: PagesDep, clock: ClockDep, lesson_id: str, person: LineQuery = ""
) -> WhyOut:
    """Who may see a lesson and why; with `person` whether one may, for those who keep people."""
    lesson = catalog.lesson_for(session, who.viewer, lesson_id, Action.WHY)
    catalogue, today = pages.renderer.catalogue(who.language), local_day(clock())
    rows = [SeenByOut(text=r.text, count=r.count) for r in seen_by(session, lesson, today, catalogue)]
    if not person.strip():
        return WhyOut(seen_by=rows)
    if not somewhere(who.viewer, Act.PEOPLE_LOOK):
        raise Forbidden
    asked = roles.person_meant(session, who.viewer, person, today, "person")
    found = answer_for(session, asked, people.viewer_of(session, asked, today), lesson)
    because, missing = (_reasons(some, catalogue) for some in (found.because, found.missing))
    return WhyOut(seen_by=rows, may=found.may, because=because, missing=missing)


def _reasons(some: Iterable[Reason], catalogue: Catalogue) -> list[ReasonOut]:
    return [
        ReasonOut(code=one.code, text=told.message, todo=told.todo)
        for one in some
        for told in [said(one, catalogue)]
    ]


@router.get("/organisation/nodes/{node_id}/roles")
def list_roles(session: Reading, who: Staff, clock: ClockDep, node_id: str) -> HoldersOut:
    """Who holds which role at this very node."""
    node = organisation.node_for(session, who.viewer, node_id)
    return _holders(session, node.id, local_day(clock()))


@router.get("/organisation/nodes/{node_id}/why")
def node_why(
    session: Reading, who: Staff, pages: PagesDep, clock: ClockDep, node_id: str, person: LineQuery
) -> NodeWhyOut:
    """What a person whose belonging you keep may do at a node that you staff, and why or what is missing."""
    node = organisation.node_for(session, who.viewer, node_id)
    catalogue, today = pages.renderer.catalogue(who.language), local_day(clock())
    asked = roles.person_meant(session, who.viewer, person, today, "person")
    return NodeWhyOut(
        acts=[
            ActOut(
                act=one.act,
                may=one.may,
                because=_reasons(one.because, catalogue),
                missing=_reasons(one.missing, catalogue),
            )
            for one in asked_at(session, asked, node, today)
        ]
    )


@router.post("/organisation/nodes/{node_id}/hand-over")
def hand_over(session: Writing, who: Staff, clock: ClockDep, node_id: str, body: HandOverIn) -> HoldersOut:
    """End a role of one person and give it to another, on one day."""
    node = organisation.node_for(session, who.viewer, node_id)
    day = parse_date(body.day, "day")
    handed_over(session, who.viewer, node, body.role, body.holder, body.to, day, clock())
    return _holders(session, node.id, local_day(clock()))


def _holders(session: Reading, node_id: str, today: date) -> HoldersOut:
    return HoldersOut(
        holders=[
            HolderOut(
                username=one.username,
                name=one.name,
                role=one.role,
                since=local_day(one.since),
                until=one.until,
            )
            for one in roles.holders(session, node_id, today)
        ]
    )
