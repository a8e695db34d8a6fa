"""weike doctor: is this machine fit, and if not, what is to be done."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer

from server.commands.console import Console, console_of
from server.commands.doctor import checks
from server.commands.doctor.check import Check
from server.commands.failures import FAILED
from server.commands.options import Json

_MARKS = {"ok": "✓", "warn": "!", "bad": "✗"}


def doctor(context: typer.Context, as_json: Json = False) -> None:
    """Examine everything the library stands on; people read what is found as it is."""
    console = console_of(context)
    console.log(quiet=True)
    found = []
    for check in checks.examine(console.settings):
        found.append(_check_object(console, check))
        if not as_json:
            for line in _lines(found[-1]):
                console.line(line)
    is_well = all(check["status"] != "bad" for check in found)
    console.result({"ok": is_well, "checks": found}, as_json, ())
    if not is_well:
        raise typer.Exit(FAILED)


def _check_object(console: Console, check: Check) -> dict[str, Any]:
    return {
        "name": check.name,
        "status": check.status,
        "message": console.say(check.message, **check.values),
        "todo": console.say(check.todo, **check.values) if check.todo else "",
    }


def _lines(check: dict[str, Any]) -> Iterator[str]:
    yield f"{_MARKS[check['status']]} {check['name']:<12} {check['message']}"
    if check["todo"]:
        yield f"  {'':<12} → {check['todo']}"
