"""The search page and its JSON over HTTP: moments, filters, what is said when nothing is found."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from typing import Any

import pytest

from library.catalog import actions as catalog
from library.catalog.permits import Audience, LessonState
from library.catalog.rules import CueLine, TranscriptQuality
from tests.server.conftest import Shelf
from tests.support import factories as make
from tests.support.server import Served
from tests.support.views import watch

pytestmark = pytest.mark.slow

FILLER = "这一句讲的是别的事情，跟前后都没有关系，只是为了把两处隔得远一些，谁也不会来找它，它也不长。" * 3
WORD = "枫桥经验"


@pytest.fixture(scope="module")
def lesson(served: Served, shelf: Shelf) -> str:
    """A lesson that says a word at 10, 30 and 50 seconds of its second clip; two others that say it once."""
    with served.ports.db.write() as session:
        made = make.lesson(session, "基层治理一课", lecturer="韩老师", topics=["基层治理"], clips=2)
        lines = [
            CueLine(60.0 + 10 * n, 69.0 + 10 * n, f"第{n}次说到{WORD}。" if n % 2 else FILLER)
            for n in range(6)
        ]
        catalog.put_transcript(session, made, TranscriptQuality.EXACT, lines)
        for title in ("另一课", "又一课"):
            make.lesson(session, title, lecturer="王芳", clips=1, spoken=[f"只说一次{WORD}。"])
        make.lesson(
            session,
            "登录才有的课",
            lecturer="密讲师",
            topics=["密专题"],
            clips=1,
            spoken=[WORD],
            audience=Audience.SIGNED_IN,
        )
        lesson_id = made.id
    shelf.index()
    return lesson_id


def text_of(html: str) -> str:
    """What a page says, without its marks."""
    return unescape(re.sub(r"<[^>]+>", "", html))


def test_each_moment_is_a_link_that_opens_the_clip_at_its_second(served: Served, lesson: str) -> None:
    with served.nobody() as nobody:
        page = nobody.http.get("/search", params={"q": WORD, "lecturer": "韩老师"}).text
        links = re.findall(r'class="moment" href="(/clips/\w+\?t=[\d.]+)"', page)
        assert [float(link.partition("t=")[2]) for link in links] == [10.0, 30.0, 50.0]
        assert {link.partition("?")[0] for link in links} == {links[0].partition("?")[0]}
        assert re.findall(r'class="time">([^<]+)<', page) == ["0:10", "0:30", "0:50"], "as the clip counts"
        assert page.count(f"<mark>{WORD}</mark>") == 3
        hit = nobody.http.get("/api/v1/search", params={"q": WORD, "lecturer": "韩老师"}).json()["hits"][0]
        assert [moment["start_s"] for moment in hit["moments"]] == [10.0, 30.0, 50.0]
        assert (hit["start_s"], hit["lesson_start_s"], hit["lesson"]) == (10.0, 70.0, lesson)
        assert hit["url"] == hit["moments"][0]["url"] == served.ports.settings.base_url + links[0]


def test_a_topic_or_a_lecturer_that_matched_is_shown_and_marked(served: Served, lesson: str) -> None:
    http = served.person("nobody").http
    page = http.get("/search", params={"q": "jczl"}).text
    assert "专题：<mark>基层治理</mark>" in page
    assert "<mark>基层治理</mark>一课</a>" in page
    page = http.get("/search", params={"q": f"{WORD} 讲师:韩老师"}).text
    assert re.search(r'<a href="/lecturers/\w+"><mark>韩老师</mark></a>', page)
    assert "专题：" not in page, "it has nothing to do with it"
    (hit,) = http.get("/api/v1/search", params={"q": "jczl 讲师:韩老师", "limit": 1}).json()["hits"]
    assert hit["topics"] == ["基层治理"]


def test_filters_show_the_counts_of_the_hits_that_the_viewer_sees(served: Served, lesson: str) -> None:
    for name, total, hidden in (("nobody", 3, False), ("member", 4, True)):
        http = served.person(name).http
        found = http.get("/api/v1/search", params={"q": WORD}).json()
        lecturers = {one["value"]: one["count"] for one in found["counts"]["lecturer"]}
        assert found["total"] == total
        assert lecturers == {"王芳": 2, "韩老师": 1} | ({"密讲师": 1} if hidden else {})
        page = http.get("/search", params={"q": WORD}).text
        assert "王芳（2）" in page
        assert ("密讲师" in page, "密专题" in page) == (hidden, hidden)
        assert 'name="branch"' not in page, "there is only one"
        narrowed = http.get("/search", params={"q": WORD, "lecturer": "王芳", "kind": "video"}).text
        assert narrowed.count('class="moment"') == 2
        assert "王芳（2）" in narrowed
        assert "韩老师（1）" in narrowed, "what choosing it instead would show"


def test_the_most_watched_come_first_and_say_how_often(served: Served, lesson: str) -> None:
    http = served.person("nobody").http
    hits = http.get("/api/v1/search", params={"q": WORD}).json()["hits"]
    last = hits[-1]
    with served.ports.db.write() as session:
        clip = session.get_one(make.Clip, last["clip"])
        watch(session, clip, 1, served.ports.clock(), members=True)
    found = http.get("/api/v1/search", params={"q": WORD, "sort": "views"}).json()
    assert [(hit["clip"], hit["views"]) for hit in found["hits"]] == [
        (last["clip"], 1),
        *((hit["clip"], 0) for hit in hits[:-1]),
    ]
    page = http.get("/search", params={"q": WORD, "sort": "views", "kind": "video"}).text
    assert re.findall(r'class="moment" href="/clips/(\w+)', page)[0] == last["clip"]
    assert page.count("次观看") == 1
    chosen = re.search(r'<a href="([^"]+)" aria-current="true">([^<]+)</a>', page)
    assert chosen is not None
    assert chosen[2] == "最多观看"
    assert http.get(unescape(chosen[1])).text.count('class="result"') == page.count('class="result"')
    assert '<input type="hidden" name="sort" value="views">' in page, "narrowing keeps the order"


def test_lessons_of_the_same_topic_in_other_years_are_offered(served: Served, shelf: Shelf) -> None:
    with served.ports.db.write() as session:

        def add(title: str, year: int, **more: Any) -> str:
            said = more.pop("said", "别的话。")
            day = date(year, 7, 1)
            return make.lesson(
                session,
                title,
                topics=["长征"],
                taught_on=day,
                lecturer="杨老师",
                spoken=[said],
                clips=1,
                **more,
            ).id

        shown = add("今年的长征课", 2026, said="乌江天险重飞渡")
        older = add("从前的长征课", 2019)
        inside = add("内部的长征课", 2018, audience=Audience.SIGNED_IN)
        draft = add("没发布的长征课", 2017, state=LessonState.DRAFT)
    shelf.index()
    for name, others in (("nobody", [older]), ("member", [older, inside]), ("staff", [older, inside])):
        http = served.person(name).http
        found = http.get(f"/api/v1/lessons/{shown}").json()["same_topic"]
        assert [other["id"] for other in found] == others
        assert (found[0]["lecturer"], found[0]["date"]) == ("杨老师", "2019-07-01")
        assert http.get(found[0]["url"]).status_code == 200
        for path in (f"/lessons/{shown}", "/search?q=乌江天险"):
            section = http.get(path).text.partition('class="other-years"')[2].partition("</section>")[0]
            assert re.findall(r'href="/lessons/(\w+)"', section) == others, (name, path)
            assert "2019年" in text_of(section)
            assert "杨老师" in section
            assert draft not in section
    for path in (
        f"/lessons/{draft}",
        "/search?q=枫桥经验",
        "/search?q=没有这样的话",
        "/search?q=乌江天险&page=2",
    ):
        assert "other-years" not in served.person("nobody").http.get(path).text, path


def test_a_filter_of_nonsense_narrows_nothing(served: Served, lesson: str) -> None:
    http = served.person("nobody").http
    for nonsense in ({"year": "abcd"}, {"kind": "<b>"}, {"length": "long"}, {"sort": "size"}):
        page = http.get("/search", params={"q": WORD, **nonsense})
        assert page.status_code == 200
        assert page.text.count('class="result"') == 3, nonsense
        assert "<b>" not in page.text


def test_an_empty_result_says_what_to_try(served: Served, lesson: str) -> None:
    http = served.person("nobody").http
    narrowed = text_of(http.get("/search", params={"q": WORD, "lecturer": "没有这位"}).text)
    assert "去掉筛选条件" in narrowed
    limited = text_of(http.get("/search", params={"q": '"没有人这样说过" -甲 讲师:没有'}).text)
    for sentence in ("去掉引号", "去掉减号", "的限定", "拼音", "登录后才能搜到"):
        assert sentence in limited
    assert "去掉筛选条件" not in limited


def test_a_wrong_character_and_pinyin_are_understood_aloud(served: Served, lesson: str) -> None:
    http = served.person("nobody").http
    meant = http.get("/search", params={"q": "基层治里"}).text
    assert 'class="meant"' in meant
    assert "基层治理" in text_of(meant)
    heard = text_of(http.get("/search", params={"q": "jczl"}).text)
    assert "按拼音找了：基层治理" in heard
    assert "基层治理一课" in heard
    english = served.nobody("en").http.get("/search", params={"q": "jczl"}).text
    assert "Read as pinyin" in english


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_help_names_every_form(served: Served, language: str) -> None:
    with served.nobody(language) as nobody:
        page = text_of(nobody.http.get("/search").text)
    for form in (
        "讲师:",
        "lecturer:",
        "主题:",
        "专题:",
        "topic:",
        "年份:",
        "year:",
        "支部:",
        "党支部:",
        "branch:",
    ):
        assert form in page, form
    for form in ("类型:", "kind:", " -", "“", "「」", "dsxx"):
        assert form in page, form


def test_suggestions_are_names_that_the_viewer_sees(served: Served, lesson: str) -> None:
    anybody, member = served.person("nobody").http, served.person("member").http
    (topic, title) = anybody.get("/api/v1/suggest", params={"q": "基层"}).json()
    assert (topic["kind"], topic["text"], topic["count"]) == ("topic", "基层治理", 2)
    assert (title["kind"], title["url"]) == ("title", f"/lessons/{lesson}")
    assert anybody.get(topic["url"]).text.count('class="result"') == 2
    assert anybody.get("/api/v1/suggest", params={"q": "密"}).json() == []
    assert {one["text"] for one in member.get("/api/v1/suggest", params={"q": "密"}).json()} == {
        "密讲师",
        "密专题",
    }
    for q in ("", " ", "%", '"', "\x00", "党" * 200):
        assert anybody.get("/api/v1/suggest", params={"q": q}).status_code == 200, q
    assert anybody.get("/api/v1/suggest", params={"q": "党" * 201}).status_code == 422


def test_a_withdrawn_lesson_is_gone_from_counts_and_suggestions_before_the_index_knows(
    served: Served, shelf: Shelf
) -> None:
    with served.ports.db.write() as session:
        lesson = make.lesson(
            session,
            "过客课",
            lecturer="过客讲师",
            topics=["过客专题"],
            spoken=["撤下的话，溪涧竹筏"],
            clips=1,
        )
        make.lesson(session, "别的课", lecturer="过客其人", spoken=["撤下的话"], clips=1)
        lesson_id = lesson.id
    shelf.index()
    http = served.person("nobody").http

    def named() -> set[str]:
        return {one["text"] for one in http.get("/api/v1/suggest", params={"q": "过客"}).json()}

    def corrected() -> str | None:
        found = http.get("/api/v1/search", params={"q": "溪间竹筏"}).json()
        meant: str | None = found["did_you_mean"]
        return meant

    assert named() == {"过客课", "过客讲师", "过客专题", "过客其人"}
    assert corrected() == "溪涧竹筏"

    def is_gone() -> None:
        assert named() == {"过客其人"}
        assert corrected() is None
        page = http.get("/search", params={"q": "撤下的话"}).text
        assert "过客其人" in page
        assert "过客讲师" not in page
        assert "过客专题" not in page

    with shelf.late_index():
        with served.ports.db.write() as session:
            row = session.get_one(type(lesson), lesson_id)
            catalog.set_state(session, row, LessonState.WITHDRAWN, served.ports.clock())
        is_gone()
    shelf.index()
    is_gone()


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("lecturer:", "“lecturer:”后面还没有写内容，例如 lecturer:"),
        ("topic:", "“topic:”后面还没有写内容，例如 topic:"),
        ("-红薯", "只写了不要的词"),
        ("kind:xyz", "没有“xyz”这种类型"),
        ("year:abc", "没有看懂“year:abc”"),
    ],
)
def test_operators_alone_are_told_what_is_missing(
    served: Served, lesson: str, query: str, sentence: str
) -> None:
    page = text_of(served.person("nobody").http.get("/search", params={"q": query}).text)
    assert sentence in page
    if query != "kind:xyz":
        assert "没有找到讲到它的课程" not in page, "nothing was looked for"


def test_a_range_of_years_is_a_filter(served: Served, lesson: str) -> None:
    with served.ports.db.write() as session:
        for year in (2014, 2015, 2016):
            day = date(year, 5, 1)
            make.lesson(session, f"红薯{year}", taught_on=day, spoken=["红薯窖里的会"], clips=1)
    served.ports.indexer.catch_up()
    http = served.person("nobody").http
    hits = http.get("/api/v1/search", params={"q": "红薯 year:2015-2016"}).json()["hits"]
    assert {hit["title"] for hit in hits} == {"红薯2015", "红薯2016"}
    page = text_of(http.get("/search", params={"q": "红薯 year:abc"}).text)
    assert "没有看懂" in page
    assert "找到 3 段" in page, "it narrows nothing"


def test_the_examples_of_the_help_find_somebody(served: Served, lesson: str) -> None:
    for name in ("nobody", "staff"):
        http = served.person(name).http
        for q in ("", WORD, "没有人这样讲过"):
            page = http.get("/search", params={"q": q}).text
            for form in ("讲师", "lecturer", "专题", "topic", "年份"):
                (example,) = re.findall(rf"<code>({form}:[^<]+)</code>", page)
                found = http.get("/api/v1/search", params={"q": unescape(example)}).json()
                assert found["total"], (name, q, example)


def test_one_mistyped_word_is_not_called_several(served: Served, lesson: str) -> None:
    http = served.person("nobody").http
    page = text_of(http.get("/search", params={"q": "枫桥经燕"}).text)
    assert "没有找到“枫桥经燕”，下面是相近的。" in page
    assert "同时讲到所有这些词" not in page
    assert "您要找的是不是：枫桥经验" in page
    two = text_of(http.get("/search", params={"q": "枫桥经验 火星移民"}).text)
    assert "没有一处同时讲到所有这些词" in two


def test_a_long_query_does_not_become_the_whole_title(served: Served, lesson: str) -> None:
    page = served.person("nobody").http.get("/search", params={"q": "枫桥经验，" * 60}).text
    (title,) = re.findall(r"<title>([^<]+)</title>", page)
    assert len(title) < 90
    assert '<h1 class="asked">' in page
