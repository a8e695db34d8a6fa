"""A person's books as JSON and as a workbook; each item says why it counts as it does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from library.books.hours import Book
from library.books.queries import PersonBooks, Reversed
from library.books.rules import Line, Sum, lacking
from library.evidence.rules import IN_SECONDS, Piece
from server.slices.books.shown import Names, line_view, reason_of, value_of, worth_of
from server.web.files.sheets import Sheet
from server.web.language.i18n import N_, Catalogue
from server.web.language.words import explain, word


def piece_json(piece: Piece) -> dict[str, Any]:
    """Return what a row of the ledger says."""
    return {
        "day": piece.day.isoformat(),
        "kind": str(piece.kind),
        "form": str(piece.form),
        "amount": piece.amount,
        "unit": "s" if piece.kind in IN_SECONDS else "times",
        "source": str(piece.source),
        "source_id": piece.source_id,
        "lesson_id": piece.lesson_id,
        "node_id": piece.node_id,
        "made_up": piece.made_up,
    }


def books_json(found: PersonBooks, names: Names, catalogue: Catalogue) -> dict[str, Any]:
    """Return a year: every book with its sum and its items, each with its `why`."""
    books, one = found.books, found.member
    return {
        "person_id": one.person_id,
        "name": one.name,
        "node_id": one.node_id,
        "year": books.number,
        "first": books.first.isoformat(),
        "last": books.last.isoformat(),
        "asked": one.asked,
        "leads_as": str(one.leads) if one.leads else None,
        "books": [_sum_json(each) for each in books.sums],
        "items": [_line_json(line, names, catalogue) for line in books.lines],
        "taken_back": [_taken_json(each) for each in found.reversed],
    }


def _sum_json(one: Sum) -> dict[str, Any]:
    return {
        "book": str(one.book),
        "unit": "times" if one.book is Book.PRACTICE else "hours",
        "value": value_of(one),
        "aim": one.aim,
        "left": lacking(one.left),
    }


def _line_json(line: Line, names: Names, catalogue: Catalogue) -> dict[str, Any]:
    view = line_view(line, names)
    return {
        "day": line.day.isoformat(),
        "what": view.what or view.account,
        "book": str(line.book) if line.book else None,
        "rule": str(line.rule),
        "value": worth_of(line) or "0",
        "why": [
            {"code": str(cause.why), **cause.values, "said": " ".join(_said(cause_said))}
            for cause, cause_said in zip(line.causes, _explained(line, catalogue), strict=True)
        ],
        "pieces": [piece_json(piece) for piece in line.pieces],
    }


def _taken_json(one: Reversed) -> dict[str, Any]:
    return {**piece_json(one.piece), "taken_on": one.day.isoformat(), "reason": one.reason}


def _explained(line: Line, catalogue: Catalogue) -> list[tuple[str, str]]:
    found = []
    for cause in line.causes:
        reason = reason_of(cause)
        said = explain(reason.code, reason.args, catalogue)
        found.append((said.message, said.todo))
    return found


def _said(parts: tuple[str, str]) -> Iterator[str]:
    return (part for part in parts if part)


def books_sheets(found: PersonBooks, names: Names, catalogue: Catalogue) -> list[Sheet]:
    """Return the sheets of a year: the books, and every item."""
    say, books = catalogue.say, found.books
    title = say(N_("%(name)s 的学习档案，%(year)s 年"), name=found.member.name, year=books.number)
    days = say(N_("%(first)s 至 %(last)s"), first=books.first.isoformat(), last=books.last.isoformat())
    about: tuple[str, ...] = (title, days)
    if found.member.asked and found.member.leads:
        about += (say(N_("学时按“%(lead)s”计算。"), lead=word("lead", found.member.leads, catalogue)),)
    sums = Sheet(
        name=say(N_("学时账")),
        headings=(say(N_("账本")), say(N_("已有")), say(N_("全年要求")), say(N_("还差")), say(N_("单位"))),
        rows=[
            (
                word("book", one.book, catalogue),
                float(value_of(one)),
                one.aim or None,
                float(lacking(one.left)) if one.aim else None,
                say(N_("次")) if one.book is Book.PRACTICE else say(N_("学时")),
            )
            for one in books.sums
        ],
        widths=(20, 10, 10, 10, 10),
        about=about,
    )
    items = Sheet(
        name=say(N_("明细")),
        headings=(
            *(say(N_("日期")), say(N_("学习情况")), say(N_("内容")), say(N_("分钟")), say(N_("次数"))),
            *(say(N_("计入")), say(N_("折算")), say(N_("说明"))),
        ),
        rows=[_row(line, names, catalogue) for line in books.lines],
        widths=(12, 14, 40, 8, 8, 14, 8, 60),
        about=(title, days),
        freeze=True,
        wrap_rows=True,
    )
    return [sums, items]


def _row(line: Line, names: Names, catalogue: Catalogue) -> tuple[Any, ...]:
    view = line_view(line, names)
    why = " ".join(" ".join(_said(one)) for one in _explained(line, catalogue))
    return (
        line.day,
        word("evidence_kind", view.kind, catalogue),
        view.what or view.account,
        round(view.seconds / 60, 1) if view.seconds else None,
        view.times or None,
        word("book", line.book, catalogue) if line.book else catalogue.say(N_("不计入")),
        float(worth_of(line) or 0),
        why,
    )
