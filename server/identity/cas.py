"""CAS 3.0 by python-cas, an extra (requirements/cas.txt)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote
from xml.etree.ElementTree import ParseError

import structlog

from library.access.identities.rules import Claimed
from library.core.errors import Away, Forbidden
from server.identity import network
from server.identity.port import Begun, Kept, Reached
from server.identity_settings import ProviderSettings

log = structlog.get_logger()


class Cas:
    """One CAS server.

    The protocol has no state: ours is in the address that it sends a browser back to, and a ticket is good
    for that one address.
    """

    ends_sessions = True

    def __init__(self, settings: ProviderSettings) -> None:
        self.settings = settings

    async def begin(self, back: str, state: str, *, inside: bool) -> Begun:
        """Return the server's sign-in page."""
        return Begun(str(self._client(_service(back, state)).get_login_url()))

    async def finish(self, back: str, state: str, kept: Kept, query: Mapping[str, str]) -> Claimed:
        """Return whose ticket it is; the server is asked, and tells it once."""
        ticket = query.get("ticket", "")
        if not ticket:
            raise Forbidden("provider_denied", provider=self.settings.label)
        client = self._client(_service(back, state))
        try:
            with network.answering(self.settings):
                user, attributes, _ = await asyncio.wait_for(
                    asyncio.to_thread(client.verify_ticket, ticket), 2 * network.WAIT_S
                )
        except (ParseError, AttributeError, IndexError) as error:
            # What python-cas does with XML that is no answer of a CAS server.
            raise Away("provider_away", provider=self.settings.label) from error
        if not user or len(user) > 255:
            log.warning("a CAS server's ticket was refused", provider=self.settings.key)
            raise Forbidden("provider_refused", provider=self.settings.label)
        name = (attributes or {}).get("displayName") or (attributes or {}).get("cn") or ""
        return Claimed(self.settings.address, user, user, name if isinstance(name, str) else "")

    async def leaving(self, back: str) -> str | None:
        """Return the server's sign-out page."""
        return str(self._client(back).get_logout_url(back))

    async def look(self) -> Reached:
        """Ask for a ticket that nobody has: a CAS server refuses it in its own XML."""
        client = self._client("https://weike.invalid/")
        try:
            with network.answering(self.settings):
                await asyncio.to_thread(client.verify_ticket, "ST-0")
        except (ParseError, AttributeError, IndexError) as error:
            raise Away("provider_away", provider=self.settings.label) from error
        return Reached()

    def _client(self, service: str) -> Any:
        try:
            import cas
            import requests
        except ImportError as error:
            raise Away("provider_cas_missing", provider=self.settings.label) from error
        session = requests.Session()
        session.request = _bounded(session.request)  # type: ignore[method-assign]
        return cas.CASClient(
            version=3,
            service_url=service,
            server_url=self.settings.api + "/",
            session=session,
            verify_ssl_certificate=str(self.settings.ca_file) if self.settings.ca_file else True,
        )


def _bounded(ask: Any) -> Any:
    """Return what asks, with an end to its patience, which python-cas does not give it; nowhere else."""

    def bounded(*args: Any, **kwargs: Any) -> Any:
        answer = ask(*args, **{"timeout": network.WAIT_S, "allow_redirects": False, **kwargs})
        answer.raise_for_status()
        return answer

    return bounded


def _service(back: str, state: str) -> str:
    return f"{back}?state={quote(state)}"
