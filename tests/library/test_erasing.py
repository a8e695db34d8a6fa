"""A member is erased: no row names them any more, and no figure and no seal has changed."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import JSON, Column, MetaData, String, cast, func, select

from library.access import actions as access
from library.access import links as access_links
from library.access import queries as access_queries
from library.access.coming_in import joining
from library.access.coming_in.tables import JoinRequest
from library.catalog import queries as catalog
from library.catalog.actions import Details
from library.catalog.permits import LessonState
from library.catalog.tables import Lesson
from library.core.clock import local_day, utc_now
from library.core.database import Base, Database
from library.core.errors import Conflict, Forbidden, NotFound
from library.core.permits import Role
from library.correcting import actions as correcting
from library.dictionary import actions as dictionary
from library.dictionary.rules import Draft
from library.erasing import ERASERS, erase
from library.evidence import chain
from library.evidence.tables import Evidence
from library.hearing import actions as hearing
from library.hearing.rules import SpeechMode
from library.intake.transcripts import taking
from library.organisation import actions as organisation
from library.organisation.actions import NodeDetails
from library.people import actions as people
from library.people import queries as people_queries
from library.people.name_rules import NameKind
from library.people.passwords import hashed
from library.people.sign_in_names import set_aliases
from library.people.tables import (
    Person,
    RoleGrant,
)
from library.plays import actions, statistics
from library.plays.crediting import Beat
from library.plays.figures import People, Span
from library.plays.rolling import Rolls
from library.plays.rules import ViewRule
from library.plays.rules import token as token_of
from library.plays.tables import Play, View, Watcher
from library.plays.verifying import verify
from library.programme import actions as weeks
from library.programme.weeks import Week
from library.review import actions as review
from library.searches import actions as searches
from library.studio import actions as studio
from library.suggestions import actions as suggestions
from library.versions import actions as versions
from library.works import files, honours, series
from library.works.files import Stored
from library.works.formats import FileFormat
from library.works.rules import HonourLevel
from library.works.tables import Honour
from tests.library.erasing_rows import (
    belong,
    call,
    chose,
    declared,
    learned,
    marked,
    met,
    other_doors,
    reflected,
    told,
)
from tests.library.records.signed import note_and_sign
from tests.support import factories as make
from tests.support.databases import NOW
from tests.support.signing import sign_in, token

RULE = ViewRule()
DAY = timedelta(days=1)


# Who teaches is part of a lesson; tokens and searches are deleted with their person; a mark is a keyed hash
# that leads to nobody, and gone the next day.
NAMES_OF_OTHER_THINGS = {
    *("catalog_lecturer.name", "catalog_topic.name", "intake_recording.file_name"),
    *(
        "organisation_node.name",
        "organisation_node.short_name",
        "people_group.name",
        "works_file.name",
        "works_site.name",
    ),
    *("catalog_transcript.file_name", "catalog_transcript.remarks", "hearing_chunk.remarks"),
    *("audit_entry.by_mark", "audit_entry.of_mark", "reflections_reflection.remark"),
    # Of a setting, and of a view that goes with its maker.
    *("choices_value.name", "choices_change.name", "handling_view.name"),
    *("grades_rules.name", "grades_item.name"),
    # What a roll says of somebody, and the name of a guest who has no account that could be erased.
    *("gatherings_roll.mark", "gatherings_roll_change.mark", "gatherings_roll.name"),
    # A signed record is the branch's archive and says who signed it (decision 41).
    *("records_signature.name", "records_addition.name"),
    *("records_template.name", "records_book_template.name"),
    *("people_token.name", "searches_saved.name", "searches_asker.mark", "people_sign_in_attempts.mark"),
}
LIKE_A_PERSON = re.compile(
    r"person|user|owner|viewer|watcher|member|lecturer$|asker|mark|name$|_by$|^by$|who|phone|mail|author|editor"
)


def people_columns() -> set[Column[Any]]:
    """The columns that point to a person, and those that are called as if a person could stand in them."""
    return {
        column
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if points_to_a_person(column)
        or (
            isinstance(column.type, String | JSON)
            and LIKE_A_PERSON.search(column.name)
            and str(column) not in NAMES_OF_OTHER_THINGS
        )
    }


def points_to_a_person(column: Column[Any]) -> bool:
    return any(key.column.table is Person.__table__ for key in column.foreign_keys)


def emptied_by_the_database(column: Column[Any]) -> bool:
    return any(key.ondelete in ("CASCADE", "SET NULL") for key in column.foreign_keys)


def emptied_by_us() -> set[Column[Any]]:
    return {its.property.columns[0] for eraser in ERASERS for its in eraser.columns}


def named(db: Database, *words: str) -> list[str]:
    """The columns of all tables in which one of the words stands anywhere."""
    found = []
    tables: MetaData = Base.metadata
    with db.read() as session:
        for table in tables.sorted_tables:
            for column in table.columns:
                for word in words:
                    holds = cast(column, String).contains(word)
                    if session.scalar(select(func.count()).select_from(table).where(holds)):
                        found.append(f"{table.name}.{column.name}")
    return found


def watch(db: Database, clip_id: str, viewer: str, days: int, people: int = 1) -> str:
    at = NOW + days * DAY
    with db.write() as session:
        its = actions.start(session, catalog.clip(session, clip_id), viewer, at, people=people).id
        actions.credit_beats(session, [Beat(its, [(0, 20)], 1.0, at + timedelta(seconds=20))], RULE)
    return its


def roll(db: Database, days: int) -> None:
    Rolls(db, lambda: NOW + days * DAY, RULE.late_h, 400 * DAY, 800 * DAY).run()


@pytest.fixture
def wang(db: Database) -> dict[str, str]:
    """Somebody who stands wherever a member can stand: lesson, login, token, search, views, a screening."""
    with db.write() as session:
        root = make.root(session)
        admin = make.person(session, (Role.ADMIN, root))
        for days in (30, 1):  # the first link came to nothing
            _link, secret = access_links.invite(session, "王小芳", Role.STAFF, root, admin, NOW - days * DAY)
        person = access_links.accept_invitation(
            session, secret, "xiaofang", "", hashed("不忘初心，牢记使命"), NOW
        )
        wang, viewer = person.id, people_queries.viewer_of(session, person, local_day(NOW))
        access_links.invite_reset(session, admin, wang, NOW)
        access.open_sign_in(session, person, "手机", NOW)
        set_aliases(session, wang, {NameKind.STAFF_NUMBER: "2015003"}, wang, NOW)
        code = joining.make_code(session, viewer, root, NOW.date() + DAY, NOW).code
        for name, username in (("王小芳", "xiaofang"), ("新来的", "another")):
            joining.ask(session, code, name, username, hashed("不忘初心，牢记使命"), NOW)
        asked = session.scalars(select(JoinRequest).where(JoinRequest.username == "another")).one()
        joining.approve(session, viewer, asked.id, None, "", NOW)
        asked.person_id = wang
        token(session, wang, "脚本", NOW)
        access_links.invite(session, "新人", Role.MEMBER, root, viewer, NOW)
        people.grant(session, str(make.person(session).person_id), Role.MEMBER, root, wang, NOW)
        other_doors(session, person, root, viewer)
        belong(session, wang, root.id)
        note_and_sign(session, wang, root.id)
        dictionary.add(session, wang, Draft(("安吉经验",)), NOW)
        searches.save(session, wang, "红船", "红船精神", {}, "relevance", 3, NOW)
        searches.lift(session, searches.stop(session, "补助", wang, NOW).id, wang, NOW)
        branch = organisation.add_node(session, root, NodeDetails("余村党支部"), NOW, wang)
        organisation.close(session, branch, NOW, wang)
        lesson = make.lesson(session, "绿水青山", clips=1, owner=viewer, state=LessonState.DRAFT)
        make.recording(session, lesson, viewer)
        hearing.want(session, lesson.id, wang, NOW)
        hearing.choose(session, wang, SpeechMode.ALWAYS, NOW)
        series.make(session, viewer, "绿水青山四讲", "", NOW)
        what = honours.Awarded("优秀党课", HonourLevel.CITY, 2025)
        honours.grant(session, admin, lesson.id, what, NOW)
        session.scalars(select(Honour)).one().granted_by = wang
        stored = Stored("0" * 16, "讲稿", FileFormat.PDF, 9, "0" * 64)
        files.add_material(session, viewer, lesson.id, stored, NOW)
        words = taking.read("同志们好。".encode(), "文稿.txt")
        taking.take(session, lesson, words, NOW, person_id=wang)
        correcting.always(session, lesson, "余存", "余村", NOW)
        declared(session, viewer, admin, lesson)
        review.publish(session, viewer, lesson.id, "", NOW)
        versions.edit(session, lesson, Details(title="绿水青山（新）"), wang, NOW)
        said = suggestions.Written("请把字幕放大一些。", "村东头第三家")
        given, _receipt = suggestions.hand_in(session, said, root.id, lesson.id, wang, "", NOW)
        suggestions.answer(session, viewer, given.id, 1, "已经放大。", "放大了字幕", NOW)
        call(session, admin, viewer, lesson)
        weeks.put(session, weeks.desk_of(viewer, root, NOW), Week(2026, 49), weeks.Draft("绿水青山"))
        told(session, viewer)
        learned(session, viewer, root)
        met(session, viewer, root)
        reflected(session, viewer, admin)
        marked(session, viewer, lesson)
        studio.call_done(session, lesson, "cuts", wang, NOW)
        studio.note_editor(session, lesson, "abcdefgh1234", wang, NOW)
        chose(session, viewer, lesson.id)
        ids = {"wang": wang, "admin": str(admin.person_id), "lesson": lesson.id, "clip": lesson.clips[0].id}
    assert sign_in(db, "xiaofang", "a wrong password", NOW) is None
    for viewer_id, days in ((f"p:{wang}", 0), ("p:other", 0), (f"p:{wang}", 1), ("v:visitor", 1)):
        watch(db, ids["clip"], viewer_id, days)
    watch(db, ids["clip"], f"g:{wang}", 2, people=30)
    return ids


def figures(db: Database, lesson_id: str) -> Any:
    with db.read() as session:
        return statistics.lesson_figures(session, lesson_id, Span(None, NOW.date() + 30 * DAY))


@pytest.mark.slow
def test_no_row_names_an_erased_member_and_no_figure_changes(db: Database, wang: dict[str, str]) -> None:
    roll(db, 2)  # two days are sealed, one is not
    with db.write() as session:
        chain.seal(session, utc_now() + 2 * DAY)
    before = figures(db, wang["lesson"])
    assert before.people == People(2, 1)
    stands_in = {*named(db, wang["wang"], "xiaofang", "王小芳")}
    assert {str(column) for column in people_columns()} == stands_in - {"people_person.id"}
    with db.write() as session:
        erase(session, wang["wang"], None)
    assert named(db, wang["wang"], "xiaofang", "王小芳", "红船", "村东头", "请把字幕") == []
    assert figures(db, wang["lesson"]) == before
    with db.read() as session:
        assert session.scalar(select(func.sum(Evidence.amount))) == 3600
        assert chain.verify(session).fault is None
    assert verify(db).faults == ()
    roll(db, 30)
    after = figures(db, wang["lesson"])
    assert (after.total, after.people, after.days) == (before.total, before.people, before.days)
    assert verify(db).faults == ()
    with db.read() as session:
        lesson = session.get_one(Lesson, wang["lesson"])
        assert (lesson.owner_id, lesson.state) == (None, LessonState.PUBLISHED)
        assert {token_of(f"p:{wang['wang']}"), token_of(f"g:{wang['wang']}")} < set(
            session.scalars(select(View.viewer))
        )


def test_every_column_that_could_hold_a_person_is_emptied_by_the_database_or_by_us() -> None:
    left = {c for c in people_columns() if not emptied_by_the_database(c)} - emptied_by_us()
    assert {str(column) for column in left} == set()
    assert {str(column) for column in emptied_by_us() - people_columns()} == set()
    known = {str(column) for table in Base.metadata.sorted_tables for column in table.columns}
    assert known >= NAMES_OF_OTHER_THINGS


@pytest.mark.slow
def test_links_of_others_keep_the_name_of_whom_they_are_for(db: Database, wang: dict[str, str]) -> None:
    with db.write() as session:
        admin = people_queries.viewer_of(
            session, people_queries.person(session, wang["admin"]), local_day(NOW)
        )
        for name in ("王小芳", "李秀英"):  # another of the same name
            access_links.invite(session, name, Role.MEMBER, make.root(session), admin, NOW + DAY)
        erase(session, wang["wang"], None)
        links = access_queries.open_invitations(session, admin, NOW + DAY)
        assert {link.name for link, _branch in links} == {"王小芳", "李秀英"}


@pytest.mark.slow
def test_what_an_erased_member_gave_stays_and_open_links_do_not(db: Database, wang: dict[str, str]) -> None:
    with db.write() as session:
        grants = session.scalar(select(func.count()).select_from(RoleGrant))
        erase(session, wang["wang"], None)
    with db.read() as session:
        assert session.scalar(select(func.count()).select_from(RoleGrant)) == (grants or 0) - 1
        admin = people_queries.viewer_of(
            session, people_queries.person(session, wang["admin"]), local_day(NOW)
        )
        assert access_queries.open_invitations(session, admin, NOW) == []


@pytest.mark.slow
def test_a_play_of_an_erased_member_earns_nothing_any_more(db: Database, wang: dict[str, str]) -> None:
    running = watch(db, wang["clip"], f"p:{wang['wang']}", 3)
    with db.write() as session:
        erase(session, wang["wang"], None)
    with db.write() as session:
        late = Beat(running, [(20, 40)], 1.0, NOW + 3 * DAY + timedelta(seconds=60))
        assert actions.credit_beats(session, [late], RULE) == [None]
        assert session.scalars(select(Watcher.viewer).order_by(Watcher.viewer)).all() == [
            "p:other",
            "v:visitor",
        ]
        assert session.scalars(select(Play.credited_s)).all() == [20.0] * 6


def test_the_last_administrator_stays(db: Database) -> None:
    with db.write() as session:
        admin = make.person(session, (Role.ADMIN, make.root(session)))
        with pytest.raises(Conflict):
            erase(session, str(admin.person_id), None)
        other = make.person(session, (Role.ADMIN, make.root(session)))
        erase(session, str(admin.person_id), None)
        with pytest.raises(NotFound):
            erase(session, str(admin.person_id), None)
        assert people_queries.viewer_of(
            session, people_queries.person(session, str(other.person_id)), local_day(NOW)
        )


def test_only_administrators_of_all_their_branches_may_erase(db: Database) -> None:
    with db.write() as session:
        root = make.root(session)
        east, west = (organisation.add_named(session, root, name, NOW) for name in ("东县", "西县"))
        both = str(make.person(session, (Role.MEMBER, east), (Role.LECTURER, west)).person_id)
        one = str(make.person(session, (Role.MEMBER, east)).person_id)
        admin = make.person(session, (Role.ADMIN, root))
        for viewer, may in (
            (admin, (one, both)),
            (make.person(session, (Role.ADMIN, east)), (one,)),
            (make.person(session, (Role.STAFF, root)), ()),
            (make.person(session, (Role.MEMBER, root)), ()),
        ):
            for person in (one, both, str(viewer.person_id)):
                if person in may:
                    assert people.erasable(session, viewer, person).id == person
                else:
                    with pytest.raises(Forbidden):
                        people.erasable(session, viewer, person)
