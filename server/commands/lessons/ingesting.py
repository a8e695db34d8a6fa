"""weike ingest: one recording of this machine becomes clips that play."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from library.catalog import queries as catalog
from library.catalog.audience import read_words
from library.catalog.permits import Audience
from library.catalog.rules import SUMMARY_MAX, TITLE_MAX, split_topics
from library.core.clock import Clock
from library.core.database import Database
from library.core.days import parse_date
from library.core.text import clean_block, required_line
from library.intake.arriving import local
from library.intake.rules import RecordingState
from server.commands.console import Console, console_of
from server.commands.failures import BAD_INPUT, FAILED, Failure, Reason
from server.commands.lessons import local_lessons as taking
from server.commands.lessons.json_objects import account_object, lesson_object
from server.commands.lessons.waiting import Ended, OwnWorker, follow, own_worker, step_word
from server.commands.options import AudienceWords, Json
from server.web.language.formats import clock
from server.web.language.i18n import N_
from server.web.language.words import word
from server.web.shown.media_urls import MediaUrls
from server.wiring import Ports


def ingest(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=N_("录像或录音文件；它只被读取，不会改动。"))],
    title: Annotated[str, typer.Option("--title", metavar="T", help=N_("标题。"))],
    lecturer: Annotated[str | None, typer.Option("--lecturer", metavar="N", help=N_("讲师。"))] = None,
    topic: Annotated[
        list[str] | None, typer.Option("--topic", metavar="X", help=N_("专题，可以写几次。"))
    ] = None,
    date: Annotated[str, typer.Option("--date", metavar="D", help=N_("讲课的日期，例如 2026-03-05。"))] = "",
    summary: Annotated[str | None, typer.Option("--summary", metavar="S", help=N_("简介。"))] = None,
    transcript: Annotated[
        Path | None,
        typer.Option(
            "--transcript",
            metavar="FILE",
            help=N_("文稿或字幕：.srt .vtt .txt .docx .lrc .sbv .ass .ssa .ttml .dfxp .xml .json。"),
        ),
    ] = None,
    shift: Annotated[
        float | None,
        typer.Option("--shift", metavar="S", help=N_("字幕整体移动多少秒，负数是提前；不写则自动判断。")),
    ] = None,
    audience: AudienceWords = None,
    publish: Annotated[bool, typer.Option("--publish", help=N_("能播放之后立即发布。"))] = False,
    again: Annotated[bool, typer.Option("--again", help=N_("同一份录像已经在这里时，仍另建一课。"))] = False,
    as_json: Json = False,
) -> None:
    """Take a recording in and return when every clip of it is playable."""
    console = console_of(context)
    console.log(quiet=True)
    if shift is not None and transcript is None:
        raise Failure(N_("--shift 要和 --transcript 一起用。"), BAD_INPUT)
    about = taking.About(
        title=required_line(title, "title", TITLE_MAX),
        lecturer=lecturer,
        topics=split_topics(topic or []),
        taught_on=parse_date(date),
        summary=None if summary is None else clean_block(summary, "summary", SUMMARY_MAX),
        transcript=None if transcript is None else taking.read_transcript(transcript),
        shift_s=shift,
        audience=read_words(audience) if audience else Audience.EVERYONE,
    )
    with console.ports(all_now=True) as ports:
        with ports.db.read() as session:
            taking.meant(session, about.audience)  # before anything is copied
        local.check_file(ports.db, file, ports.uploads, ports.in_force.now.settings.limits)
        taken = _take(console, ports.db, ports.clock, file, about, again)
        if taken.already_here:
            console.note(N_("同一份录像已经在这里，没有重复收进。要另建一课，请加 --again。"))
        _wait(console, ports, taken)
        if publish:
            with ports.db.write() as session:
                taking.publish(session, catalog.lesson(session, taken.lesson_id), ports.clock())
        media = MediaUrls(ports.media_keys, ports.clock, ports.settings.media_life_s)
        with ports.db.read() as session:
            value = lesson_object(session, taken.lesson_id, media, ports.settings.base_url, ports.store)
            value |= account_object(
                session, ports.settings, taken.lesson_id, console.catalogue, taken.remarks
            )
    if taken.already_here:
        value["already_here"] = True
    for said in value["warnings"]:
        console.note("%(text)s", **said)
        if said["code"] == "script_to_be_aligned":
            console.note(
                N_("网站或 weike worker 运行时会听；要现在就听：weike speech run %(lesson)s"),
                lesson=taken.lesson_id,
            )
    console.result(value, as_json, _lines(console, value))


def _take(
    console: Console, db: Database, clock: Clock, file: Path, about: taking.About, again: bool
) -> taking.Taken:
    size_bytes = max(1, file.stat().st_size)
    with console.progress(file.name) as show:
        doing = console.say(N_("读入文件"))
        return taking.take(
            db,
            console.settings,
            clock,
            file,
            about,
            again=again,
            on_progress=lambda done: show(100.0 * done / size_bytes, doing),
        )


def _wait(console: Console, ports: Ports, taken: taking.Taken) -> None:
    """Return when the recording plays; raises Reason when it does not, KeyboardInterrupt after a word."""
    ends: list[Ended] = []
    try:
        with own_worker(ports) as worker:
            _follow(console, ports.db, worker, taken.recording_id, ends)
    except KeyboardInterrupt:
        console.note(N_("已停下。收进的录像还在，下次运行 weike serve 或 weike worker 时接着处理。"))
        raise typer.Exit(FAILED) from None
    end = ends[0]
    if end.state is RecordingState.READY:
        return
    if end.state is RecordingState.REFUSED and not taken.already_here:
        local.forget(ports.db, ports.store, taken.lesson_id, ports.clock())
    said = end.reason or ("cancelled" if end.state is RecordingState.CANCELLED else "error")
    raise Reason(said, end.reason_args, BAD_INPUT if end.state is RecordingState.REFUSED else FAILED)


def _follow(console: Console, db: Database, worker: OwnWorker, recording_id: str, ends: list[Ended]) -> None:
    with console.progress(console.say(N_("处理"))) as show:
        follow(db, worker, [recording_id], show, ends.append, lambda work: step_word(console, work))


def _lines(console: Console, value: dict[str, Any]) -> list[str]:
    state = word("state", value["lesson_state"], console.catalogue)
    head = console.say(N_("《%(title)s》（%(state)s） %(lesson)s"), **{**value, "state": state})
    words = [console.say(N_("  文稿 %(cues)s 行"), cues=value["cues"])] if value["cues"] else []
    return [head, *words] + [
        f"  {clip['n']:>3}  {clock(clip['start_s'])}-{clock(clip['end_s'])}  {clip['master'] or ''}"
        for clip in value["clips"]
    ]
