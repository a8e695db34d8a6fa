"""The command `weike`. Its commands, options, objects and exit codes are a contract: docs/cli.md."""

from __future__ import annotations

import gc
import os
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, cast

import typer
from pydantic import ValidationError

from library.core.database import PATIENCE_S, waiting_at_most
from server.commands.console import Console
from server.commands.failures import said
from server.settings import Settings
from server.slices import phrases
from server.web.language.i18n import N_, SOURCE_LANGUAGE, Catalogue, load_catalogues, source_catalogue
from server.web.language.phrases import LatePhrases

_LOCALE = Path(__file__).parent / "locale"
# Commands that say what they know and end: looking for cycles takes a tenth of their time.
_SHORT = frozenset(["search", "stats", "user", "vocabulary", "doctor"])
_INTERRUPTED = 130  # what shells report of a program ended by Ctrl-C

HELP = N_("微课：把党课录像做成十分钟以内的短视频，能播放、能搜索、能统计。")


def build(only: str | None = None) -> typer.Typer:
    """Return the command line with all commands, or with the one of COMMANDS that is called: what the others
    need is not loaded, which takes seconds. In Chinese."""
    app = typer.Typer(
        name="weike",
        help=HELP,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["--help", "-h"]},
    )
    app.callback()(_common)
    for name, add in COMMANDS.items():
        if only is None or name == only:
            add(app)
    return app


def _serve(app: typer.Typer) -> None:
    from server.commands import serving

    app.command("serve", help=serving.SERVE_HELP)(serving.serve)


def _worker(app: typer.Typer) -> None:
    from server.commands import serving

    app.command("worker", help=serving.WORKER_HELP)(serving.worker)


def _migrate(app: typer.Typer) -> None:
    from server.commands import serving

    app.command("migrate", help=serving.MIGRATE_HELP)(serving.migrate)


def _ingest(app: typer.Typer) -> None:
    from server.commands import ingesting

    app.command("ingest", help=ingesting.HELP)(ingesting.ingest)


def _import(app: typer.Typer) -> None:
    from server.commands import importing

    app.command("import", help=importing.HELP)(importing.import_)


def _transcript(app: typer.Typer) -> None:
    from server.commands import transcripts

    app.command("transcript", help=transcripts.HELP)(transcripts.transcript)


def _search(app: typer.Typer) -> None:
    from server.commands import finding

    app.command("search", help=finding.SEARCH_HELP)(finding.search)


def _stats(app: typer.Typer) -> None:
    from server.commands import sealing, statistics

    measures = typer.Typer(help=statistics.HELP, cls=statistics.LessonByDefault)
    statistics.add_commands(measures)
    sealing.add_commands(measures)
    app.add_typer(measures, name="stats")


def _reindex(app: typer.Typer) -> None:
    from server.commands import indexing

    app.command("reindex", help=indexing.HELP)(indexing.reindex)


def _sweep(app: typer.Typer) -> None:
    from server.commands import sweeping

    app.command("sweep", help=sweeping.HELP)(sweeping.sweep)


def _user(app: typer.Typer) -> None:
    from server.commands import people

    users = typer.Typer(help=people.HELP)
    people.add_commands(users)
    app.add_typer(users, name="user")


def _vocabulary(app: typer.Typer) -> None:
    from server.commands import dictionary

    words = typer.Typer(help=dictionary.HELP)
    dictionary.add_commands(words)
    app.add_typer(words, name="vocabulary")


def _media_key(app: typer.Typer) -> None:
    from server.commands import media_keys

    keys = typer.Typer(help=media_keys.HELP)
    media_keys.add_commands(keys)
    app.add_typer(keys, name="media-key")


def _doctor(app: typer.Typer) -> None:
    from server.commands.doctor import command as doctor

    app.command("doctor", help=doctor.HELP)(doctor.doctor)


def _demo(app: typer.Typer) -> None:
    from server.demo import command as demo

    app.command("demo", help=demo.HELP)(demo.demo)


COMMANDS: Mapping[str, Callable[[typer.Typer], None]] = {
    "serve": _serve,
    "worker": _worker,
    "migrate": _migrate,
    "ingest": _ingest,
    "import": _import,
    "transcript": _transcript,
    "search": _search,
    "stats": _stats,
    "reindex": _reindex,
    "sweep": _sweep,
    "user": _user,
    "vocabulary": _vocabulary,
    "media-key": _media_key,
    "doctor": _doctor,
    "demo": _demo,
}
"""Every command, as help lists them, and what adds it."""


def called(arguments: Sequence[str]) -> str | None:
    """Return the command that is called; None for help, and for what is no command."""
    words = iter(arguments)
    for word in words:
        if word == "--data":
            next(words, None)
        elif word not in ("-v", "--verbose") and not word.startswith("--data="):
            return word if word in COMMANDS else None
    return None


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
    late = LatePhrases(phrases)
    catalogue = source_catalogue(late)
    try:
        settings = Settings()
    except ValidationError as error:
        return _complain(error, Console(Settings.model_construct(), catalogue))
    if settings.language != SOURCE_LANGUAGE:
        catalogue = load_catalogues(_LOCALE, late).of(settings.language)
    console = Console(settings, catalogue)
    name = called(arguments)
    is_collecting = gc.isenabled()
    if name in _SHORT:
        gc.disable()
    try:
        command = typer.main.get_command(build(name))
        _translate(command, catalogue)
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
    finally:
        if is_collecting:
            gc.enable()
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
