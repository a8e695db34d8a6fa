"""Contexts of the settings and of how the site looks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from library.choices.colours import Theme
from server.web.parts import Context, RefusedForm


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingRow:
    """A setting: what it is in force as, its default, and where that comes from (a "setting_source").

    `kind` is how it is typed (bool, int, number, choice, text), `least` and `most` its bounds. A `secret` has
    no value: only `value` "***" where there is one. `changeable` may be changed on the page, unless it is
    `pinned` by the machine's own settings; `who` and `at` tell who chose the value that is in force. `size`
    is what a number of bytes is, else None.
    """

    name: str
    variable: str
    value: str
    default: str
    source: str
    kind: str
    least: str = ""
    most: str = ""
    changeable: bool = False
    pinned: bool = False
    secret: bool = False
    chosen: bool = False
    branding: bool = False
    who: str = ""
    at: datetime | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingGroup:
    """The settings of one room; `name` is a word of "setting_group". Those that are not `open` show their
    name and unfold."""

    name: str
    rows: tuple[SettingRow, ...]
    open: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceLine:
    """One change; None: what the machine's settings say. Of a picture the values are hashes."""

    at: datetime
    who: str
    name: str
    variable: str
    what: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsPage(Context):
    """GET /system/settings?changeable=&q=&open= (role admin): every setting by rooms; `only`: those alone
    that may be changed here, `q`: those whose names or words have these. ?open= names the room, or a setting
    of it, that stands open, `all`: all of them do. `history` are the last changes.

    Forms: POST /system/settings/{name} (value), POST /system/settings/{name}/reset ().
    """

    template: ClassVar[str] = "settings/settings.html"
    groups: tuple[SettingGroup, ...]
    history: tuple[ChoiceLine, ...]
    total: int
    changeable: int
    only: bool = False
    q: str = ""
    all: bool = False
    refused: RefusedForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeColours:
    """What an accent comes to in a theme, with the smallest contrast it has there."""

    theme: Theme
    accent: str
    ratio: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandingPage(Context):
    """GET /system/branding (role admin): how the site looks. `typed` is what the form begins with, `pinned`
    the names that the machine's own settings say. `colours` are those in force, () for Weike's own.

    Forms: POST /system/branding (site_name, site_short_name, site_name_en, accent, accent_dark),
    POST /system/branding/emblem (file), POST /system/branding/emblem/remove ().
    """

    template: ClassVar[str] = "settings/branding.html"
    typed: dict[str, str]
    pinned: frozenset[str]
    colours: tuple[ThemeColours, ...] = ()
    has_emblem: bool = False
    history: tuple[ChoiceLine, ...] = ()
    refused: RefusedForm | None = None
