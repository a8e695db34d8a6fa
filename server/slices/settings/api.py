"""Settings under /api/v1: all of them to read, the changeable ones to change."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Header, Response
from pydantic import BaseModel

from library.core.errors import Conflict, Invalid
from server.slices.settings.desk import DeskDep
from server.web.deps import Reading, SystemChanger
from server.web.limits.fields import LineText

router = APIRouter(prefix="/api/v1/settings", tags=["settings"])


class SettingOut(BaseModel):
    """A setting as it is in force; what is secret is told as set or "" alone.

    `source` is where its value comes from: "chosen" on the page or here. `pinned`: the machine's own settings
    say it, and nobody chooses. `by` and `at` are of the last who chose it.
    """

    name: str
    variable: str
    value: str
    default: str
    source: str
    changeable: bool
    pinned: bool
    by: str
    at: datetime | None


class SettingsOut(BaseModel):
    """All settings. `version` counts the changes: send it with a change, as `If-Match` or `version`."""

    version: int
    settings: list[SettingOut]


class SettingIn(BaseModel):
    """The value as one would type it; `version` is that of the settings as you know them."""

    value: LineText
    version: int | None = None


class ChangedOut(BaseModel):
    """Whether it became another, and the number of changes from now on."""

    changed: bool
    version: int


IfMatch = Annotated[str | None, Header(alias="If-Match", max_length=40)]


@router.get("")
def read(desk: DeskDep, session: Reading, response: Response) -> SettingsOut:
    """Every setting, what it is and where that comes from (administrators); ETag is the version."""
    page = desk.settings_page(session)
    version = desk.in_force.look().version
    response.headers["ETag"] = f'"{version}"'
    return SettingsOut(
        version=version,
        settings=[
            SettingOut(
                name=row.name,
                variable=row.variable,
                value=row.value,
                default=row.default,
                source=row.source,
                changeable=row.changeable,
                pinned=row.pinned,
                by=row.who,
                at=row.at,
            )
            for group in page.groups
            for row in group.rows
        ],
    )


@router.put("/{name}")
def choose(
    desk: DeskDep, who: SystemChanger, name: str, body: SettingIn, if_match: IfMatch = None
) -> ChangedOut:
    """Change a setting while the program runs (administrators); 409 when any was changed since the version
    that you know, or when the machine's own settings say it."""
    changed = desk.choose({name: body.value}, version=_version(if_match, body.version))
    return ChangedOut(changed=changed, version=desk.in_force.now.version)


@router.delete("/{name}")
def reset(
    desk: DeskDep, who: SystemChanger, name: str, version: int | None = None, if_match: IfMatch = None
) -> ChangedOut:
    """Let a setting be what the machine's settings say (administrators)."""
    changed = desk.choose({name: None}, version=_version(if_match, version))
    return ChangedOut(changed=changed, version=desk.in_force.now.version)


def _version(if_match: str | None, version: int | None) -> int:
    """Return the version that a change is made of; raises Invalid where none is named, Conflict where the two
    differ."""
    named = version
    if if_match is not None:
        said = if_match.strip().removeprefix("W/").strip('"')
        if not (said.isascii() and said.isdecimal() and len(said) < 10):
            raise Invalid("setting_version", field="version")
        if named is not None and named != int(said):
            raise Conflict("setting_changed", field="version")
        named = int(said)
    if named is None:
        raise Invalid("setting_version", field="version")
    return named
