"""The index follows the database: on both databases, beside other processes, and after damage."""

from __future__ import annotations

import fcntl
import multiprocessing
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from library.catalog import change_queries
from library.catalog.permits import LessonState
from library.core.database import Database, copy_sqlite, open_database, sqlite_file
from library.finding.indexer import Indexer, IndexUnavailable
from search import ENGINES
from search.disk import generations
from server.background.index_follower import IndexThread
from tests.library.finding.following import SIGNED_IN, add, change, found
from tests.support import factories as make
from tests.support.databases import Databases
from tests.support.processes import FORKS

pytestmark = [pytest.mark.slow, pytest.mark.dear(20)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def indexer(db: Database, folder: Path) -> Iterator[Indexer]:
    made = Indexer(db, folder)
    yield made
    made.close()


# ---------------------------------------------------------------------- following


def test_what_is_published_is_found_by_what_is_said_and_what_is_withdrawn_is_not(
    db: Database, indexer: Indexer
) -> None:
    lesson = add(db, "冬训第一讲", "乡村振兴要靠产业")
    draft = add(db, "草稿", "乡村振兴还没讲完", state=LessonState.DRAFT)
    indexer.catch_up()
    assert found(indexer, "乡村振兴") == {lesson}
    with db.read() as session:
        assert indexer.reader().mark() == change_queries.latest_revision(session)
    change(db, lesson, "hide")
    indexer.catch_up()
    assert found(indexer, "乡村振兴") == set()
    assert found(indexer, "乡村振兴", SIGNED_IN) == {lesson}
    change(db, lesson, "withdraw")
    indexer.catch_up()
    assert found(indexer, "乡村振兴", SIGNED_IN) == set()
    assert draft not in found(indexer, "草稿", SIGNED_IN)


def test_a_deleted_lesson_is_gone_and_a_renamed_one_has_its_new_name(db: Database, indexer: Indexer) -> None:
    gone, renamed = add(db, "旧的讲稿", "信仰的力量"), add(db, "旧的标题")
    indexer.catch_up()
    change(db, gone, "delete")
    change(db, renamed, "崭新面貌")
    indexer.catch_up()
    assert found(indexer, "信仰的力量") == set()
    assert found(indexer, "崭新面貌") == {renamed}
    assert found(indexer, "旧的标题") == set()
    assert indexer.reader().doc_count() == 1


def test_more_changes_than_one_batch_are_all_applied(db: Database, indexer: Indexer) -> None:
    with db.write() as session:
        ids = {make.lesson(session, f"基层治理{n}").id for n in range(230)}
    indexer.catch_up()
    assert indexer.reader().doc_count() == 230
    assert found(indexer, "基层治理") <= ids


def test_waiting_for_a_revision_that_nobody_writes_ends(db: Database, indexer: Indexer) -> None:
    with pytest.raises(IndexUnavailable) as told:
        indexer.catch_up(revision=10**6, timeout_s=0.5)
    assert told.value.code == "index_busy"


def test_two_nodes_with_folders_of_their_own_both_follow(db: Database, tmp_path: Path) -> None:
    nodes = [Indexer(db, tmp_path / name) for name in ("one", "two")]
    lesson, gone = add(db, "党史故事"), add(db, "要删的党史")
    nodes[0].catch_up()
    change(db, gone, "delete")
    for node in nodes:
        node.catch_up()
        assert found(node, "党史") == {lesson}
        node.close()


def test_the_thread_keeps_the_index_up_to_date(db: Database, indexer: Indexer) -> None:
    thread = IndexThread(indexer)
    thread.start()
    try:
        lesson = add(db, "廉政警示教育")
        with db.read() as session:
            revision = change_queries.latest_revision(session)
        waited = threading.Event()
        for _ in range(600):
            if indexer.reader().mark() >= revision:
                break
            waited.wait(0.05)
        assert found(indexer, "廉政警示") == {lesson}
    finally:
        thread.stop()


# ---------------------------------------------------------------------- several processes


def _hold(file: Path, held: multiprocessing.synchronize.Event) -> None:
    with file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        held.set()
        time.sleep(120)


def test_another_process_that_writes_is_waited_for_and_a_killed_one_is_not(
    db: Database, indexer: Indexer, folder: Path
) -> None:
    lesson = add(db, "组织生活会")
    folder.mkdir()
    held = FORKS.Event()
    writer = FORKS.Process(target=_hold, args=(folder / "writer.lock", held), daemon=True)
    writer.start()
    assert held.wait(30)
    for act in (indexer.catch_up, indexer.rebuild):
        with pytest.raises(IndexUnavailable, match="index_busy"):
            act(timeout_s=0.2)
    assert indexer.reader().doc_count() == 0
    assert generations.names(folder) == ["g000001"], "what could not be swapped in is taken away"
    writer.kill()
    writer.join(30)
    indexer.catch_up()
    assert found(indexer, "组织生活会") == {lesson}


def test_two_that_catch_up_at_once_both_return_and_write_once(db: Database, folder: Path) -> None:
    lessons = {add(db, f"主题党日{n}") for n in range(5)}
    indexers = [Indexer(db, folder), Indexer(db, folder)]
    threads = [threading.Thread(target=i.catch_up) for i in indexers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for indexer in indexers:
        assert found(indexer, "主题党日") == lessons
        assert indexer.reader().doc_count() == 5
        indexer.close()


# ---------------------------------------------------------------------- damage and rebuilding


def spoil(folder: Path) -> None:
    """Cut the files of the generation in use short, as a full disk does."""
    generation = folder / str(generations.current(folder))
    for file in generation.iterdir():
        if file.suffix in (".seg", ".trm", ".pst", ".dcz") or file.name == "mark.json":
            file.write_bytes(file.read_bytes()[:3])


def test_a_damaged_index_is_rebuilt_beside_and_the_old_one_kept(db: Database, folder: Path) -> None:
    lesson = add(db, "不忘初心")
    first = Indexer(db, folder)
    first.catch_up()
    first.close()
    spoil(folder)
    second = Indexer(db, folder)
    with pytest.raises(IndexUnavailable) as told:
        second.reader()
    assert told.value.code == "index_damaged"
    second.catch_up()
    assert found(second, "不忘初心") == {lesson}
    assert generations.names(folder) == ["g000001", "g000002"]
    second.close()


def test_damage_while_running_is_mended_without_a_restart(
    db: Database, indexer: Indexer, folder: Path
) -> None:
    first = add(db, "牢记使命")
    indexer.catch_up()
    spoil(folder)
    second = add(db, "牢记使命二")
    indexer.catch_up()
    assert found(indexer, "牢记使命") == {first, second}
    assert generations.names(folder) == ["g000001", "g000002"]


def test_an_index_of_another_schema_is_rebuilt(db: Database, folder: Path) -> None:
    lesson = add(db, "两学一做")
    Indexer(db, folder).catch_up()
    (folder / "g000001" / "about.json").write_text('{"schema": "of another time"}')
    indexer = Indexer(db, folder)
    indexer.catch_up()
    assert found(indexer, "两学一做") == {lesson}
    indexer.close()


def test_an_index_ahead_of_a_restored_database_is_rebuilt(
    databases: Databases, folder: Path, tmp_path: Path
) -> None:
    """The copy made before a migration is put back: its numbers begin again, below the index's mark."""
    with databases.open("sqlite") as db:
        add(db, "旧课")
        file = sqlite_file(str(db.engine.url))
        assert file is not None
        copy_sqlite(file, tmp_path / "copy.sqlite")
        lost = add(db, "恢复后没有了的课")
        indexer = Indexer(db, folder)
        indexer.catch_up()
        assert lost in found(indexer, "恢复后没有了的课")
        indexer.close()
    restored = open_database(f"sqlite:///{tmp_path}/copy.sqlite")
    indexer = Indexer(restored, folder)
    indexer.catch_up()
    assert lost not in found(indexer, "恢复后没有了的课")
    fresh = add(restored, "恢复后的新课")
    indexer.catch_up()
    assert fresh in found(indexer, "恢复后的新课")
    indexer.close()
    restored.close()


def test_a_rebuild_while_lessons_are_written_loses_nothing(db: Database, indexer: Indexer) -> None:
    early = [add(db, f"集中学习{n}") for n in range(12)]
    indexer.catch_up()
    late: list[str] = []
    steps: list[tuple[int, int]] = []

    def meanwhile(done: int, total: int) -> None:
        steps.append((done, total))
        late.append(add(db, "集中学习之后"))
        change(db, early[0], "集中学习改名")
        change(db, early[1], "delete")

    rebuilt = indexer.rebuild(meanwhile)
    assert rebuilt.documents == 12
    assert steps == [(12, 12)]
    indexer.catch_up()
    assert found(indexer, "集中学习") == {*early, *late} - {early[1]}
    assert found(indexer, "集中学习改名") >= {early[0]}


@pytest.mark.parametrize("engine", sorted(ENGINES))
def test_what_changes_during_a_rebuild_is_found_at_once_and_after_the_swap_too(
    db: Database, folder: Path, engine: str
) -> None:
    stays, goes = add(db, "集中学习一"), add(db, "集中学习二")
    rebuilding, following = (Indexer(db, folder, ENGINES[engine]) for _ in range(2))
    following.catch_up()
    late: list[str] = []

    def meanwhile(done: int, total: int) -> None:
        late.append(add(db, "集中学习三"))
        change(db, goes, "withdraw")
        change(db, stays, "集中学习改了名")
        following.catch_up(timeout_s=30)
        assert found(following, "集中学习") == {stays, *late}
        assert generations.current(folder) == "g000001"

    rebuilt = rebuilding.rebuild(meanwhile)
    assert len(late) == 1
    # Nobody has caught up since: a withdrawn lesson must not come back with the new generation.
    for indexer in (rebuilding, following):
        assert found(indexer, "集中学习") == {stays, *late}
        assert found(indexer, "改了名") == {stays}
        indexer.close()
    assert (rebuilt.generation, rebuilt.documents) == ("g000002", 3)


def test_damage_that_shows_during_a_rebuild_is_left_to_it(db: Database, folder: Path) -> None:
    lesson = add(db, "不忘初心")
    rebuilding, following = Indexer(db, folder), Indexer(db, folder)
    following.catch_up()
    following.close()
    spoil(folder)

    def meanwhile(done: int, total: int) -> None:
        with pytest.raises(IndexUnavailable, match="index_busy"):
            following.catch_up(timeout_s=0.1)

    assert rebuilding.rebuild(meanwhile).generation == "g000002"
    following.catch_up()
    assert found(following, "不忘初心") == {lesson}
    assert generations.names(folder) == ["g000001", "g000002"]
    rebuilding.close()
    following.close()


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE catalog_lesson SET taught_on = '2026-13-45' WHERE title = '坏掉的一课'",
        "UPDATE catalog_clip SET sizes = '{' WHERE lesson_id IN"
        " (SELECT id FROM catalog_lesson WHERE title = '坏掉的一课')",
        "UPDATE catalog_cue SET start_s = 'now' WHERE lesson_id IN"
        " (SELECT id FROM catalog_lesson WHERE title = '坏掉的一课')",
    ],
)
def test_a_lesson_that_cannot_be_read_is_named_and_keeps_no_other_from_being_found(
    databases: Databases, folder: Path, damage: str
) -> None:
    with databases.open("sqlite") as db:
        whole = {add(db, f"基层治理{n}", "基层治理") for n in range(7)}
        broken = add(db, "坏掉的一课", "基层治理")
        indexer = Indexer(db, folder)
        indexer.catch_up()
        assert found(indexer, "基层治理") == {*whole, broken}
        with db.engine.begin() as connection:
            connection.exec_driver_sql(damage)
        rebuilt = indexer.rebuild()
        assert [(its.lesson, its.title) for its in rebuilt.unreadable] == [(broken, "坏掉的一课")]
        assert found(indexer, "基层治理") == whole
        with db.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE catalog_lesson SET revision = revision + 100")
            connection.exec_driver_sql("UPDATE catalog_revision SET value = value + 100")
        after = add(db, "基层治理之后", "基层治理")
        indexer.catch_up(timeout_s=30)
        assert found(indexer, "基层治理") == {*whole, after}
        indexer.close()


def test_an_index_says_how_far_it_is_behind_and_whether_it_was_ever_complete(
    db: Database, folder: Path
) -> None:
    add(db, "三会一课")
    indexer = Indexer(db, folder)
    with db.read() as session:
        behind = indexer.behind(session)
        assert behind > 0
        assert not indexer.complete
    with pytest.raises(IndexUnavailable):
        indexer.catch_up(10**6, timeout_s=0.1)
    add(db, "主题党日")
    with db.read() as session:
        assert indexer.behind(session) > 0
    assert indexer.complete, "it once had everything"
    indexer.catch_up()
    with db.read() as session:
        assert indexer.behind(session) == 0
    indexer.close()


def test_an_empty_folder_is_an_empty_index(db: Database, indexer: Indexer, folder: Path) -> None:
    assert found(indexer, "什么都没有") == set()
    lesson = add(db, "从头再来")
    indexer.catch_up()
    indexer.close()
    shutil.rmtree(folder)
    indexer.catch_up()
    assert found(indexer, "从头再来") == {lesson}


def test_who_had_nothing_to_read_was_not_ready_as_soon_as_somebody_wrote(
    db: Database, indexer: Indexer
) -> None:
    """A server in front of an empty library was ready, then not, until the first look of its thread."""
    with db.read() as session:
        assert (indexer.behind(session), indexer.complete) == (0, True)
    with db.write() as session:
        make.lesson(session, "一课")
    with db.read() as session:
        assert indexer.behind(session) > 0
    assert indexer.complete
