"""Covers, materials and honours of a published lesson wait with its draft, and stay with the versions that
had them."""

from __future__ import annotations

import pytest

from library.catalog import queries as catalog
from library.core.database import Database
from library.core.errors import Conflict, Forbidden, NotFound
from library.core.permits import Role, Viewer
from library.review import actions as review
from library.versions import actions, belongings, queries
from library.versions.actions import Saved
from library.versions.rules import Part, parts_that_differ
from library.works import files
from library.works import queries as works
from library.works.files import Stored
from library.works.formats import FileFormat
from library.works.honours import Awarded
from library.works.rules import HonourLevel
from library.works.tables import GoneFile, LessonFile
from tests.library.versions.test_versions import SOON, put, seen
from tests.support import factories as make

FIRST, SECOND = "0123456789ab", "ba9876543210"


def stored(letter: str) -> Stored:
    return Stored(letter * 16, f"讲稿{letter}", FileFormat.PDF, 9, letter * 64)


@pytest.mark.slow
def test_what_belongs_to_a_published_lesson_waits_goes_out_and_comes_back(db: Database) -> None:
    with db.write() as session:
        lesson_id, owner, staff = put(session)
        lesson = catalog.lesson(session, lesson_id)
        first, second = lesson.clips
        clips = (first.id, second.id)
        before = seen(session, lesson_id)
        by = owner.person_id
        assert belongings.cover(session, lesson, first, FIRST, by, SOON, "picture") is Saved.DRAFT
        belongings.cover_clip(session, lesson, second, SECOND, by, SOON, "picture")
        file, _saved = belongings.add_material(session, owner, lesson_id, stored("a"), SOON)
        given, _saved = belongings.grant(
            session, staff, lesson_id, Awarded("优秀党课", HonourLevel.CITY, 2025), SOON
        )
        with pytest.raises(Conflict, match="material_again"):
            belongings.add_material(session, owner, lesson_id, stored("a"), SOON)
        honour_id, file_id, place = given.id, file.id, f"{first.id}/{FIRST}"
    with db.write() as session:
        lesson = catalog.lesson(session, lesson_id)
        assert seen(session, lesson_id) == before
        for viewer in (make.person(session, (Role.MEMBER, make.root(session))), Viewer()):
            with pytest.raises(NotFound):
                works.file_for(session, viewer, lesson_id, file_id)
        assert works.file_for(session, owner, lesson_id, file_id).id == file_id
        waiting = queries.draft(session, lesson_id)
        assert waiting is not None
        coming = queries.with_draft(session, lesson, before, waiting.values)
        differ = {Part.COVER, Part.POSTERS, Part.MATERIALS, Part.HONOURS}
        assert set(parts_that_differ(before, coming)) == differ
        assert {(clips[0], FIRST), (clips[1], SECOND)} == set(queries.covers_kept(session))
        review.publish(session, staff, lesson_id, "", SOON)
        assert seen(session, lesson_id) == coming
        now = coming

    # Taking all of it off waits too, and can be thought better of.
    with db.write() as session:
        lesson = catalog.lesson(session, lesson_id)
        belongings.uncover(session, lesson, by, SOON)
        belongings.uncover_clip(session, lesson, lesson.clips[1], by, SOON)
        belongings.take_back(session, staff, lesson_id, honour_id, SOON)
        belongings.remove_material(session, owner, lesson_id, file_id, SOON)
        assert seen(session, lesson_id) == now
        belongings.remove_material(session, owner, lesson_id, file_id, SOON, back=True)
        waiting = queries.draft(session, lesson_id)
        assert waiting is not None
        assert sorted(waiting.values) == ["cover", "honours_out", "posters"]
        belongings.remove_material(session, owner, lesson_id, file_id, SOON)
        review.publish(session, staff, lesson_id, "", SOON)
        assert parts_that_differ(before, seen(session, lesson_id)) == ()
        assert queries.is_cover_kept(session, clips[0], FIRST), "an old version had it"
        assert works.file_for(session, staff, lesson_id, file_id).id == file_id

    # Another file that nobody saw is gone with the draft; what a version had comes back with it.
    with db.write() as session:
        lesson = catalog.lesson(session, lesson_id)
        other, _saved = belongings.add_material(session, owner, lesson_id, stored("b"), SOON)
        assert actions.restore(session, lesson, 2, by, SOON, honours=False) is Saved.DRAFT
        assert session.get(LessonFile, other.id) is None
        assert session.get(GoneFile, "b" * 16) is not None
        review.publish(session, staff, lesson_id, "", SOON)
        back = seen(session, lesson_id)
        assert (back.cover, back.materials, back.clips) == (place, now.materials, now.clips)
        assert back.honours == (), "whoever may not give honours does not bring them back"
        actions.restore(session, lesson, 2, staff.person_id, SOON)
        review.publish(session, staff, lesson_id, "", SOON)
        assert seen(session, lesson_id) == now

    # What is gone for good does not come back, and only who publishes lets it go.
    with db.write() as session:
        belongings.remove_material(session, owner, lesson_id, file_id, SOON)
        review.publish(session, staff, lesson_id, "", SOON)
    with db.write() as session, pytest.raises(Forbidden):
        belongings.remove_material(session, owner, lesson_id, file_id, SOON)
    with db.write() as session:
        belongings.remove_material(session, staff, lesson_id, file_id, SOON)
        lesson = catalog.lesson(session, lesson_id)
        assert actions.restore(session, lesson, 2, by, SOON) is Saved.NOTHING


def test_the_same_honour_again_with_a_certificate_went_out_past_the_draft(db: Database) -> None:
    what = Awarded("优秀党课", HonourLevel.CITY, 2025)
    with db.write() as session:
        lesson_id, _owner, staff = put(session)
        given, _saved = belongings.grant(session, staff, lesson_id, what, SOON)
        review.publish(session, staff, lesson_id, "", SOON)
        shown = given.id

    def certificates() -> list[tuple[str, bool]]:
        with db.read() as session:
            rows = works.honours(session, [lesson_id])[lesson_id]
            return [(one.id, one.certificate is not None) for one in rows]

    def again(letter: str) -> str:
        with db.write() as session:
            row, saved = belongings.grant(session, staff, lesson_id, what, SOON, certified=True)
            assert saved is Saved.DRAFT
            if row.certificate is None:
                files.add_certificate(session, staff, row, stored(letter), SOON)
            return row.id

    waits = again("c")
    assert waits != shown
    assert certificates() == [(shown, False)], "viewers see what they saw"
    assert again("d") == waits, "and once more it is the same"
    with db.write() as session:
        lesson = catalog.lesson(session, lesson_id)
        here = [(one.id, way) for one, way in belongings.honours_here(session, lesson.id)]
        assert sorted(here) == sorted([(shown, ""), (waits, "in")])
        for viewer in (make.person(session, (Role.MEMBER, make.root(session))), Viewer()):
            with pytest.raises(NotFound):
                works.file_for(session, viewer, lesson_id, "c" * 16)
        belongings.take_back(session, staff, lesson_id, waits, SOON)
        assert queries.draft(session, lesson_id) is None
        assert session.get(GoneFile, "c" * 16) is not None, "nobody saw it"

    # Taken off and given again with its certificate, all in one draft: it stays, and has it.
    with db.write() as session:
        belongings.take_back(session, staff, lesson_id, shown, SOON)
    again("e")
    with db.write() as session:
        review.publish(session, staff, lesson_id, "", SOON)
    assert certificates() == [(shown, True)], "the honour is the one that it was, and has its certificate"
    with db.write() as session:
        member = make.person(session, (Role.MEMBER, make.root(session)))
        assert works.file_for(session, member, lesson_id, "e" * 16).honour_id == shown
        _row, saved = belongings.grant(session, staff, lesson_id, what, SOON, certified=True)
        assert saved is Saved.NOTHING
