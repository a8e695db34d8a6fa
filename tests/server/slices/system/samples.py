"""The documentation of the interface: a sample."""

from __future__ import annotations

from collections.abc import Iterator

from server.slices.system import contexts as c
from tests.server.pages.samples import Sample, frame


def pages() -> Iterator[Sample]:
    """The documentation."""
    yield "api_docs", c.ApiDocsPage(frame=frame(None, "/api/docs"), openapi_url="/api/openapi.json")
