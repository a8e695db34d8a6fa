"""Health and the API's documentation."""

from __future__ import annotations

import library.audit.tables
from library.audit.permits import may_read_audit
from server.slices.system import api, audit, routes
from server.slices.system.contexts import ApiDocsPage, AuditPage, SystemPage
from server.slices.system.sentences import SENTENCES
from server.slices.system.words import WORDS
from server.web.forms.csrf import PROBE_PATH
from server.web.language.i18n import N_
from server.web.limits.bodies import Body
from server.web.navigation import NavigationEntry, admins
from server.web.slice import Slice

# What doctor sends is as large as a chunk; it is counted and forgotten.
_PROBE = Body(8 * 1024 * 1024 + 64 * 1024, None, streamed=True)

SLICE = Slice(
    name="system",
    tables=(library.audit.tables,),
    routers=(routes.router, audit.router, api.router),
    pages=(ApiDocsPage, AuditPage, SystemPage),
    bodies={f"{method} {PROBE_PATH}": _PROBE for method in ("POST", "PATCH")},
    sentences=SENTENCES,
    words=WORDS,
    navigation=(
        NavigationEntry(place="personal", rank=80, url="/system", label=N_("系统"), shown_to=admins),
        NavigationEntry(
            place="personal", rank=81, url="/system/audit", label=N_("操作记录"), shown_to=may_read_audit
        ),
    ),
)
