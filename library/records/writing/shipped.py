"""The templates that come with Weike, made by code: of one record, and of a year as one book."""

from __future__ import annotations

import io
from functools import cache
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

_SONG, _HEI = "宋体", "黑体"
_LABEL, _VALUE = Cm(2.6), Cm(5.6)


@cache
def one() -> bytes:
    """Return the template of one record."""
    document = _blank()
    _record(document, "")
    return _saved(document)


@cache
def book() -> bytes:
    """Return the template of a year: a title, the list, and each record on pages of its own."""
    document = _blank()
    _line(document.add_paragraph(), "{{ 书名 }}", _HEI, 22, centred=True)
    _line(document.add_paragraph(), "目　录", _HEI, 14, centred=True)
    table = document.add_table(rows=4, cols=6)
    table.style, table.alignment = "Table Grid", WD_TABLE_ALIGNMENT.CENTER
    for cell, words in zip(
        table.rows[0].cells, ("序号", "日期", "名称", "类型", "实到／应到", "状态"), strict=True
    ):
        _line(cell.paragraphs[0], words, _HEI, 10.5, centred=True)
    _line(table.rows[1].cells[0].paragraphs[0], "{%tr for 记 in 全部 %}", _SONG, 10.5)
    names = ("loop.index", "记.日期", "记.名称", "记.类型", "记.实到 ~ '／' ~ 记.应到", "记.状态")
    for cell, name in zip(table.rows[2].cells, names, strict=True):
        _line(cell.paragraphs[0], f"{{{{ {name} }}}}", _SONG, 10.5)
    _line(table.rows[3].cells[0].paragraphs[0], "{%tr endfor %}", _SONG, 10.5)
    for row in table.rows:
        widths = (1.2, 3.2, 5.4, 2.8, 2.0, 2.8)
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Cm(width)
    document.add_paragraph("{%p for 记 in 全部 %}")
    document.add_page_break()
    _record(document, "记.")
    document.add_paragraph("{%p endfor %}")
    return _saved(document)


def _blank() -> Any:
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.3)
    section.top_margin = section.bottom_margin = Cm(2.2)
    style = document.styles["Normal"]
    style.font.name, style.font.size = _SONG, Pt(12)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), _SONG)
    return document


def _record(document: Any, of: str) -> None:
    """Write the form of a record; its values are named with `of` before them."""
    _line(document.add_paragraph(), "会 议 记 录", _HEI, 22, centred=True)
    table = document.add_table(rows=0, cols=4)
    table.style, table.alignment = "Table Grid", WD_TABLE_ALIGNMENT.CENTER
    _wide(table, "会议名称", f"{{{{ {of}名称 }}}}")
    _two(table, ("党组织", f"{{{{ {of}党组织 }}}}"), ("类型", f"{{{{ {of}类型 }}}}"))
    _two(table, ("时间", f"{{{{ {of}时间 }}}}"), ("地点", f"{{{{ {of}会场 or {of}地点 }}}}"))
    _two(table, ("主持人", f"{{{{ {of}主持人 }}}}"), ("记录人", f"{{{{ {of}记录人 }}}}"))
    _two(table, ("应到", f"{{{{ {of}应到 }}}} 人"), ("实到", f"{{{{ {of}实到 }}}} 人"))
    _wide(table, "到会人员", f"{{{{ {of}到会 }}}}")
    _wide(table, "缺席及原因", f"{{{{ {of}缺席 }}}}")
    for name, label in (
        *(("迟到", "迟到"), ("早退", "早退"), ("补学", "补学")),
        *(("未记", "还没有记"), ("列席", "列席"), ("不计入应到", "不计入应到")),
    ):
        _wide(table, f"{{%tr if {of}{name} %}}")
        _wide(table, label, f"{{{{ {of}{name} }}}}")
        _wide(table, "{%tr endif %}")
    _wide(table, "播放", *_loop(f"{of}播放", "{{ 项 }}"))
    _wide(table, "议程", *_loop(f"{of}议程", "{{ loop.index }}．{{ 项 }}"))
    said = "{% if 项.发言人 %}{{ 项.发言人 }}：{% endif %}{{ 项.内容 }}"
    _wide(table, "讨论", *_loop(f"{of}讨论", said))
    _wide(table, "决议", *_loop(f"{of}决议", said))
    _two(
        table,
        ("主持人签字", f"{{{{ {of}主持人签字 }}}}"),
        ("记录人签字", f"{{{{ {of}记录人签字 }}}}"),
    )
    for words in _loop(f"{of}补充", "补充（{{ 项.姓名 }}，{{ 项.时间 }}）：{{ 项.内容 }}"):
        _line(document.add_paragraph(), words, _SONG, 12)
    for words in _loop(f"{of}照片", "{{ 项.图 }}{% if 项.说明 %}　{{ 项.说明 }}{% endif %}"):
        _line(document.add_paragraph(), words, _SONG, 12)


def _loop(names: str, each: str) -> tuple[str, str, str]:
    return (f"{{%p for 项 in {names} %}}", each, "{%p endfor %}")


def _wide(table: Any, label: str, *lines: str) -> None:
    """Add a row with one value over the whole width."""
    cells = table.add_row().cells
    value = cells[1].merge(cells[3])
    _label(cells[0], label)
    _fill(value, lines)


def _two(table: Any, *pairs: tuple[str, str]) -> None:
    """Add a row with two values."""
    cells = table.add_row().cells
    for n, (label, words) in enumerate(pairs):
        _label(cells[2 * n], label)
        _fill(cells[2 * n + 1], (words,))
        cells[2 * n + 1].width = _VALUE


def _label(cell: Any, words: str) -> None:
    cell.width = _LABEL
    _line(cell.paragraphs[0], words, _HEI, 12, centred=True)


def _fill(cell: Any, lines: tuple[str, ...]) -> None:
    for n, words in enumerate(lines):
        _line(cell.paragraphs[0] if n == 0 else cell.add_paragraph(), words, _SONG, 12)
    if len(lines) > 1:
        cell.add_paragraph()  # a cell ends with a paragraph, and those of the loop go away


def _line(paragraph: Any, words: str, font: str, size: float, *, centred: bool = False) -> None:
    run = paragraph.add_run(words)
    run.font.name, run.font.size = font, Pt(size)
    fonts = run._element.get_or_add_rPr().find(qn("w:rFonts"))
    if fonts is None:
        fonts = OxmlElement("w:rFonts")
        run._element.get_or_add_rPr().append(fonts)
    fonts.set(qn("w:eastAsia"), font)
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _saved(document: Any) -> bytes:
    kept = io.BytesIO()
    document.save(kept)
    return kept.getvalue()
