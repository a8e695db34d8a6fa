"""Writers of one process stand in line; one that moves turns nobody away, one that stands does."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from library.core.database import Database, is_busy, open_database
from library.core.patience import waiting_at_most
from library.core.writers import LONGEST, LineStands, Place, WriterLine, patience_ends_s
from tests.support.outside.held import held

WAIT_S = 60.0
"""For a busy machine; nothing here takes as long."""

SECONDS = st.floats(0, 1000)


@given(SECONDS, SECONDS, st.floats(0.1, 100))
def test_patience_is_counted_from_the_last_progress_and_has_an_end(
    arrived: float, progress: float, patience: float
) -> None:
    ends = patience_ends_s(arrived, progress, patience)
    assert arrived + patience <= ends <= arrived + LONGEST * patience
    if ends < arrived + LONGEST * patience:
        assert ends == max(arrived, progress) + patience


class Line:
    """A line whose clock stands still, and threads that stand in it."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.writers = WriterLine(lambda: self.now_s)
        self.came: list[str] = []
        self.places: dict[str, Place | LineStands] = {}
        self._threads: dict[str, threading.Thread] = {}

    def come(self, name: str, patience_s: float) -> None:
        """Let a thread come that waits; returns once it stands in line."""
        before = len(self.writers)
        self._threads[name] = threading.Thread(target=self._wait, args=(name, patience_s), daemon=True)
        self._threads[name].start()
        while len(self.writers) == before and self._threads[name].is_alive():
            pass

    def _wait(self, name: str, patience_s: float) -> None:
        try:
            self.places[name] = self.writers.enter(patience_s)
        except LineStands as error:
            self.places[name] = error
        self.came.append(name)

    def of(self, name: str) -> Place | LineStands:
        """Wait for what the line says to a thread."""
        self._threads[name].join(WAIT_S)
        return self.places[name]

    def done(self, name: str, *, begun: bool = True) -> None:
        place = self.of(name)
        assert isinstance(place, Place)
        place.begun = begun
        self.writers.leave(place)


def test_who_comes_first_is_first() -> None:
    line = Line()
    for name in "abcd":
        line.come(name, WAIT_S)
    for name in "abcd":
        line.done(name)
    assert line.came == list("abcd")
    assert len(line.writers) == 0


def test_a_line_that_moves_turns_nobody_away_and_one_that_stands_does() -> None:
    line = Line()
    for name in "abcd":
        line.come(name, 0.1)
    line.now_s = 0.09
    line.done("a")
    line.now_s = 0.18  # c and d have waited longer than their patience, but not since a was done
    line.done("b")
    place = line.of("c")
    assert isinstance(place, Place)
    assert line.writers.left_s(place) == pytest.approx(0.1), "as much as ever, for a file that others hold"
    line.now_s = 0.29
    assert isinstance(line.of("d"), LineStands)
    line.done("c")
    assert len(line.writers) == 0


def test_who_could_not_begin_is_no_progress() -> None:
    line = Line()
    for name in "ab":
        line.come(name, 0.1)
    line.now_s = 0.09
    line.done("a", begun=False)
    place = line.of("b")
    assert isinstance(place, Place)
    assert line.writers.left_s(place) == pytest.approx(0.01)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "weike.sqlite"
    with closing(sqlite3.connect(file)) as made:
        made.execute("CREATE TABLE written (who TEXT)")
    return file


@pytest.fixture
def db(file: Path) -> Iterator[Database]:
    with closing(open_database(f"sqlite:///{file}")) as opened:
        # As every library has been opened before: SQLAlchemy lets only one thread make the first connection,
        # and the file is switched to WAL with it.
        with opened.read() as session:
            session.execute(text("SELECT 1"))
        yield opened


def write(db: Database, who: str, patience_s: float = WAIT_S) -> None:
    with waiting_at_most(patience_s), db.write() as session:
        session.execute(text("INSERT INTO written VALUES (:who)"), {"who": who})


def written(db: Database) -> list[str]:
    with db.read() as session:
        return list(session.scalars(text("SELECT who FROM written ORDER BY rowid")))


def test_a_file_that_another_program_holds_refuses_all_and_then_takes_them(db: Database, file: Path) -> None:
    refused: list[BaseException] = []

    def try_it() -> None:
        try:
            write(db, "refused", 0.2)
        except OperationalError as error:
            refused.append(error)

    threads = [threading.Thread(target=try_it, daemon=True) for _ in range(5)]
    with held(file):
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(WAIT_S)
    assert [is_busy(error) for error in refused] == [True] * 5
    write(db, "afterwards")
    assert written(db) == ["afterwards"]


@pytest.mark.slow
def test_whose_turn_it_becomes_still_waits_for_the_file(db: Database, file: Path) -> None:
    """One whose patience ends gives its place to the next, and that one has its own."""
    patient = threading.Thread(target=write, args=(db, "patient"), daemon=True)
    with held(file):
        patient.start()
        with pytest.raises(OperationalError):
            write(db, "hasty", 0.3)
    patient.join(WAIT_S)
    assert written(db) == ["patient"]


def _raise(session: Session) -> None:
    raise RuntimeError


def _lose_the_connection(session: Session) -> None:
    session.connection().invalidate()
    raise RuntimeError


def _close_early(session: Session) -> None:
    session.close()


@pytest.mark.parametrize("end", [_raise, _lose_the_connection, _close_early])
def test_however_a_writer_ends_the_next_one_comes(db: Database, end: Callable[[Session], None]) -> None:
    try:
        with db.write() as session:
            session.execute(text("INSERT INTO written VALUES ('undone')"))
            end(session)
    except RuntimeError:
        pass
    write(db, "next", 1.0)
    assert written(db) == ["next"]


def test_a_request_that_is_given_up_leaves_its_place(db: Database) -> None:
    def request() -> Iterator[Session]:
        with db.write() as session:
            yield session

    open_request = request()
    next(open_request).execute(text("INSERT INTO written VALUES ('undone')"))
    open_request.close()  # type: ignore[attr-defined]
    write(db, "next", 1.0)
    assert written(db) == ["next"]


def test_a_connection_that_is_kept_stands_in_line_once(db: Database) -> None:
    with db.write() as session:
        engine = session.get_bind()
    with waiting_at_most(1.0), engine.connect() as kept:
        for who in ("one", "two"):
            kept.execute(text("INSERT INTO written VALUES (:who)"), {"who": who})
            kept.commit()
    write(db, "next", 1.0)
    assert written(db) == ["one", "two", "next"]
