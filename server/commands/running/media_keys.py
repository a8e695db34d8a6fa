"""weike media-key: other secrets for media addresses, without a restart."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import typer

from server.commands.console import console_of
from server.commands.failures import BAD_INPUT, Failure
from server.commands.options import Json
from server.delivery import media_keys
from server.delivery.media_keys import Keys
from server.delivery.signing import key_id
from server.web.language.i18n import N_

ROTATE_HELP = N_(
    "换一把新密钥。用上一把签的地址仍可播放到各自到期，更早的立即失效。\n\n"
    "正在运行的网站和处理进程几秒内就会改用新密钥，不用重启；用 deploy/start-nginx.sh 启动的 nginx 也是。"
)
REVOKE_HELP = N_("换一把新密钥，不保留旧的：已发出的播放地址几秒内全部失效，正在观看的人要刷新页面。")


def add_commands(to: typer.Typer) -> None:
    """Add the sub-commands of `weike media-key`."""
    to.command("rotate", help=ROTATE_HELP)(rotate)
    to.command("revoke-all", help=REVOKE_HELP)(revoke_all)


def rotate(context: typer.Context, as_json: Json = False) -> None:
    """Sign with a new secret; the present one's addresses play until they expire."""
    _change(context, as_json, media_keys.rotate)


def revoke_all(context: typer.Context, as_json: Json = False) -> None:
    """Sign with a new secret; nothing that was signed before plays."""
    _change(context, as_json, media_keys.revoke_all)


def _change(context: typer.Context, as_json: bool, change: Callable[[Path], Keys]) -> None:
    console = console_of(context)
    console.log(quiet=True)
    file = console.settings.media_keys_file
    if not file.exists():
        raise Failure(
            N_("没有 %(file)s。请用 --data、WEIKE_DATA 或 WEIKE_MEDIA_SECRET_FILE 指明它在哪里。"),
            BAD_INPUT,
            file=file,
        )
    keys = change(file)
    value = {"key": key_id(keys.current), "previous": key_id(keys.previous) if keys.previous else None}
    sentence = (
        N_("新密钥 %(key)s 几秒后开始使用；用 %(previous)s 签的地址播放到各自到期。")
        if keys.previous
        else N_("新密钥 %(key)s 已经启用，以前发出的播放地址都已失效。")
    )
    console.result(value, as_json, [console.say(sentence, **value)])
