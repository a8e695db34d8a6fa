"""The worker and sounds: nothing is lost when it is killed, nothing made twice, what is gone is swept."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import obstore
import pytest
from obstore.store import LocalStore, MemoryStore

from library.core.clock import utc_now
from library.core.database import Database
from library.core.ids import new_id
from library.core.permits import Role, Viewer
from library.intake.files.objects import names_under
from library.reflections import actions, queries, sounds
from library.reflections.actions import About, Draft
from library.reflections.places import PREFIX, raw_key, sound_key
from library.reflections.rules import SoundState
from library.reflections.sounding import MANY, MOST_TRIES, TAKEN_FOR, Sounding
from library.reflections.sounds import ANNOUNCED_FOR
from library.reflections.stored import needed
from library.reflections.tables import ReflectionSound
from tests.support import factories as make
from tests.support.databases import NOW
from transcode.run import run
from transcode.tools import Tools, find_tools

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def tools() -> Tools:
    return find_tools()


@pytest.fixture(scope="module")
def voice(tools: Tools, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Two seconds as a browser records them."""
    folder = tmp_path_factory.mktemp("voice")
    args = [
        str(tools.ffmpeg),
        "-v",
        "error",
        "-f",
        "lavfi",
        "-i",
        "sine=d=2",
        "-c:a",
        "libopus",
        "voice.webm",
    ]
    run(args, timeout_s=60, cwd=folder)
    return (folder / "voice.webm").read_bytes()


@pytest.fixture
def writer(db: Database) -> Viewer:
    with db.write() as session:
        return make.person(session, (Role.MEMBER, make.root(session)))


Worker = Callable[..., Sounding]


@pytest.fixture
def worker(db: Database, tools: Tools, tmp_path: Path) -> Worker:
    folder = LocalStore(tmp_path / "objects", mkdir=True)

    def made(later: timedelta = timedelta(), **more: object) -> Sounding:
        stop, store = more.get("stop", lambda: False), more.get("store", folder)
        return Sounding(db, store, tools, tmp_path / "work", lambda: NOW + later, 600, stop)  # type: ignore[arg-type]

    return made


def brought(db: Database, worker: Sounding, writer: Viewer, data: bytes) -> tuple[str, str]:
    """A reflection with a sound that waits; returns both ids."""
    made, sound_id = new_id(), new_id()
    obstore.put(worker.store, raw_key(sound_id), data)
    with db.write() as session:
        actions.save(session, writer, made, Draft("", ""), About(), None, NOW)
        sounds.put(session, writer, made, sound_id, len(data), NOW)
    return made, sound_id


def sound(db: Database, sound_id: str) -> ReflectionSound:
    with db.read() as session:
        return session.get_one(ReflectionSound, sound_id)


def there(worker: Sounding, key: str) -> bool:
    try:
        obstore.head(worker.store, key)
    except FileNotFoundError:
        return False
    return True


def test_killed_at_any_moment_it_is_made_once_and_nothing_is_lost(
    db: Database, worker: Worker, writer: Viewer, voice: bytes
) -> None:
    first = worker()
    made, sound_id = brought(db, first, writer, voice)
    with db.read() as session:
        assert (f"objects/{raw_key(sound_id)}", f"objects/{sound_key(sound_id)}") in set(needed(session))

    class Killed(BaseException):
        """What a SIGKILL looks like to the rows: nothing more happens."""

    def kill() -> bool:
        raise Killed

    with pytest.raises(Killed):
        worker(stop=kill).make_one()
    assert sound(db, sound_id).state is SoundState.WAITING
    assert not worker().make_one(), "somebody is at it"
    shutil.rmtree(first.work, ignore_errors=True)
    assert worker(TAKEN_FOR + timedelta(seconds=1)).make_one()
    row = sound(db, sound_id)
    assert (row.state, row.reason) == (SoundState.READY, "")
    assert row.duration_s == pytest.approx(2, abs=0.1)
    assert there(first, sound_key(sound_id))
    assert not there(first, raw_key(sound_id)), "what came is taken away once it was made"
    assert not worker(2 * TAKEN_FOR).make_one()
    with db.read() as session:
        assert (f"objects/{sound_key(sound_id)}",) in set(needed(session))
    with db.write() as session:
        actions.delete(session, writer, made, NOW)
    assert first.sweep() == 1
    assert not there(first, sound_key(sound_id))
    assert first.sweep() == 0


def test_what_ends_every_worker_is_given_up(
    db: Database, worker: Worker, writer: Viewer, voice: bytes
) -> None:
    _made, sound_id = brought(db, worker(), writer, voice)

    class Killed(BaseException):
        """As above."""

    def kill() -> bool:
        raise Killed

    for n in range(MOST_TRIES):
        with pytest.raises(Killed):
            worker(n * (TAKEN_FOR + timedelta(seconds=1)), stop=kill).make_one()
    worker((MOST_TRIES + 1) * (TAKEN_FOR + timedelta(seconds=1))).make_one()
    assert (sound(db, sound_id).state, sound(db, sound_id).reason) == (SoundState.REFUSED, "given_up")


def test_a_sound_deleted_while_it_is_made_leaves_nothing_in_the_store(
    db: Database, worker: Worker, writer: Viewer, voice: bytes
) -> None:
    store = MemoryStore()  # as on S3: what a worker reads is a copy of its own
    other = worker(store=store)
    made, _sound_id = brought(db, other, writer, voice)
    deleted: list[int] = []

    def delete() -> bool:
        """Asked while ffmpeg is at it: its writer deletes it, and another worker sweeps."""
        if not deleted:
            with db.write() as session:
                actions.delete(session, writer, made, NOW)
            deleted.append(other.sweep())
        return False

    assert worker(stop=delete, store=store).make_one()
    assert deleted == [1]
    assert names_under(other.store, PREFIX) == []


def test_a_sound_that_two_make_stays(db: Database, worker: Worker, writer: Viewer, voice: bytes) -> None:
    other = worker(2 * TAKEN_FOR)
    _made, sound_id = brought(db, other, writer, voice)
    first: list[bool] = []

    def slow() -> bool:
        """The first is so slow that another takes it up and is done before it."""
        if not first:
            first.append(other.make_one())
        return False

    try:
        worker(stop=slow).make_one()
    finally:
        assert first == [True]
        assert sound(db, sound_id).state is SoundState.READY
        assert there(other, sound_key(sound_id))


def test_bytes_that_no_row_names_are_swept_and_young_ones_are_not(
    db: Database, worker: Worker, writer: Viewer, voice: bytes
) -> None:
    later = worker(ANNOUNCED_FOR)
    _made, kept = brought(db, later, writer, voice)
    # Killed between the bytes and the row, by which a sound becomes a reflection's.
    announced = new_id()
    with db.write() as session:
        sounds.announce(session, announced, NOW)
    obstore.put(later.store, raw_key(announced), voice)
    assert worker().sweep() == 0, "it may be on its way"
    assert later.sweep() == 1
    # Killed after it was made and before it was seen that its row had been deleted.
    nameless = new_id()
    obstore.put(later.store, sound_key(nameless), voice)
    now = utc_now()
    today, tomorrow = (worker(now - NOW + since) for since in (timedelta(), timedelta(days=1, minutes=1)))
    assert today.sweep_nameless() == 0
    assert tomorrow.sweep_nameless() == 1
    assert names_under(later.store, PREFIX) == [kept]
    # Of a store that the database hardly knows nothing goes: an old copy was brought back, perhaps.
    for _ in range(MANY):
        obstore.put(later.store, sound_key(new_id()), b"x")
    assert tomorrow.sweep_nameless() == 0


def test_what_is_no_sound_is_refused_in_words_and_another_takes_its_place(
    db: Database, worker: Worker, writer: Viewer, voice: bytes
) -> None:
    made, sound_id = brought(db, worker(), writer, b"#EXTM3U\nfile:///etc/passwd\n")
    assert worker().make_one()
    row = sound(db, sound_id)
    assert (row.state, row.reason) == (SoundState.REFUSED, "playlist_in_disguise")
    with db.write() as session:
        other = new_id()
        obstore.put(worker().store, raw_key(other), voice)
        sounds.put(session, writer, made, other, len(voice), NOW)
    assert worker().make_one()
    with db.read() as session:
        now = queries.sound_of(session, made)
        assert now is not None
        assert (now.id, now.state) == (other, SoundState.READY)
    assert worker().sweep() == 1
