"""A list of people is read in another process: the same rows, and no file costs more than it may."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Iterator

import openpyxl
import pytest

from library.core.errors import Invalid
from library.core.lists.apart.message import MOST_ROWS
from library.people.lists.apart import message
from library.people.lists.apart.reader import listed, read_apart
from library.people.lists.reading import Listed, read_people

pytestmark = pytest.mark.dear(27)

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def workbook(rows: Iterator[str], strings: str = "") -> bytes:
    """A workbook whose sheet has `rows` as XML, packed quickly."""
    kinds = {"workbook": "sheet.main", "worksheets/sheet1": "worksheet", "sharedStrings": "sharedStrings"}
    overrides = "".join(
        f'<Override PartName="/xl/{part}.xml" ContentType="{TYPES}.{kind}+xml"/>'
        for part, kind in kinds.items()
    )
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f"{overrides}</Types>",
        "_rels/.rels": f'<Relationships xmlns="{RELATIONS}"><Relationship Id="r1" '
        f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        '<sheet name="名册" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{RELATIONS}"><Relationship Id="r1" '
        f'Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" '
        f'Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{strings}</sst>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(rows)}</sheetData>'
        "</worksheet>",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        for name, text in parts.items():
            package.writestr(name, text)
    return out.getvalue()


def row(*cells: str) -> str:
    """A row of texts."""
    return "<row>" + "".join(f'<c t="inlineStr"><is><t>{c}</t></is></c>' for c in cells) + "</row>"


def county(people: int) -> Iterator[str]:
    """A list of people as a county keeps it, with nine columns."""
    yield row("序号", "姓名", "性别", "民族", "账号", "党支部", "人员类别", "加入日期", "备注")
    for n in range(people):
        yield row(str(n), "王芳", "女", "汉", f"w{n}", "A-017", "正式党员", "2015-07-01", "无")


def table() -> bytes:
    """A small workbook with a title, a formula without a result, and a hidden row."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for line in (
        ["名册"],
        ["姓名", "账号", "党支部", "电话"],
        ["王芳", "wang", "A", 1],
        ["=X(1)", "li", "A"],
    ):
        sheet.append(line)
    sheet.row_dimensions[3].hidden = True
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


GIVEN = {
    "a.csv": "姓名,身份证,账号,党支部\n王芳,11010519491231002X,w,A\n\n李明,,11010519491231002X,B\n".encode(),
    "b.csv": '姓名;党支部;入党日期\n"王\n芳";A;1998-07-01\n"李'.encode("gb18030"),
    "c.CSV": ("姓名,党支部\n" + "".join(f"人{n},A\n" for n in range(999))).encode(),
    "d.xlsx": table(),
    "e.csv": b"\xff\xfe\x00",
    "f.csv": b"",
    "g.csv": "11010519491231002X,甲\n".encode(),
    "h.xlsx": b"PK\x03\x04 broken",
    "i.docx": b"x",
}


def said(read: object) -> object:
    """A list with its errors as values."""
    assert isinstance(read, Listed)
    wrong = [(line, name, error.code, dict(error.values)) for line, name, error in read.wrong]
    return read.rows, wrong, read.ignored, read.remarks


@pytest.mark.slow
@pytest.mark.parametrize("name", GIVEN)
def test_it_says_what_reading_here_says(name: str) -> None:
    try:
        here = read_people(GIVEN[name], name)
    except Invalid as refused:
        with pytest.raises(Invalid) as there:
            listed(GIVEN[name], name)
        told = there.value
        assert (told.code, dict(told.values)) == (refused.code, dict(refused.values))  # noqa: PT017
    else:
        assert said(listed(GIVEN[name], name)) == said(here)


@pytest.mark.slow
def test_a_workbook_of_a_county_was_refused_beyond_20000_people() -> None:
    data = workbook(county(25_000))
    before = os.times()
    found = listed(data, "名册.xlsx")
    used = os.times()
    assert (len(found.rows), found.rows[-1].account, found.wrong) == (25_000, "w24999", ())
    own, childs = used.user - before.user, used.children_user - before.children_user
    assert own < childs / 4, "what it costs, it costs beside the pages"


@pytest.mark.slow
def test_a_file_that_takes_too_long_is_ended_in_a_sentence() -> None:
    data = workbook(county(25_000))
    for bound in ({"processor_s": 1}, {"reading_s": 0.5}):
        before = os.times().children_user
        with pytest.raises(Invalid) as refused:
            read_apart(data, "名册.xlsx", **bound)  # type: ignore[arg-type]
        assert refused.value.code == "list_too_costly"
        # Not by the clock: it is nice, and waits for long where others compute.
        assert os.times().children_user - before < 4, "read whole it takes more"


@pytest.mark.slow
def test_a_text_that_stands_in_every_cell_was_read_for_a_minute() -> None:
    """Forty thousand cells name one text of 150,000 characters: six gigabytes as rows."""
    shared = "<si><t>姓名</t></si><si><t>" + "党" * 150_000 + "</t></si>"
    lines = ('<row><c t="s"><v>0</v></c></row>', *['<row><c t="s"><v>1</v></c></row>'] * 40_000)
    data = workbook(iter(lines), shared)
    before = os.times()
    with pytest.raises(Invalid) as refused:
        message.understood(read_apart(data, "名册.xlsx"))
    assert refused.value.code == "manifest_too_large"
    assert os.times().children_user - before.children_user < 5


@pytest.mark.slow
def test_a_list_of_short_rows_without_end_was_planned_in_the_pages_process() -> None:
    """16 MB hold a million rows of two letters; planned, they take gigabytes."""
    head, row = "姓名,党支部\n", "王,支\n"
    most = MOST_ROWS
    assert len(listed((head + row * most).encode(), "a.csv").rows) == most
    with pytest.raises(Invalid, match="list_too_long") as refused:
        listed((head + row * (most + 1)).encode(), "a.csv")
    assert refused.value.values["count"] == most + 1
