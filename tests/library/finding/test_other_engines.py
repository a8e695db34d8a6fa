"""Each engine follows the database, and one takes the other's place."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from library.catalog import change_queries
from library.core.clock import utc_now
from library.core.database import Database
from library.core.permits import Role, Viewer
from library.dictionary.in_use import DictionaryInUse
from library.finding.hits import Finder
from library.works import files
from library.works.files import Stored
from library.works.formats import FileFormat
from library.works.rules import Shown
from search import ENGINES, Filters
from search.disk import generations
from server.background.index_follower import IndexThread
from server.settings import Settings
from server.wiring import open_indexer
from tests.library.finding.following import add, change, found
from tests.support import factories as make


@pytest.fixture(params=sorted(ENGINES))
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings that choose an engine."""
    return Settings(data=tmp_path / "data", search=request.param, _env_file=None)  # type: ignore[call-arg]


@pytest.mark.every
@pytest.mark.slow
def test_each_engine_follows_is_rebuilt_and_mended(db: Database, settings: Settings) -> None:
    lesson, gone = add(db, "三会一课"), add(db, "三会一课旧讲")
    indexer = open_indexer(settings, db)
    indexer.catch_up()
    assert found(indexer, "三会一课") == {lesson, gone}
    change(db, gone, "withdraw")
    indexer.catch_up()
    assert found(indexer, "三会一课") == {lesson}
    rebuilt = indexer.rebuild()
    assert (rebuilt.documents, rebuilt.unreadable, rebuilt.generation) == (2, (), "g000002")
    assert found(indexer, "三会一课") == {lesson}
    (settings.index_folder / rebuilt.generation / "mark.json").write_bytes(b"")
    indexer.catch_up()
    assert found(indexer, "三会一课") == {lesson}
    assert generations.current(settings.index_folder) == "g000003"
    indexer.close()


@pytest.mark.slow
def test_switching_builds_the_new_index_by_itself_and_going_back_catches_up(
    db: Database, tmp_path: Path
) -> None:
    def chosen(engine: str) -> Settings:
        return Settings(data=tmp_path / "data", search=engine, _env_file=None)  # type: ignore[call-arg, arg-type]

    assert chosen("whoosh").index_folder != chosen("tantivy").index_folder
    assert Settings(data=tmp_path, _env_file=None).search == "whoosh"  # type: ignore[call-arg]
    before, gone = add(db, "红色家书一"), add(db, "红色家书二")
    whoosh = open_indexer(chosen("whoosh"), db)
    whoosh.catch_up()
    whoosh.close()
    tantivy = open_indexer(chosen("tantivy"), db)
    assert found(tantivy, "红色家书") == set()
    thread = IndexThread(tantivy)
    thread.start()
    try:
        with db.read() as session:
            tantivy_has_all = change_queries.latest_revision(session)
        for _ in range(600):
            if tantivy.reader().mark() >= tantivy_has_all:
                break
            time.sleep(0.05)
    finally:
        thread.stop()
    assert found(tantivy, "红色家书") == {before, gone}
    change(db, gone, "delete")
    after = add(db, "红色家书三")
    tantivy.catch_up()
    assert found(tantivy, "红色家书") == {before, after}
    tantivy.close()
    back = open_indexer(chosen("whoosh"), db)
    assert found(back, "红色家书") == {before, gone}, "as it was left"
    back.catch_up()
    assert found(back, "红色家书") == {before, after}
    assert generations.names(chosen("whoosh").index_folder) == ["g000001"], "nothing was built anew"
    back.rebuild()
    assert found(tantivy, "红色家书") == {before, after}, "neither touches the other's files"
    back.close()
    tantivy.close()


def test_each_engine_finds_what_is_written_in_a_material_for_who_sees_its_lesson(
    db: Database, settings: Settings
) -> None:
    lesson = add(db, "三会一课")
    filler = "\n".join(f"第{n}行说的是别的事情，和找的没有关系。" for n in range(400))
    with db.write() as session:
        staff = make.person(session, (Role.STAFF, make.root(session)))
        for letter, words, standing in (
            ("a", f"{filler}\n余村关停矿山以后，水清了。", Shown.SHOWN),
            ("b", "余村关停矿山，旧稿", Shown.KEPT),
            ("c", "", Shown.SHOWN),
        ):
            stored = Stored(letter * 16, f"讲稿{letter}", FileFormat.PDF, 9, letter * 64, words=words)
            files.add_material(session, staff, lesson, stored, utc_now(), standing)
    indexer = open_indexer(settings, db)
    indexer.catch_up()
    finder = Finder(indexer, DictionaryInUse(db))
    with db.read() as session:
        [row] = finder.find(session, Viewer(), "关停矿山").rows
        assert row.material is not None
        assert (row.lesson.id, row.material.name, row.sources) == (lesson, "讲稿a", ("material",))
        assert "关停矿山以后" in row.best.quote
        assert [one.material for one in finder.find(session, Viewer(), "三会一课").rows] == [None]
        counted = finder.find(session, Viewer(), "关停矿山", counts=True, filters=Filters(kind="material"))
        assert counted.counts.kind == (("material", 1),)
    change(db, lesson, "withdraw")
    indexer.catch_up()
    with db.read() as session:
        assert finder.find(session, Viewer(), "关停矿山").rows == ()
    indexer.close()
