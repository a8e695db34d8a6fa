"""Options that several commands share."""

from __future__ import annotations

from typing import Annotated

import typer

from server.web.language.i18n import N_

Json = Annotated[bool, typer.Option("--json", help=N_("在标准输出只打印一个 JSON 对象，供程序使用。"))]

AudienceWords = Annotated[
    list[str] | None,
    typer.Option(
        "--audience",
        metavar="WHO",
        help=N_(
            "发布后谁可以看，可以写几次：everyone、signed_in、organisation，"
            "或 node:编码、group:小组、kind:full（probationary、activist、masses）；不写是所有人。"
        ),
    ),
]
