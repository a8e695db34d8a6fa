"""Contexts of errors and of the API's documentation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from server.web.parts import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiDocsPage(Context):
    """GET /api/docs : swagger-ui from our own assets over the OpenAPI document at `openapi_url`."""

    template: ClassVar[str] = "system/api_docs.html"
    openapi_url: str
