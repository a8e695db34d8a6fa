"""Lines and pauses."""

from __future__ import annotations

from dataclasses import replace

from server.demo.content import Section, lessons
from server.demo.script import (
    CAPTION_CHARS,
    CLAUSE_PAUSE_S,
    PARAGRAPH_PAUSE_S,
    SECTION_PAUSE_S,
    SENTENCE_PAUSE_S,
    lines,
    split_sentence,
)

LONG = "有的老人不会用手机，就在赶集的日子到大厅里坐一坐，把要说的话从头到尾慢慢说完。"


def test_pauses_follow_the_structure_of_the_text() -> None:
    first = Section("一", (), (("好。", LONG), ("第二段。",)))
    second = Section("二", (), (("完。",),))
    found = lines(replace(lessons()[0], sections=(first, second)))
    assert [(line.pause_s, line.ends_section) for line in found] == [
        (SENTENCE_PAUSE_S, False),
        (CLAUSE_PAUSE_S, False),
        (PARAGRAPH_PAUSE_S, False),
        (SECTION_PAUSE_S, True),
        (SECTION_PAUSE_S, True),
    ]


def test_a_long_sentence_is_cut_at_a_comma() -> None:
    pieces = split_sentence(LONG)
    assert len(pieces) == 2
    assert "".join(pieces) == LONG
    assert pieces[0].endswith("，")


def test_lines_fit_as_captions() -> None:
    widths = [len(line.text) for lesson in lessons() for line in lines(lesson)]
    assert sum(width <= CAPTION_CHARS for width in widths) / len(widths) > 0.9
    assert max(widths) <= 2 * CAPTION_CHARS
