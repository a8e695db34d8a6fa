"""The routes of screens and records by their act: a part of the table in route_rights."""

from __future__ import annotations

from collections.abc import Mapping

from library.core.rights import Act

RECORDS: Mapping[Act, tuple[str, ...]] = {
    Act.GATHERING_SCREEN: (
        "GET /gatherings/{gathering_id}/screen/{room}",
        "POST /api/v1/gatherings/{gathering_id}/screen/{room}",
        "GET /api/v1/gatherings/{gathering_id}/screen/{room}/code",
        "POST /api/v1/gatherings/{gathering_id}/showings/{showing_id}/beats",
    ),
    Act.RECORD_VIEW: (
        "GET /api/v1/gatherings/{gathering_id}/record",
        "GET /gatherings/{gathering_id}/record",
        "GET /gatherings/{gathering_id}/record.docx",
        "GET /gatherings/{gathering_id}/record/print",
    ),
    Act.RECORD_WRITE: (
        "PUT /api/v1/gatherings/{gathering_id}/record/lines/{line_id}",
        "DELETE /api/v1/gatherings/{gathering_id}/record/lines/{line_id}",
        "POST /api/v1/gatherings/{gathering_id}/record/lines/{line_id}/keep",
        "POST /gatherings/{gathering_id}/record/add",
        "POST /gatherings/{gathering_id}/record/sign",
        "POST /gatherings/{gathering_id}/record/take-back",
    ),
    Act.RECORD_BOOK: (
        "GET /records",
        "GET /records/{node_id}/{year}/print",
        "GET /records/{node_id}/{year}/book.docx",
    ),
    Act.RECORD_TEMPLATE: (
        "GET /records/{node_id}/template",
        "POST /records/{node_id}/template",
        "GET /records/{node_id}/template.docx",
        "POST /records/{node_id}/template/remove",
    ),
}
