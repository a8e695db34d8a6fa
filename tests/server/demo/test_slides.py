"""The slides: nothing blank, nothing cut off, no missing letters."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PIL import Image, ImageChops, ImageFont

from server.demo import slides
from server.demo.content import DemoLesson, lessons
from server.demo.fonts import Fonts


def _texts(lesson: DemoLesson) -> list[str]:
    parts = [text for section in lesson.sections for text in (section.title, *section.points)]
    return [lesson.title, lesson.school, lesson.lecturer, *lesson.topics, *parts]


each_lesson = pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.key)


def _ink(image: Image.Image, box: tuple[int, int, int, int]) -> int:
    """How many different brightnesses a part of a picture has: flat grounds have few, letters many."""
    return len(set(image.convert("L").crop(box).get_flattened_data()))


@pytest.mark.every
@pytest.mark.slow
@each_lesson
def test_every_slide_has_its_title_and_differs_from_the_others(lesson: DemoLesson, fonts: Fonts) -> None:
    drawn = [slides.draw(lesson, n, fonts) for n in range(len(lesson.sections))]
    assert all(image.size == (slides.WIDTH, slides.HEIGHT) and image.mode == "RGB" for image in drawn)
    assert _ink(drawn[0], (320, 200, 960, 460)) > 100
    assert all(_ink(image, (96, 40, 400, 100)) > 100 for image in drawn[1:])
    assert len({image.tobytes() for image in drawn}) == len(drawn)


def _stays_inside(image: Image.Image) -> bool:
    """Text that runs out leaves ink in the outermost strip, where there is only ground."""
    body = (slides.WIDTH - 70, 150, slides.WIDTH, slides.HEIGHT - slides.RIBBON_HEIGHT)
    return _ink(image, body) < 12 and _ink(image, (slides.WIDTH - 90, 10, slides.WIDTH, 130)) < 30


@pytest.mark.every
@pytest.mark.slow
@each_lesson
def test_text_stays_inside_its_slide(lesson: DemoLesson, fonts: Fonts) -> None:
    assert all(_stays_inside(slides.draw(lesson, n, fonts)) for n in range(1, len(lesson.sections)))


@pytest.mark.parametrize("part", ["title", "points"])
def test_a_long_line_gets_smaller(part: str, fonts: Fonts) -> None:
    long = "把要说的话从头到尾慢慢说完" * 4
    lesson = lessons()[0]
    section = lesson.sections[1]
    section = replace(section, title=long) if part == "title" else replace(section, points=(long, "短"))
    assert _stays_inside(slides.draw(replace(lesson, sections=(lesson.sections[0], section)), 1, fonts))


def test_the_font_has_every_letter(fonts: Fonts) -> None:
    for face in (fonts.bold, fonts.regular):
        font = ImageFont.truetype(str(face.path), 24, index=face.index)
        missing = font.getmask("\U0010ffff").getbbox(), bytes(font.getmask("\U0010ffff"))
        letters = {
            letter
            for lesson in lessons()
            for text in _texts(lesson)
            for letter in text
            if not letter.isspace()
        }
        tofu = [x for x in letters if (font.getmask(x).getbbox(), bytes(font.getmask(x))) == missing]
        assert tofu == []


def test_the_ribbon_moves_and_comes_back() -> None:
    start = slides.ribbon(0.0)
    assert ImageChops.difference(start, slides.ribbon(1.0)).getbbox() is None
    assert ImageChops.difference(start, slides.ribbon(0.5)).getbbox() is not None
    assert start.getpixel((0, 0))[3] == 0  # type: ignore[index]


def test_wrap_fills_lines_and_begins_none_with_a_closing_mark(fonts: Fonts) -> None:
    font = ImageFont.truetype(str(fonts.bold.path), 40, index=fonts.bold.index)
    text = "让人民群众在每一个司法案件中，感受到公平正义。"
    found = slides.wrap(text, font, 40 * 7)
    assert "".join(found) == text
    assert all(len(line) in (7, 8) for line in found[:-1])
    assert not any(line[0] in "，。" for line in found)


def test_a_very_long_title_gets_smaller_and_is_broken(fonts: Fonts) -> None:
    title = "一个没有任何标点符号而且特别特别长的题目用来看看封面上的字会不会跑到画面的外面去"
    lesson = lessons()[0]
    image = slides.draw(replace(lesson, title=title), 0, fonts)
    assert _ink(image, (0, 60, 28, 500)) < 100
    assert _ink(image, (320, 200, 960, 460)) > 100
