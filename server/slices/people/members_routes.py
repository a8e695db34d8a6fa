"""Who belongs to a node on a day, and the learning groups that it keeps."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.core.clock import local_day
from library.core.days import parse_date
from library.core.errors import Conflict, Invalid, NotFound
from library.core.permits import Viewer
from library.organisation import queries as organisation
from library.organisation.tables import Node
from library.people.belonging import groups, histories, members
from library.people.permits import keeps
from server.slices.people.person_contexts import GroupRow, MemberLine, MembersPage, TransferRow
from server.slices.people.person_desk import kept_group
from server.web.deps import ClockDep, DatabaseDep, PagesDep, Secretary
from server.web.errors import status_of
from server.web.limits.fields import LineForm, WordQuery
from server.web.pages import pager, reason
from server.web.parts import RefusedForm
from server.web.routing.reading import reads

router = APIRouter(include_in_schema=False)


class MembersDesk:
    """Shows who belongs to a node, and changes its learning groups."""

    def __init__(
        self, request: Request, who: Secretary, pages: PagesDep, clock: ClockDep, db: DatabaseDep
    ) -> None:
        self._request, self._who, self._pages, self.db = request, who, pages, db
        self.clock = clock

    @property
    def viewer(self) -> Viewer:
        """Who asks."""
        return self._who.viewer

    def done(self, node_id: str, word: str) -> Response:
        """Go back to the page of a node."""
        return self._pages.redirect(f"/organisation/{node_id}/members", word)

    def refuse(self, error: Conflict | Invalid, node_id: str, form: str, **typed: str) -> Response:
        """Return the page with the form that was not taken."""
        refused = RefusedForm(form=form, typed=typed, reason=reason(error))
        with self.db.read() as session:
            return self.page(session, node_id, refused=refused, status=status_of(error))

    def page(
        self,
        session: Session,
        node_id: str,
        day: date | None = None,
        number: int = 1,
        *,
        below: bool = False,
        refused: RefusedForm | None = None,
        status: int = 200,
    ) -> Response:
        """Return the page of a node on a day; raises NotFound, also where the viewer may not look."""
        node = kept(session, self.viewer, node_id)
        today = local_day(self.clock())
        on = day or today
        counts = members.counts_on(session, node.id, on, below=below)
        shown = members.members_on(session, node.id, on, number, below=below)
        names = organisation.node_names(session, {one.node_id for one in shown.items}) if below else {}
        above = organisation.chains(session, [node])[node.id]
        url = f"/organisation/{node.id}/members"
        context = MembersPage(
            frame=self._pages.frame(self._request, session, self._who),
            node_id=node.id,
            node=node.name,
            above=tuple(one.name for one in above),
            day=on,
            today=today,
            below=below,
            home=counts.home,
            guests=counts.guests,
            exempt=counts.exempt,
            states=tuple(
                (str(state) if state else "unknown", counts.states[state])
                for state in sorted(counts.states, key=lambda one: one or "~")
            ),
            people=tuple(
                MemberLine(
                    person_id=one.person_id,
                    name=one.name,
                    username=one.username,
                    kind=one.kind,
                    state=one.state,
                    since=one.since,
                    node=names.get(one.node_id, ""),
                    exempt=one.exempt,
                )
                for one in shown.items
            ),
            pager=pager(shown, url, day=on.isoformat() if day else "", below="1" if below else ""),
            transfers=self._waiting(session, node),
            groups=tuple(
                GroupRow(id=group.id, name=group.name, members=count)
                for group, count in histories.groups_of(session, node.id)
            ),
            refused=refused,
        )
        return self._pages.respond(self._request, self._who, context, status)

    def _waiting(self, session: Session, node: Node) -> tuple[TransferRow, ...]:
        waiting = [
            (one, name) for one, name in histories.waiting_for(session, self.viewer) if one.to_id == node.id
        ]
        names = organisation.node_names(session, {one.from_id for one, _name in waiting})
        return tuple(
            TransferRow(
                id=one.id,
                person_id=one.person_id,
                name=name,
                sender=names.get(one.from_id, ""),
                receiver=node.name,
                state=one.state,
                note=one.note,
                asked_at=one.asked_at,
                may_answer=True,
            )
            for one, name in waiting
        )


MembersDeskDep = Annotated[MembersDesk, Depends()]


def kept(session: Session, viewer: Viewer, node_id: str) -> Node:
    """Return a node whose people the viewer keeps; raises NotFound, also where they do not."""
    node = organisation.node(session, node_id)
    if not keeps(viewer, node.path):
        raise NotFound
    return node


@router.get("/organisation/{node_id}/members", dependencies=[reads("members")])
def list_members(
    desk: MembersDeskDep, node_id: str, day: WordQuery = "", below: bool = False, page: int = 1
) -> Response:
    """Who belongs to a node on a day; with `below` to all below it as well."""
    with desk.db.read() as session:
        kept(session, desk.viewer, node_id)
        try:
            on = parse_date(day, "day")
        except Invalid as error:
            refused = RefusedForm(form="day", typed={"day": day}, reason=reason(error))
            return desk.page(session, node_id, refused=refused, status=422, below=below)
        return desk.page(session, node_id, on, page, below=below)


@router.post("/organisation/{node_id}/groups")
def make_group(desk: MembersDeskDep, node_id: str, name: LineForm = "") -> Response:
    """Make a learning group that the node keeps."""
    try:
        with desk.db.write() as session:
            node = kept(session, desk.viewer, node_id)
            groups.make(session, node, name, desk.clock(), desk.viewer.person_id)
    except (Invalid, Conflict) as error:
        return desk.refuse(error, node_id, "groups", name=name)
    return desk.done(node_id, "group_made")


@router.post("/people/groups/{group_id}/rename")
def rename_group(desk: MembersDeskDep, group_id: str, name: LineForm = "") -> Response:
    """Give a learning group another name."""
    node_id = ""
    try:
        with desk.db.write() as session:
            which = kept_group(session, desk.viewer, group_id)
            node_id = groups.group(session, which).node_id
            groups.rename(session, which, name, desk.viewer.person_id)
    except (Invalid, Conflict) as error:
        return desk.refuse(error, node_id, f"{group_id}/rename", name=name)
    return desk.done(node_id, "group_saved")


@router.post("/people/groups/{group_id}/close")
def close_group(desk: MembersDeskDep, group_id: str) -> Response:
    """End a learning group; who was in it stays known."""
    with desk.db.write() as session:
        which = kept_group(session, desk.viewer, group_id)
        node_id = groups.group(session, which).node_id
        groups.close(session, which, desk.clock(), desk.viewer.person_id)
    return desk.done(node_id, "group_ended")
