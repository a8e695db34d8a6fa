"""What a spreadsheet makes of our workbooks: the few functions that they use, worked out exactly."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<text>\"[^\"]*\")|(?P<name>[A-Z]+)\("
    r"|(?P<cell>(?:'[^']+'!)?\$?[A-Z]+\$?\d+(?::\$?[A-Z]+\$?\d+)?)|(?P<sign>>=|[-+*/(),=<]))"
)


class Book:
    """The cells of a workbook (openpyxl, formulas kept)."""

    def __init__(self, book: Any) -> None:
        self._book = book

    def value(self, sheet: str, cell: str) -> Any:
        """What a cell shows."""
        known = self._book[sheet][cell].value
        if isinstance(known, str) and known.startswith("="):
            return _Reader(self, sheet, known[1:]).all()
        return (
            Fraction(str(known)) if isinstance(known, int | float) and not isinstance(known, bool) else known
        )

    def cells(self, sheet: str, where: str) -> list[Any]:
        """What the cells of a range show; of another sheet as 'name'!A1."""
        if "!" in where:
            named, where = where.split("!")
            sheet = named.strip("'")
        first, _, last = where.replace("$", "").partition(":")
        if not last:
            return [self.value(sheet, first)]
        return [self.value(sheet, cell.coordinate) for row in self._book[sheet][first:last] for cell in row]


class _Reader:
    """Reads one formula from left to right; a branch that IF does not take is read and not asked."""

    def __init__(self, book: Book, sheet: str, text: str) -> None:
        self._book, self._sheet = book, sheet
        self._tokens: list[tuple[str, str]] = []
        at = 0
        while at < len(text):
            match = _TOKEN.match(text, at)
            assert match is not None, text[at:]
            kind = str(match.lastgroup)
            self._tokens.append((kind, match[kind]))
            at = match.end()
        self._at = 0

    def all(self) -> Any:
        """The value of the whole formula."""
        made = self._compared()
        assert self._at == len(self._tokens), self._tokens[self._at :]
        return made()

    def _next(self, *signs: str) -> str | None:
        if self._at < len(self._tokens) and self._tokens[self._at][1] in signs:
            self._at += 1
            return self._tokens[self._at - 1][1]
        return None

    def _compared(self) -> Callable[[], Any]:
        left = self._sum()
        sign = self._next(">=", "=", "<")
        if sign is None:
            return left
        right = self._sum()
        by: dict[str, Callable[[Any, Any], bool]] = {
            ">=": lambda a, b: a >= b,
            "=": lambda a, b: a == b,
            "<": lambda a, b: a < b,
        }
        return lambda: by[sign](_number(left()), _number(right()))

    def _sum(self) -> Callable[[], Any]:
        made = self._product()
        while sign := self._next("+", "-"):
            made = _both(made, self._product(), sign)
        return made

    def _product(self) -> Callable[[], Any]:
        made = self._single()
        while sign := self._next("*", "/"):
            made = _both(made, self._single(), sign)
        return made

    def _single(self) -> Callable[[], Any]:
        kind, text = self._tokens[self._at]
        self._at += 1
        if text == "-":
            inner = self._single()
            return lambda: -_number(inner())
        if text == "(":
            inner = self._compared()
            assert self._next(")")
            return inner
        if kind == "number":
            return lambda: Fraction(text)
        if kind == "text":
            return lambda: text[1:-1]
        if kind == "cell":
            return lambda: _one(self._book.cells(self._sheet, text))
        assert kind == "name", text
        return self._function(text)

    def _function(self, name: str) -> Callable[[], Any]:
        ranges: list[Callable[[], list[Any]]] = []
        while not self._next(")"):
            begin = self._at
            made = self._compared()
            alone = self._at == begin + 1 and self._tokens[begin][0] == "cell"
            where = self._tokens[begin][1]
            ranges.append(
                (lambda where=where: self._book.cells(self._sheet, where))
                if alone
                else (lambda made=made: [made()])
            )
            self._next(",")
        if name == "IF":
            return lambda: _one(ranges[1]() if ranges[0]()[0] else ranges[2]())

        def call() -> Any:
            values = [one for some in ranges for one in some()]
            known = [one for one in values if isinstance(one, int | Fraction) and not isinstance(one, bool)]
            match name:
                case "COUNT":
                    return Fraction(len(known))
                case "SUM":
                    return sum(known, Fraction(0))
                case "AVERAGE":
                    return sum(known, Fraction(0)) / len(known)
                case "MIN":
                    return min(known)
                case "MAX":
                    return max(known)
                case "N":
                    return _number(values[0]) if values[0] is not None else Fraction(0)
                case "ROUND":
                    places = Decimal(1).scaleb(-int(values[1]))
                    exact = Decimal(values[0].numerator) / Decimal(values[0].denominator)
                    return Fraction(exact.quantize(places, ROUND_HALF_UP))
            raise AssertionError(name)

        return call


def _one(values: list[Any]) -> Any:
    assert len(values) == 1
    return values[0]


def _number(value: Any) -> Any:
    return Fraction(0) if value is None else value


def _both(left: Callable[[], Any], right: Callable[[], Any], sign: str) -> Callable[[], Any]:
    by: dict[str, Callable[[Any, Any], Any]] = {
        "+": lambda a, b: a + b,
        "-": lambda a, b: a - b,
        "*": lambda a, b: a * b,
        "/": lambda a, b: a / b,
    }
    return lambda: by[sign](_number(left()), _number(right()))
