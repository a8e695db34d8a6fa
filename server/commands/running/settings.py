"""weike settings: every setting with what it is here, and where that comes from; secrets are hidden."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import typer
from dotenv import dotenv_values
from pydantic import SecretStr
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from server.commands.console import Console, console_of
from server.commands.options import Json
from server.settings import Settings
from server.web.language.i18n import N_

HIDDEN = "***"
COMMAND_LINE, ENVIRONMENT, ENV_FILE, DEFAULT = "command line", "environment", ".env", "default"
_SOURCES = {
    COMMAND_LINE: N_("命令行"),
    ENVIRONMENT: N_("环境变量"),
    ENV_FILE: N_(".env 文件"),
    DEFAULT: N_("默认值"),
}
_ADDRESSES = ("database_url", "jobs_url")
_OPEN_OPTIONS = frozenset({"endpoint", "aws_endpoint", "region", "aws_region", "bucket"})


def variable(name: str) -> str:
    """Return the environment variable of a setting."""
    return f"{Settings.model_config['env_prefix']}{name}".upper()


def shown_value(name: str, value: Any) -> Any:
    """Return a setting's value as everybody may read it: JSON's own types, and no secret."""
    if isinstance(value, SecretStr):
        return HIDDEN if value.get_secret_value() else ""
    if name in _ADDRESSES and value:
        try:
            return make_url(value).render_as_string(hide_password=True)
        except ArgumentError:
            return HIDDEN
    if name == "store_options":
        return {key: one if key.lower() in _OPEN_OPTIONS else HIDDEN for key, one in value.items()}
    if name == "identity_providers":  # the files of secrets, and none itself
        return [one.model_dump(mode="json", exclude_defaults=True) for one in value]
    return str(value) if isinstance(value, Path) else value


def source_of(
    name: str, settings: Settings, environment: Mapping[str, str], env_file: Mapping[str, str | None]
) -> str:
    """Return where the value of a setting comes from."""
    if name == "data" and getattr(settings, name) != Settings().data:
        return COMMAND_LINE
    for source, known in ((ENVIRONMENT, environment), (ENV_FILE, env_file)):
        if variable(name) in {key.upper() for key in known}:
            return source
    return DEFAULT


def settings(context: typer.Context, as_json: Json = False) -> None:
    """Print every setting."""
    console = console_of(context)
    found = list(_rows(console.settings))
    console.result({"settings": found}, as_json, _lines(console, found))


def _rows(settings: Settings) -> Iterator[dict[str, Any]]:
    env_file = dotenv_values(".env") if Path(".env").is_file() else {}
    for name in Settings.model_fields:
        yield {
            "name": variable(name),
            "value": shown_value(name, getattr(settings, name)),
            "source": source_of(name, settings, os.environ, env_file),
        }


def _lines(console: Console, rows: list[dict[str, Any]]) -> Iterator[str]:
    for row in rows:
        value = row["value"]
        written = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        yield f"{row['name']:<26} {written or '—'}  ({console.say(_SOURCES[row['source']])})"
