"""What may be uploaded, and how long what is kept."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import BaseSettings


class KeepingSettings(BaseSettings):
    """What may be uploaded, and how long what is kept."""

    max_upload_bytes: int = Field(default=20 * 1024**3, gt=0, description="The largest file taken.")
    quota_bytes: int | None = Field(
        default=None, ge=0, description="What one person may upload in all; empty: no limit."
    )
    map_url: str = Field(
        default="geo:{lat},{lon}",
        pattern=r"^(geo:|https://)[^\s\"'<>]+$",
        description="Where a map shows the place of a site; {lat}, {lon} (WGS 84) and {name} are filled in.",
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
    offline: bool = Field(
        default=True,
        description="Whether browsers may keep pages and clips for when the network is away. Switched off, "
        "what they have kept goes when they come next.",
    )
    push_services: str = Field(
        default="",
        max_length=2000,
        pattern=r"^((\*\.)?[A-Za-z0-9.-]+( +|$))*$",
        description="Push services of browsers to which this server may speak, by their hosts with spaces"
        " between them (fcm.googleapis.com *.push.services.mozilla.com *.notify.windows.com"
        " *.push.apple.com); empty: nobody is pushed to. Browsers must reach them too: on a network without a"
        " line out it does not work.",
    )
    embed_on: str = Field(
        default="",
        max_length=2000,
        # It becomes a part of a header: nothing but origins gets there.
        pattern=r"^(https?://(\*\.)?[A-Za-z0-9.-]+(:\d{1,5})?( +|$))*$",
        description="Sites that may show lessons inside of their own pages, by their origins with spaces"
        " between them (https://portal.example.cn); empty: none.",
    )

    audit_keep_days: int = Field(
        default=3 * 365 + 1,
        ge=180,
        le=36_500,
        description="Days for which it is kept who did what to whom (the ledger of deeds); 180 at least.",
    )

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
