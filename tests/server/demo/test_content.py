"""The texts: whole, in order, and such that the voice can read them."""

from __future__ import annotations

import re
import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest

from server import demo
from server.demo.content import DemoLesson, lessons, split_paragraphs
from server.demo.script import lines

TODAY = date(2026, 3, 9)
LESSONS = lessons(TODAY)

# espeak-ng 1.52 has no rule for the syllables xiong and qiong: it says their letters in English.
UNSPEAKABLE = "雄熊兄胸凶汹匈穷琼穹"

each_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.key)


def test_the_first_is_short_and_the_last_is_split_in_three() -> None:
    # 140 words a minute are 165 to 195 Chinese characters; test_media.py measures the last one.
    assert 180 < len("".join(LESSONS[0].sentences)) < 400
    assert all(500 < len("".join(lesson.sentences)) < 900 for lesson in LESSONS[1:-1])
    assert len("".join(LESSONS[-1].sentences)) / 185 > 25
    assert len(LESSONS[-1].sections) == 12


def test_keys_and_titles_are_unique_and_one_lesson_is_for_the_signed_in() -> None:
    assert len({lesson.key for lesson in LESSONS}) == len(LESSONS)
    assert len({lesson.title for lesson in LESSONS}) == len(LESSONS)
    assert [lesson.key for lesson in LESSONS if lesson.audience == "signed_in"] == ["lianjie-zilv"]


def test_dates_follow_today_and_there_is_something_on_the_first_day_of_a_week() -> None:
    assert TODAY.weekday() == 0
    assert sum(lesson.date == TODAY for lesson in LESSONS) >= 2
    assert all(lesson.date <= TODAY for lesson in LESSONS)
    assert any(lesson.date < TODAY - timedelta(days=7) for lesson in LESSONS)
    assert lessons(TODAY + timedelta(days=3))[0].date == LESSONS[0].date + timedelta(days=3)


def test_no_sentence_gets_lost_between_the_file_and_the_transcript() -> None:
    files = sorted((Path(demo.__file__).parent / "texts").glob("*.toml"))
    for file, lesson in zip(files, LESSONS, strict=True):
        written = "".join(s["text"] for s in tomllib.loads(file.read_text("utf-8"))["sections"])
        assert "".join(line.text for line in lines(lesson)) == re.sub(r"\s", "", written)


def test_no_paragraph_is_used_twice() -> None:
    paragraphs = [p for lesson in LESSONS for section in lesson.sections for p in section.paragraphs]
    assert len(set(paragraphs)) == len(paragraphs)


@each_lesson
def test_a_slide_has_room_for_its_points(lesson: DemoLesson) -> None:
    assert all(1 <= len(section.points) <= 4 for section in lesson.sections)
    assert lesson.summary
    assert lesson.topics
    assert lesson.language == "zh"


@each_lesson
def test_the_voice_gets_nothing_that_it_cannot_say_in_chinese(lesson: DemoLesson) -> None:
    for line in lines(lesson):
        assert re.fullmatch(r"[一-鿿，。；：！？、]+", line.said), line.said
        assert not set(line.said) & set(UNSPEAKABLE), line.said


def test_sentences_end_at_marks_and_at_lines() -> None:
    text = "他说：“好。”大家笑了！\n真的吗？\n\n下一段；完。\n没有句号\n又一行。"
    assert split_paragraphs(text) == (
        ("他说：“好。”", "大家笑了！", "真的吗？"),
        ("下一段；", "完。", "没有句号", "又一行。"),
    )
