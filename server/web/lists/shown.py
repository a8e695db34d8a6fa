"""What pages show of a list on its way, whatever kind of list it is; and the file that they take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import UploadFile
from starlette.datastructures import UploadFile as FormFile

from library.core.errors import Invalid
from library.core.lists.listed import suffix_of
from library.core.paging import Page, clean_number
from server.web.lists.jobs import ROWS_A_PAGE, ListJob
from server.web.pages import pager
from server.web.parts import Pager, Reason

LIST_BYTES = 16 * 1024 * 1024
"""Of a list: 50,000 people, or as many organisations, take some 4 MB."""
BODY_BYTES = LIST_BYTES + 64 * 1024
"""Of the form in which one comes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListView:
    """How far a list is, and of which outcome (`shown`) its rows are shown.

    `doing`: read, plan, write, planned, done, failed; while a list is worked at, its page comes again
    by itself. `url` is the page of the list; its forms are below it.
    """

    url: str
    file_name: str
    doing: str
    percent: float
    is_working: bool
    is_dead: bool = False
    counts: Mapping[str, int]
    outcomes: tuple[str, ...]
    shown: str
    pager: Pager
    warnings: tuple[Reason, ...] = ()
    not_kept: tuple[str, ...] = ()
    reason: Reason | None = None


def view(
    job: ListJob, url: str, outcomes: Sequence[str], show: str, page: int
) -> tuple[ListView, list[dict[str, Any]]]:
    """Return how far a list is and a page of its rows: of `show`, or else of the first of `outcomes` that it
    has."""
    progress, number = job.progress(), clean_number(page)
    counts = progress.counts
    shown = show if show in outcomes else next((one for one in outcomes if counts.get(one)), outcomes[-1])
    rows = job.rows(shown, number)
    return ListView(
        url=url,
        file_name=job.about["file_name"],
        doing=progress.doing,
        percent=progress.percent,
        is_working=progress.is_working,
        is_dead=progress.is_dead,
        counts=counts,
        outcomes=tuple(outcomes),
        shown=shown,
        pager=pager(Page(rows, number, ROWS_A_PAGE, counts.get(shown, 0)), url, show=shown),
        warnings=tuple(
            Reason(code=one["code"], args={"count": one["count"], **one.get("values", {})})
            for one in progress.warnings
        ),
        not_kept=tuple(progress.not_kept),
        reason=Reason(code=progress.code, args=progress.args) if progress.code else None,
    ), rows


def why(row: Mapping[str, Any]) -> Reason | None:
    """Return why a row is wrong, None for one that is not."""
    return Reason(code=row["code"], args=row["args"]) if row.get("code") else None


def brought(file: UploadFile | None) -> tuple[str, bytes]:
    """Return the name and the bytes of a list that a form or a program brings.

    Raises Invalid: empty, manifest_type, list_too_large.
    """
    if file is None or not file.filename:
        raise Invalid("empty", field="file")
    suffix_of(file.filename, field="file")
    data = file.file.read(LIST_BYTES + 1)
    if len(data) > LIST_BYTES:
        raise Invalid("list_too_large", field="file", most=LIST_BYTES // 2**20)
    return file.filename, data


def decided(
    fields: Iterable[tuple[str, str | FormFile]], choices: Sequence[str]
) -> Iterator[tuple[int, tuple[str, str]]]:
    """Yield the choices of a form (row-<line> = a choice, or choice:id); raises Invalid("unknown_choice")."""
    for name, value in fields:
        line = name.removeprefix("row-")
        if line == name or not isinstance(value, str) or not value:
            continue
        choice, _sign, named = value.partition(":")
        if not line.isdigit() or len(line) > 9 or choice not in choices:
            raise Invalid("unknown_choice", field=name[:20])
        yield int(line), (choice, named)
