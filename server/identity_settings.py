"""What the settings say of an identity provider."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from library.access.identities.rules import MatchBy
from server.addresses import is_loopback

WECOM_API = "https://qyapi.weixin.qq.com"
WECOM_INSIDE = "https://open.weixin.qq.com/connect/oauth2/authorize"
WECOM_SCAN = "https://login.work.weixin.qq.com/wwlogin/sso/login"
"""企业微信's public addresses; a private deployment has others."""


class ProviderSettings(BaseModel):
    """One identity provider: an object of the list in `WEIKE_IDENTITY_PROVIDERS`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str = Field(
        pattern=r"^[a-z0-9][a-z0-9-]{0,39}$",
        description="Its name in addresses and in the ledger; never change it.",
    )
    kind: Literal["oidc", "cas", "wecom"] = Field(description="What it speaks.")
    label: str = Field(min_length=1, max_length=40, description="What the button says, in Chinese.")
    label_en: str = Field(default="", max_length=40, description="The same in English; empty: as it is.")
    address: str = Field(
        default="",
        description="oidc: the issuer; cas: the server's address up to /login; wecom: the API's address, "
        "empty for the public one.",
    )
    client_id: str = Field(
        default="", max_length=200, description="oidc: the client's id; wecom: the corp id (企业ID)."
    )
    secret_file: Path | None = Field(
        default=None, description="The file of the client's secret (wecom: of the application), mode 600."
    )
    agent: str = Field(default="", max_length=20, description="wecom: the application's AgentId.")
    inside_url: str = Field(default=WECOM_INSIDE, description="wecom: where sign-in inside 企业微信 begins.")
    scan_url: str = Field(default=WECOM_SCAN, description="wecom: where sign-in by scanning begins.")
    ca_file: Path | None = Field(
        default=None, description="Certificates (PEM) that are believed instead of the machine's own."
    )
    match_by: MatchBy = Field(
        default=MatchBy.NONE,
        description="How somebody is found who comes for the first time: none (by a one-time link only), or "
        "username: the provider then decides who is whom here, administrators too.",
    )
    username_claim: str = Field(
        default="preferred_username",
        pattern=r"^[A-Za-z0-9_.:/-]{1,100}$",
        description="oidc: the claim that is the user name here; an e-mail address never is.",
    )
    create: bool = Field(
        default=False, description="Whether who is not known here becomes a member of the root."
    )
    second_factor: bool = Field(
        default=False, description="Whether it asks for a second factor itself, so that none is asked here."
    )

    @field_validator("address", "inside_url", "scan_url")
    @classmethod
    def _safe(cls, url: str) -> str:
        if not url:
            return url
        parts = urlsplit(url)
        plain = parts.scheme == "http" and is_loopback(parts.hostname or "")
        if not (parts.scheme == "https" or plain) or not parts.hostname:
            raise ValueError("must begin with https:// (http:// for this machine alone)")
        if parts.query or parts.fragment or parts.username:
            raise ValueError("must be an address without ?, # and @")
        return url

    @field_validator("username_claim")
    @classmethod
    def _no_mail(cls, claim: str) -> str:
        if claim == "email":
            raise ValueError("an e-mail address may be anybody's: choose another claim")
        return claim

    @field_validator("secret_file", "ca_file")
    @classmethod
    def _absolute(cls, path: Path | None) -> Path | None:
        return path.expanduser().absolute() if path is not None else None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        needed = {
            "oidc": ("address", "client_id", "secret_file"),
            "cas": ("address",),
            "wecom": ("client_id", "secret_file", "agent"),
        }[self.kind]
        missing = [name for name in needed if not getattr(self, name)]
        if missing:
            raise ValueError(f"{self.kind} needs {', '.join(missing)}")
        return self

    @property
    def api(self) -> str:
        """The address without a slash at the end, that of the public 企业微信 where none is said."""
        return (self.address or WECOM_API).rstrip("/")

    def called(self, language: str) -> str:
        """Return what it is called in a language."""
        return self.label_en if language == "en" and self.label_en else self.label
