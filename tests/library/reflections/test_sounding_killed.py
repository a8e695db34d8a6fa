"""A worker that is killed (SIGKILL) while it makes a recorded sound: another goes on, nothing is doubled."""

from __future__ import annotations

import os
import signal
import sys
from datetime import timedelta
from pathlib import Path

import obstore
import pytest
from obstore.store import LocalStore

from library.core.database import Database, open_database
from library.core.ids import new_id
from library.core.permits import Role
from library.intake.files.objects import names_under
from library.reflections import actions, sounds
from library.reflections.actions import About, Draft
from library.reflections.places import PREFIX, raw_key, sound_key
from library.reflections.rules import SoundState
from library.reflections.sounding import TAKEN_FOR, Sounding
from library.reflections.tables import ReflectionSound
from tests.flow.watching import alive, ffmpeg_of, until
from tests.support import factories as make
from tests.support.databases import NOW
from tests.support.processes import FORKS
from transcode.run import run
from transcode.tools import find_tools

LATER = TAKEN_FOR + timedelta(seconds=1)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc"),
]


def _sounding(db: Database, folder: Path, later: timedelta = timedelta()) -> Sounding:
    store = LocalStore(folder / "objects", mkdir=True)
    return Sounding(db, store, find_tools(), folder / "work", lambda: NOW + later, 600, lambda: False)


def _work(url: str, folder: Path) -> None:
    _sounding(open_database(url), folder).make_one()


def test_killed_while_its_ffmpeg_runs_another_goes_on(db: Database, tmp_path: Path) -> None:
    command = "-v error -f lavfi -i sine=d=2 -c:a libopus voice.webm"
    run([str(find_tools().ffmpeg), *command.split()], timeout_s=60, cwd=tmp_path)
    sound_id = new_id()
    worker = _sounding(db, tmp_path)
    obstore.put(worker.store, raw_key(sound_id), (tmp_path / "voice.webm").read_bytes())
    with db.write() as session:
        writer = make.person(session, (Role.MEMBER, make.root(session)))
        made = actions.save(session, writer, new_id(), Draft("", ""), About(), None, NOW)
        sounds.put(session, writer, made.id, sound_id, 1, NOW)
    caught: list[int] = []

    def row() -> ReflectionSound:
        with db.read() as session:
            return session.get_one(ReflectionSound, sound_id)

    def held() -> bool:
        # The first ffmpeg that it runs says only what it can do.
        found = ffmpeg_of(int(child.pid or 0)) if row().taken_at is not None else None
        if found is not None:
            os.kill(found, signal.SIGSTOP)  # so that it cannot be through before the worker is killed
            caught.append(found)
        return found is not None

    url = db.engine.url.render_as_string(hide_password=False)
    child = FORKS.Process(target=_work, args=(url, tmp_path))
    child.start()
    until("an ffmpeg of the worker", held)
    assert child.pid is not None
    os.kill(child.pid, signal.SIGKILL)
    child.join(20)
    assert child.exitcode == -signal.SIGKILL
    until("its ffmpeg is gone too", lambda: not alive(caught[0]))

    assert row().state is SoundState.WAITING
    assert obstore.head(worker.store, raw_key(sound_id)), "what came is still there"
    assert not worker.make_one(), "another worker may be at it"
    assert _sounding(db, tmp_path, LATER).make_one()
    assert (row().state, row().tries) == (SoundState.READY, 2)
    assert names_under(worker.store, PREFIX) == [sound_id]
    assert [one["path"] for one in obstore.list(worker.store, PREFIX).collect()] == [sound_key(sound_id)]
    assert not _sounding(db, tmp_path, 2 * LATER).make_one(), "and it is made once"
