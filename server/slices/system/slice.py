"""Health and the API's documentation."""

from __future__ import annotations

from server.slices.system import routes
from server.slices.system.contexts import ApiDocsPage
from server.web.slice import Slice

SLICE = Slice(name="system", routers=(routes.router,), pages=(ApiDocsPage,))
