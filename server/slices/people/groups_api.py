"""Learning groups under /api/v1 (学习小组): made, renamed, closed, and who is in them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel

from library.core.clock import local_day
from library.people.belonging import group_queries, groups, histories
from server.slices.people.belonging_json import group_object, learner_object, person_object
from server.slices.people.members_routes import kept
from server.slices.people.person_desk import kept_group
from server.web.deps import ClockDep, Reading, Secretary, Writing
from server.web.limits.fields import LineText, WordText
from server.web.routing.reading import reads

router = APIRouter(prefix="/api/v1", tags=["people"])


class GroupIn(BaseModel):
    """What a group is called."""

    name: LineText


class InGroup(BaseModel):
    """A group by its id, and from which day on (today)."""

    group: WordText
    day: date | None = None


@router.get("/organisation/nodes/{node_id}/groups", dependencies=[reads("members")])
def list_groups(session: Reading, who: Secretary, node_id: str) -> dict[str, Any]:
    """The open groups that a node keeps, each with how many are in it now."""
    node = kept(session, who.viewer, node_id)
    return {
        "groups": [
            {**group_object(session, one), "members": count}
            for one, count in histories.groups_of(session, node.id)
        ]
    }


@router.post("/organisation/nodes/{node_id}/groups", status_code=201)
def post_group(
    session: Writing, who: Secretary, clock: ClockDep, node_id: str, body: GroupIn
) -> dict[str, Any]:
    """Make a group that a node keeps."""
    node = kept(session, who.viewer, node_id)
    return group_object(session, groups.make(session, node, body.name, clock(), who.viewer.person_id))


@router.get("/people/groups/{group_id}", dependencies=[reads("members")])
def get_group(
    session: Reading,
    who: Secretary,
    clock: ClockDep,
    group_id: str,
    day: date | None = None,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> dict[str, Any]:
    """A group, also a closed one, and who is in it on a day (today), fifty a page."""
    which = kept_group(session, who.viewer, group_id)
    on = day or local_day(clock())
    shown = group_queries.learners_on(session, which, on, page)
    return {
        **group_object(session, groups.group(session, which)),
        "day": on.isoformat(),
        "total": shown.total,
        "page": shown.number,
        "members": [{"id": one.person_id, **learner_object(one)} for one in shown.items],
    }


@router.post("/people/groups/{group_id}/rename")
def post_group_name(session: Writing, who: Secretary, group_id: str, body: GroupIn) -> dict[str, Any]:
    """Give a group another name."""
    which = kept_group(session, who.viewer, group_id)
    groups.rename(session, which, body.name, who.viewer.person_id)
    return group_object(session, groups.group(session, which))


@router.post("/people/groups/{group_id}/close")
def post_group_close(session: Writing, who: Secretary, clock: ClockDep, group_id: str) -> dict[str, Any]:
    """Close a group: nobody is in it from today on, and its people no longer see lessons for it alone."""
    which = kept_group(session, who.viewer, group_id)
    groups.close(session, which, clock(), who.viewer.person_id)
    return group_object(session, groups.group(session, which))


@router.post("/people/{person_id}/join")
def post_join(
    session: Writing, who: Secretary, clock: ClockDep, person_id: str, body: InGroup
) -> dict[str, Any]:
    """Take a person whom you may look at into a group that you keep."""
    histories.history_for(session, who.viewer, person_id)
    which, now = kept_group(session, who.viewer, body.group), clock()
    groups.join(session, which, person_id, body.day or local_day(now), now, who.viewer.person_id)
    return person_object(histories.history_of(session, person_id))


@router.post("/people/{person_id}/leave")
def post_leave(
    session: Writing, who: Secretary, clock: ClockDep, person_id: str, body: InGroup
) -> dict[str, Any]:
    """Let somebody be in a group no more."""
    histories.history_for(session, who.viewer, person_id)
    which, now = kept_group(session, who.viewer, body.group), clock()
    groups.leave(session, which, person_id, body.day or local_day(now), now, who.viewer.person_id)
    return person_object(histories.history_of(session, person_id))
