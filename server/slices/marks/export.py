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
    wanted = (
        _kept(favourites, words, address),
        _watched(history, words, address),
        _noted(notes, words, address),
    )
    return sheets.workbook(wanted)


def _kept(rows: Sequence[tuple[FavouriteRow, datetime]], words: Catalogue, address: str) -> Sheet:
    say = words.say
    whole, gone, name = say(N_("整节课")), say(_GONE), say(N_("收藏"))
    return Sheet(
        name=name,
        headings=(say(_LESSON), say(_LECTURER), say(_PART), say(N_("收藏时间")), say(_LINK)),
        rows=(
            (
                *(one.title or gone, one.lecturer, whole if one.whole else one.n),
                *(_moment(at), _to(address, one.url)),
            )
            for one, at in rows
        ),
        widths=(40, 12, 10, 18, 46),
        about=(name, say(_PRIVATE)),
        freeze=True,
    )


def _watched(rows: Sequence[HistoryRow], words: Catalogue, address: str) -> Sheet:
    say = words.say
    yes, name = say(N_("是")), say(N_("观看历史"))
    place = (say(N_("看到的位置")), say(N_("看完")), say(N_("时间")))
    return Sheet(
        name=name,
        headings=(say(_LESSON), say(_LECTURER), say(_PART), *place, say(_LINK)),
        rows=(
            (
                *(one.title, one.lecturer, one.n, _second(one.at_s)),
                *(yes if one.seen else "", _moment(one.at), _to(address, one.url)),
            )
            for one in rows
        ),
        widths=(40, 12, 10, 12, 8, 18, 46),
        about=(name, say(_PRIVATE)),
        freeze=True,
    )


def _noted(rows: Sequence[NoteRow], words: Catalogue, address: str) -> Sheet:
    say = words.say
    gone, name = say(_GONE), say(N_("笔记"))
    return Sheet(
        name=name,
        headings=(
            say(_LESSON),
            say(_PART),
            say(N_("在这一段里的时间")),
            name,
            say(N_("修改时间")),
            say(_LINK),
        ),
        rows=(
            (
                *(one.lesson or gone, one.n, _second(one.at_s), one.text),
                *(_moment(one.changed_at), _to(address, one.url)),
            )
            for one in rows
        ),
        widths=(40, 10, 12, 80, 18, 46),
        about=(say(_TITLE), say(_PRIVATE)),
        freeze=True,
        wrap_rows=True,
    )


_LESSON, _LECTURER, _PART, _LINK = N_("标题"), N_("讲师"), N_("第几段"), N_("链接")
_PRIVATE = N_("只有您自己能下载这个文件。")


def _moment(at: datetime) -> str:
    return at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")


def _second(at_s: float | None) -> timedelta | None:
    return timedelta(seconds=round(at_s)) if at_s is not None else None


def _to(address: str, url: str) -> Link | None:
    return Link(f"{address}{url}") if url else None
