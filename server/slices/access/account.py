"""One's own account: password, API tokens, browsers that are signed in."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.access import actions as access
from library.access import queries as access_queries
from library.access import tokens as access_tokens
from library.access.coming_in.starting import resets_of
from library.access.rules import TOKEN_DAYS, TokenScope
from library.core.clock import Clock
from library.core.errors import Invalid, SignInNeeded, WeikeError
from library.core.rights import Act, somewhere
from library.people import queries
from library.people.rules import check_password
from library.people.sign_in_names import rows_of
from server.settings import Settings
from server.slices.access.contexts import AccountPage, DeviceRow, ResetRow, TokenRow
from server.slices.access.door import DoorDep
from server.slices.access.ways import Ways, WaysDep
from server.web.deps import ClockDep, DatabaseDep, PagesDep, Reading, SettingsDep, SignedIn, Writing
from server.web.errors import headers_of, status_of
from server.web.limits.fields import LineForm, WordForm
from server.web.pages import Pages, reason
from server.web.parts import HeldRole, RefusedForm
from server.web.shown.recognition import speech_choice_part
from server.web.who import SESSION_COOKIE, Who

router = APIRouter(include_in_schema=False)

_RESETS_TOLD = timedelta(days=90)
"""For so long the account says who let one choose a new password."""


def _account(
    request: Request,
    session: Session,
    who: Who,
    pages: Pages,
    clock: Clock,
    ways: Ways,
    settings: Settings,
    *,
    new_token: str | None = None,
    refused: RefusedForm | None = None,
    status: int = 200,
) -> Response:
    person_id, now = str(who.viewer.person_id), clock()
    row = queries.person_row(session, person_id)
    tokens = access_queries.tokens_of(session, person_id)
    devices = access_queries.sign_ins_of(session, person_id, now)
    context = AccountPage(
        frame=pages.frame(request, session, who),
        roles=tuple(HeldRole(role=r, node_id=b, branch=n) for r, b, n in row.roles),
        tokens=tuple(
            TokenRow(
                id=t.id,
                label=t.name,
                scope=t.scope,
                created_at=t.created_at,
                expires_at=t.expires_at,
                over=t.expires_at <= now,
                last_used_at=t.used_at,
            )
            for t in tokens
        ),
        devices=tuple(
            DeviceRow(
                id=d.id,
                agent=d.device,
                since=d.created_at,
                last_seen_at=d.seen_at,
                this_one=d.id == who.sign_in_id,
                network=d.network,
            )
            for d in devices
        ),
        names=tuple((one.kind, one.key) for one in rows_of(session, [person_id])),
        resets=tuple(
            ResetRow(made_at=one.made_at, by=one.by, used_at=one.used_at)
            for one in resets_of(session, person_id, now - _RESETS_TOLD)
        ),
        new_token=new_token,
        second_factor=ways.second_factor_of(session, person_id),
        links=ways.links_of(session, person_id, who.language),
        has_password=ways.has_password(session, person_id),
        mail=ways.mail_of(session, person_id),
        speech=speech_choice_part(session, settings, person_id)
        if somewhere(who.viewer, Act.LESSON_MAKE)
        else None,
        refused=refused,
    )
    return pages.respond(request, who, context, status)


@router.get("/account")
def account(
    request: Request,
    session: Reading,
    who: SignedIn,
    pages: PagesDep,
    clock: ClockDep,
    ways: WaysDep,
    settings: SettingsDep,
) -> Response:
    """One's own account."""
    return _account(request, session, who, pages, clock, ways, settings)


@router.post("/account/password")
async def password(
    request: Request,
    who: SignedIn,
    door: DoorDep,
    ways: WaysDep,
    settings: SettingsDep,
    old: LineForm = "",
    password: LineForm = "",
    again: LineForm = "",
) -> Response:
    """Change one's password; other browsers are signed out, tokens and links end."""
    person_id, here = str(who.viewer.person_id), who.sign_in_id or ""
    try:
        if password != again:
            raise Invalid("passwords_differ", field="again")
        username = await door.read(lambda session: queries.person(session, person_id).username)
        check_password(password, username)
        fitted = await door.fits_own(person_id, old)
        if fitted is None:
            raise Invalid("password_wrong", field="old_password")
        new = await door.hashed(password)
        await door.write(lambda session: access.change_password(session, person_id, fitted, new, here))
    except SignInNeeded:
        raise
    except WeikeError as error:
        # Passwords are never sent back.
        refused = RefusedForm(form="password", typed={}, reason=reason(error))
        status = status_of(error)

        def back(session: Session) -> Response:
            return _account(
                request, session, who, door.pages, door.clock, ways, settings, refused=refused, status=status
            )

        page = await door.read(back)
        page.headers.update(headers_of(error))
        return page
    answer = door.pages.redirect("/account", "password_changed")
    door.remember(answer, person_id)
    return answer


@router.post("/account/tokens")
def make_token(
    request: Request,
    who: SignedIn,
    pages: PagesDep,
    clock: ClockDep,
    db: DatabaseDep,
    ways: WaysDep,
    settings: SettingsDep,
    label: LineForm = "",
    scope: WordForm = TokenScope.READ,
    days: WordForm = str(TOKEN_DAYS[1]),
) -> Response:
    """Make an API token, shown this once."""
    refused, secret = None, None
    try:
        if scope not in tuple(TokenScope):
            raise Invalid("unknown_choice", field="scope")
        if days not in {str(n) for n in TOKEN_DAYS}:
            raise Invalid("unknown_choice", field="days")
        with db.write() as session:
            person_id, here = str(who.viewer.person_id), who.sign_in_id or ""
            _token, secret = access_tokens.make_token(
                session, person_id, here, label, TokenScope(scope), int(days), clock()
            )
    except Invalid as error:
        typed = {"label": label, "scope": scope, "days": days}
        refused = RefusedForm(form="tokens", typed=typed, reason=reason(error))
    with db.read() as session:
        status = 422 if refused else 200
        return _account(
            request,
            session,
            who,
            pages,
            clock,
            ways,
            settings,
            new_token=secret,
            refused=refused,
            status=status,
        )


@router.post("/account/tokens/{token_id}/revoke")
def revoke_token(session: Writing, who: SignedIn, pages: PagesDep, token_id: str) -> Response:
    """Make one of one's own tokens worthless."""
    access_tokens.drop_token(session, str(who.viewer.person_id), token_id, who.viewer.person_id)
    return pages.redirect("/account", "token_revoked")


@router.post("/account/sign-out-others")
def sign_out_others(session: Writing, who: SignedIn, pages: PagesDep) -> Response:
    """Sign all other browsers out."""
    access.close_other_sign_ins(session, str(who.viewer.person_id), who.sign_in_id or "")
    return pages.redirect("/account", "others_signed_out")


@router.post("/account/devices/{sign_in_id}/sign-out")
def sign_out_one(session: Writing, who: SignedIn, pages: PagesDep, sign_in_id: str) -> Response:
    """Sign one of one's other browsers out."""
    access.close_sign_in_of(session, str(who.viewer.person_id), sign_in_id)
    return pages.redirect("/account", "device_signed_out")


@router.post("/account/sign-out-everywhere")
def sign_out_everywhere(session: Writing, who: SignedIn, pages: PagesDep) -> Response:
    """Sign all browsers out, this one too, and end all tokens and links."""
    access.sign_out_everywhere(session, who.viewer, str(who.viewer.person_id))
    answer = pages.redirect("/sign-in", "signed_out_everywhere")
    pages.forget_cookie(answer, SESSION_COOKIE)
    return answer
