"""A server in a thread, and a shelf on which lessons are put as they are needed."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from library.access import links
from library.access.rules import TokenScope
from library.catalog import queries as catalog
from library.catalog.audience import OpenTo
from library.catalog.permits import Audience, LessonState
from library.core.clock import local_day, utc_now
from library.core.ids import new_id
from library.core.permits import Role, Viewer
from library.dictionary import actions as dictionary
from library.dictionary.rules import draft
from library.intake import actions as intake
from library.intake import arranging
from library.intake import queries as intake_queries
from library.intake.cutting import WantedCut
from library.intake.files.objects import clip_prefix, storyboard_prefix
from library.organisation import actions as organisation
from library.people import queries as people_queries
from library.plays import actions as plays
from library.searches import actions as searches
from server.slices.watching.beat_keys import BeatSigner
from tests.support import factories, server
from tests.support.signing import token

FILES = {
    "master.m3u8": b"#EXTM3U\n720p/index.m3u8\n",
    "720p/index.m3u8": b"#EXTM3U\n#EXT-X-ENDLIST\n",
    "720p/init.mp4": b"init",
    "720p/00001.m4s": bytes(range(256)) * 40,
    "poster.jpg": b"\xff\xd8\xff",
}
_numbers = count(1)


@dataclass(frozen=True)
class Put:
    """A lesson on the shelf with its only clip."""

    lesson: str
    clip: str
    title: str


class Shelf:
    """Puts things into the library that a test wants to find there."""

    def __init__(self, served: server.Served) -> None:
        self.served = served

    def viewer(self, username: str) -> Viewer:
        """Somebody of PEOPLE as the library sees them."""
        with self.served.ports.db.read() as session:
            person = people_queries.person_by_username(session, username)
            assert person is not None
            return people_queries.viewer_of(session, person, local_day(utc_now()))

    def lesson(
        self,
        state: LessonState = LessonState.DRAFT,
        audience: Audience | OpenTo = Audience.EVERYONE,
        *,
        owner: str = "lecturer",
        words: str = "为人民服务",
        recording: str | None = None,
    ) -> Put:
        """A lesson of `owner` that plays, with its files; `recording` is the state of its recording."""
        title = f"第{next(_numbers)}课"
        viewer = self.viewer(owner)
        with self.served.ports.db.write() as session:
            made = factories.lesson(
                session, title, owner=viewer, state=state, audience=audience, spoken=[words], clips=1
            )
            if recording is not None:
                row = factories.recording(session, made, viewer)
                row.state = recording
                if recording == "failed":
                    row.reason = "disk_full"
                    intake.step_failed(
                        session,
                        row.id,
                        "probe",
                        0,
                        code="disk_full",
                        values={},
                        hopeless=False,
                        now=self.served.ports.clock(),
                    )
            clip_id = made.clips[0].id
            made.clips[0].stills = 3
            put = Put(made.id, clip_id, title)
        folder = self.served.data / "objects" / clip_prefix(clip_id, factories.PLAN)
        for name, content in FILES.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        return put

    def cut(self, *, recut: bool = False) -> tuple[Put, str]:
        """A lesson that can be cut otherwise, its cuts' version; `recut`: other cuts are being made."""
        put = self.lesson(recording="ready")
        with self.served.ports.db.write() as session:
            lesson = catalog.lesson(session, put.lesson)
            row = intake_queries.recording_of(session, put.lesson)
            assert row is not None
            factories.heard(row, 60.0, pauses_s=[30.0])
            version = intake_queries.version_of(row, lesson.clips)
            if recut:
                half = [WantedCut(0.0, 30.0, "上"), WantedCut(30.0, 60.0, "下")]
                arranging.rearrange(session, row, lesson, half, version, self.served.ports.clock())
                version = intake_queries.version_of(row, intake_queries.arrangement(row, lesson))
            sheet = self.served.data / "objects" / storyboard_prefix(row.id) / "00001.jpg"
        sheet.parent.mkdir(parents=True)
        sheet.write_bytes(b"\xff\xd8\xff")
        return put, version

    def upload(self, owner: str = "lecturer") -> str:
        """The address of an upload that `owner` has begun and in which one byte of ten is there."""
        person = self.served.person(owner)
        begun = person.begin_upload(person.new_lesson("上传中"), "x.mp4", 10)
        location: str = begun.headers["Location"]
        assert person.send_chunk(location, b"0", 0).status_code == 204
        return location.removeprefix(self.served.base_url)

    def play(self, username: str) -> tuple[str, str]:
        """A play that somebody has begun: its id and its key."""
        put = self.lesson(LessonState.PUBLISHED)
        viewer = self.viewer(username)
        with self.served.ports.db.write() as session:
            clip = session.get_one(factories.Clip, put.clip)
            play = plays.start(session, clip, f"p:{viewer.person_id}", self.served.ports.clock())
            return play.id, BeatSigner(self.served.ports.secret).key(play.id)

    def newcomer(self, role: Role = Role.MEMBER) -> str:
        """A new person with a role at the root; returns their id."""
        with self.served.ports.db.write() as session:
            made = factories.person(session, (role, factories.root(session)))
            assert made.person_id is not None
            return made.person_id

    def invitation(self, role: Role = Role.MEMBER) -> tuple[str, str]:
        """A one-time link: its id and its secret."""
        admin = self.viewer("admin")
        with self.served.ports.db.write() as session:
            root = factories.root(session)
            invitation, secret = links.invite(session, "新同志", role, root, admin, self.served.ports.clock())
            return invitation.id, secret

    def token(self, username: str, scope: TokenScope = TokenScope.WRITE) -> tuple[str, str]:
        """An API token of somebody: its id and its secret."""
        viewer = self.viewer(username)
        with self.served.ports.db.write() as session:
            made, secret = token(session, str(viewer.person_id), "程序", self.served.ports.clock(), scope)
            return made.id, secret

    def saved(self, username: str) -> str:
        """A search that somebody saved."""
        viewer = self.viewer(username)
        with self.served.ports.db.write() as session:
            name = f"搜索{next(_numbers)}"
            now = self.served.ports.clock()
            return searches.save(session, str(viewer.person_id), name, "党史", {}, "relevance", 0, now).id

    def new_word(self) -> str:
        """A word that nobody has taught yet."""
        return f"新词第{next(_numbers)}"

    def taught(self, *words: str) -> str:
        """The id of an entry of the dictionary that staff have taught; of a new word without `words`."""
        wanted = draft(words or [self.new_word()])
        with self.served.ports.dictionary.teaching() as session:
            return dictionary.add(session, None, wanted, self.served.ports.clock()).id

    def node(self, *, closed: bool = False) -> str:
        """A new node right below the root; returns its id."""
        now = self.served.ports.clock()
        with self.served.ports.db.write() as session:
            node = organisation.add_named(session, factories.root(session), f"余村{new_id()}党支部", now)
            if closed:
                organisation.close(session, node, now, None)
            return node.id

    def root(self) -> str:
        """The id of the organisation tree's root."""
        with self.served.ports.db.read() as session:
            return factories.root(session).id

    def index(self) -> None:
        """Bring the search index up to date, as the worker would."""
        self.served.ports.indexer.catch_up()

    @contextmanager
    def late_index(self) -> Iterator[None]:
        """A time in which the index learns nothing: somebody else holds it."""
        with (self.served.ports.settings.index_folder / "writer.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    @contextmanager
    def broken_index(self) -> Iterator[None]:
        """A time in which the index is damaged, and whoever should mend it does not get to it."""
        folder = self.served.ports.settings.index_folder
        pointer = folder / "current"
        with (folder / "writer.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            kept = pointer.read_bytes()
            pointer.write_bytes(b"nonsense")
            self.served.ports.indexer.close()
            try:
                yield
            finally:
                pointer.write_bytes(kept)
                self.served.ports.indexer.close()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of the module's server."""
    return server.new_data(tmp_path_factory.mktemp("server") / "data")


@pytest.fixture(scope="module")
def clock() -> server.MovableClock:
    """The clock of the module's server."""
    return server.MovableClock()


@pytest.fixture(scope="module")
def served(data: Path, clock: server.MovableClock) -> Iterator[server.Served]:
    """One server for all tests of a module."""
    with server.in_thread(data, clock) as running:
        yield running


@pytest.fixture(scope="module")
def shelf(served: server.Served) -> Shelf:
    """The shelf of the module's server."""
    return Shelf(served)
