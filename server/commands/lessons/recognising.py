"""weike speech run, cancel: recognising the speech of a lesson."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from library.catalog import cue_queries
from library.catalog import queries as catalog
from library.hearing import queries
from library.hearing.queries import Progress
from library.hearing.rules import OPEN, RecognitionState
from server.commands.console import Console, console_of
from server.commands.failures import FAILED, Reason
from server.commands.options import Json
from server.web.language.i18n import N_
from server.web.language.words import word
from server.web.shown import recognition
from server.wiring import Ports

_POLL_S = 0.5

RUN_HELP = N_(
    "听写一节课，并等它做完。\n\n"
    "没有别的录像在处理时才开始；停下后再运行，从停下的地方接着听。给过讲稿的，会按声音对上每一行的时间。"
)
CANCEL_HELP = N_("停止听写一节课；听完的短视频保留文字。")

Lesson = Annotated[str, typer.Argument(metavar="LESSON", help=N_("课程的编号。"))]


def add_commands(group: typer.Typer) -> None:
    """Add the commands of a lesson to `weike speech`."""
    group.command("run", help=RUN_HELP)(run)
    group.command("cancel", help=CANCEL_HELP)(cancel)


def run(
    context: typer.Context,
    lesson: Lesson,
    no_wait: Annotated[bool, typer.Option("--no-wait", help=N_("只排上队，不等。"))] = False,
    as_json: Json = False,
) -> None:
    """Ask for a lesson's recognition and return when it has ended."""
    console = console_of(context)
    console.log(quiet=True)
    with console.ports(must_exist=True, all_now=not no_wait) as ports:
        with ports.db.write() as session:
            recognition.ask(session, ports.settings, catalog.lesson(session, lesson), None, ports.clock())
        if not no_wait:
            _wait(console, ports, lesson)
        _told(console, ports, lesson, as_json)


def cancel(context: typer.Context, lesson: Lesson, as_json: Json = False) -> None:
    """Stop a lesson's recognition."""
    console = console_of(context)
    console.log(quiet=True)
    with console.ports(must_exist=True) as ports:
        with ports.db.write() as session:
            recognition.stop(session, catalog.lesson(session, lesson), ports.clock())
        _told(console, ports, lesson, as_json)


def _progress(ports: Ports, lesson_id: str) -> Progress:
    with ports.db.read() as session:
        found = queries.progress(session, catalog.lesson(session, lesson_id), ports.clock())
    if found is None:
        raise Reason("recording_gone", {}, FAILED)
    return found


def _wait(console: Console, ports: Ports, lesson_id: str) -> None:
    """Return when it has ended; raises Reason when it failed, KeyboardInterrupt after a word."""
    from server.commands.lessons.waiting import own_worker

    try:
        with own_worker(ports) as worker, console.progress(console.say(N_("听写"))) as show:
            while (found := _progress(ports, lesson_id)).state in OPEN:
                worker.ensure()
                show(found.percent, word("recognition", found.state, console.catalogue))
                time.sleep(_POLL_S)
    except KeyboardInterrupt:
        console.note(N_("已停下。听到的都在，下次运行 weike serve 或 weike worker 时接着听。"))
        raise typer.Exit(FAILED) from None
    if found.state is RecognitionState.FAILED:
        raise Reason(found.reason or "error", found.reason_args, FAILED)


def _told(console: Console, ports: Ports, lesson_id: str, as_json: bool) -> None:
    found = _progress(ports, lesson_id)
    with ports.db.read() as session:
        lesson = catalog.lesson(session, lesson_id)
        value: dict[str, Any] = {
            "lesson": lesson.id,
            "title": lesson.title,
            "transcript": lesson.transcript,
            "state": found.state,
            "percent": found.percent,
            "left_s": found.left_s,
            "cues": len(cue_queries.cues(session, lesson_id)),
        }
    console.result(value, as_json, _lines(console, value))


def _lines(console: Console, value: dict[str, Any]) -> Iterator[str]:
    state = word("recognition", value["state"], console.catalogue)
    yield console.say(N_("《%(title)s》 %(state)s，现有 %(cues)s 行"), **{**value, "state": state})
