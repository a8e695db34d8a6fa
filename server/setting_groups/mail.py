"""Letters."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings

from library.access.mail_rules import clean_address
from library.core.errors import Invalid

MAIL_PORTS = {"smtps": 465, "smtp": 587, "smtp+plain": 25}
"""How a mail server is reached, and its usual port: by TLS from the start, by STARTTLS, which must then be
there, or in the clear, for a server on this machine or in this house's own network."""


class MailSettings(BaseSettings):
    """Letters."""

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

    @field_validator("mail_from")
    @classmethod
    def _mail_from_is_an_address(cls, address: str) -> str:
        if address:
            try:
                clean_address(address)
            except Invalid as error:
                raise ValueError("WEIKE_MAIL_FROM is no mail address: weike@example.cn") from error
        return address
