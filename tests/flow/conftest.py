"""A lecture that really splits, and short recordings, made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flow import media

LECTURE_S = 640.0
SAID, SAID_AT_S = "乡村振兴关键在党，绿水青山就是金山银山", 520.2


@pytest.fixture(scope="session")
def lecture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lecture of more than ten minutes, with pauses."""
    return media.make(tmp_path_factory.mktemp("lecture") / "党课 第一讲.mp4", LECTURE_S)


@pytest.fixture(scope="session")
def lecture_words(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is said in it: one sentence stands out."""
    sentences = [f"这是第{n}句话，讲的是支部的日常工作。" for n in range(int(LECTURE_S / media.SENTENCE_S))]
    sentences[int(SAID_AT_S / media.SENTENCE_S)] = SAID
    return media.subtitles(tmp_path_factory.mktemp("words") / "文稿.srt", sentences)


@pytest.fixture(scope="session")
def short(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording of twelve seconds."""
    return media.make(tmp_path_factory.mktemp("short") / "short.mp4", 12)
