"""The catalogue's tables: lessons, clips, cues, lecturers, topics, and who sees what of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from library.catalog import actions, change_queries, cue_queries, queries
from library.catalog.actions import Cut, Details
from library.catalog.audience import OpenTo, chosen
from library.catalog.clip_cues import cues_of
from library.catalog.documents import documents
from library.catalog.permits import Action, Audience, LessonState, may
from library.catalog.rules import CueLine, TranscriptQuality
from library.catalog.tables import Clip, Cue, DeletedLesson, Lecturer, Lesson, LessonTopic, Topic
from library.core.clock import local_day
from library.core.database import Database
from library.core.errors import Forbidden, Invalid, NotFound
from library.core.permits import NOBODY, Role, Viewer
from library.organisation import actions as organisation
from library.organisation.tables import Node
from library.people import actions as people
from library.people import queries as people_queries
from tests.support import factories as make
from tests.support.databases import NOW
from tests.support.examples import examples
from tests.support.together import together

# ---------------------------------------------------------------------- what people type


def test_details_are_cleaned_and_unnamed_fields_stay(db: Database) -> None:
    with db.write() as session:
        lesson = make.lesson(
            session, " 党课\u202e 一 ", lecturer=" 王  书记", topics=["党史"], taught_on=date(2026, 1, 2)
        )
        actions.edit(session, lesson, Details(summary=" 简介\r\n第二行 "))
        lesson_id = lesson.id
    with db.read() as session:
        found = queries.lesson(session, lesson_id)
        assert (found.title, found.summary) == ("党课 一", "简介\n第二行")
        assert found.lecturer is not None
        assert found.lecturer.name == "王 书记"
        assert [link.topic.name for link in found.topics] == ["党史"]
        assert found.taught_on == date(2026, 1, 2)


def test_a_lecturer_and_a_date_can_be_taken_away(db: Database) -> None:
    with db.write() as session:
        lesson = make.lesson(session, lecturer="王书记", taught_on=date(2026, 1, 2))
        actions.edit(session, lesson, Details(lecturer="", clear_date=True, topics=[]))
        lesson_id = lesson.id
    with db.read() as session:
        found = queries.lesson(session, lesson_id)
        assert (found.lecturer, found.taught_on, found.topics) == (None, None, [])


def test_a_refused_change_changes_nothing_and_takes_no_number(db: Database) -> None:
    with db.write() as session:
        lesson_id = make.lesson(session, "原题").id
    with db.read() as session:
        before = change_queries.latest_revision(session)
    with pytest.raises(Invalid), db.write() as session:
        actions.edit(session, queries.lesson(session, lesson_id), Details(title="新题", language="fr"))
    with db.read() as session:
        assert queries.lesson(session, lesson_id).title == "原题"
        assert change_queries.latest_revision(session) == before


def test_a_surrogate_in_a_title_is_no_server_error(db: Database) -> None:
    with db.write() as session:
        assert (
            make.lesson(session, "党\ud800课", lecturer="王\udfff书记", topics=["党\ud800史"]).title == "党课"
        )


def test_a_lecturer_whose_name_grows_when_folded_is_refused(db: Database) -> None:
    with pytest.raises(Invalid), db.write() as session:
        make.lesson(session, lecturer="\ufdfa" * 10)


def test_spellings_of_one_name_are_one_lecturer_and_one_topic(db: Database) -> None:
    with db.write() as session:
        make.lesson(session, lecturer="Wang Shuji", topics=["党史 A"])
        make.lesson(session, lecturer="ＷＡＮＧ shuji", topics=["党史 Ａ", "党史  a"])
    with db.read() as session:
        assert session.scalars(select(Lecturer.name)).all() == ["Wang Shuji"]
        assert session.scalars(select(Topic.name)).all() == ["党史 A"]
        assert session.scalar(select(func.count()).select_from(LessonTopic)) == 2


def test_a_new_lecturer_and_new_topics_typed_by_many_at_once_are_made_once(db: Database) -> None:
    def type_it(n: int) -> None:
        with db.write() as session:
            topics = ["党史", "党建", "廉政"] if n % 2 else ["廉政", "党建", "党史"]
            make.lesson(session, f"课{n}", lecturer="新来的讲师", topics=topics)

    assert together([lambda n=n: type_it(n) for n in range(6)]) == [None] * 6
    with db.read() as session:
        assert session.scalar(select(func.count()).select_from(Lecturer)) == 1
        assert session.scalar(select(func.count()).select_from(Topic)) == 3
        assert session.scalar(select(func.count()).select_from(LessonTopic)) == 18


# ---------------------------------------------------------------------- clips and cues

CUTS = [Cut(0, 400, "pause"), Cut(400, 800.123, "hard"), Cut(800.123, 1000, "end")]


def test_the_same_cuts_twice_are_the_same_clips(db: Database) -> None:
    with db.write() as session:
        lesson = make.lesson(session)
        first = [(c.id, c.n, c.start_s, c.end_s, c.reason) for c in actions.put_clips(session, lesson, CUTS)]
        make.ready(session, lesson.clips[0])
        again = [(c.id, c.n, c.start_s, c.end_s, c.reason) for c in actions.put_clips(session, lesson, CUTS)]
        assert again == first
        assert [n for _i, n, *_ in first] == [1, 2, 3]
        assert lesson.clips[0].plan == make.PLAN


def test_a_cut_put_before_others_moves_their_numbers(db: Database) -> None:
    with db.write() as session:
        lesson = make.lesson(session)
        ids = [c.id for c in actions.put_clips(session, lesson, CUTS)]
        finer = [Cut(0, 200, "pause"), Cut(200, 400, "pause"), *CUTS[1:]]
        clips = actions.put_clips(session, lesson, finer)
        assert [(c.n, c.start_s) for c in clips] == [(1, 0), (2, 200), (3, 400), (4, 800.123)]
        assert [c.id for c in clips][2:] == ids[1:]
        back = actions.put_clips(session, lesson, CUTS)
        assert [c.n for c in back] == [1, 2, 3]
        assert [c.id for c in back][1:] == ids[1:]


def test_making_a_clip_ready_twice_is_making_it_ready_once(db: Database) -> None:
    with db.write() as session:
        lesson = make.lesson(session, clips=1)
        clip_id = lesson.clips[0].id
        make.ready(session, lesson.clips[0], plan="feedfeedfeed", now=NOW + timedelta(hours=1))
        make.ready(session, lesson.clips[0], plan="feedfeedfeed", now=NOW + timedelta(hours=1))
    with db.read() as session:
        clip = queries.clip(session, clip_id)
        assert (clip.plan, clip.duration_s, clip.poster, clip.ready_at) == (
            "feedfeedfeed",
            60.0,
            "poster.jpg",
            NOW + timedelta(hours=1),
        )


def test_a_transcript_replaces_the_one_before(db: Database) -> None:
    with db.write() as session:
        lesson = make.lesson(session, spoken=["旧一", "旧二", "旧三"])
        actions.put_transcript(session, lesson, TranscriptQuality.PLAIN, [CueLine(None, None, "新的一句")])
        assert cue_queries.cues(session, lesson.id) == [CueLine(None, None, "新的一句")]
        assert lesson.transcript == "plain"
        actions.put_transcript(session, lesson, TranscriptQuality.EXACT, [])
        assert lesson.transcript == "none"
        assert session.scalar(select(func.count()).select_from(Cue)) == 0


def test_the_cues_of_a_stretch_are_those_heard_in_it(db: Database) -> None:
    lines = [CueLine(0, 9, "前"), CueLine(55, 65, "跨界"), CueLine(60, 70, "后"), CueLine(130, 140, "远")]
    with db.write() as session:
        lesson = make.lesson(session, clips=2)
        actions.put_transcript(session, lesson, TranscriptQuality.EXACT, lines)
        assert [c.text for c in cue_queries.cues(session, lesson.id, 0, 60)] == ["前", "跨界"]
        assert [c.text for c in cue_queries.cues(session, lesson.id, 60, 120)] == ["跨界", "后"]
        assert cue_queries.cues_of(session, [lesson.id, "unknown"]) == {lesson.id: lines}
        assert cue_queries.first_words_of(session, lesson) == {
            lesson.clips[0].id: "前 跨界",
            lesson.clips[1].id: "后",
        }


def test_who_speaks_is_kept_and_not_searched(db: Database) -> None:
    with db.write() as session:
        lesson = make.lesson(session, clips=1)
        lines = [CueLine(0, 9, "同志们好", "王讲师"), CueLine(9, 20, "共同富裕")]
        actions.put_transcript(session, lesson, TranscriptQuality.EXACT, lines)
        assert cue_queries.cues(session, lesson.id) == lines
        assert [cue.speaker for cue in cues_of(session, lesson.clips[0])] == ["王讲师", ""]
        assert [d.spoken for d in documents(session, [lesson])] == ["同志们好\n共同富裕"]
        assert cue_queries.first_words_of(session, lesson) == {lesson.clips[0].id: "同志们好 共同富裕"}


# ---------------------------------------------------------------------- deleting


def test_a_deleted_lesson_leaves_nothing_but_its_tombstone(db: Database) -> None:
    with db.write() as session:
        owner = make.person(session)
        lesson = make.lesson(session, owner=owner, lecturer="王", topics=["党史"], clips=2, spoken=["一"])
        make.recording(session, lesson, owner)
        lesson_id = lesson.id
    with db.write() as session:
        mark = change_queries.latest_revision(session)
        actions.delete_lesson(session, queries.lesson(session, lesson_id), NOW)
    with db.read() as session:
        for table in (Lesson, Clip, Cue, LessonTopic):
            assert session.scalar(select(func.count()).select_from(table)) == 0
        assert session.scalars(select(DeletedLesson.lesson_id)).all() == [lesson_id]
        changes = change_queries.changes_since(session, mark, 10)
        assert (changes.lesson_ids, changes.deleted_ids, changes.mark) == ((), (lesson_id,), mark + 1)


@pytest.mark.postgres
def test_a_change_to_a_lesson_that_another_has_just_deleted_is_not_found(postgres_db: Database) -> None:
    with postgres_db.write() as session:
        lesson_id = make.lesson(session, "短命").id
    with postgres_db.write() as session:
        lesson = queries.lesson(session, lesson_id)
        with postgres_db.write() as other:
            actions.delete_lesson(other, queries.lesson(other, lesson_id), NOW)
        with pytest.raises(NotFound):
            actions.edit(session, lesson, Details(title="太晚了"))


# ---------------------------------------------------------------------- who sees what


def test_what_may_not_be_seen_does_not_exist_and_what_may_not_be_done_is_forbidden(db: Database) -> None:
    with db.write() as session:
        root = make.root(session)
        owner, other = (
            make.person(session, (Role.LECTURER, root)),
            make.person(session, (Role.LECTURER, root)),
        )
        draft = make.lesson(session, owner=owner, state=LessonState.DRAFT, clips=1)
        assert queries.lesson_for(session, owner, draft.id, Action.EDIT).id == draft.id
        for viewer in (NOBODY, other):
            with pytest.raises(NotFound):
                queries.lesson_for(session, viewer, draft.id, Action.EDIT)
            with pytest.raises(NotFound):
                queries.clip_for(session, viewer, draft.clips[0].id)
        with pytest.raises(Forbidden):
            queries.lesson_for(session, owner, draft.id, Action.PUBLISH)
        with pytest.raises(NotFound):
            queries.lesson_for(session, owner, "0" * 16)


def audiences_of(node: Node) -> dict[str, OpenTo]:
    """One audience of each sort, by a name."""
    widths = {str(one): OpenTo(one) for one in Audience if one is not Audience.CHOSEN}
    return widths | {"node": chosen([node.id])}


class Forest:
    """One tree with lessons of every kind in it, for asking again and again; nothing is committed."""

    def __init__(self, session: Session) -> None:
        self.session = session
        root = make.root(session)
        north, south = (organisation.add_named(session, root, name, NOW) for name in ("北", "南"))
        self.branches: list[Node] = [
            root,
            north,
            south,
            organisation.add_named(session, north, "北一", NOW),
        ]
        self.people = [make.person(session) for _ in range(3)]
        self.lessons = [
            make.lesson(
                session,
                f"{branch.name}-{state}-{audience}",
                owner=owner,
                branch=branch,
                state=state,
                audience=open_to,
                lecturer=f"{state}讲师{branch.name}",
                topics=[f"{audience}专题{branch.name}", f"{state}专题"],
                taught_on=date(2026 if owner else 2025, 3, 1),
            )
            for branch in self.branches
            for state in LessonState
            for audience, open_to in audiences_of(north).items()
            for owner in (None, self.people[0])
        ]


@pytest.fixture
def forest(db: Database) -> Iterator[Forest]:
    session = Session(db.engine)
    yield Forest(session)
    session.rollback()
    session.close()


def viewer_from(forest: Forest, drawn: tuple[int | None, list[tuple[Role, int]]]) -> Viewer:
    """A viewer of the forest: nobody, or one of its people with some roles."""
    who, held = drawn
    if who is None:
        return NOBODY
    person = forest.people[who]
    for grant in held:
        people.grant(forest.session, str(person.person_id), grant[0], forest.branches[grant[1]], None, NOW)
    return people_queries.viewer_of(
        forest.session, people_queries.person(forest.session, str(person.person_id)), local_day(NOW)
    )


drawn_viewers = st.tuples(
    st.sampled_from([None, 0, 1]), st.lists(st.tuples(st.sampled_from(Role), st.integers(0, 3)), max_size=2)
)


@settings(
    max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(drawn_viewers)
@pytest.mark.slow
def test_the_database_and_the_rule_show_the_same_lessons(
    forest: Forest, drawn: tuple[int | None, list[tuple[Role, int]]]
) -> None:
    session = forest.session
    with session.begin_nested() as savepoint:
        viewer = viewer_from(forest, drawn)
        allowed = {x.id for x in forest.lessons if may(viewer, Action.VIEW, queries.facts(x))}
        assert set(session.scalars(select(Lesson.id).where(queries.visible(viewer)))) == allowed
        measured = {x.id for x in forest.lessons if may(viewer, Action.STATS, queries.facts(x))}
        assert set(session.scalars(select(Lesson.id).where(queries.measured(viewer)))) == measured
        page = queries.lessons_page(session, viewer, queries.Filters(), 1, 200)
        assert ({x.id for x in page.items}, page.total) == (allowed, len(allowed))
        by_id = queries.lessons_by_ids(session, viewer, [x.id for x in forest.lessons])
        assert {x.id for x in by_id} == allowed
        assert queries.count_lessons(session, viewer, queries.Filters()) == len(allowed)
        scope = queries.search_scope(session, viewer)
        indexed = {d.lesson for d in documents(session, forest.lessons) if d.scope & scope}
        assert indexed == allowed
        # Counts and names never know more than the list does.
        topics, lecturers, years = queries.facets(session, viewer, queries.Filters(), most=100)
        seen = [x for x in forest.lessons if x.id in allowed]
        assert dict(lecturers) == Counter(x.lecturer.name for x in seen if x.lecturer)
        assert dict(topics) == Counter(link.topic.name for x in seen for link in x.topics)
        assert dict(years) == Counter(str(x.taught_on.year) for x in seen if x.taught_on)
        known_lecturers, known_topics = queries.known_names(session, viewer)
        assert set(known_lecturers) == {name for name, _n in lecturers}
        assert set(known_topics) == {name for name, _n in topics}
        savepoint.rollback()


def test_lists_are_narrowed_by_everything_at_once(db: Database) -> None:
    with db.write() as session:
        wanted = make.lesson(
            session, "要的", lecturer="王书记", topics=["党史"], taught_on=date(2026, 3, 1), clips=1
        )
        make.lesson(session, "别人", lecturer="李书记", topics=["党史"], taught_on=date(2026, 3, 1), clips=1)
        make.lesson(
            session, "别的专题", lecturer="王书记", topics=["党建"], taught_on=date(2026, 3, 1), clips=1
        )
        make.lesson(session, "去年", lecturer="王书记", topics=["党史"], taught_on=date(2025, 3, 1), clips=1)
        make.lesson(session, "放不了", lecturer="王书记", topics=["党史"], taught_on=date(2026, 3, 1))
        filters = queries.Filters(
            topic="党史 ", lecturer="王书记", year=2026, state=LessonState.PUBLISHED, playable=True,
            since=date(2026, 3, 1), until=date(2026, 3, 2),
        )  # fmt: skip
        found = queries.lessons_page(session, NOBODY, filters, 1, 10)
        assert [x.id for x in found.items] == [wanted.id]
        assert queries.facets(session, NOBODY, filters) == ([("党史", 1)], [("王书记", 1)], [("2026", 1)])
        later = queries.Filters(since=date(2026, 3, 2))
        assert queries.lessons_page(session, NOBODY, later, 1, 10).total == 0


def test_pages_follow_each_other_without_gap_or_repetition(db: Database) -> None:
    with db.write() as session:
        ids = [make.lesson(session, f"课{n}", now=NOW + timedelta(minutes=n // 3)).id for n in range(7)]
        pages = [queries.lessons_page(session, NOBODY, queries.Filters(), n, 3) for n in (1, 2, 3, 4)]
        assert [len(page.items) for page in pages] == [3, 3, 1, 0]
        shown = [x.id for page in pages for x in page.items]
        assert sorted(shown) == sorted(ids)
        assert shown[0] in ids[6:]
        oldest = queries.lessons_page(session, NOBODY, queries.Filters(), 1, 7, oldest_first=True)
        assert [x.id for x in oldest.items] == shown[::-1]
