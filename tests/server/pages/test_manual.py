"""The manual speaks of what pages show: every 「button」 in it is a text of the program."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from tests.support.server import ROOT

CHAPTERS = sorted((ROOT / "docs" / "manual").rglob("*.md"))


@cache
def texts() -> list[re.Pattern[str]]:
    """Every text of the program, where values may stand for anything."""
    with (ROOT / "server" / "locale" / "en" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        ids = [one.id if isinstance(one.id, str) else one.id[0] for one in read_po(file)]
    parts = [re.split(r"%\(\w+\)s", text) for text in ids if text]
    return [re.compile(".+".join(map(re.escape, part))) for part in parts]


def quoted(chapter: Path) -> set[str]:
    return set(re.findall("「([^」]*)」", chapter.read_text("utf-8"))) - {""}


@pytest.mark.every
@pytest.mark.slow
@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.name)
def test_a_button_that_the_manual_names_is_there(chapter: Path) -> None:
    known = [text for text in texts() if text.pattern != ".+"]
    assert [word for word in sorted(quoted(chapter)) if not any(one.fullmatch(word) for one in known)] == []


def test_a_button_that_the_english_names_is_there() -> None:
    """In the English manual what pages show stands in bold."""
    with (ROOT / "server" / "locale" / "en" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        shown = {one.string if isinstance(one.string, str) else one.string[-1] for one in read_po(file)}
    chapter = (ROOT / "docs" / "manual" / "en" / "README.md").read_text("utf-8")
    named = {" ".join(one.split()) for one in re.findall(r"\*\*([^*]+)\*\*", chapter)} - {"bold"}
    assert len(named) > 150
    assert sorted(named - shown) == []


def test_every_role_has_its_chapter_and_a_wrong_name_would_be_found() -> None:
    assert {path.stem for path in CHAPTERS} == {
        "README",
        "member",
        "lecturer",
        "secretary",
        "staff",
        "administrator",
    }  # in en all on one page
    assert sum(len(quoted(chapter)) for chapter in CHAPTERS) > 100
    assert not any(one.fullmatch("点这里发射火箭") for one in texts() if one.pattern != ".+")
