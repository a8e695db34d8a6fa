"""Search and searches that were kept: filled with believable contents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from library.catalog.permits import LessonState
from server.slices.finding import contexts as c
from server.web.parts import Pager, Reason
from tests.server.pages.samples import (
    MEMBER,
    NOW,
    OTHER_YEARS,
    SENTENCES,
    STAFF,
    TITLES,
    Sample,
    card,
    frame,
    pager,
)

_YEARS = (
    c.SearchChoice(value="2026", count=17, text="2026"),
    c.SearchChoice(value="2025", count=0, text="2025"),
)


def pages() -> Iterator[Sample]:
    """Search in its states, and searches that were kept."""
    found = _found()
    nothing = replace(found, results=(), filters=(), pager=pager(0, 0), same_topic=())
    popular = ("党史", "乡村振兴", "作风建设")
    asked = ("三会一课 怎么开", "枫桥经验", "入党积极分子谈话")
    empty = replace(nothing, frame=frame(None, "/search"), popular_topics=popular, frequent=asked)
    yield "search", found
    yield from _narrowed_and_loosened(found)
    yield from _nothing_found(nothing, popular)
    yield "search_help", empty
    yield from _saved_pages(replace(found, frame=frame(STAFF, "/search?q=绿水青山", query="绿水青山")), empty)
    yield from _frequent_pages()
    yield "search_problem", replace(nothing, problem=Reason(code="index_damaged"))


def _found() -> c.SearchPage:
    quote = SENTENCES[5] + SENTENCES[6]
    at = quote.index("绿水青山")
    moment = c.SearchMoment(url="/clips/clip1?t=32.5", quote=quote, marks=((at, at + 4),), start_s=32.5)
    later = replace(
        moment,
        url="/clips/clip1?t=301.0",
        quote=SENTENCES[9],
        marks=((21, 25), (20, 26)),
        start_s=301.0,
        recognition="by_sound",
    )
    hit = c.SearchResult(lesson=card(0), moments=(moment, later, moment), best_n=1, more=4, clip_n=1)
    file = c.SearchMoment(url="/lessons/lesson2#materials-head", quote=SENTENCES[5], source="material")
    written = c.SearchResult(lesson=card(2), moments=(file,), material="余村二十年：讲稿和讨论题")
    named = c.SearchResult(lesson=card(1), moments=(later,), clip_n=3, clip_title="余村为什么关掉矿山")
    text_hit = c.SearchResult(
        lesson=replace(card(2), kind="text", state=LessonState.DRAFT),
        moments=(c.SearchMoment(url="/lessons/lesson2", quote="入党誓词 <的> 由来", source="summary"),),
        title_marks=((0, 2),),
        lecturer_marks=((0, 2),),
        topics=(("党<史>", ((0, 2),)),),
    )
    return c.SearchPage(
        frame=frame(MEMBER, "/search?q=绿水青山", query="绿水青山"),
        results=(hit, named, text_hit, written),
        pager=pager(3, 27),
        filters=_search_filters(),
        sort_urls=(
            ("relevance", "/search?q=x"),
            ("date", "/search?q=x&sort=date"),
            ("views", "/search?q=x&sort=views"),
        ),
        bare_url="/search?q=x",
        same_topic=OTHER_YEARS[:3],
    )


def _narrowed_and_loosened(found: c.SearchPage) -> Iterator[Sample]:
    topic, *others = found.filters
    yield (
        "search_narrowed",
        replace(
            found,
            filters=(replace(topic, chosen="党史"), *others[:-1], replace(others[-1], chosen="5_to_8")),
            sort="date",
        ),
    )
    yield (
        "search_loosened",
        replace(found, results=found.results[:1], loosened=True, did_you_mean="绿水青山 产业"),
    )
    yield "search_in_part", replace(found, in_part=24)
    yield (
        "search_loosened_word",
        replace(
            found, results=found.results[:1], loosened=True, loosened_word="夏明瀚", did_you_mean="夏明翰"
        ),
    )
    yield "search_long", replace(found, frame=frame(MEMBER, "/search?q=x", query="一句很长的话，" * 40))
    yield "search_heard", replace(found, heard=("绿水青山", "吕水清"))


def _nothing_found(nothing: c.SearchPage, popular: tuple[str, ...]) -> Iterator[Sample]:
    hints = (
        c.SearchHint(code="field_empty", name="lecturer"),
        c.SearchHint(code="year_unread", name="year", value="abc"),
        c.SearchHint(code="kind_unknown", value="xyz"),
        c.SearchHint(code="only_excluded"),
    )
    yield "search_hints", replace(nothing, asks_nothing=True, hints=hints)
    yield (
        "search_nothing",
        replace(nothing, popular_topics=popular, tries=("phrase", "excluded", "field"), did_you_mean="余村"),
    )
    yield (
        "search_narrowed_to_nothing",
        replace(nothing, filters=(c.SearchFilter(name="year", choices=_YEARS, chosen="2025"),)),
    )


def _saved_pages(found: c.SearchPage, empty: c.SearchPage) -> Iterator[Sample]:
    extras = c.SearchExtras(
        save_url="/searches?q=x",
        export_url="/search/export.xlsx?q=x",
        proposed_name="绿水青山 · 王芳",
        links=tuple(c.SavedLink(id=f"s{n}", name=name) for n, name in enumerate(TITLES[:5])),
    )
    yield "search_staff", replace(found, extras=extras)
    yield "search_saved", replace(found, extras=replace(extras, saved_as=TITLES[5][:80]))
    yield "search_help_staff", replace(empty, frame=frame(STAFF, "/search"), extras=extras)
    narrowed = (
        c.SavedFilter(name="lecturer", value="王芳", text="王芳"),
        c.SavedFilter(name="length", value="3_to_5"),
    )
    rows = tuple(
        c.SavedRow(
            id=f"s{n}",
            name=name,
            query=("绿水青山", name)[n % 2],
            filters=narrowed if n % 2 == 0 else (),
            sort=("date", "relevance")[n % 2],
            hits=(27, 1, 0, 12_345)[n % 4],
            new=(3, 1, 0, 0)[n % 4],
            opened_at=NOW - timedelta(days=n, hours=3),
            typed=name,
        )
        for n, name in enumerate(TITLES)
    )
    page = c.SearchesPage(
        frame=frame(STAFF, "/searches"),
        rows=rows,
        pager=Pager(page=1, pages=2, total=26, url="/searches"),
    )
    yield "searches", page
    taken = Reason(code="search_name_taken", args={"field": "name", "name": "绿水青山"})
    full = Reason(code="searches_full", args={"most": 100})
    draft = c.SavedDraft(name="绿水青山", query="绿水青山 产业", save_url="/searches?q=x", problem=taken)
    yield "searches_taken", replace(page, draft=draft)
    yield "searches_full", replace(page, draft=replace(draft, problem=full))
    refused = replace(rows[1], typed="绿水青山", problem=taken)
    uncounted = tuple(replace(row, hits=None, new=0) for row in (rows[0], refused))
    yield "searches_unnamed", replace(page, rows=uncounted, problem=Reason(code="index_busy"))
    yield "searches_none", replace(page, rows=(), pager=replace(page.pager, pages=1, total=0))


def _frequent_pages() -> Iterator[Sample]:
    asked = ("三会一课怎么开", "枫桥经验", "入党积极分子谈话", "“绿水青山就是金山银山”")
    page = c.FrequentPage(
        frame=frame(STAFF, "/frequent-searches"),
        rows=tuple(
            c.FrequentRow(text=text, searchers=1_204 - 400 * n, hits=27 - n) for n, text in enumerate(asked)
        ),
        stopped=(
            c.StoppedRow(id="s1", text="骗子", by="王芳", at=NOW - timedelta(hours=2)),
            c.StoppedRow(
                id="s2", text="补助", by="", at=NOW - timedelta(days=9), lifted_by="王芳", lifted_at=NOW
            ),
        ),
        searchers=3,
        keep_days=90,
    )
    yield "frequent", page
    problem = Reason(code="too_long", args={"field": "text", "most": 30, "length": 41})
    yield "frequent_refused", replace(page, typed="一句很长的话，" * 6, problem=problem)
    yield "frequent_none", replace(page, rows=(), stopped=(), keep_days=0)


def _search_filters() -> tuple[c.SearchFilter, ...]:
    def named(**counts: int) -> tuple[c.SearchChoice, ...]:
        return tuple(c.SearchChoice(value=name, count=n, text=name) for name, n in counts.items())

    def coded(**counts: int) -> tuple[c.SearchChoice, ...]:
        return tuple(c.SearchChoice(value=code, count=n) for code, n in counts.items())

    return (
        c.SearchFilter(
            name="topic", choices=named(生态文明=16, 乡村振兴=9, 党史=1), url_without="/search?q=x"
        ),
        c.SearchFilter(name="lecturer", choices=named(王芳=17, 陈志远=9)),
        c.SearchFilter(name="year", choices=_YEARS),
        c.SearchFilter(name="branch", choices=named(省委党校=20, 安吉县余村党支部=7)),
        c.SearchFilter(name="kind", choices=coded(video=25, sound=1, text=1)),
        c.SearchFilter(
            name="length",
            choices=coded(under_3=3, **{"5_to_8": 17, "over_8": 7}),
            url_without="/search?q=x",
        ),
    )
