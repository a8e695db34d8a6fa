"""The ledger of deeds as files that are taken along; used by the page and the command line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy.orm import Session

from library.audit import queries
from library.audit.queries import Wanted
from library.core.clock import CHINA
from server.slices.system.ledger import AuditRow, Who, rows_of
from server.slices.system.words import WORDS
from server.web.files.sheets import Sheet, Value, csv_text
from server.web.files.sheets import workbook as book_of
from server.web.language.i18n import N_, Catalogue
from server.web.language.words import word

MOST_ROWS = 50_000
"""Entries in one file of text: 4 MB, and a second or two. A longer ledger is taken along by its days."""
MOST_IN_BOOK = 10_000
"""Entries in one workbook, which takes five times as long to write: a second, and not six, in a request."""

_HEADINGS = (
    N_("时间"),
    N_("谁"),
    N_("操作"),
    N_("对谁"),
    N_("内容"),
    N_("前后变化"),
    N_("程序"),
    N_("地址"),
    N_("链上序号"),
)
_WIDTHS = (20, 14, 20, 14, 40, 40, 14, 18, 10)
_AT_ONCE = 1_000


def workbook(session: Session, wanted: Wanted, catalogue: Catalogue) -> bytes:
    """Return what is asked for as a workbook, the newest first."""
    sheet = Sheet(
        name=catalogue.say(N_("操作记录")),
        headings=[catalogue.say(heading) for heading in _HEADINGS],
        rows=_rows(session, wanted, catalogue, MOST_IN_BOOK),
        widths=_WIDTHS,
        about=_about(session, wanted, catalogue, MOST_IN_BOOK),
        freeze=True,
    )
    return book_of([sheet])


def csv_file(session: Session, wanted: Wanted, catalogue: Catalogue) -> bytes:
    """Return the same as CSV; what is said about it stands in its last rows."""
    about = [(line,) for line in _about(session, wanted, catalogue, MOST_ROWS)]
    headings = [catalogue.say(heading) for heading in _HEADINGS]
    return csv_text([headings, *_rows(session, wanted, catalogue, MOST_ROWS), *about])


def _about(session: Session, wanted: Wanted, catalogue: Catalogue, rows: int) -> list[str]:
    """Say what it is, whether something was left out, and which seal proves it."""
    lines = [catalogue.say(N_("操作记录"))]
    if queries.count_up_to(session, wanted, rows + 1) > rows:
        lines.append(catalogue.say(N_("只有最新的 %(rows)s 条；更早的请按日期分几次导出。"), rows=rows))
        if rows < MOST_ROWS:
            lines.append(catalogue.say(N_("导出 CSV 一次最多 %(rows)s 条。"), rows=MOST_ROWS))
    seal = queries.last_seal(session)
    if seal is not None:
        sealed = N_("封存到 %(day)s，第 %(n)s 条，校验码 %(link)s。")
        lines.append(catalogue.say(sealed, day=seal.day.isoformat(), n=seal.through, link=seal.link))
    return lines


def _rows(session: Session, wanted: Wanted, catalogue: Catalogue, most: int) -> Iterator[Sequence[Value]]:
    some = []
    for entry in queries.latest(session, wanted, most):
        some.append(entry)
        if len(some) == _AT_ONCE:
            yield from (_row(row, catalogue) for row in rows_of(session, some))
            some = []
    yield from (_row(row, catalogue) for row in rows_of(session, some))


def _row(row: AuditRow, catalogue: Catalogue) -> Sequence[Value]:
    details = [detail_words(name, value, catalogue) for name, value in row.details.items()]
    return (
        row.at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S"),
        _who(row.by, catalogue),
        word("deed", row.deed, catalogue),
        _who(row.of, catalogue) if row.of else "",
        catalogue.say(N_("；")).join(filter(None, (row.thing, *details))),
        catalogue.say(N_("；")).join(changed_words(*one, catalogue=catalogue) for one in row.changed),
        word("deed_program", row.program, catalogue),
        row.address,
        row.n,
    )


def _who(one: Who, catalogue: Catalogue) -> str:
    return one.name or word("deed_who", one.kind, catalogue)


def detail_words(name: str, value: str, catalogue: Catalogue) -> str:
    """Return a detail in words."""
    said = word("deed_value", value, catalogue) if value in WORDS["deed_value"] else value
    named = word("deed_detail", name, catalogue) if name in WORDS["deed_detail"] else name
    return catalogue.say(N_("%(name)s：%(value)s"), name=named, value=said)


def changed_words(field: str, before: str, after: str, *, catalogue: Catalogue) -> str:
    """Return what became other, in words."""
    name = word("deed_detail", field, catalogue) if field in WORDS["deed_detail"] else field
    if not before and not after:
        return name
    nothing = catalogue.say(N_("没有"))
    values = [
        word("deed_value", one, catalogue) if one in WORDS["deed_value"] else one for one in (before, after)
    ]
    return catalogue.say(
        N_("%(name)s：%(before)s → %(after)s"),
        name=name,
        before=values[0] or nothing,
        after=values[1] or nothing,
    )
