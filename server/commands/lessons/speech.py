"""weike speech: what recognises speech, tried on a file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from server.commands.console import Console, console_of
from server.commands.doctor.speech import UNUSABLE
from server.commands.failures import BAD_INPUT, FAILED, Failure
from server.commands.options import Json
from server.web.language.formats import clock, size
from server.web.language.i18n import N_
from speech import launch
from speech.cues import SpokenCue, cues_of_words
from speech.models import Model, ModelUnusable, usable
from speech.words import Word
from transcode.errors import ToolFailed
from transcode.reading.facts import Facts
from transcode.reading.probe import probe
from transcode.reading.samples import samples_args
from transcode.run import Limits, run
from transcode.tools import Tools, find_tools

TRY_HELP = N_(
    "听一份录像或录音，打印听出的文字、速度和内存；什么也不保存。\n\n"
    "识别出的只是草稿，一般有一到两成的字不对，校对后才能当作字幕。"
)

_STARTING_S, _SLOWEST = 600.0, 20.0


def add_commands(app: typer.Typer) -> None:
    """Add what belongs under `weike speech`."""
    app.command("try", help=TRY_HELP)(try_)


def try_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=N_("录像或录音文件；它只被读取，不会改动。"))],
    as_json: Json = False,
) -> None:
    """Recognise a file and print what came of it."""
    console = console_of(context)
    console.log(quiet=True)
    if not file.is_file():
        raise Failure(N_("找不到文件 %(file)s。"), BAD_INPUT, file=file)
    settings = console.settings
    try:
        model = usable(settings.speech_model)
    except ModelUnusable as error:
        message, todo = UNUSABLE[error.code]
        # Chinese sentences stand side by side, English ones need a space between them.
        gap = " " if console.catalogue.language == "en" else ""
        text = f"{console.say(message, **error.details)}{gap}{console.say(todo)}"
        raise Failure("%(text)s", FAILED, text=text) from error
    tools = find_tools(settings.ffmpeg, settings.ffprobe)
    facts = probe(tools, file)
    if facts.audio is None:
        raise Failure(N_("%(file)s 没有声音，听不出什么。"), BAD_INPUT, file=file)
    heard = _heard(console, tools, model, file, facts)
    value = _object(model, facts, heard)
    for one in value["remarks"]:
        console.note("%(text)s", text=_remark(console, one))
    console.result(value, as_json, _lines(console, value))


def _heard(console: Console, tools: Tools, model: Model, file: Path, facts: Facts) -> list[dict[str, Any]]:
    """The lines of the child process."""
    settings, lines = console.settings, list[dict[str, Any]]()
    with console.progress(file.name) as show:
        doing = console.say(N_("听录音"))

        def take(line: str) -> None:
            lines.append(json.loads(line))
            show(100.0 * min(1.0, lines[-1].get("end_s", 0.0) / facts.duration_s), doing)

        try:
            run(
                launch.command(model.folder, threads=settings.speech_threads),
                timeout_s=_STARTING_S + _SLOWEST * facts.duration_s,
                on_line=take,
                limits=Limits(address_space_bytes=settings.speech_memory_bytes, nice=settings.speech_nice),
                environment=launch.environment(settings.speech_threads),
                fed_by=samples_args(tools, file, facts),
            )
        except ToolFailed as error:
            said = [str(line["text"]) for line in lines if line["kind"] == "error"]
            if not said:
                raise
            raise Failure(N_("识别失败：%(said)s"), FAILED, said=said[-1]) from error
    return lines


def _object(model: Model, facts: Facts, lines: list[dict[str, Any]]) -> dict[str, Any]:
    chunks = [line for line in lines if line["kind"] == "chunk"]
    words = [Word(*word) for chunk in chunks for word in chunk["words"]]
    cues = cues_of_words(words, [(a, b) for chunk in chunks for a, b in chunk["pauses"]])
    counted: dict[str, int] = {}
    for remark in (remark for chunk in chunks for remark in chunk["remarks"]):
        counted[remark["code"]] = counted.get(remark["code"], 0) + remark["count"]
    end = next(line for line in lines if line["kind"] == "end")
    return {
        "model": model.name,
        "kind": model.kind.value,
        "licence": model.licence,
        "folder": str(model.folder),
        "duration_s": round(facts.duration_s, 3),
        "cpu_s": end["cpu_s"],
        "cpu_per_s": round(end["cpu_s"] / facts.duration_s, 4),
        "memory_bytes": end["memory_bytes"],
        "text": "".join(cue.text for cue in cues),
        "cues": [_cue(cue) for cue in cues],
        "remarks": [{"code": code, "count": count} for code, count in sorted(counted.items())],
    }


def _cue(cue: SpokenCue) -> dict[str, Any]:
    return {
        "start_s": round(cue.start_s, 3),
        "end_s": round(cue.end_s, 3),
        "text": cue.text,
        "confidence": cue.confidence,
        "doubtful": [list(span) for span in cue.doubtful],
    }


_REMARKS = {
    "heard_again": N_("有 %(count)s 处单独重听了一遍。"),
    "repeats_dropped": N_("有 %(count)s 处识别结果不停重复，只留一遍。"),
    "made_up_dropped": N_("有 %(count)s 处去掉了识别程序凭空编出的话。"),
    "not_understood": N_("有 %(count)s 处有人说话却没有听出字来。"),
}


def _remark(console: Console, remark: dict[str, Any]) -> str:
    return console.say(_REMARKS[remark["code"]], count=remark["count"])


def _lines(console: Console, value: dict[str, Any]) -> Iterator[str]:
    for cue in value["cues"]:
        yield f"{clock(cue['start_s'])}  {cue['text']}"
    yield console.say(
        N_("%(length)s 的录音用了 %(cpu)s 秒处理器时间，每秒录音 %(each)s 秒；内存最多 %(memory)s。"),
        length=clock(value["duration_s"]),
        cpu=value["cpu_s"],
        each=value["cpu_per_s"],
        memory=size(value["memory_bytes"]),
    )
    yield console.say(
        N_("模型：%(model)s，许可：%(licence)s（%(folder)s）。这是草稿，请校对。"),
        model=value["model"],
        licence=value["licence"] or "?",
        folder=value["folder"],
    )
