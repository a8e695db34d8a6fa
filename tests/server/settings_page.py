"""docs/settings.md, made of the settings themselves: `python -m tests.server.settings_page` writes it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import Any, get_args

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from server.identity_settings import ProviderSettings
from server.settings import Settings
from server.shown_settings import variable

PAGE = Path(__file__).resolve().parents[2] / "docs" / "settings.md"

_HEAD = """# Every setting

Made from `server/settings.py` by `python -m tests.server.settings_page`; a test holds it. A setting is an
environment variable, or a line of the file `.env` in the folder in which `weike` starts; the environment
comes first. `weike settings` prints what is in use on a machine, and where it comes from.

| setting | default | may be | what it does |
| --- | --- | --- | --- |
"""


_PROVIDERS = """
## Identity providers

`WEIKE_IDENTITY_PROVIDERS` is a JSON list with an object for each. Register
`<WEIKE_PUBLIC_URL>/sign-in/with/<key>/back` there as the address to come back to, and
`<WEIKE_PUBLIC_URL>/sign-in` as the one after signing out. `weike doctor` looks whether each answers, whether
the clocks agree, and who may read the files of secrets.

```
WEIKE_IDENTITY_PROVIDERS='[{"key": "sso", "kind": "oidc", "label": "统一认证", "label_en": "Single sign-on",
  "address": "https://sso.example/realms/county", "client_id": "weike",
  "secret_file": "/etc/weike/sso.secret"}]'
```

| name | default | may be | what it does |
| --- | --- | --- | --- |
"""


def page() -> str:
    """The whole page."""
    return _HEAD + "".join(_rows()) + _PROVIDERS + "".join(_provider_rows())


def _provider_rows() -> Iterator[str]:
    for name, field in ProviderSettings.model_fields.items():
        default = "" if field.is_required() else _default(field)
        about = (field.description or "").replace("|", "\\|")
        yield f"| `{name}` | {default} | {_allowed(field)} | {about} |\n"


def _rows() -> Iterator[str]:
    for name, field in Settings.model_fields.items():
        about = (field.description or "").replace("|", "\\|")
        yield f"| `{variable(name)}` | {_default(field)} | {_allowed(field)} | {about} |\n"


def _default(field: FieldInfo) -> str:
    value: Any = field.get_default(call_default_factory=True)
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if value in (None, "", {}, ()):
        return ""
    return f"`{value if isinstance(value, str | PurePath) else json.dumps(value)}`"


def _allowed(field: FieldInfo) -> str:
    words = [str(word) for word in get_args(field.annotation) if isinstance(word, str)]
    if words:
        return ", ".join(f"`{word}`" for word in words)
    limits = {"Ge": "from {ge}", "Gt": "above {gt}", "Le": "to {le}", "Lt": "below {lt}"}
    found = [
        limits[type(one).__name__].format(**vars(one) if hasattr(one, "__dict__") else _slots(one))
        for one in field.metadata
        if type(one).__name__ in limits
    ]
    kind = "true, false" if field.annotation is bool else ""
    return " ".join(found) or kind


def _slots(one: Any) -> dict[str, Any]:
    return {name: getattr(one, name) for name in ("ge", "gt", "le", "lt") if hasattr(one, name)}


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
