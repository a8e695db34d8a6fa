"""How providers are spoken with: whom we believe, how long we wait, how much we read."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import httpx2
import structlog

from library.core.errors import Away
from server.identity_settings import ProviderSettings

WAIT_S = 10.0
"""A person waits before a page meanwhile."""
ANSWER_MAX_BYTES = 1024 * 1024
CLOCK_LEEWAY_S = 120

log = structlog.get_logger()


def trusted(settings: ProviderSettings) -> ssl.SSLContext:
    """Return whom we believe to be the provider; raises Away("provider_ca") for a file that is none."""
    try:
        return ssl.create_default_context(cafile=settings.ca_file)
    except (OSError, ssl.SSLError) as error:
        raise Away("provider_ca", provider=settings.label, why=str(error)) from error


def secret_of(settings: ProviderSettings) -> str:
    """Return the client's secret; raises Away("provider_secret") when its file cannot be used."""
    file = settings.secret_file
    if file is None:
        return ""
    try:
        if file.stat().st_mode & 0o004:
            raise Away("provider_secret", provider=settings.label, why=f"{file}: chmod 600")
        secret = file.read_text().strip()
    except (OSError, UnicodeError) as error:
        raise Away("provider_secret", provider=settings.label, why=str(error)) from error
    if not secret:
        raise Away("provider_secret", provider=settings.label, why=f"{file}: 0 bytes")
    return secret


def certificates(file: Path) -> int:
    """Return how many certificates a file holds; raises OSError, ssl.SSLError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cafile=file)
    return len(context.get_ca_certs())


@contextmanager
def answering(settings: ProviderSettings) -> Iterator[None]:
    """Say of every failure of the network what it is: Away("provider_certificate", "provider_away")."""
    try:
        yield
    except (httpx2.HTTPError, OSError, ValueError) as error:
        code = "provider_certificate" if _is_certificate(error) else "provider_away"
        # The address with its query would tell the log a code or a secret.
        log.warning("an identity provider does not answer", provider=settings.key, why=type(error).__name__)
        raise Away(code, provider=settings.label) from error


def _is_certificate(error: BaseException) -> bool:
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ssl.SSLCertVerificationError) or "CERTIFICATE_VERIFY_FAILED" in str(seen):
            return True
        seen = seen.__cause__ or seen.__context__
    return False


async def get_json(
    context: ssl.SSLContext, url: str, params: dict[str, str] | None = None
) -> tuple[dict[str, Any], float | None]:
    """Return an object of JSON, and how many seconds its sender's clock is ahead of ours.

    Redirects are not followed: an address of the settings is meant. Raises httpx2.HTTPError, ValueError.
    """
    async with (
        httpx2.AsyncClient(verify=context, timeout=WAIT_S) as client,
        client.stream("GET", url, params=params) as answer,
    ):
        answer.raise_for_status()
        if answer.is_redirect:
            raise ValueError("a redirect where JSON was expected")
        gathered = b""
        async for piece in answer.aiter_bytes():
            gathered += piece
            if len(gathered) > ANSWER_MAX_BYTES:
                raise ValueError("an answer without end")
        found = httpx2.Response(200, content=gathered).json()
        if not isinstance(found, dict):
            raise ValueError("no object of JSON")
        return found, ahead_s(answer.headers.get("date"))


def ahead_s(date: str | None) -> float | None:
    """Return how far a `Date` header is ahead of our clock, None for one that is missing or misshapen."""
    try:
        said = parsedate_to_datetime(date or "")
    except (TypeError, ValueError):
        return None
    if said.tzinfo is None:
        said = said.replace(tzinfo=UTC)
    return (said - datetime.now(UTC)).total_seconds()
