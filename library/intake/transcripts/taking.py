"""Taking a transcript for a lesson: read, kept, laid over the recording, and in use unless it fits worse.

Writes through the catalogue's writers alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from library.catalog import actions as catalog
from library.catalog import transcript_queries as given
from library.catalog import transcript_versions as versions
from library.catalog.permits import LessonState
from library.catalog.rules import CueSource, ShiftReason, TranscriptQuality
from library.catalog.tables import Lesson, TranscriptVersion
from library.core.errors import Conflict, Invalid
from library.intake.tables import Recording
from library.intake.transcripts import repairing
from library.intake.transcripts.aligning import Places
from library.intake.transcripts.reading.words import Laid as Laid
from library.intake.transcripts.reading.words import Words as Words
from library.intake.transcripts.reading.words import checked_shift
from library.intake.transcripts.reading.words import lay as lay
from library.intake.transcripts.reading.words import read as read
from library.intake.transcripts.rules import Heard, Shown, shown, worse
from library.intake.transcripts.telling import figures_for, heard_in, heard_of, places_of, repairs_of
from library.versions import actions as published
from transcode.remarks import Remark
from transcode.transcripts.fitting import StreamClock


@dataclass(frozen=True)
class Taken:
    """What became of a transcript: its version, and why it fits worse than the one in use.

    `against` is empty when it is in use; else the lesson has what it had. `changed`: other words are in use.
    `held`: it waits to be looked at beside the one in use, whether it fits worse or not.
    """

    version: TranscriptVersion
    against: tuple[Remark, ...] = ()
    changed: bool = False
    held: bool = False

    def remarks(self) -> tuple[Remark, ...]:
        """Return that it is not in use and why; nothing when it is."""
        if not self.against:
            return ()
        return (_waits(self.version), *self.against)


def take(
    session: Session,
    lesson: Lesson,
    words: Words,
    now: datetime,
    *,
    person_id: str | None = None,
    replace: bool = False,
    shift_s: float | None = None,
    laid: Laid | None = None,
    hold: bool = False,
) -> Taken:
    """Keep a transcript, and use it unless it fits worse than the one in use or `replace` says so.

    `hold`: where somebody gave the one in use, the new one is only kept: they look at both first.

    `shift_s`: what to add to all times, chosen by a person; None leaves it to the rules. `laid` is what `lay`
    found of these words; it is found again where it is not of what has been heard by now. Raises Invalid.
    """
    present = _kept(session, lesson, person_id)
    version, new = versions.add(session, lesson, words.version, person_id, now)
    chosen_s = checked_shift(shift_s)
    if chosen_s is not None and not words.timed:
        raise Invalid("shift_untimed", field="shift_s")
    if present is not None and present.n == version.n and chosen_s is None:
        return Taken(version)
    heard = heard_of(session, lesson.id)
    wanted_s = _chosen(version) if chosen_s is None else chosen_s
    became = _lay(version, heard, wanted_s, laid)
    if present is not None and present.n != version.n and not replace:
        against = worse(figures_for(version), figures_for(present, heard))
        if against or (hold and not _is_only_heard(present)):
            session.flush()
            return Taken(version, against, held=True)
    before = lesson.revision
    versions.use(session, lesson, version, became.quality, became.lines, now, touched=new, by=person_id)
    if person_id is not None:
        published.note_words(session, lesson, person_id, now)
    return Taken(version, (), new or lesson.revision != before)


def use(
    session: Session,
    lesson: Lesson,
    n: int,
    now: datetime,
    laid: Laid | None = None,
    *,
    by: str | None = None,
) -> TranscriptVersion:
    """Use one of the transcripts that a lesson was given; raises NotFound.

    `laid` is what `lay_version` found before this transaction; raises Conflict when it holds no more. `by` is
    who does it, None for the machine itself.
    """
    _kept(session, lesson, by)
    version = given.version(session, lesson.id, n)
    return _use_as_laid(session, lesson, version, _chosen(version), now, laid, by)


def move(
    session: Session,
    lesson: Lesson,
    n: int,
    shift_s: float,
    now: datetime,
    laid: Laid | None = None,
    *,
    by: str | None = None,
) -> TranscriptVersion:
    """Move all times of one of a lesson's transcripts, by `shift_s` from those in its file, and use it.

    `laid` and `by` as in `use`. Raises NotFound, Invalid, Conflict.
    """
    _kept(session, lesson, by)
    version = given.version(session, lesson.id, n)
    if version.quality is not TranscriptQuality.EXACT:
        raise Invalid("shift_untimed", field="shift_s")
    if by is not None and version.kept and lesson.state is LessonState.PUBLISHED:
        version = _copied(session, lesson, version, by, now)
    return _use_as_laid(session, lesson, version, checked_shift(shift_s), now, laid, by)


def _use_as_laid(
    session: Session,
    lesson: Lesson,
    version: TranscriptVersion,
    chosen_s: float | None,
    now: datetime,
    laid: Laid | None,
    by: str | None,
) -> TranscriptVersion:
    heard = heard_of(session, lesson.id)
    if laid is not None and (laid.heard, laid.chosen_s) != (heard, chosen_s):
        # Not laid again here: of a long one that takes seconds, in which nobody else could write.
        raise Conflict("transcript_changed_meanwhile", n=version.n)
    became = _lay(version, heard, chosen_s, laid)
    versions.use(session, lesson, version, became.quality, became.lines, now, by=by)
    if by is not None:
        published.note_words(session, lesson, by, now)
    return version


def _kept(session: Session, lesson: Lesson, by: str | None) -> TranscriptVersion | None:
    """Return the version in use, before somebody uses another; what viewers see is kept as it is."""
    present = versions.keep_present(session, lesson)
    if by is not None:
        published.keep_present(session, lesson)
    return present


def _copied(
    session: Session, lesson: Lesson, version: TranscriptVersion, by: str, now: datetime
) -> TranscriptVersion:
    """Return another version with the same lines, whose times may be moved: those of this one viewers saw."""
    remarks = [Remark.from_json(value) for value in version.remarks]
    same = versions.NewVersion(
        version.quality, versions.lines_of(version), version.file_name, remarks, version.clock
    )
    copied, _new = versions.add(session, lesson, same, by, now, again=True)
    session.flush()
    return copied


def take_heard(
    session: Session, lesson: Lesson, n: int | None, new: versions.NewVersion, now: datetime
) -> TranscriptVersion:
    """Keep what a machine heard, as version `n` if that is what it heard before, and show it.

    Never in the place of what somebody gave or corrected: then it waits among the versions. The lesson was
    touched.
    """
    present = versions.keep_present(session, lesson)
    version = versions.put_heard(session, lesson, n, new, now)
    if present is None or present.n == version.n or _is_only_heard(present):
        became = _lay(version, None, None)
        versions.use(session, lesson, version, became.quality, became.lines, now, touched=True)
    return version


def _is_only_heard(version: TranscriptVersion) -> bool:
    """Tell whether nobody has had a hand in a version."""
    if version.quality is not TranscriptQuality.RECOGNISED:
        return False
    return all(line.source is CueSource.RECOGNISED for line in versions.lines_of(version))


def place(session: Session, lesson: Lesson, n: int, places: Places, now: datetime) -> None:
    """Note where the lines of a text are said, and show them there if it is in use; raises NotFound."""
    catalog.touch(session, lesson)
    version = given.version(session, lesson.id, n)
    versions.note_places(version, places.to_json(), places.figures.to_json())
    _show_again(session, lesson, version, now)


def take_beyond(
    session: Session, lesson: Lesson, n: int, numbers: Iterable[int] | None, now: datetime
) -> TranscriptVersion:
    """Take what is said beyond a text into the transcript: the lines of these numbers (from 0), None for all.

    The others are not in it any more. Raises NotFound, Conflict("not_aligned").
    """
    version = given.version(session, lesson.id, n)
    places = places_of(version)
    if places is None:
        raise Conflict("not_aligned")
    wanted = range(len(places.beyond)) if numbers is None else numbers
    place(session, lesson, n, places.with_taken(wanted), now)
    return version


def toggle_beyond(session: Session, lesson: Lesson, n: int, number: int, now: datetime) -> None:
    """Take one line said beyond a text in, or out again; raises as `take_beyond`."""
    places = places_of(given.version(session, lesson.id, n))
    taken = set(places.taken if places is not None else ())
    take_beyond(session, lesson, n, taken ^ {number}, now)


def undo_repair(session: Session, lesson: Lesson, n: int, k: int, now: datetime) -> TranscriptVersion:
    """Let the machine's own word stand again where the `k`-th repair (from 0) put another.

    Raises NotFound, Conflict("repair_gone").
    """
    catalog.touch(session, lesson)
    version = given.version(session, lesson.id, n)
    lines, repairs = repairing.undone(versions.lines_of(version), repairs_of(version), k)
    versions.rewrite(version, lines, [one.to_json() for one in repairs])
    _show_again(session, lesson, version, now)
    return version


def _show_again(session: Session, lesson: Lesson, version: TranscriptVersion, now: datetime) -> None:
    if version.in_use:
        became = _lay(version, heard_of(session, lesson.id), _chosen(version))
        versions.use(session, lesson, version, became.quality, became.lines, now, touched=True)
    session.flush()


def lay_version(session: Session, lesson_id: str, n: int, shift_s: float | None = None) -> Laid | None:
    """Return how one of a lesson's transcripts lies over its recording, for `use` or, with `shift_s`, `move`.

    What a lesson had before there were versions is None: it is laid when it has become one. Raises NotFound,
    Invalid.
    """
    chosen_s = checked_shift(shift_s)
    if n == 1 and not given.versions(session, lesson_id):
        return None
    version = given.version(session, lesson_id, n)
    if chosen_s is None:
        chosen_s = _chosen(version)
    elif version.quality is not TranscriptQuality.EXACT:
        raise Invalid("shift_untimed", field="shift_s")
    heard = heard_of(session, lesson_id)
    return Laid(heard, chosen_s, _shown(version, heard, chosen_s))


def lay_all(session: Session, lesson: Lesson, recording: Recording) -> dict[int, Laid]:
    """Return how a lesson's transcripts that are still to be laid lie over its recording, for `fit`."""
    heard = heard_in(recording)
    if heard is None:
        return {}
    return {
        version.n: Laid(heard, _chosen(version), _shown(version, heard, _chosen(version)))
        for version in given.versions(session, lesson.id)
        if _is_open(version)
    }


def fit(
    session: Session,
    lesson: Lesson,
    recording: Recording,
    now: datetime,
    laid: Mapping[int, Laid] | None = None,
) -> None:
    """Lay what a lesson was given over its recording, once that was heard; what was laid stays as it is.

    `laid` is what `lay_all` found before this transaction.
    """
    heard = heard_in(recording)
    if heard is None:
        return
    present = versions.keep_present(session, lesson)
    for version in given.versions(session, lesson.id):
        if _is_open(version):
            became = _lay(version, heard, _chosen(version), (laid or {}).get(version.n))
            if version is present:
                versions.use(session, lesson, version, became.quality, became.lines, now)
    session.flush()


def _is_open(version: TranscriptVersion) -> bool:
    """Tell whether a version has not been laid over a recording yet."""
    return version.shift_reason in (ShiftReason.OPEN, ShiftReason.CHOSEN) and version.fit is None


def forget_fits(session: Session, lesson: Lesson, now: datetime) -> None:
    """Take back what a recording that goes away said of a lesson's transcripts."""
    present = versions.keep_present(session, lesson)
    versions.forget_fits(session, lesson)
    if present is not None:
        became = _lay(present, None, _chosen(present))
        versions.use(session, lesson, present, became.quality, became.lines, now)


def _waits(version: TranscriptVersion) -> Remark:
    return Remark("transcript_waits", 1, {"n": version.n, "name": version.file_name})


def _chosen(version: TranscriptVersion) -> float | None:
    return version.shift_s if version.shift_reason is ShiftReason.CHOSEN else None


def _shown(version: TranscriptVersion, heard: Heard | None, chosen_s: float | None) -> Shown:
    clock = StreamClock(**version.clock) if version.clock else None
    lines, places = versions.lines_of(version), places_of(version)
    return shown(version.quality, lines, heard, clock=clock, chosen_s=chosen_s, places=places)


def _lay(
    version: TranscriptVersion, heard: Heard | None, chosen_s: float | None, laid: Laid | None = None
) -> Shown:
    """Lay a version over what was heard, and note how it lies; `laid` may have been found before."""
    known = version.alignment is None  # the places of its lines may have come since
    if laid is not None and known and (laid.heard, laid.chosen_s) == (heard, chosen_s):
        became = laid.became
    else:
        became = _shown(version, heard, chosen_s)
    fitting = None if became.fitting is None else became.fitting.to_json()
    versions.note_fit(version, became.shift_s, became.reason, fitting)
    return became
