"""Uploads of which nothing became, on a page: chosen, counted, confirmed and deleted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.core.errors import Invalid
from library.core.paging import Page
from library.upkeep import unfit
from library.upkeep.unfit import Unfit
from server.slices.upkeep.contexts import UnfitPage, UnfitRow
from server.web.deps import Admin, ClockDep, DatabaseDep, PagesDep, Reading, SettingsDep, SystemChanger
from server.web.form_door import FormDoor
from server.web.forms.numbers import number_of
from server.web.limits.fields import WordForm, WordsForm
from server.web.pages import pager
from server.web.parts import LessonRef, Reason, RefusedForm

router = APIRouter(include_in_schema=False)

UNFIT = "/system/storage/unfit"
_PER_PAGE = 50


class Door(FormDoor):
    """Shows an administrator what came to nothing."""

    def __init__(
        self,
        request: Request,
        who: Admin,
        pages: PagesDep,
        clock: ClockDep,
        db: DatabaseDep,
        settings: SettingsDep,
    ) -> None:
        super().__init__(request, who, pages, clock, db)
        self._hours = settings.sweep_after_h

    def page(self, session: Session, number: int = 1, refused: RefusedForm | None = None) -> UnfitPage:
        """Return a page of them."""
        found = unfit.unfit(session, number, _PER_PAGE)
        count, size = unfit.sums(session)
        return self._page(session, found.items, count, size, found, refused=refused)

    def confirming(self, session: Session, chosen: Sequence[Unfit]) -> UnfitPage:
        """Return what was chosen, to be confirmed."""
        size = sum(one.size_bytes for one in chosen)
        alone = Page(list(chosen), 1, unfit.MOST, len(chosen))
        return self._page(session, chosen, len(chosen), size, alone, confirming=True)

    def _page(
        self,
        session: Session,
        rows: Sequence[Unfit],
        count: int,
        size: int,
        found: Page[Unfit],
        *,
        confirming: bool = False,
        refused: RefusedForm | None = None,
    ) -> UnfitPage:
        return UnfitPage(
            frame=self.frame(session),
            rows=tuple(map(row_of, rows)),
            count=count,
            size_bytes=size,
            pager=pager(found, UNFIT),
            most=unfit.MOST,
            sweep_after_h=self._hours,
            confirming=confirming,
            refused=refused,
        )


DoorDep = Annotated[Door, Depends()]


def row_of(one: Unfit) -> UnfitRow:
    """Return an upload as it is shown."""
    return UnfitRow(
        id=one.recording_id,
        lesson=LessonRef(id=one.lesson_id, title=one.title),
        state=one.state,
        who=one.who,
        file_name=one.file_name,
        size_bytes=one.size_bytes,
        since=one.since,
        reason=Reason(code=one.reason, args=one.reason_args) if one.reason else None,
    )


@router.get(UNFIT)
def uploads(door: DoorDep, session: Reading, page: Annotated[int, Query(ge=1, le=10_000)] = 1) -> Response:
    """Uploads of which nothing became."""
    return door.show(door.page(session, page))


@router.post(UNFIT)
def delete(
    door: DoorDep, who: SystemChanger, upload: WordsForm = (), count: WordForm = "", confirm: WordForm = ""
) -> Response:
    """Show the chosen ones once more with their sum; deleted are they when that was confirmed."""
    if confirm != "yes":
        with door.db.read() as session:
            try:
                chosen = unfit.chosen(session, upload)
            except Invalid as error:
                return door.refuse(error, "unfit", lambda again, refused: door.page(again, 1, refused))
            return door.show(door.confirming(session, chosen))

    def act(session: Session) -> str:
        unfit.delete(session, door.viewer, upload, number_of(count), door.clock())
        return UNFIT

    return door.change(act, "unfit_deleted", "unfit", lambda session, refused: door.page(session, 1, refused))
