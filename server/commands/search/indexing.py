"""weike reindex: the search index, built anew beside the old one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import typer

from library.finding.indexer import Indexer, IndexUnavailable, Rebuilt
from server.commands.console import Console, console_of
from server.commands.options import Json
from server.web.language.i18n import N_

# Another rebuild may be running: of a damaged index, or somebody else's.
_WAIT_S = 60.0
_POLL_S = 0.2


def reindex(context: typer.Context, as_json: Json = False) -> None:
    """Rebuild the index beside, swap, and catch up with what changed meanwhile."""
    console = console_of(context)
    console.log(quiet=True)
    began = time.monotonic()
    with console.ports(must_exist=True) as ports:
        rebuilt = _rebuild(console, ports.indexer)
        ports.indexer.catch_up()
        mark = ports.indexer.reader().mark()
    value = {
        "documents": rebuilt.documents,
        "unreadable": [{"lesson": lesson.lesson, "title": lesson.title} for lesson in rebuilt.unreadable],
        "generation": rebuilt.generation,
        "mark": mark,
        "seconds": round(time.monotonic() - began, 2),
    }
    console.result(value, as_json, _lines(console, value))


def _lines(console: Console, value: dict[str, Any]) -> Iterator[str]:
    yield console.say(N_("索引已重建：%(documents)s 篇，用时 %(seconds)s 秒。"), **value)
    if value["unreadable"]:
        yield console.say(N_("这些课的资料读不出来，暂时搜不到；其余的都能搜到："))
    for lesson in value["unreadable"]:
        yield f"  {lesson['title']}  {lesson['lesson']}"


def _rebuild(console: Console, indexer: Indexer) -> Rebuilt:
    end = time.monotonic() + _WAIT_S
    with console.progress(console.say(N_("重建索引"))) as show:
        while True:
            try:
                return indexer.rebuild(lambda done, total: show(100.0 * done / max(1, total), ""))
            except IndexUnavailable:
                if time.monotonic() > end:
                    raise
                time.sleep(_POLL_S)
