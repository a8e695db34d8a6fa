"""What is shown where no lesson, or hardly one, holds all the words: what answers in part."""

from __future__ import annotations

import pytest

from search import ENGINES, Dictionary, Document, shipped_entries

EVERYONE = frozenset(["everyone"])
SHIPPED = Dictionary.of(synonyms=shipped_entries())


@pytest.mark.parametrize(
    ("query", "total"),
    [
        ("区块链挖矿", 0),  # somebody says 链, 挖 or 矿
        ("区块链挖矿的原理是什么", 0),
        ("量子计算机的工作原理", 0),  # 工作 is in every other lesson
        ("区块链 党史", 3),  # one of the words that were typed
        ("南昌起义区块链", 1),  # half of its weight
        ("党史工作者怎样讲好南昌起义", 1),
    ],
)
@pytest.mark.parametrize("engine", sorted(ENGINES))
def test_only_what_answers_in_part_is_shown_instead(
    engine: str, query: str, total: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    made = ENGINES[engine].open_or_create(tmp_path_factory.mktemp("partial") / "index")
    said = [
        "党史里的南昌起义，工作要做好。",
        "产业链的工作，党史是教科书。",
        "挖掘潜力，露天矿的工作，党史故事。",
        *["讲讲日常的工作。"] * 6,
    ]
    made.apply([Document(f"d{n}", f"d{n}", spoken=one, scope=EVERYONE) for n, one in enumerate(said)], [], 1)
    found = made.search(query, EVERYONE, dictionary=SHIPPED)
    assert (found.total, found.relaxed, found.in_part) == (total, total > 0, 0)
    made.close()


QUESTION = "红军长征为什么能够取得最后胜利"


@pytest.mark.parametrize("engine", sorted(ENGINES))
def test_a_question_that_few_hold_whole_ranks_what_answers_it_beside_them(
    engine: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    made = ENGINES[engine].open_or_create(tmp_path_factory.mktemp("question") / "index")
    scattered = "红军来了。长征组歌，能够唱，取得经验，最后一句，胜利二字。" + "别的事情说了很多很多。" * 30
    said = [scattered, "红军长征的胜利，靠的是坚定的信念。", *["讲讲日常的工作。"] * 8]
    made.apply([Document(f"d{n}", f"d{n}", spoken=one, scope=EVERYONE) for n, one in enumerate(said)], [], 1)
    found = made.search(QUESTION, EVERYONE)
    assert {hit.id for hit in found.hits} == {"d0", "d1"}
    assert (found.relaxed, found.in_part) == (False, 1), "one holds them all"
    made.apply([Document("whole", "whole", spoken=f"有人问，{QUESTION}？", scope=EVERYONE)], [], 2)
    assert "whole" in {hit.id for hit in made.search(QUESTION, EVERYONE).hits}
    assert "d1" not in {hit.id for hit in made.search(QUESTION, EVERYONE).hits}, "it is said as it stands"
    assert [hit.id for hit in made.search("红军 长征 能够 取得 最后 胜利 组歌", EVERYONE).hits] == ["d0"]
    made.close()
