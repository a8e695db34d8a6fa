"""weike site-key: another secret for visitors' cookies, forms and plays, without a restart."""

from __future__ import annotations

import hashlib

import typer

from server import secrets
from server.commands.console import console_of
from server.commands.failures import BAD_INPUT, Failure
from server.commands.options import Json
from server.web.language.i18n import N_

ROTATE_HELP = N_(
    "换一把新密钥。用上一把签发的仍然有效，到下一次更换为止；更早的立即失效。\n\n"
    "正在运行的网站几秒内就会改用新密钥，不用重启，谁也不会察觉。"
)


def add_commands(to: typer.Typer) -> None:
    """Add the sub-commands of `weike site-key`."""
    to.callback()(_group)
    to.command("rotate", help=ROTATE_HELP)(rotate)


def _group() -> None:
    """Keep the name of the one command."""


def rotate(context: typer.Context, as_json: Json = False) -> None:
    """Sign with a new secret; what the present one signed is believed until the next change."""
    console = console_of(context)
    console.log(quiet=True)
    file = console.settings.site_keys_file
    if not file.exists():
        raise Failure(
            N_("没有 %(file)s。请用 --data、WEIKE_DATA 或 WEIKE_SECRET_FILE 指明它在哪里。"),
            BAD_INPUT,
            file=file,
        )
    keys = secrets.rotate(file)
    value = {"key": _name(keys.current), "previous": _name(keys.previous or "")}
    sentence = N_("新密钥 %(key)s 几秒后开始使用；用 %(previous)s 签发的，到下一次更换为止仍然有效。")
    console.result(value, as_json, [console.say(sentence, **value)])


def _name(secret: str) -> str:
    return hashlib.sha256(f"weike site key {secret}".encode()).hexdigest()[:8]
