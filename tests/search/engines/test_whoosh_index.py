"""The Whoosh engine's own promises: damage is told, nothing is erased, readers keep up."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from search.disk import generations
from search.document import Document
from search.engines.whoosh.index import WhooshIndex
from search.engines.whoosh.reader import WhooshReader
from search.engines.whoosh.store import WhooshStore
from search.errors import IndexBusy, IndexDamaged, SchemaChanged
from search.rebuilding import rebuild

pytestmark = [pytest.mark.slow, pytest.mark.every]

EVERYONE = frozenset(["everyone"])


def doc(id_: str, spoken: str, lesson: str | None = None) -> Document:
    return Document(id=id_, lesson=lesson or id_, clip=id_, spoken=spoken, scope=EVERYONE)


def filled(folder: Path) -> Path:
    """An index of two commits; returns the folder of its generation."""
    index = WhooshIndex.open_or_create(folder)
    index.apply([doc(f"a{n}", "红船精神 学习党史") for n in range(20)], [], 1)
    index.apply([doc("b", "乡村振兴")], [], 2)
    index.close()
    name = generations.current(folder)
    assert name
    return folder / name


def newest(generation: Path, ending: str) -> Path:
    return max(generation.glob(f"*{ending}"), key=lambda p: p.stat().st_size)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def garble(path: Path) -> None:
    path.write_bytes(bytes(255 - b for b in path.read_bytes()))


DAMAGES: dict[str, Callable[[Path], object]] = {
    "table of contents gone": lambda g: newest(g, ".toc").unlink(),
    "table of contents cut": lambda g: cut(newest(g, ".toc")),
    "table of contents garbled": lambda g: garble(newest(g, ".toc")),
    "terms gone": lambda g: newest(g, ".trm").unlink(),
    "terms cut": lambda g: cut(newest(g, ".trm")),
    "terms garbled": lambda g: garble(newest(g, ".trm")),
    "postings gone": lambda g: newest(g, ".pst").unlink(),
    "postings cut": lambda g: cut(newest(g, ".pst")),
    "postings garbled": lambda g: garble(newest(g, ".pst")),
    "lengths cut": lambda g: cut(newest(g, ".words_length.col")),
    "mark gone": lambda g: (g / "mark.json").unlink(),
    "mark garbled": lambda g: (g / "mark.json").write_text("[1, 2"),
    "about gone": lambda g: (g / "about.json").unlink(),
    "pointer to nowhere": lambda g: (g.parent / "current").write_text("g000099"),
    "pointer out of the folder": lambda g: (g.parent / "current").write_text("../../etc"),
    "pointer garbled": lambda g: (g.parent / "current").write_bytes(b"\xff\xfe"),
    "pointer gone": lambda g: (g.parent / "current").unlink(),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_damage_is_told_and_nothing_erased(tmp_path: Path, damage: Callable[[Path], object]) -> None:
    damage(filled(tmp_path))
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    with pytest.raises(IndexDamaged):
        WhooshIndex.open_or_create(tmp_path).search("红船 精神 乡村", EVERYONE)
    after = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file() and p.name != "lock"}
    assert after == {p: b for p, b in before.items() if p.name != "lock"}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_index_is_rebuilt_beside(tmp_path: Path, damage: Callable[[Path], object]) -> None:
    generation = filled(tmp_path)
    damage(generation)
    rebuild(tmp_path, [doc("new", "红船")], 5)
    index = WhooshIndex.open_or_create(tmp_path)
    assert [h.id for h in index.search("红船", EVERYONE).hits] == ["new"]
    assert index.mark() == 5
    assert generation.is_dir(), "the damaged one is kept for a look"


def test_a_writer_reports_damage_too(tmp_path: Path) -> None:
    generation = filled(tmp_path)
    index = WhooshIndex(tmp_path)
    cut(newest(generation, ".pst"))
    with pytest.raises(IndexDamaged):
        index.apply([doc("c", "新")], [], 3)


def test_another_schema_asks_for_a_rebuild(tmp_path: Path) -> None:
    generation = filled(tmp_path)
    (generation / "about.json").write_text(json.dumps({"schema": "0/whoosh-2.7.4/rjieba-0/little"}))
    with pytest.raises(SchemaChanged):
        WhooshIndex.open_or_create(tmp_path)
    assert rebuild(tmp_path, [doc("new", "红船")], 5).documents == 1
    assert WhooshIndex.open_or_create(tmp_path).doc_count() == 1


def test_a_second_writer_is_told_and_may_try_again(tmp_path: Path) -> None:
    generation = filled(tmp_path)
    holder = WhooshStore.open(generation)._writer()
    with pytest.raises(IndexBusy):
        WhooshStore.open(generation, wait_s=0.0).write([], [], 3)
    holder.cancel()
    assert WhooshIndex(tmp_path).apply([doc("c", "新")], [], 3) == 1


def test_a_document_that_cannot_be_read_leaves_the_index_as_it_was(tmp_path: Path) -> None:
    filled(tmp_path)
    index = WhooshIndex.open_or_create(tmp_path)
    broken = doc("x", None)  # type: ignore[arg-type]
    with pytest.raises((TypeError, AttributeError)):
        index.apply([doc("y", "新"), broken], ["b"], 9)
    assert (index.doc_count(), index.mark()) == (21, 2)
    assert index.apply([doc("y", "新")], [], 3) == 1


def test_the_text_is_not_in_the_index(tmp_path: Path) -> None:
    sentence = "嘉兴南湖的红船精神永放光芒照亮前行道路"
    index = WhooshIndex.open_or_create(tmp_path)
    index.apply([doc("a", sentence)], [], 1)
    stored = b"".join(p.read_bytes() for p in tmp_path.rglob("*") if p.is_file())
    assert "南湖".encode() in stored
    assert sentence[:8].encode() not in stored


WRITER = """
import sys
from pathlib import Path
from search.document import Document
from search.engines.whoosh.index import WhooshIndex
index = WhooshIndex.open_or_create(Path(sys.argv[1]))
for n in range(int(sys.argv[2]), int(sys.argv[3])):
    documents = [
        Document(id=f"v{k}", lesson="l", spoken=f"第一课 版本{n}号", scope=frozenset(["everyone"]))
        for k in range(4)
    ]
    index.apply(documents, [], n)
    print(n, flush=True)
"""


def test_readers_in_threads_follow_a_writer_in_another_process(tmp_path: Path) -> None:
    index = WhooshIndex.open_or_create(tmp_path)
    index.apply([doc(f"v{k}", "第一课 版本0号", lesson="l") for k in range(4)], [], 0)
    rounds = 12
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path), "1", str(rounds)], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None

    def look(_: int) -> tuple[int, int]:
        results = index.search("第一课", EVERYONE)
        return results.total, index.doc_count()

    with ThreadPoolExecutor(6) as pool:
        for line in writer.stdout:
            # All four clips or none of a commit: never a mixture, never more.
            assert set(pool.map(look, range(30))) == {(4, 4)}
            committed = int(line)
            # What the writer has said is there, and what came before is gone, at once.
            held = {n for n in range(rounds) if index.search(f'"版本{n}号"', EVERYONE).total == 4}
            assert held, committed
            assert min(held) >= committed
    assert writer.wait(timeout=30) == 0
    assert index.mark() == rounds - 1


def test_web_and_worker_may_both_start_on_an_empty_folder(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    with ThreadPoolExecutor(8) as pool:
        indexes = list(pool.map(lambda _: WhooshIndex.open_or_create(folder), range(8)))
    assert generations.names(folder) == ["g000001"]
    indexes[0].apply([doc("a", "红船")], [], 1)
    assert all(index.doc_count() == 1 for index in indexes)


def test_after_close_it_opens_again_by_itself(tmp_path: Path) -> None:
    filled(tmp_path)
    index = WhooshIndex.open_or_create(tmp_path)
    index.close()
    index.close()
    assert index.doc_count() == 21


def test_a_web_process_may_open_while_the_worker_commits(tmp_path: Path) -> None:
    WhooshIndex.open_or_create(tmp_path)
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path), "1", "25"], stdout=subprocess.PIPE, text=True
    )
    opened = 0
    while writer.poll() is None or not opened:
        fresh = WhooshIndex.open_or_create(tmp_path)
        assert fresh.doc_count() in (0, 4)
        assert fresh.search("第一课", EVERYONE).total in (0, 4)
        assert fresh.mark() < 25
        fresh.close()
        opened += 1
    assert writer.wait() == 0
    assert WhooshIndex.open_or_create(tmp_path).mark() == 24


def test_what_no_segment_holds_is_known_and_all_that_one_holds(tmp_path: Path) -> None:
    reader = WhooshReader(WhooshStore.open(filled(tmp_path)))
    reader.refresh()
    held = {term for segment in reader.segments for term in segment.terms("pairs", "")}
    assert {"红船", "船精", "乡村", "振兴"} <= held
    assert {term for segment in reader.segments for term in segment.terms("pairs", "乡")} == {"乡村"}
    assert all(reader.may_hold("pairs", term) for term in held)
    others = [chr(0x4E00 + n) + chr(0x5E00 + n) for n in range(2_000)]
    assert sum(reader.may_hold("pairs", other) for other in others) < 20
    assert not reader.may_hold("no field", "乡村")
    reader.close()
