"""Pages: the frame around them, the way back with a word of what was done, and lists of lessons as cards."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from urllib.parse import quote, urlencode, urlsplit

from fastapi import Request
from sqlalchemy.orm import Session
from starlette.responses import HTMLResponse, RedirectResponse, Response

from library.access.rules import SIGN_IN_DAYS
from library.catalog import queries as catalog
from library.catalog.permits import LessonState, media_audience
from library.catalog.tables import Clip, Lesson
from library.core.paging import Page
from library.core.permits import NOBODY, Role, Viewer
from library.plays.view_counts import ViewCounts
from server.delivery.signing import media_expiry
from server.settings import Settings
from server.web.deps import SESSION_COOKIE, VISITOR_COOKIE, Who
from server.web.i18n import negotiate
from server.web.navigation import NavigationEntry, navigation_for
from server.web.parts import (
    ClipCard,
    Context,
    CountingRule,
    Flash,
    Frame,
    Language,
    LessonCard,
    LessonRef,
    Pager,
    Reason,
    SignedInPerson,
)
from server.web.sharing import Share, share
from server.web.templating import CONTENT_SECURITY_POLICY, Renderer
from server.web.words import Explained
from server.wiring import Ports

FLASH_COOKIE = "weike_flash"
_YEAR_S = 365 * 24 * 3600


class Pages:
    """Renders contexts; knows the ports only to sign addresses and to read settings."""

    def __init__(
        self, renderer: Renderer, navigation: Sequence[NavigationEntry], ports: Ports, counts: ViewCounts
    ) -> None:
        """`navigation`: the entries of all slices, in their order."""
        self.renderer, self._navigation, self._ports, self._counts = renderer, navigation, ports, counts
        self._secure = ports.settings.base_url.startswith("https://")

    # ------------------------------------------------------------------ the frame

    def nobody(self, request: Request) -> Who:
        """Return somebody without name or cookie, for answers to those who could not be identified."""
        return Who(NOBODY, negotiate(None, request.headers.get("accept-language")), "", "", False, None, True)

    def frame(
        self, request: Request, who: Who, *, query: str = "", numbers: Mapping[str, int] | None = None
    ) -> Frame:
        """Return what stands around every page.

        `numbers` are those of entries of the navigation, by url, that a route has counted already.
        """
        viewer = who.viewer
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        known = numbers or {}

        def number_of(entry: NavigationEntry) -> int:
            return known[entry.url] if entry.url in known else self._count(entry, viewer)

        return Frame(
            csrf=who.csrf,
            language=who.language,
            path=path if request.method == "GET" else "/",
            viewer=signed_in_person(viewer),
            navigation=navigation_for(viewer, self._navigation, number_of),
            flashes=self._flashes(request, who.language),
            query=query,
        )

    def _count(self, entry: NavigationEntry, viewer: Viewer) -> int:
        if entry.number is None:
            return 0
        with self._ports.db.read() as session:
            return entry.number(session, viewer)

    def _flashes(self, request: Request, language: Language) -> tuple[Flash, ...]:
        """Read the word left for this page; only codes we know are shown, whatever the cookie says."""
        try:
            kind, code = json.loads(base64.urlsafe_b64decode(request.cookies.get(FLASH_COOKIE, "")))
        except ValueError:
            return ()
        known = kind in ("done", "notice", "problem") and self.renderer.has_sentence(code, language)
        return (Flash(kind=kind, code=code),) if known else ()

    def respond(self, request: Request, who: Who, context: Context, status: int = 200) -> Response:
        """Return a page."""
        answer = HTMLResponse(self.renderer.render(context), status)
        answer.headers["content-security-policy"] = CONTENT_SECURITY_POLICY
        # Pages say what this viewer may see: no cache between us may keep them.
        answer.headers["cache-control"] = "private, no-cache"
        if who.fresh_visitor:
            self.set_cookie(answer, VISITOR_COOKIE, who.visitor, _YEAR_S)
        if who.renew:
            self.set_session(answer, who.renew, SIGN_IN_DAYS * 24 * 3600)
        if FLASH_COOKIE in request.cookies:
            answer.delete_cookie(FLASH_COOKIE)
        return answer

    def set_cookie(self, answer: Response, name: str, value: str, life_s: int) -> None:
        """Set a cookie that scripts cannot read and other sites do not send."""
        answer.set_cookie(
            name, value, max_age=life_s, httponly=True, samesite="lax", secure=self._secure, path="/"
        )

    def set_session(self, answer: Response, cookie: str, life_s: int) -> None:
        """Set the cookie of a signed-in browser."""
        self.set_cookie(answer, SESSION_COOKIE, cookie, life_s)

    def redirect(self, url: str, done: str | None = None, *, kind: str = "done") -> Response:
        """Send the browser on (303), with a word of what was done shown on the next page."""
        answer = RedirectResponse(url, 303)
        if done is not None:
            value = base64.urlsafe_b64encode(json.dumps([kind, done]).encode()).decode()
            self.set_cookie(answer, FLASH_COOKIE, value, 60)
        return answer

    def sign_in_url(self, request: Request) -> str:
        """Return the sign-in page's address with the way back."""
        back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return f"/sign-in?next={quote(back)}"

    def explain_reason(self, code: str, args: Mapping[str, object] | None, language: Language) -> Explained:
        """Return a stored reason in words."""
        return self.renderer.explain(Reason(code=code, args=args or {}), language)

    @property
    def rule(self) -> CountingRule:
        """The counting rule as pages print it: the settings themselves."""
        return counting_rule(self._ports.settings)

    # ------------------------------------------------------------------ lessons and clips

    def media_url(self, lesson: Lesson, clip: Clip, file: str, plan: str | None = None) -> str:
        """Return a signed address of a file of a clip that plays; `plan`: of another folder than its own."""
        expires = media_expiry(self._ports.clock(), self._ports.settings.media_life_s)
        its = catalog.facts(lesson)
        audience = media_audience(its.state, its.audience)
        return self._ports.signer.path(clip.id, plan or clip.plan or "", file, audience, expires)

    def share(self, lesson: Lesson, path: str) -> Share | None:
        """Return how to hand on a page of a lesson, None while the lesson is not published."""
        if lesson.state is not LessonState.PUBLISHED:
            return None
        return share(self._ports.settings.base_url, path)

    def poster_url(self, lesson: Lesson, clip: Clip | None) -> str | None:
        """Return the address of a clip's picture, None when it has none."""
        return (
            self.media_url(lesson, clip, clip.poster)
            if clip is not None and clip.plan and clip.poster
            else None
        )

    def card(self, lesson: Lesson, views: int) -> LessonCard:
        """Return a lesson as lists show it."""
        first = next((clip for clip in lesson.clips if clip.plan), None)
        return LessonCard(
            id=lesson.id,
            title=lesson.title,
            lecturer=lesson.lecturer.name if lesson.lecturer else None,
            date=lesson.taught_on,
            topics=tuple(link.topic.name for link in lesson.topics),
            duration_s=lesson.duration_s,
            clip_count=len(lesson.clips),
            views=views,
            kind=lesson.kind,
            state=lesson.state,
            audience=lesson.audience,
            poster_url=self.poster_url(lesson, first),
        )

    def cards(self, session: Session, lessons: Sequence[Lesson]) -> tuple[LessonCard, ...]:
        """Return lessons as lists show them, with their counted views."""
        views = self._counts.of_lessons(session, [lesson.id for lesson in lessons])
        return tuple(self.card(lesson, views.get(lesson.id, 0)) for lesson in lessons)

    def other_years(
        self, session: Session, viewer: Viewer, lessons: Sequence[Lesson]
    ) -> tuple[LessonCard, ...]:
        """Return lessons of the same topics in other years, without their views."""
        return tuple(self.card(other, 0) for other in catalog.same_topic(session, viewer, lessons))

    def clip_cards(self, session: Session, lesson: Lesson) -> tuple[ClipCard, ...]:
        """Return a lesson's clips in order."""
        views = self._counts.of_lesson(session, lesson.id)
        words = catalog.first_words_of(session, lesson)
        return tuple(
            ClipCard(
                id=clip.id,
                n=clip.number,
                title=clip.title,
                start_s=clip.start_s,
                duration_s=clip.duration_s or clip.end_s - clip.start_s,
                views=views.get(clip.id, 0),
                ready=clip.plan is not None,
                poster_url=self.poster_url(lesson, clip),
                stills=clip.stills,
                first_words=words.get(clip.id, ""),
            )
            for clip in lesson.clips
        )


def counting_rule(settings: Settings) -> CountingRule:
    """Return the counting rule as it is printed: the settings themselves."""
    rule = settings.view_rule
    return CountingRule(
        min_s=rule.min_s,
        short_clip_s=rule.short_clip_s,
        short_share=rule.short_share,
        window_min=rule.window_min,
        complete_share=rule.complete_share,
        max_rate=rule.max_rate,
        slack_s=rule.slack_s,
        late_h=rule.late_h,
        beat_every_s=settings.beat_every_s,
        group_most=rule.group_most,
    )


def lesson_ref(lesson: Lesson) -> LessonRef:
    """Return just enough of a lesson to name it."""
    return LessonRef(
        id=lesson.id, title=lesson.title, lecturer=lesson.lecturer.name if lesson.lecturer else None
    )


def pager(page: Page[object], path: str, **filters: object) -> Pager:
    """Return where we are in a list; empty filters are left out of its address, `path` may have a query."""
    chosen = urlencode({name: value for name, value in filters.items() if value})
    joint = "&" if "?" in path else "?"
    return Pager(
        page=page.number, pages=page.last, total=page.total, url=f"{path}{joint}{chosen}" if chosen else path
    )


def safe_next(url: str) -> str:
    """Return `url` if it is a path of this server, else "/": nobody is sent elsewhere after signing in."""
    parts = urlsplit(url)
    local = (
        url.startswith("/") and not url.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    )
    return url if local and "\\" not in url and "\n" not in url else "/"


def reason(error: Exception) -> Reason:
    """Return an error of the product as a reason that a form shows again."""
    return Reason(code=getattr(error, "code", "error"), args=getattr(error, "values", {}))


def signed_in_person(viewer: Viewer) -> SignedInPerson | None:
    """Return the viewer as pages show them, None for somebody who has not signed in."""
    if not viewer.person_id:
        return None
    return SignedInPerson(
        id=viewer.person_id,
        name=viewer.name,
        may_upload=viewer.has(Role.LECTURER),
        may_teach=viewer.has(Role.STAFF),
    )
