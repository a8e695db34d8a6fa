"""Settings on pages, and how the site looks."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, File, Query, UploadFile
from starlette.responses import Response

from library.choices import actions, queries
from library.choices.rules import EMBLEM, EMBLEM_BYTES
from library.core.errors import Conflict, Invalid, NotFound
from server.slices.settings.desk import LOOKS, SETTINGS, DeskDep
from server.slices.settings.emblem import rewritten
from server.web.deps import InForceDep, Reading
from server.web.limits.fields import LineForm, LineQuery, WordQuery

router = APIRouter(include_in_schema=False)

_YEAR = {"cache-control": "public, max-age=31536000, immutable"}


@router.get(SETTINGS)
def settings(
    desk: DeskDep,
    session: Reading,
    changeable: WordQuery = "",
    q: LineQuery = "",
    open_at: Annotated[WordQuery, Query(alias="open")] = "",
) -> Response:
    """Every setting, with what it is for, what it is, and where that comes from; or those with some words."""
    return desk.show(desk.settings_page(session, only=bool(changeable), q=q, open_at=open_at))


@router.post(SETTINGS + "/{name}")
def choose(desk: DeskDep, name: str, value: LineForm = "") -> Response:
    """Change a setting while the program runs."""
    if name == EMBLEM:  # it is a picture, and has a door of its own
        raise NotFound
    try:
        changed = desk.choose({name: value})
    except (Invalid, Conflict) as error:
        return desk.refuse(error, name, desk.settings_page, {"value": value})
    return desk.answer(changed, f"{SETTINGS}?open={name}#{name}")


@router.post(SETTINGS + "/{name}/reset")
def reset(desk: DeskDep, name: str) -> Response:
    """Let a setting be what the machine's settings say."""
    return desk.answer(desk.choose({name: None}), f"{SETTINGS}?open={name}#{name}", "setting_reset")


@router.get(LOOKS)
def branding(desk: DeskDep, session: Reading) -> Response:
    """How the site looks."""
    return desk.show(desk.branding_page(session))


@router.post(LOOKS)
def look(
    desk: DeskDep,
    site_name: LineForm = "",
    site_short_name: LineForm = "",
    site_name_en: LineForm = "",
    accent: LineForm = "",
    accent_dark: LineForm = "",
) -> Response:
    """Change what the site is called, and its colours; nothing of it when something is refused."""
    typed = {
        "site_name": site_name,
        "site_short_name": site_short_name,
        "site_name_en": site_name_en,
        "accent": accent,
        "accent_dark": accent_dark,
    }
    wanted = {name: value for name, value in typed.items() if name not in desk.in_force.pinned}
    try:
        changed = desk.choose(wanted)
    except Invalid as error:
        return desk.refuse(error, "branding", desk.branding_page, typed)
    return desk.answer(changed, LOOKS)


@router.post(LOOKS + "/emblem")
def emblem(desk: DeskDep, file: Annotated[UploadFile | None, File()] = None) -> Response:
    """Give the site a picture of its own."""
    try:
        picture = rewritten(b"" if file is None else file.file.read(EMBLEM_BYTES + 1))
    except Invalid as error:
        return desk.refuse(error, "emblem", desk.branding_page)
    with desk.in_force.changing() as session:
        now = desk.clock()
        sha256 = actions.keep_emblem(session, picture, now)
        changed = actions.choose(session, desk.viewer.person_id, EMBLEM, sha256, now)
    return desk.answer(changed, LOOKS)


@router.post(LOOKS + "/emblem/remove")
def remove_emblem(desk: DeskDep) -> Response:
    """Show Weike's own picture again."""
    return desk.answer(desk.choose({EMBLEM: None}), LOOKS, "setting_reset")


@router.get("/brand/{name}.css")
def stylesheet(in_force: InForceDep, name: str) -> Response:
    """The site's colours, under the name of this very text."""
    brand = in_force.now.brand
    if brand.style_name != name:  # another process has been told a moment ago
        brand = in_force.look().brand
    if not brand.style_name or brand.style_name != name:
        raise NotFound
    return Response(brand.style, media_type="text/css; charset=utf-8", headers=_YEAR)


@router.get("/brand/{sha256}.png")
def picture(session: Reading, sha256: str) -> Response:
    """The site's picture, as we wrote it."""
    found = queries.emblem(session, sha256)
    if found is None:
        raise NotFound
    return Response(found, media_type="image/png", headers=_YEAR)
