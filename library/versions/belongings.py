"""Covers, materials and honours of lessons.

Of a lesson that is published what is changed of them waits in the draft; of one that nobody sees yet it is
changed where it stands. What viewers saw once stays with the versions that had it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from library.audit import actions as audit
from library.audit.rules import Deed
from library.catalog import covers
from library.catalog import queries as catalog
from library.catalog.permits import Action, LessonState
from library.catalog.tables import Clip, Lesson
from library.core.errors import Conflict
from library.core.permits import Viewer
from library.versions import actions, queries, rules
from library.versions.actions import Saved
from library.works import files, honours
from library.works import queries as works
from library.works.files import Stored
from library.works.honours import Awarded
from library.works.rules import Shown
from library.works.tables import Honour, LessonFile

# ---------------------------------------------------------------- covers


def cover(
    session: Session, lesson: Lesson, clip: Clip, name: str, by: str | None, now: datetime, what: covers.Of
) -> Saved:
    """Let a cover that lies in a clip's folder stand for a lesson."""
    if actions.beside(session, lesson):
        place = f"{clip.id}/{name}"
        audit.note(session, Deed.COVER, by, thing=lesson.id, what=what)
        return actions.alter(session, lesson, lambda values: {**values, "cover": place}, by, now)
    covers.cover_lesson(session, lesson, clip, name, now, by, what)
    return Saved.LESSON


def cover_clip(
    session: Session, lesson: Lesson, clip: Clip, name: str, by: str | None, now: datetime, what: covers.Of
) -> Saved:
    """Let a cover that lies in a clip's folder stand for the clip."""
    if actions.beside(session, lesson):
        audit.note(session, Deed.COVER, by, thing=lesson.id, what=what, n=clip.number)
        return _poster(session, lesson, clip, name, by, now)
    covers.cover_clip(session, clip, name, now, by, what)
    return Saved.LESSON


def uncover(session: Session, lesson: Lesson, by: str | None, now: datetime) -> Saved:
    """Let the first clip's picture stand for a lesson again."""
    if actions.beside(session, lesson):
        audit.note(session, Deed.COVER, by, thing=lesson.id, what="undone")
        return actions.alter(session, lesson, lambda values: {**values, "cover": ""}, by, now)
    covers.uncover_lesson(session, lesson, now, by)
    return Saved.LESSON


def uncover_clip(session: Session, lesson: Lesson, clip: Clip, by: str | None, now: datetime) -> Saved:
    """Let the picture stand for a clip again that was chosen of itself."""
    if actions.beside(session, lesson):
        audit.note(session, Deed.COVER, by, thing=lesson.id, what="undone", n=clip.number)
        return _poster(session, lesson, clip, "", by, now)
    covers.uncover_clip(session, clip, now, by)
    return Saved.LESSON


def _poster(session: Session, lesson: Lesson, clip: Clip, name: str, by: str | None, now: datetime) -> Saved:
    def change(values: rules.Values) -> rules.Values:
        posters = rules.posters_of(values) | {clip.id: name}
        return {**values, "posters": [f"{one}/{its}" for one, its in sorted(posters.items())]}

    return actions.alter(session, lesson, change, by, now)


# ---------------------------------------------------------------- materials


def check_room(session: Session, viewer: Viewer, lesson_id: str) -> None:
    """Raise what `works.files.check_room` raises for one more material of a lesson, or of its draft."""
    files.check_room(session, viewer, lesson_id, _leaving(session, lesson_id))


def _leaving(session: Session, lesson_id: str) -> int:
    waiting = queries.draft(session, lesson_id)
    return len(rules.ids_of(waiting.values, "materials_out")) if waiting is not None else 0


def add_material(
    session: Session, viewer: Viewer, lesson_id: str, stored: Stored, now: datetime
) -> tuple[LessonFile, Saved]:
    """Let a file belong to a lesson; raises as `works.files.add_material`. Where the row has another id than
    `stored`, the lesson had these bytes before, and those that were stored now belong to nobody."""
    lesson = catalog.lesson_for(session, viewer, lesson_id, Action.EDIT)
    if not actions.beside(session, lesson):
        return files.add_material(session, viewer, lesson_id, stored, now), Saved.LESSON
    waiting = queries.draft(session, lesson.id)
    values = waiting.values if waiting is not None else {}
    known = files.same_material(session, lesson.id, stored.sha256)
    if known is None:
        leaving = len(rules.ids_of(values, "materials_out"))
        row = files.add_material(session, viewer, lesson_id, stored, now, Shown.WAITS, leaving)
    elif known.standing is Shown.SHOWN:
        if known.id not in rules.ids_of(values, "materials_out"):
            raise Conflict("material_again", field="file")
        row = known
    elif known.id in rules.ids_of(values, "materials_in"):
        raise Conflict("material_again", field="file")
    else:
        row = known
    return row, _move(session, viewer, lesson, "materials", row.id, now, come=True)


def remove_material(
    session: Session, viewer: Viewer, lesson_id: str, file_id: str, now: datetime, *, back: bool = False
) -> Saved:
    """Take a material from a lesson, or with `back` take back that it goes. One that is only kept for old
    versions goes for good, by who publishes. Raises NotFound, Forbidden."""
    lesson = catalog.lesson_for(session, viewer, lesson_id, Action.EDIT)
    row = files.material(session, lesson.id, file_id)
    if row.standing is Shown.KEPT and not _comes(session, lesson.id, "materials", row.id):
        catalog.lesson_for(session, viewer, lesson_id, Action.PUBLISH)
        files.remove_material(session, viewer, lesson_id, file_id, now)
        return Saved.LESSON
    if actions.beside(session, lesson):
        return _move(session, viewer, lesson, "materials", row.id, now, come=back)
    keep = was_seen(session, lesson.id, row.id)
    files.remove_material(session, viewer, lesson_id, file_id, now, keep=keep)
    return Saved.LESSON


# ---------------------------------------------------------------- honours


def grant(
    session: Session,
    viewer: Viewer,
    lesson_id: str,
    what: Awarded,
    now: datetime,
    *,
    certified: bool = False,
) -> tuple[Honour, Saved]:
    """Note an honour of a lesson, for the caller to add its certificate where it is `certified` and the row
    has none; raises as `works.honours.grant`."""
    lesson = catalog.lesson_for(session, viewer, lesson_id, Action.HONOUR)
    if not actions.beside(session, lesson):
        return honours.grant(session, viewer, lesson_id, what, now), Saved.LESSON
    row = honours.grant(session, viewer, lesson_id, what, now, Shown.WAITS, certified=certified)
    for one in honours.same(session, lesson.id, Awarded(row.award, row.level, row.year)):
        if one.standing is Shown.SHOWN and one.id != row.id:  # it stays, and gets the certificate that waits
            _move(session, viewer, lesson, "honours", one.id, now, come=True)
    return row, _move(session, viewer, lesson, "honours", row.id, now, come=True)


def take_back(
    session: Session, viewer: Viewer, lesson_id: str, honour_id: str, now: datetime, *, back: bool = False
) -> Saved:
    """Take an honour from a lesson, or with `back` take back that it goes; raises NotFound, Forbidden."""
    lesson = catalog.lesson_for(session, viewer, lesson_id, Action.HONOUR)
    row = honours.honour(session, lesson.id, honour_id)
    if actions.beside(session, lesson):
        return _move(session, viewer, lesson, "honours", row.id, now, come=back)
    keep = was_seen(session, lesson.id, row.id)
    honours.take_back(session, viewer, lesson_id, honour_id, now, keep=keep)
    return Saved.LESSON


# ---------------------------------------------------------------- both


def _move(
    session: Session, viewer: Viewer, lesson: Lesson, what: str, one: str, now: datetime, *, come: bool
) -> Saved:
    def change(values: rules.Values) -> rules.Values:
        return rules.moved(values, what, one, come=come)

    return actions.alter(session, lesson, change, viewer.person_id, now)


def _comes(session: Session, lesson_id: str, what: str, one: str) -> bool:
    waiting = queries.draft(session, lesson_id)
    return waiting is not None and one in rules.ids_of(waiting.values, f"{what}_in")


def was_seen(session: Session, lesson_id: str, one: str) -> bool:
    """Tell whether a version had a material or an honour."""
    return any(
        one in (*(m.id for m in old.materials), *(h.id for h in old.honours))
        for old in queries.snapshots(session, lesson_id)
    )


Waits = Literal["", "in", "out"]


def is_drafted(session: Session, lesson: Lesson) -> bool:
    """Tell whether what is changed of a lesson waits, for a page that says so."""
    return lesson.state is LessonState.PUBLISHED or queries.draft(session, lesson.id) is not None


def materials(session: Session, lesson_id: str) -> tuple[list[tuple[LessonFile, Waits]], list[LessonFile]]:
    """Return the materials that a lesson has or gets, each with whether it comes or goes with the draft, and
    those that are kept for old versions alone."""
    waits = _waits(session, lesson_id, "materials")
    here: list[tuple[LessonFile, Waits]] = []
    old = []
    for row in works.all_materials(session, lesson_id):
        if row.standing is Shown.SHOWN or waits(row.id) == "in":
            here.append((row, waits(row.id)))
        else:
            old.append(row)
    return here, old


def honours_here(session: Session, lesson_id: str) -> list[tuple[Honour, Waits]]:
    """Return the honours that a lesson has or gets, each with whether it comes or goes with the draft."""
    waits = _waits(session, lesson_id, "honours")
    rows = works.all_honours(session, lesson_id)
    return [(row, waits(row.id)) for row in rows if row.standing is Shown.SHOWN or waits(row.id) == "in"]


def _waits(session: Session, lesson_id: str, what: str) -> Callable[[str], Waits]:
    waiting = queries.draft(session, lesson_id)
    values = waiting.values if waiting is not None else {}
    coming, going = rules.ids_of(values, f"{what}_in"), rules.ids_of(values, f"{what}_out")
    return lambda one: "in" if one in coming else "out" if one in going else ""
