"""Manifests as people's spreadsheets write them."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.core.errors import Invalid
from library.intake.manifest import BadRow, Row, field_of, parse_manifest


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
