"""Every kind of recording of sound alone becomes a clip that is heard."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.media.corpus.conftest import Cook
from tests.media.corpus.recipes import SOUNDS, Recipe
from tests.media.corpus.test_pictures import judge
from transcode.reading.probe import probe
from transcode.tools import Tools

pytestmark = [pytest.mark.slow, pytest.mark.dear(6)]

ON_BOTH = {
    "cover.mp3",
    "guessed length.mp3",
    "apple.m4a",
    "studio.wav",
    "messenger.opus",
    "windows.wma",
    "phone.amr",
}


@pytest.mark.spread("recipe")
@pytest.mark.parametrize("recipe", SOUNDS, ids=lambda one: one.name)
def test_it_becomes_a_clip_that_is_heard(
    wheel_tools: Tools, cook: Cook, tmp_path: Path, recipe: Recipe
) -> None:
    judge(wheel_tools, cook, tmp_path, recipe)


@pytest.mark.spread("recipe")
@pytest.mark.parametrize("recipe", [one for one in SOUNDS if one.name in ON_BOTH], ids=lambda one: one.name)
def test_so_it_does_with_the_systems_ffmpeg(
    system_tools: Tools, cook: Cook, tmp_path: Path, recipe: Recipe
) -> None:
    judge(system_tools, cook, tmp_path, recipe)


def test_a_books_chapters_are_kept(wheel_tools: Tools, cook: Cook) -> None:
    (book,) = [one for one in SOUNDS if one.name == "book.m4b"]
    chapters = probe(wheel_tools, cook(book)).chapters
    assert [one.title for one in chapters] == ["第一讲", "第二讲"]
    assert chapters[1].start_s == pytest.approx(1.5, abs=0.05)
