"""Forms that were not taken because their page was too old: what was typed comes back, to be sent once more.

A page that stood open over lunch has a token that is over, or a sign-in that is. Without this, whoever wrote
half a page of text into it reads that they may try again, and the text is gone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.datastructures import UploadFile
from starlette.requests import Request

from server.web.limits.sizes import FORM_LIMITS
from server.web.parts import KeptForm

_CODES = frozenset({"csrf", "csrf_absent", "sign_in_needed"})
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_NEVER_WRITTEN = re.compile(r"passw|secret|token|code", re.IGNORECASE)
"""Fields that no page gives back."""


def is_ours(headers: Mapping[str, str]) -> bool:
    """Tell whether a form was sent by a page of this site, as the browser itself says.

    What another site sends must not come back as a page of ours with a button under it.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    # Browsers from before 2023 (Safari) say only where a form comes from.
    origin = urlsplit(headers.get("origin", ""))
    return origin.netloc != "" and origin.netloc == headers.get("host")


async def kept_form(request: Request, code: str) -> KeptForm | None:
    """Return what of a refused request is to be sent once more; None where that is not the matter.

    `code`: why it was refused. Forms with a password do not come back: it would have to stand in the page.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.method != "POST" or code not in _CODES or kind not in _FORMS or not is_ours(request.headers):
        return None
    sent = await request.form(**FORM_LIMITS)
    typed = ((name, value) for name, value in sent.multi_items() if isinstance(value, str))
    fields = [(name, value) for name, value in typed if name != "csrf"]
    is_secret = any(_NEVER_WRITTEN.search(name) for name, _ in fields)
    if is_secret or not any(value.strip() for _, value in fields):
        return None
    action = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if action.startswith("//"):  # another site, for a browser
        return None
    has_files = any(isinstance(value, UploadFile) and value.filename for value in sent.values())
    return KeptForm(action=action, fields=tuple(fields), has_files=has_files)
