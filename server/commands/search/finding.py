"""weike search: what a machine's administrator may ask."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session

from library.catalog import change_queries
from library.core.database import Database
from library.core.permits import Viewer
from library.finding.hits import Found
from library.finding.indexer import Indexer, IndexUnavailable
from search import Sort
from server.commands.administrator import known_viewer, machine
from server.commands.console import Console, absolute, console_of, write_whole
from server.commands.failures import BAD_INPUT, Failure
from server.commands.options import Json
from server.commands.search.hits_json import hit_object
from server.slices.finding.workbook import MOST_HITS, About, Gathered, gather, loosened, workbook
from server.web.language.formats import clock
from server.web.language.i18n import N_, Catalogue
from server.web.language.words import word

# Somebody waits: an index that is a little behind is better than none, and its worker catches up anyway.
_CATCH_UP_S = 5.0
_LISTED = 10


def search(
    context: typer.Context,
    query: Annotated[str, typer.Argument(metavar="QUERY", help=N_("要找的话。"))],
    limit: Annotated[
        int | None,
        typer.Option(
            "--limit", min=1, max=MOST_HITS, help=N_("最多几条；不写为 10 条，写进表格为 2000 条。")
        ),
    ] = None,
    xlsx: Annotated[
        Path | None,
        typer.Option("--xlsx", metavar="FILE", help=N_("把结果写进这个 Excel 表格，而不是打印出来。")),
    ] = None,
    sort: Annotated[
        Sort, typer.Option("--sort", help=N_("次序：relevance 最相关，date 最新，views 最多观看。"))
    ] = "relevance",
    as_person: Annotated[
        str | None,
        typer.Option("--as", metavar="PERSON", help=N_("像这个用户那样搜：只找得到他可以看的。")),
    ] = None,
    as_json: Json = False,
) -> None:
    """Search as the administrator of the machine."""
    console = console_of(context)
    console.log(quiet=True)
    if xlsx is not None and xlsx.suffix.lower() != ".xlsx":
        raise Failure(N_("表格的文件名要以 .xlsx 结尾：%(file)s"), BAD_INPUT, file=xlsx)
    with console.ports(must_exist=True) as ports:
        _catch_up(ports.db, ports.indexer)
        if xlsx is not None:
            with ports.db.read() as session:
                viewer = _viewer(session, as_person, ports.clock())
            gathered = gather(
                ports.db,
                ports.finder,
                viewer,
                query,
                console.catalogue,
                base_url=console.settings.base_url,
                sort=sort,
                most=limit or MOST_HITS,
            )
            about = About(query, {}, sort, ports.clock())
            written = _write_workbook(gathered, about, console.catalogue, absolute(xlsx))
            sentence = N_("找到 %(total)s 处，写进 %(file)s 的有 %(written)s 处，共 %(rows)s 行。")
            console.result(written, as_json, [console.say(sentence, **written)])
            return
        with ports.db.read() as session:
            found = ports.finder.find(
                session,
                _viewer(session, as_person, ports.clock()),
                query,
                limit=limit or _LISTED,
                sort=sort,
                moments=1,
            )
            hits = [hit_object(row, console.settings.base_url) for row in found.rows]
    value = {"total": found.total, "relaxed": found.relaxed, "in_part": found.in_part, "hits": hits}
    console.result(value, as_json, [*_about_lines(console, found), *_hit_lines(console, value)])


def _viewer(session: Session, as_person: str | None, now: datetime) -> Viewer:
    return machine(session) if as_person is None else known_viewer(session, as_person, now)


def _write_workbook(found: Gathered, about: About, catalogue: Catalogue, file: Path) -> dict[str, Any]:
    """Write what is found into a workbook, which appears whole or not at all; return what was written."""
    write_whole(file, workbook(found, about, catalogue))
    return {"total": found.total, "written": found.hits, "rows": len(found.lines), "file": str(file)}


def _catch_up(db: Database, indexer: Indexer) -> None:
    """Bring the index up to date if it is behind; whoever writes it already does so without us."""
    with db.read() as session:
        wanted = change_queries.latest_revision(session)
    with suppress(IndexUnavailable):  # an index that cannot answer at all says so when it is asked
        if indexer.reader().mark() < wanted:
            indexer.catch_up(wanted, timeout_s=_CATCH_UP_S)


def _about_lines(console: Console, found: Found) -> Iterator[str]:
    if found.heard:
        yield console.say(N_("按拼音找了：%(names)s"), names="、".join(found.heard))
    if found.did_you_mean:
        yield console.say(N_("您要找的是不是：%(query)s"), query=found.did_you_mean)
    said = loosened(found.query, found, console.catalogue) if found.rows else ""
    if said:
        yield said


def _hit_lines(console: Console, value: dict[str, Any]) -> Iterator[str]:
    catalogue = console.catalogue
    yield console.say(N_("找到 %(total)s 处"), total=value["total"])
    for hit in value["hits"]:
        heard = "by_sound" if hit["by_sound"] else "recognised" if hit["recognised"] else ""
        part = console.say(N_("第 %(n)s 段"), n=hit["clip_n"]) + " " if hit["clip_n"] else ""
        at = f"{part}{clock(hit['start_s'])}  " if hit["source"] == "speech" and part else ""
        if hit["source"] != "speech":
            name = word("found_in", hit["source"], catalogue)
            at = console.say(N_("%(name)s：%(value)s"), name=name, value="")
        watched = console.say(N_("观看 %(views)s 次"), **hit) if hit["views"] else ""
        parts = (hit["title"], hit["lecturer"], hit["date"], watched)
        about = "  ".join(part for part in (*parts, heard and word("recognition", heard, catalogue)) if part)
        yield f"\n{at}{hit['quote']}\n    {about}\n    {hit['url']}"
