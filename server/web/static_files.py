"""Built files over HTTP: kept for a year by whoever has one, and sent compressed as they were built.

Their names carry a hash of their content. A page that was opened before an update still asks for those of
its own time, so what an update replaces is kept beside the library for some weeks.
"""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path
from typing import Any

import structlog
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from library.core.modes import open_like
from server.web.middleware.compression import accepted

log = structlog.get_logger()

KEPT_DAYS = 30
"""How long the files of an older build are there after its last start."""

_DAY_S = 24 * 3600
_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
"""In the order of preference, with what frontend/build.mjs appends to the names of compressed files."""


class StaticFilesOfBuilds(StaticFiles):
    """Serves the files of this build, and those of builds before it."""

    def __init__(self, built: Path, kept: Path) -> None:
        super().__init__(directory=built)
        self.all_directories = [built, kept]

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file in the smallest form that the browser takes."""
        if path.endswith(tuple(ending for _, ending in _ENCODINGS)):
            raise HTTPException(404)  # they are forms of other files, and none of their own
        return await super().get_response(path, scope)

    def file_response(
        self, full_path: Any, stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """Return the answer with a file, or 304."""
        path, encoding = Path(full_path), ""
        takes = accepted(Headers(scope=scope).get("accept-encoding", ""))
        forms = [(name, path.with_name(path.name + ending)) for name, ending in _ENCODINGS if name in takes]
        kind = _content_type(path)
        for name, form in forms:
            if form.is_file():
                full_path, stat_result, encoding = form, form.stat(), name
                break
        answer = super().file_response(full_path, stat_result, scope, status_code)
        answer.headers["cache-control"] = "public, max-age=31536000, immutable"
        answer.headers["x-content-type-options"] = "nosniff"
        answer.headers["vary"] = "Accept-Encoding"
        if answer.status_code != 304:
            answer.headers["content-type"] = kind
        if encoding:
            answer.headers["content-encoding"] = encoding
        return answer


def _content_type(path: Path) -> str:
    return {
        ".js": "text/javascript; charset=utf-8",
        ".css": "text/css; charset=utf-8",
        ".svg": "image/svg+xml",
        ".json": "application/json",
    }.get(path.suffix, "text/plain; charset=utf-8")


def keep_for_later(built: Path, kept: Path) -> None:
    """Put this build's files where the next one finds them, and take away those of builds long gone.

    What is there already is only marked as in use. Raises OSError.
    """
    kept.mkdir(parents=True, exist_ok=True)
    now = time.time()
    for source in built.iterdir():
        if source.name == "manifest.json" or source.name.startswith("LICENSE"):
            continue  # no hash in their names, and no page asks for them
        target = kept / source.name
        if not target.exists():
            beside = kept / f"{source.name}.{os.getpid()}.partial"  # others may start at the same time
            shutil.copyfile(source, beside)
            open_like(kept, beside)
            beside.replace(target)
        os.utime(target, (now, now))
    for old in kept.iterdir():
        if old.stat().st_mtime < now - KEPT_DAYS * _DAY_S:
            old.unlink(missing_ok=True)


def keep_this_build(built: Path, kept: Path) -> None:
    """Do that; that it cannot be done is said in the log and stops nothing."""
    try:
        keep_for_later(built, kept)
    except OSError as error:
        log.warning("scripts and styles of this version cannot be kept for later", why=str(error))
