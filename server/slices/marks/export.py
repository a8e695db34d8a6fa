"""One's own to take along: notes as Markdown, plain text and Word, everything as a workbook."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from library.core.clock import CHINA
from server.slices.marks.contexts import FavouriteRow, HistoryRow, NoteRow
from server.web.files import sheets
from server.web.files.sheets import Link, Sheet
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


def everything(
    favourites: Sequence[tuple[FavouriteRow, datetime]],
    history: Sequence[HistoryRow],
    notes: Sequence[NoteRow],
    words: Catalogue,
    address: str,
) -> bytes:
    """Return a workbook of what one keeps (each with when), watched, wrote; `address` stands before links."""
    say, gone = words.say, words.say(_GONE)
    title, lecturer, part, link = say(N_("标题")), say(N_("讲师")), say(N_("第几段")), say(N_("链接"))
    private = say(N_("只有您自己能下载这个文件。"))

    def moment(at: datetime) -> str:
        return at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")

    def second(at_s: float | None) -> timedelta | None:
        return timedelta(seconds=round(at_s)) if at_s is not None else None

    def to(url: str) -> Link | None:
        return Link(f"{address}{url}") if url else None

    whole = say(N_("整节课"))
    return sheets.workbook(
        [
            Sheet(
                name=say(N_("收藏")),
                headings=(title, lecturer, part, say(N_("收藏时间")), link),
                rows=(
                    (one.title or gone, one.lecturer, whole if one.whole else one.n, moment(at), to(one.url))
                    for one, at in favourites
                ),
                widths=(40, 12, 10, 18, 46),
                about=(say(N_("收藏")), private),
                freeze=True,
            ),
            Sheet(
                name=say(N_("观看历史")),
                headings=(
                    title,
                    lecturer,
                    part,
                    say(N_("看到的位置")),
                    say(N_("看完")),
                    say(N_("时间")),
                    link,
                ),
                rows=(
                    (
                        *(one.title, one.lecturer, one.n, second(one.at_s)),
                        *(say(N_("是")) if one.seen else "", moment(one.at), to(one.url)),
                    )
                    for one in history
                ),
                widths=(40, 12, 10, 12, 8, 18, 46),
                about=(say(N_("观看历史")), private),
                freeze=True,
            ),
            Sheet(
                name=say(N_("笔记")),
                headings=(
                    title,
                    part,
                    say(N_("在这一段里的时间")),
                    say(N_("笔记")),
                    say(N_("修改时间")),
                    link,
                ),
                rows=(
                    (
                        one.lesson or gone,
                        one.n,
                        second(one.at_s),
                        one.text,
                        moment(one.changed_at),
                        to(one.url),
                    )
                    for one in notes
                ),
                widths=(40, 10, 12, 80, 18, 46),
                about=(say(_TITLE), private),
                freeze=True,
                wrap_rows=True,
            ),
        ]
    )
