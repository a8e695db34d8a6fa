"""The tree of commands, of which only what is called is loaded, and one run of it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, cast

import typer
from pydantic import ValidationError

from library.audit.origin import Program, coming_from
from library.core.patience import PATIENCE_S, waiting_at_most
from server.commands.console import Console, Performing
from server.commands.help import GROUPS, HELP
from server.commands.study import loading as study
from server.settings import Settings
from server.web.language.i18n import N_, SOURCE_LANGUAGE, Catalogue, load_catalogues, source_catalogue
from server.web.language.phrases import LatePhrases, Phrases

_LOCALE = Path(__file__).parent / "locale"
_INTERRUPTED = 130  # what shells report of a program ended by Ctrl-C

WHAT_WEIKE_IS = N_("微课：把党课录像做成十分钟以内的短视频，能播放、能搜索、能统计。")


def build(only: str | None = None) -> typer.Typer:
    """Return the command line with all commands, or with the one of COMMANDS that is called: what the others
    need is not loaded, which takes seconds. In Chinese."""
    app = _empty()
    for name, add in COMMANDS.items():
        if only is None or name == only:
            add(app)
    return app


def list_of_commands() -> typer.Typer:
    """Return the command line with the names and helps of all commands: help needs nothing more of them."""
    app = _empty()
    for name, sentence in HELP.items():
        if name in GROUPS:
            app.add_typer(typer.Typer(help=sentence), name=name)
        else:
            app.command(name, help=sentence)(lambda: None)
    return app


def _empty() -> typer.Typer:
    app = typer.Typer(
        name="weike",
        help=WHAT_WEIKE_IS,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["--help", "-h"]},
    )
    app.callback()(_common)
    return app


def _serve(app: typer.Typer) -> None:
    from server.commands.running import serving

    app.command("serve", help=HELP["serve"])(serving.serve)


def _worker(app: typer.Typer) -> None:
    from server.commands.running import serving

    app.command("worker", help=HELP["worker"])(serving.worker)


def _migrate(app: typer.Typer) -> None:
    from server.commands.running import serving

    app.command("migrate", help=HELP["migrate"])(serving.migrate)


def _ingest(app: typer.Typer) -> None:
    from server.commands.lessons import ingesting

    app.command("ingest", help=HELP["ingest"])(ingesting.ingest)


def _import(app: typer.Typer) -> None:
    from server.commands.lessons import importing

    app.command("import", help=HELP["import"])(importing.import_)


def _transcript(app: typer.Typer) -> None:
    from server.commands.lessons import transcripts

    app.command("transcript", help=HELP["transcript"])(transcripts.transcript)


def _search(app: typer.Typer) -> None:
    from server.commands.search import finding

    app.command("search", help=HELP["search"])(finding.search)


def _lesson(app: typer.Typer) -> None:
    from server.commands.lessons import showing

    app.command("lesson", help=HELP["lesson"])(showing.lesson)


def _declare(app: typer.Typer) -> None:
    from server.commands.lessons import declaring

    app.command("declare", help=HELP["declare"])(declaring.declare)


def _return(app: typer.Typer) -> None:
    from server.commands.lessons import declaring

    app.command("return", help=HELP["return"])(declaring.return_)


def _approve(app: typer.Typer) -> None:
    from server.commands.lessons import declaring

    app.command("approve", help=HELP["approve"])(declaring.approve)


def _select(app: typer.Typer) -> None:
    from server.commands.lessons import declaring

    app.command("select", help=HELP["select"])(declaring.select)


def _withdraw(app: typer.Typer) -> None:
    from server.commands.lessons import declaring

    app.command("withdraw", help=HELP["withdraw"])(declaring.withdraw)


def _may(app: typer.Typer) -> None:
    from server.commands.people import rights

    app.command("may", help=HELP["may"])(rights.may)


def _stats(app: typer.Typer) -> None:
    from server.commands import sealing, statistics

    measures = typer.Typer(help=HELP["stats"], cls=statistics.LessonByDefault)
    statistics.add_commands(measures)
    sealing.add_commands(measures)
    app.add_typer(measures, name="stats")


def _reindex(app: typer.Typer) -> None:
    from server.commands.search import indexing

    app.command("reindex", help=HELP["reindex"])(indexing.reindex)


def _sweep(app: typer.Typer) -> None:
    from server.commands.keeping import sweeping

    app.command("sweep", help=HELP["sweep"])(sweeping.sweep)


def _remake(app: typer.Typer) -> None:
    from server.commands.keeping import remaking

    app.command("remake", help=HELP["remake"])(remaking.remake)


def _backup(app: typer.Typer) -> None:
    from server.commands.keeping import backup

    app.command("backup", help=HELP["backup"])(backup.backup)


def _restore(app: typer.Typer) -> None:
    from server.commands.keeping import restore

    app.command("restore", help=HELP["restore"])(restore.restore)


def _move(app: typer.Typer) -> None:
    from server.commands.keeping import move

    app.command("move", help=HELP["move"])(move.move)


def _user(app: typer.Typer) -> None:
    from server.commands.people import inviting, mail, own_speech, users, ways_in

    group = typer.Typer(help=HELP["user"])
    users.add_commands(group)
    ways_in.add_commands(group)
    inviting.add_commands(group)
    mail.add_user_commands(group)
    own_speech.add_commands(group)
    app.add_typer(group, name="user")


def _people(app: typer.Typer) -> None:
    from server.commands.people import belonging, dated, lists

    group = typer.Typer(help=HELP["people"])
    lists.add_commands(group)
    belonging.add_commands(group)
    dated.add_commands(group)
    app.add_typer(group, name="people")


def _organisation(app: typer.Typer) -> None:
    from server.commands.people import organisation

    nodes = typer.Typer(help=HELP["organisation"])
    organisation.add_commands(nodes)
    app.add_typer(nodes, name="organisation")


def _week(app: typer.Typer) -> None:
    from server.commands.lessons import week

    weeks = typer.Typer(help=HELP["week"], cls=week.ShowByDefault)
    week.add_commands(weeks)
    app.add_typer(weeks, name="week")


def _jobs(app: typer.Typer) -> None:
    from server.commands.running import jobs

    group = typer.Typer(help=HELP["jobs"], cls=jobs.ListByDefault)
    jobs.add_commands(group)
    app.add_typer(group, name="jobs")


def _calls(app: typer.Typer) -> None:
    from server.commands import calls

    group = typer.Typer(help=HELP["calls"], cls=calls.ListByDefault)
    calls.add_commands(group)
    app.add_typer(group, name="calls")


def _directory(app: typer.Typer) -> None:
    from server.commands.people import directory

    listed = typer.Typer(help=HELP["directory"])
    directory.add_commands(listed)
    app.add_typer(listed, name="directory")


def _mail(app: typer.Typer) -> None:
    from server.commands.people import mail

    letters = typer.Typer(help=HELP["mail"])
    mail.add_commands(letters)
    app.add_typer(letters, name="mail")


def _vocabulary(app: typer.Typer) -> None:
    from server.commands.search import dictionary

    words = typer.Typer(help=HELP["vocabulary"])
    dictionary.add_commands(words)
    app.add_typer(words, name="vocabulary")


def _media_key(app: typer.Typer) -> None:
    from server.commands.running import media_keys

    keys = typer.Typer(help=HELP["media-key"])
    media_keys.add_commands(keys)
    app.add_typer(keys, name="media-key")


def _site_key(app: typer.Typer) -> None:
    from server.commands.running import site_keys

    keys = typer.Typer(help=HELP["site-key"])
    site_keys.add_commands(keys)
    app.add_typer(keys, name="site-key")


def _searches(app: typer.Typer) -> None:
    from server.commands.search import searches

    kept = typer.Typer(help=HELP["searches"])
    searches.add_commands(kept)
    app.add_typer(kept, name="searches")


def _audit(app: typer.Typer) -> None:
    from server.commands import audit

    ledger = typer.Typer(help=HELP["audit"], cls=audit.ListByDefault)
    audit.add_commands(ledger)
    app.add_typer(ledger, name="audit")


def _speech(app: typer.Typer) -> None:
    from server.commands.lessons import recognising, speech

    group = typer.Typer(help=HELP["speech"])
    speech.add_commands(group)
    recognising.add_commands(group)
    app.add_typer(group, name="speech")


def _doctor(app: typer.Typer) -> None:
    from server.commands.doctor import command as doctor

    app.command("doctor", help=HELP["doctor"])(doctor.doctor)


def _settings(app: typer.Typer) -> None:
    from server.commands.running import settings

    app.command("settings", help=HELP["settings"])(settings.settings)


def _demo(app: typer.Typer) -> None:
    from server.demo import command as demo

    app.command("demo", help=HELP["demo"])(demo.demo)


COMMANDS: Mapping[str, Callable[[typer.Typer], None]] = {
    "serve": _serve,
    "worker": _worker,
    "migrate": _migrate,
    "ingest": _ingest,
    "import": _import,
    "transcript": _transcript,
    "search": _search,
    "lesson": _lesson,
    "declare": _declare,
    "return": _return,
    "approve": _approve,
    "select": _select,
    "withdraw": _withdraw,
    "may": _may,
    "stats": _stats,
    "reindex": _reindex,
    "jobs": _jobs,
    "sweep": _sweep,
    "remake": _remake,
    "backup": _backup,
    "restore": _restore,
    "move": _move,
    "user": _user,
    "people": _people,
    "organisation": _organisation,
    "grades": study.grades,
    "week": _week,
    "gathering": study.gathering,
    "calls": _calls,
    "evidence": study.evidence,
    "books": study.books,
    "directory": _directory,
    "mail": _mail,
    "vocabulary": _vocabulary,
    "searches": _searches,
    "audit": _audit,
    "media-key": _media_key,
    "site-key": _site_key,
    "speech": _speech,
    "doctor": _doctor,
    "settings": _settings,
    "demo": _demo,
}
"""Every command, as help lists them, and what adds it."""


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


def run(arguments: list[str], called: str | None, gather: Callable[[], Phrases]) -> int:
    """Run one command, with what is `called` loaded ("": nothing is, only help can be asked for; None: not
    known, so all are); returns the exit code.

    `gather` brings what is said about codes, once one has to be spoken of.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A terminal that cannot show a character shows a question mark; it stops nothing.
            stream.reconfigure(errors="replace")
    late = LatePhrases(gather)
    catalogue = source_catalogue(late)
    try:
        settings = Settings()
    except ValidationError as error:
        return Console(Settings.model_construct(), catalogue).complain(error)
    if settings.language != SOURCE_LANGUAGE:
        catalogue = load_catalogues(_LOCALE, late).of(settings.language)
    console = Console(settings, catalogue, performer=performer)
    try:
        return performer(called, catalogue)(arguments, console)
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has seen enough (`weike search ... | head`).
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        console.verbose = console.verbose or "--verbose" in arguments or "-v" in arguments
        return console.complain(error)


def performer(called: str | None, catalogue: Catalogue) -> Performing:
    """Load one command, with the help of a language; return what runs it before a console."""
    command = typer.main.get_command(list_of_commands() if called == "" else build(called))
    _translate(command, catalogue)

    def perform(arguments: Sequence[str], console: Console) -> int:
        with waiting_at_most(PATIENCE_S), coming_from(Program.COMMAND):  # somebody sits before the terminal
            code = command.main(
                args=list(arguments) or ["--help"], prog_name="weike", standalone_mode=False, obj=console
            )
        return code if isinstance(code, int) else 0

    return perform


def _translate(command: Any, catalogue: Catalogue) -> None:
    """Put the help of a command, its options and its sub-commands into the language of the settings."""
    if command.help:
        command.help = catalogue.say(command.help)
    for parameter in command.params:
        if getattr(parameter, "help", None):
            parameter.help = catalogue.say(parameter.help)
    for inner in cast(dict[str, Any], getattr(command, "commands", {})).values():
        _translate(inner, catalogue)
