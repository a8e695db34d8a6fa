"""Options that several commands share."""

from __future__ import annotations

from typing import Annotated

import typer

from server.web.language.i18n import N_

Json = Annotated[bool, typer.Option("--json", help=N_("在标准输出只打印一个 JSON 对象，供程序使用。"))]
