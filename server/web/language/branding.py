"""How the site looks to a reader of a language: its name, its picture, its stylesheet."""

from __future__ import annotations

from dataclasses import dataclass

from server.in_force import Brand
from server.web.language.i18n import N_, SOURCE_LANGUAGE, Catalogue


@dataclass(frozen=True, slots=True)
class Looks:
    """`emblem_url` and `style_url` are "" for Weike's own; all are whole paths, with the prefix. Under
    `icons_url` lie the application's pictures (server/slices/offline/icons.py)."""

    name: str
    short_name: str
    emblem_url: str
    style_url: str
    icons_url: str


def looks(brand: Brand, catalogue: Catalogue, prefix: str) -> Looks:
    """Return how the site looks to a reader of a language."""
    own = catalogue.translations.gettext(N_("微课"))
    in_chinese = catalogue.language == SOURCE_LANGUAGE
    return Looks(
        name=(brand.name if in_chinese else brand.name_en) or own,
        short_name=(brand.short_name if in_chinese else brand.name_en) or own,
        emblem_url=f"{prefix}/brand/{brand.emblem}.png" if brand.emblem else "",
        style_url=f"{prefix}/brand/{brand.style_name}.css" if brand.style_name else "",
        icons_url=f"{prefix}/app-icon/{brand.emblem or 'weike'}",
    )
