"""weike vocabulary: the dictionary of the search, from the machine itself."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from library.core.errors import Invalid
from library.core.text import decode
from library.dictionary import actions, lines, queries, rules
from server.commands.console import Console, console_of
from server.commands.failures import FAILED, Reason
from server.commands.options import Json
from server.web.language.i18n import N_

Words = Annotated[
    list[str], typer.Argument(metavar="WORD...", help=N_("一个词；写几个就是一组同义词，也可以用 = 连接。"))
]
_STDIN = "-"


def add_commands(to: typer.Typer) -> None:
    """Add the sub-commands of `weike vocabulary`."""
    to.command("list", help=N_("列出词和同义词，自己加的在前。"))(list_)
    to.command("add", help=N_("加一个词，或一组同义词。"))(add)
    to.command("remove", help=N_("删除自己加的一条；要写出它全部的词。"))(remove)
    to.command("off", help=N_("停用自带的一条；要写出它全部的词。"))(off)
    to.command("on", help=N_("重新启用自带的一条。"))(on)
    to.command("import", help=N_("从文本文件加入：一行一个词，同义词用 = 连接。"))(import_)
    to.command("export", help=N_("打印自己加的和停用的，可以再导入。"))(export)


def list_(
    context: typer.Context,
    text: Annotated[str, typer.Argument(metavar="TEXT", help=N_("只列出含这几个字的。"))] = "",
    as_json: Json = False,
) -> None:
    """List the entries."""
    console = _begin(context)
    with console.ports(must_exist=True) as ports, ports.db.read() as session:
        found = [row.entry for row in queries.rows(session) if row.entry.holds(text)]
    value = {"total": len(found), "entries": [_object(entry) for entry in found]}
    console.result(value, as_json, (_line(console, entry) for entry in found))


def add(context: typer.Context, words: Words, as_json: Json = False) -> None:
    """Teach a word or a group."""
    console, wanted = _begin(context), rules.draft(_split(words))
    with console.ports(must_exist=True) as ports, ports.dictionary.teaching() as session:
        entry = actions.add(session, None, wanted, ports.clock())
    console.result(_object(entry), as_json, [_line(console, entry)])


def remove(context: typer.Context, words: Words, as_json: Json = False) -> None:
    """Forget an entry."""
    console = _begin(context)
    with console.ports(must_exist=True) as ports, ports.dictionary.teaching() as session:
        entry = queries.own_of(session, _split(words))
        actions.remove(session, None, entry.id, None, ports.clock())
    console.result(_object(entry), as_json, [_line(console, entry)])


def off(context: typer.Context, words: Words, as_json: Json = False) -> None:
    """Switch a shipped entry off."""
    _switch(_begin(context), words, False, as_json)


def on(context: typer.Context, words: Words, as_json: Json = False) -> None:
    """Switch a shipped entry on."""
    _switch(_begin(context), words, True, as_json)


def _switch(console: Console, words: list[str], to: bool, as_json: bool) -> None:
    with console.ports(must_exist=True) as ports, ports.dictionary.teaching() as session:
        known = queries.shipped_of(session, _split(words))
        entry = actions.switch(session, None, known.id, to, ports.clock())
    console.result(_object(entry), as_json, [_line(console, entry)])


def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=N_("文本文件；- 表示标准输入。"))],
    as_json: Json = False,
) -> None:
    """Take each line that can be taken."""
    console, text = _begin(context), _read(file)
    with console.ports(must_exist=True) as ports, ports.dictionary.teaching() as session:
        done = actions.paste(session, None, text, ports.clock())
    failed = [
        {
            "line": line.number,
            "text": line.text,
            "reason": line.code,
            "message": console.explain(Reason(line.code, {**line.values, "field": None}, FAILED)),
        }
        for line in done.left
        if not line.is_there
    ]
    value = {
        "added": sum(line.what is rules.Change.ADD for line in done.taken),
        "switched_off": sum(line.what is rules.Change.OFF for line in done.taken),
        "unchanged": sum(line.is_there for line in done.left),
        "failed": failed,
    }
    console.result(value, as_json, _about(console, value))
    for row in failed:
        if not as_json:
            console.note(N_("第 %(line)s 行（%(text)s）：%(message)s"), **row)
    if failed:
        raise typer.Exit(FAILED)


def export(context: typer.Context, as_json: Json = False) -> None:
    """Print what staff have taught and switched off."""
    console = _begin(context)
    with console.ports(must_exist=True) as ports, ports.db.read() as session:
        entries = [row.entry for row in queries.rows(session)]
    if as_json:
        own = [list(entry.words) for entry in entries if not entry.shipped]
        switched_off = [list(entry.words) for entry in entries if not entry.on]
        console.result({"entries": own, "switched_off": switched_off}, as_json, [])
        return
    # A file to be read again is UTF-8, whatever the terminal speaks.
    sys.stdout.buffer.write(lines.written(entries).encode())
    sys.stdout.buffer.flush()


def _begin(context: typer.Context) -> Console:
    console = console_of(context)
    console.log(quiet=True)
    return console


def _split(words: list[str]) -> list[str]:
    return [part for word in words for part in rules.split_words(word)]


def _read(file: Path) -> str:
    if str(file) == _STDIN:
        data = sys.stdin.buffer.read()
    elif file.is_file():
        data = file.read_bytes()
    else:
        raise Invalid("file_missing", field="file", found=str(file))
    try:
        return decode(data)
    except UnicodeDecodeError:
        raise Invalid("file_not_text", field="file") from None


def _object(entry: rules.Entry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "words": list(entry.words),
        "shipped": entry.shipped,
        "on": entry.on,
        "version": entry.version,
    }


def _line(console: Console, entry: rules.Entry) -> str:
    marks = [console.say(N_("自带"))] if entry.shipped else []
    marks += [] if entry.on else [console.say(N_("已停用"))]
    return "  ".join([rules.shown(entry.words), *marks])


def _about(console: Console, value: dict[str, Any]) -> Iterator[str]:
    sentence = N_(
        "加入 %(added)s 条，停用 %(switched_off)s 条，已经有了 %(unchanged)s 行，没有采用 %(failed)s 行。"
    )
    yield console.say(sentence, **{**value, "failed": len(value["failed"])})
