"""What adds the commands of the study loop: what each needs is loaded when it is called."""

from __future__ import annotations

import typer

from server.commands.help import HELP


def gathering(app: typer.Typer) -> None:
    """Add `weike gathering`."""
    from server.commands.study import gathering

    group = typer.Typer(help=HELP["gathering"])
    gathering.add_commands(group)
    app.add_typer(group, name="gathering")


def grades(app: typer.Typer) -> None:
    """Add `weike grades`."""
    from server.commands.study import grades

    group = typer.Typer(help=HELP["grades"])
    grades.add_commands(group)
    app.add_typer(group, name="grades")


def evidence(app: typer.Typer) -> None:
    """Add `weike evidence`."""
    from server.commands.study import evidence

    ledger = typer.Typer(help=HELP["evidence"], cls=evidence.ShowByDefault)
    evidence.add_commands(ledger)
    app.add_typer(ledger, name="evidence")


def books(app: typer.Typer) -> None:
    """Add `weike books`."""
    from server.commands.study import evidence

    app.command("books", help=HELP["books"])(evidence.books)
