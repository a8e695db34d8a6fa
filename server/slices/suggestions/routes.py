"""The page where everybody suggests something, without an account, and reads what was done."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.core.errors import Conflict, Invalid, NotFound, Throttled, WeikeError
from library.organisation import queries as organisation
from library.suggestions import actions, queries, rules
from library.suggestions.actions import Written
from server.slices.suggestions.contexts import OwnAnswer, SuggestionsPage
from server.slices.suggestions.shown import lesson_at, own_answer, public_rows
from server.web.deps import ClockDep, DatabaseDep, PagesDep, Reading, SecretDep, WhoDep
from server.web.doors.networks import origin_key, origin_of
from server.web.errors import headers_of, status_of
from server.web.limits.fields import BlockForm, LineForm, LineQuery, WordForm
from server.web.pages import pager, reason
from server.web.parts import RefusedForm

router = APIRouter(include_in_schema=False)


class Door:
    """Takes what somebody suggests and shows the page around it; what is not taken comes back as typed."""

    def __init__(
        self,
        request: Request,
        who: WhoDep,
        pages: PagesDep,
        clock: ClockDep,
        db: DatabaseDep,
        secret: SecretDep,
    ) -> None:
        self._request, self._who, self._pages, self._db = request, who, pages, db
        self._clock, self._secret = clock, secret

    def hand_in(self, session: Session, written: Written, *, named: bool) -> str:
        """Take a suggestion for the staff of the lesson it is about, else of all; returns its receipt."""
        viewer = self._who.viewer
        about = lesson_at(session, viewer, written.page)
        lesson_id = about[0].id if about is not None else None
        node = about[1] if about is not None else organisation.root_node(session).id
        person = viewer.person_id if named else None
        origin = origin_key(self._secret, origin_of(self._request.scope), "suggestion")
        return actions.hand_in(session, written, node, lesson_id, person, origin, self._clock())[1]

    def write(self, written: Written, *, named: bool) -> Response:
        """Take a suggestion and show its receipt, this once."""
        try:
            with self._db.write() as session:
                receipt = self.hand_in(session, written, named=named)
        except (Invalid, Conflict, Throttled) as error:
            typed = {"text": written.text, "contact": written.contact, "named": "1" if named else ""}
            return self._refuse(error, "write", typed, written.page)
        with self._db.read() as session:
            return self.page(session, receipt=receipt)

    def look_up(self, receipt: str) -> Response:
        """Show the answer to the suggestion of a receipt."""
        try:
            with self._db.read() as session:
                own = own_answer(queries.by_receipt(session, receipt))
        except NotFound as error:
            return self._refuse(error, "answer", {"receipt": receipt}, "")
        with self._db.read() as session:
            return self.page(session, own=own)

    def _refuse(self, error: WeikeError, form: str, typed: dict[str, str], about: str) -> Response:
        refused = RefusedForm(form=form, typed=typed, reason=reason(error))
        with self._db.read() as session:
            answer = self.page(session, about=about, refused=refused, status=status_of(error))
        answer.headers.update(headers_of(error))
        return answer

    def page(
        self,
        session: Session,
        *,
        about: str = "",
        page: int = 1,
        receipt: str = "",
        own: OwnAnswer | None = None,
        refused: RefusedForm | None = None,
        status: int = 200,
    ) -> Response:
        """Return the page."""
        viewer, shown = self._who.viewer, queries.released(session, page)
        lesson = lesson_at(session, viewer, about)
        context = SuggestionsPage(
            frame=self._pages.frame(self._request, session, self._who),
            rows=public_rows(session, viewer, shown.items),
            pager=pager(shown, "/suggestions"),
            text_max=rules.TEXT_MAX,
            contact_max=rules.CONTACT_MAX,
            about=rules.page_of(about),
            lesson=lesson[0] if lesson is not None else None,
            receipt=receipt,
            own=own,
            refused=refused,
        )
        return self._pages.respond(self._request, self._who, context, status)


DoorDep = Annotated[Door, Depends()]


@router.get("/suggestions")
def suggestions(door: DoorDep, session: Reading, about: LineQuery = "", page: int = 1) -> Response:
    """Write a suggestion, look an answer up, read what was done."""
    return door.page(session, about=about, page=page)


@router.post("/suggestions")
def write(
    door: DoorDep,
    text: BlockForm = "",
    contact: LineForm = "",
    about: LineForm = "",
    named: WordForm = "",
) -> Response:
    """Take a suggestion; its receipt is shown this once."""
    return door.write(Written(text, contact, about), named=named == "1")


@router.post("/suggestions/answer")
def look_up(door: DoorDep, receipt: WordForm = "") -> Response:
    """Show the answer to a suggestion by its receipt."""
    return door.look_up(receipt)
