"""Contexts of errors and of the API's documentation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from server.contexts.parts import Context, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorPage(Context):
    """Any refusal shown as a page: 400, 401, 403, 404, 405, 409, 410, 413, 422, 429, 500, 503.

    `reason` may say more than the status does (else None). `request_id` helps whoever reads the log.
    """

    template: ClassVar[str] = "error.html"
    status: int
    reason: Reason | None = None
    request_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiDocsPage(Context):
    """GET /api/docs : swagger-ui from our own assets over the OpenAPI document at `openapi_url`."""

    template: ClassVar[str] = "api_docs.html"
    openapi_url: str
