"""Mail: one's own address, and a new password by a link that goes there."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.access import mail
from library.access.mail_rules import clean_address
from library.access.rules import Counted
from library.core.errors import Invalid, SignInNeeded, WeikeError
from library.people import queries as people
from server.slices.access.contexts import ConfirmMailPage, ForgottenPage, MailPage
from server.slices.access.door import DoorDep
from server.slices.access.letters import Letters
from server.web.deps import ClockDep, PagesDep, Reading, SettingsDep, SignedIn, WhoDep, Writing
from server.web.errors import headers_of, status_of
from server.web.limits.fields import LineForm
from server.web.pages import Pages, reason
from server.web.who import Who


async def _letters(pages: PagesDep, settings: SettingsDep) -> Letters:
    return Letters(pages.renderer, settings)


LettersDep = Annotated[Letters, Depends(_letters)]

router = APIRouter(include_in_schema=False)


def _page(
    request: Request,
    session: Session,
    who: Who,
    pages: Pages,
    typed: str = "",
    error: WeikeError | None = None,
) -> Response:
    person_id = str(who.viewer.person_id)
    row = mail.address_of(session, person_id)
    context = MailPage(
        frame=pages.frame(request, session, who),
        address=row.address if row else "",
        wanted=row.wanted if row else "",
        typed=typed,
        has_password=people.person(session, person_id).password_hash is not None,
        problem=reason(error) if error else None,
    )
    return pages.respond(request, who, context, status_of(error) if error else 200)


@router.get("/account/mail")
def mail_page(
    request: Request, session: Reading, who: SignedIn, pages: PagesDep, letters: LettersDep
) -> Response:
    """One's own address."""
    letters.check_sent()
    return _page(request, session, who, pages)


@router.post("/account/mail")
async def want_address(
    request: Request,
    who: SignedIn,
    door: DoorDep,
    letters: LettersDep,
    address: LineForm = "",
    old: LineForm = "",
) -> Response:
    """Have a letter sent to an address, which counts once its reader has opened the link."""
    letters.check_sent()
    person_id, here = str(who.viewer.person_id), who.sign_in_id or ""
    try:
        cleaned = clean_address(address)
        fitted = await door.fits_own(person_id, old)
        if fitted is None:
            raise Invalid("password_wrong", field="old_password")
        await door.write(
            lambda session: mail.want(
                session, person_id, fitted, cleaned, here, letters.confirm, door.clock()
            )
        )
    except SignInNeeded:
        raise
    except WeikeError as error:
        refused = error
        page = await door.read(lambda session: _page(request, session, who, door.pages, address, refused))
        page.headers.update(headers_of(refused))
        return page
    return door.pages.redirect("/account/mail", "mail_sent")


@router.post("/account/mail/remove")
def remove(session: Writing, who: SignedIn, pages: PagesDep, letters: LettersDep) -> Response:
    """Forget one's address."""
    letters.check_sent()
    mail.remove(session, str(who.viewer.person_id), who.viewer.person_id)
    return pages.redirect("/account/mail", "mail_removed")


@router.get("/account/mail/{token}")
def confirm_page(
    request: Request,
    session: Reading,
    who: WhoDep,
    pages: PagesDep,
    clock: ClockDep,
    letters: LettersDep,
    token: str,
) -> Response:
    """The link of a letter: mail programs open links by themselves, so a person must press the button."""
    letters.check_sent()
    person, address = mail.wanted_of(session, token, clock())
    frame = pages.frame(request, session, who)
    return pages.respond(
        request, who, ConfirmMailPage(frame=frame, token=token, name=person.name, address=address)
    )


@router.post("/account/mail/{token}")
def confirm(
    session: Writing, who: WhoDep, pages: PagesDep, clock: ClockDep, letters: LettersDep, token: str
) -> Response:
    """Take the address over."""
    letters.check_sent()
    mail.confirm(session, token, letters.changed, clock())
    return pages.redirect("/account/mail" if who.viewer.signed_in else "/sign-in", "mail_confirmed")


@router.get("/sign-in/forgotten")
def forgotten_page(
    request: Request, session: Reading, who: WhoDep, pages: PagesDep, letters: LettersDep
) -> Response:
    """Where whoever forgot their password says who they are."""
    letters.check_sent()
    return pages.respond(request, who, ForgottenPage(frame=pages.frame(request, session, who)))


@router.post("/sign-in/forgotten")
async def forgotten(
    request: Request, who: WhoDep, door: DoorDep, letters: LettersDep, username: LineForm = ""
) -> Response:
    """Have a link sent, if there is such an account with an address; the answer is the same if not."""
    letters.check_sent()
    try:
        if not username.strip():
            raise Invalid("empty", field="username")
        await door.counted(Counted.FORGOTTEN)
        await door.write(lambda session: mail.ask_reset(session, username, letters.reset, door.clock()))
    except WeikeError as error:
        refused = error

        def again(session: Session) -> Response:
            context = ForgottenPage(
                frame=door.pages.frame(request, session, who), username=username, problem=reason(refused)
            )
            return door.pages.respond(request, who, context, status_of(refused))

        page = await door.read(again)
        page.headers.update(headers_of(refused))
        return page
    return door.pages.redirect("/sign-in", "mail_reset_sent")
