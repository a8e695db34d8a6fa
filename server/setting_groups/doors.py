"""Secrets, and the doors beside the password."""

from __future__ import annotations

import grp
from pathlib import Path

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings

from library.access.second_factor_rules import SecondFactorPolicy
from server.identity_settings import ProviderSettings


class DoorSettings(BaseSettings):
    """Secrets, and the doors beside the password."""

    secret_file: Path | None = Field(
        default=None,
        description="Signs visitors' cookies, forms and plays; empty: made in the data folder.",
    )
    media_secret_file: Path | None = Field(
        default=None,
        description="Signs media addresses, also checked by nginx; empty: made in the data folder.",
    )
    media_group: str = Field(
        default="",
        description="The group of an nginx that serves clips under an account of its own; empty: none.",
    )
    media_life_s: int = Field(
        default=6 * 3600, ge=60, description="How long a media address plays, in seconds."
    )

    second_factor: SecondFactorPolicy = Field(
        default=SecondFactorPolicy.OFF,
        description="Whether a code of the phone (TOTP) joins the password: off (nobody is asked), offered "
        "(whoever set one up), staff or admins (they must).",
    )
    second_factor_secret_file: Path | None = Field(
        default=None,
        description="Encrypts what phones know of second factors; empty: made in the data folder when the "
        "first is set up. Lost, all of them must be set up anew.",
    )
    identity_providers: tuple[ProviderSettings, ...] = Field(
        default=(),
        description="JSON list of who else may sign people in: OpenID Connect, CAS, 企业微信 (below); "
        "empty: passwords alone.",
    )

    @field_validator("identity_providers")
    @classmethod
    def _told_apart(cls, providers: tuple[ProviderSettings, ...]) -> tuple[ProviderSettings, ...]:
        """Refuse two of one key: a link must lead to one of them."""
        if len({one.key for one in providers}) != len(providers):
            raise ValueError("two providers have the same key")
        return providers

    @field_validator("media_group")
    @classmethod
    def _known_group(cls, name: str) -> str:
        """Refuse a group that this machine does not have, or of which we could give nothing."""
        if name and not name.isdecimal():
            try:
                grp.getgrnam(name)
            except KeyError:
                raise ValueError("this machine has no such group") from None
        return name
