"""A list as a file that is taken along: a workbook, or the same as CSV."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response

from server.web.files.sheets import CSV, XLSX, Sheet, csv_text, workbook


@dataclass(frozen=True)
class ListFile:
    """What files of a kind of list have in common: the sheet's name, headings, how wide columns are."""

    sheet: str
    headings: Sequence[str]
    widths: Sequence[int]

    def answer(self, rows: Sequence[Sequence[str]], name: str, suffix: str) -> Response:
        """Return rows as the file `name`.`suffix` ("xlsx", "csv")."""
        headers = {
            "Content-Disposition": f'attachment; filename="{name}.{suffix}"',
            "Cache-Control": "no-store",
        }
        if suffix == "csv":
            return Response(csv_text([self.headings, *rows]), media_type=CSV, headers=headers)
        book = workbook([Sheet(self.sheet, self.headings, rows, self.widths, freeze=True)])
        return Response(book, media_type=XLSX, headers=headers)
