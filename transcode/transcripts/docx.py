"""The words of a .docx: a bounded, streaming reader of its part that holds them (docs/decisions/0014).

Read is what a reader of the printed page reads: text boxes once, moved text where it went, ruby without the
reading above it; nothing hidden or deleted, no codes of fields.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from transcode.transcripts.clock import time_cell
from transcode.transcripts.docx_package import LIMIT_BYTES, Package, opened
from transcode.transcripts.raw import Notes

_W = frozenset(
    f"{base} "
    for base in (
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "http://purl.oclc.org/ooxml/wordprocessingml/main",
    )
)
_M = frozenset(
    f"{base} "
    for base in (
        "http://schemas.openxmlformats.org/officeDocument/2006/math",
        "http://purl.oclc.org/ooxml/officeDocument/math",
    )
)
_MC = "http://schemas.openxmlformats.org/markup-compatibility/2006 "
_LEFT_OUT = {"moveFrom", "del", "rt", "instrText", "delText"}
_SIGNS = {"tab": " ", "ptab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_OFF = {"0", "false", "off", "none"}
_INSIDE = "\x0b"
"""Parts lines inside a row that becomes one line; the readers of stamps turn it into a line feed."""
_MAX_STYLES = 20_000


def docx_text(data: bytes, notes: Notes) -> str:
    """Return a .docx's paragraphs, one per line; a row of a table with times is one line of cells and tabs.

    Foot- and endnotes are counted in `notes`. Raises Refused: transcript_broken, transcript_too_large.
    """
    with opened(data) as package:
        part = package.main_part()
        words = _Words(_hidden_styles(package, package.beside(part, "styles.xml")))
        package.read(part, words, LIMIT_BYTES)
    notes.add("footnotes_left_out", words.footnotes)
    return "\n".join(words.lines)


def _word(name: str) -> str:
    """Return the local name of an element of WordprocessingML, "" for any other."""
    at = name.rfind(" ") + 1
    return name[at:] if name[:at] in _W else ""


def _value(attributes: dict[str, str]) -> str:
    return next((value for key, value in attributes.items() if key.rpartition(" ")[2] == "val"), "")


class _Words:
    """Collects lines while expat reads. Each piece of text is moved a fixed number of times."""

    def __init__(self, hidden_styles: frozenset[str]) -> None:
        self.lines: list[str] = []
        self.footnotes = 0
        self._hidden_styles = hidden_styles
        self._paragraphs: list[_Paragraph] = []
        self._runs: list[bool | None] = []
        self._hidden_runs = 0
        self._rows: list[list[list[str]]] = []
        self._tables = 0
        self._left_out = 0
        self._said = 0
        self._alternates: list[int] = []
        self._in_text = self._in_properties = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the beginning of an element."""
        self._in_text = False
        word = _word(name)
        if self._left_out or word in _LEFT_OUT or self._is_other_branch(name):
            self._left_out += 1
        elif word == "t" or (not word and name.endswith(" t") and name[:-1] in _M):
            self._in_text = True
        elif word:
            self._begin(word, attributes)
        elif name == f"{_MC}AlternateContent":
            self._alternates.append(self._said)

    def end(self, name: str) -> None:
        """Take the end of an element."""
        self._in_text = False
        word = _word(name)
        if self._left_out:
            self._left_out -= 1
        elif word == "p":
            self._keep("".join(self._paragraphs.pop().pieces))
        elif word == "r":
            self._hidden_runs -= bool(self._runs.pop())
        elif word == "pPr":
            self._in_properties = False
        elif word == "tbl":
            self._tables -= 1
            if self._tables == 0:
                self.lines += _table_lines(self._rows)
                self._rows = []
        elif name == f"{_MC}AlternateContent":
            self._alternates.pop()

    def text(self, data: str) -> None:
        """Take text; what stands between elements is none."""
        if self._in_text:
            self._say(data)

    def _begin(self, word: str, attributes: dict[str, str]) -> None:
        if word == "p":
            self._paragraphs.append(_Paragraph())
        elif word == "r":
            self._runs.append(None)
        elif word == "pPr":
            self._in_properties = True
        elif word in {"vanish", "pStyle", "rStyle"}:
            self._look(word, _value(attributes))
        elif word in _SIGNS:
            self._say(_SIGNS[word])
        elif word in {"footnoteReference", "endnoteReference"}:
            self.footnotes += 1
        elif word == "tbl":
            self._tables += 1
        elif word == "tr" and self._tables == 1:
            self._rows.append([])
        elif word == "tc" and self._tables == 1 and self._rows:
            self._rows[-1].append([])

    def _look(self, word: str, value: str) -> None:
        """Note what hides text: the property itself, or a style that has it."""
        if word == "pStyle":
            if self._paragraphs:
                self._paragraphs[-1].is_hidden = value in self._hidden_styles
        elif self._runs and not self._in_properties:
            hides = value.lower() not in _OFF if word == "vanish" else value in self._hidden_styles or None
            self._hidden_runs += bool(hides) - bool(self._runs[-1])
            self._runs[-1] = hides

    def _is_other_branch(self, name: str) -> bool:
        """Tell a branch of which another one has been read: they say the same for other versions of Word."""
        is_branch = name in {f"{_MC}Choice", f"{_MC}Fallback"}
        return is_branch and bool(self._alternates) and self._alternates[-1] != self._said

    def _say(self, text: str) -> None:
        if not self._paragraphs or self._hidden_runs:
            return
        paragraph = self._paragraphs[-1]
        if not (paragraph.is_hidden and (not self._runs or self._runs[-1] is None)):
            paragraph.pieces.append(text)
            self._said += 1

    def _keep(self, line: str) -> None:
        if self._tables and self._rows and self._rows[-1]:
            self._rows[-1][-1].append(line)
        else:
            self.lines.append(line)


@dataclass(slots=True)
class _Paragraph:
    """An open paragraph; one in a text box stands inside another."""

    pieces: list[str] = field(default_factory=list)
    is_hidden: bool = False


def _table_lines(rows: Sequence[Sequence[Sequence[str]]]) -> list[str]:
    """Return a table as lines: one for each row if a cell is a time, else one for each paragraph."""
    as_cells = [[_INSIDE.join(cell).replace("\n", _INSIDE) for cell in row] for row in rows]
    if any(time_cell(cell.strip()) for row in as_cells for cell in row):
        return ["\t".join(cell.replace("\t", " ") for cell in row) for row in as_cells]
    return [line for row in rows for cell in row for line in cell]


def _hidden_styles(package: Package, part: str) -> frozenset[str]:
    """Return the ids of the styles whose text is hidden, by themselves or by what they build on."""
    if part not in package:
        return frozenset()
    styles = _Styles()
    package.read(part, styles)
    found: dict[str, bool] = {}
    for style in styles.hides:
        way: list[str] = []
        at: str | None = style
        while at is not None and at not in found and styles.hides.get(at) is None:
            found[at] = False  # so that a circle ends
            way.append(at)
            at = styles.based_on.get(at)
        hides = at is not None and (styles.hides.get(at) or found.get(at, False))
        found.update(dict.fromkeys(way, bool(hides)))
        found.setdefault(style, bool(hides))
    return frozenset(style for style, hides in found.items() if hides)


class _Styles:
    """Collects which styles hide text (None: they do not say) and what they build on."""

    def __init__(self) -> None:
        self.hides: dict[str, bool | None] = {}
        self.based_on: dict[str, str] = {}
        self._style: str | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the beginning of an element."""
        word = _word(name)
        if word == "style" and len(self.hides) < _MAX_STYLES:
            self._style = next((v for k, v in attributes.items() if k.endswith(" styleId")), None)
            if self._style is not None:
                self.hides[self._style] = None
        elif self._style is not None and word == "basedOn":
            self.based_on[self._style] = _value(attributes)
        elif self._style is not None and word == "vanish":
            self.hides[self._style] = _value(attributes).lower() not in _OFF

    def end(self, name: str) -> None:
        """Take the end of an element."""
        if _word(name) == "style":
            self._style = None

    def text(self, data: str) -> None:
        """There is none."""
