"""The second step of signing in: a code, or setting a second factor up where it is obligatory.

A browser that is here has shown a first proof. Its half session (server.web.who.HALF_COOKIE) opens these
routes and nothing else.
"""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import APIRouter, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.access import entering, second_factor
from library.access.second_factor_queries import Half, pending_secret
from library.access.second_factor_rules import Missing
from library.core.errors import Conflict, Invalid, SignInNeeded, WeikeError
from server.slices.access.contexts import SecondFactorPage, SecondStepPage
from server.slices.access.door import Door, DoorDep
from server.slices.access.factor_pages import pending_factor
from server.web.deps import AddressDep, SealingDep, WhoDep
from server.web.errors import headers_of, status_of
from server.web.limits.fields import LineForm, LineQuery
from server.web.pages import reason, safe_next
from server.web.parts import RefusedForm
from server.web.who import Who

router = APIRouter(include_in_schema=False)

AT = "/sign-in/second"


@router.get(AT)
async def second_step(
    request: Request, who: WhoDep, door: DoorDep, sealing: SealingDep, site: AddressDep, next: LineQuery = "/"
) -> Response:
    """Ask for what is missing."""
    half = await door.half()
    if half is None:
        return _over(door, who, next)

    def show(session: Session) -> Response:
        if half.missing is Missing.CODE:
            frame = door.pages.frame(request, session, who)
            context = SecondStepPage(frame=frame, name=half.name, next=safe_next(next))
            return door.pages.respond(request, who, context)
        return door.pages.respond(
            request, who, _set_up(request, session, who, door, half, sealing, site, next)
        )

    return await door.read(show)


@router.post(AT)
async def with_code(
    request: Request,
    who: WhoDep,
    door: DoorDep,
    sealing: SealingDep,
    code: LineForm = "",
    next: LineForm = "/",
) -> Response:
    """Come in with a code of the phone, or a recovery code."""
    half = await door.half()
    if half is None or half.missing is not Missing.CODE:
        return _over(door, who, next)
    failed: WeikeError = Invalid("second_factor_wrong", field="code")
    try:
        fresh = await door.finish(half, sealing, code)
    except SignInNeeded:
        return _over(door, who, next)
    except WeikeError as error:
        failed, fresh = error, None
    if fresh is not None:
        return door.entered(half.person_id, fresh, next, "signed_in")

    def again(session: Session) -> Response:
        frame = door.pages.frame(request, session, who)
        context = SecondStepPage(frame=frame, name=half.name, next=safe_next(next), problem=reason(failed))
        return door.pages.respond(request, who, context, status_of(failed))

    refused = await door.read(again)
    refused.headers.update(headers_of(failed))
    return refused


@router.post(f"{AT}/begin")
async def begin(who: WhoDep, door: DoorDep, sealing: SealingDep, next: LineForm = "/") -> Response:
    """Make a secret for a phone to learn."""
    half = await door.half()
    if half is None or half.missing is not Missing.SET_UP:
        return _over(door, who, next)
    await door.write(lambda session: second_factor.begin(session, sealing, half.person_id, door.clock()))
    return door.pages.redirect(f"{AT}?{urlencode({'next': safe_next(next)})}")


@router.post(f"{AT}/confirm")
async def confirm(
    request: Request,
    who: WhoDep,
    door: DoorDep,
    sealing: SealingDep,
    site: AddressDep,
    code: LineForm = "",
    next: LineForm = "/",
) -> Response:
    """Show that the phone has learnt it, and come in; recovery codes are shown this once."""
    half = await door.half()
    if half is None or half.missing is not Missing.SET_UP:
        return _over(door, who, next)
    try:
        fresh, codes = await door.write(
            lambda session: entering.enter_with_set_up(
                session, sealing, half, code, door.device, door.clock()
            )
        )
    except SignInNeeded:
        return _over(door, who, next)
    except (Invalid, Conflict) as error:
        refused = RefusedForm(form="confirm", typed={}, reason=reason(error))
        status = status_of(error)

        def back(session: Session) -> Response:
            page = _set_up(request, session, who, door, half, sealing, site, next, refused)
            return door.pages.respond(request, who, page, status)

        return await door.read(back)

    def shown(session: Session) -> Response:
        now = door.as_signed_in(session, who, half.person_id, fresh)
        page = SecondFactorPage(
            frame=door.pages.frame(request, session, now),
            at=AT,
            forced=True,
            next=safe_next(next),
            codes=codes,
        )
        return door.pages.respond(request, now, page)

    answer = await door.read(shown)
    answer.headers["cache-control"] = "no-store"
    door.let_in(answer, half.person_id, fresh)
    return answer


def _set_up(
    request: Request,
    session: Session,
    who: Who,
    door: Door,
    half: Half,
    sealing: SealingDep,
    site: str,
    next: str,
    refused: RefusedForm | None = None,
) -> SecondFactorPage:
    secret = pending_secret(session, sealing, half.person_id, door.clock())
    return SecondFactorPage(
        frame=door.pages.frame(request, session, who),
        at=AT,
        forced=True,
        required=True,
        next=safe_next(next),
        pending=pending_factor(secret, half.username, site) if secret else None,
        refused=refused,
    )


def _over(door: Door, who: Who, next: str) -> Response:
    """Lead back to the beginning whose half session is over, and on whoever is in already."""
    if who.viewer.signed_in:
        return door.pages.redirect(safe_next(next))
    return door.pages.redirect(f"/sign-in?{urlencode({'next': safe_next(next)})}", "half_over", kind="notice")
