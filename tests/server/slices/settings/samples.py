"""The settings and the site's looks: filled with believable contents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from library.choices.colours import Theme
from server.in_force import BRANDING, CHANGEABLE
from server.settings import Settings
from server.shown_settings import bounds, default_of, kind_of, variable
from server.slices.settings import contexts as c
from server.slices.settings.desk import rooms, written
from server.web.parts import Reason, RefusedForm
from tests.server.pages.samples import NOW, Sample, frame
from tests.server.slices.system.samples import ADMIN

HISTORY = (
    c.ChoiceLine(
        at=NOW,
        who="陈志远",
        name="invitation_days",
        variable="WEIKE_INVITATION_DAYS",
        what="set",
        before=None,
        after="30",
    ),
    c.ChoiceLine(
        at=NOW,
        who="",
        name="accent",
        variable="WEIKE_ACCENT",
        what="reset",
        before="#0057b8",
        after=None,
    ),
)
_SOURCES = {"database_url": "environment", "metrics_token": ".env", "downloads": "environment"}
_VALUES = {"database_url": "postgresql+psycopg://weike:***@db/weike", "metrics_token": "***"}


def _row(name: str) -> c.SettingRow:
    default = written(default_of(name))
    least, most = bounds(name)
    mine = name == "invitation_days"
    value = Settings.model_fields[name].default
    return c.SettingRow(
        name=name,
        variable=variable(name),
        value="30" if mine else _VALUES.get(name, default),
        default=default,
        source="chosen" if mine else _SOURCES.get(name, "default"),
        kind=kind_of(name),
        least="" if least is None else written(least),
        most="" if most is None else written(most),
        changeable=name in CHANGEABLE,
        pinned=name == "downloads",
        secret=name == "metrics_token",
        chosen=mine,
        branding=name in BRANDING,
        who="陈志远" if mine else "",
        at=NOW if mine else None,
        size=value if "_bytes" in name and isinstance(value, int) else None,
    )


def pages() -> Iterator[Sample]:
    """All settings, one that was refused, those that may be changed; looks of one's own, and refused ones."""
    groups = tuple(c.SettingGroup(name=room, rows=tuple(map(_row, names))) for room, names in rooms().items())
    full = c.SettingsPage(
        frame=frame(ADMIN, "/system/settings"),
        groups=groups,
        history=HISTORY,
        total=len(Settings.model_fields),
        changeable=len(CHANGEABLE),
    )
    yield "settings", full
    yield "settings_open", replace(full, groups=tuple(replace(one, open=True) for one in groups), all=True)
    wrong = Reason(code="setting_value", args={"field": "invitation_days"})
    refused = RefusedForm(form="invitation_days", typed={"value": "600"}, reason=wrong)
    keeping = tuple(group for group in groups if group.name == "keeping")
    yield "settings_refused", replace(full, groups=keeping, history=(), only=True, refused=refused)
    named = {
        "site_name": "青溪县党课资料库",
        "site_short_name": "青溪党课",
        "site_name_en": "Qingxi library",
        "accent": "#0057b8",
        "accent_dark": "",
    }
    yield (
        "branding",
        c.BrandingPage(
            frame=frame(ADMIN, "/system/branding"),
            typed=named,
            pinned=frozenset({"site_name_en"}),
            colours=(
                c.ThemeColours(theme=Theme.LIGHT, accent="#0057b8", ratio=5.76),
                c.ThemeColours(theme=Theme.DARK, accent="#458ff5", ratio=4.52),
            ),
            history=HISTORY[1:],
        ),
    )
    pale = Reason(
        code="colour_contrast",
        args={
            "field": "accent",
            "theme": "light",
            "ratio": "1.28",
            "least": "4.5",
            "nearest": "#7b6a24",
        },
    )
    yield (
        "branding_refused",
        c.BrandingPage(
            frame=frame(ADMIN, "/system/branding"),
            typed={**named, "accent": "#ffd700"},
            pinned=frozenset(),
            refused=RefusedForm(form="branding", typed={"accent": "#ffd700"}, reason=pale),
        ),
    )
