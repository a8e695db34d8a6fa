"""Templates: the shipped ones, a branch's own, and those of somebody who means harm."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace

import pytest
from docx import Document

from library.core.errors import Invalid
from library.records.writing import child, shipped
from library.records.writing.values import BOOK_EXAMPLE, EXAMPLE, values_of
from library.records.writing.writer import RecordWriter


@pytest.fixture(scope="module")
def writer() -> Iterator[RecordWriter]:
    made = RecordWriter(writing_s=20, processor_s=2)
    yield made
    made.close()


def template(*lines: str) -> bytes:
    document = Document()
    for line in lines:
        document.add_paragraph(line)
    kept = io.BytesIO()
    document.save(kept)
    return kept.getvalue()


def words(docx: bytes) -> str:
    document = Document(io.BytesIO(docx))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in document.paragraphs), *dict.fromkeys(cells)])


@pytest.mark.slow
def test_the_shipped_templates_say_it_all(writer: RecordWriter) -> None:
    said = words(writer.one(EXAMPLE, person_id="1"))
    for one in (
        "十二月主题党日",
        "2026年12月7日 19:00—20:30",
        "赵强（外出务工）",
        "《绿水青山就是金山银山》（25分00秒",
    ):
        assert one in said
    assert "王建国：讲了三点意见。\n一是……" in said
    assert "补充（李秀英，2026年12月9日 09:00）：更正" in said
    assert "{" not in said
    book = words(writer.book(BOOK_EXAMPLE, person_id="1"))
    assert book.count("会 议 记 录") == 2
    assert "3／4" in book


def test_what_people_wrote_is_text_in_it() -> None:
    """What somebody said must not become a part of the document, nor of the template."""
    odd = values_of(EXAMPLE) | {"名称": "<w:p/>&amp; {{ 7*7 }}"}
    assert "<w:p/>&amp; {{ 7*7 }}" in words(child.filled(shipped.one(), odd))


HOSTILE = {
    "{{ ''.__class__.__mro__[1].__subclasses__() }}": "template_forbidden",
    "{{ 讨论.__class__ }}": "template_forbidden",
    "{{ ''|attr('__class__') }}": "template_forbidden",
    "{{ '{0.__class__}'.format(名称) }}": "template_forbidden",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}": "template_forbidden",
    "{{ 讨论.append(1) }}": "template_forbidden",
    "{{ self.__init__ }}": "template_forbidden",
    "{% include '/etc/passwd' %}": "template_broken",
    "{{ 会议主题 }}": "template_unknown",
    "{% for 项 in 讨论 %}": "template_syntax",
    "{% for a in range(99999) %}{% endfor %}": "template_unknown",
    "{{ 1/0 }}": "template_broken",
}


@pytest.mark.parametrize("line", HOSTILE)
def test_a_hostile_template_runs_nothing(line: str) -> None:
    with pytest.raises(Invalid) as refused:
        child.filled(template(line), values_of(EXAMPLE))
    assert refused.value.code == HOSTILE[line]


@pytest.mark.slow
def test_a_template_that_never_ends_is_stopped(writer: RecordWriter) -> None:
    # 300 to the fifth: no machine is through with that in the time it has.
    endless = (
        "".join("{% for " + a + " in '" + "x" * 300 + "' %}" for a in "abcde") + "x" + "{% endfor %}" * 5
    )
    for line in (endless, "{{ 'x' * 9999999999 }}", "{{ 99999 ** 9999999 }}"):
        with pytest.raises(Invalid) as refused:
            writer.check(template(line), person_id="1")
        assert refused.value.code in ("template_costly", "template_broken"), line
    assert writer.one(EXAMPLE, template("{{ 名称 }}"), person_id="1").startswith(b"PK")


@pytest.mark.slow
def test_what_is_no_template_is_refused() -> None:
    plain = template("x")
    bomb = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(plain)) as old, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        new.writestr("word/media/image1.png", bytes(64 * 2**20))
    cases = {
        bomb.getvalue(): "template_large_inside",
        b"PK\x03\x04": "template_no_docx",
        b"x": "template_no_docx",
    }
    for data, code in cases.items():
        with pytest.raises(Invalid) as refused:
            child.check(data)
        assert refused.value.code == code
    child.check(plain)
    child.check(shipped.one())


@pytest.mark.slow
def test_pictures_stand_in_records_and_a_year_has_a_template_of_its_own(writer: RecordWriter) -> None:
    def media(docx: bytes) -> int:
        with zipfile.ZipFile(io.BytesIO(docx)) as package:
            return sum(name.startswith("word/media/") for name in package.namelist())

    assert media(writer.one(EXAMPLE, person_id="1")) == 1, "the photo"
    assert media(writer.one(replace(EXAMPLE, photos=()), person_id="1")) == 0
    own = template("{{ 标志 }}", "{%p for 项 in 照片 %}", "{{ 项.说明 }}{{ 项.图 }}", "{%p endfor %}")
    written = writer.one(EXAMPLE, own, person_id="1")
    assert media(written) >= 1
    assert "讨论" in words(written)
    # A picture that somebody put into the template with Word stays there.
    document = Document()
    document.add_picture(io.BytesIO(BOOK_EXAMPLE.emblem))
    document.add_paragraph("{{ 党组织 }}：{{ 年份 }}")
    document.add_paragraph("{%p for 记 in 全部 %}")
    document.add_paragraph("· {{ 记.名称 }} {{ 记.实到 }}")
    document.add_paragraph("{%p endfor %}")
    kept = io.BytesIO()
    document.save(kept)
    writer.check(kept.getvalue(), book=True, person_id="1")
    year = writer.book(BOOK_EXAMPLE, kept.getvalue(), person_id="1")
    assert media(year) == 1
    assert words(year).count("· 十二月主题党日 3") == 2
    assert "余村党支部：2026" in words(year)
    with pytest.raises(Invalid, match="template_unknown"):
        writer.check(template("{{ 没有这个 }}"), book=True, person_id="1")
