"""Files of lessons, taken along: never shown by us, never run, and asked for by who may see the lesson."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import obstore
import structlog
from fastapi import APIRouter, Request
from obstore.store import ObjectStore
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import Response, StreamingResponse

from library.catalog import queries as catalog
from library.catalog.permits import Action, may
from library.core.database import Database
from library.core.errors import NotFound
from library.works import files, queries
from library.works.formats import MEDIA_TYPES, FileFormat
from library.works.places import file_key, page_key
from server.web.deps import DatabaseDep, StoreDep, WhoDep
from server.web.files.attachments import file_name
from server.web.middleware.methods import HEAD_ALONE

log = structlog.get_logger()
router = APIRouter(include_in_schema=False)

_PIECE = 256 * 1024
SEALED = {
    # Should a browser open it all the same, it may load nothing and run nothing. `nosniff` is said of all.
    "content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "private, no-cache",
}


def ending(found: FileFormat) -> str:
    """Return the ending that a format gives a name."""
    return "jpg" if found is FileFormat.JPEG else found.value


@router.get("/lessons/{lesson_id}/files/{file_id}")
def download(
    request: Request, db: DatabaseDep, who: WhoDep, store: StoreDep, lesson_id: str, file_id: str
) -> Response:
    """A material or a certificate, as a file to keep."""
    with db.read() as session:
        row = queries.file_for(session, who.viewer, lesson_id, file_id)
        name, found, size = row.name, row.format, row.size_bytes
        facts = catalog.facts(catalog.lesson(session, lesson_id))
        own = may(who.viewer, Action.EDIT, facts) or may(who.viewer, Action.VERSIONS, facts)
    written = f"{file_name(name)}.{ending(found)}"
    headers = {
        **SEALED,
        # RFC 8187; the plain name is for whoever does not read the other.
        "content-disposition": f'attachment; filename="weike.{ending(found)}"; '
        f"filename*=UTF-8''{quote(written, safe='')}",
        "content-length": str(size),
    }
    pieces = _pieces(store, file_key(lesson_id, file_id))
    if not own and HEAD_ALONE not in request.scope and "sec-purpose" not in request.headers:
        _count(db, file_id)
    return StreamingResponse(pieces, headers=headers, media_type=MEDIA_TYPES[found])


@router.get("/lessons/{lesson_id}/files/{file_id}/pages/{n}.png")
def page(db: DatabaseDep, who: WhoDep, store: StoreDep, lesson_id: str, file_id: str, n: int) -> Response:
    """The picture of a page of a PDF, which we have drawn ourselves."""
    with db.read() as session:
        row = queries.file_for(session, who.viewer, lesson_id, file_id)
        if not 1 <= n <= row.drawn:
            raise NotFound
    try:
        data = bytes(obstore.get(store, page_key(lesson_id, file_id, n)).bytes())
    except FileNotFoundError:
        raise NotFound from None
    return Response(data, media_type="image/png", headers=SEALED)


def _count(db: Database, file_id: str) -> None:
    try:
        with db.write() as session:
            files.count_download(session, file_id)
    except SQLAlchemyError:
        log.warning("download not counted", file=file_id)  # whoever takes it along gets it all the same


def _pieces(store: ObjectStore, key: str) -> Iterator[bytes]:
    """Return an object's bytes piece by piece; raises NotFound at once where it is gone."""
    try:
        found = obstore.get(store, key)
    except FileNotFoundError:
        raise NotFound from None
    return (bytes(piece) for piece in found.stream(min_chunk_size=_PIECE))
