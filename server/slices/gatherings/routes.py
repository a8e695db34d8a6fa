"""Gatherings as whom they concern sees them; they begin and end here."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.core.clock import CHINA
from library.core.errors import Conflict, Invalid, WeikeError
from library.core.permits import Role
from library.gatherings import actions, opening, queries
from library.gatherings.actions import Desk
from library.gatherings.rules import GatheringState
from library.organisation import queries as organisation
from library.records import queries as records
from server.slices.gatherings.contexts import GatheringPage, GatheringsPage
from server.slices.gatherings.reading import read_moment
from server.slices.gatherings.views import view_of
from server.web.deps import ClockDep, DatabaseDep, PagesDep, Reading, SettingsDep, SignedIn
from server.web.errors import status_of
from server.web.forms.numbers import number_of
from server.web.limits.fields import WordForm, WordQuery
from server.web.pages import pager, reason
from server.web.parts import RefusedForm
from server.web.shown.gatherings import counts_for, desk_of, gathering_rows

router = APIRouter(include_in_schema=False)


class Keeping:
    """What the routes of one gathering need: who asks, a desk, and a way back with what was typed."""

    def __init__(
        self,
        request: Request,
        who: SignedIn,
        pages: PagesDep,
        clock: ClockDep,
        db: DatabaseDep,
        settings: SettingsDep,
    ) -> None:
        self.request, self.who, self.pages, self.db = request, who, pages, db
        self.now, self.settings = clock(), settings

    @property
    def desk(self) -> Desk:
        """The desk of who asks."""
        return desk_of(self.settings, self.who.viewer, self.now)

    def page(
        self, session: Session, gathering_id: str, refused: RefusedForm | None = None, status: int = 200
    ) -> Response:
        """Return the page of a gathering."""
        found = queries.seen(session, self.who.viewer, gathering_id)
        one = found.gathering
        frame = self.pages.frame(self.request, session, self.who)
        usual = ""
        if one.state is GatheringState.OPEN and one.opened_at is not None:
            at = opening.usual_end(session, one, self.now)
            usual = f"{at.astimezone(CHINA):%Y-%m-%dT%H:%M}"
        context = GatheringPage(
            frame=frame,
            view=view_of(session, self.who.viewer, found, self.desk.kinds, frame.language),
            plans=found.plans,
            hosts=found.hosts,
            leads=found.leads,
            due=found.entry.due if found.entry else None,
            mark=found.entry.mark if found.entry else None,
            signed=found.entry is not None and records.is_signed(session, one.id),
            counts=queries.counts_of(session, [one.id]).get(one.id) if found.hosts else None,
            usual_end=usual,
            refused=refused,
        )
        return self.pages.respond(self.request, self.who, context, status)

    def refuse(
        self, error: WeikeError, gathering_id: str, form: str, typed: dict[str, str] | None = None
    ) -> Response:
        """Return the page of a gathering with why something was not done."""
        refused = RefusedForm(form=form, typed=typed or {}, reason=reason(error))
        with self.db.read() as session:
            return self.page(session, gathering_id, refused, status_of(error))


KeepingDep = Annotated[Keeping, Depends()]


@router.get("/gatherings")
def gatherings(keeping: KeepingDep, session: Reading, node: WordQuery = "", page: int = 1) -> Response:
    """What concerns the viewer; of a node that they plan all."""
    viewer, kinds = keeping.who.viewer, keeping.desk.kinds
    frame = keeping.pages.frame(keeping.request, session, keeping.who)
    within = organisation.outermost(viewer, Role.SECRETARY)
    names = organisation.node_names(session, within)
    chosen = queries.node_to_plan(session, viewer, node) if node else None
    if chosen is not None:
        listed = queries.of_node(session, chosen.id, page)
        coming = []
    else:
        listed = queries.past(session, viewer, keeping.now, page)
        coming = list(queries.coming(session, viewer, keeping.now))
    more_coming, coming = len(coming) > queries.MOST_COMING, coming[: queries.MOST_COMING]
    counts = counts_for(session, listed.items) if chosen is not None else {}
    context = GatheringsPage(
        frame=frame,
        node_id=chosen.id if chosen else "",
        node=chosen.name if chosen else "",
        nodes=tuple((one, names[one]) for one in within if one in names),
        coming=gathering_rows(session, coming, kinds, frame.language),
        more_coming=more_coming,
        rows=gathering_rows(session, listed.items, kinds, frame.language, counts),
        pager=pager(listed, f"/gatherings?node={chosen.id}" if chosen else "/gatherings"),
    )
    return keeping.pages.respond(keeping.request, keeping.who, context)


@router.get("/gatherings/{gathering_id}")
def gathering(keeping: KeepingDep, session: Reading, gathering_id: str) -> Response:
    """One gathering."""
    return keeping.page(session, gathering_id)


@router.post("/gatherings/{gathering_id}/open")
def open_gathering(keeping: KeepingDep, gathering_id: str) -> Response:
    """Begin it: the roll is frozen."""
    try:
        with keeping.db.write() as session:
            opening.open_(session, keeping.desk, gathering_id)
    except (Conflict, Invalid) as error:
        return keeping.refuse(error, gathering_id, "")
    return keeping.pages.redirect(f"/gatherings/{gathering_id}/roll", "gathering_opened")


@router.post("/gatherings/{gathering_id}/end")
def end_gathering(keeping: KeepingDep, gathering_id: str, ended_at: WordForm = "") -> Response:
    """End it: what happened is proven."""
    try:
        with keeping.db.write() as session:
            at = read_moment(ended_at, "ended_at") if ended_at.strip() else None
            opening.end(session, keeping.desk, gathering_id, at)
    except (Conflict, Invalid) as error:
        return keeping.refuse(error, gathering_id, "end", {"ended_at": ended_at})
    return keeping.pages.redirect(f"/gatherings/{gathering_id}", "gathering_ended")


@router.post("/gatherings/{gathering_id}/rooms/{room}/end")
def end_room(keeping: KeepingDep, gathering_id: str, room: int, ended_at: WordForm = "") -> Response:
    """Close one of several rooms while the others go on."""
    try:
        with keeping.db.write() as session:
            at = read_moment(ended_at, "ended_at") if ended_at.strip() else None
            opening.end_room(session, keeping.desk, gathering_id, room, at)
    except (Conflict, Invalid) as error:
        return keeping.refuse(error, gathering_id, "")
    return keeping.pages.redirect(f"/gatherings/{gathering_id}", "room_ended")


@router.post("/gatherings/{gathering_id}/rooms/{room}/reopen")
def reopen_room(keeping: KeepingDep, gathering_id: str, room: int) -> Response:
    """Let a room that was closed too early go on."""
    try:
        with keeping.db.write() as session:
            opening.reopen_room(session, keeping.desk, gathering_id, room)
    except Conflict as error:
        return keeping.refuse(error, gathering_id, "")
    return keeping.pages.redirect(f"/gatherings/{gathering_id}", "room_reopened")


@router.post("/gatherings/{gathering_id}/cancel")
def cancel_gathering(keeping: KeepingDep, gathering_id: str, version: WordForm = "") -> Response:
    """Call it off."""
    try:
        with keeping.db.write() as session:
            actions.cancel(session, keeping.desk, gathering_id, number_of(version))
    except Conflict as error:
        return keeping.refuse(error, gathering_id, "")
    return keeping.pages.redirect(f"/gatherings/{gathering_id}", "gathering_cancelled")
