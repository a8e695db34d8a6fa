"""Handing on: cards, pages inside other pages, texts to paste."""

from __future__ import annotations

from server.slices.sharing import embedding, handing_on
from server.slices.sharing.contexts import EmbedPage, HandOnPage, HandOnWeekPage
from server.web.slice import Slice

SLICE = Slice(
    name="sharing",
    routers=(handing_on.router, embedding.router),
    pages=(HandOnPage, HandOnWeekPage, EmbedPage),
)
