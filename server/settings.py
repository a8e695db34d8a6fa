"""Every setting, from the environment (WEIKE_...) or a .env file; the defaults work on one machine."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from library.intake.rules import Limits
from library.plays.rules import SPEEDS, ViewRule
from server.addresses import opening_host, web_address

PARALLEL_RECORDINGS = 8
"""How many recordings a worker is at at once; mostly they wait for their clips."""

_BESIDE_PAGES = 10
"""How many connections everything in server.background holds at once beside a worker's recordings."""

_PLAIN_PATH = re.compile(r"(?:/[A-Za-z0-9_-][A-Za-z0-9_.~-]*)*")
"""A path that is the same however it is written, as deploy/start-nginx.sh takes it."""


class Settings(BaseSettings):
    """The settings; names in the environment carry the prefix WEIKE_."""

    model_config = SettingsConfigDict(env_prefix="WEIKE_", env_file=".env", extra="ignore", frozen=True)

    data: Path = Field(
        default=Path("data"), description="The folder under which everything of the library lies."
    )
    database_url: str = Field(default="", description="SQLAlchemy URL; empty: SQLite in the data folder.")
    jobs_url: str = Field(default="", description="Where jobs are kept; empty: SQLite in the data folder.")
    store_url: str = Field(
        default="", description="s3://bucket[/prefix]; empty: a folder in the data folder."
    )
    store_options: dict[str, Any] = Field(
        default_factory=dict,
        description='JSON of obstore\'s S3 settings, such as {"endpoint": "http://s3:8333"}.',
    )
    index: Path | None = Field(default=None, description="The search index's folder, on a local disk.")
    search: Literal["whoosh", "tantivy"] = Field(
        default="whoosh",
        description="The search engine, each with an index of its own; tantivy above about 20,000 lessons.",
    )

    host: str = Field(default="127.0.0.1", description="The address `serve` listens on.")
    port: int = Field(default=8000, description="The port `serve` listens on.")
    public_url: str = Field(
        default="",
        description="The address people open, for links, with its path where there is one "
        "(https://site/weike); empty: host and port.",
    )
    trusted_proxies: str = Field(default="127.0.0.1", description="Proxies whose X-Forwarded-* are believed.")
    organisation: str = Field(
        default="党组织", description="The name of the organisation tree's root at first start."
    )
    language: Literal["zh-CN", "en"] = Field(default="zh-CN", description="The command line's language.")

    secret_file: Path | None = Field(
        default=None, description="Signs cookies' tokens; empty: made in the data folder."
    )
    media_secret_file: Path | None = Field(
        default=None,
        description="Signs media addresses, also checked by nginx; empty: made in the data folder.",
    )
    media_life_s: int = Field(
        default=6 * 3600, ge=60, description="How long a media address plays, in seconds."
    )

    threads: int = Field(
        default=40,
        ge=4,
        le=1000,
        description="How many requests are worked at at once; each may hold a connection to the database.",
    )

    worker: bool = Field(default=True, description="Whether `serve` runs the worker too.")
    executor_id: str = Field(
        default="local", description="This worker's fixed name; different for each worker."
    )
    parallel_clips: int = Field(
        default=2, ge=1, le=64, description="How many clips a worker encodes at once."
    )
    ffmpeg: str | None = Field(default=None, description="The ffmpeg to use; empty: PATH, then the wheel.")
    ffprobe: str | None = Field(default=None, description="The ffprobe to use; empty: PATH, then the wheel.")

    max_upload_bytes: int = Field(default=20 * 1024**3, gt=0, description="The largest file taken.")
    quota_bytes: int | None = Field(
        default=None, description="What one person may upload in all; empty: no limit."
    )
    keep_free_bytes: int = Field(default=1024**3, ge=0, description="Disk space that uploads never touch.")

    downloads: bool = Field(default=True, description="Whether viewers may save clips as files.")

    sweep_after_h: int = Field(
        default=24, ge=1, description="Hours after which files that belong to nobody are taken away."
    )
    keep_replaced_days: int = Field(
        default=30, ge=1, description="Days for which clips still play that other cuts have replaced."
    )

    view_min_s: float = Field(default=10.0, gt=0, description="Seconds really played that make a view.")
    view_short_clip_s: float = Field(
        default=20.0, ge=0, description="Clips shorter than this need a share only."
    )
    view_short_share: float = Field(
        default=0.5, gt=0, le=1, description="The share of a short clip that makes a view."
    )
    view_window_min: int = Field(
        default=60, ge=1, description="Minutes in which a viewer's clip counts once."
    )
    view_max_rate: float = Field(
        default=max(SPEEDS),
        ge=1,
        le=4,
        description="How many times as fast as the clock playing is believed.",
    )
    view_slack_s: float = Field(
        default=2.0, ge=0, le=60, description="Seconds believed beyond the clock, for slow networks."
    )
    view_group_most: int = Field(
        default=500, ge=2, le=100_000, description="The most people that one screening may declare."
    )
    complete_share: float = Field(
        default=0.9, gt=0, le=1, description="The share of a clip that a viewer has seen who completed it."
    )
    beat_every_s: float = Field(default=10.0, ge=1, description="How often a player reports.")
    beat_late_h: int = Field(
        default=24, ge=1, le=720, description="Hours after a play's beginning in which reports are taken."
    )
    beat_gather_ms: float = Field(
        default=100.0, ge=0, le=5000, description="How long reports wait for others to be written together."
    )
    beat_queue: int = Field(
        default=20_000, ge=1, description="How many reports may wait; more are told to come again."
    )

    roll_up_after_s: float = Field(
        default=60.0, ge=0, description="Seconds after the start before days that are over are rolled up."
    )
    keep_plays_days: int = Field(
        default=400,
        ge=7,
        le=36_500,
        description="Days for which single plays are kept; views, sums and curves stay.",
    )
    keep_watchers_days: int = Field(
        default=800,
        ge=30,
        le=36_500,
        description="Days for which it is kept what a viewer has seen of a clip, from the last time on.",
    )

    query_searchers: int = Field(
        default=3,
        ge=2,
        description="People who must search for the same on one day before it is offered to others.",
    )
    keep_queries_days: int = Field(
        default=90,
        ge=0,
        le=3650,
        description="Days for which it is kept how many people searched for what; 0: nothing is counted.",
    )

    log_format: Literal["text", "json"] = Field(default="text", description="How log lines are written.")

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

    @field_validator("data", "index", "secret_file", "media_secret_file")
    @classmethod
    def _absolute(cls, path: Path | None) -> Path | None:
        """Children run in a folder of their own, so a path must mean the same from everywhere."""
        return path.expanduser().absolute() if path is not None else None

    @property
    def database(self) -> str:
        """The database's URL."""
        return self.database_url or f"sqlite:///{self.data / 'weike.sqlite'}"

    @property
    def connections(self) -> int:
        """How many connections to the database this process may hold, so that nobody in it waits for one.

        One for each request that is worked at, some for what runs beside the pages, and two for each
        recording and each clip that a worker is at: the step's own, and that of what watches over it.
        """
        at_work = PARALLEL_RECORDINGS + self.parallel_clips if self.worker else 0
        return self.threads + _BESIDE_PAGES + 2 * at_work

    @property
    def jobs(self) -> str:
        """The jobs' database URL."""
        return self.jobs_url or f"sqlite:///{self.data / 'jobs.sqlite'}"

    @property
    def media_keys_file(self) -> Path:
        """The file of the secrets that sign media addresses."""
        return self.media_secret_file or self.data / "media_secret"

    @property
    def uploads_folder(self) -> Path:
        """Where files lie while they are received."""
        return self.data / "uploads"

    @property
    def work_folder(self) -> Path:
        """Where clips are made before they are published."""
        return self.data / "work"

    @property
    def assets_folder(self) -> Path:
        """Where scripts and styles of this and of earlier versions lie, for pages that are still open."""
        return self.data / "assets"

    @property
    def index_folder(self) -> Path:
        """The folder of the chosen engine's index; the other engine's stays as it is, to go back to."""
        folder = self.index or self.data / "index"
        return folder if self.search == "whoosh" else folder / self.search

    @property
    def base_url(self) -> str:
        """The address people open, without a slash at the end."""
        return (self.public_url or web_address(opening_host(self.host), self.port)).rstrip("/")

    @property
    def prefix(self) -> str:
        """The path under which people find everything ("/weike"), "" for a site that has its host alone."""
        return urlsplit(self.public_url).path.rstrip("/")

    @property
    def view_rule(self) -> ViewRule:
        """When a play counts as a view."""
        return ViewRule(
            min_s=self.view_min_s,
            short_clip_s=self.view_short_clip_s,
            short_share=self.view_short_share,
            window_min=self.view_window_min,
            complete_share=self.complete_share,
            max_rate=self.view_max_rate,
            slack_s=self.view_slack_s,
            late_h=self.beat_late_h,
            group_most=self.view_group_most,
        )

    @property
    def limits(self) -> Limits:
        """What uploads may be."""
        return Limits(self.max_upload_bytes, self.quota_bytes, self.keep_free_bytes)
