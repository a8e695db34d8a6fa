"""A new generation is built beside the old one, checked, and swapped in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from search.disk import generations
from search.document import Document
from search.engines.whoosh.index import WhooshIndex
from search.errors import IndexBusy, IndexDamaged
from search.rebuilding import rebuild

EVERYONE = frozenset(["everyone"])


def docs(count: int, spoken: str = "红船精神") -> list[Document]:
    return [Document(id=f"d{n}", lesson=f"l{n}", spoken=spoken, scope=EVERYONE) for n in range(count)]


def test_search_goes_on_while_it_is_rebuilt_and_then_sees_the_new(tmp_path: Path) -> None:
    index = WhooshIndex.open_or_create(tmp_path)
    index.apply(docs(3), [], 8)
    seen: list[tuple[int, int]] = []

    def slowly() -> Iterator[Document]:
        for document in docs(5, "乡村振兴"):
            seen.append((index.search("红船", EVERYONE).total, index.mark()))
            yield document

    built = rebuild(tmp_path, slowly(), 6)
    assert (built.documents, built.unreadable) == (5, ())
    assert set(seen) == {(3, 8)}
    assert (index.search("红船", EVERYONE).total, index.search("乡村", EVERYONE).total) == (0, 5)
    # Lower than before: what was applied meanwhile went to the old generation and is replayed from here.
    assert index.mark() == 6


def test_progress_is_told_after_each_batch(tmp_path: Path) -> None:
    told: list[int] = []
    rebuild(tmp_path, docs(10), 1, told.append, batch=4)
    assert told == [4, 8, 10]
    index = WhooshIndex.open_or_create(tmp_path)
    assert (index.doc_count(), index.mark()) == (10, 1)


def test_one_old_generation_is_kept(tmp_path: Path) -> None:
    for n in range(1, 5):
        assert rebuild(tmp_path, docs(n), n).generation == f"g{n:06d}"
    assert generations.names(tmp_path) == ["g000003", "g000004"]
    assert WhooshIndex.open_or_create(tmp_path).doc_count() == 4


def test_going_back_by_hand_is_one_line(tmp_path: Path) -> None:
    rebuild(tmp_path, docs(1), 1)
    rebuild(tmp_path, docs(2), 2)
    index = WhooshIndex.open_or_create(tmp_path)
    assert index.doc_count() == 2
    generations.switch_to(tmp_path, "g000001")
    assert (index.doc_count(), index.mark()) == (1, 1)


def test_unreadable_documents_are_listed_and_stop_nothing(tmp_path: Path) -> None:
    broken = Document(id="broken", lesson="x", spoken=None)  # type: ignore[arg-type]
    built = rebuild(tmp_path, [*docs(2), broken, docs(1)[0]], 1)
    assert (built.documents, built.unreadable) == (2, ("broken", "d0"))


def test_an_empty_library_is_a_library(tmp_path: Path) -> None:
    assert rebuild(tmp_path, [], 3).documents == 0
    index = WhooshIndex.open_or_create(tmp_path)
    assert (index.doc_count(), index.mark()) == (0, 3)


def test_a_failure_leaves_the_old_one_in_use_and_no_rubbish(tmp_path: Path) -> None:
    rebuild(tmp_path, docs(2), 1)

    def fails() -> Iterator[Document]:
        yield docs(1)[0]
        raise OSError("the database went away")

    with pytest.raises(OSError, match="went away"):
        rebuild(tmp_path, fails(), 2)
    assert generations.names(tmp_path) == ["g000001"]
    assert WhooshIndex.open_or_create(tmp_path).doc_count() == 2


def test_what_a_killed_rebuild_left_is_removed_by_the_next(tmp_path: Path) -> None:
    rebuild(tmp_path, docs(2), 1)
    half = generations.start(tmp_path)
    (half / "weike_half.pst").write_bytes(b"half")
    assert WhooshIndex.open_or_create(tmp_path).doc_count() == 2
    rebuild(tmp_path, docs(3), 2)
    assert not (half / "weike_half.pst").exists()
    assert WhooshIndex.open_or_create(tmp_path).doc_count() == 3


def test_two_rebuilds_at_once_are_refused(tmp_path: Path) -> None:
    def second() -> Iterator[Document]:
        with pytest.raises(IndexBusy):
            rebuild(tmp_path, [], 1)
        yield from docs(1)

    assert rebuild(tmp_path, second(), 1).documents == 1


def test_generations_without_a_pointer_are_damage(tmp_path: Path) -> None:
    generations.start(tmp_path)
    with pytest.raises(IndexDamaged):
        WhooshIndex.open_or_create(tmp_path)
