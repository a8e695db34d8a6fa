"""What a browser keeps: its page, the worker that keeps it, and the description of the application."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from sqlalchemy.orm import Session
from starlette.responses import JSONResponse, Response

from library.catalog import queries as catalog
from library.catalog.offline_rules import KEPT_FOR, may_keep
from library.choices import queries as choices_made
from library.core.errors import NotFound
from library.core.permits import Viewer
from library.intake.files.downloads import choices
from server.slices.offline.contexts import KeepClip, OfflinePage
from server.slices.offline.icons import KINDS, OWN, drawn
from server.web.deps import AssetsDep, PagesDep, Reading, SettingsDep, WhoDep
from server.web.files.assets import Assets
from server.web.language.i18n import LANGUAGES, N_
from server.web.limits.fields import WordQuery
from server.web.pages import ACCOUNT_HEADER, Pages, account_name
from server.web.who import nobody

router = APIRouter(include_in_schema=False)

MOST_PAGES = 40
"""Pages that a browser keeps, the latest."""
MOST_ASKED = 100
IdsQuery = Annotated[str, Query(max_length=20 * MOST_ASKED)]
_WORKER = Path(__file__).with_name("worker.js")


@router.get("/offline")
def offline(
    request: Request,
    session: Reading,
    who: WhoDep,
    pages: PagesDep,
    settings: SettingsDep,
    clip: WordQuery = "",
    bare: bool = False,
) -> Response:
    """What is kept on this device, and the clip that somebody wants to keep."""
    on = settings.offline
    if bare:
        # What is kept is for whoever opens it later: it names nobody, and its forms are nobody's.
        blank = nobody(request)
        context = OfflinePage(
            frame=pages.bare_frame(request, blank),
            bare=True,
            enabled=on,
            kept_days=KEPT_FOR.days,
            most_pages=MOST_PAGES,
        )
        return pages.respond(request, blank, context)
    wanted = _wanted(session, who.viewer, clip) if clip and on and settings.downloads else None
    context = OfflinePage(
        frame=pages.frame(request, session, who),
        kept_days=KEPT_FOR.days,
        most_pages=MOST_PAGES,
        enabled=on,
        clip=wanted,
        refused=bool(clip) and wanted is None,
    )
    return pages.respond(request, who, context)


def _wanted(session: Session, viewer: Viewer, clip_id: str) -> KeepClip | None:
    """Return a clip that may be kept, None for one that may not; raises as `catalog.clip_for`."""
    clip = catalog.clip_for(session, viewer, clip_id)
    lesson = catalog.lesson(session, clip.lesson_id)
    if clip.plan is None or not may_keep(lesson.state, lesson.audience):
        return None
    return KeepClip(
        id=clip.id,
        title=f"{lesson.title} {clip.title}".strip()
        if len(lesson.clips) == 1
        else f"{lesson.title} · {clip.n}",
        duration_s=clip.duration_s or clip.end_s - clip.start_s,
        choices=tuple(reversed(choices(clip.sizes))),
    )


@router.get("/offline/still")
def still(session: Reading, who: WhoDep, settings: SettingsDep, ids: IdsQuery = "") -> Response:
    """Which of some kept clips may stay: the others are taken away."""
    asked = ids.split(",")[:MOST_ASKED] if settings.offline and settings.downloads else []
    kept = sorted(catalog.clips_to_keep(session, who.viewer, set(asked)))
    headers = {"cache-control": "no-store", ACCOUNT_HEADER: account_name(who.viewer)}
    return JSONResponse({"stay": kept}, headers=headers)


@router.get("/app.webmanifest")
def manifest(pages: PagesDep, assets: AssetsDep, who: WhoDep) -> Response:
    """What the application is called that a phone installs, and how it begins."""
    say = pages.renderer.catalogue(who.language).translations.gettext
    site = pages.renderer.looks(who.language)
    shown = [
        {"src": f"{site.icons_url}/{name}.png", "sizes": f"{one.side}x{one.side}", "type": "image/png"}
        | {"purpose": one.purpose}
        for name, one in KINDS.items()
        if one.purpose
    ]
    if not site.emblem_url:
        drawing = {"src": pages.at(assets.url("icon.svg")), "sizes": "any", "type": "image/svg+xml"}
        shown.insert(0, {**drawing, "purpose": "any"})
    told: dict[str, Any] = {
        "id": pages.at("/"),
        "name": site.name,
        "short_name": site.short_name,
        "lang": who.language,
        "start_url": pages.at("/"),
        "scope": pages.at("/"),
        "display": "standalone",
        "background_color": "#fbf8f4",
        "theme_color": "#a5231c",
        "icons": shown,
        "shortcuts": [
            {"name": say(N_("刷课")), "url": pages.at("/feed")},
            {"name": say(N_("离线")), "url": pages.at("/offline")},
        ],
    }
    return JSONResponse(
        told, media_type="application/manifest+json", headers={"cache-control": "private, no-cache"}
    )


@router.get("/app-icon/{mark}/{name}.png")
def icon(session: Reading, mark: str, name: str) -> Response:
    """The application's picture: of the site's emblem `mark`, or Weike's own."""
    if name not in KINDS:
        raise NotFound
    emblem = choices_made.emblem(session, mark) if mark != OWN else None
    if emblem is None and mark != OWN:
        raise NotFound
    year = {"cache-control": "public, max-age=31536000, immutable"}
    return Response(drawn(name, emblem), media_type="image/png", headers=year)


def _shell(pages: Pages, assets: Assets) -> list[str]:
    """Return what is kept beside the pages, each once (a browser refuses what comes twice)."""
    names = ("style.css", "app.js", "kept.js", "kept.css", "icon.svg")
    files = [assets.url(name) for name in names]
    files += [url for name in ("app.js", "kept.js") for url in assets.imported(name)]
    return [pages.at(one) for one in ("/offline?bare=true", *dict.fromkeys(files))]


@router.get("/offline/worker-part.js")
def worker(pages: PagesDep, assets: AssetsDep, settings: SettingsDep) -> Response:
    """The part of the worker that keeps pages (the worker itself is the one that shows what is pushed)."""
    files = sorted(assets.files.values())
    told = {
        "site": settings.prefix,
        # Another deploy has other files: then the worker is another one, and what the old one kept goes.
        "version": sha256("\n".join(files).encode() + _WORKER.read_bytes()).hexdigest()[:12],
        "on": settings.offline,
        "most": MOST_PAGES,
        "shell": _shell(pages, assets),
        "words": {
            language: pages.renderer.catalogue(language).translations.gettext(
                N_("没有网络。这是 %(when)s 存下的一页，可能已经不是最新的。")
            )
            for language in LANGUAGES
        },
    }
    script = f"const TOLD = {json.dumps(told, ensure_ascii=False)};\n{_WORKER.read_text(encoding='utf-8')}"
    return Response(
        script, media_type="text/javascript; charset=utf-8", headers={"cache-control": "no-cache"}
    )
