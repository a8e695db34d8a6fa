"""The only writer of versions and drafts.

The catalogue's own rows are what viewers see. So nothing that shows, searches or plays a lesson needs to know
of versions: what is changed of a published lesson is written beside it, and brought in when it is published.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from library.audit import actions as audit
from library.audit.rules import Deed
from library.catalog import actions as catalog
from library.catalog import covers
from library.catalog import transcript_queries as given
from library.catalog import transcript_versions as transcripts
from library.catalog.actions import Details
from library.catalog.permits import LessonState
from library.catalog.tables import Lesson
from library.core.errors import Conflict, NotFound
from library.core.text import short_line
from library.versions import queries, rules
from library.versions.rules import WHY_MAX, Origin, Value
from library.versions.tables import Draft, KeptCover, PublishedVersion
from library.works import files
from library.works import honours as honours_of
from library.works.rules import Shown


class Saved(StrEnum):
    """What became of a change: it is written in a lesson that nobody sees yet; it waits as a draft; or the
    draft would be what viewers see already, so that there is none."""

    LESSON = "lesson"
    DRAFT = "draft"
    NOTHING = "nothing"


def edit(
    session: Session,
    lesson: Lesson,
    details: Details,
    by: str | None,
    now: datetime,
    *,
    seen: int | None = None,
) -> Saved:
    """Change what people typed about a lesson. Of one that is published, or that has a draft, the draft is
    changed, and viewers go on seeing what they saw.

    `by` is who does it; `seen` the number (queries.standing) of what they had before them, None looks at
    none. Raises Invalid naming the field, Conflict("draft_changed"), NotFound when the lesson is gone.
    """
    if not beside(session, lesson):
        catalog.edit(session, lesson, details)
        return Saved.LESSON
    row = _held(session, lesson, now, seen)
    wanted = {**(row.values or {}), **rules.values_of(catalog.cleaned(details))}
    return _write(session, lesson, row, wanted, by, now, "saved", row.restored)


def beside(session: Session, lesson: Lesson) -> bool:
    """Tell whether what is changed of a lesson is written beside it; where it is not, the lesson has been
    touched, for whoever changes it now."""
    if _drafted(session, lesson):
        return True
    catalog.touch(session, lesson)  # of two at once the second sees what the first did
    return _drafted(session, lesson)


def alter(
    session: Session,
    lesson: Lesson,
    change: Callable[[Mapping[str, Value]], Mapping[str, Value]],
    by: str | None,
    now: datetime,
) -> Saved:
    """Let the draft of a lesson that is changed beside what viewers see be what `change` makes of it."""
    row = _held(session, lesson, now, None)
    return _write(session, lesson, row, dict(change(row.values or {})), by, now, "saved", row.restored)


def _drafted(session: Session, lesson: Lesson) -> bool:
    """Tell whether what is changed of a lesson is written beside it."""
    return lesson.state is LessonState.PUBLISHED or queries.draft(session, lesson.id) is not None


def restore(
    session: Session,
    lesson: Lesson,
    n: int,
    by: str | None,
    now: datetime,
    *,
    seen: int | None = None,
    honours: bool = True,
) -> Saved:
    """Take an old version up as the draft, in place of the one there is; raises Conflict("draft_changed"),
    NotFound.

    What people type comes back, the cover, the materials, and the `honours` if they may be given by who does
    it. Other cuts and words are there beside the lesson, each with its own way back.
    """
    _version, old = queries.version(session, lesson.id, n)
    row = _held(session, lesson, now, seen)
    aside = rules.back_to(old, queries.standing_aside(session, lesson), queries.still_there(session, lesson))
    if not honours:
        aside = {name: value for name, value in aside.items() if not name.startswith("honours")}
    return _write(session, lesson, row, {**old.values, **aside}, by, now, "restored", n)


def discard(session: Session, lesson: Lesson, by: str | None, now: datetime, *, seen: int | None) -> None:
    """Give a draft up; raises NotFound("draft_none"), Conflict("draft_changed")."""
    row = _held(session, lesson, now, seen, whole=True)
    if row.begun_at is None:
        raise NotFound("draft_none")
    transcripts.give_up(session, lesson)
    _give_up(session, lesson, row.values or {}, {}, now)
    _end(row, by, now)
    audit.note(session, Deed.DRAFT, by, thing=lesson.id, what="discarded")
    session.flush()


def note_words(session: Session, lesson: Lesson, by: str | None, now: datetime) -> None:
    """Note that other words of a lesson are in use, which this transaction has touched: where they wait, they
    are part of its draft. `by` is who did it."""
    version = given.version_in_use(session, lesson.id)
    n = version.n if version is not None and version.waits else None
    row = session.get(Draft, lesson.id, populate_existing=True)
    if n is None and (row is None or row.words is None):
        return
    if row is None:
        row = _new(session, lesson, now)
    if row.begun_at is None:
        row.begun_at, row.based_on = now, queries.last_number(session, lesson.id)
    row.words, row.words_version, row.changed_at, row.person_id = n, row.words_version + 1, now, by
    if n is None and not row.values:
        _end(row, by, now)
    session.flush()


def _held(session: Session, lesson: Lesson, now: datetime, seen: int | None, *, whole: bool = False) -> Draft:
    """Return the row of a lesson's draft; nobody else changes it or publishes until the transaction ends."""
    wanted = select(Lesson.id).where(Lesson.id == lesson.id)
    if session.scalar(wanted.with_for_update(key_share=True, of=Lesson)) is None:
        raise NotFound
    session.refresh(lesson)
    row = session.get(Draft, lesson.id, populate_existing=True)
    standing = queries.standing_whole if whole else queries.standing
    if seen is not None and seen != standing(session, lesson.id):
        raise Conflict("draft_changed")
    return _new(session, lesson, now) if row is None else row


def _new(session: Session, lesson: Lesson, now: datetime) -> Draft:
    row = Draft(lesson_id=lesson.id, version=0, words_version=0, values=None, changed_at=now)
    session.add(row)
    return row


def _write(
    session: Session,
    lesson: Lesson,
    row: Draft,
    wanted: dict[str, Value],
    by: str | None,
    now: datetime,
    what: str,
    restored: int | None,
) -> Saved:
    values = rules.changed(queries.present_values(lesson), wanted)
    values |= rules.changed_aside(queries.standing_aside(session, lesson), wanted)
    _give_up(session, lesson, row.values or {}, values, now)
    if not values:
        if row.words is not None and row.values:
            row.values, row.restored, row.version = None, None, row.version + 1
            row.changed_at, row.person_id = now, by
        elif row.begun_at is not None and row.words is None:
            _end(row, by, now)
            audit.note(session, Deed.DRAFT, by, thing=lesson.id, what="discarded")
        session.flush()
        return Saved.NOTHING
    if row.values == values and row.restored == restored:
        return Saved.DRAFT
    if row.begun_at is None:
        keep_present(session, lesson)
        row.begun_at, row.based_on = now, queries.last_number(session, lesson.id)
    row.values, row.restored = values, restored
    row.version, row.changed_at, row.person_id = row.version + 1, now, by
    audit.note(session, Deed.DRAFT, by, thing=lesson.id, what=what, n=row.version)
    session.flush()
    return Saved.DRAFT


def _give_up(
    session: Session,
    lesson: Lesson,
    before: Mapping[str, Value],
    after: Mapping[str, Value],
    now: datetime,
) -> None:
    """Let go what came with a draft and comes no longer, if nobody ever saw it."""
    for what, let_go in (("materials", files.give_up), ("honours", honours_of.give_up)):
        stay = rules.ids_of(after, f"{what}_in")
        gone = [one for one in rules.ids_of(before, f"{what}_in") if one not in stay]
        let_go(session, lesson.id, gone, now)


def _bring_in(session: Session, lesson: Lesson, values: Mapping[str, Value], now: datetime) -> None:
    """Let viewers see what a draft changes beside the fields."""
    cover = values.get("cover")
    covers.stand(session, lesson, None if cover is None else str(cover), rules.posters_of(values), now)
    for what, stand in (("materials", files.stand), ("honours", honours_of.stand)):
        stand(session, lesson.id, rules.ids_of(values, f"{what}_out"), Shown.KEPT)
        stand(session, lesson.id, rules.ids_of(values, f"{what}_in"), Shown.SHOWN)


def _keep_covers(session: Session, lesson: Lesson) -> None:
    """Note that the covers which viewers see belong to a version."""
    own = covers.of_lesson(lesson)
    shown = {(clip.id, clip.cover) for clip in lesson.clips if clip.cover} | ({own} if own else set())
    for clip_id, name in sorted(shown):
        if session.get(KeptCover, (clip_id, name)) is None:
            session.add(KeptCover(clip_id=clip_id, folder=name, lesson_id=lesson.id))


def _end(row: Draft, by: str | None, now: datetime) -> None:
    row.values, row.words, row.restored, row.begun_at = None, None, None, None
    row.version, row.changed_at, row.person_id = row.version + 1, now, by


def take_up(session: Session, lesson: Lesson, now: datetime, *, seen: int | None = None) -> bool:
    """Bring the draft of a lesson into it, which this transaction has touched; returns whether one waited.

    Raises Conflict("draft_changed") when what waits is not what somebody `seen` (queries.standing_whole)
    saw.
    """
    row = session.get(Draft, lesson.id, populate_existing=True)
    if seen is not None and seen != queries.standing_whole(session, lesson.id):
        raise Conflict("draft_changed")
    if row is None or row.begun_at is None:
        return False
    keep_present(session, lesson)
    if queries.last_number(session, lesson.id):
        _keep_covers(session, lesson)
    catalog.edit(session, lesson, rules.details_of(row.values or {}))
    _bring_in(session, lesson, row.values or {}, now)
    transcripts.let_out(session, lesson)
    _end(row, row.person_id, now)
    session.flush()
    return True


def record(
    session: Session, lesson: Lesson, origin: Origin, by: str | None, why: str, now: datetime
) -> PublishedVersion:
    """Keep what viewers see of a lesson from now on; the caller has touched it. Raises Invalid for a long
    `why`."""
    row = PublishedVersion(
        lesson_id=lesson.id,
        n=queries.last_number(session, lesson.id) + 1,
        at=now,
        person_id=by,
        origin=origin,
        why=short_line(why, "note", WHY_MAX),
        snapshot=queries.snapshot(session, lesson).to_json(),
    )
    session.add(row)
    _keep_covers(session, lesson)
    transcripts.keep(session, lesson)
    session.flush()
    return row


def record_straight(
    session: Session,
    lesson: Lesson,
    now: datetime,
    by: str | None = None,
    origin: Origin = Origin.STRAIGHT,
) -> None:
    """Keep as a version what of a published lesson was changed where it stands, by who runs the library or as
    `origin` says; see `keep_present`. Nothing happens when viewers see what they saw."""
    if lesson.state is not LessonState.PUBLISHED:
        return
    last = queries.last_number(session, lesson.id)
    if last:
        old, shown = queries.version(session, lesson.id, last)[1], queries.snapshot(session, lesson)
        if replace(old, cover=shown.cover if old.cover is None else old.cover) == shown:
            return
    record(session, lesson, origin, by, "", now)


def keep_present(session: Session, lesson: Lesson) -> None:
    """Keep what viewers see before it is changed where it stands, if it is a version that nobody kept yet.

    Whoever changes a published lesson past its draft (an import by who runs the library) calls this before
    it, and `record_straight` after it. A draft that waits stays, and changes what it changed.
    """
    if lesson.state is LessonState.PUBLISHED and not queries.last_number(session, lesson.id):
        record(session, lesson, Origin.FOUND, None, "", lesson.published_at or lesson.created_at)
