"""How `serve` is reached, and what it says its name is."""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings

_PLAIN_PATH = re.compile(r"(?:/[A-Za-z0-9_-][A-Za-z0-9_.~-]*)*")
"""A path that is the same however it is written, as deploy/start-nginx.sh takes it."""


class ServingSettings(BaseSettings):
    """How `serve` is reached, and what it says its name is."""

    host: str = Field(default="127.0.0.1", description="The address `serve` listens on.")
    port: int = Field(default=8000, description="The port `serve` listens on.")
    public_url: str = Field(
        default="",
        description="The address people open, for links, with its path where there is one "
        "(https://site/weike); empty: host and port.",
    )
    trusted_proxies: str = Field(default="127.0.0.1", description="Proxies whose X-Forwarded-* are believed.")
    lines: int = Field(
        default=2000,
        ge=16,
        description="How many connections `serve` holds at once, as far as the system's number of open files "
        "allows it.",
    )
    lines_per_address: int = Field(
        default=128,
        ge=8,
        description="How many of them one address has (of IPv6 one /64); trusted proxies have as many as "
        "they want, for many people stand behind them.",
    )
    head_s: float = Field(
        default=20.0, gt=0, description="Seconds in which a request's headers must have arrived."
    )
    body_s: float = Field(
        default=30.0, gt=0, description="Seconds in which the next 15 kB of a request's body must arrive."
    )
    idle_s: float = Field(
        default=75.0,
        gt=0,
        description="Seconds for which a connection without a request is kept; longer than a proxy keeps its "
        "own to us (nginx: 60).",
    )
    hsts_s: int = Field(
        default=365 * 24 * 3600,
        ge=0,
        description="Seconds for which browsers that came by https come by https alone; 0: not said.",
    )

    organisation: str = Field(
        default="党组织", description="The name of the organisation tree's root at first start."
    )
    language: Literal["zh-CN", "en"] = Field(default="zh-CN", description="The command line's language.")

    @field_validator("public_url")
    @classmethod
    def _openable(cls, url: str) -> str:
        """Refuse what no browser opens, and paths that addresses could not carry as they stand."""
        if not url:
            return url
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("must begin with http:// or https:// and name a host")
        if parts.query or parts.fragment or not _PLAIN_PATH.fullmatch(parts.path.rstrip("/")):
            raise ValueError("after the host there may only be a path of letters, digits, - and _")
        return url
