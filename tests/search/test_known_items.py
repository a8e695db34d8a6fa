"""Does the right passage come first? Sixty questions, and the ways people spell them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import opencc
import pytest

from search.document import Document
from search.engines.whoosh.index import WhooshIndex
from search.meaning.moments import best_moments
from tests.search.passages import PASSAGES

EVERYONE = frozenset(["everyone"])
TITLES = [p.title for p in PASSAGES]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WhooshIndex]:
    made = WhooshIndex.open_or_create(tmp_path_factory.mktemp("known"))
    made.apply(
        [
            Document(id=str(n), lesson=str(n), title=p.title, spoken=p.text, scope=EVERYONE)
            for n, p in enumerate(PASSAGES)
        ],
        [],
        1,
    )
    yield made
    made.close()


def first_hit(index: WhooshIndex, question: str) -> str | None:
    hits = index.search(question, EVERYONE, limit=1).hits
    return TITLES[int(hits[0].id)] if hits else None


def test_the_passages_are_what_they_claim_to_be() -> None:
    assert len(PASSAGES) == len(set(TITLES)) == 60


def test_the_right_passage_comes_first(index: WhooshIndex) -> None:
    wrong = [(p.title, first_hit(index, p.question)) for p in PASSAGES]
    wrong = [(wanted, got) for wanted, got in wrong if wanted != got]
    assert 1 - len(wrong) / len(PASSAGES) >= 0.95, wrong


def test_without_titles_too(tmp_path: Path) -> None:
    bare = WhooshIndex.open_or_create(tmp_path)
    bare.apply(
        [Document(id=str(n), lesson=str(n), spoken=p.text, scope=EVERYONE) for n, p in enumerate(PASSAGES)],
        [],
        1,
    )
    right = sum(first_hit(bare, p.question) == p.title for p in PASSAGES)
    assert right / len(PASSAGES) >= 0.9


def full_width(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


@pytest.mark.every
@pytest.mark.slow
@pytest.mark.parametrize(
    "spell",
    [opencc.OpenCC("s2t").convert, opencc.OpenCC("s2tw").convert, opencc.OpenCC("s2hk").convert, full_width],
    ids=["traditional", "taiwan", "hongkong", "full width"],
)
def test_other_spellings_find_the_same_passage(index: WhooshIndex, spell: Callable[[str], str]) -> None:
    questions = [p.question for p in PASSAGES]
    assert [first_hit(index, spell(q)) for q in questions] == [first_hit(index, q) for q in questions]


@pytest.mark.parametrize(
    ("variant", "title"),
    [
        ("1935年1月", "遵义转折"),
        ("一九三五年一月", "遵义转折"),
        ("8月1日凌晨", "八一枪声"),
        ("五百四十三万民工", "小推车的胜利"),
        ("543万民工", "小推车的胜利"),
        ("12345热线", "接诉即办"),
        ("18亿亩", "粮食安全"),
        ("20大报告", "中国式现代化"),
        ("3会1课", "三会一课"),
        ("７届2中全会", "赶考西柏坡"),
        ("55颗卫星", "北斗组网"),
    ],
)
def test_numbers_however_written(index: WhooshIndex, variant: str, title: str) -> None:
    assert first_hit(index, variant) == title


@pytest.mark.slow
def test_the_quote_holds_words_of_the_question(index: WhooshIndex) -> None:
    # The passages said one after the other, a sentence a cue: the moment must lie in the right passage.
    cues: list[tuple[float, float, str]] = []
    spans: dict[str, tuple[float, float]] = {}
    for p in PASSAGES:
        start_s = float(len(cues))
        cues += [
            (float(len(cues) + i), len(cues) + i + 1.0, part) for i, part in enumerate(p.text.split("，"))
        ]
        spans[p.title] = (start_s, float(len(cues)))
    wrong = []
    for p in PASSAGES:
        weights = index.search(p.question, EVERYONE).weights
        best = best_moments(p.question, cues, limit=1, weights=weights)
        start_s, end_s = spans[p.title]
        if not best or best[0].start_s is None or not start_s <= best[0].start_s < end_s:
            wrong.append((p.question, best[0].quote if best else None))
    assert len(wrong) <= 3, wrong
