"""Corrections are kept as versions that go on, from exactly the lines they were made from."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from library.catalog import cue_queries
from library.catalog import queries as catalog
from library.catalog import transcript_queries as given
from library.catalog import transcript_versions as versions
from library.catalog.permits import LessonState
from library.catalog.rules import CueLine, CueSource, ShiftReason, TranscriptQuality
from library.catalog.tables import Lesson
from library.core.database import Database
from library.core.errors import Conflict, Invalid
from library.core.ids import new_id
from library.correcting import actions, queries
from library.correcting.queries import Pair
from library.correcting.rules import WORDINGS_MAX, Edit, WantedLine
from library.correcting.tables import Wording
from library.correcting.terms import terms_of
from library.intake.transcripts import taking, telling
from tests.support import factories as make
from tests.support.databases import NOW

HOUR = "1\n01:00:01,000 --> 01:00:04,000\n开场第一句话\n\n2\n01:00:05,000 --> 01:00:08,000\n绿水青山\n"
MINUTE = timedelta(minutes=1)


def recognised(session: Session) -> Lesson:
    lesson = make.lesson(session, clips=1, lecturer="韩老师", state=LessonState.DRAFT)
    lines = [
        CueLine(0.0, 4.0, "中国供产党", "", CueSource.RECOGNISED, 0.5, ((2, 3),)),
        CueLine(4.0, 8.0, "为人民服务", "", CueSource.RECOGNISED, 0.9),
    ]
    quality = TranscriptQuality.RECOGNISED
    version, _ = versions.add(session, lesson, versions.NewVersion(quality, lines), None, NOW)
    versions.use(session, lesson, version, quality, lines, NOW)
    return lesson


def write(session: Session, lesson: Lesson, n: int, text: str, base: str | None = None, **how: object) -> str:
    """Correct line `n`; returns the name of the lines there are then."""
    present = queries.present(session, lesson)
    line = present.lines[n]
    edit = Edit(n, 1, (WantedLine(line.start_s, line.end_s, text),))
    at = how.get("at", NOW)
    saved = actions.correct(session, lesson, base or present.base, [edit], how.get("by"), at)  # type: ignore[arg-type]
    return saved.present.base


def kept(session: Session, lesson: Lesson) -> list[tuple[int, bool, str, str | None]]:
    """Each version: number, in use, quality, by whom."""
    return [(v.n, v.in_use, v.quality, v.person_id) for v in given.versions(session, lesson.id)]


def test_a_persons_corrections_are_one_version_and_the_index_learns_of_each(db: Database) -> None:
    with db.write() as session:
        lesson = recognised(session)
        lesson_id = lesson.id
        a, b = make.person(session).person_id, make.person(session).person_id
        before = lesson.revision
        write(session, lesson, 0, "中国共产党", by=a)
        assert lesson.revision > before
        assert lesson.transcript is TranscriptQuality.RECOGNISED
        write(session, lesson, 1, "为人民服务！", by=a, at=NOW + 5 * MINUTE)
        write(session, lesson, 1, "为人民服务。", by=b, at=NOW + 10 * MINUTE)
        assert kept(session, lesson) == [(2, True, "exact", a), (1, False, "recognised", None)]
        write(session, lesson, 1, "为人民服务", by=b, at=NOW + 60 * MINUTE)
        assert kept(session, lesson)[0] == (3, True, "exact", b)
        assert queries.corrected(session, lesson.id) == {2, 3}
        cue = cue_queries.cues(session, lesson.id)[0]
        assert cue == CueLine(0.0, 4.0, "中国共产党", "", CueSource.CORRECTED)
    with db.write() as session:
        lesson = catalog.lesson(session, lesson_id)
        taking.use(session, lesson, 1, NOW)
        assert cue_queries.cues(session, lesson.id)[0].doubtful == ((2, 3),)
        write(session, lesson, 0, "中国共产党", by=b, at=NOW + 61 * MINUTE)
        assert [row[:2] for row in kept(session, lesson)][:2] == [(4, True), (3, False)]
        assert given.version(session, lesson.id, 1).lines[0]["text"] == "中国供产党", "it stays as it was"


def test_the_same_edits_again_change_nothing_and_old_lines_are_not_corrected(db: Database) -> None:
    with db.write() as session:
        lesson = recognised(session)
        lesson_id = lesson.id
        base = queries.present(session, lesson).base
        now = write(session, lesson, 0, "中国共产党", base)
    with db.write() as session:
        lesson = catalog.lesson(session, lesson_id)
        assert write(session, lesson, 0, "中国共产党", base) == now
        with pytest.raises(Conflict, match="words_changed"):
            write(session, lesson, 0, "中国共产觉", base)
    with db.read() as session:
        lesson = catalog.lesson(session, lesson_id)
        assert cue_queries.cues(session, lesson.id)[0].text == "中国共产党"
        assert len(kept(session, lesson)) == 2


def test_undoing_all_gives_the_doubts_back(db: Database) -> None:
    with db.write() as session:
        lesson = recognised(session)
        base = queries.present(session, lesson).base
        write(session, lesson, 0, "中国共产党")
        assert write(session, lesson, 0, "中国供产党") == base


def test_lines_that_were_moved_are_kept_where_they_are_shown(db: Database) -> None:
    with db.write() as session:
        lesson = make.lesson(session, clips=1)
        row = make.recording(session, lesson)
        make.heard(row, 60.0, pauses_s=[4.5])
        words = taking.read(HOUR.encode(), "a.srt")
        taking.take(session, lesson, words, NOW)
        write(session, lesson, 0, "开场第一句")
        version = given.version(session, lesson.id, 2)
        assert (version.shift_s, version.shift_reason, version.file_name) == (
            0.0,
            ShiftReason.CHOSEN,
            "a.srt",
        )
        assert [x["start_s"] for x in version.lines] == [1.0, 5.0]
        assert telling.fitting_of(version) is not None
        # Another version and back, and hearing the recording again, move nothing.
        taking.use(session, lesson, 1, NOW)
        taking.use(session, lesson, 2, NOW)
        shown = [(x.start_s, x.text, x.source) for x in cue_queries.cues(session, lesson.id)]
        assert shown == [(1.0, "开场第一句", CueSource.CORRECTED), (5.0, "绿水青山", CueSource.GIVEN)]
        taking.move(session, lesson, 2, 0.5, NOW)
        assert cue_queries.cues(session, lesson.id)[0].source is CueSource.CORRECTED


def test_guessed_times_stay_guessed_and_where_they_were(db: Database) -> None:
    with db.write() as session:
        lesson = make.lesson(session, clips=1)
        make.heard(make.recording(session, lesson), 60.0)
        taking.take(session, lesson, taking.read("第一段。\n\n第二段。".encode(), "a.txt"), NOW)
        times = [(x.start_s, x.end_s) for x in cue_queries.cues(session, lesson.id)]
        write(session, lesson, 0, "这是很长很长很长很长的第一段。")
        assert lesson.transcript is TranscriptQuality.ESTIMATED
        taking.use(session, lesson, 2, NOW)
        cues = cue_queries.cues(session, lesson.id)
        assert [(x.start_s, x.end_s) for x in cues] == times
        assert [x.source for x in cues] == [CueSource.CORRECTED, CueSource.ESTIMATED]


@pytest.mark.slow
def test_what_is_always_to_be_written_so_belongs_to_the_lecturer(db: Database) -> None:
    with db.write() as session:
        lesson, same = recognised(session), make.lesson(session, lecturer="韩老师")
        other, owner = make.lesson(session, lecturer="李老师"), make.person(session)
        nobodys = make.lesson(session)
        own = make.lesson(session, owner=owner)
        actions.always(session, lesson, " 供产党 ", "共产觉", NOW)
        actions.always(session, same, "供产党", "共产党", NOW + MINUTE)
        actions.always(session, own, "余存", "余村", NOW)
        assert queries.earlier(session, lesson) == [Pair("供产党", "共产党")]
        assert (queries.earlier(session, other), queries.earlier(session, nobodys)) == ([], [])
        assert queries.earlier(session, own) == [Pair("余存", "余村")]
        for was, now in (("", "a"), ("a", " "), ("a", "a"), ("a" * 61, "b")):
            with pytest.raises(Invalid):
                actions.always(session, lesson, was, now, NOW)
        with pytest.raises(Conflict, match="nobody_teaches"):
            actions.always(session, nobodys, "a", "b", NOW)
        assert terms_of(session, lesson)[:2] == ["共产党", "韩老师"]
        session.add_all(
            Wording(
                id=new_id(), lecturer_id=lesson.lecturer_id, was=f"错{n}", now="对", made_at=NOW + 2 * MINUTE
            )
            for n in range(WORDINGS_MAX - 1)
        )
        session.flush()
        actions.always(session, lesson, "错误", "对", NOW + 2 * MINUTE)
        assert len(queries.earlier(session, lesson)) == WORDINGS_MAX
        assert Pair("供产党", "共产党") not in queries.earlier(session, lesson)
        actions.never(session, lesson, "错7")
        assert len(queries.earlier(session, lesson)) == WORDINGS_MAX - 1
