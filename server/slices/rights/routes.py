"""Who may see a lesson and why; who holds which role at a node, and how it is handed over."""

from __future__ import annotations

from fastapi import APIRouter, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.catalog import queries as catalog
from library.catalog import why as whys
from library.catalog.permits import Action
from library.core.clock import local_day
from library.core.days import parse_date
from library.core.errors import Conflict, Forbidden, Invalid
from library.core.permits import Role
from library.core.rights import Act, somewhere
from library.organisation import queries as organisation
from library.people import queries as people
from library.people import roles
from library.people.permits import roles_below
from server.slices.rights.acting import handed_over
from server.slices.rights.contexts import ActAnswer, PersonAnswer, RoleHolder, RolesPage, WhoPage
from server.slices.rights.node_said import answers_at
from server.slices.rights.said import answer_for, may_by, said, seen_by
from server.web.deps import ClockDep, DatabaseDep, PagesDep, Reading, SignedIn, Staff
from server.web.errors import status_of
from server.web.limits.fields import LineForm, LineQuery, WordForm
from server.web.pages import Pages, reason
from server.web.parts import RefusedForm
from server.web.shown.lesson_cards import lesson_ref
from server.web.who import Who

router = APIRouter(include_in_schema=False)

_CHANGES = (Act.LESSON_AUDIENCE, Act.LESSON_PUBLISH, Act.LESSON_EDIT, Act.LESSON_DELETE, Act.LESSON_STATS)
_AT_NODE = (
    Act.NODE_LOOK,
    Act.NODE_ARRANGE,
    Act.NODE_PLACE,
    Act.PEOPLE_KEEP,
    Act.PEOPLE_ROLES,
)


@router.get("/lessons/{lesson_id}/who")
def who_sees(
    request: Request,
    session: Reading,
    who: SignedIn,
    pages: PagesDep,
    clock: ClockDep,
    lesson_id: str,
    person: LineQuery = "",
) -> Response:
    """Who may see a lesson and why; for those who keep people, why one person may or may not."""
    lesson = catalog.lesson_for(session, who.viewer, lesson_id, Action.WHY)
    catalogue, today = pages.renderer.catalogue(who.language), local_day(clock())
    may_ask = somewhere(who.viewer, Act.PEOPLE_LOOK)
    answer, refused = None, None
    if person.strip() and may_ask:
        try:
            asked = roles.person_meant(session, who.viewer, person, today, "person")
            found = answer_for(session, asked, people.viewer_of(session, asked, today), lesson)
            explained = [said(one, catalogue) for one in (*found.because, *found.missing)]
            told = tuple((one.message, one.todo) for one in explained)
            answer = PersonAnswer(name=asked.name, may=found.may, reasons=told)
        except Invalid as error:
            refused = RefusedForm(form="person", typed={"person": person}, reason=reason(error))
    context = WhoPage(
        frame=pages.frame(request, session, who),
        lesson=lesson_ref(lesson),
        seen_by=seen_by(session, lesson, today, catalogue),
        changed_by=tuple(may_by(act, catalogue) for act in _CHANGES),
        may_ask=may_ask,
        person=person,
        answer=answer,
        refused=refused,
    )
    return pages.respond(request, who, context, 422 if refused else 200)


@router.get("/organisation/{node_id}/roles")
def roles_at(
    request: Request,
    session: Reading,
    who: Staff,
    pages: PagesDep,
    clock: ClockDep,
    node_id: str,
    person: LineQuery = "",
) -> Response:
    """Who holds which role at a node, who may do what there, and why one person may or may not."""
    return _roles(request, session, who, pages, clock, node_id, person=person.strip())


def _roles(
    request: Request,
    session: Session,
    who: Who,
    pages: Pages,
    clock: ClockDep,
    node_id: str,
    refused: RefusedForm | None = None,
    status: int = 200,
    person: str = "",
) -> Response:
    node = organisation.node_for(session, who.viewer, node_id)
    today, now = local_day(clock()), clock()
    catalogue = pages.renderer.catalogue(who.language)
    asked, unknown = "", None
    answers: tuple[ActAnswer, ...] = ()
    if person:
        try:
            meant = roles.person_meant(session, who.viewer, person, today, "person")
            asked, answers = meant.name, answers_at(session, meant, node, today, catalogue)
        except Invalid as error:
            unknown = RefusedForm(form="person", typed={"person": person}, reason=reason(error))
            status = status_of(error)
    context = RolesPage(
        frame=pages.frame(request, session, who),
        node_id=node.id,
        name=node.name,
        members=whys.count_members(session, node.id, today),
        holders=tuple(
            RoleHolder(
                name=one.name,
                username=one.username,
                role=one.role,
                since=one.since,
                until=one.until,
                to_come=one.since > now,
            )
            for one in roles.holders(session, node.id, today)
        ),
        rights=tuple(may_by(act, catalogue) for act in _AT_NODE),
        given=tuple(role for role in roles_below(who.viewer, node.path) if role is not Role.MEMBER),
        today=today,
        person=person,
        asked=asked,
        answers=answers,
        unknown=unknown,
        refused=refused,
    )
    return pages.respond(request, who, context, status)


@router.post("/organisation/{node_id}/hand-over")
def hand_over(
    request: Request,
    who: Staff,
    pages: PagesDep,
    clock: ClockDep,
    db: DatabaseDep,
    node_id: str,
    role: WordForm = "",
    holder: LineForm = "",
    to: LineForm = "",
    day: WordForm = "",
) -> Response:
    """End a role of one person and give it to another, on one day."""
    try:
        with db.write() as session:
            node = organisation.node_for(session, who.viewer, node_id)
            handed_over(session, who.viewer, node, role, holder, to, parse_date(day, "day"), clock())
    except (Invalid, Conflict, Forbidden) as error:
        typed = {"role": role, "holder": holder, "to": to, "day": day}
        refused = RefusedForm(form="hand-over", typed=typed, reason=reason(error))
        with db.read() as session:
            return _roles(request, session, who, pages, clock, node_id, refused, status_of(error))
    return pages.redirect(f"/organisation/{node_id}/roles", "handed_over")
