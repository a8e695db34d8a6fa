"""weike transcript: what a lesson was given to say: another one, one of the old ones, other times."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session

from library.catalog import cue_queries
from library.catalog import queries as catalog
from library.catalog import transcript_queries as given
from library.catalog.rules import CueLine, TranscriptQuality, note_of
from library.catalog.tables import Lesson, TranscriptVersion
from library.hearing import queries as hearing
from library.intake.transcripts import rules, taking, telling
from library.intake.transcripts.rules import account
from library.versions import actions as versions
from server.commands.console import Console, console_of
from server.commands.failures import BAD_INPUT, Failure
from server.commands.lessons import local_lessons
from server.commands.options import Json
from server.settings import Settings
from server.web.language.i18n import N_
from server.web.language.words import word
from server.web.shown.recognition import ask_for_text, unasked
from server.web.shown.remarks import warnings_of
from server.wiring import Ports
from transcode.remarks import Remark
from transcode.transcripts import captions


def transcript(
    context: typer.Context,
    lesson: Annotated[str, typer.Argument(metavar="LESSON", help=N_("课程的编号。"))],
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help=N_("文稿或字幕：.srt .vtt .txt .docx。"))
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help=N_("不如正在用的合适，也换上。"))] = False,
    use: Annotated[int | None, typer.Option("--use", metavar="N", help=N_("换上第 N 版。"))] = None,
    shift: Annotated[
        float | None,
        typer.Option("--shift", metavar="S", help=N_("从文件里的时间算起，整体移动多少秒，负数是提前。")),
    ] = None,
    srt: Annotated[bool, typer.Option("--srt", help=N_("打印正在用的字幕，SubRip 格式。"))] = False,
    vtt: Annotated[bool, typer.Option("--vtt", help=N_("打印正在用的字幕，WebVTT 格式。"))] = False,
    txt: Annotated[bool, typer.Option("--txt", help=N_("打印正在用的文字，每行一句。"))] = False,
    as_json: Json = False,
) -> None:
    """Change what is asked for, then list the transcripts of a lesson, or print the one in use."""
    console = console_of(context)
    console.log(quiet=True)
    if srt + vtt + txt + as_json > 1:
        raise Failure(N_("--json、--srt、--vtt、--txt 只能给一个。"), BAD_INPUT)
    if file is not None and use is not None:
        raise Failure(N_("FILE 和 --use 只能给一个。"), BAD_INPUT)
    data = None if file is None else local_lessons.read_transcript(file)
    with console.ports(must_exist=True) as ports:
        refused = _change(ports, lesson, data, use, shift, replace=replace)
        ports.indexer.catch_up()
        with ports.db.read() as session:
            found = catalog.lesson(session, lesson)
            value = _listed(session, ports.settings, console, found, refused)
            lines = cue_queries.cues(session, lesson)
            value["cues"] = [_cue(line) for line in lines]
            quality = found.transcript
    for said in value["warnings"]:
        console.note("%(text)s", **said)
    if srt or vtt or txt:
        text = _printed(lines, quality, "srt" if srt else "vtt" if vtt else "txt")
        sys.stdout.buffer.write(text.encode("utf-8", "replace"))
        sys.stdout.buffer.flush()
        if note_of(quality) and not txt:
            console.note(N_("机器识别，待校对"))
        return
    console.result(value, as_json, _lines(console, value))


def _cue(line: CueLine) -> dict[str, Any]:
    return {
        "start_s": line.start_s,
        "end_s": line.end_s,
        "text": line.text,
        "speaker": line.speaker,
        "source": line.source,
        "confidence": line.confidence,
    }


def _printed(lines: Sequence[CueLine], quality: TranscriptQuality, form: str) -> str:
    cues = rules.cues_of(lines)
    if form == "txt":
        return captions.to_text(cues, note_of(quality))
    return captions.to_srt(cues) if form == "srt" else captions.to_vtt(cues, note_of(quality))


def _change(
    ports: Ports,
    lesson_id: str,
    data: tuple[bytes, str] | None,
    use: int | None,
    shift_s: float | None,
    *,
    replace: bool,
) -> tuple[Remark, ...]:
    """Do what is asked for; what takes seconds is worked out before anything is written."""
    now = ports.clock()
    if data is not None:
        words = taking.read(*data)
        with ports.db.read() as session:
            heard = telling.heard_of(session, catalog.lesson(session, lesson_id).id)
        laid = taking.lay(words, heard, shift_s)
        with ports.db.write() as session:
            lesson = catalog.lesson(session, lesson_id)
            versions.keep_present(session, lesson)
            taken = taking.take(session, lesson, words, now, replace=replace, shift_s=shift_s, laid=laid)
            if taken.changed:
                versions.record_straight(session, lesson, now)
            if not taken.against:
                ask_for_text(session, ports.settings, lesson, None, now)
            return taken.remarks()
    with ports.db.read() as session:
        present = given.version_in_use(session, catalog.lesson(session, lesson_id).id)
        n = use if use is not None else present.n if present is not None else 1
        if use is None and shift_s is None:
            return ()
        known = taking.lay_version(session, lesson_id, n, shift_s)
    with ports.db.write() as session:
        lesson = catalog.lesson(session, lesson_id)
        versions.keep_present(session, lesson)
        if shift_s is not None:
            taking.move(session, lesson, n, shift_s, now, known)
        else:
            taking.use(session, lesson, n, now, known)
        versions.record_straight(session, lesson, now)
    return ()


def _listed(
    session: Session, settings: Settings, console: Console, lesson: Lesson, refused: tuple[Remark, ...]
) -> dict[str, Any]:
    rows = given.versions(session, lesson.id)
    codes = {remark.code for remark in refused}
    account = (*hearing.lesson_account(session, lesson), *unasked(session, settings, lesson))
    own = [remark for remark in account if remark.code not in codes]
    return {
        "lesson": lesson.id,
        "title": lesson.title,
        "transcript": lesson.transcript,
        "versions": [_version(console, row) for row in rows],
        "warnings": [one.model_dump() for one in warnings_of((*refused, *own), console.catalogue)],
    }


def _version(console: Console, version: TranscriptVersion) -> dict[str, Any]:
    laid = telling.fitting_of(version)
    offered = laid.offered if laid is not None else None
    return {
        "n": version.n,
        "in_use": version.in_use,
        "waits": version.waits,
        "made_at": version.made_at.isoformat(),
        "by": version.person.name if version.person else None,
        "file_name": version.file_name,
        "quality": version.quality,
        "cues": version.cues,
        "inside": None if laid is None else round(laid.fit.inside, 4),
        "covered": None if laid is None else laid.fit.covered,
        "shift_s": version.shift_s,
        "shift_reason": version.shift_reason,
        "offered_shift": None
        if offered is None
        else {"shift_s": offered.by_s, "confidence": offered.confidence},
        "warnings": [
            one.model_dump() for one in warnings_of(account(telling.told_of(version)), console.catalogue)
        ],
    }


def _lines(console: Console, value: dict[str, Any]) -> Iterator[str]:
    yield console.say(N_("《%(title)s》 %(lesson)s"), **value)
    for version in value["versions"]:
        quality = word("quality", version["quality"], console.catalogue)
        mark = "*" if version["in_use"] else " "
        yield console.say(
            N_("%(mark)s 第 %(n)s 版  %(cues)s 行  %(quality)s  移动 %(shift)s 秒  %(file_name)s"),
            **{**version, "mark": mark, "quality": quality, "shift": f"{version['shift_s']:+g}"},
        )
