"""One request of an administrator at the settings."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from fastapi import Depends, Request
from pydantic import SecretStr
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.choices import actions, colours, queries
from library.choices.colours import Theme
from library.choices.rules import EMBLEM
from library.core.errors import Conflict, NotFound
from server.in_force import BRANDING, CHANGEABLE, kept_text, value_of
from server.settings import Settings
from server.shown_settings import bounds, default_of, kind_of, shown_value, sources, variable
from server.slices.settings.contexts import (
    BrandingPage,
    ChoiceLine,
    SettingGroup,
    SettingRow,
    SettingsPage,
    ThemeColours,
)
from server.web.deps import Admin, ClockDep, DatabaseDep, InForceDep, PagesDep
from server.web.form_door import FormDoor
from server.web.language.words import word
from server.web.parts import RefusedForm

SETTINGS, LOOKS = "/system/settings", "/system/branding"
_HISTORY = 30


class Desk(FormDoor):
    """Shows an administrator the settings, and chooses what they ask for."""

    def __init__(
        self,
        request: Request,
        who: Admin,
        pages: PagesDep,
        clock: ClockDep,
        db: DatabaseDep,
        in_force: InForceDep,
    ) -> None:
        super().__init__(request, who, pages, clock, db)
        self.in_force = in_force

    def choose(self, wanted: Mapping[str, str | None], *, version: int | None = None) -> bool:
        """Choose values as they were typed, None: what the machine's settings say; returns whether anything
        became another. `version` is the number of changes that whoever chooses knows of.

        Raises NotFound, Conflict: setting_pinned, setting_changed; and as `value_of`.
        """
        for name, typed in wanted.items():
            if name not in (*CHANGEABLE, EMBLEM):
                raise NotFound
            if name in self.in_force.pinned:
                raise Conflict("setting_pinned", field=name)
            if typed is not None and name != EMBLEM:
                value_of(name, typed)
        with self.in_force.changing() as session:
            if version is not None:
                actions.check_version(session, version)
            by, now = self.viewer.person_id, self.clock()
            changed = [
                actions.choose(session, by, name, self._kept(name, typed), now)
                for name, typed in wanted.items()
            ]
        return any(changed)

    def _kept(self, name: str, typed: str | None) -> str | None:
        """Return what is kept of what was typed: nothing for what the machine's settings say anyway."""
        if typed is None or name == EMBLEM:
            return typed
        value = value_of(name, typed)
        return None if value == self.in_force.own(name) else kept_text(value)

    # ------------------------------------------------------------------ pages

    def settings_page(
        self,
        session: Session,
        refused: RefusedForm | None = None,
        *,
        only: bool = False,
        q: str = "",
        open_at: str = "",
    ) -> SettingsPage:
        """Return every setting, or those that are asked for."""
        rows = {row.name: row for row in self._rows(session)}
        if refused is not None:
            open_at = refused.form
        groups = []
        for key, names in rooms().items():
            its = tuple(
                rows[n] for n in names if (rows[n].changeable or not only) and self._has(key, rows[n], q)
            )
            opened = bool(q.strip()) or open_at in (key, "all") or open_at in names
            groups.append(SettingGroup(name=key, rows=its, open=opened))
        return SettingsPage(
            frame=self.frame(session),
            groups=tuple(group for group in groups if group.rows),
            q=q,
            all=open_at == "all",
            history=self._history(session),
            total=len(rows),
            changeable=sum(row.changeable for row in rows.values()),
            only=only,
            refused=refused,
        )

    def _has(self, room: str, row: SettingRow, q: str) -> bool:
        """Tell whether all words of `q` stand in a setting's names, or in what is said of it."""
        catalogue = self.pages.renderer.catalogue(self.who.language)
        said = (row.variable, word("setting", row.name, catalogue), word("setting_group", room, catalogue))
        text = " ".join(said).casefold()
        return all(part in text for part in q.casefold().split())

    def _rows(self, session: Session) -> Iterator[SettingRow]:
        now, chosen = self.in_force.now.settings, queries.chosen(session)
        source = sources(now)
        for name in Settings.model_fields:
            value = getattr(now, name)
            mine = chosen.get(name) if name in CHANGEABLE and name not in self.in_force.pinned else None
            secret = isinstance(value, SecretStr)
            least, most = bounds(name)
            yield SettingRow(
                name=name,
                variable=variable(name),
                value=written(shown_value(name, value)),
                default=written(default_of(name)),
                source="chosen" if mine else source[name],
                kind=kind_of(name),
                least="" if least is None else written(least),
                most="" if most is None else written(most),
                changeable=name in CHANGEABLE,
                pinned=name in self.in_force.pinned,
                secret=secret or "secret" in name or "password" in name,
                chosen=mine is not None,
                branding=name in BRANDING,
                who=mine.who if mine else "",
                at=mine.at if mine else None,
                size=value if name.endswith("_bytes") or "_bytes_" in name else None,
            )

    def branding_page(self, session: Session, refused: RefusedForm | None = None) -> BrandingPage:
        """Return how the site looks."""
        now = self.in_force.now
        typed = {name: str(getattr(now.settings, name)) for name in BRANDING}
        if refused is not None and refused.form == "branding":
            typed |= refused.typed
        return BrandingPage(
            frame=self.frame(session),
            typed=typed,
            pinned=self.in_force.pinned,
            colours=tuple(_colours(now.settings)),
            has_emblem=bool(now.brand.emblem),
            history=tuple(line for line in self._history(session) if line.name in (*BRANDING, EMBLEM)),
            refused=refused,
        )

    def _history(self, session: Session) -> tuple[ChoiceLine, ...]:
        return tuple(
            ChoiceLine(
                at=line.at,
                who=line.who,
                name=line.name,
                variable=variable(line.name) if line.name != EMBLEM else "",
                what=line.what.value,
                before=line.before,
                after=line.after,
            )
            for line in queries.history(session, _HISTORY)
        )

    def answer(self, changed: bool, back: str, done: str = "setting_saved") -> Response:
        """Go back to a page with a word of what was done."""
        return self.pages.redirect(
            back, done if changed else "setting_same", kind="done" if changed else "notice"
        )


def rooms() -> dict[str, list[str]]:
    """Return the names of the settings by rooms, in the order of docs/settings.md."""
    found: dict[str, list[str]] = {}
    for name in Settings.model_fields:
        room = next(base for base in Settings.__bases__ if name in base.__annotations__)
        found.setdefault(room.__name__.removesuffix("Settings").lower(), []).append(name)
    return found


def written(value: Any) -> str:
    """Return a value as it is shown."""
    if value in (None, "", {}, (), []):
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _colours(settings: Settings) -> Iterator[ThemeColours]:
    light, dark = settings.accent, settings.accent_dark
    if light:
        yield ThemeColours(theme=Theme.LIGHT, accent=light, ratio=colours.least_ratio(light, Theme.LIGHT))
        dark = dark or colours.nearest(light, Theme.DARK)
    if dark:
        yield ThemeColours(theme=Theme.DARK, accent=dark, ratio=colours.least_ratio(dark, Theme.DARK))


DeskDep = Annotated[Desk, Depends()]
