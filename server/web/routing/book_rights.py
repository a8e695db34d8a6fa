"""The routes of books by their act: a part of the table in route_rights."""

from __future__ import annotations

from collections.abc import Mapping

from library.core.rights import Act

BOOKS: Mapping[Act, tuple[str, ...]] = {
    Act.BOOKS_KEEP: (
        "GET /api/v1/books/{person_id}",
        "GET /learning/branch",
        "GET /learning/confirm",
        "POST /learning/confirm/{practice_id}",
        "POST /learning/people/{person_id}/take-back",
        "POST /learning/people/{person_id}/lift",
        "GET /learning/people/{person_id}",
    ),
    Act.BOOKS_ARRANGE: (
        "GET /learning/rules/{node_id}",
        "POST /learning/rules/{node_id}",
        "POST /learning/rules/{node_id}/remove",
    ),
    Act.BOOKS_READ: (
        "GET /api/v1/books",
        "GET /learning",
        "GET /learning/export.json",
        "GET /learning/export.xlsx",
        "GET /learning/practice",
        "POST /learning/practice",
        "POST /learning/practice/{practice_id}/withdraw",
        "GET /learning/rules",
        "GET /learning/sheet",
        "GET /learning/study",
        "POST /learning/study",
        "GET /learning/study/{study_id}",
        "POST /learning/study/{study_id}/again",
        "POST /learning/study/{study_id}/done",
        "POST /learning/study/{study_id}/drop",
        "POST /learning/study/{study_id}/notes",
    ),
}
