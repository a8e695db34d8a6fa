"""What a command speaks through: results on stdout, all else on stderr, in the language of the settings."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from server.commands.failures import Failure, said
from server.settings import Settings
from server.web.language.i18n import N_, Catalogue

if TYPE_CHECKING:
    from server.wiring import Ports


@dataclass
class Console:
    """One run of a command: its settings, its language, its way to speak."""

    settings: Settings
    catalogue: Catalogue
    verbose: bool = False
    performer: Callable[[str, Catalogue], Performing] | None = None
    """What loads any other command, for one that runs commands (a server, for those that ask it)."""

    def say(self, sentence: str, **values: object) -> str:
        """Return a sentence in the command's language."""
        return self.catalogue.say(sentence, **values)

    def note(self, sentence: str, **values: object) -> None:
        """Tell a person something, on stderr: it is never part of a result."""
        self.line(self.say(sentence, **values), err=True)

    def line(self, text: str, *, err: bool = False) -> None:
        """Print a line, on stderr with `err`."""
        typer.echo(text, err=err)

    def one_object(self, text: str) -> None:
        """Print an object of JSON, in UTF-8 whatever the terminal speaks."""
        sys.stdout.buffer.write(text.encode("utf-8", "replace"))
        sys.stdout.buffer.flush()

    def explain(self, error: BaseException) -> str:
        """Put an error into one line: what happened, what to do."""
        return said(error, self.catalogue).line

    def complain(self, error: Exception) -> int:
        """Say what went wrong, in one line; return the exit code."""
        what = said(error, self.catalogue)
        if self.verbose:
            traceback.print_exception(error, file=sys.stderr)
        self.line(f"weike: {what.line}", err=True)
        return what.exit_code

    def result(self, value: Mapping[str, Any], as_json: bool, lines: Iterable[str]) -> None:
        """Print the result: one JSON object (UTF-8, whatever the terminal speaks), or lines for people."""
        if as_json:
            self.one_object(f"{json.dumps(value, ensure_ascii=False)}\n")
            return
        for line in lines:
            self.line(line)

    def with_settings(self, **changes: object) -> Console:
        """Return a console with other settings."""
        return replace(self, settings=self.settings.model_copy(update=changes))

    def log(self, quiet: bool) -> None:
        """Send log lines to stderr; a `quiet` command shows warnings only, unless --verbose was given."""
        from server import logs

        logs.configure(self.settings.log_format)
        if quiet and not self.verbose:
            logging.getLogger().setLevel(logging.WARNING)

    @contextmanager
    def ports(self, *, must_exist: bool = False, all_now: bool = False) -> Iterator[Ports]:
        """Open the library for the time of the block; each of its ports when it is needed, or `all_now`
        where threads of the command ask for them.

        `must_exist` refuses to make a new, empty one, which a mistyped folder would otherwise get.
        """
        from library.core.database import sqlite_file
        from server.wiring import open_ports

        file = sqlite_file(self.settings.database)
        if must_exist and file is not None and not file.exists():
            raise Failure(
                N_("%(folder)s 里没有微课资料库。请用 --data 或 WEIKE_DATA 指明它在哪里。"),
                2,
                folder=self.settings.data,
            )
        ports = open_ports(self.settings, all_now=all_now)
        try:
            yield ports
        finally:
            ports.close()

    @contextmanager
    def progress(self, label: str) -> Iterator[Callable[[float, str], None]]:
        """Show a bar on a terminal, nothing elsewhere; yields a function of (percent, what is being done)."""
        if not sys.stderr.isatty():
            yield lambda percent, doing: None
            return
        from rich.console import Console as RichConsole
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"))
        with Progress(
            *columns, TimeRemainingColumn(), console=RichConsole(stderr=True), transient=True
        ) as bar:
            task = bar.add_task(label, total=100.0)

            def show(percent: float, doing: str) -> None:
                bar.update(task, completed=percent, description=f"{label}  {doing}" if doing else label)

            yield show


Performing = Callable[[Sequence[str], Console], int]
"""Runs a command with its words before a console; returns the exit code."""


def console_of(context: typer.Context) -> Console:
    """Return the console that the command line was started with."""
    console: Console = context.obj
    return console


def absolute(path: Path) -> Path:
    """Return a path that still means the same file after a change of folder, links kept as they are."""
    return Path.cwd() / path


def write_whole(file: Path, data: bytes) -> None:
    """Write a file that appears whole or not at all; raises OSError."""
    beside = file.with_name(f"{file.name}.partial")
    try:
        beside.write_bytes(data)
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)
