"""Every setting, from the environment (WEIKE_...) or a .env file; the defaults work on one machine."""

from __future__ import annotations

import grp
import re
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from library.access.mail_rules import clean_address
from library.access.second_factor_rules import SecondFactorPolicy
from library.core.errors import Invalid
from library.hearing.rules import SpeechMode
from library.intake.rules import Limits, UploadNumbers
from library.plays.rules import SPEEDS, ViewRule
from server.addresses import host_and_port, is_loopback, opening_host, web_address
from server.identity_settings import ProviderSettings

PARALLEL_RECORDINGS = 8
"""How many recordings a worker is at at once; mostly they wait for their clips."""

_BESIDE_PAGES = 10
"""How many connections everything in server.background holds at once beside a worker's recordings."""

MAIL_PORTS = {"smtps": 465, "smtp": 587, "smtp+plain": 25}
"""How a mail server is reached, and its usual port: by TLS from the start, by STARTTLS, which must then be
there, or in the clear, for a server on this machine or in this house's own network."""

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
    worker_dead_after_s: int = Field(
        default=90,
        ge=2,
        description="Seconds without a sign of life after which another worker takes over (PostgreSQL).",
    )
    parallel_clips: int = Field(
        default=2, ge=1, le=64, description="How many clips a worker encodes at once."
    )
    ffmpeg: str | None = Field(default=None, description="The ffmpeg to use; empty: PATH, then the wheel.")
    ffprobe: str | None = Field(default=None, description="The ffprobe to use; empty: PATH, then the wheel.")

    speech: SpeechMode = Field(
        default=SpeechMode.ON_REQUEST,
        description="Whether speech is recognised: always (every recording without words), on-request "
        "(where somebody asks for it), never. Needs `python3 run.py setup --speech`.",
    )
    speech_model: Path | None = Field(
        default=None,
        description="The folder of a model to recognise with; empty: the one that set-up put there.",
    )
    speech_threads: int = Field(
        default=2, ge=1, le=64, description="How many threads recognise; one recording at a time."
    )
    speech_nice: int = Field(
        default=10,
        ge=0,
        le=19,
        description="How far recognising stands back behind everything else, up to 19.",
    )
    speech_memory_bytes: int = Field(
        default=4 * 1024**3,
        ge=1024**3,
        description="The most address space that recognising may take; a fifth of it is really used.",
    )

    max_upload_bytes: int = Field(default=20 * 1024**3, gt=0, description="The largest file taken.")
    quota_bytes: int | None = Field(
        default=None, description="What one person may upload in all; empty: no limit."
    )
    keep_free_bytes: int = Field(default=1024**3, ge=0, description="Disk space that uploads never touch.")
    keep_uploads_days: int = Field(
        default=7,
        ge=1,
        le=365,
        description="Days after which an upload nobody goes on with is given up.",
    )
    uploads_open_person: int = Field(
        default=100, ge=0, description="Uploads that one person may have begun and not ended; 0: no limit."
    )
    uploads_open_address: int = Field(
        default=400, ge=0, description="The same for everybody at one address together."
    )
    uploads_hour_person: int = Field(
        default=300, ge=0, description="Uploads that one person may begin within an hour; 0: no limit."
    )
    uploads_hour_address: int = Field(
        default=1000, ge=0, description="The same for everybody at one address together."
    )
    uploads_day_bytes_person: int = Field(
        default=200 * 1024**3, ge=0, description="What one person may upload within a day; 0: no limit."
    )
    uploads_day_bytes_address: int = Field(
        default=1024**4, ge=0, description="The same for everybody at one address together."
    )

    check_database_h: int = Field(
        default=24,
        ge=1,
        le=24 * 31,
        description="Hours after which the database's pages are looked at again.",
    )

    invitation_days: int = Field(
        default=14,
        ge=1,
        le=60,
        description="Days for which the links and codes of a branch's sheet let people in.",
    )
    three_admins: bool = Field(
        default=False,
        description="Whether system (admin), security (staff) and audit (auditor) administration are kept "
        "apart: nobody holds two of the three, and administrators no longer read the ledger.",
    )
    downloads: bool = Field(default=True, description="Whether viewers may save clips as files.")

    audit_keep_days: int = Field(
        default=3 * 365 + 1,
        ge=180,
        le=36_500,
        description="Days for which it is kept who did what to whom (the ledger of deeds); 180 at least.",
    )

    mail_server: str = Field(
        default="",
        description="Who sends letters: smtps://user@host (TLS), smtp://user@host (STARTTLS) or "
        "smtp+plain://host (in the clear, in this house alone), with :port if it is another; empty: none are "
        "sent. Needs WEIKE_MAIL_FROM and WEIKE_PUBLIC_URL, which links in letters begin with.",
    )
    mail_password_file: Path | None = Field(
        default=None, description="Holds the password at the mail server; nobody else may read it."
    )
    mail_from: str = Field(default="", description="The address that letters come from.")

    suggestions_keep_days: int = Field(
        default=730,
        ge=30,
        le=36_500,
        description="Days for which the words of a suggestion are kept once it was answered or set aside.",
    )

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
        default=500, ge=2, le=100_000, description="The most people that a screening by staff may declare."
    )
    view_group_lecturer_most: int = Field(
        default=200,
        ge=2,
        le=100_000,
        description="The most people that a screening by a lecturer may declare.",
    )
    view_group_member_most: int = Field(
        default=60, ge=2, le=100_000, description="The most people that a screening by a member may declare."
    )
    view_group_hour: int = Field(
        default=6,
        ge=1,
        le=1000,
        description="How many such screenings full of people one branch may declare in an hour, in people.",
    )
    view_address_minute: int = Field(
        default=10,
        ge=0,
        le=10_000,
        description="Views of people without an account that count in a minute from one address; 0: all.",
    )
    view_address_clip_hour: int = Field(
        default=60,
        ge=0,
        le=100_000,
        description="Views of people without an account that count in an hour from one address for one clip; "
        "0: all.",
    )
    visitors_address_minute: int = Field(
        default=20,
        ge=0,
        le=10_000,
        description="New visitors a minute from one address, three minutes' worth at once; more of them are "
        "counted together as one. 0: any number.",
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

    @field_validator("identity_providers")
    @classmethod
    def _told_apart(cls, providers: tuple[ProviderSettings, ...]) -> tuple[ProviderSettings, ...]:
        """Refuse two of one key: a link must lead to one of them."""
        if len({one.key for one in providers}) != len(providers):
            raise ValueError("two providers have the same key")
        return providers

    @field_validator("mail_server")
    @classmethod
    def _mail_server_named(cls, url: str) -> str:
        """Refuse what names no mail server, and a password that the environment would show."""
        parts = urlsplit(url)
        if url and (parts.scheme not in MAIL_PORTS or not parts.hostname or parts.path.strip("/")):
            raise ValueError(f"must be {', '.join(MAIL_PORTS)} and name a host: smtps://user@mail.example.cn")
        if parts.password:
            raise ValueError("the password belongs into the file of WEIKE_MAIL_PASSWORD_FILE")
        return url

    @model_validator(mode="after")
    def _letters_can_be_answered_for(self) -> Settings:
        """Refuse letters from nobody, and links that would begin with what a visitor says the host is."""
        if self.mail_server and not (self.mail_from and self.public_url):
            raise ValueError("WEIKE_MAIL_SERVER needs WEIKE_MAIL_FROM and WEIKE_PUBLIC_URL")
        if self.mail_from:
            try:
                clean_address(self.mail_from)
            except Invalid as error:
                raise ValueError("WEIKE_MAIL_FROM is no mail address: weike@example.cn") from error
        return self

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

    @field_validator("otel_url")
    @classmethod
    def _collector(cls, url: str) -> str:
        if url and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname):
            raise ValueError("must begin with http:// or https:// and name a host")
        return url

    @model_validator(mode="after")
    def _metrics_are_closed(self) -> Settings:
        """Refuse to show figures to other machines without a token."""
        if self.metrics:
            host, _port = host_and_port(self.metrics)
            if not is_loopback(host) and not self.metrics_token.get_secret_value():
                raise ValueError(
                    "WEIKE_METRICS listens for other machines: set WEIKE_METRICS_TOKEN, "
                    "or listen on 127.0.0.1"
                )
        return self

    @field_validator(
        "data",
        "index",
        "secret_file",
        "media_secret_file",
        "second_factor_secret_file",
        "mail_password_file",
        "backup_to",
        "postgres_tools",
        "speech_model",
    )
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
        recording and each clip that a worker is at, and the one it hears: the step's own, and that of what
        watches over it.
        """
        at_work = PARALLEL_RECORDINGS + self.parallel_clips + 1 if self.worker else 0
        return self.threads + _BESIDE_PAGES + 2 * at_work

    @property
    def jobs(self) -> str:
        """The jobs' database URL."""
        return self.jobs_url or f"sqlite:///{self.data / 'jobs.sqlite'}"

    @property
    def site_keys_file(self) -> Path:
        """The file of the secrets that sign visitors' cookies, the tokens of forms and the keys of plays."""
        return self.secret_file or self.data / "secret"

    @property
    def media_keys_file(self) -> Path:
        """The file of the secrets that sign media addresses."""
        return self.media_secret_file or self.data / "media_secret"

    @property
    def sealing_keys_file(self) -> Path:
        """The file of the secrets that encrypt second factors; there is none before the first is set up."""
        return self.second_factor_secret_file or self.data / "second_factor_secret"

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
            group_lecturer_most=self.view_group_lecturer_most,
            group_member_most=self.view_group_member_most,
            group_hour=self.view_group_hour,
            address_minute=self.view_address_minute,
            address_clip_hour=self.view_address_clip_hour,
        )

    @property
    def upload_numbers(self) -> UploadNumbers:
        """How much one person, and everybody at one address, may begin to upload."""
        return UploadNumbers(
            open_person=self.uploads_open_person,
            open_address=self.uploads_open_address,
            hour_person=self.uploads_hour_person,
            hour_address=self.uploads_hour_address,
            day_bytes_person=self.uploads_day_bytes_person,
            day_bytes_address=self.uploads_day_bytes_address,
        )

    @property
    def limits(self) -> Limits:
        """What uploads may be."""
        return Limits(self.max_upload_bytes, self.quota_bytes, self.keep_free_bytes)
