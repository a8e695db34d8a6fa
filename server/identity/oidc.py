"""OpenID Connect by Authlib: discovery, code flow with PKCE, state and nonce, a signed ID token."""

from __future__ import annotations

import ssl
import time
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import structlog
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.starlette_client import OAuth
from joserfc.errors import ExpiredTokenError, InvalidClaimError, JoseError

from library.access.identities.rules import Claimed
from library.core.errors import Away, Forbidden
from server.identity import network
from server.identity.port import Begun, Kept, Reached
from server.identity_settings import ProviderSettings

DISCOVERY_LIFE_S = 3600.0
"""For so long what a provider says of itself is believed; new keys are fetched when one is met."""
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures that only the provider can make: no "none", and no HS256, which whoever knows the secret can."""

log = structlog.get_logger()


class Oidc:
    """One OpenID provider."""

    ends_sessions = True

    def __init__(self, settings: ProviderSettings) -> None:
        self.settings = settings
        self._client: Any = None
        self._client_until = 0.0

    async def begin(self, back: str, state: str, *, inside: bool) -> Begun:
        """Return the provider's sign-in page, with a nonce and a PKCE challenge of this one sign-in."""
        client = await self._discovered()
        with network.answering(self.settings):
            made = await client.create_authorization_url(back, state=state)
        return Begun(made["url"], {"nonce": made["nonce"], "verifier": made["code_verifier"]})

    async def finish(self, back: str, state: str, kept: Kept, query: Mapping[str, str]) -> Claimed:
        """Return whom the ID token names, once everything about it has been checked."""
        client = await self._discovered()
        said = query.get("iss")
        metadata = client.server_metadata
        # RFC 9207: who answers must be whom we asked, or codes of one provider are brought to another.
        if (said or metadata.get("authorization_response_iss_parameter_supported")) and (
            said != metadata["issuer"]
        ):
            raise self._refused("another issuer answers")
        if "error" in query or not query.get("code"):
            if query.get("error") == "access_denied":
                raise Forbidden("provider_denied", provider=self.settings.label)
            raise self._refused(f"error {query.get('error', 'without a code')[:40]!r}")
        token = await self._token(client, back, query["code"], kept["verifier"])
        claims = await self._claims(client, token, kept["nonce"])
        about = claims
        if self.settings.username_claim not in claims and metadata.get("userinfo_endpoint"):
            about = await self._userinfo(client, token, str(claims["sub"]))
        return Claimed(
            issuer=str(claims["iss"]),
            subject=str(claims["sub"]),
            username=_text(about.get(self.settings.username_claim)),
            name=_text(about.get("name")),
        )

    async def leaving(self, back: str) -> str | None:
        """Return the provider's end of session (RP-Initiated Logout 1.0), None when it has none."""
        client = await self._discovered()
        if not client.server_metadata.get("end_session_endpoint"):
            return None
        made = await client.create_logout_url(
            post_logout_redirect_uri=back, client_id=self.settings.client_id
        )
        return str(made["url"])

    async def look(self) -> Reached:
        """Read what the provider says of itself, and its keys."""
        with network.answering(self.settings):
            metadata, ahead_s = await network.get_json(self._context, self._discovery)
            self._check(metadata)
            await network.get_json(self._context, str(metadata["jwks_uri"]))
        network.secret_of(self.settings)
        return Reached(ahead_s)

    async def _token(self, client: Any, back: str, code: str, verifier: str) -> dict[str, Any]:
        try:
            with network.answering(self.settings):
                token: dict[str, Any] = await client.fetch_access_token(
                    redirect_uri=back, code=code, code_verifier=verifier
                )
        except AuthlibBaseError as error:
            if error.error == "invalid_client":
                raise Away("provider_secret", provider=self.settings.label, why="invalid_client") from error
            raise self._refused(f"token: {error.error}") from error
        return token

    async def _claims(self, client: Any, token: dict[str, Any], nonce: str) -> Mapping[str, Any]:
        issuer, client_id = client.server_metadata["issuer"], self.settings.client_id
        must = {
            "iss": {"essential": True, "value": issuer},
            "aud": {"essential": True, "value": client_id},
        }
        try:
            with network.answering(self.settings):
                claims: Mapping[str, Any] | None = await client.parse_id_token(
                    token, nonce, claims_options=must, leeway=network.CLOCK_LEEWAY_S
                )
        except ExpiredTokenError as error:
            raise self._clock() from error
        except InvalidClaimError as error:
            if error.claim in ("iat", "nbf"):
                raise self._clock() from error
            raise self._refused(f"ID token: {error}") from error
        except JoseError as error:
            raise self._refused(f"ID token: {type(error).__name__}") from error
        if claims is None or not claims.get("sub") or len(str(claims["sub"])) > 255:
            raise self._refused("no ID token, or one that names nobody")
        return claims

    async def _userinfo(self, client: Any, token: dict[str, Any], subject: str) -> Mapping[str, Any]:
        """Return what the provider says of somebody beside the ID token, which may be told no names."""
        with network.answering(self.settings):
            told: Mapping[str, Any] = await client.userinfo(token=token)
        if told.get("sub") != subject:  # OpenID Connect Core 1.0, 5.3.2: it may be about somebody else
            raise self._refused("user info of another subject")
        return told

    async def _discovered(self) -> Any:
        """Return Authlib's client with what the provider says of itself."""
        if self._client is not None and time.monotonic() < self._client_until:
            return self._client
        with network.answering(self.settings):
            metadata, _ahead_s = await network.get_json(self._context, self._discovery)
            self._check(metadata)
        named = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        metadata["id_token_signing_alg_values_supported"] = [one for one in named if one in _ALGORITHMS]
        client = OAuth().register(
            self.settings.key,
            client_id=self.settings.client_id,
            client_secret=network.secret_of(self.settings),
            client_kwargs={
                "scope": "openid profile",
                "code_challenge_method": "S256",
                "verify": self._context,
                "timeout": network.WAIT_S,
            },
            **metadata,
        )
        self._client, self._client_until = client, time.monotonic() + DISCOVERY_LIFE_S
        return client

    def _check(self, metadata: Mapping[str, Any]) -> None:
        """Raise ValueError for a discovery that is not this issuer's (OpenID Connect Discovery 1.0, 4.3)."""
        if metadata.get("issuer") != self.settings.address:
            raise ValueError(f"it calls itself {str(metadata.get('issuer'))[:200]}")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not isinstance(metadata.get(name), str):
                raise ValueError(f"no {name}")

    @property
    def _discovery(self) -> str:
        return self.settings.address.rstrip("/") + "/.well-known/openid-configuration"

    @cached_property
    def _context(self) -> ssl.SSLContext:
        return network.trusted(self.settings)

    def _refused(self, why: str) -> Forbidden:
        log.warning("an identity provider's answer was refused", provider=self.settings.key, why=why)
        return Forbidden("provider_refused", provider=self.settings.label)

    def _clock(self) -> Away:
        log.warning("an identity provider's clock and ours differ", provider=self.settings.key)
        return Away("provider_clock", provider=self.settings.label)


def _text(value: object) -> str:
    return value[:200] if isinstance(value, str) else ""
