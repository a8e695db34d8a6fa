"""Browsers that are told of notices by push: begun, ended, and the script that shows what comes."""

from __future__ import annotations

import json

from cryptography.exceptions import InvalidKey
from fastapi import APIRouter
from pydantic import BaseModel
from starlette.responses import Response

from library.core.errors import Invalid, NotFound
from library.notices import pushing
from library.notices.pushing import Browser
from server.push_service import To, encrypted
from server.slices.notices.words import WORDS
from server.web.deps import ClockDep, PagesDep, PushDep, SettingsDep, SignedIn, Writing
from server.web.language.i18n import LANGUAGES, N_
from server.web.limits.fields import LineText, WordText

router = APIRouter(include_in_schema=False)

_SCRIPT = """// A site has one worker: it also keeps pages, which is told in a part of its own.
importScripts(%(offline)s);
// Shows what is pushed: of what kind it is, and nothing more. Opening it leads to the notices.
const words = %(words)s;
const site = %(site)s;
const said = words[(self.navigator.language || 'zh').startsWith('zh') ? 'zh-CN' : 'en'];
self.addEventListener('push', (event) => {
  let kind = '';
  try { kind = event.data.json().kind; } catch { /* not ours: the plain words below */ }
  const told = self.registration.showNotification(said.title, { body: said[kind] || said.other, tag: kind });
  event.waitUntil(told);
});
self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(`${site}/notices`));
});
"""


class BrowserIn(BaseModel):
    """A browser as `PushSubscription.toJSON()` describes it."""

    endpoint: LineText
    p256dh: WordText
    auth: WordText


class EndpointIn(BaseModel):
    """Which browser is meant."""

    endpoint: LineText


@router.post("/notices/push", status_code=204)
def begin(session: Writing, who: SignedIn, clock: ClockDep, service: PushDep, body: BrowserIn) -> Response:
    """Tell a browser from now on."""
    if service is None:
        raise NotFound
    if not service.accepts(body.endpoint):
        raise Invalid("push_service_unknown")
    try:
        encrypted(b"", To(body.endpoint, body.p256dh, body.auth))
    except (ValueError, InvalidKey):
        raise Invalid("push_keys") from None
    browser = Browser(body.endpoint, body.p256dh, body.auth)
    pushing.subscribe(session, str(who.viewer.person_id), browser, clock())
    return Response(status_code=204)


@router.post("/notices/push/end", status_code=204)
def end(session: Writing, who: SignedIn, body: EndpointIn) -> Response:
    """Tell a browser no more."""
    pushing.end(session, str(who.viewer.person_id), body.endpoint)
    return Response(status_code=204)


@router.post("/notices/push/end-all")
def end_all(session: Writing, who: SignedIn, pages: PagesDep) -> Response:
    """Tell none of somebody's browsers any more."""
    pushing.end(session, str(who.viewer.person_id))
    return pages.redirect("/notices/choices", "push_ended")


@router.get("/push-worker.js")
def worker(pages: PagesDep, settings: SettingsDep) -> Response:
    """The script that a browser runs when something was pushed to it."""
    words = {}
    for language in LANGUAGES:
        say = pages.renderer.catalogue(language).translations.gettext
        kinds = {kind: say(word) for kind, word in WORDS["notice_kind"].items()}
        words[language] = {**kinds, "title": pages.renderer.site_name(language), "other": say(N_("有新消息"))}
    script = _SCRIPT % {
        "words": json.dumps(words, ensure_ascii=False),
        "site": json.dumps(settings.prefix),
        "offline": json.dumps(pages.at("/offline/worker-part.js")),
    }
    headers = {"cache-control": "no-cache", "service-worker-allowed": f"{settings.prefix}/"}
    return Response(script, media_type="text/javascript; charset=utf-8", headers=headers)
