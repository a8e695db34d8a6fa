"""weike settings: every setting with what it is here, and where that comes from; secrets are hidden."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import typer

from server.commands.console import Console, console_of
from server.commands.options import Json
from server.settings import Settings
from server.shown_settings import COMMAND_LINE, DEFAULT, ENV_FILE, ENVIRONMENT, shown_value, sources, variable
from server.web.language.i18n import N_

_SOURCES = {
    COMMAND_LINE: N_("命令行"),
    ENVIRONMENT: N_("环境变量"),
    ENV_FILE: N_(".env 文件"),
    DEFAULT: N_("默认值"),
}


def settings(context: typer.Context, as_json: Json = False) -> None:
    """Print every setting."""
    console = console_of(context)
    found = list(_rows(console.settings))
    console.result({"settings": found}, as_json, _lines(console, found))


def _rows(settings: Settings) -> Iterator[dict[str, Any]]:
    source = sources(settings)
    for name in Settings.model_fields:
        yield {
            "name": variable(name),
            "value": shown_value(name, getattr(settings, name)),
            "source": source[name],
        }


def _lines(console: Console, rows: list[dict[str, Any]]) -> Iterator[str]:
    for row in rows:
        value = row["value"]
        written = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        yield f"{row['name']:<26} {written or '—'}  ({console.say(_SOURCES[row['source']])})"
