"""A setting as people may read it: its variable, its value without secrets, where that comes from."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, get_args

from dotenv import dotenv_values
from pydantic import SecretStr
from pydantic.fields import FieldInfo
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from server.settings import Settings

HIDDEN = "***"
COMMAND_LINE, ENVIRONMENT, ENV_FILE, DEFAULT = "command line", "environment", ".env", "default"
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


def sources(settings: Settings) -> dict[str, str]:
    """Return where the value of each setting comes from, by its name."""
    env_file = dotenv_values(".env") if Path(".env").is_file() else {}
    return {name: source_of(name, settings, os.environ, env_file) for name in Settings.model_fields}


def default_of(name: str) -> Any:
    """Return the default of a setting as `shown_value` does."""
    value = Settings.model_fields[name].get_default(call_default_factory=True)
    return shown_value(name, value)


@cache
def bounds(name: str) -> tuple[float | None, float | None]:
    """Return the least and the most that a number may be, None for no bound."""
    found: dict[str, Any] = {}
    for one in Settings.model_fields[name].metadata:
        for bound in ("ge", "gt", "le", "lt"):
            if getattr(one, bound, None) is not None:
                found[bound] = getattr(one, bound)
    return found.get("ge", found.get("gt")), found.get("le", found.get("lt"))


def kind_of(name: str) -> str:
    """Return how a value is typed: "bool", "int", "number", "choice" or "text"."""
    wanted = _inner(Settings.model_fields[name])
    for known, kind in ((bool, "bool"), (int, "int"), (float, "number")):
        if wanted is known:
            return kind
    return "choice" if any(isinstance(one, str) for one in get_args(wanted)) else "text"


def _inner(field: FieldInfo) -> Any:
    """Return the type of a field, of `X | None` that of X."""
    told = [one for one in get_args(field.annotation) if one is not type(None)]
    return told[0] if len(told) == 1 and type(None) in get_args(field.annotation) else field.annotation
