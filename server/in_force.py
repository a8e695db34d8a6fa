"""The settings that are in force now: those of the machine, and what an administrator has chosen since.

What may be chosen is named in CHANGEABLE, and decision 47 says why these. What the environment or the .env
file says is not chosen: whoever runs the machine has said it.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

import structlog
from pydantic import TypeAdapter, ValidationError
from sqlalchemy.orm import Session

from library.choices import colours, queries
from library.choices.colours import Theme
from library.choices.rules import EMBLEM
from library.core.database import Database
from library.core.errors import Invalid
from library.gatherings.kinds import KindsWrong, extended
from server.settings import Settings

log = structlog.get_logger()

BRANDING = ("site_name", "site_short_name", "site_name_en", "accent", "accent_dark")
CHANGEABLE = (
    *BRANDING,
    "downloads",
    "map_url",
    "invitation_days",
    "quota_bytes",
    "uploads_open_person",
    "uploads_open_address",
    "uploads_hour_person",
    "uploads_hour_address",
    "uploads_day_bytes_person",
    "uploads_day_bytes_address",
    "gathering_kinds",
    "gathering_late_min",
)
"""What may be chosen while the program runs: every use of these asks what is in force at that moment."""

KINDS = "gathering_kinds"
"""A list, kept as JSON; it has a page of its own."""

_COLOURS = {"accent": Theme.LIGHT, "accent_dark": Theme.DARK}


@dataclass(frozen=True)
class Brand:
    """What the site is called ("" for Weike's own names), the hash of its picture, and its stylesheet: its
    text, and the name of its address ("" for none)."""

    name: str = ""
    short_name: str = ""
    name_en: str = ""
    emblem: str = ""
    style: str = ""
    style_name: str = ""


@dataclass(frozen=True)
class InForce:
    """The settings with what was chosen, and the site's looks; `version` counts the changes."""

    settings: Settings
    brand: Brand
    version: int


class SettingsInForce:
    """What is in force. Whoever asks for it asks no database: a thread looks at the number of changes every
    second (server.background.choices), and whoever changes something looks at once."""

    def __init__(self, db: Database, settings: Settings) -> None:
        self._db, self._own = db, settings
        self.pinned = frozenset(settings.model_fields_set) & frozenset(CHANGEABLE)
        """What the machine's own settings say, and nobody chooses."""
        self._looking = threading.Lock()
        self._held = InForce(settings, brand_of(settings, ""), -1)

    @property
    def now(self) -> InForce:
        """What is in force, as far as this process knows."""
        return self._held

    def own(self, name: str) -> Any:
        """Return what the machine's settings say."""
        return getattr(self._own, name)

    def look(self) -> InForce:
        """Look whether something was changed, and return what is in force."""
        with self._looking, self._db.read() as session:
            if queries.version(session) != self._held.version:
                self._held = self._read(session)
        return self._held

    @contextmanager
    def changing(self) -> Iterator[Session]:
        """Give a transaction in which something is chosen: the next request to this process feels it."""
        with self._db.write() as session:
            yield session
        self.look()

    def _read(self, session: Session) -> InForce:
        version, typed = queries.version(session), queries.values(session)
        chosen: dict[str, Any] = {}
        for name in CHANGEABLE:
            if name in typed and name not in self.pinned:
                try:
                    chosen[name] = value_of(name, typed[name])
                except Invalid as refused:  # an older version let it in
                    log.warning("a chosen setting is not fit any more", name=name, why=refused.code)
        settings = self._own.model_copy(update=chosen)
        return InForce(settings, brand_of(settings, typed.get(EMBLEM, "")), version)


def value_of(name: str, typed: str) -> Any:
    """Return the value that somebody typed for a setting; raises Invalid with its `field`: colour_contrast,
    colour_unknown, setting_value."""
    theme = _COLOURS.get(name)
    if theme is not None and typed.strip():
        try:
            colour = colours.read(typed)
            colours.check(colour, theme)
        except Invalid as refused:
            raise Invalid(refused.code, **{**refused.values, "field": name}) from None
        return colour
    field = Settings.model_fields[name]
    if typed.strip() == "" and field.default in (None, ""):
        return field.default
    try:
        if name == KINDS:
            lines = _adapter(name).validate_json(typed.strip() or "[]")
            extended(lines)
            return lines
        value = _adapter(name).validate_python(typed.strip())
    except (ValidationError, KindsWrong):
        raise Invalid("setting_value", field=name) from None
    return " ".join(value.split()) if isinstance(value, str) else value


def kept_text(value: Any) -> str:
    """Return a value as it is kept: what somebody would type for it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return json.dumps(value, ensure_ascii=False)
    return "" if value is None else str(value)


@cache
def _adapter(name: str) -> TypeAdapter[Any]:
    field = Settings.model_fields[name]
    kind: Any = Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
    return TypeAdapter(kind)


def brand_of(settings: Settings, emblem: str) -> Brand:
    """Return how the site looks under some settings."""
    style = _stylesheet(settings.accent, settings.accent_dark)
    return Brand(
        name=settings.site_name,
        short_name=settings.site_short_name or settings.site_name,
        name_en=settings.site_name_en or settings.site_name,
        emblem=emblem,
        style=style,
        style_name=hashlib.sha256(style.encode()).hexdigest()[:16] if style else "",
    )


def _stylesheet(light: str, dark: str) -> str:
    """Return the rules that put a site's colours in the place of ours; "" for ours."""
    if not light and not dark:
        return ""
    rules = []
    for theme, chosen in ((Theme.LIGHT, light), (Theme.DARK, dark or colours.nearest(light, Theme.DARK))):
        if chosen:
            inside = ":root{" + _variables(colours.palette(chosen, theme)) + "}"
            rules.append(
                inside if theme is Theme.LIGHT else f"@media (prefers-color-scheme: dark){{{inside}}}"
            )
    return "\n".join(rules) + "\n"


def _variables(palette: colours.Palette) -> str:
    told: Mapping[str, str] = {
        "--red": palette.accent,
        "--red-deep": palette.deep,
        "--red-wash": palette.wash,
        "--button": palette.button,
        "--button-deep": palette.button_deep,
    }
    return "".join(f"{name}:{value};" for name, value in told.items())
