"""Word documents as Word, WPS and LibreOffice write them, and as somebody hostile would."""

from __future__ import annotations

import contextlib
import io
import sys
import zipfile
from collections.abc import Callable
from functools import cache
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transcode.records import STEADY
from tests.transcode.transcripts.test_parsing import SRT, TWO, refusal
from transcode.errors import Refused
from transcode.remarks import Remark
from transcode.transcripts.docx import docx_text
from transcode.transcripts.docx_package import MAX_PARTS
from transcode.transcripts.parsing import Cue, parse_transcript
from transcode.transcripts.raw import Notes

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
PART = "word/document.xml"


def package(part: bytes, name: str = PART, **others: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for other, content in others.items():
            made.writestr(other, content)
        made.writestr(name, part)
    return file.getvalue()


def document(body: str, w: str = W) -> bytes:
    return (
        f'<?xml version="1.0"?><w:document xmlns:w="{w}" '
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
        'xmlns:v="urn:schemas-microsoft-com:vml" '
        'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math">'
        f"<w:body>{body}</w:body></w:document>"
    ).encode()


def run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


def par(*runs: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{''.join(runs)}</w:p>"


def table(*rows: str) -> str:
    cells = ("".join(f"<w:tc>{par(run(cell))}</w:tc>" for cell in row.split("|")) for row in rows)
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def box(text: str) -> str:
    return f"<w:txbxContent>{par(run(text))}</w:txbxContent>"


def both(choice: str, fallback: str) -> str:
    return (
        f'<w:r><mc:AlternateContent><mc:Choice Requires="wps">{choice}</mc:Choice>'
        f"<mc:Fallback>{fallback}</mc:Fallback></mc:AlternateContent></w:r>"
    )


def lines(body: str, **others: bytes) -> list[str]:
    text = docx_text(package(document(body), **others), Notes())
    return [line for line in text.split("\n") if line]


def el(name: str, *inner: str) -> str:
    return f"<w:{name}>{''.join(inner)}</w:{name}>"


def field(kind: str) -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


MOVED_MARK = "<w:rPr><w:moveFrom/></w:rPr>"
RUBY = el("r", el("ruby", "<w:rubyPr/>", el("rt", run("yǎn")), el("rubyBase", run("䶮"))))
DELETED = el("del", el("r", "<w:delText>删</w:delText>")) + el("del", run("删"))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (par(both(box("框"), f"<w:pict>{box('框')}</w:pict>"), run("正文")), ["框", "正文"]),
        (par(both("<w:drawing/>", box("框")), run("正文")), ["框", "正文"]),
        (par(both(box("外") + par(both(box("内"), box("内"))), box("外") + box("内"))), ["外", "内"]),
        (f"<mc:AlternateContent><mc:Fallback>{par(run('一'))}</mc:Fallback></mc:AlternateContent>", ["一"]),
        (par(el("moveFrom", run("移"))) + par(el("moveTo", run("移"))), ["移"]),
        (par(el("moveFrom", run("移")), properties=MOVED_MARK) + par(run("留")), ["留"]),
        (par(run("王"), RUBY, run("同志")), ["王䶮同志"]),
        (par(DELETED, el("ins", run("添"))), ["添"]),
        (par(run("藏", "<w:vanish/>"), run("露", '<w:vanish w:val="0"/>'), run("见")), ["露见"]),
        (par(run("见"), properties="<w:rPr><w:vanish/></w:rPr>"), ["见"]),
        (par(field("begin"), el("r", el("instrText", " PAGE ")), field("separate"), run("3")), ["3"]),
        (par(run("一"), "<w:r><w:tab/></w:r>", run("二"), "<w:r><w:br/></w:r>", run("三")), ["一 二", "三"]),
        (par("<m:oMath><m:r><m:t>x=1</m:t></m:r></m:oMath>", run("式")), ["x=1式"]),
        (el("sdt", el("sdtContent", par(el("hyperlink", run("链"))))), ["链"]),
        (table("一|二", "三|四"), ["一", "二", "三", "四"]),
        (table("00:00:02|一|二"), ["00:00:02\t一\t二"]),
    ],
)
def test_what_a_reader_of_the_page_reads(body: str, said: list[str]) -> None:
    assert lines(body) == said


def test_text_hidden_by_its_style_is_hidden() -> None:
    styles = (
        f'<w:styles xmlns:w="{W}"><w:style w:styleId="a"><w:rPr><w:vanish/></w:rPr></w:style>'
        '<w:style w:styleId="b"><w:basedOn w:val="a"/></w:style>'
        '<w:style w:styleId="c"><w:basedOn w:val="b"/><w:rPr><w:vanish w:val="false"/></w:rPr></w:style>'
        '<w:style w:styleId="d"><w:basedOn w:val="e"/></w:style>'
        '<w:style w:styleId="e"><w:basedOn w:val="d"/></w:style></w:styles>'
    ).encode()
    body = "".join(par(run(style), properties=f'<w:pStyle w:val="{style}"/>') for style in "abcdex")
    body += par(*(run(style.upper(), f'<w:rStyle w:val="{style}"/>') for style in "abcdex"))
    body += par(run("露", '<w:vanish w:val="0"/>'), properties='<w:pStyle w:val="a"/>')
    assert lines(body, **{"word/styles.xml": styles}) == ["c", "d", "e", "x", "CDEX", "露"]


def test_footnotes_are_left_out_and_told() -> None:
    note = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    transcript = parse_transcript(package(document(par(run("好"), note) + par(run("人"), note))), "a.docx")
    assert [cue.text for cue in transcript.cues] == ["好", "人"]
    assert transcript.warnings == (Remark("footnotes_left_out", 2),)


RELATIONS = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship '
    b'Id="a" Type="http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument" Target="%s"/>'
    b"</Relationships>"
)
TYPES = (
    b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override '
    b'PartName="/x/y.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    b'wordprocessingml.document.main+xml"/></Types>'
)


@pytest.mark.parametrize(
    ("name", "others"),
    [
        ("word/document2.xml", {"[Content_Types].xml": b"<Types/>"}),
        ("word/document2.xml", {"_rels/.rels": RELATIONS % b"/word/document2.xml", PART: document("")}),
        ("x/y.xml", {"[Content_Types].xml": TYPES}),
        ("x/y.xml", {"_rels/.rels": RELATIONS % b"x/./y.xml"}),
        ("Word\\Document.xml", {}),
    ],
)
@pytest.mark.parametrize("w", [W, STRICT])
def test_the_document_is_found_wherever_it_lies(name: str, others: dict[str, bytes], w: str) -> None:
    transcript = parse_transcript(package(document(par(run("同志们好")), w), name, **others), "a.docx")
    assert [cue.text for cue in transcript.cues] == ["同志们好"]
    assert parse_transcript(package(document(par(run("好"))), name, **others), "a.txt").encoding == "docx"


@pytest.mark.parametrize(
    "body",
    [
        par(run("主持人(00:00:02): 同志们好")) + par(run("王老师(00:00:09): 共同富裕")),
        "".join(
            par(run(head), "<w:r><w:br/></w:r>", run(text))
            for head, text in (("主持人   0:02", "同志们好"), ("王老师   0:09", "共同富裕"))
        ),
        table("时间|讲话人|内容", "00:00:02|主持人|同志们好", "00:00:09|王老师|共同富裕"),
        table("1|00:02|主持人|同志们好", "2|00:09|王老师|共同富裕"),
        table("主持人|00:00:02|同志们好", "王老师|00:00:09|共同富裕"),
    ],
)  # fmt: skip
def test_stamps_inside_word(body: str) -> None:
    transcript = parse_transcript(package(document(body)), "a.docx")
    assert transcript.cues == (Cue(2.0, 9.0, "同志们好", "主持人"), Cue(9.0, 10.0, "共同富裕", "王老师"))
    assert transcript.warnings == ()


@pytest.mark.parametrize(
    "lines",
    [
        ("[00:02.00]同志们好", "[00:09.00]共同富裕"),
        ("[00:02.000 --> 00:09.000] 同志们好", "[00:09.000 --> 00:10.000] 共同富裕"),
    ],
)
def test_lyrics_and_recognisers_inside_word(lines: tuple[str, ...]) -> None:
    transcript = parse_transcript(package(document("".join(par(run(line)) for line in lines))), "a.docx")
    assert transcript.cues == (Cue(2.0, 9.0, "同志们好"), Cue(9.0, 10.0, "共同富裕"))


def word(*paragraphs: str) -> bytes:
    import docx

    made = docx.Document()
    for paragraph in paragraphs:
        made.add_paragraph(paragraph)
    if paragraphs[-1]:
        made.add_table(1, 1).cell(0, 0).text = "表格里的话。"
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def test_a_word_document() -> None:
    transcript = parse_transcript(word("同志们好。", "今天学习\t<b>二十大</b>精神。"), "讲稿.docx")
    assert (transcript.kind, transcript.encoding) == ("plain", "docx")
    assert [cue.text for cue in transcript.cues] == ["同志们好。", "今天学习 二十大精神。", "表格里的话。"]


def test_a_word_document_with_time_lines() -> None:
    assert parse_transcript(word(*SRT.split("\n")), "a.docx").cues == TWO


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;">]>'
    b"<x>&b;</x>"
)
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'


@pytest.mark.every
@pytest.mark.slow
@pytest.mark.parametrize(
    ("made", "code"),
    [
        (lambda: package(b"<w>" + b" " * (40 * 2**20)), "transcript_too_large"),  # 40 MB that pack into 40 kB
        (lambda: package(b"<w/>", **{"_rels/.rels": b"<w>" + b" " * (5 * 2**20)}), "transcript_too_large"),
        (lambda: package(b"<w/>", **{f"a{n}": b"" for n in range(MAX_PARTS)}), "transcript_broken"),
        (lambda: package(BOMB), "transcript_broken"),
        (lambda: package(OUTSIDE), "transcript_broken"),
        (lambda: package(b"<w/>", **{"_rels/.rels": BOMB}), "transcript_broken"),
        (lambda: package(BOMB.decode().encode("utf-16")), "transcript_broken"),
        (lambda: package(b"<w><p></w>"), "transcript_broken"),
        (lambda: package(b"<w/>", "word/other.xml"), "transcript_broken"),
        (lambda: package(b"<w/>"), "transcript_empty"),
        (lambda: word("同志们")[:-200], "transcript_broken"),
    ],
)
def test_hostile_documents(made: Callable[[], bytes], code: str) -> None:
    assert refusal(made(), "a.docx") == code


@cache
def sound() -> bytes:
    return word("同志们好。", "今天学习")


@pytest.mark.slow
@STEADY
@given(st.data())
def test_any_damage_is_read_or_refused(data: st.DataObject) -> None:
    damaged = bytearray(sound())
    for _ in range(data.draw(st.integers(1, 6))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(Refused):
        parse_transcript(bytes(damaged), "a.docx")


def work(do: Callable[[], object]) -> int:
    """Return how many functions, of Python and of C, are called in `do`."""
    count = 0

    def note(_frame: FrameType, _event: str, _arg: object) -> None:
        nonlocal count
        count += 1

    sys.setprofile(note)
    try:
        do()
    finally:
        sys.setprofile(None)
    return count


CHOICE = ("AlternateContent", "Choice")


@pytest.mark.every
@pytest.mark.slow
@pytest.mark.parametrize(
    "shape",
    [
        lambda n: (par(run("好")) * n),
        lambda n: "<w:p>" * n + run("好") + "</w:p>" * n,
        lambda n: "<w:tbl><w:tr><w:tc>" * n + par(run("00:01")) + "</w:tc></w:tr></w:tbl>" * n,
        lambda n: table(*["00:01|好"] * n),
        lambda n: f"<mc:{CHOICE[0]}><mc:{CHOICE[1]}>" * n + f"</mc:{CHOICE[1]}></mc:{CHOICE[0]}>" * n,
        lambda n: "<w:p>" + "<w:r>" * n + "<w:t>好</w:t>" + "</w:r>" * n + "</w:p>",
    ],
)  # fmt: skip
def test_twice_the_document_is_twice_the_work(shape: Callable[[int], str]) -> None:
    small, large = (work(lambda n=n: docx_text(package(document(shape(n))), Notes())) for n in (1000, 2000))
    assert large < 2.1 * small
