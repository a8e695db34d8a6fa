"""The tantivy engine's own promises: damage is told, nothing erased, a kill loses nothing, engines change."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from search.disk import generations
from search.document import Document
from search.engines import ENGINES, TANTIVY, WHOOSH
from search.engines.tantivy.index import TantivyIndex
from search.engines.tantivy.schema import VERSION
from search.engines.tantivy.store import TantivyStore, damage
from search.errors import IndexBusy, IndexDamaged, SchemaChanged, SearchError
from search.rebuilding import rebuild

pytestmark = [pytest.mark.dear(5), pytest.mark.slow]

EVERYONE = frozenset(["everyone"])
KILLS = 5


def doc(id_: str, spoken: str, lesson: str | None = None) -> Document:
    return Document(id=id_, lesson=lesson or id_, clip=id_, title=f"第{id_}课", spoken=spoken, scope=EVERYONE)


def filled(folder: Path) -> Path:
    """An index of two commits; returns the folder of its generation."""
    index = TantivyIndex.open_or_create(folder)
    index.apply([doc(f"a{n}", "红船精神 学习党史") for n in range(20)], [], 1)
    index.apply([doc("b", "乡村振兴")], [], 2)
    index.close()
    name = generations.current(folder)
    assert name
    return folder / name


def largest(generation: Path, ending: str) -> Path:
    return max(generation.glob(f"*{ending}"), key=lambda p: p.stat().st_size)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


DAMAGES: dict[str, Callable[[Path], object]] = {
    "table of contents gone": lambda g: (g / "meta.json").unlink(),
    "table of contents cut": lambda g: cut(g / "meta.json"),
    "terms gone": lambda g: largest(g, ".term").unlink(),
    "terms cut": lambda g: cut(largest(g, ".term")),
    "postings gone": lambda g: largest(g, ".idx").unlink(),
    "postings cut": lambda g: cut(largest(g, ".idx")),
    "columns cut": lambda g: cut(largest(g, ".fast")),
    "mark gone": lambda g: (g / "mark.json").unlink(),
    "mark garbled": lambda g: (g / "mark.json").write_text("[1, 2"),
    "about gone": lambda g: (g / "about.json").unlink(),
    "pointer to nowhere": lambda g: (g.parent / "current").write_text("g000099"),
    "pointer gone": lambda g: (g.parent / "current").unlink(),
}


@pytest.mark.parametrize("harm", DAMAGES.values(), ids=DAMAGES)
def test_damage_is_told_nothing_erased_and_rebuilt_beside(
    tmp_path: Path, harm: Callable[[Path], object]
) -> None:
    generation = filled(tmp_path)
    harm(generation)
    before = {p.name for p in generation.iterdir()}
    with pytest.raises(IndexDamaged):
        TantivyIndex.open_or_create(tmp_path).search("红船 精神 乡村", EVERYONE)
    assert before <= {p.name for p in generation.iterdir()}
    rebuild(tmp_path, [doc("new", "红船")], 5, engine=TANTIVY)
    index = TantivyIndex.open_or_create(tmp_path)
    assert [h.id for h in index.search("红船", EVERYONE).hits] == ["new"]
    assert index.mark() == 5
    assert generation.is_dir(), "the damaged one is kept for a look"


def test_a_writer_reports_damage_too(tmp_path: Path) -> None:
    generation = filled(tmp_path)
    cut(largest(generation, ".idx"))
    with pytest.raises(IndexDamaged):
        TantivyIndex(tmp_path).apply([doc("c", "新")], [], 3)


def test_a_document_that_cannot_be_read_leaves_the_index_as_it_was(tmp_path: Path) -> None:
    filled(tmp_path)
    index = TantivyIndex.open_or_create(tmp_path)
    broken = doc("x", None)  # type: ignore[arg-type]
    with pytest.raises((TypeError, AttributeError)):
        index.apply([doc("y", "新"), broken], ["b"], 9)
    assert (index.doc_count(), index.mark()) == (21, 2)
    assert index.apply([doc("y", "新")], [], 3) == 1


def test_a_second_writer_is_told_and_may_try_again(tmp_path: Path) -> None:
    generation = filled(tmp_path)
    store = TantivyStore.open(generation)
    holder = store._writer()
    with pytest.raises(IndexBusy):
        TantivyStore.open(generation, wait_s=0.0).write([], [], 3)
    holder.wait_merging_threads()
    assert TantivyIndex(tmp_path).apply([doc("c", "新")], [], 3) == 1


@pytest.mark.parametrize("name", sorted(ENGINES))
def test_the_other_engines_index_asks_for_a_rebuild_and_gets_one(tmp_path: Path, name: str) -> None:
    one = ENGINES[name]
    other = TANTIVY if one is WHOOSH else WHOOSH
    first = one.open_or_create(tmp_path)
    first.apply([doc("old", "红船")], [], 1)
    first.close()
    with pytest.raises(SchemaChanged):
        other.open_or_create(tmp_path)
    assert rebuild(tmp_path, [doc("a", "红船"), doc("b", "红船")], 7, engine=other).documents == 2
    switched = other.open_or_create(tmp_path)
    assert (switched.search("红船", EVERYONE).total, switched.mark()) == (2, 7)
    switched.close()
    with pytest.raises(SchemaChanged):
        one.open_or_create(tmp_path)


def test_rebuild_lists_what_it_cannot_read_and_keeps_one_old_generation(tmp_path: Path) -> None:
    broken = Document(id="broken", lesson="x", spoken=None)  # type: ignore[arg-type]
    for n in range(3):
        told: list[int] = []
        documents = [*(doc(f"d{k}", "红船") for k in range(5)), broken, doc("d0", "再来")]
        built = rebuild(tmp_path, documents, n, told.append, batch=2, engine=TANTIVY)
        assert (built.documents, built.unreadable, told) == (5, ("broken", "d0"), [2, 4, 5])
    assert generations.names(tmp_path) == ["g000002", "g000003"]


def test_a_failed_rebuild_leaves_the_old_one_in_use(tmp_path: Path) -> None:
    filled(tmp_path)

    def fails() -> object:
        yield doc("n", "新")
        raise OSError("the database went away")

    with pytest.raises(OSError, match="went away"):
        rebuild(tmp_path, fails(), 9, engine=TANTIVY)  # type: ignore[arg-type]
    assert TantivyIndex.open_or_create(tmp_path).doc_count() == 21


WRITER = """
import sys
from pathlib import Path
from search.document import Document
from search.engines.tantivy.index import TantivyIndex
index = TantivyIndex.open_or_create(Path(sys.argv[1]))
for n in range(int(sys.argv[2]), int(sys.argv[3])):
    documents = [
        Document(
            id=f"v{k}", lesson="l", title=f"第{n}版", spoken=f"第一课 版本{n}号", scope={"everyone"}
        )
        for k in range(4)
    ]
    index.apply(documents, [], n)
    print(n, flush=True)
"""


def start_writer(folder: Path, first: int, last: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder), str(first), str(last)], stdout=subprocess.PIPE, text=True
    )


def test_readers_in_threads_follow_a_writer_in_another_process(memory: Path) -> None:
    index = TantivyIndex.open_or_create(memory)
    index.apply([doc(f"v{k}", "第一课 版本0号", lesson="l") for k in range(4)], [], 0)
    rounds = 10
    writer = start_writer(memory, 1, rounds)
    assert writer.stdout is not None

    def look(_: int) -> tuple[int, int, int]:
        results = index.search("第一课", EVERYONE, counts=True)
        return results.total, index.doc_count(), len(index.suggest("版", EVERYONE))

    with ThreadPoolExecutor(6) as pool:
        for line in writer.stdout:
            assert {seen[:2] for seen in pool.map(look, range(30))} == {(4, 4)}
            committed = int(line)
            held = {n for n in range(rounds) if index.search(f'"版本{n}号"', EVERYONE).total == 4}
            assert held, committed
            assert min(held) >= committed
            assert [s.count for s in index.suggest("版", EVERYONE)] == [4]
    assert writer.wait(timeout=30) == 0
    assert index.mark() == rounds - 1


def test_kill_at_any_moment_leaves_the_old_or_the_new(memory: Path) -> None:
    base = memory / "base"
    TantivyIndex.open_or_create(base).apply([doc(f"v{k}", "版本0号", lesson="l") for k in range(4)], [], 0)
    killed = 0
    for n in range(KILLS):
        folder = memory / f"kill{n}"
        shutil.copytree(base, folder)
        writer = start_writer(folder, 1, 10_000)
        assert writer.stdout is not None
        writer.stdout.readline()
        # Into the second commit or a later one, each time a little further.
        time.sleep(n * 0.009)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        index = TantivyIndex.open_or_create(folder)
        mark = index.mark()
        total = index.search("版本", EVERYONE).total
        held = [v for v in range(mark, mark + 3) if index.search(f'"版本{v}号"', EVERYONE).total == 4]
        assert (total, index.doc_count()) == (4, 4)
        # What is there is what the mark says, or a commit whose mark was not written any more.
        assert held in ([mark], [mark + 1])
        killed += mark < 9_999
        index.apply([doc(f"v{k}", "重放", lesson="l") for k in range(4)], [], mark + 1)
        assert (index.search("重放", EVERYONE).total, index.doc_count()) == (4, 4)
        index.close()
        shutil.rmtree(folder)
    assert killed == KILLS


def test_a_full_disk_is_no_damage(tmp_path: Path) -> None:
    generation = filled(tmp_path)
    about = json.loads((generation / "about.json").read_text())
    assert about["schema"].startswith(f"{VERSION}/tantivy-")
    with pytest.raises(SearchError) as raised, damage("the index"):
        raise ValueError("IoError: No space left on device (os error 28)")
    assert not isinstance(raised.value, IndexDamaged)
