"""The providers of the settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from server.identity.port import IdentityProvider
from server.identity_settings import ProviderSettings

Providers = Mapping[str, IdentityProvider]
"""By their keys, in the order of the settings."""


def open_providers(settings: Sequence[ProviderSettings]) -> Providers:
    """Return the providers; none is asked anything, and only what one needs is loaded."""
    return {one.key: _open(one) for one in settings}


def _open(settings: ProviderSettings) -> IdentityProvider:
    if settings.kind == "oidc":
        from server.identity.oidc import Oidc

        return Oidc(settings)
    if settings.kind == "cas":
        from server.identity.cas import Cas

        return Cas(settings)
    from server.identity.wecom import Wecom

    return Wecom(settings)
