"""One's own notes to take along: Markdown, plain text, Word."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from server.slices.marks.contexts import NoteRow
from server.web.language.formats import clock
from server.web.language.i18n import N_, Catalogue

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#+\-.!|~])")

_TITLE, _GONE = N_("我的笔记"), N_("（课程已经看不到了）")


def _by_lesson(rows: Sequence[NoteRow], words: Catalogue) -> Iterator[tuple[str, Iterable[NoteRow]]]:
    gone = words.say(_GONE)
    for _key, its in groupby(rows, key=lambda row: row.lesson_id):
        notes = list(its)
        yield notes[0].lesson or gone, notes


def _place(row: NoteRow) -> str:
    return clock(row.at_s) if row.at_s is not None else ""


def _part(row: NoteRow, words: Catalogue) -> str:
    if row.n is None:
        return ""
    return words.say(N_("第 %(n)s 段"), n=row.n)


def text(rows: Sequence[NoteRow], words: Catalogue, address: str) -> bytes:
    """Return notes as plain text, with a mark of their encoding: Windows guesses without one."""
    lines = [words.say(_TITLE), ""]
    for lesson, notes in _by_lesson(rows, words):
        lines += [lesson, ""]
        for row in notes:
            lines += [f"{_part(row, words)} {_place(row)}".strip(), row.text, ""]
    return "\r\n".join(lines).replace("\n", "\r\n").replace("\r\r\n", "\r\n").encode("utf-8-sig")


def _plain(line: str) -> str:
    """Return a line in which nothing is a sign of Markdown."""
    return _MARKDOWN.sub(r"\\\1", line)


def markdown(rows: Sequence[NoteRow], words: Catalogue, address: str) -> bytes:
    """Return notes as Markdown; what people wrote stays text, and `address` stands before links."""
    lines = [f"# {words.say(_TITLE)}", ""]
    for lesson, notes in _by_lesson(rows, words):
        lines += [f"## {_plain(lesson)}", ""]
        for row in notes:
            place = f"{_part(row, words)} {_place(row)}".strip()
            said = "  \n  ".join(_plain(line) for line in row.text.split("\n"))
            lines.append(f"- [{place}]({address}{row.url})  \n  {said}" if row.url else f"- {said}")
        lines.append("")
    return "\n".join(lines).encode()


def word(rows: Sequence[NoteRow], words: Catalogue, address: str) -> bytes:
    """Return notes as a Word document; the most that somebody can have takes a second."""
    from docx import Document  # loaded where it is used: few ever ask for it

    paper = Document()
    paper.add_heading(words.say(_TITLE), 0)
    for lesson, notes in _by_lesson(rows, words):
        paper.add_heading(lesson, 1)
        for row in notes:
            place = f"{_part(row, words)} {_place(row)}".strip()
            if place:
                paper.add_paragraph().add_run(place).bold = True
            paper.add_paragraph(row.text)
    file = io.BytesIO()
    paper.save(file)
    return file.getvalue()


WRITERS: Mapping[str, tuple[str, Callable[[Sequence[NoteRow], Catalogue, str], bytes]]] = {
    "md": ("text/markdown; charset=utf-8", markdown),
    "txt": ("text/plain; charset=utf-8", text),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", word),
}
"""The kinds of files: their type, and who writes them."""
