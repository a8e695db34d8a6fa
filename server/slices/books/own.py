"""自学 and 实践 as a member says them: plans and notes of their own, and what they did."""

from __future__ import annotations

from datetime import date, timedelta

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.books import entries, practising, queries, studying
from library.books.entries import StudyState
from library.books.practising import Told
from library.books.tables import Practice, Study
from library.catalog import queries as catalog
from library.people import queries as people
from server.slices.books.contexts import PracticeRow, PracticesPage, StudiesPage, StudyPage, StudyRow
from server.slices.books.door import BooksDoor, DoorDep, day_of
from server.web.deps import Reading
from server.web.forms.numbers import version_of
from server.web.limits.fields import BlockForm, LineForm, WordForm, WordQuery
from server.web.pages import pager
from server.web.parts import LessonRef, RefusedForm
from server.web.shown.lesson_cards import lesson_ref

router = APIRouter(include_in_schema=False)


def study_row(row: Study, today: date) -> StudyRow:
    """Return a self-study as lists show it."""
    return StudyRow(
        id=row.id,
        title=row.title,
        lesson_id=row.lesson_id or "",
        first=row.first,
        last=row.last,
        state=row.state,
        minutes=row.seconds // 60,
        done_on=row.done_on,
        late=row.state is StudyState.PLANNED and row.last < today,
    )


def studies_page(
    door: BooksDoor, session: Session, lesson_id: str, refused: RefusedForm | None, page: int = 1
) -> StudiesPage:
    """Return the page of one's self-studies."""
    today, lesson = door.today, _lesson(door, session, lesson_id)
    found = queries.studies(session, door.person_id, page)
    usual = {
        "title": lesson.title if lesson else "",
        "lesson": lesson.id if lesson else "",
        "first": today.isoformat(),
        "last": (today + timedelta(days=7)).isoformat(),
    }
    return StudiesPage(
        frame=door.frame(session),
        rows=tuple(study_row(row, today) for row in found.items),
        pager=pager(found, "/learning/study", lesson=lesson_id),
        lesson=lesson,
        typed={**usual, **(refused.typed if refused else {})},
        title_max=entries.TITLE_MAX,
        refused=refused,
    )


def _lesson(door: BooksDoor, session: Session, lesson_id: str) -> LessonRef | None:
    found = catalog.lessons_by_ids(session, door.viewer, [lesson_id]) if lesson_id else []
    return lesson_ref(found[0]) if found else None


@router.get("/learning/study")
def studies(door: DoorDep, session: Reading, lesson: WordQuery = "", page: int = 1) -> Response:
    """What one plans to study by oneself."""
    return door.show(studies_page(door, session, lesson, None, page))


@router.post("/learning/study")
def plan(
    door: DoorDep, title: LineForm = "", lesson: WordForm = "", first: WordForm = "", last: WordForm = ""
) -> Response:
    """Plan to study something."""

    def act(session: Session) -> str:
        days = day_of(first, "first"), day_of(last, "last")
        row = studying.plan(session, door.viewer, title, lesson or None, *days, door.clock())
        return f"/learning/study/{row.id}"

    def page(session: Session, refused: RefusedForm | None) -> StudiesPage:
        return studies_page(door, session, lesson, refused)

    typed = {"title": title, "lesson": lesson, "first": first, "last": last}
    return door.change(act, "study_planned", "plan", page, typed)


def study_page(door: BooksDoor, session: Session, study_id: str, refused: RefusedForm | None) -> StudyPage:
    """Return the page of one's self-study; raises NotFound for somebody else's."""
    row = queries.own_study(session, door.viewer, study_id)
    typed = refused.typed if refused else {}
    return StudyPage(
        frame=door.frame(session),
        row=study_row(row, door.today),
        notes=typed.get("notes", row.notes),
        account=typed.get("account", row.account),
        version=row.version,
        today=door.today,
        correction=queries.correction_of(session, row) or "",
        notes_max=entries.NOTES_MAX,
        account_max=entries.ACCOUNT_MAX,
        most_minutes=entries.MOST_MINUTES,
        refused=refused,
    )


@router.get("/learning/study/{study_id}")
def study(door: DoorDep, session: Reading, study_id: str) -> Response:
    """One self-study with one's notes."""
    return door.show(study_page(door, session, study_id, None))


@router.post("/learning/study/{study_id}/notes")
def notes(door: DoorDep, study_id: str, version: WordForm = "", notes: BlockForm = "") -> Response:
    """Keep one's notes."""

    def act(session: Session) -> str:
        studying.note(session, door.viewer, study_id, notes, version_of(version), door.clock())
        return f"/learning/study/{study_id}"

    def page(session: Session, refused: RefusedForm | None) -> StudyPage:
        return study_page(door, session, study_id, refused)

    return door.change(act, "study_noted", "notes", page, {"notes": notes})


@router.post("/learning/study/{study_id}/done")
def done(
    door: DoorDep, study_id: str, account: BlockForm = "", minutes: WordForm = "", day: WordForm = ""
) -> Response:
    """Say that it is done."""

    def act(session: Session) -> str:
        on = day_of(day, "day")
        studying.finish(session, door.viewer, study_id, account, minutes, on, door.clock())
        return f"/learning/study/{study_id}"

    def page(session: Session, refused: RefusedForm | None) -> StudyPage:
        return study_page(door, session, study_id, refused)

    typed = {"account": account, "minutes": minutes, "day": day}
    return door.change(act, "study_finished", "done", page, typed)


@router.post("/learning/study/{study_id}/again")
def again(door: DoorDep, study_id: str) -> Response:
    """Take up what was done or given up."""

    def act(session: Session) -> str:
        studying.take_up(session, door.viewer, study_id, door.clock())
        return f"/learning/study/{study_id}"

    def page(session: Session, refused: RefusedForm | None) -> StudyPage:
        return study_page(door, session, study_id, refused)

    return door.change(act, "study_again", "", page)


@router.post("/learning/study/{study_id}/drop")
def drop(door: DoorDep, study_id: str) -> Response:
    """Give a plan up."""

    def act(session: Session) -> str:
        studying.drop(session, door.viewer, study_id, door.clock())
        return "/learning/study"

    def page(session: Session, refused: RefusedForm | None) -> StudyPage:
        return study_page(door, session, study_id, refused)

    return door.change(act, "study_dropped", "", page)


# ------------------------------------------------------------------ practice


def practice_row(row: Practice, answered_by: str = "", name: str = "") -> PracticeRow:
    """Return a practice as lists show it."""
    return PracticeRow(
        id=row.id,
        title=row.title,
        place=row.place,
        day=row.day,
        account=row.account,
        state=row.state,
        said_at=row.said_at,
        answer=row.answer,
        answered_by=answered_by,
        name=name,
        person_id=row.person_id,
    )


def practices_page(
    door: BooksDoor, session: Session, refused: RefusedForm | None, page: int = 1
) -> PracticesPage:
    """Return the page of what one practised."""
    found = queries.practices(session, door.person_id, page)
    names = people.names(session, [row.answered_by for row in found.items if row.answered_by])
    usual = {"title": "", "place": "", "day": door.today.isoformat(), "account": ""}
    return PracticesPage(
        frame=door.frame(session),
        rows=tuple(practice_row(row, names.get(row.answered_by or "", "")) for row in found.items),
        pager=pager(found, "/learning/practice"),
        typed={**usual, **(refused.typed if refused else {})},
        limits=(entries.TITLE_MAX, entries.PLACE_MAX, entries.ACCOUNT_MAX),
        refused=refused,
    )


@router.get("/learning/practice")
def practices(door: DoorDep, session: Reading, page: int = 1) -> Response:
    """What one practised."""
    return door.show(practices_page(door, session, None, page))


@router.post("/learning/practice")
def say(
    door: DoorDep, title: LineForm = "", place: LineForm = "", day: WordForm = "", account: BlockForm = ""
) -> Response:
    """Say what one did."""

    def act(session: Session) -> str:
        told = Told(title, place, day_of(day, "day"), account)
        practising.say(session, door.viewer, told, door.clock())
        return "/learning/practice"

    def page(session: Session, refused: RefusedForm | None) -> PracticesPage:
        return practices_page(door, session, refused)

    typed = {"title": title, "place": place, "day": day, "account": account}
    return door.change(act, "practice_said", "say", page, typed)


@router.post("/learning/practice/{practice_id}/withdraw")
def withdraw(door: DoorDep, practice_id: str) -> Response:
    """Take back what one said, while it waits."""

    def act(session: Session) -> str:
        practising.withdraw(session, door.viewer, practice_id)
        return "/learning/practice"

    def page(session: Session, refused: RefusedForm | None) -> PracticesPage:
        return practices_page(door, session, refused)

    return door.change(act, "practice_withdrawn", "", page)
