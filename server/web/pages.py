"""Pages: the frame around them, the way back with a word of what was done, and the cookies they set."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from urllib.parse import quote, urlsplit

from fastapi import Request
from sqlalchemy.orm import Session
from starlette.responses import HTMLResponse, RedirectResponse, Response

from library.access.rules import SIGN_IN_DAYS
from library.core.permits import Role, Viewer
from server.web.doors.networks import origin_of
from server.web.doors.visitors import Visitor, Visitors
from server.web.forms.csrf import masked
from server.web.language.words import Explained
from server.web.navigation import NavigationEntry, navigation_for, numbers_of
from server.web.parts import Context, Flash, Frame, Language, Reason, SignedInPerson
from server.web.shown.made_parts import counting_rule, pager
from server.web.templating import CONTENT_SECURITY_POLICY, Renderer
from server.web.who import SESSION_COOKIE, VISITOR_COOKIE, Who

__all__ = ["Pages", "counting_rule", "pager", "reason", "safe_next", "signed_in_person"]

FLASH_COOKIE = "weike_flash"
ACCOUNT_HEADER = "x-weike-account"
STAY_HEADER = "x-weike-stay"
_YEAR_S = 365 * 24 * 3600


def account_name(viewer: Viewer) -> str:
    """Return by what a browser tells what it keeps of one account from what it keeps of another: the same for
    all that somebody is answered, and nothing else."""
    return sha256(f"weike:{viewer.person_id}".encode()).hexdigest()[:16] if viewer.person_id else "guest"


class Pages:
    """Renders contexts and sends browsers on; `secure`: cookies go over https alone."""

    def __init__(
        self,
        renderer: Renderer,
        navigation: Sequence[NavigationEntry],
        visitors: Visitors,
        *,
        prefix: str,
        secure: bool,
    ) -> None:
        """`navigation`: the entries of all slices, in their order; `prefix`: of all paths of the site."""
        self.renderer, self._navigation, self._visitors = renderer, navigation, visitors
        self._prefix, self._secure = prefix, secure

    def at(self, path: str) -> str:
        """Return a path of this site as browsers must ask for it; pages and redirects do so by themselves."""
        return self._prefix + path

    def frame(
        self,
        request: Request,
        session: Session,
        who: Who,
        *,
        query: str = "",
        numbers: Mapping[str, int] | None = None,
    ) -> Frame:
        """Return what stands around every page.

        `numbers` are those of entries of the navigation, by url, that a route has counted already.
        """
        viewer = who.viewer
        found = numbers_of(session, viewer, self._navigation, numbers or {})
        return Frame(
            csrf=masked(who.csrf[0]),
            language=who.language,
            path=self._path(request) if request.method == "GET" else "/",
            asked=request.url.path,
            viewer=signed_in_person(viewer),
            navigation=navigation_for(viewer, self._navigation, lambda entry: found.get(entry.url, 0)),
            flashes=self._flashes(request, who.language),
            query=query,
        )

    def bare_frame(self, request: Request, who: Who) -> Frame:
        """Return the same without asking the database: for when it cannot be asked."""
        around = navigation_for(who.viewer, self._navigation, lambda entry: 0)
        return Frame(
            csrf=masked(who.csrf[0]),
            language=who.language,
            path=self._path(request) if request.method == "GET" else "/",
            asked=request.url.path,
            viewer=signed_in_person(who.viewer),
            navigation=around,
        )

    @staticmethod
    def _path(request: Request) -> str:
        return request.url.path + (f"?{request.url.query}" if request.url.query else "")

    def _flashes(self, request: Request, language: Language) -> tuple[Flash, ...]:
        """Read the word left for this page; only codes we know are shown, whatever the cookie says."""
        try:
            kind, code = json.loads(base64.urlsafe_b64decode(request.cookies.get(FLASH_COOKIE, "")))
        except (TypeError, ValueError, RecursionError):
            return ()
        known = kind in ("done", "notice", "problem") and isinstance(code, str)
        return (Flash(kind=kind, code=code),) if known and self.renderer.has_sentence(code, language) else ()

    def respond(self, request: Request, who: Who, context: Context, status: int = 200) -> Response:
        """Return a page."""
        answer = HTMLResponse(self.renderer.render(context), status)
        answer.headers["content-security-policy"] = CONTENT_SECURITY_POLICY
        # Pages say what this viewer may see: no cache between us may keep them.
        answer.headers["cache-control"] = "private, no-cache"
        answer.headers[ACCOUNT_HEADER] = account_name(who.viewer)
        if who.visitor is not None and who.visitor_cookie:
            self.set_cookie(answer, VISITOR_COOKIE, self._visitor_cookie(request, who.visitor, who), _YEAR_S)
        if who.renew:
            self.set_session(answer, who.renew, SIGN_IN_DAYS * 24 * 3600)
        if FLASH_COOKIE in request.cookies:
            self.forget_cookie(answer, FLASH_COOKIE)
        return answer

    def _visitor_cookie(self, request: Request, visitor: Visitor, who: Who) -> str:
        if who.visitor_cookie == "anew" or who.sign_in_id is not None:
            return self._visitors.signed(visitor)  # members are not counted by it
        return self._visitors.first_cookie(visitor, origin_of(request.scope))

    @property
    def _cookie_path(self) -> str:
        return self._prefix or "/"

    def set_cookie(self, answer: Response, name: str, value: str, life_s: int) -> None:
        """Set a cookie that scripts cannot read and other sites do not send."""
        answer.set_cookie(
            name,
            value,
            max_age=life_s,
            httponly=True,
            samesite="lax",
            secure=self._secure,
            path=self._cookie_path,
        )

    def forget_cookie(self, answer: Response, name: str) -> None:
        """Have the browser forget a cookie."""
        answer.delete_cookie(name, path=self._cookie_path)

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
        return f"/sign-in?next={quote(self._path(request))}"

    def explain_reason(self, code: str, args: Mapping[str, object] | None, language: Language) -> Explained:
        """Return a stored reason in words."""
        return self.renderer.explain(Reason(code=code, args=args or {}), language)


def safe_next(url: str) -> str:
    """Return `url` if it is a path of this server, else "/": nobody is sent elsewhere after signing in."""
    try:
        parts = urlsplit(url)
    except ValueError:  # a host that is none, as in "//["
        return "/"
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
