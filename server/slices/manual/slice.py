"""The manual inside of the pages."""

from __future__ import annotations

from server.slices.manual import routes
from server.slices.manual.contexts import ChapterPage, HelpPage
from server.web.slice import Slice

SLICE = Slice(name="manual", routers=(routes.router,), pages=(HelpPage, ChapterPage))
