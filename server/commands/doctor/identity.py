"""Do the identity providers answer, do our clocks agree, and are the files of their secrets closed?"""

from __future__ import annotations

import asyncio
import stat
from collections.abc import Iterator
from pathlib import Path

from library.core.errors import WeikeError
from server.commands.doctor.check import Check
from server.identity.network import CLOCK_LEEWAY_S
from server.identity.opening import open_providers
from server.identity_settings import ProviderSettings
from server.settings import Settings
from server.slices.access.sentences import SENTENCES
from server.web.language.i18n import N_


def check_identity(settings: Settings) -> Iterator[Check]:
    """Look at every provider of the settings; nothing is asked where there is none."""
    for about in settings.identity_providers:
        yield from _secret_file(about)
        yield _reached(about)


def _secret_file(about: ProviderSettings) -> Iterator[Check]:
    file = about.secret_file
    if file is None:
        return
    name, values = f"{about.key} secret", {"file": str(file)}
    try:
        mode = Path(file).stat().st_mode
    except OSError:
        yield Check(name, "bad", N_("%(file)s 读不了。"), N_("把它的所有者改为运行微课的用户。"), values)
        return
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield Check(name, "bad", N_("%(file)s 别人也能读取。"), N_("运行 chmod 600 %(file)s"), values)
    else:
        yield Check(name, "ok", N_("只有所有者能读取。"), values=values)


def _reached(about: ProviderSettings) -> Check:
    values: dict[str, object] = {"provider": about.label}
    try:
        reached = asyncio.run(open_providers([about])[about.key].look())
    except WeikeError as error:
        message, todo = SENTENCES[error.code]
        return Check(about.key, "bad", message, todo, {**values, **error.values})
    if reached.ahead_s is not None and abs(reached.ahead_s) > CLOCK_LEEWAY_S:
        values["seconds"] = round(abs(reached.ahead_s))
        return Check(
            about.key,
            "bad",
            N_("“%(provider)s”的时钟和这台机器差 %(seconds)s 秒，登录凭证会被拒绝。"),
            N_("校准时间，例如 timedatectl set-ntp true。"),
            values,
        )
    return Check(about.key, "ok", N_("“%(provider)s”有回应。"), values=values)
