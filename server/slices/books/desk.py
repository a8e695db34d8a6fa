"""The secretary's desk: the books of a branch, of one member, and practices that wait for a word."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.books import actions, entries, practising, queries
from library.books.permits import may_arrange
from library.books.queries import Member
from library.books.rules import Books, lacking
from library.core.errors import Invalid, NotFound
from library.core.paging import Page, clean_number
from library.core.permits import Role, Viewer
from library.organisation import queries as organisation
from library.organisation.tables import Node
from library.people import queries as people
from server.slices.books.contexts import BranchPage, ConfirmPage, LearningPage, MemberBooks
from server.slices.books.door import BooksDoor, DoorDep, Keeper, year_of
from server.slices.books.own import practice_row
from server.slices.books.routes import learning_page
from server.slices.books.shown import value_of, years_around
from server.web.deps import Reading
from server.web.errors import status_of
from server.web.limits.fields import LineForm, LineQuery, WordForm, WordQuery
from server.web.pages import pager, reason
from server.web.parts import RefusedForm
from server.web.routing.reading import reads

router = APIRouter(include_in_schema=False)

Correction = Callable[[Session, Viewer, str, str, datetime], object]
"""What is done with a piece (its row's id) for a reason."""

MEMBERS_A_PAGE = 50


@router.get("/learning/branch", dependencies=[reads("books")])
def branch(
    door: DoorDep,
    who: Keeper,
    session: Reading,
    node: WordQuery = "",
    year: WordQuery = "",
    page: int = 1,
    at: LineQuery = "",
) -> Response:
    """The books of the members of a node, by name."""
    within, refused, status = queries.outermost(door.viewer, Role.SECRETARY), None, 200
    wanted = queries.node_to_look(session, door.viewer, node or within[0])
    if at.strip():
        try:
            wanted = organisation.meant(session, within, at, "at")
        except Invalid as error:
            refused = RefusedForm(form="at", typed={"at": at}, reason=reason(error))
            status = status_of(error)
    return door.show(_branch_page(door, session, wanted, year_of(year), page, refused), status)


def _branch_page(
    door: BooksDoor, session: Session, node: Node, year: int | None, page: int, refused: RefusedForm | None
) -> BranchPage:
    said = queries.tables(session)
    rules = said.at(node.path)
    now = rules.year_of(door.today)
    number = year or now
    first, last = rules.year(number)
    day = min(max(door.today, first), last)
    members = queries.members_of(session, day, node_ids=[node.id])
    found = {one.person_id: books for one, books in queries.each_books(session, members, said, number, day)}
    at = clean_number(page)
    some = members[(at - 1) * MEMBERS_A_PAGE : at * MEMBERS_A_PAGE]
    within = queries.outermost(door.viewer, Role.SECRETARY)
    named = sorted({node.id, *within})
    names = organisation.node_names(session, named)
    return BranchPage(
        frame=door.frame(session),
        node_id=node.id,
        node=node.name,
        above=queries.chain_names(session, node.path)[:-1],
        year=number,
        years=years_around(number, now),
        first=first,
        last=last,
        day=day,
        rows=tuple(_member(one, found[one.person_id]) for one in some),
        lacking=sum(bool(found[one.person_id].lacks) for one in members),
        pager=pager(
            Page(some, at, MEMBERS_A_PAGE, len(members)),
            "/learning/branch",
            node=node.id,
            year=str(number),
        ),
        nodes=tuple((one, names[one]) for one in named) if len(named) > 1 else (),
        may_arrange=may_arrange(door.viewer, node.path),
        refused=refused,
    )


def _member(one: Member, books: Books) -> MemberBooks:
    return MemberBooks(
        person_id=one.person_id,
        name=one.name,
        asked=one.asked,
        leads=one.leads,
        values=tuple((each.book, value_of(each), each.aim) for each in books.sums),
        lacks=tuple((each.book, lacking(each.left)) for each in books.lacks),
    )


def person_page(
    door: BooksDoor, session: Session, person_id: str, year: int | None, refused: RefusedForm | None
) -> LearningPage:
    """Return the page of a member's books for whoever may read them; raises NotFound."""
    found = queries.books_for(session, door.viewer, person_id, year, door.today)
    return learning_page(door, session, found, own=False, refused=refused)


@router.get("/learning/people/{person_id}", dependencies=[reads("books", of="person_id")])
def person(door: DoorDep, who: Keeper, session: Reading, person_id: str, year: WordQuery = "") -> Response:
    """A member's books: what counts, and of what they watched alone no more than the sum."""
    return door.show(person_page(door, session, person_id, year_of(year), None))


def _correct(
    door: BooksDoor, person_id: str, entry: str, reason: str, year: str, how: Correction, done: str
) -> Response:
    """Correct a piece of a member's evidence for a reason, and show their books again."""
    number = year_of(year)

    def act(session: Session) -> str:
        row = queries.entry_to_keep(session, door.viewer, entry)
        if row.person_id != person_id:
            raise NotFound
        how(session, door.viewer, entry, reason, door.clock())
        return f"/learning/people/{person_id}" + (f"?year={number}" if number else "")

    def page(session: Session, refused: RefusedForm | None) -> LearningPage:
        return person_page(door, session, person_id, number, refused)

    return door.change(act, done, entry, page, {"reason": reason})


@router.post("/learning/people/{person_id}/take-back")
def take_back(
    door: DoorDep,
    who: Keeper,
    person_id: str,
    entry: WordForm = "",
    reason: LineForm = "",
    year: WordForm = "",
) -> Response:
    """Take back a piece of a member's evidence."""
    return _correct(door, person_id, entry, reason, year, actions.take_back, "evidence_taken_back")


@router.post("/learning/people/{person_id}/lift")
def lift(
    door: DoorDep,
    who: Keeper,
    person_id: str,
    entry: WordForm = "",
    reason: LineForm = "",
    year: WordForm = "",
) -> Response:
    """Say again what was taken back of a member's self-study."""
    return _correct(door, person_id, entry, reason, year, actions.lift, "evidence_said_again")


# ------------------------------------------------------------------ practices that wait


def confirm_page(
    door: BooksDoor, session: Session, refused: RefusedForm | None, page: int = 1
) -> ConfirmPage:
    """Return the practices that wait for a word."""
    found = queries.waiting(session, door.viewer, page)
    names = people.names(session, [row.person_id for row in found.items])
    return ConfirmPage(
        frame=door.frame(session),
        rows=tuple(practice_row(row, name=names.get(row.person_id, "")) for row in found.items),
        pager=pager(found, "/learning/confirm"),
        answer_max=entries.REFUSAL_MAX,
        refused=refused,
    )


@router.get("/learning/confirm", dependencies=[reads("practice")])
def confirm(door: DoorDep, who: Keeper, session: Reading, page: int = 1) -> Response:
    """What members practised and wait for."""
    return door.show(confirm_page(door, session, None, page))


@router.post("/learning/confirm/{practice_id}")
def answer(
    door: DoorDep, who: Keeper, practice_id: str, decision: WordForm = "", answer: LineForm = ""
) -> Response:
    """Confirm a practice, or say why not."""
    yes = decision == "confirm"

    def act(session: Session) -> str:
        if yes:
            practising.confirm(session, door.viewer, practice_id, door.clock())
        else:
            practising.refuse(session, door.viewer, practice_id, answer, door.clock())
        return "/learning/confirm"

    def page(session: Session, refused: RefusedForm | None) -> ConfirmPage:
        return confirm_page(door, session, refused)

    done = "practice_confirmed" if yes else "practice_refused"
    return door.change(act, done, practice_id, page, {"answer": answer})
