"""What the site is called, and its colours."""

from __future__ import annotations

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings

from library.choices import colours
from library.choices.colours import Theme
from library.core.errors import Invalid


class BrandingSettings(BaseSettings):
    """What the site is called, and its colours."""

    site_name: str = Field(
        default="",
        max_length=30,
        pattern=r"^[^<>\x00-\x1f]*$",
        description="What this library is called: in titles, on share cards, posters and feeds; empty: 微课.",
    )
    site_short_name: str = Field(
        default="",
        max_length=10,
        pattern=r"^[^<>\x00-\x1f]*$",
        description="The same where there is little room, such as above every page; empty: the whole name.",
    )
    site_name_en: str = Field(
        default="",
        max_length=60,
        pattern=r"^[^<>\x00-\x1f]*$",
        description="The name on English pages; empty: the name above.",
    )
    accent: str = Field(
        default="",
        max_length=7,
        description="The colour of links, buttons and marks by day (#a51d24); refused when it cannot be read;"
        " empty: Weike's own.",
    )
    accent_dark: str = Field(
        default="",
        max_length=7,
        description="The same by night; empty: the nearest to the one by day that can be read there.",
    )

    @field_validator("site_name", "site_short_name", "site_name_en")
    @classmethod
    def _one_line(cls, name: str) -> str:
        return " ".join(name.split())

    @field_validator("accent")
    @classmethod
    def _read_by_day(cls, colour: str) -> str:
        return _readable(colour, Theme.LIGHT)

    @field_validator("accent_dark")
    @classmethod
    def _read_by_night(cls, colour: str) -> str:
        return _readable(colour, Theme.DARK)


def _readable(typed: str, theme: Theme) -> str:
    """Return a colour that can be read in a theme; raises ValueError with what was measured."""
    if not typed.strip():
        return ""
    try:
        colour = colours.read(typed)
        colours.check(colour, theme)
    except Invalid as refused:
        raise ValueError(f"{refused.code} {refused.values}") from refused
    return colour
