"""From a query to what a page shows: moments, counts, other spellings, titles of clips, names of branches."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from library.catalog import actions as catalog
from library.catalog import queries as catalog_queries
from library.catalog.permits import Audience, LessonState
from library.catalog.rules import CueLine, CueSource, LessonKind, TranscriptQuality
from library.catalog.tables import Lesson
from library.core.clock import local_day, utc_now
from library.core.ids import new_id
from library.core.permits import NOBODY, Role, Viewer
from library.finding.hits import Found, weights_of
from library.finding.suggestions import Suggested, suggest
from library.organisation import actions as organisation
from library.organisation import queries as tree
from library.people import queries as people
from search import Filters
from server.settings import Settings
from server.wiring import Ports, open_ports
from tests.support import factories as make
from tests.support.databases import NOW
from tests.support.server import empty_data
from tests.support.views import watch

pytestmark = [pytest.mark.slow, pytest.mark.dear(15)]


@pytest.fixture(params=["whoosh", "tantivy"])
def ports(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ports]:
    """A library without a worker, with either engine."""
    settings = Settings(data=empty_data(tmp_path / "data"), search=request.param, _env_file=None)  # type: ignore[call-arg]
    opened = open_ports(settings, clock=lambda: NOW)
    yield opened
    opened.close()


def look(ports: Ports, query: str, viewer: Viewer = NOBODY, **how: object) -> Found:
    """Search in an index that has seen everything."""
    ports.indexer.catch_up()
    with ports.db.read() as session:
        return ports.finder.find(session, viewer, query, counts=True, **how)  # type: ignore[arg-type]


def offered(ports: Ports, typed: str, viewer: Viewer = NOBODY) -> list[Suggested]:
    """What is suggested from an index that has seen everything."""
    ports.indexer.catch_up()
    with ports.db.read() as session:
        return suggest(ports.finder, ports.frequent, session, viewer, typed)


def add(ports: Ports, title: str, *spoken: str, **more: object) -> str:
    """A lesson with a clip a minute, its cues ten seconds each."""
    with ports.db.write() as session:
        clips = max(1, (len(spoken) + 5) // 6)
        return make.lesson(session, title, spoken=spoken, clips=clips, **more).id  # type: ignore[arg-type]


# ---------------------------------------------------------------------- moments


def test_what_a_machine_misheard_is_found_at_its_second_and_says_so_until_it_is_corrected(
    ports: Ports,
) -> None:
    def put(third: CueLine) -> None:
        told = ("大家好，今天来讲一讲。", "我们村里的产业。", third.text)
        lines = [CueLine(10.0 * n, 10.0 * n + 9, text, source=third.source) for n, text in enumerate(told)]
        with ports.db.write() as session:
            lesson = catalog_queries.load(session, [lesson_id])[0]
            catalog.put_transcript(session, lesson, TranscriptQuality.RECOGNISED, lines)

    lesson_id = add(ports, "一课", "别的")
    add(ports, "写明的课", "说的是乡村振兴，我们村里的产业。")
    put(CueLine(0.0, 1.0, "要推进乡村正兴，谢谢。", source=CueSource.RECOGNISED))
    exact, by_sound = look(ports, "乡村振兴").rows
    assert (exact.best.recognised, exact.best.by_sound) == (False, False)
    (moment,) = by_sound.moments
    assert (moment.start_s, moment.recognised, moment.by_sound) == (20.0, True, True)
    assert [moment.quote[a:b] for a, b in moment.marks] == ["乡村正兴"]
    assert [row.best.recognition for row in look(ports, "产业").rows] == ["", "recognised"]
    assert offered(ports, "正兴") == []

    put(CueLine(0.0, 1.0, "要推进乡村正兴，谢谢。", source=CueSource.CORRECTED))
    assert [row.best.recognition for row in look(ports, "乡村振兴").rows] == [""]
    assert [row.best.recognition for row in look(ports, "乡村正兴").rows] == [""]


def test_a_clip_shows_up_to_three_places_each_with_its_second(ports: Ports) -> None:
    filler = (
        "这一句讲的是别的事情，跟前后都没有关系，只是为了把两处隔得远一些，谁也不会来找它，它也不长。" * 3
    )
    with ports.db.write() as session:
        lesson = make.lesson(session, "一课", clips=1)
        said = [n % 2 == 0 for n in range(10)]
        lines = [
            CueLine(5.0 * n, 5.0 * n + 5, f"第{n}次说到枫桥经验。" if is_said else filler)
            for n, is_said in enumerate(said)
        ]
        catalog.put_transcript(session, lesson, TranscriptQuality.EXACT, lines)
    (row,) = look(ports, "枫桥经验").rows
    assert len(row.moments) == 3
    for moment in row.moments:
        assert moment.start_s is not None
        assert moment.start_s % 10 == 0, "a place where it is said"
        assert {moment.quote[a:b] for a, b in moment.marks} == {"枫桥经验"}
        assert row.path_to(moment).endswith(f"?t={moment.start_s:.1f}")
    assert len({moment.start_s for moment in row.moments}) == 3
    assert row.path == row.path_to(row.moments[0])
    assert len(look(ports, "枫桥经验", moments=1).rows[0].moments) == 1


def test_the_second_counts_from_the_clip_and_from_the_lecture(ports: Ports) -> None:
    add(ports, "一课", *["开场白。"] * 7, "绿水青山就是金山银山。")
    (row,) = look(ports, "金山银山").rows
    assert (row.best.start_s, row.best.lesson_start_s) == (10.0, 70.0)


def test_a_clip_is_found_by_its_own_title_and_quoted_by_it(ports: Ports) -> None:
    with ports.db.write() as session:
        lesson = make.lesson(session, "党课第一讲", clips=2, spoken=["别的话。"] * 12)
        lesson.clips[1].title = "余村为什么关掉矿山"
        catalog.touch(session, lesson)
        second = lesson.clips[1].id
    (row,) = look(ports, "关掉矿山").rows
    assert row.clip is not None
    assert row.clip.id == second
    assert row.best.quote == "余村为什么关掉矿山"
    assert row.best.marks
    assert row.path == f"/clips/{second}"
    assert look(ports, "党课第一讲").total == 2, "the lesson's title is that of both"
    titles = {one.text for one in offered(ports, "余村")} | {one.text for one in offered(ports, "党课")}
    assert titles == {"余村为什么关掉矿山", "党课第一讲"}, "each a name of its own"


# ---------------------------------------------------------------------- what was meant


def test_letters_are_heard_as_pinyin_and_marked(ports: Ports) -> None:
    add(ports, "党史学习教育", "我们开展党史学习教育。")
    found = look(ports, "dsxx")
    assert found.heard == ("党史学习",)
    (row,) = found.rows
    assert any(row.best.quote[a:b].startswith("党史") for a, b in row.best.marks)


def test_synonyms_of_the_terms_that_come_with_weike_are_found_and_marked(ports: Ports) -> None:
    add(ports, "一课", "党的二十大胜利召开。")
    found = look(ports, "中共二十大")
    assert found.relaxed is False
    assert [row.best.quote[a:b] for row in found.rows for a, b in row.best.marks] == ["党的二十大"]


def test_a_wrong_character_is_set_right_and_only_when_nothing_fits(ports: Ports) -> None:
    add(ports, "乡村振兴五句话", "产业兴旺。", topics=["乡村振兴"])
    assert look(ports, "乡村振新").did_you_mean == "乡村振兴"
    assert look(ports, "乡村振兴").did_you_mean is None


def test_a_wrong_character_is_asked_about_where_its_pieces_are_found_apart(ports: Ports) -> None:
    for n in range(5):
        add(ports, f"课{n}", "先到的同志喝一杯，再说水的事。")
    add(ports, "接访", "来了人先倒一杯水。")
    found = look(ports, "先到一杯水")
    assert (found.relaxed, found.total, found.did_you_mean) == (False, 5, "先倒一杯水")
    assert look(ports, "先倒一杯水").did_you_mean is None
    assert look(ports, "先到一杯水", offset=2).did_you_mean is None


def test_another_spelling_that_only_a_draft_says_is_not_offered(ports: Ports) -> None:
    add(ports, "草稿", "夏明翰烈士写下就义诗。", state=LessonState.DRAFT)
    add(ports, "公开", "夏天到了，明天再说。")
    assert look(ports, "夏明瀚").did_you_mean is None
    with ports.db.write() as session:
        staff = make.person(session, (Role.STAFF, make.root(session)))
    assert look(ports, "夏明瀚", staff).did_you_mean == "夏明翰"


# ---------------------------------------------------------------------- counts, filters, order


def test_hits_are_counted_by_all_that_they_can_be_narrowed_by(ports: Ports) -> None:
    add(ports, "甲", "信仰的力量", topics=["党史"], lecturer="王芳", taught_on=date(2025, 3, 1))
    add(ports, "乙", *["信仰的力量"] * 36, topics=["党史"], lecturer="李明", taught_on=date(2026, 3, 1))
    found = look(ports, "信仰")
    counts = found.counts
    assert found.total == 7
    assert counts.topic == (("党史", 7),)
    assert counts.lecturer == (("李明", 6), ("王芳", 1))
    assert dict(counts.year) == {"2025": 1, "2026": 6}
    assert counts.kind == (("video", 7),)
    assert dict(counts.length) == {"under_3": 7}
    narrowed = look(ports, "信仰", filters=Filters(lecturer="李明"))
    assert narrowed.total == 6
    assert {row.lesson.title for row in narrowed.rows} == {"乙"}
    newest = look(ports, "信仰", sort="date", limit=20)
    assert [row.lesson.title for row in newest.rows] == ["乙"] * 6 + ["甲"]


def test_length_is_that_of_the_clip_and_not_of_the_whole_lesson(ports: Ports) -> None:
    with ports.db.write() as session:
        lesson = make.lesson(session, "一整课")
        borders = [0.0, 100.0, 400.0, 990.0]
        cuts = [catalog.Cut(start, end, "pause") for start, end in pairwise(borders)]
        for clip in catalog.put_clips(session, lesson, cuts):
            make.ready(session, clip)
        catalog.set_media(session, lesson, kind=LessonKind.VIDEO, duration_s=990.0)
        lines = [CueLine(second, second + 5.0, "信仰的力量") for second in borders[:-1]]
        catalog.put_transcript(session, lesson, TranscriptQuality.EXACT, lines)
        catalog.set_state(session, lesson, LessonState.PUBLISHED, NOW)
    assert dict(look(ports, "信仰").counts.length) == {"under_3": 1, "3_to_5": 1, "over_8": 1}
    (row,) = look(ports, "信仰", filters=Filters(length="over_8")).rows
    assert row.clip is not None
    assert row.clip.number == 3


WATCHED = {"甲": Audience.EVERYONE, "乙": Audience.SIGNED_IN, "丙": Audience.EVERYONE}
MEMBER = Viewer("somebody")


def watched(ports: Ports, lesson_id: str, times: int) -> None:
    """That many people watch the first clip of a lesson."""
    with ports.db.write() as session:
        watch(session, catalog_queries.lesson(session, lesson_id).clips[0], times, NOW, members=True)


def test_the_most_watched_lessons_come_first_with_their_views(ports: Ports) -> None:
    ids = [add(ports, title, "信仰的力量", audience=audience) for title, audience in WATCHED.items()]
    for lesson_id, times in zip(ids, (1, 3, 2), strict=True):
        watched(ports, lesson_id, times)
    for viewer, expected in ((NOBODY, [("丙", 2), ("甲", 1)]), (MEMBER, [("乙", 3), ("丙", 2), ("甲", 1)])):
        found = look(ports, "信仰", viewer, sort="views")
        assert [(row.lesson.title, row.views) for row in found.rows] == expected
    watched(ports, ids[0], 3)  # two more: the first has watched it already
    assert [row.views for row in look(ports, "信仰", sort="views").rows] == [3, 2]


def test_weights_of_more_lessons_than_a_statement_takes_are_added_up(ports: Ports) -> None:
    lesson = add(ports, "一课", "信仰的力量")
    watched(ports, lesson, 2)
    others = [new_id() for _ in range(70_000)]  # SQLite takes 32,766 values, PostgreSQL 65,535
    with ports.db.read() as session:
        assert weights_of(session, [*others, lesson]) == {lesson: 2}


def test_a_branch_is_named_by_part_of_its_name_and_holds_those_below(ports: Ports) -> None:
    with ports.db.write() as session:
        root = make.root(session)
        town = organisation.add_named(session, root, "城关镇党委", NOW)
        village = organisation.add_named(session, town, "余村党支部", NOW)
        other = organisation.add_named(session, root, "白云镇党委", NOW)
        for title, branch in (("甲", town), ("乙", village), ("丙", other)):
            make.lesson(session, title, branch=branch, spoken=["信仰的力量"], clips=1)
        ids = {town.id, village.id, other.id}

    def titles(query: str) -> set[str]:
        return {row.lesson.title for row in look(ports, query).rows}

    assert titles("信仰 支部:城关") == {"甲", "乙"}
    assert titles("信仰 branch:余村") == {"乙"}
    assert titles('信仰 党支部:"没有这个支部"') == set()
    assert titles("信仰 branch:城_镇") == set(), "no letter of the name stands for others"
    assert dict(look(ports, "信仰").counts.branch).keys() == ids


def test_a_kind_is_named_in_both_languages(ports: Ports) -> None:
    add(ports, "甲", "信仰的力量")
    for query in ("信仰 类型:视频", "信仰 kind:video", "kind:录像", "信仰 类型：VIDEO"):
        assert look(ports, query).total == 1, query
    assert look(ports, "信仰 类型:文稿").total == 0


# ---------------------------------------------------------------------- who may see what


def test_a_moved_branch_is_found_by_its_new_staff_without_indexing(ports: Ports) -> None:
    with ports.db.write() as session:
        root = make.root(session)
        east = organisation.add_named(session, root, "东乡党委", NOW)
        west = organisation.add_named(session, root, "西乡党委", NOW)
        village = organisation.add_named(session, east, "余村党支部", NOW)
        staff = {
            name: make.person(session, (Role.STAFF, at)).person_id or ""
            for name, at in (("root", root), ("east", east), ("west", west), ("village", village))
        }
        ids = (village.id, west.id)
        make.lesson(session, "草稿", branch=village, spoken=["信仰的力量"], clips=1, state=LessonState.DRAFT)
    ports.indexer.catch_up()

    def who_finds() -> set[str]:
        with ports.db.read() as session:
            viewers = {
                name: people.viewer_of(session, people.person(session, one), local_day(utc_now()))
                for name, one in staff.items()
            }
            return {
                name for name, viewer in viewers.items() if ports.finder.find(session, viewer, "信仰").total
            }

    assert who_finds() == {"root", "east", "village"}
    with ports.db.write() as session:
        moved, there = (tree.node(session, one) for one in ids)
        organisation.move(session, moved, there, NOW, None)
    assert who_finds() == {"root", "west", "village"}


def test_nothing_out_of_sight_is_counted_heard_set_right_or_suggested(ports: Ports) -> None:
    with ports.db.write() as session:
        member = make.person(session, (Role.MEMBER, make.root(session)))
        staff = make.person(session, (Role.STAFF, make.root(session)))

        def hide(title: str, **how: object) -> Lesson:
            return make.lesson(
                session,
                title,
                lecturer=f"{title}讲师",
                topics=[f"{title}专题"],
                spoken=["信仰的力量"],
                clips=1,
                taught_on=date(2020, 1, 1),
                **how,  # type: ignore[arg-type]
            )

        hide("公开课程甲")
        hide("内部课程乙", audience=Audience.SIGNED_IN)
        hide("起草课程丙", state=LessonState.DRAFT)
        hide("撤下课程丁", state=LessonState.WITHDRAWN)
    all_names = {"公开课程甲", "内部课程乙", "起草课程丙", "撤下课程丁"}
    sees = {
        NOBODY: {"公开课程甲"},
        member: {"公开课程甲", "内部课程乙"},
        staff: all_names,
    }
    for viewer, names in sees.items():
        found = look(ports, "信仰", viewer)
        assert {row.lesson.title for row in found.rows} == names
        assert found.total == len(names)
        assert {value for value, _ in found.counts.topic} == {f"{name}专题" for name in names}
        assert {value for value, _ in found.counts.lecturer} == {f"{name}讲师" for name in names}
        assert dict(found.counts.year) == {"2020": len(names)}
        for name in all_names:
            seen = name in names
            wrong = name[:2] + "可程" + name[4:]
            assert bool(look(ports, name, viewer).did_you_mean) is False
            assert (look(ports, wrong, viewer).did_you_mean is not None) is seen, (wrong, viewer)
            assert bool({one.text for one in offered(ports, name, viewer)}) is seen
        initials = look(ports, "nbkc", viewer)
        assert ("内部课程" in initials.heard) is ("内部课程乙" in names)
        assert bool(offered(ports, "nbkc", viewer)) is ("内部课程乙" in names)


# ---------------------------------------------------------------------- suggestions


def test_suggestions_lead_to_the_lesson_or_to_a_search_that_finds_as_many(ports: Ports) -> None:
    lesson = add(ports, "党史一百讲", "甲", lecturer="党 明", topics=["党史学习"])
    add(ports, "别的课", "乙", topics=["党史学习"])
    twins = [add(ports, "党史两讲", "丙") for _ in range(2)]
    by_text = {one.text: one for one in offered(ports, "dang")}
    assert by_text.keys() == {"党史学习", "党 明", "党史一百讲", "党史两讲"}
    assert by_text["党史一百讲"].url == f"/lessons/{lesson}"
    assert not any(twin in by_text["党史两讲"].url for twin in twins)
    for text, query in (("党史学习", 'topic:"党史学习"'), ("党 明", 'lecturer:"党 明"')):
        assert by_text[text].url.startswith("/search?q=")
        assert look(ports, query).total == by_text[text].count
    assert offered(ports, "   ") == []
    assert offered(ports, "党史")[0].text == "党史学习", "topics before titles"


def test_a_question_counts_what_holds_all_of_it_and_says_what_does_not(ports: Ports) -> None:
    whole = add(ports, "长征组歌", "红军来了。长征组歌，能够唱，取得经验，最后一句，胜利二字。")
    part = add(ports, "信念", "红军长征的胜利，靠的是坚定的信念。")
    for n in range(8):
        add(ports, f"第{n}课", "讲讲日常的工作。")
    question = "红军长征为什么能够取得最后胜利"
    found = look(ports, question)
    assert {row.lesson.id for row in found.rows} == {whole, part}
    assert (found.total, found.in_part, found.relaxed) == (2, 1, False)
    with ports.db.read() as session:
        assert ports.finder.count_hits(session, NOBODY, question) == 1
