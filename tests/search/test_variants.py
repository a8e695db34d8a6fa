"""However it is typed, the same lesson comes first."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import pytest

from search.document import Document
from search.engine import SearchEngine
from search.engines import ENGINES
from tests.search.passages import PASSAGES
from tests.search.variants import VARIANTS

EVERYONE = frozenset(["everyone"])


@pytest.fixture(scope="module", params=sorted(ENGINES))
def engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SearchEngine]:
    made = ENGINES[request.param].open_or_create(tmp_path_factory.mktemp("variants") / "index")
    day = datetime.date(2021, 7, 1)
    made.apply(
        [
            Document(id=p.title, lesson=p.title, title=p.title, spoken=p.text, date=day, scope=EVERYONE)
            for p in PASSAGES
        ],
        [],
        1,
    )
    yield made
    made.close()


def test_there_are_a_hundred_of_them() -> None:
    assert len(set(VARIANTS)) == 100
    assert all(plain != variant for plain, variant in VARIANTS)


@pytest.mark.parametrize(("plain", "variant"), VARIANTS)
def test_a_variant_finds_the_same_first(engine: SearchEngine, plain: str, variant: str) -> None:
    wanted, got = engine.search(plain, EVERYONE, limit=1), engine.search(variant, EVERYONE, limit=1)
    assert wanted.hits
    assert [hit.id for hit in got.hits] == [hit.id for hit in wanted.hits]
