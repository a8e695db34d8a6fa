"""What a machine recognised is found by its sound, by every engine, and teaches nobody its mistakes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from search import ENGINES, Document, SearchEngine, Suggestion

EVERYONE = frozenset(["everyone"])
MISHEARD = "我们要推进乡村正兴，开好民主生获会，谢谢大家"
RIGHT = "我们要推进乡村振兴，开好民主生活会，谢谢大家"


def written(id_: str, spoken: str, **more: object) -> Document:
    return Document(id_, id_, spoken=spoken, **({"scope": EVERYONE} | more))  # type: ignore[arg-type]


def heard(id_: str, spoken: str, **more: object) -> Document:
    return written(id_, spoken, recognised=spoken, **more)


@pytest.fixture(scope="module", params=sorted(ENGINES))
def engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SearchEngine]:
    """A library of two parts: written and heard, right and wrong."""
    made = ENGINES[request.param].open_or_create(tmp_path_factory.mktemp("heard") / "index")
    made.apply([written("written", RIGHT), heard("misheard", MISHEARD, title="第三课")], [], 1)
    made.apply(
        [
            heard("right", RIGHT),
            written("written wrong", "秋收时香村正在兴起，正兴旺"),
            heard("hidden", MISHEARD + "，五星村支部", scope=frozenset(["owner"])),
            heard("halves", "梁学衣做很重要", title="学习"),
        ],
        [],
        2,
    )
    yield made
    made.close()


def ids(engine: SearchEngine, query: str, scope: frozenset[str] = EVERYONE) -> list[str]:
    return [hit.id for hit in engine.search(query, scope, limit=100).hits]


@pytest.mark.parametrize(
    "query", ["乡村振兴", "民主生活会", "推进 乡村振兴", "鄉村振興", "相村振兴 民主生活会"]
)
def test_wrong_characters_of_the_right_sound_are_found(engine: SearchEngine, query: str) -> None:
    assert "misheard" in ids(engine, query)
    assert engine.search(query, EVERYONE).by_sound


def test_what_is_written_comes_first_and_before_what_was_heard_alike(engine: SearchEngine) -> None:
    assert ids(engine, "乡村振兴") == ["written", "right", "misheard"]


def test_what_somebody_wrote_is_not_found_by_its_sound(engine: SearchEngine) -> None:
    assert "written wrong" not in ids(engine, "乡村振兴")
    assert "written wrong" not in ids(engine, "乡村 振兴")


def test_who_quotes_or_excludes_asks_for_what_is_written(engine: SearchEngine) -> None:
    assert ids(engine, '"乡村振兴"') == ["written", "right"]
    assert ids(engine, "民主生活会 -乡村振兴") == ["misheard"]


def test_numbers_sound_as_they_are_read(engine: SearchEngine) -> None:
    assert ids(engine, "两学一做") == ["halves"]


def test_of_a_hidden_lesson_nothing_is_heard(engine: SearchEngine) -> None:
    assert ids(engine, "五心村支部") == []
    assert "hidden" in ids(engine, "乡村振兴", frozenset(["owner"]))
    assert not engine.search("乡村振兴", frozenset(["nobody"])).by_sound


def test_a_misheard_word_is_offered_to_nobody(engine: SearchEngine) -> None:
    """The right one is, from what was written; and what is typed right is left alone."""
    assert engine.did_you_mean("乡村振新", EVERYONE) == "乡村振兴"
    for typed in ("乡村振兴", "民主生活会", "民主生货会"):
        meant = engine.did_you_mean(typed, EVERYONE)
        assert meant in (None, "民主生活会"), meant
    assert engine.did_you_mean("民主生霍会", frozenset(["owner"])) is None
    assert engine.suggest("乡村正", EVERYONE) == []
    assert engine.suggest("第三", EVERYONE) == [Suggestion("title", "第三课", 1)]


def test_two_syllables_are_looked_for_by_sound_only_where_few_documents_hold_them(
    engine: SearchEngine,
) -> None:
    assert "misheard" in ids(engine, "振兴")
    engine.apply([written(f"many{n}", "产业振兴") for n in range(10)], [], 3)
    assert "misheard" not in ids(engine, "振兴")
    assert "misheard" in ids(engine, "乡村振兴")
    engine.apply([], [f"many{n}" for n in range(10)], 4)


def test_what_was_corrected_is_exact_from_then_on(engine: SearchEngine) -> None:
    engine.apply([heard("misheard again", "学习延安经神")], [], 5)
    assert ids(engine, "延安精神") == ["misheard again"]
    engine.apply([written("misheard again", "学习延安经神")], [], 6)
    assert ids(engine, "延安精神") == []
    engine.apply([], ["misheard again"], 7)
