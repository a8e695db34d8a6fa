"""The backups on the shelf, and that one is to be tried out."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.core.errors import Conflict, NotFound
from library.core.paging import Page
from library.core.rights import Act, allowed
from library.upkeep import actions, queries
from library.upkeep.rules import Task, reason_values
from library.upkeep.tables import Look
from server.keeping import rules, state
from server.keeping.listing import Listing, Shown
from server.settings import Settings
from server.slices.upkeep.contexts import BackupRow, BackupsPage, TrialRow
from server.web.deps import (
    Admin,
    ClockDep,
    PagesDep,
    Reading,
    SettingsDep,
    ShelfLooksDep,
    SystemChanger,
    Writing,
)
from server.web.limits.fields import WordForm
from server.web.pages import pager
from server.web.parts import Reason

router = APIRouter(include_in_schema=False)

BACKUPS = "/system/backups"
_PER_PAGE = 50


@router.get(BACKUPS)
def backups(
    request: Request,
    session: Reading,
    who: Admin,
    pages: PagesDep,
    settings: SettingsDep,
    looks: ShelfLooksDep,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Response:
    """What lies in the folder of backups."""
    found = looks.listing(settings.backup_to)
    rows = found.backups[(page - 1) * _PER_PAGE : page * _PER_PAGE]
    trials = trials_of(session, settings)
    asked = next((one for one in queries.waiting(session) if one.task is Task.TRY), None)
    context = BackupsPage(
        frame=pages.frame(request, session, who),
        rows=tuple(_row(one, trials.get(one.name)) for one in rows),
        pager=pager(Page(list(rows), page, _PER_PAGE, len(found.backups)), BACKUPS),
        problem=problem_of(found),
        partial=found.partial,
        asked=trial_of(asked) if asked else None,
        asked_name=asked.about if asked else "",
        may_change=allowed(who.viewer, Act.SYSTEM_CHANGE),
    )
    return pages.respond(request, who, context)


@router.post(BACKUPS + "/test")
def try_out(
    session: Writing,
    who: SystemChanger,
    pages: PagesDep,
    settings: SettingsDep,
    looks: ShelfLooksDep,
    clock: ClockDep,
    name: WordForm = "",
) -> Response:
    """Ask the worker to try a backup out."""
    asked = ask_trial(session, who.viewer.person_id, looks.listing(settings.backup_to), clock(), name)
    return pages.redirect(BACKUPS, "trial_asked" if asked else "upkeep_waits", kind="notice")


def ask_trial(session: Session, by: str | None, found: Listing, now: datetime, name: str) -> bool:
    """Ask for a trial of a backup that was found on the shelf; returns whether none was asked for already.

    Raises NotFound for a name of none, Conflict with the reason why the folder cannot be read.
    """
    if found.problem:
        raise Conflict(found.problem)
    if rules.moment_of(name) is None or name not in {one.name for one in found.backups}:
        raise NotFound
    return actions.ask(session, by, Task.TRY, now, name)


def problem_of(found: Listing) -> Reason | None:
    """Return why the folder cannot be read."""
    return Reason(code=found.problem) if found.problem else None


def trials_of(session: Session, settings: Settings) -> dict[str, TrialRow]:
    """Return the last trial of each backup, those of the worker's own week among them, by its name."""
    found = {name: trial_of(look) for name, look in queries.trials(session).items()}
    own = state.read(settings.data).test
    if own is not None and own.name:
        known = found.get(own.name)
        if known is None or (known.ended_at is not None and known.ended_at < own.at):
            why = Reason(code=own.code, args=_without_paths(own.values)) if own.code else None
            found[own.name] = TrialRow(asked_at=own.at, ended_at=own.at, percent=100.0, reason=why)
    return found


def trial_of(look: Look) -> TrialRow:
    """Return a trial as it is shown."""
    args = reason_values(look.figures, look.about)
    reason = Reason(code=look.reason, args=args) if look.reason else None
    return TrialRow(asked_at=look.asked_at, ended_at=look.done_at, percent=look.percent, reason=reason)


def _without_paths(values: dict[str, object]) -> dict[str, object]:
    return {
        key: Path(value).name if isinstance(value, str) and value.startswith("/") else value
        for key, value in values.items()
    }


def _row(one: Shown, trial: TrialRow | None) -> BackupRow:
    return BackupRow(
        name=one.name,
        at=one.at,
        fault=one.fault,
        files=one.files,
        size_bytes=one.size_bytes,
        missing=one.missing,
        damaged=one.damaged,
        trial=trial,
    )
