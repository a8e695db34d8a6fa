"""A worker that is killed while it hears a recording: the next one goes on behind what is kept."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path

import psutil
import pytest
from obstore.store import LocalStore
from sqlalchemy import select

from library.catalog import cue_queries
from library.catalog import queries as catalog
from library.catalog.rules import TranscriptQuality
from library.core.database import Database
from library.hearing import actions, queries
from library.hearing.recogniser import Recogniser
from library.hearing.rules import RecognitionState
from library.hearing.tables import Chunk
from server.background.worker import Worker
from server.settings import Settings
from server.wiring import Ports, open_ports
from tests.flow.watching import until
from tests.support import factories as make
from tests.support import hearing as fake
from tests.support.databases import NOW
from tests.support.processes import FORKS
from tests.support.server import empty_data

pytestmark = [pytest.mark.slow, pytest.mark.dear(9)]

TEXTS = ["第一段说的是三会一课。", "第二段说的是共同富裕。", "第三段讨论怎么改。", "最后谢谢大家。"]
CHUNKS = [fake.chunk(15.0 * n, 15.0 * n + 15.0, text) for n, text in enumerate(TEXTS)]


class _Ports(Ports):
    """Hears with the fake."""

    def recogniser(self) -> Recogniser:
        return fake.recogniser(self.tools, self.settings.data / "script.json")


def _work(data: str) -> None:
    """A worker and nothing else, until it is killed."""
    os.setsid()
    ports = open_ports(_settings(Path(data)))
    Worker(_Ports(ports.settings, ports.db, ports.site_keys, ports.clock)).start()
    while True:
        signal.pause()


def _settings(data: Path) -> Settings:
    return Settings(data=data, _env_file=None)  # type: ignore[call-arg]


@contextmanager
def worker(data: Path) -> Iterator[BaseProcess]:
    """A process that is the worker of a data folder; it is killed at the end, if it was not before."""
    process = FORKS.Process(target=_work, args=(str(data),))
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join(10)


def kept(db: Database) -> list[float]:
    """The beginnings of the chunks that are kept."""
    with db.read() as session:
        return list(session.scalars(select(Chunk.start_s).order_by(Chunk.n)))


def fake_of(pid: int) -> int | None:
    """The process id of the fake that a worker has started."""
    for child in psutil.Process(pid).children(recursive=True):
        if any(part.endswith(fake.FAKE.name) for part in child.cmdline()):
            return int(child.pid)
    return None


@pytest.mark.parametrize("killed", ["worker", "child"])
def test_a_kill_costs_a_chunk(tmp_path: Path, killed: str) -> None:
    data = empty_data(tmp_path / "data")
    ports = open_ports(_settings(data))
    script = fake.write_script(data / "script.json", CHUNKS, hold=2)
    with ports.db.write() as session:
        lesson = make.lesson(session, clips=1)
        store = LocalStore(prefix=data / "objects", mkdir=True)
        row = fake.recorded(session, store, tmp_path, lesson, 60.0)
        actions.want(session, lesson.id, None, NOW)
        lesson_id, recording_id = lesson.id, row.id

    def state() -> RecognitionState:
        with ports.db.read() as session:
            one = queries.recognition(session, recording_id)
            assert one is not None
            return one.state

    with worker(data) as first:
        assert first.pid is not None
        until("two chunks are kept", lambda: len(kept(ports.db)) == 2)
        child = fake_of(first.pid)
        assert child is not None
        fake.write_script(script, CHUNKS)
        if killed == "child":
            os.kill(child, signal.SIGKILL)
            until("it is said to have failed", lambda: state() is RecognitionState.FAILED)
            with ports.db.write() as session:
                actions.want(session, lesson_id, None, NOW)
            until("it is heard to the end", lambda: state() is RecognitionState.DONE)
        else:
            os.kill(first.pid, signal.SIGKILL)
            until("the child is gone too", lambda: not psutil.pid_exists(child))
    if killed == "worker":
        assert kept(ports.db) == [0.0, 15.0]
        with worker(data):
            until("it is heard to the end", lambda: state() is RecognitionState.DONE)
    assert kept(ports.db) == [0.0, 15.0, 30.0, 45.0], "nothing twice, nothing missing"
    with ports.db.read() as session:
        assert "".join(line.text for line in cue_queries.cues(session, lesson_id)) == "".join(TEXTS)
        assert catalog.lesson(session, lesson_id).transcript is TranscriptQuality.RECOGNISED
    ports.close()
