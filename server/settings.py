"""Every setting, from the environment (WEIKE_...) or a .env file; the defaults work on one machine."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from pydantic import field_validator, model_validator
from pydantic_settings import SettingsConfigDict

from library.intake.rules import Limits, UploadNumbers
from library.plays.rules import ViewRule
from server.addresses import opening_host, web_address
from server.setting_groups.branding import BrandingSettings
from server.setting_groups.counting import CountingSettings
from server.setting_groups.doors import DoorSettings
from server.setting_groups.gathering import GatheringSettings
from server.setting_groups.keeping import KeepingSettings
from server.setting_groups.mail import MailSettings
from server.setting_groups.places import PlaceSettings
from server.setting_groups.reflecting import ReflectionSettings
from server.setting_groups.running import RunningSettings
from server.setting_groups.serving import ServingSettings
from server.setting_groups.working import WorkSettings

PARALLEL_RECORDINGS = 8
"""How many recordings a worker is at at once; mostly they wait for their clips."""

_BESIDE_PAGES = 10
"""How many connections everything in server.background holds at once beside a worker's recordings."""


class Settings(
    # The last comes first: in this order they are printed, and stand in docs/settings.md.
    RunningSettings,
    GatheringSettings,
    ReflectionSettings,
    CountingSettings,
    KeepingSettings,
    WorkSettings,
    MailSettings,
    DoorSettings,
    BrandingSettings,
    ServingSettings,
    PlaceSettings,
):
    """The settings; names in the environment carry the prefix WEIKE_."""

    model_config = SettingsConfigDict(env_prefix="WEIKE_", env_file=".env", extra="ignore", frozen=True)

    @field_validator("speech_model", mode="before")
    @classmethod
    def _none_where_empty(cls, path: object) -> object:
        """Compose hands on what nobody set as an empty text, and that is no folder."""
        return path or None

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

    @model_validator(mode="after")
    def _letters_can_be_answered_for(self) -> Settings:
        """Refuse letters from nobody, and links that would begin with what a visitor says the host is."""
        if self.mail_server and not (self.mail_from and self.public_url):
            raise ValueError("WEIKE_MAIL_SERVER needs WEIKE_MAIL_FROM and WEIKE_PUBLIC_URL")
        return self

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
