"""The form in which a gathering is planned and changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.catalog import queries as catalog
from library.core.clock import CHINA, local_day
from library.core.errors import Conflict, Invalid, NotFound, WeikeError
from library.core.permits import node_chain
from library.gatherings import actions, queries
from library.gatherings.actions import Desk, Draft
from library.gatherings.rules import MOST_REPEATS, GatheringState, Repeat
from library.gatherings.tables import Gathering
from library.organisation.tables import Node
from library.people import queries as people
from library.people.belonging.members import members_on
from library.programme import queries as programme
from library.programme.rules import seen as seen_parts
from library.programme.weeks import read_week, week_of
from server.slices.gatherings.contexts import PlanningPage
from server.slices.gatherings.reading import (
    read_lessons,
    read_moment,
    read_people,
    read_person,
    read_rooms,
    written,
)
from server.web.deps import ClockDep, Convener, DatabaseDep, PagesDep, Reading, SettingsDep
from server.web.errors import status_of
from server.web.forms.numbers import number_of
from server.web.limits.fields import BlockForm, LineForm, WordForm, WordQuery
from server.web.pages import reason
from server.web.parts import RefusedForm
from server.web.shown.gatherings import desk_of

router = APIRouter(include_in_schema=False)

Typed = Mapping[str, str]
_WEEKS_BACK, _WEEKS_AHEAD = 5, 27
_REFUSALS = (Invalid, Conflict)


class Planning:
    """Shows the form, and plans what stands in it; a form not taken comes back as typed."""

    def __init__(
        self,
        request: Request,
        who: Convener,
        pages: PagesDep,
        clock: ClockDep,
        db: DatabaseDep,
        settings: SettingsDep,
    ) -> None:
        self._request, self.who, self.pages, self.db = request, who, pages, db
        self.now, self._settings = clock(), settings

    @property
    def desk(self) -> Desk:
        """The desk of who asks."""
        return desk_of(self._settings, self.who.viewer, self.now)

    def page(
        self,
        session: Session,
        node: Node,
        form: Typed,
        *,
        one: Gathering | None = None,
        last: Gathering | None = None,
        refused: RefusedForm | None = None,
        status: int = 200,
    ) -> Response:
        """Return the form; `one` is the gathering that is changed."""
        frame = self.pages.frame(self._request, session, self.who)
        members = members_on(session, node.id, local_day(self.now), below=False)
        context = PlanningPage(
            frame=frame,
            gathering_id=one.id if one else "",
            node_id=node.id,
            node=node.name,
            kinds=tuple(
                (kind.code, self.desk.kinds.name(kind.code, frame.language))
                for kind in self.desk.kinds.all
                if not kind.retired or (one is not None and one.kind == kind.code)
            ),
            groups=tuple((group.id, group.name) for group in queries.groups_of(session, node.id)),
            people=tuple(dict.fromkeys(row.name for row in members.items)),
            weeks=self._weeks(form.get("week", "")),
            form={**form, **(refused.typed if refused else {})},
            began=one is not None and one.state is GatheringState.OPEN,
            last_id=last.id if last else "",
            last_title=last.title if last else "",
            refused=refused,
        )
        return self.pages.respond(self._request, self.who, context, status)

    def _weeks(self, chosen: str) -> tuple[str, ...]:
        """Return the weeks that are offered: some that were, half a year to come, and the one chosen."""
        this = week_of(local_day(self.now))
        near = {str(this.after(n)) for n in range(-_WEEKS_BACK, _WEEKS_AHEAD)}
        return tuple(sorted(near | ({chosen} if chosen.strip() else set())))

    def fresh(self, session: Session, node: Node, week: str) -> dict[str, str]:
        """Return the form of a new gathering: this evening or on the week's Monday, with the week's
        lessons."""
        starts = self.now.astimezone(CHINA).replace(hour=19, minute=30, second=0, microsecond=0)
        if week:
            monday = read_week(week).monday
            starts = datetime.combine(monday, starts.timetz())
        wanted = week_of(starts.date())
        chain = tuple(reversed(node_chain(node.path)))
        parts = seen_parts(programme.plans(session, chain, wanted, wanted))
        ids = programme.lesson_ids(parts)
        titles = [one.title for one in catalog.lessons_by_ids(session, self.who.viewer, ids)]
        return {
            **dict.fromkeys(("group", "below", "place", "rooms", "chair", "recorder", "agenda", "asked"), ""),
            "kind": "study",
            "title": next((part.theme for part in parts if part.theme), ""),
            "week": str(wanted),
            "starts": f"{starts:%Y-%m-%dT%H:%M}",
            "ends": f"{starts + timedelta(minutes=90):%Y-%m-%dT%H:%M}",
            "lessons": "\n".join(titles),
            "repeat": Repeat.WEEKLY.value,
            "times": "1",
            "tell": "1",
        }

    def filled(self, session: Session, one: Gathering) -> dict[str, str]:
        """Return the form as a gathering is planned."""
        draft = queries.draft_of(session, one)
        ids = [draft.chair_id, draft.recorder_id, *draft.asked, *(room.host_id for room in draft.rooms)]
        names = _names(session, one.node_id, [its for its in ids if its is not None])
        titles = {
            its.id: its.title for its in catalog.lessons_by_ids(session, self.who.viewer, draft.lessons)
        }
        rooms = [
            f"{room.place} = {names[room.host_id]}" if room.host_id else room.place for room in draft.rooms
        ]
        alone = len(draft.rooms) == 1 and rooms == [draft.place]
        return {
            "kind": draft.kind,
            "group": draft.group_id or "",
            "below": "1" if draft.below else "",
            "title": draft.title,
            "week": one.week,
            "starts": written(draft.starts_at),
            "ends": written(draft.ends_at),
            "place": draft.place,
            "rooms": "" if alone else "\n".join(rooms),
            "chair": names.get(draft.chair_id or "", ""),
            "recorder": names.get(draft.recorder_id or "", ""),
            "agenda": draft.agenda,
            "lessons": "\n".join(titles.get(its, its) for its in draft.lessons),
            "asked": "、".join(names[its] for its in draft.asked),
            "repeat": Repeat.WEEKLY.value,
            "times": "1",
            "tell": "1",
            "version": str(one.version),
        }

    def draft(self, session: Session, node: Node, typed: Typed) -> Draft:
        """Read the form; raises Invalid, NotFound naming the field."""
        return Draft(
            kind=typed["kind"],
            title=typed["title"],
            starts_at=read_moment(typed["starts"], "starts"),
            ends_at=read_moment(typed["ends"], "ends"),
            place=typed["place"],
            week=read_week(typed["week"]) if typed["week"].strip() else None,
            group_id=typed["group"] or None,
            below=bool(typed["below"]),
            chair_id=read_person(session, node.id, typed["chair"], "chair"),
            recorder_id=read_person(session, node.id, typed["recorder"], "recorder"),
            agenda=typed["agenda"],
            lessons=read_lessons(session, self.who.viewer, typed["lessons"]),
            rooms=read_rooms(session, node.id, typed["rooms"]),
            asked=tuple(read_people(session, node.id, typed["asked"], "asked")),
        )

    def refuse(self, error: WeikeError, node_id: str, typed: Typed, one: Gathering | None = None) -> Response:
        """Return the form as it was typed, with why it was not taken."""
        told = reason(error)
        field = {"starts_at": "starts", "ends_at": "ends"}.get(str(told.args.get("field")))
        if field:
            told = type(told)(code=told.code, args={**told.args, "field": field})
        refused = RefusedForm(form="plan", typed=dict(typed), reason=told)
        with self.db.read() as session:
            node = queries.node_to_plan(session, self.who.viewer, node_id)
            known = session.get(Gathering, one.id) if one else None
            # What somebody else changed meanwhile is looked at first; then the same can be saved again.
            form = {**typed, "version": str(known.version)} if known else typed
            shown = RefusedForm(form="plan", typed=form, reason=refused.reason)
            return self.page(session, node, form, one=known, refused=shown, status=status_of(error))


def _names(session: Session, node_id: str, ids: Sequence[str]) -> dict[str, str]:
    """Return what people are called in the form, or what they sign in with where a name means several."""
    names = people.names(session, ids)
    called = queries.people_called(session, node_id, set(names.values()))
    rows = {its: people.person(session, its) for its in ids}
    return {
        its: name if [one.id for one in called.get(name, ())] == [its] else rows[its].username
        for its, name in names.items()
    }


PlanningDep = Annotated[Planning, Depends()]


@router.get("/gatherings/plan/new")
def plan_page(
    planning: PlanningDep,
    session: Reading,
    node: WordQuery = "",
    week: WordQuery = "",
    copy: WordQuery = "",
) -> Response:
    """An empty form, with the week's lessons; or that of the gathering `copy`, a week later."""
    source = queries.seen(session, planning.who.viewer, copy) if copy else None
    if source is not None and (not source.plans or node not in ("", source.gathering.node_id)):
        raise NotFound
    at = queries.node_meant(session, planning.who.viewer, source.gathering.node_id if source else node)
    last = queries.last_of(session, at.id)
    form = planning.fresh(session, at, week)
    if source is not None:
        form = _copied(planning.filled(session, source.gathering), source.gathering, planning.now)
    return planning.page(session, at, form, last=last)


def _copied(form: dict[str, str], one: Gathering, now: datetime) -> dict[str, str]:
    """Return the form of the next one: on the same weekday, in the first week that is not over."""
    weeks = 1
    while one.starts_at + timedelta(weeks=weeks) < now:
        weeks += 1
    later = timedelta(weeks=weeks)
    starts = one.starts_at + later
    return {
        **form,
        "starts": written(starts),
        "ends": written(one.ends_at + later),
        "week": str(week_of(local_day(starts))),
    }


class PlanFields:
    """The fields of the form as they were typed."""

    def __init__(
        self,
        kind: WordForm = "",
        group: WordForm = "",
        below: WordForm = "",
        title: LineForm = "",
        week: WordForm = "",
        starts: WordForm = "",
        ends: WordForm = "",
        place: LineForm = "",
        rooms: BlockForm = "",
        chair: LineForm = "",
        recorder: LineForm = "",
        agenda: BlockForm = "",
        lessons: BlockForm = "",
        asked: BlockForm = "",
        tell: WordForm = "",
    ) -> None:
        given = dict(locals())
        self.typed: dict[str, str] = {name: value for name, value in given.items() if name != "self"}


FieldsDep = Annotated[PlanFields, Depends()]


@router.post("/gatherings")
def plan(
    planning: PlanningDep,
    fields: FieldsDep,
    node: WordForm = "",
    repeat: WordForm = "weekly",
    times: WordForm = "1",
) -> Response:
    """Plan a gathering, or several that are alike."""
    typed = {**fields.typed, "repeat": repeat, "times": times}
    try:
        with planning.db.write() as session:
            at = queries.node_to_plan(session, planning.who.viewer, node)
            count = number_of(times or "1")
            how = Repeat(repeat) if repeat in set(Repeat) else Repeat.WEEKLY
            if not 1 <= count <= MOST_REPEATS:
                raise Invalid("gathering_repeats", field="times", most=MOST_REPEATS)
            draft = planning.draft(session, at, typed)
            made = actions.plan(session, planning.desk, at.id, draft, how, count, tell=bool(typed["tell"]))
            made_id = made[0].id
    except (*_REFUSALS, NotFound) as error:
        if error.code == "not_found":
            raise
        return planning.refuse(error, node, typed)
    return planning.pages.redirect(f"/gatherings/{made_id}", "gathering_planned")


@router.get("/gatherings/{gathering_id}/edit")
def edit_page(planning: PlanningDep, session: Reading, gathering_id: str) -> Response:
    """The form of a gathering."""
    found = queries.seen(session, planning.who.viewer, gathering_id)
    if not found.plans:
        raise NotFound
    form = planning.filled(session, found.gathering)
    return planning.page(session, found.node, form, one=found.gathering)


@router.post("/gatherings/{gathering_id}/edit")
def edit(planning: PlanningDep, fields: FieldsDep, gathering_id: str, version: WordForm = "") -> Response:
    """Plan a gathering differently."""
    typed = {**fields.typed, "version": version}
    one = None
    try:
        with planning.db.write() as session:
            found = queries.seen(session, planning.who.viewer, gathering_id)
            if not found.plans:
                raise NotFound
            one, node_id = found.gathering, found.node.id
            draft = planning.draft(session, found.node, typed)
            actions.change(
                session, planning.desk, gathering_id, draft, number_of(version), tell=bool(typed["tell"])
            )
    except (*_REFUSALS, NotFound) as error:
        if error.code == "not_found" or one is None:
            raise
        return planning.refuse(error, node_id, typed, one)
    return planning.pages.redirect(f"/gatherings/{gathering_id}", "gathering_saved")
