"""weike transcript: what a lesson was given to say: another one, one of the old ones, other times."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session

from library.catalog import queries as catalog
from library.catalog import transcript_queries as given
from library.catalog.tables import Lesson, TranscriptVersion
from library.intake import transcripts
from library.intake.transcript_rules import account
from server.commands import local_lessons as taking
from server.commands.console import Console, console_of
from server.commands.failures import BAD_INPUT, Failure
from server.commands.options import Json
from server.web.language.i18n import N_
from server.web.language.words import word
from server.web.remarks import warnings_of
from server.wiring import Ports
from transcode.remarks import Remark

HELP = N_(
    "查看、更换或移动一节课的文稿。\n\n"
    "给过的每一份都留着。给出 FILE 就换上它；它不如正在用的合适时保留原来的，并说明原因，除非加上 --replace。"
)


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
    as_json: Json = False,
) -> None:
    """Change what is asked for, then list the transcripts of a lesson."""
    console = console_of(context)
    console.log(quiet=True)
    if file is not None and use is not None:
        raise Failure(N_("FILE 和 --use 只能给一个。"), BAD_INPUT)
    data = None if file is None else taking.read_transcript(file)
    with console.ports(must_exist=True) as ports:
        with ports.db.write() as session:
            found = catalog.lesson(session, lesson)
            refused = _change(session, ports, found, data, use, shift, replace=replace)
        ports.indexer.catch_up()
        with ports.db.read() as session:
            value = _listed(session, console, catalog.lesson(session, lesson), refused)
    for said in value["warnings"]:
        console.note("%(text)s", **said)
    console.result(value, as_json, _lines(console, value))


def _change(
    session: Session,
    ports: Ports,
    lesson: Lesson,
    data: tuple[bytes, str] | None,
    use: int | None,
    shift_s: float | None,
    *,
    replace: bool,
) -> tuple[Remark, ...]:
    now = ports.clock()
    if data is not None:
        words = transcripts.read(*data)
        return transcripts.take(session, lesson, words, now, replace=replace, shift_s=shift_s).remarks()
    present = given.version_in_use(session, lesson.id)
    n = use if use is not None else present.n if present is not None else 1
    if shift_s is not None:
        transcripts.move(session, lesson, n, shift_s, now)
    elif use is not None:
        transcripts.use(session, lesson, n, now)
    return ()


def _listed(
    session: Session, console: Console, lesson: Lesson, refused: tuple[Remark, ...]
) -> dict[str, Any]:
    rows = given.versions(session, lesson.id)
    codes = {remark.code for remark in refused}
    own = [remark for remark in transcripts.lesson_account(session, lesson) if remark.code not in codes]
    return {
        "lesson": lesson.id,
        "title": lesson.title,
        "transcript": lesson.transcript,
        "versions": [_version(console, row) for row in rows],
        "warnings": [one.model_dump() for one in warnings_of((*refused, *own), console.catalogue)],
    }


def _version(console: Console, version: TranscriptVersion) -> dict[str, Any]:
    laid = transcripts.fitting_of(version)
    offered = laid.offered if laid is not None else None
    return {
        "n": version.n,
        "in_use": version.in_use,
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
            one.model_dump() for one in warnings_of(account(transcripts.told_of(version)), console.catalogue)
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
