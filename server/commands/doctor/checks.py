"""What doctor looks at. Each check answers with facts; none changes anything that is there."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import timedelta

from library.core.clock import utc_now
from server.commands.doctor.check import Check
from server.commands.doctor.machine import (
    check_address,
    check_built_pages,
    check_disk,
    check_folder,
    check_modes,
    check_secret,
    check_tools,
)
from server.commands.doctor.speech import check_speech
from server.keeping import state
from server.keeping.standing import standings
from server.settings import Settings
from server.slices.system.sentences import SENTENCES
from server.web.language.formats import size
from server.web.language.i18n import N_


def examine(settings: Settings) -> Iterator[Check]:
    """Yield what is found, the cheap and fundamental things first.

    What looks at the library is loaded after those, so that the first line is not waited for.
    """
    yield Check("python", "ok", N_("Python %(version)s"), values={"version": sys.version.partition(" ")[0]})
    yield from check_tools(settings)
    yield check_speech(settings)
    yield check_built_pages()
    yield check_folder(settings)
    yield check_disk(settings)
    for name, file in (
        ("secret", settings.site_keys_file),
        ("media_secret", settings.media_keys_file),
    ):
        yield check_secret(name, file)
    if settings.sealing_keys_file.exists():
        yield check_secret("second_factor_secret", settings.sealing_keys_file)
    if settings.identity_providers:
        from server.commands.doctor.identity import check_identity  # what signs in needs its libraries

        yield from check_identity(settings)
    yield check_modes(settings)
    if settings.mail_server:
        from server.commands.doctor.mail import check_mail_server

        yield check_mail_server(settings)
    from server.commands.doctor.library import check_database
    from server.commands.doctor.stores import check_jobs_database, check_store
    from server.commands.doctor.uploads import probe_uploads

    yield from check_database(settings)
    yield check_jobs_database(settings)
    yield check_store(settings)
    yield _worker(settings)
    yield from _keeping(settings)
    yield check_address(settings)
    yield from probe_uploads(settings)


def _worker(settings: Settings) -> Check:
    if not settings.worker:
        return Check("worker", "ok", N_("处理进程在别处运行（WEIKE_WORKER=false）。"))
    from server.commands.doctor.processes import frozen_worker, holder_of

    running = N_("处理进程正在运行。")
    idle = N_("处理进程没有运行，收进的录像会等着。")
    holder = holder_of(settings.data / f"worker-{settings.executor_id}.lock")
    if holder is not None:
        return frozen_worker(holder) if holder.frozen else Check("worker", "ok", running)
    return Check("worker", "warn", idle, N_("运行 weike serve 或 weike worker。"))


def _keeping(settings: Settings) -> Iterator[Check]:
    """Say how it stands with backups, and with trying them out."""
    found = standings(
        state.read(settings.data),
        settings.backup_to,
        timedelta(minutes=settings.backup_every_min),
        timedelta(days=settings.restore_test_days),
        utc_now(),
    )
    for one in found:
        message, todo = SENTENCES[one.code]
        values = {k: size(v) if k.endswith("_bytes") else v for k, v in one.values.items()}
        yield Check(one.name, one.status, message, todo, values)
