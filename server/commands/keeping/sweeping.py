"""weike sweep: the store without what belongs to nobody."""

from __future__ import annotations

from collections import Counter
from typing import Annotated

import typer

from library.intake.files.sweeping import StoredKind, SweepRefused
from server.background.store_sweep import sweep_of
from server.commands.console import console_of
from server.commands.failures import FAILED, Failure
from server.commands.options import Json
from server.web.language.formats import size
from server.web.language.i18n import N_


def sweep(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=N_("只列出会删除什么，不真的删除。"))] = False,
    force: Annotated[
        bool, typer.Option("--force", help=N_("存储里的短视频多数不在数据库里，也照样清理。"))
    ] = False,
    as_json: Json = False,
) -> None:
    """Take away what nobody needs, or say what that would be."""
    console = console_of(context)
    console.log(quiet=True)
    with console.ports(must_exist=True) as ports:
        work = sweep_of(ports.db, ports.store, ports.settings, ports.clock)
        try:
            gone = work.look(force=force) if dry_run else work.run(force=force)
        except SweepRefused as refused:
            raise Failure(
                N_(
                    "存储里的 %(total)s 个短视频有 %(unknown)s 个不在数据库里，像是用错了数据库，"
                    "没有清理。确认无误后加上 --force。"
                ),
                FAILED,
                total=refused.total,
                unknown=refused.unknown,
            ) from refused
    kinds = Counter(one.kind for one in gone)
    keys = [one.key for one in gone]
    value = {
        "dry_run": dry_run,
        "clips": kinds[StoredKind.CLIP],
        "storyboards": kinds[StoredKind.STORYBOARD],
        "originals": kinds[StoredKind.ORIGINAL],
        "materials": kinds[StoredKind.MATERIAL],
        "bytes": sum(one.size_bytes for one in gone),
        "keys": keys,
    }
    sentence = (
        N_("会删除 %(count)s 处，共 %(size)s。") if dry_run else N_("删除了 %(count)s 处，共 %(size)s。")
    )
    done = console.say(sentence, count=len(gone), size=size(sum(one.size_bytes for one in gone)))
    console.result(value, as_json, [*(keys if dry_run else ()), done])
