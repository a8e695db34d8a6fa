"""Manifests as people's spreadsheets write them."""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.core.errors import Invalid
from library.intake.arriving import importing
from library.intake.arriving.manifest import BadRow, Row, field_of, parse_manifest

pytestmark = pytest.mark.dear(18)


def rows(data: bytes | str, name: str = "m.csv") -> Sequence[Row | BadRow]:
    return parse_manifest(data.encode() if isinstance(data, str) else data, name).rows


def only(data: bytes | str, name: str = "m.csv") -> Row:
    (row,) = rows(data, name)
    assert isinstance(row, Row)
    return row


def xlsx(*lines: Sequence[Any], sheets: Sequence[str] = ()) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    for line in lines:
        book.active.append(list(line))
    for name in sheets:
        book.create_sheet(name)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_table_in_every_encoding_of_excel(encoding: str) -> None:
    row = only("编号,标题,讲师\n7,绿水青山,王芳\n".encode(encoding))
    assert (row.key, row.title, row.lecturer) == ("7", "绿水青山", "王芳")


@pytest.mark.parametrize("sign", [",", "\t", ";"])
def test_cells_parted_by_other_signs(sign: str) -> None:
    assert (
        only(sign.join(["key", "title", "date"]) + "\n" + sign.join(["a", "b", "2026-1-2"])).date
        == "2026-1-2"
    )


def test_headings_are_found_below_a_title_line() -> None:
    row = only("青溪县党课台账,,\n,,\n 编号* ,课程标题,授课日期（年-月-日）\n1,题,2026.3.5\n")
    assert (row.line, row.title, row.date) == (4, "题", "2026.3.5")


def test_what_a_manifest_does_not_say_is_none_and_what_it_empties_is_empty() -> None:
    row = only("key,title,summary\na,b,\n")
    assert row.summary == ""
    assert row.lecturer is None
    assert row.media is None


def test_unknown_columns_are_named() -> None:
    found = parse_manifest(b"key,title,remark,title\na,b,c,d\n", "m.csv")
    assert found.ignored == ("remark", "title")
    assert isinstance(found.rows[0], Row)
    assert found.rows[0].title == "b"


def test_cells_with_line_breaks_and_a_whole_lecture() -> None:
    text = "第一句。\n" * 40_000
    found = rows(f'key,title,transcript_text\na,b,"{text}"\nc,d,\n')
    assert isinstance(found[0], Row)
    assert found[0].transcript_text == text
    assert found[1].line == 40_003, "the line in the file, not the number of the row"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (",title", "empty"),
        ("k" * 201 + ",title", "too_long"),
        ("a,#REF!", "formula_error"),
        ("a,b,c", "too_many_cells"),
        ('a,"b"c', "broken_quotes"),
        ('a,"b', "broken_quotes"),
    ],
)
def test_a_bad_line_is_named_and_the_others_stay(line: str, code: str) -> None:
    found = rows(f"key,title\nfirst,one\n{line}\n")
    assert isinstance(found[0], Row)
    bad = found[-1]
    assert isinstance(bad, BadRow)
    assert (bad.line, bad.code) == (3, code)


def test_lines_after_a_broken_one_are_read() -> None:
    found = rows('key,title\na,"b"c\nd,e\n')
    assert [row.key for row in found if isinstance(row, Row)] == ["d"]


def test_a_key_stands_once() -> None:
    first, second = rows("key,title\na,1\na,2\n")
    assert isinstance(first, Row)
    assert isinstance(second, BadRow)
    assert (second.code, second.values["line"]) == ("key_twice", 2)


def test_numbers_days_and_formulas_of_a_workbook() -> None:
    data = xlsx(
        ["key", "title", "date", "topics"],
        [
            1001.0,
            2026,
            datetime(2026, 3, 5),  # noqa: DTZ001 - a spreadsheet has no zones
            "党史",
        ],
        [1002, "b", date(2025, 1, 2), True],
        [1003, "=A2&A3", None, None],
    )
    first, second, third = rows(data, "m.XLSX")
    assert isinstance(first, Row)
    assert isinstance(second, Row)
    assert isinstance(third, BadRow)
    assert (first.key, first.title, first.date, first.line) == ("1001", "2026", "2026-03-05", 2)
    assert second.date == "2025-01-02"
    assert (third.key, third.code, third.line) == ("1003", "formula_without_value", 4)


def test_the_first_sheet_that_can_be_seen_is_read() -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.sheet_state = "hidden"
    book.create_sheet("党课").append(["key", "title"])
    book["党课"].append(["a", "b"])
    out = io.BytesIO()
    book.save(out)
    assert only(out.getvalue(), "m.xlsx").key == "a"


def test_lines_of_json() -> None:
    found = rows(
        "\n".join(
            [
                json.dumps({"key": 1, "title": "甲", "topics": ["党史", "乡村"], "summary": None, "x": 1}),
                "",
                "{nonsense",
                '["a"]',
                json.dumps({"编号": "b", "标题": "乙", "media": {"a": 1}}),
            ]
        ),
        "m.jsonl",
    )
    assert isinstance(found[0], Row)
    assert (found[0].key, found[0].topics, found[0].summary) == ("1", "党史\n乡村", "")
    assert [(row.line, row.code) for row in found[1:] if isinstance(row, BadRow)] == [
        (3, "not_json"),
        (4, "not_json"),
        (5, "not_text"),
    ]


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "m.csv", "manifest_empty"),
        (b"key,title\n", "m.csv", "manifest_empty"),
        (b"", "m.jsonl", "manifest_empty"),
        (b"title,lecturer\na,b\n", "m.csv", "manifest_columns"),
        (b"key,title\na,b\n", "m.txt", "manifest_type"),
        (b"not a workbook", "m.xlsx", "manifest_unreadable"),
        (b"\xff\xff\xff\xff", "m.csv", "manifest_unreadable"),
    ],
)
def test_a_manifest_that_cannot_be_read_says_why(data: bytes, name: str, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_manifest(data, name)
    assert caught.value.code == code


def test_headings_of_a_sheet_in_either_language() -> None:
    assert [field_of(h) for h in ("Transcript Text", "标题：", "授课人", "备注")] == [
        "transcript_text",
        "title",
        "lecturer",
        None,
    ]


@given(st.binary(max_size=300), st.sampled_from(["m.csv", "m.jsonl", "m.xlsx"]))
def test_no_bytes_bring_the_reader_down(data: bytes, name: str) -> None:
    with contextlib.suppress(Invalid):
        parse_manifest(b"key,title\n" + data if name == "m.csv" else data, name)


# ---------------------------------------------------------------------- what spreadsheets show


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def ledger() -> tuple[openpyxl.Workbook, Any]:
    """Three lectures of one lecturer, whose name, day and topic stand once in merged cells."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["编号", "标题", "讲师", "日期", "专题", "文稿"])
    for n, part in enumerate(("上篇", "中篇", "下篇"), start=1):
        sheet.append([n, f"共同富裕{part}", None, None, None, f"今天讲共同富裕{part}"])
        sheet.cell(n + 1, 1).number_format = "000"
    sheet["C2"], sheet["D2"], sheet["E2"] = "王芳", date(2026, 3, 5), "共同富裕"
    for area in ("C2:C4", "D2:D4", "E2:E4"):
        sheet.merge_cells(area)
    return book, sheet


def test_merged_cells_speak_for_every_row_and_keys_are_as_they_are_shown() -> None:
    book, sheet = ledger()
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["F"].hidden = True
    book.create_sheet("说明").append(["怎样填写"])
    book.create_sheet("空的")
    found = parse_manifest(saved(book), "m.xlsx")
    assert [(r.key, r.lecturer, r.date, r.topics) for r in found.rows if isinstance(r, Row)] == [
        (key, "王芳", "2026-03-05", "共同富裕") for key in ("001", "002", "003")
    ]
    assert [(r.code, r.count, dict(r.values)) for r in found.remarks] == [
        ("merged_filled", 6, {"areas": 3}),
        ("hidden_rows", 1, {"lines": "3"}),
        ("hidden_columns", 1, {"columns": "F"}),
        ("sheets_not_read", 1, {"name": "Sheet", "others": "说明"}),
    ]


@pytest.mark.parametrize(
    ("number", "shown_as", "key"),
    [
        (7, "000", "007"),
        (1234, "000", "1234"),
        (7, '"DK"0000', "DK0007"),
        (20260305, "0000-00-00", "2026-03-05"),
        (12, "[Red]000;-000", "012"),
        (1234, "#,##0", "1234"),
        (12, "0.00", "12"),
        (12, "0%", "12"),
        ("007", "@", "007"),
    ],
)
def test_a_key_is_as_its_cell_shows_it(number: object, shown_as: str, key: str) -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(["key", "title"])
    sheet.append([number, "题"])
    sheet["A2"].number_format = shown_as
    assert only(saved(book), "m.xlsx").key == key


def test_days_of_a_workbook_that_counts_from_1904() -> None:
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    sheet: Any = book.active
    sheet.append(["key", "title", "date"])
    sheet.append(["a", "甲", date(2026, 3, 5)])
    sheet.append(["b", "乙", 44624])  # the same day, in a cell that is formatted as a number
    first, second = rows(saved(book), "m.xlsx")
    assert isinstance(first, Row)
    assert isinstance(second, Row)
    assert (first.date, second.date) == ("2026-03-05", "46086")
    assert importing.prepare(second, Path()).taught_on == date(2026, 3, 5)


@pytest.mark.parametrize(
    ("headings", "merged"),
    [
        ((["编号", "党课信息", None, None], [None, "标题", "讲师", "日期"]), ("A1:A2", "B1:D1")),
        ((["编号", "标题", "授课", None], [None, None, "讲师", "日期"]), ("A1:A2", "B1:B2", "C1:D1")),
        ((["编号", "标题", "讲师", "日期"], ["key", "title", "lecturer", "date"]), ()),
        ((["编号", "标题", "讲课", None], [None, None, "讲师", "日期"]), ()),
    ],
)
def test_headings_in_two_rows(headings: Sequence[Sequence[Any]], merged: Sequence[str]) -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for line in (*headings, ["007", "绿水青山", "王芳", "2026-03-05"]):
        sheet.append(line)
    for area in merged:
        sheet.merge_cells(area)
    row = only(saved(book), "m.xlsx")
    assert (row.key, row.title, row.lecturer, row.date) == ("007", "绿水青山", "王芳", "2026-03-05")


def test_headings_that_come_again_are_no_lesson() -> None:
    found = parse_manifest("编号,标题\n1,甲\n编号,标题\n2,乙\n".encode(), "m.csv")
    assert [row.key for row in found.rows] == ["1", "2"]
    assert [(r.code, r.count) for r in found.remarks] == [("headings_again", 1)]


def test_the_sheet_with_the_headings_is_read() -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["填表说明：每课一行"])
    book.create_sheet("党课").append(["key", "title"])
    book["党课"].append(["a", "b"])
    found = parse_manifest(saved(book), "m.xlsx")
    assert [row.key for row in found.rows] == ["a"]
    assert [r.code for r in found.remarks] == ["sheets_not_read"]


def test_a_formula_without_a_result_in_a_column_nobody_reads_spoils_no_row() -> None:
    data = xlsx(["key", "title", "备注"], ["a", "b", "=1+1"])
    assert only(data, "m.xlsx").key == "a"


def packed(**parts: bytes) -> bytes:
    """A small workbook in which parts are exchanged for others."""
    out = io.BytesIO()
    book = zipfile.ZipFile(io.BytesIO(xlsx(["key", "title"], ["a", "b"])))
    names = {
        "sheet": "xl/worksheets/sheet1.xml",
        "styles": "xl/styles.xml",
        "strings": "xl/sharedStrings.xml",
    }
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in book.namelist():
            known = next((part for part, path in names.items() if path == name), "")
            target.writestr(name, parts.pop(known, None) or book.read(name))
        for part, content in parts.items():
            target.writestr(names[part], content)
    return out.getvalue()


MAIN = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
HEAD = (
    b'<row r="1"><c r="A1" t="inlineStr"><is><t>key</t></is></c>'
    b'<c r="B1" t="inlineStr"><is><t>title</t></is></c></row>'
)


def sheet_of(rows: bytes) -> bytes:
    return b"<worksheet " + MAIN + b"><sheetData>" + HEAD + rows + b"</sheetData></worksheet>"


BOMBS = {
    "many cells": lambda: packed(sheet=sheet_of(b"<row>" + b"<c><v>1</v></c>" * 4_000_000 + b"</row>")),
    "many empty cells": lambda: packed(sheet=sheet_of(b"<row>" + b"<c/>" * 8_000_000 + b"</row>")),
    "many rows": lambda: packed(sheet=sheet_of(b"<row/>" * 6_000_000)),
    "one large cell": lambda: packed(
        sheet=sheet_of(b'<row><c t="inlineStr"><is><t>' + b"a" * 60_000_000 + b"</t></is></c></row>")
    ),
    "large beyond all": lambda: packed(sheet=sheet_of(b" " * 300_000_000)),
    "many strings": lambda: packed(
        strings=b"<sst " + MAIN + b">" + b"<si><t>a</t></si>" * 3_000_000 + b"</sst>"
    ),
    "many styles": lambda: packed(
        styles=b"<styleSheet "
        + MAIN
        + b"><cellXfs>"
        + b'<xf numFmtId="0"/>' * 900_000
        + b"</cellXfs></styleSheet>"
    ),
    "deep": lambda: packed(sheet=sheet_of(b"<row>" * 3_000_000)),
    "entities": lambda: packed(
        sheet=b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>' + sheet_of(b"&b;")
    ),
    "merged everywhere": lambda: packed(
        sheet=sheet_of(b"").replace(
            b"</worksheet>",
            b"<mergeCells>" + b'<mergeCell ref="A2:XFD1048576"/>' * 500_000 + b"</mergeCells></worksheet>",
        )
    ),
}
MEASURE = """
import resource, sys, time
from library.core.errors import Invalid
from library.intake.arriving.manifest import parse_manifest
from library.people.lists.reading import read_people
import openpyxl
data = open(sys.argv[1], "rb").read()
read = {"lessons": parse_manifest, "people": read_people}[sys.argv[2]]
before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
try:
    code = str(len(read(data, "m.xlsx").rows))
except Invalid as error:
    code = error.code
used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
print(code, round(time.process_time() - began, 2), used // 1024)
"""


@pytest.mark.slow
@pytest.mark.parametrize("listed", ["lessons", "people"])
@pytest.mark.parametrize("name", BOMBS)
def test_a_workbook_that_would_fill_the_memory_ends_in_a_sentence(
    name: str, listed: str, tmp_path: Path
) -> None:
    file = tmp_path / "bomb.xlsx"
    file.write_bytes(BOMBS[name]())
    ran = subprocess.run(
        [sys.executable, "-c", MEASURE, str(file), listed],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    code, seconds, megabytes = ran.stdout.split()
    assert code in ("manifest_too_large", "manifest_unreadable", "manifest_empty")
    assert float(seconds) < 5
    assert int(megabytes) < 200
