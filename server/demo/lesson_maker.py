"""The demonstration's lessons: made on this machine, taken in and published, one after another."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from library.catalog import queries as catalog
from library.catalog.permits import LessonState
from library.core.clock import Clock
from library.core.database import Database
from library.core.errors import WeikeError
from library.intake import actions as intake_actions
from library.intake import queries as intake
from library.intake.rules import ENDED, RecordingState
from server.commands.console import Console
from server.commands.lessons import local_lessons as taking
from server.demo import content, fonts, media, showing, studying
from server.demo.accounts import LECTURER, write_private
from server.demo.errors import DemoUnavailable
from server.demo.viewers import let_members_watch, let_visitors_watch
from server.demo.weeks import plan_weeks
from server.web.language.i18n import N_
from transcode.errors import Cancelled, Failed, Refused, ToolMissing
from transcode.tools import Tools

_POLL_S = 0.5
_VIEWERS = "viewers"
"""Stands with the keys of the lessons once all have been watched."""
_WEEKS = "weeks"
_STUDY = "study"
"""And these once weeks have been planned and learned with them."""
_WORKS = "works"
"""And this once they have been declared, called for and asked about."""
_MISSING = {"voice_missing": N_("语音合成（espeakng-loader）"), "font_missing": N_("中文字体")}

log = structlog.get_logger()


@dataclass
class _Brought:
    """What the demonstration has brought in, by key: it is not made twice, even when somebody deletes it."""

    file: Path

    def keys(self) -> set[str]:
        return set(json.loads(self.file.read_text("utf-8"))) if self.file.exists() else set()

    def has(self, key: str) -> bool:
        return key in self.keys()

    def add(self, key: str) -> None:
        write_private(self.file, json.dumps(sorted(self.keys() | {key})))


class LessonMaker:
    """Makes the lessons one after another, in a thread beside the web server."""

    def __init__(
        self,
        console: Console,
        db: Database,
        clock: Clock,
        find_tools: Callable[[], Tools],
        lessons: Sequence[content.DemoLesson] | None = None,
    ) -> None:
        """`find_tools` is asked when the first lesson is made; it may raise ToolMissing."""
        self._console, self._settings = console, console.settings
        self._db, self._clock, self._find_tools = db, clock, find_tools
        self._lessons = tuple(content.lessons() if lessons is None else lessons)
        self._brought = _Brought(self._settings.data / "demo-lessons.json")
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="demo", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def join(self) -> None:
        """Return when all lessons have been made."""
        self._thread.join()

    def stop(self) -> None:
        """End soon; what is half made is made again at the next start."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout=15)

    def _run(self) -> None:
        try:
            self._make_all()
            self._plan_weeks()
            self._learn()
            self._show()
            self._let_them_be_watched()
        except Cancelled:
            return
        except DemoUnavailable as error:
            self._console.note(
                N_("示例课做不出来：缺少 %(missing)s。网站照常可用，可以自己上传录像。"),
                missing=self._console.say(_MISSING.get(error.code, N_("需要的文件"))),
            )
        except ToolMissing as error:
            self._console.note(self._console.explain(error))
        except Exception as error:
            log.exception("the demonstration's lessons cannot be made")
            self._console.note(self._console.explain(error))

    def _make_all(self) -> None:
        done_before = self._brought.keys()
        left = [lesson for lesson in self._lessons if lesson.key not in done_before]
        if not left:
            return
        faces = fonts.find_fonts()
        done = len(self._lessons) - len(left)
        for lesson in left:
            try:
                done += self._bring(lesson, faces)
            except ToolMissing:
                raise
            except (Failed, Refused, WeikeError) as error:
                # One lesson that cannot be made is no reason to leave out the others.
                self._console.note(
                    N_("示例课《%(title)s》没有做成：%(why)s"),
                    title=lesson.title,
                    why=self._console.explain(error),
                )
                continue
            self._console.note(
                N_("示例课 %(done)s/%(total)s 可以看了：《%(title)s》"),
                done=done,
                total=len(self._lessons),
                title=lesson.title,
            )
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def _folder(self) -> Path:
        return self._settings.data / "demo-media"

    def _bring(self, lesson: content.DemoLesson, faces: fonts.Fonts) -> int:
        """Make a lesson, take it in, and publish it once its first clip plays.

        Returns 1, so that they can be counted; raises Cancelled, Failed, Refused, WeikeError, OSError.
        """
        recording_id = self._present(lesson.key)
        if recording_id is None:
            made = media.make(lesson, self._folder, self._find_tools(), faces, self._stopping.is_set)
            about = taking.About(
                title=lesson.title,
                lecturer=lesson.lecturer,
                topics=lesson.topics,
                taught_on=lesson.date,
                summary=lesson.summary,
                transcript=taking.read_transcript(made.transcript),
                audience=lesson.audience,
                key=lesson.key,
                owner=LECTURER,
            )
            recording_id = taking.take(
                self._db, self._settings, self._clock, made.video, about, again=True
            ).recording_id
            shutil.rmtree(made.video.parent, ignore_errors=True)
        self._publish_when_playable(recording_id)
        self._brought.add(lesson.key)
        self._let_it_be_watched(lesson.key)
        return 1

    def _plan_weeks(self) -> None:
        """Plan some weeks around the present one, once."""
        if not self._brought.has(_WEEKS):
            with self._db.write() as session:
                plan_weeks(session, self._clock())
            self._brought.add(_WEEKS)

    def _learn(self) -> None:
        """Let the county's branches and learning groups learn for two months, once."""
        if not self._brought.has(_STUDY):
            studying.learn(self._db, self._clock(), self._stopping.is_set)
            if self._stopping.is_set():
                raise Cancelled
            self._brought.add(_STUDY)

    def _show(self) -> None:
        """Let people declare, call for, ask about and keep the lessons, once."""
        if not self._brought.has(_WORKS):
            showing.show(self._db, self._clock(), self._stopping.is_set)
            if self._stopping.is_set():
                raise Cancelled
            self._brought.add(_WORKS)

    def _let_them_be_watched(self) -> None:
        """Let visitors watch the clips that came after a lesson's first, and members all."""
        if self._brought.has(_VIEWERS):
            return
        for lesson in self._lessons:
            while not self._let_it_be_watched(lesson.key):
                if self._stopping.wait(_POLL_S):
                    raise Cancelled
        let_members_watch(
            self._db, self._clock, self._settings.view_rule, [lesson.key for lesson in self._lessons]
        )
        self._brought.add(_VIEWERS)

    def _let_it_be_watched(self, key: str) -> bool:
        """Let visitors watch what plays of a lesson; returns whether no more clips are to come."""
        with self._db.read() as session:
            lesson = catalog.lesson_by_key(session, key)
            recording = intake.recording_of(session, lesson.id) if lesson else None
            if lesson is None or recording is None:
                return True
            lesson_id, ended = lesson.id, recording.state in ENDED
        let_visitors_watch(self._db, self._clock, self._settings.view_rule, lesson_id)
        return ended

    def _present(self, key: str) -> str | None:
        """Return the recording of a lesson that an earlier start took in; one that failed is tried again."""
        with self._db.write() as session:
            lesson = catalog.lesson_by_key(session, key)
            recording = intake.recording_of(session, lesson.id) if lesson else None
            if recording is not None and recording.state is RecordingState.FAILED:
                intake_actions.retry(session, recording)
            return recording.id if recording else None

    def _publish_when_playable(self, recording_id: str) -> None:
        while not self._stopping.wait(_POLL_S):
            with self._db.write() as session:
                recording = intake.recording(session, recording_id)
                lesson = catalog.lesson(session, recording.lesson_id)
                if any(clip.plan for clip in lesson.clips):
                    if lesson.state is LessonState.DRAFT:
                        taking.publish(session, lesson, self._clock())
                    return
                if recording.state in (RecordingState.FAILED, RecordingState.REFUSED):
                    raise Failed(recording.reason or "unexpected", recording.reason_args)
        raise Cancelled
