"""The command `weike`. Its commands, options, objects and exit codes are a contract: docs/cli.md."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, cast

import typer
from pydantic import ValidationError

from library.core.database import PATIENCE_S, waiting_at_most
from server.commands import dictionary as dictionary
from server.commands import (
    doctor,
    finding,
    importing,
    indexing,
    ingesting,
    media_keys,
    people,
    serving,
    statistics,
    sweeping,
)
from server.commands import sealing as counting
from server.commands.console import Console
from server.commands.failures import said
from server.demo import command as demo
from server.settings import Settings
from server.slices import SLICES
from server.web.language.i18n import N_, SOURCE_LANGUAGE, Catalogue, load_catalogues, source_catalogue
from server.web.registry import gather

_LOCALE = Path(__file__).parent / "locale"
_INTERRUPTED = 130  # what shells report of a program ended by Ctrl-C

HELP = N_("微课：把党课录像做成十分钟以内的短视频，能播放、能搜索、能统计。")


def build() -> typer.Typer:
    """Return the command line with all commands, in Chinese."""
    app = typer.Typer(
        name="weike",
        help=HELP,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["--help", "-h"]},
    )
    app.callback()(_common)
    app.command("serve", help=serving.SERVE_HELP)(serving.serve)
    app.command("worker", help=serving.WORKER_HELP)(serving.worker)
    app.command("migrate", help=serving.MIGRATE_HELP)(serving.migrate)
    app.command("ingest", help=ingesting.HELP)(ingesting.ingest)
    app.command("import", help=importing.HELP)(importing.import_)
    app.command("search", help=finding.SEARCH_HELP)(finding.search)
    measures = typer.Typer(help=statistics.HELP, cls=statistics.LessonByDefault)
    statistics.add_commands(measures)
    counting.add_commands(measures)
    app.add_typer(measures, name="stats")
    app.command("reindex", help=indexing.HELP)(indexing.reindex)
    app.command("sweep", help=sweeping.HELP)(sweeping.sweep)
    users = typer.Typer(help=people.HELP)
    people.add_commands(users)
    app.add_typer(users, name="user")
    words = typer.Typer(help=dictionary.HELP)
    dictionary.add_commands(words)
    app.add_typer(words, name="vocabulary")
    keys = typer.Typer(help=media_keys.HELP)
    media_keys.add_commands(keys)
    app.add_typer(keys, name="media-key")
    app.command("doctor", help=doctor.HELP)(doctor.doctor)
    app.command("demo", help=demo.HELP)(demo.demo)
    return app


def _common(
    context: typer.Context,
    data: Annotated[
        Path | None, typer.Option("--data", metavar="DIR", help=N_("资料库的文件夹，代替 WEIKE_DATA。"))
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help=N_("在标准错误打印每一行日志。"))] = False,
) -> None:
    """Take the options that stand before the command."""
    console: Console = context.obj
    if data is not None:
        console = console.with_settings(data=data)
    console.verbose = verbose
    context.obj = console


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 done, 1 failed, 2 bad input."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A terminal that cannot show a character shows a question mark; it stops nothing.
            stream.reconfigure(errors="replace")
    phrases = gather(SLICES).phrases
    catalogue = source_catalogue(phrases)
    try:
        settings = Settings()
    except ValidationError as error:
        return _complain(error, Console(Settings.model_construct(), catalogue))
    if settings.language != SOURCE_LANGUAGE:
        catalogue = load_catalogues(_LOCALE, phrases).of(settings.language)
    console = Console(settings, catalogue)
    command = typer.main.get_command(build())
    _translate(command, catalogue)
    try:
        with waiting_at_most(PATIENCE_S):  # somebody sits before the terminal
            code = command.main(
                args=arguments or ["--help"], prog_name="weike", standalone_mode=False, obj=console
            )
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has seen enough (`weike search ... | head`).
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        console.verbose = console.verbose or "--verbose" in arguments or "-v" in arguments
        return _complain(error, console)
    return code if isinstance(code, int) else 0


def _complain(error: Exception, console: Console) -> int:
    what = said(error, console.catalogue)
    if console.verbose:
        traceback.print_exception(error, file=sys.stderr)
    typer.echo(f"weike: {what.line}", err=True)
    return what.exit_code


def _translate(command: Any, catalogue: Catalogue) -> None:
    """Put the help of a command, its options and its sub-commands into the language of the settings."""
    if command.help:
        command.help = catalogue.say(command.help)
    for parameter in command.params:
        if getattr(parameter, "help", None):
            parameter.help = catalogue.say(parameter.help)
    for inner in cast(dict[str, Any], getattr(command, "commands", {})).values():
        _translate(inner, catalogue)


if __name__ == "__main__":
    sys.exit(main())
