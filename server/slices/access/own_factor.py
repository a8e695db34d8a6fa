"""One's own second factor: set up, new recovery codes, taken off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.access import entering, second_factor
from library.access import second_factor_queries as queries
from library.access.second_factor_rules import SecondFactorPolicy, is_required
from library.core.errors import Conflict, Invalid, NotFound, SignInNeeded, WeikeError
from library.people import queries as people
from server.slices.access.contexts import SecondFactorPage
from server.slices.access.door import Door, DoorDep
from server.slices.access.factor_pages import pending_factor
from server.web.deps import AddressDep, SealingDep, SignedIn
from server.web.errors import headers_of, status_of
from server.web.limits.fields import LineForm
from server.web.pages import reason
from server.web.parts import RefusedForm
from server.web.who import Who

router = APIRouter(include_in_schema=False)

AT = "/account/second-factor"


class Desk:
    """The page of one's own second factor, and what is asked before it changes."""

    def __init__(
        self, request: Request, who: SignedIn, door: DoorDep, sealing: SealingDep, site: AddressDep
    ) -> None:
        self.request, self.who, self._door, self.sealing, self.site = request, who, door, sealing, site
        self.person_id = str(who.viewer.person_id)
        self.required = is_required(door.policy, who.viewer)

    @property
    def door(self) -> Door:
        """The door; raises NotFound where the settings offer no second factor.

        Not before the route is entered: a field that is too long is told first, as everywhere.
        """
        if self._door.policy is SecondFactorPolicy.OFF:
            raise NotFound
        return self._door

    async def page(
        self,
        *,
        codes: Sequence[str] = (),
        refused: RefusedForm | None = None,
        status: int = 200,
        who: Who | None = None,
    ) -> Response:
        """Return the page; what it shows is kept by no browser."""

        def show(session: Session) -> Response:
            person = people.person(session, self.person_id)
            factor = queries.factor_of(session, self.person_id)
            secret = queries.pending_secret(session, self.sealing, self.person_id, self.door.clock())
            asks = who or self.who
            context = SecondFactorPage(
                frame=self.door.pages.frame(self.request, session, asks),
                at=AT,
                required=self.required,
                has_password=bool(person.password_hash),
                next="/account",
                since=factor.confirmed_at if factor is not None else None,
                codes_left=factor.codes_left if factor is not None else 0,
                pending=pending_factor(secret, person.username, self.site) if secret else None,
                codes=tuple(codes),
                refused=refused,
            )
            return self.door.pages.respond(self.request, asks, context, status)

        answer = await self.door.read(show)
        answer.headers["cache-control"] = "no-store"
        return answer

    async def refused(self, form: str, error: WeikeError) -> Response:
        """Return the page with why a form was not taken; codes and passwords are never sent back."""
        refused = RefusedForm(form=form, typed={}, reason=reason(error))
        answer = await self.page(refused=refused, status=status_of(error))
        answer.headers.update(headers_of(error))
        return answer

    async def check(self, code: str) -> None:
        """Raise Invalid unless a code is right; who sits at a browser that was left open has none."""
        if not await self.door.shows_second(self.person_id, self.sealing, code):
            raise Invalid("second_factor_wrong", field="code")


DeskDep = Annotated[Desk, Depends()]


@router.get(AT)
async def look(desk: DeskDep) -> Response:
    """Whether one has a second factor, and how to get one."""
    return await desk.page()


@router.post(f"{AT}/begin")
async def begin(desk: DeskDep, old: LineForm = "") -> Response:
    """Make a secret for a phone to learn, once the password was said."""
    door = desk.door
    try:
        kept = await door.read(lambda session: people.person(session, desk.person_id).password_hash)
        if kept and await door.fits_own(desk.person_id, old) is None:
            raise Invalid("password_wrong", field="old_password")
        await door.write(
            lambda session: second_factor.begin(session, desk.sealing, desk.person_id, door.clock())
        )
    except WeikeError as error:
        return await desk.refused("begin", error)
    return door.pages.redirect(AT)


@router.post(f"{AT}/confirm")
async def confirm(desk: DeskDep, code: LineForm = "") -> Response:
    """Show that the phone has learnt it; this browser gets another session, all others end."""
    door, here = desk.door, desk.who.sign_in_id or ""
    try:
        fresh, codes = await door.write(
            lambda session: entering.confirm_here(
                session, desk.sealing, desk.person_id, here, code, door.device, door.clock()
            )
        )
    except SignInNeeded:
        raise
    except WeikeError as error:
        return await desk.refused("confirm", error)
    now = await door.read(lambda session: door.as_signed_in(session, desk.who, desk.person_id, fresh))
    answer = await desk.page(codes=codes, who=now)
    door.let_in(answer, desk.person_id, fresh)
    return answer


@router.post(f"{AT}/codes")
async def codes(desk: DeskDep, code: LineForm = "") -> Response:
    """Make ten new recovery codes."""
    door = desk.door
    try:
        await desk.check(code)
    except WeikeError as error:
        return await desk.refused("codes", error)
    made = await door.write(lambda session: second_factor.renew_codes(session, desk.person_id, door.clock()))
    return await desk.page(codes=made)


@router.post(f"{AT}/off")
async def off(desk: DeskDep, code: LineForm = "") -> Response:
    """Take one's second factor off, where the settings do not oblige one to it."""
    door = desk.door
    try:
        if desk.required:
            raise Conflict("second_factor_required")
        await desk.check(code)
        await door.write(lambda session: second_factor.turn_off(session, desk.person_id, desk.person_id))
    except WeikeError as error:
        return await desk.refused("off", error)
    return door.pages.redirect("/account", "second_factor_off")
