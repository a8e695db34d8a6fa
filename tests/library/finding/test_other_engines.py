"""Each engine follows the database, and one takes the other's place."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from library.catalog import change_queries
from library.core.database import Database
from search import ENGINES
from search.disk import generations
from server.background.index_follower import IndexThread
from server.settings import Settings
from server.wiring import open_indexer
from tests.library.finding.following import add, change, found


@pytest.fixture(params=sorted(ENGINES))
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings that choose an engine."""
    return Settings(data=tmp_path / "data", search=request.param, _env_file=None)  # type: ignore[call-arg]


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
