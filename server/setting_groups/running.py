"""Backups, logs and figures, for whoever keeps the site running."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings

from server.addresses import host_and_port, is_loopback


class RunningSettings(BaseSettings):
    """Backups, logs and figures, for whoever keeps the site running."""

    backup_to: Path | None = Field(
        default=None,
        description="A folder, on another disk, in which the worker makes backups; empty: it makes none.",
    )
    backup_every_min: int = Field(
        default=4, ge=1, le=10_080, description="Minutes from one backup of the worker to the next."
    )
    backup_keep: int = Field(
        default=14,
        ge=1,
        le=3650,
        description="How many backups stay: the newest, and of each of as many days the last.",
    )
    restore_test_days: int = Field(
        default=30,
        ge=0,
        le=3650,
        description="Days after which the worker tries the newest backup out; 0: never.",
    )
    postgres_tools: Path | None = Field(
        default=None,
        description="The folder of pg_dump and pg_restore, as new as the server; empty: PATH.",
    )

    log_format: Literal["text", "json"] = Field(default="text", description="How log lines are written.")
    log_addresses: Literal["none", "short", "full"] = Field(
        default="short",
        description="Visitors' addresses in the log: left out, their network only, or whole.",
    )

    metrics: str = Field(
        default="",
        description="Address and port on which Prometheus may read /metrics (127.0.0.1:9464); empty: none.",
    )
    metrics_token: SecretStr = Field(
        default=SecretStr(""),
        description="What readers of /metrics send as `Authorization: Bearer`; needed for other machines.",
    )
    otel_url: str = Field(
        default="",
        description="OTLP collector that traces are sent to (http://127.0.0.1:4318); empty: none. "
        "Needs the packages of requirements/otel.txt.",
    )

    @field_validator("otel_url")
    @classmethod
    def _collector(cls, url: str) -> str:
        if url and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname):
            raise ValueError("must begin with http:// or https:// and name a host")
        return url

    @model_validator(mode="after")
    def _metrics_are_closed(self) -> Self:
        """Refuse to show figures to other machines without a token."""
        if self.metrics:
            host, _port = host_and_port(self.metrics)
            if not is_loopback(host) and not self.metrics_token.get_secret_value():
                raise ValueError(
                    "WEIKE_METRICS listens for other machines: set WEIKE_METRICS_TOKEN, "
                    "or listen on 127.0.0.1"
                )
        return self
